"""Each view by what it undoes, and by the innocent words that it leaves alone."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csaudit.signals.spans import place
from csaudit.signals.views import CHAIN, Views, lineage
from looking import builtin, undone


@pytest.mark.parametrize(
    ("text", "term", "words"),
    [
        ("加ＶＸ详聊", "vx", "ＶＸ"),
        ("去ⓉⒷ看看", "tb", "ⓉⒷ"),
        ("去𝐭𝐛看看", "tb", "𝐭𝐛"),
        ("去🆃🅱看看", "tb", "🆃🅱"),
        ("請您掃碼", "扫码", "掃碼"),
        ("拨1️⃣2️⃣3️⃣1️⃣5吧", "12315", "1️⃣2️⃣3️⃣1️⃣5"),
        ("淘\u200b宝有货", "淘宝", "淘\u200b宝"),
        ("去т\u0430\u043e\u0431\u0430\u043e", "тао\u0431ао", "т\u0430\u043e\u0431\u0430\u043e"),
        ("wēi xìn", "wei xin", "wēi xìn"),
        ("a&amp;b", "a&b", "a&amp;b"),
        ("加我&nbsp;微信", "加我 微信", "加我&nbsp;微信"),
    ],
)
def test_folding_undoes_width_case_marks_and_entities(text, term, words):
    assert undone(text, term, views=("folded",)) == [(words, term, "folded")]


@pytest.mark.parametrize(
    "text", ["去淘 宝看看", "去淘*宝看看", "去淘🌸宝看看", "去淘-宝看看", "去淘...宝看看", "去 淘 宝 看 看"]
)
def test_squeezing_takes_out_what_stands_between(text):
    assert [(term, view) for _, term, view in undone(text, "淘宝")] == [("淘宝", "squeezed")]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("质量很好 评价一下", "好评"),
        ("这个很好🌹评论区见", "好评"),
        ("都挺好。评了", "好评"),
        ("颜色好，评了五星", "好评"),
        ("外加 我们送的", "加我"),
        ("总价1.66元", "166元"),
    ],
)
def test_nothing_is_read_across_sentences_or_out_of_other_words(text, term):
    assert undone(text, term) == []


@pytest.mark.parametrize(
    ("text", "term", "words", "view"),
    [
        ("您去桃宝搜", "淘宝", "桃宝", "sound"),
        ("您去陶宝搜", "淘宝", "陶宝", "sound"),
        ("您去tao宝搜", "淘宝", "tao宝", "sound"),
        ("您去TaoBao搜", "淘宝", "TaoBao", "sound"),
        ("您去 tao bao 搜", "淘宝", "tao bao", "sound"),
        ("您去J东搜", "京东", "J东", "sound"),
        ("我们小h书有店", "小红书", "小h书", "sound"),
        ("五5星返现", "5星返现", "5星返现", "folded"),
        ("给个5星反现", "五星返现", "5星反现", "sound"),
        ("拨幺二三幺五", "12315", "幺二三幺五", "digits"),
        ("去幺六八八拿货", "1688", "幺六八八", "digits"),
        ("去天犭苗店", "天猫", "天犭苗", "shapes"),
        ("加徽信聊", "微信", "徽信", "shapes"),
        ("涮单缺人", "刷单", "涮单", "shapes"),
        ("上ta0ba0搜", "淘宝", "ta0ba0", "shapes"),
        ("加V❤聊", "微信", "V❤", "emoji"),
        ("发您二维🐎", "二维码", "二维🐎", "emoji"),
        ("上🍑宝搜", "淘宝", "🍑宝", "emoji"),
        ("🐶眼看人低", "狗眼看人低", "🐶眼看人低", "emoji"),
    ],
)
def test_lossy_views_undo_homophones_digits_shapes_and_emoji(text, term, words, view):
    assert undone(text, term) == [(words, term, view)]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("权威信息请看公告", "微信"),
        ("这套包邮吗", "淘宝"),
        ("我为新客户准备的", "微信"),
        ("因为新款还没到", "微信"),
        ("卫星锅天线装好后朝南", "微信"),
        ("围脖是羊绒混纺的", "微博"),
        ("郝平女士您好", "好评"),
        ("您穿S码就可以", "扫码"),
        ("运费5元", "废物"),
        ("增加薇姿面霜", "加薇"),
        ("鲜花到店剪根再插瓶", "差评"),
        ("一下子就好了", "1下"),
        ("订单三幺六八八二", "1688"),
        ("这个真好👍评价了", "好评"),
    ],
)
def test_ordinary_words_stay_what_they_are(text, term):
    assert [hit for hit in undone(text, term) if hit[2] != "folded"] == []


@pytest.mark.parametrize("text", ["avx512指令集", "wx123", "5vx", "v x1"])
def test_a_latin_word_is_not_found_within_another(text):
    assert undone(text, "vx", "wx") == []


def test_the_least_lossy_view_is_reported():
    assert undone("淘宝，淘 宝，桃宝", "淘宝") == [
        ("淘宝", "淘宝", "folded"),
        ("淘 宝", "淘宝", "squeezed"),
        ("桃宝", "淘宝", "sound"),
    ]


# ---- properties -----------------------------------------------------------------------------------------------------

VIEWS = Views(builtin().tables)
CHARS = st.sampled_from(
    "好评微信taobaoxian123一二个零 ,，。!！🐎❤️V½…ＡⓉ掃\u200bé&nbsp;/:^_^#E-s09㎏ﷺ犭苗\n\x00\U000e0041"
)
TEXTS = st.lists(
    st.one_of(
        CHARS,
        st.sampled_from(["&nbsp;", "/:^_^", "#E-s09", "四个零", "v❤", "tian"]),
        st.characters(exclude_categories=["Cs"]),
    )
).map("".join)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
@pytest.mark.parametrize("name", list(CHAIN))
def test_a_column_and_a_trace_agree(text, name):
    """Polars replaces whole columns, Python traces single texts: with the same result."""
    steps = lineage(name)
    bases = [CHAIN[step].base for step in steps]
    frame = pl.DataFrame({"raw": [text]})
    for step, base in zip(steps, bases, strict=True):
        frame = frame.with_columns(VIEWS.tables[step].expr(pl.col(base)).alias(step))
    trace = VIEWS.traces(text, steps)[-1]
    assert trace.text == frame[name].item() == VIEWS.see(text, name)
    assert len(trace.begin) == len(trace.end) == len(trace.text)
    assert all(begin < end for begin, end in zip(trace.begin, trace.end, strict=True))
    assert trace.begin == sorted(trace.begin)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS.filter(bool), data=st.data())
@pytest.mark.parametrize("name", list(CHAIN))
def test_a_span_leads_back_to_raw_characters_that_give_the_hit(text, name, data):
    """The raw words of a hit, seen alone through the view, contain what was hit."""
    whole = VIEWS.see(text, name)
    if not whole:
        return
    start = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(start + 1, len(whole)))
    texts = VIEWS.columns(
        pl.DataFrame({"text_id": [0], "raw": [text]}, schema_overrides={"text_id": pl.UInt32}), {name}
    )
    found = pl.DataFrame(
        {"text_id": [0], "column": [name], "from": [start], "to": [end]},
        schema={"text_id": pl.UInt32, "column": pl.String, "from": pl.UInt32, "to": pl.UInt32},
    )
    if texts[name].item() is None:
        return
    placed = place(found, texts, VIEWS).row(0, named=True)
    words = text[placed["start"] : placed["end"]]
    assert words
    if name in {"folded", "squeezed", "written", "leet"}:  # the others read several characters as one
        assert whole[start:end] in VIEWS.see(words, name)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@settings(max_examples=100, deadline=None)
def test_folding_keeps_no_control_characters(text):
    """The scan marks matches with two of them."""
    assert not {"\x00", "\x01"} & set(VIEWS.fold(text))
