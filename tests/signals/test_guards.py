"""Each operator that takes hits away, on sentences one can read."""

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from csaudit.pack.model import AtLeast, Compare, InLexicon, Near, OfSignal, Phrase, Regex, Signal, Template
from looking import find, lexicon, matchers, said, seen, signal

GAP = r"[^。！？!?\n]{0,8}?"


def test_without_matchers_every_message_of_the_role_is_hit():
    hits = find(said("在吗", "您好"), signal(role=("agent",)))
    assert hits.select("msg", "start", "end", pl.col("view").cast(pl.String)).rows() == [
        (0, 0, 0, "structure"),
        (1, 0, 0, "structure"),
    ]


def test_a_signal_hits_messages_of_its_role_only():
    assert find(said("投诉", role="customer"), signal("投诉", role=("agent",))).is_empty()


@pytest.mark.parametrize(
    ("text", "guards", "hits"),
    [
        ("天猫精灵很好，天猫有卖", {"except_": matchers("天猫精灵")}, ["天猫"]),
        ("天猫精灵", {"except_": matchers("天猫精灵")}, []),
        ("天猫，请查收", {"all_of": matchers("请", "收")}, ["天猫"]),
        ("天猫，请查", {"all_of": matchers("请", "收")}, []),
        ("天猫客服", {"none_of": matchers("客服")}, []),
        ("天猫店家", {"none_of": matchers("客服")}, ["天猫"]),
        ("天猫，先生您好", {"at_least": AtLeast(2, matchers("您", "先生", "女士"))}, ["天猫"]),
        ("天猫，您好您好", {"at_least": AtLeast(2, matchers("您", "先生", "女士"))}, []),
        ("去天猫买", {"near": Near(matchers("买", "拍"), within=3)}, ["天猫"]),
        ("天猫上的东西质量都挺好可以买", {"near": Near(matchers("买", "拍"), within=3)}, []),
        ("买东西去天猫", {"not_near": Near(matchers("买", "拍"), within=3)}, []),
        ("我们在天猫没有开店", {"not_near": Near(matchers("买", "拍"), within=3)}, ["天猫"]),
        ("天猫！", {"length": {"at_most": 2}}, ["天猫"]),
        ("天猫在的", {"length": {"at_most": 2}}, []),
    ],
)
def test_guards(text: str, guards: dict[str, Any], hits: list[str]):
    assert seen(text, signal("天猫", **guards)) == hits


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("这不是最好的", True),
        ("没有最好的", True),
        ("并非最好", True),
        ("不要最好的", True),
        ("我们绝不最好", True),
        ("是不是最好的", False),
        ("有没有最好的", False),
        ("特别最好", False),
        ("这是最好的", False),
        ("it is not 最好", True),
    ],
)
def test_negation_right_before_a_hit(text: str, negated: bool):
    assert seen(text, signal("最好", negation="skip")) == ([] if negated else ["最好"])
    assert seen(text, signal("最好", negation="only")) == (["最好"] if negated else [])
    assert seen(text, signal("最好")) == ["最好"]


def test_negation_reaches_through_a_signal_it_refers_to():
    best = signal("最好", id="best")
    claims = signal(OfSignal("best"), id="claims", negation="skip")
    hits = find(said("这是最好的", "这不是最好的"), best, claims).filter(pl.col("signal") == "claims")
    assert hits["msg"].to_list() == [0]


def test_word_wants_a_word_of_its_own():
    assert seen("他很有威信", signal("威信", word=True)) == ["威信"]
    assert seen("权威信息", signal("威信", word=True)) == []
    assert seen("权威信息", signal("威信")) == ["威信"]


def test_at_least_counts_a_word_within_another_once():
    two = signal(at_least=AtLeast(2, (InLexicon("shops"),)))
    shops = lexicon("shops", "淘宝", "淘宝网", "天猫")
    assert find(said("淘宝网"), two, lexicons=(shops,)).is_empty()
    assert find(said("淘宝网和天猫"), two, lexicons=(shops,)).height == 1


# ---- templates and regular expressions ------------------------------------------------------------------------------


def test_a_template_has_gaps_within_a_sentence():
    go = signal(Template("去…买", rf"去{GAP}买"))
    assert seen("您去隔壁店买吧", go) == ["去隔壁店买"]
    assert seen("您去吧。要买也行", go) == []


def test_a_regular_expression_runs_over_the_folded_text():
    assert seen("只要１５元，不是15元", signal(Regex("[0-9]{2}元"))) == ["１５元", "15元"]


