"""What must hold for any conversations, hits and rules."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from builders import hit, hits_frame, messages, pack, pattern, rule, together
from csaudit.pack.model import (
    All,
    Anchor,
    Any,
    Compare,
    Condition,
    Has,
    Not,
    Promise,
    Reply,
    Rule,
    Scorecard,
    Sequence,
    Span,
    Step,
    Term,
    Words,
)
from csaudit.rules import judge, merge

SIGNALS = ("p", "q", "r")
FEW = settings(max_examples=25, deadline=None)

lines = st.lists(st.sampled_from(["客: 甲", "服: 乙", "服@b +70: 丙", "服@: 丁", "机: 戊", "客 +900: 己"]), max_size=9)
exports = st.lists(lines.filter(len), min_size=1, max_size=4)
marks = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 8), st.sampled_from(SIGNALS), st.sampled_from([None, None, "platform"])
    ),
    max_size=14,
)
signals = st.lists(st.sampled_from(SIGNALS), min_size=1, max_size=2).map(tuple)
spans = st.sampled_from(
    [Span(), Span(messages=1), Span(turns=2), Span(agent_turns=1), Span(customer_turns=1), Span(seconds=75.0)]
)
looks = st.builds(
    Has,
    signals,
    st.sampled_from(["same", "turn", "before", "after", "around", "anywhere"]),
    spans,
    st.integers(1, 2),
    st.booleans(),
    st.sampled_from(["anyone", "same_agent", "other_agent"]),
)
leaves = st.one_of(looks, st.just(Reply("agent", Compare("above", 60.0))))
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.tuples(inner, inner)),
        st.builds(Any, st.tuples(inner, inner, inner), st.integers(1, 2)),
    ),
    max_leaves=4,
)
picks = st.one_of(st.sampled_from(["each", "first", "last"]), st.integers(1, 2))
anchors = st.builds(Anchor, st.one_of(st.just(()), signals), picks)
title = Words("甲", "a")


def kinds(condition: Condition, anchor: Anchor) -> list[Rule]:
    named = anchor if anchor.signals else Anchor(("p",))
    terms = (Term(condition, 1.0, title), Term(Has(("q",)), 0.6, title, scale="times"))
    return [
        pattern(anchor.signals or "", condition, anchor.pick, id="A1a-pattern"),
        rule(Scorecard(anchor, terms, 1.0), "B1a-card"),
        rule(Sequence(named, (Step("q", ("q",), Span(messages=1)),), {"q": ("late", "absent")}), "C1a-steps"),
        rule(Promise(named, condition, Has(("r",), "after")), "B4a-promise"),
    ]


def export(conversations: list[list[str]], *, times: bool = True, names: str = "abcd") -> pl.DataFrame:
    return together(
        *(
            messages(*talk, conversation=names[n], start=n * 100, times=times, customer=f"客户{n}", shop=f"店{n}")
            for n, talk in enumerate(conversations)
        )
    )


def marked(frame: pl.DataFrame, where: list[tuple[int, int, str, str | None]]) -> pl.DataFrame:
    """HITS at (which conversation, which message, signal, missing), as far as there are such messages."""
    places = frame.select("msg", "seq", which=pl.col("shop").str.slice(1).cast(pl.Int64)).rows()
    at = {(which, seq): msg for msg, seq, which in places}
    rows = [
        hit(at[which, seq + 1], signal, missing=missing, value=60.0)
        for which, seq, signal, missing in where
        if (which, seq + 1) in at
    ]
    return hits_frame(rows)


@FEW
@given(exports, marks, conditions, anchors, st.booleans())
def test_any_cut_by_conversation_gives_the_same(
    conversations: list[list[str]], where: list, condition: Condition, anchor: Anchor, times: bool
) -> None:
    frame = export(conversations, times=times)
    found, rules = marked(frame, where), pack(*kinds(condition, anchor))
    whole = judge(frame, found, rules)
    parts = [
        judge(part, found.filter(pl.col("msg").is_in(part["msg"].implode())), rules)
        for part in frame.partition_by("conversation_id")
    ]
    for name in ("findings", "unchecked"):
        together_ = pl.concat([getattr(part, name) for part in parts])
        assert_frame_equal(getattr(whole, name), together_, check_row_order=False)


@FEW
@given(exports, marks, conditions, anchors)
def test_a_rule_does_not_depend_on_the_others(
    conversations: list[list[str]], where: list, condition: Condition, anchor: Anchor
) -> None:
    frame = export(conversations)
    found, rules = marked(frame, where), pack(*kinds(condition, anchor))
    whole = judge(frame, found, rules)
    for id_ in rules.rules:
        alone = judge(frame, found, rules, [id_])
        assert_frame_equal(alone.findings, whole.findings.filter(rule_id=id_))
        assert_frame_equal(alone.unchecked, whole.unchecked.filter(rule_id=id_))


@FEW
@given(exports, marks, conditions, anchors)
def test_the_order_of_conversations_and_hits_does_not_matter(
    conversations: list[list[str]], where: list, condition: Condition, anchor: Anchor
) -> None:
    rules = pack(*kinds(condition, anchor))
    reasons = []
    for names, marks_ in (("abcd", where), ("dcba", where[::-1])):
        frame = export(conversations, names=names)
        result = merge(judge(frame, marked(frame, marks_), rules).findings, frame, rules, "zh")
        reasons.append(result.drop("incident_id", "conversation_id"))
    assert_frame_equal(*reasons, check_row_order=False)


@FEW
@given(exports, marks, conditions)
def test_a_condition_and_its_negation_never_agree(
    conversations: list[list[str]], where: list, condition: Condition
) -> None:
    frame = export(conversations)
    found = everywhere(frame, where)
    yes, no = (judge(frame, found, pack(pattern("here", each))) for each in (condition, Not(condition)))
    assert not set(yes.findings["anchor"]) & set(no.findings["anchor"])
    assert_frame_equal(yes.unchecked, no.unchecked)
    if yes.unchecked.is_empty():
        assert yes.findings.height + no.findings.height == frame.height


@FEW
@given(exports, marks, conditions, st.booleans())
def test_a_finding_stands_whatever_an_open_hit_turns_out_to_be(
    conversations: list[list[str]], where: list, condition: Condition, is_one: bool
) -> None:
    frame = export(conversations)
    rules = pack(pattern("here", condition))
    before = judge(frame, everywhere(frame, where), rules)
    known = [(*mark[:3], None) for mark in where if mark[3] is None or is_one]
    after = judge(frame, everywhere(frame, known), rules)
    assert set(before.findings["anchor"]) <= set(after.findings["anchor"])


def everywhere(frame: pl.DataFrame, where: list) -> pl.DataFrame:
    """HITS as `marked`, and the signal "here" in every message."""
    return pl.concat([marked(frame, where), hits_frame([hit(msg, "here") for msg in frame["msg"]])]).sort("msg")
