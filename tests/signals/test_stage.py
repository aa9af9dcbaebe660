"""The stage as a whole: its frame, and what its result must not depend on."""

import time

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from csaudit import schema, signals
from csaudit.pack.model import Entity, InLexicon, Near, OfSignal, Phrase, Regex, Repeats, Signal, SimilarTo, Template
from looking import VIEWS, find, lexicon, pack_of, said, signal

SHOPS = lexicon("shops", "淘宝", "天猫", "京东", "vx", "微信")
ALL = (
    signal(InLexicon("shops"), id="shops", views=VIEWS),
    signal("好评", id="praise", views=("folded", "squeezed"), except_=(Phrase("五星好评"),)),
    signal(Template("去…买", r"去[^。！？!?\n]{0,8}?买"), id="go", near=Near((InLexicon("shops"),), 4)),
    signal(Regex("[0-9]{2,}元?"), id="number"),
    signal(Entity("money"), Entity("mobile"), id="entity"),
    signal(SimilarTo(("请耐心等待",)), id="like"),
    signal(Repeats(0.8), id="again"),
    signal(id="short", length={"at_most": 3}),
    signal(OfSignal("shops"), OfSignal("again"), id="above", none_of=(OfSignal("praise"),)),
    signal("不好", id="not", word=True, negation="skip", role=("customer",)),
)
PACK = pack_of(*ALL, lexicons=(SHOPS,))
PIECES = [
    "去",
    "淘宝",
    "桃 宝",
    "买",
    "好 评",
    "五星好评",
    "加V❤",
    "J东",
    "13800001234",
    "50元",
    "请耐心等待",
    "，",
    "。",
    "不好",
    "ＶＸ",
    "吧",
]
TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=5).map("".join), min_size=1, max_size=12)


def talk(texts: list[str]) -> pl.DataFrame:
    """Messages of four conversations, customer and agent by turns."""
    places = pl.int_range(pl.len(), dtype=pl.UInt32)
    roles = pl.when(places % 2 == 0).then(pl.lit("customer")).otherwise(pl.lit("agent"))
    return said(*texts).with_columns(
        role=roles.cast(schema.Role), sender=roles, conversation_id=(places % 4).cast(pl.String)
    )


def as_rows(hits: pl.DataFrame) -> pl.DataFrame:
    return hits.with_columns(pl.col("signal").cast(pl.String))


def test_the_frame_is_hits_in_order():
    hits = signals.find(talk(["去淘宝买", "桃宝", "好的"]), PACK)
    assert hits.schema == schema.HITS
    assert_frame_equal(as_rows(hits), as_rows(hits).sort("msg", "signal", "start", "end"))
    assert hits.height > 0


def test_nothing_to_find_is_an_empty_frame():
    for messages, wanted in ((said(), None), (said("淘宝"), set()), (said(""), {"shops"})):
        assert_frame_equal(signals.find(messages, PACK, wanted), schema.empty(schema.HITS))


@settings(max_examples=8, deadline=None)
@given(texts=TEXTS, wanted=st.sets(st.sampled_from([one.id for one in ALL]), min_size=1))
def test_a_signal_does_not_depend_on_the_others(texts, wanted):
    whole = as_rows(signals.find(talk(texts), PACK))
    some = as_rows(signals.find(talk(texts), PACK, wanted)).filter(pl.col("signal").is_in(list(wanted)))
    assert_frame_equal(some, whole.filter(pl.col("signal").is_in(list(wanted))))


@settings(max_examples=8, deadline=None)
@given(texts=TEXTS, chosen=st.sets(st.integers(0, 3), min_size=1))
def test_a_conversation_does_not_depend_on_the_others(texts, chosen):
    messages = talk(texts)
    mine = messages.filter(pl.col("conversation_id").cast(pl.UInt8).is_in(list(chosen)))
    whole = as_rows(signals.find(messages, PACK)).filter(pl.col("msg").is_in(mine["msg"].implode()))
    assert_frame_equal(as_rows(signals.find(mine, PACK)), whole)


@settings(max_examples=8, deadline=None)
@given(texts=TEXTS, more=st.lists(st.sampled_from(["淘", "宝", "桃宝", "好", "13800", "去淘"]), max_size=3))
def test_a_term_does_not_depend_on_other_terms(texts, more):
    only = find(talk(texts), signal("淘宝", "微信", views=VIEWS))
    beside = signal(*more, id="other", views=VIEWS)
    both = find(talk(texts), signal("淘宝", "微信", views=VIEWS), beside).filter(pl.col("signal") == "it")
    assert_frame_equal(as_rows(both), as_rows(only))


def test_the_span_is_in_characters_of_the_raw_text():
    hits = find(said("😀&nbsp;ﬃ去掏寶&amp;買"), signal("去", "掏宝", "买"))
    assert hits["said"].to_list() == ["去", "掏寶", "買"]


def seconds(messages: pl.DataFrame, of: Signal) -> float:
    begin = time.process_time()
    assert find(messages, of).height > 0
    return time.process_time() - begin


def test_a_huge_hostile_text_takes_time_in_proportion():
    """Ten times the text must not take a hundred times the time: many hits, each near and beside many others."""
    hostile = signal(
        "好评",
        Regex("(好|评|好评)+"),
        views=VIEWS,
        near=Near((Phrase("评"),), 5),
        except_=(Phrase("坏评"),),
        negation="skip",
    )
    find(said("好评 好 评"), hostile)  # load jieba
    small, large = said("好评 好 评" * 1_000), said("好评 好 评" * 20_000)
    assert seconds(large, hostile) < 60 * max(seconds(small, hostile), 0.05)


def test_positions_in_a_very_long_text_are_those_of_the_whole():
    text = "您好。" * 4_000 + "不要去淘宝，去桃宝。" + "好" * 12_000 + "天猫"
    hits = find(said(text), signal("淘宝", "天猫", views=VIEWS, all_of=(Phrase("您好"),)))
    assert hits["said"].to_list() == ["淘宝", "桃宝", "天猫"]