def test_a_pattern_may_be_written_with_full_width_signs():
    assert seen("好（的）", signal(Regex("好（的）"))) == ["好（的）"]
    assert seen("好，的", signal(Regex("好，的"))) == ["好，的"]
    assert seen("加VX", signal(Regex("加VX"))) == ["加VX"]


def test_a_template_is_found_in_the_squeezed_text_where_that_is_listed():
    go = Template("去…买", rf"去{GAP}淘宝{GAP}买")
    assert seen("去 淘*宝 买", signal(go, views=("folded", "squeezed"))) == ["去 淘*宝 买"]
    assert seen("去 淘*宝 买", signal(go)) == []


def test_spaces_between_words_are_no_disguise_of_an_expression():
    change = signal(Regex("换货.{0,4}现货"), views=("folded", "squeezed"))
    assert seen("换货 (我要) 现货", change) == []
    assert seen("换货(我要)现货", change) == ["换货(我要)现货"]
    assert seen("换 货我要现货", change) == ["换 货我要现货"]


# ---- other signals --------------------------------------------------------------------------------------------------


def test_signals_refer_to_signals():
    polite = signal("您", id="polite")
    asks = signal("吗", id="asks", none_of=(OfSignal("polite"),))
    both = signal(OfSignal("asks"), OfSignal("polite"), id="both", all_of=(Phrase("好"),))
    rows = find(said("您好吗", "好吗", "您在"), polite, asks, both).select(
        "msg", pl.col("signal").cast(pl.String), "said"
    )
    assert rows.rows() == [
        (0, "both", "您"),
        (0, "polite", "您"),
        (1, "asks", "吗"),
        (1, "both", "吗"),
        (2, "polite", "您"),
    ]


# ---- fields ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "compare", "result"),
    [
        ("京东", Compare("in", ("京东", "天猫")), "hit"),
        ("京东", Compare("not_in", ("京东", "天猫")), "none"),
        (None, Compare("in", ("京东",)), "open"),
        (None, Compare("missing", True), "hit"),
        ("京东", Compare("missing", True), "none"),
    ],
)
def test_a_field_that_is_missing_leaves_a_hit_open(value: str | None, compare: Compare, result: str):
    messages = said("在", platform=pl.Series([value], dtype=pl.String))
    hits = find(messages, signal("在", field={"platform": compare}))
    states = ["open" if missing == "platform" else "hit" for missing in hits["missing"]]
    assert states == ([] if result == "none" else [result])


def test_a_column_the_export_does_not_have_leaves_a_hit_open():
    hits = find(said("在"), signal("在", field={"loss_amount": Compare("above", 3000)}))
    assert hits["missing"].to_list() == ["loss_amount"]


def test_a_message_that_begins_no_turn_has_nothing_to_time():
    """Null beside a time is no match; null without times is not checkable."""
    at = pl.Series([datetime(2026, 6, 3, 10), None]).cast(pl.Datetime("ms", "Asia/Shanghai"))
    messages = said("在", "在", sent_at=at, reply_after=pl.Series([None, None], dtype=pl.Float64))
    hits = find(messages, signal("在", field={"reply_after": Compare("above", 300)}))
    assert hits.select("msg", "missing").rows() == [(1, "reply_after")]


def test_two_columns_compare():
    messages = said("退", "退", paid=[10.0, 10.0], refund=[5.0, 20.0])
    assert find(messages, signal("退", field={"paid": Compare("above", column="refund")}))["msg"].to_list() == [0]


def open_signal() -> Signal:
    return signal("京", id="open", field={"platform": Compare("is", "京东")})


@pytest.mark.parametrize(
    ("guards", "missing"),
    [
        ({"all_of": (OfSignal("open"),)}, "platform"),
        ({"none_of": (OfSignal("open"),)}, "platform"),
        ({"except_": (OfSignal("open"),)}, None),
        ({"near": Near((OfSignal("open"),))}, "platform"),
        ({"not_near": Near((OfSignal("open"),))}, "platform"),
    ],
)
def test_what_rests_on_an_open_hit_is_open(guards: dict[str, Any], missing: str | None):
    messages = said("京东", platform=pl.Series([None], dtype=pl.String))
    hits = find(messages, open_signal(), signal("东", **guards)).filter(pl.col("signal") == "it")
    assert hits["missing"].to_list() == [missing]
