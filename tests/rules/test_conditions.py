"""Each operator of the condition language, on a conversation one can read."""

import polars as pl
import pytest

from builders import chat, has, hit, hits, hits_frame, lacks, messages, pack, pattern, together
from csaudit.pack.model import All, Any, Compare, Condition, FieldIs, Not, Reply, Span
from csaudit.rules import judge


def outcome(frame: pl.DataFrame, found: pl.DataFrame, when: Condition, pick: object = "each") -> list[object]:
    """Per anchor (a message with the signal "anchor"): True, or the reason why it cannot be checked; not False ones."""
    judged = judge(frame, found, pack(pattern("anchor", when, pick)))
    return [True] * judged.findings.height + judged.unchecked["reason"].to_list()


def fires(frame: pl.DataFrame, when: Condition, **words: str | list[str]) -> bool:
    """Whether a condition holds at the anchor, which says 此处."""
    result = outcome(frame, hits(frame, anchor="此处", **words), when)
    assert result in ([], [True]), result
    return bool(result)


TALK = ["客: 一", "服: 二", "客: 三", "服: 四", "服: 此处", "系: 系统", "客: 五", "服: 六", "客: 七"]


@pytest.mark.parametrize(
    ("where", "seen"),
    [
        ("same", ""),
        ("turn", "四"),
        ("before", "一二三四"),
        ("after", "五六七"),
        ("around", "一二三四五六七"),
        ("anywhere", "一二三四五六七"),
    ],
)
def test_where(where: str, seen: str) -> None:
    frame = chat(*TALK)
    for word in "一二三四五六七":
        assert fires(frame, has("x", where=where), x=word) == (word in seen)
    assert fires(frame, has("x", where=where), x="此处") == (where in {"same", "turn", "around", "anywhere"})


@pytest.mark.parametrize(
    ("where", "within", "seen"),
    [
        ("after", Span(messages=1), "五"),
        ("after", Span(messages=2), "五六"),
        ("before", Span(messages=1), "四"),
        ("before", Span(messages=2), "三四"),
        ("around", Span(messages=1), "四五"),
        ("after", Span(turns=1), "五"),
        ("before", Span(turns=1), "三四"),
        ("after", Span(turns=2), "五六"),
        ("after", Span(agent_turns=1), "五六七"),
        ("before", Span(agent_turns=1), "一二三四"),
        ("before", Span(customer_turns=1), "二三四"),
        ("after", Span(customer_turns=1), "五六"),
        ("after", Span(seconds=20), "五"),
        ("after", Span(seconds=30), "五六"),
        ("before", Span(seconds=15), "四"),
        ("after", Span(agent_turns=1, seconds=25), "五"),
    ],
)
def test_within(where: str, within: Span, seen: str) -> None:
    frame = chat(*TALK)
    found = [word for word in "一二三四五六七" if fires(frame, has("x", where=where, within=within), x=word)]
    assert "".join(found) == seen


def test_agent_turns_seen_from_a_customer() -> None:
    frame = chat("服: 一", "客: 二", "服: 三", "客: 此处", "客: 四", "服: 五", "服: 六", "客: 七", "服: 八")
    one = Span(agent_turns=1)
    assert [w for w in "一二三四五六七八" if fires(frame, has("x", where="after", within=one), x=w)] == [*"四五六七"]
    assert [w for w in "一二三四五六七八" if fires(frame, has("x", where="before", within=one), x=w)] == [*"二三"]


def test_a_condition_stays_in_its_conversation() -> None:
    frame = together(messages("客: 此处"), messages("服: 甲", conversation="c2", start=5))
    for where in ("after", "around", "anywhere"):
        assert not fires(frame.with_columns(observed_after=9999.0), has("x", where=where), x="甲")


def test_times_counts_messages_not_hits() -> None:
    frame = chat("服: 此处", "客: 催催催", "客: 催")
    assert fires(frame, has("x", times=2), x=["催", "催催"])
    assert not fires(frame, has("x", times=3), x=["催", "催催"])


