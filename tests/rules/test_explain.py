"""An explanation read as a person reads it: conditions with their answers, and what would have been enough."""

import polars as pl

from builders import chat, has, hits, lacks, pack, pattern, rule
from csaudit.errors import Location
from csaudit.pack.model import (
    All,
    Anchor,
    Any,
    Compare,
    FieldIs,
    Not,
    Promise,
    Reply,
    Rule,
    Scorecard,
    Sequence,
    Signal,
    Span,
    Step,
    Term,
    Words,
)
from csaudit.rules.explain import EXPLAINED, explain

ROLES = {"threatens": "customer", "soothes": "agent", "curt": "agent", "promises": "agent", "late": "customer"}
SIGNALS = {id_: Signal(id_, Words(id_, id_), (role,), Location("x")) for id_, role in ROLES.items()}
SAID = {"threatens": "12315", "soothes": "抱歉", "curt": "哦", "promises": "马上", "late": "还没"}


def explained(rule_: Rule, *lines: str, lang: str = "en", **options: object) -> pl.DataFrame:
    frame = chat(*lines, **options)  # type: ignore[arg-type]
    return explain(rule_, "c1", frame, hits(frame, **SAID), pack(rule_, signals=SIGNALS), lang)


def tree(frame: pl.DataFrame) -> list[str]:
    """Each condition under its parent, with + holds, - does not, ? reason."""
    mark = {True: "+", False: "-", None: "?"}
    return [
        f"{'  ' * row['depth']}{mark[row['state']]} {row['condition']}{' ' + row['reason'] if row['reason'] else ''}"
        for row in frame.iter_rows(named=True)
    ]


def change(rule_: Rule, *lines: str, lang: str = "en") -> str | None:
    frame = explained(rule_, *lines, lang=lang)
    assert frame["state"][0], tree(frame)
    return frame["change"][0]


IGNORED = pattern("threatens", All((lacks("soothes", where="after", within=Span(agent_turns=1)), has("curt"))))


def test_every_condition_has_its_answer() -> None:
    frame = explained(IGNORED, "客: 我找12315", "服: 哦")
    assert frame.schema == EXPLAINED
    assert tree(frame) == [
        "+ a test rule",
        "  + starting from each “threatens”:",
        "  + all of these hold:",
        "    + no “soothes” within 1 agent turns after",
        "    + “curt” anywhere in the conversation",
    ]
    assert tree(explained(IGNORED, "客: 我找12315", "服: 抱歉"))[-3:] == [
        "  - all of these hold:",
        "    - no “soothes” within 1 agent turns after",
        "    - “curt” anywhere in the conversation",
    ]


def test_words_that_decided_it_are_shown_whichever_way() -> None:
    frame = explained(IGNORED, "客: 我找12315", "服: 真抱歉")
    seen = [[(m["seq"], [tuple(s.values()) for s in m["spans"]]) for m in row] for row in frame["evidence"]]
    assert seen == [[], [(1, [(2, 7)])], [], [(2, [(1, 3)])], []]


def test_what_cannot_be_checked_says_what_is_missing() -> None:
    rule_ = pattern("threatens", All((FieldIs("loss_amount", Compare("above", 1.0)), Not(has("curt")))))
    assert tree(explained(rule_, "客: 我找12315"))[0] == "? a test rule loss_amount"
    assert "    ? loss_amount is above 1 loss_amount" in tree(explained(rule_, "客: 我找12315"))


def test_a_rule_that_finds_no_place_to_start() -> None:
    assert tree(explained(IGNORED, "客: 在吗")) == ["- a test rule", "  - starting from each “threatens”:"]


def test_each_anchor_is_explained() -> None:
    frame = explained(pattern("curt", lacks("soothes")), "服: 哦", "客: 在吗", "服@b: 哦")
    assert frame.filter(pl.col("depth") == 0).select("anchor", "agent_id").rows() == [(1, "a1"), (3, "b")]


# ---- the smallest change --------------------------------------------------------------------------------------------


def test_what_the_agent_could_have_said() -> None:
    assert change(IGNORED, "客: 我找12315", "服: 哦") == "“soothes” within 1 agent turns after"


def test_how_much_sooner() -> None:
    soon = pattern("threatens", lacks("soothes", where="after", within=Span(seconds=60)))
    assert change(soon, "客: 我找12315", "服 +101: 抱歉") == "“soothes” within 1 min after (41 s sooner)"
    assert change(soon, "客: 我找12315", "服 +101: 抱歉", lang="zh") == "之后 1 分钟内有「soothes」（早 41 秒即可）"
    reply = pattern("threatens", Reply("agent", Compare("above", 60.0)))
    assert change(reply, "客: 我找12315", "服 +101: 抱歉") == "a reply 41 s sooner"


def test_of_alternatives_all_must_change_but_of_requirements_one() -> None:
    assert change(pattern("threatens", Any((lacks("soothes"), has("curt")))), "客: 12315", "服: 哦") == (
        "“soothes” anywhere in the conversation; no “curt” anywhere in the conversation"
    )
    assert change(pattern("threatens", Not(has("soothes"))), "客: 12315") == "“soothes” anywhere in the conversation"


def test_words_that_are_the_fault_themselves() -> None:
    assert change(pattern("curt", All(())), "服: 哦") == "no “curt”"


def test_a_scorecards_lightest_way_out() -> None:
    terms = (
        Term(has("curt"), 1.0, Words("敷衍", "curt"), scale="times"),
        Term(has("threatens"), 0.8, Words("威胁", "threatens")),
        Term(has("soothes"), -0.9, Words("安抚", "soothes")),
    )
    rule_ = rule(Scorecard(Anchor(), terms, 1.5))
    lines = ("客: 12315", "服: 哦")
    assert tree(explained(rule_, *lines))[0] == "+ a test rule · curt +1, threatens +0.8 = 1.8 ≥ 1.5"
    assert change(rule_, *lines) == "“soothes” anywhere in the conversation"
    assert tree(explained(rule_, "客: 12315"))[0] == "- a test rule"  # no agent, no part of theirs


def test_a_step_of_a_sequence() -> None:
    kind = Sequence(Anchor(("threatens",)), (Step("s", ("soothes",), Span(messages=1)),), {"s": ("late", "absent")})
    assert change(rule(kind), "客: 12315", "服: 哦", "服: 抱歉") == "not: “soothes” is late"


def test_a_promise() -> None:
    kind = Promise(Anchor(("promises",)), has("late"), has("soothes"))
    frame = explained(rule(kind), "服: 马上发", "客: 还没发")
    assert tree(frame)[2:] == [
        "  + signs that the promise was not kept",
        "    + “late” anywhere in the conversation",
        "  - its term passed and the agent did not come back",
        "  - it was kept in time",
        "    - “soothes” anywhere in the conversation",
    ]
    assert frame["change"][0] == "keep the promise in time"