def test_lacks_is_the_negation() -> None:
    frame = chat("客: 此处", "服: 抱歉")
    assert not fires(frame, lacks("x", where="after"), x="抱歉")
    assert fires(frame, lacks("x", where="before"), x="抱歉")


def test_same_and_other_agent() -> None:
    frame = chat("服@a: 此处", "服@b: 甲", "服@a: 乙")
    assert fires(frame, has("x", by="other_agent"), x="甲") and not fires(frame, has("x", by="same_agent"), x="甲")
    assert fires(frame, has("x", by="same_agent"), x="乙") and not fires(frame, has("x", by="other_agent"), x="乙")


def test_an_unknown_agent_may_be_either() -> None:
    frame = chat("服@a: 此处", "服@: 甲")
    found = hits(frame, anchor="此处", x="甲")
    assert outcome(frame, found, has("x", by="other_agent")) == ["agent_id"]
    assert outcome(frame, found, has("x", by="same_agent")) == ["agent_id"]
    assert outcome(frame, found, lacks("x", where="before", by="same_agent")) == [True]


def test_and_or_not_at_least() -> None:
    frame = chat("客: 此处", "服: 甲乙")
    yes, no = has("x"), has("z")
    for condition, holds in [
        (All((yes, yes)), True),
        (All((yes, no)), False),
        (Any((yes, no)), True),
        (Any((no, no)), False),
        (Any((yes, yes, no), n=2), True),
        (Any((yes, no, no), n=2), False),
        (Not(no), True),
        (Not(yes), False),
        (All(()), True),
    ]:
        assert fires(frame, condition, x="甲", z="丙") == holds


def test_pick_first_last_and_nth() -> None:
    frame = chat("客: 一", "客: 二", "客: 三")
    found = hits(frame, anchor=["一", "二", "三"])

    def anchors(pick: object) -> list[int]:
        return judge(frame, found, pack(pattern("anchor", All(()), pick))).findings["anchor"].to_list()

    assert anchors("each") == [0, 1, 2]
    assert anchors("first") == [0]
    assert anchors("last") == [2]
    assert anchors(2) == [1]
    assert anchors(4) == []


# ---- replies --------------------------------------------------------------------------------------------------------


def late(role: str = "agent", **compare: float) -> Reply:
    ((op, value),) = compare.items()
    return Reply(role, Compare(op, value))  # type: ignore[arg-type]


def test_reply_is_timed_from_the_anchor() -> None:
    frame = chat("客: 此处", "客 +500: 人呢", "机 +1: 请稍候", "服 +400: 在")
    assert fires(frame, late(above=900))
    assert not fires(frame, late(above=901))
    assert fires(frame, late("customer", at_most=500))


def test_no_reply_is_later_than_all_the_export_shows() -> None:
    assert fires(chat("客: 此处", observed=700), late(above=600))
    assert not fires(chat("客: 此处", observed=700), late(below=600))
    cut = chat("客: 此处", observed=500)
    assert outcome(cut, hits(cut, anchor="此处"), late(above=600)) == ["export_ends"]


def test_reply_without_times() -> None:
    frame = chat("客: 此处", "服: 在", times=False)
    assert outcome(frame, hits(frame, anchor="此处"), late(above=600)) == ["sent_at"]


def test_missing_reply() -> None:
    never = Reply("agent", Compare("missing", True))
    assert fires(chat("服: 在", "客: 此处"), never)
    assert not fires(chat("客: 此处", "服: 在"), never)
    assert fires(chat("客: 此处", "系: 会话已结束", observed=None), never)


# ---- fields ---------------------------------------------------------------------------------------------------------


def field(column: str, op: str, value: object = None, other: str | None = None) -> FieldIs:
    return FieldIs(column, Compare(op, value, other))  # type: ignore[arg-type]


def test_fields_compare_with_values_and_columns() -> None:
    frame = chat("客: 此处", loss_amount=3200.0, paid_amount="3000", vip=True)
    for condition, holds in [
        (field("loss_amount", "above", 3000.0), True),
        (field("loss_amount", "at_most", 3000.0), False),
        (field("loss_amount", "above", other="paid_amount"), True),
        (field("platform", "is", "京东"), True),
        (field("platform", "not_in", ("淘宝", "天猫")), True),
        (field("vip", "is", True), True),
        (field("channel", "missing", True), True),
        (field("no_such_column", "missing", True), True),
        (field("turn", "is", 1.0), True),
    ]:
        assert fires(frame, condition) == holds, condition


def test_an_absent_or_empty_field_cannot_be_checked() -> None:
    frame = chat("客: 此处")
    found = hits(frame, anchor="此处")
    assert outcome(frame, found, field("loss_amount", "above", 3000.0)) == ["loss_amount"]
    assert outcome(frame, found, field("channel", "is", "电话")) == ["channel"]


def test_what_cannot_be_timed_is_no_match_but_no_doubt() -> None:
    frame = chat("服: 此处", "服: 乙")  # the first message answers nobody
    assert not fires(frame, field("reply_after", "above", 60.0))
    untimed = chat("客: 在", "服: 此处", times=False)
    assert outcome(untimed, hits(untimed, anchor="此处"), field("reply_after", "above", 60.0)) == ["sent_at"]


# ---- three values ---------------------------------------------------------------------------------------------------


def test_an_open_hit_leaves_the_condition_open() -> None:
    frame = chat("客: 此处", "服: 甲")
    found = hits_frame([hit(0, "anchor"), hit(1, "x", missing="platform")])
    assert outcome(frame, found, has("x")) == ["platform"]
    assert outcome(frame, found, lacks("x")) == ["platform"]
    assert outcome(frame, found, Any((has("x"), has("anchor")))) == [True]
    assert outcome(frame, found, All((has("x"), has("nothing")))) == []


def test_an_open_anchor_leaves_the_rule_open_unless_it_cannot_fire() -> None:
    frame = chat("客: 此处", "服: 甲")
    found = hits_frame([hit(0, "anchor", missing="platform"), hit(1, "x")])
    assert outcome(frame, found, has("x")) == ["platform"]
    assert outcome(frame, found, lacks("x")) == []


def test_seconds_without_times_are_open_only_where_it_matters() -> None:
    frame = chat("客: 此处", "服: 甲", times=False)
    found = hits(frame, anchor="此处", x="甲")
    soon = Span(seconds=60)
    assert outcome(frame, found, has("x", where="after", within=soon)) == ["sent_at"]
    assert outcome(frame, found, lacks("nothing", where="after", within=soon)) == [True]
    assert outcome(frame, found, has("x", where="before", within=soon)) == []


def test_a_message_without_a_time_lies_between_its_neighbours() -> None:
    frame = chat("客: 此处", "服: 甲", "服 +50: 乙").with_columns(sent_at=pl.when(pl.col("seq") != 2).then("sent_at"))
    assert fires(frame, has("x", where="after", within=Span(seconds=60)), x="甲")
    found = hits(frame, anchor="此处", x="甲")
    assert outcome(frame, found, has("x", where="after", within=Span(seconds=30))) == ["sent_at"]


def test_the_end_of_the_export_leaves_an_omission_open() -> None:
    missing = lacks("soothes", where="after", within=Span(agent_turns=3))
    cut = chat("客: 此处", observed=None)
    assert outcome(cut, hits(cut, anchor="此处"), missing) == ["export_ends"]
    assert fires(chat("客: 此处", observed=700), missing)
    assert fires(chat("客: 此处", "服: 哦", observed=None), missing)  # the agent had the word
    assert fires(chat("客: 此处", "系: 会话已关闭", observed=None), missing)


def test_a_window_in_seconds_must_have_passed() -> None:
    soon, later = (lacks("x", where="after", within=Span(seconds=seconds)) for seconds in (60, 1800))
    frame = chat("客: 此处", observed=700)
    assert fires(frame, soon)
    assert outcome(frame, hits(frame, anchor="此处"), later) == ["export_ends"]


def test_without_times_only_the_last_word_of_a_conversation_is_open() -> None:
    missing = lacks("x", where="after")
    last = chat("服: 在", "客: 此处", times=False)
    assert outcome(last, hits(last, anchor="此处"), missing) == ["export_ends"]
    assert fires(chat("客: 此处", "客: 人呢", times=False), missing)
