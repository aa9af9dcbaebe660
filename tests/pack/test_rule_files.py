"""Rules and cases: what YAML becomes, and what is refused."""

from textwrap import dedent, indent

import pytest

from csaudit.pack.model import (
    All,
    Anchor,
    Any,
    Case,
    Compare,
    Condition,
    FactCheck,
    FieldIs,
    Has,
    Kind,
    Line,
    Not,
    OtherContact,
    Pattern,
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
from packs import Examine

HEAD = """\
id: A1a-it
class: A1
scenario: a
title: {zh: 它, en: it}
why: {zh: 因为, en: because}
reason: {zh: 说了, en: said it}
confidence: 0.7
"""


def load(examine: Examine, body: str) -> Rule:
    loaded, problems = examine({"A1/A1a-it.yaml": HEAD + dedent(body), "facts.yaml": '"*": {ship_hours: 48 h}\n'})
    assert problems == []
    return loaded.rules["A1a-it"]


def problems(examine: Examine, body: str) -> list[str]:
    _, found = examine({"A1/A1a-it.yaml": HEAD + body})
    return [str(problem).split("A1a-it.yaml:")[1] for problem in found]


def condition(examine: Examine, when: str) -> Condition:
    kind = load(examine, f"pattern:\n  anchor: insults\n  when: {when}\n").kind
    assert isinstance(kind, Pattern)
    return kind.when


INSULTS, SOOTHES = Has(("insults",)), Has(("soothes",))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{has: insults}", INSULTS),
        ("{lacks: [insults, soothes]}", Has(("insults", "soothes"), negated=True)),
        ("{has: soothes, where: after, within: 3 agent turns}", Has(("soothes",), "after", Span(agent_turns=3))),
        ("{has: soothes, within: [5 messages, 10 min]}", Has(("soothes",), within=Span(messages=5, seconds=600))),
        (
            "{has: soothes, times: 2, by: other_agent, cite: false}",
            Has(("soothes",), times=2, by="other_agent", cite=False),
        ),
        ("[{has: insults}, {has: soothes}]", All((INSULTS, SOOTHES))),
        ("{any: [{has: insults}, {has: soothes}]}", Any((INSULTS, SOOTHES))),
        ("{all: [{has: insults}, {not: {has: soothes}}]}", All((INSULTS, Not(SOOTHES)))),
        ("{at_least: {n: 2, of: [{has: insults}, {has: soothes}]}}", Any((INSULTS, SOOTHES), n=2)),
        ("{reply: {role: agent, above: 10 min}}", Reply("agent", Compare("above", 600.0))),
        ("{field: {loss_amount: {above: 3000}}}", FieldIs("loss_amount", Compare("above", 3000.0))),
        (
            "{field: {turn: {at_least: 2, at_most: 5}}}",
            All((FieldIs("turn", Compare("at_least", 2.0)), FieldIs("turn", Compare("at_most", 5.0)))),
        ),
        ("{field: {rating: {missing: true}}}", FieldIs("rating", Compare("missing", True))),
        ("{field: {platform: 京东}}", FieldIs("platform", Compare("is", "京东"))),
    ],
)
def test_every_condition(examine: Examine, when: str, expected: Condition) -> None:
    assert condition(examine, when) == expected


ANCHOR = Anchor(("insults",))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("pattern: {anchor: [insults, soothes]}", Pattern(Anchor(("insults", "soothes")), All(()))),
        (
            "pattern: {anchor: {has: insults, pick: 2, cite: false}}",
            Pattern(Anchor(("insults",), 2, cite=False), All(())),
        ),
        ("pattern: {when: {has: insults}}", Pattern(Anchor(), INSULTS)),
        (
            """\
            scorecard:
              threshold: 1.5
              terms:
                - {has: insults, weight: 1.2, title: {zh: 骂, en: insults}, scale: times, cap: 2}
                - {lacks: soothes, weight: 0.5, title: {zh: 没安抚, en: no comfort}}
            """,
            Scorecard(
                Anchor(),
                (
                    Term(INSULTS, 1.2, Words("骂", "insults"), "times", 2),
                    Term(Has(("soothes",), negated=True), 0.5, Words("没安抚", "no comfort")),
                ),
                1.5,
            ),
        ),
        (
            """\
            sequence:
              anchor: insults
              steps:
                - {id: soothe, has: soothes, within: 2 agent turns}
              fires_on: {soothe: [absent, late]}
            """,
            Sequence(ANCHOR, (Step("soothe", ("soothes",), Span(agent_turns=2)),), {"soothe": ("absent", "late")}),
        ),
        (
            "promise: {anchor: insults, breach: {has: insults}, kept: {has: soothes}, silence: false}",
            Promise(ANCHOR, INSULTS, SOOTHES, silence=False),
        ),
        ("promise: {anchor: insults}", Promise(ANCHOR, Not(All(())), Not(All(())))),
        ("fact: {anchor: insults, fact: ship_hours, wrong_if: above}", FactCheck(ANCHOR, "ship_hours", "above")),
        (
            "contact: {anchor: insults, within: 7 d, direction: later, other: soothes}",
            OtherContact(ANCHOR, "customer", 604800.0, "later", ("soothes",)),
        ),
    ],
)
def test_every_kind(examine: Examine, body: str, expected: Kind) -> None:
    assert load(examine, body).kind == expected


def test_facts_may_be_durations(examine: Examine) -> None:
    loaded, _ = examine({"facts.yaml": '"*": {ship_hours: 48 h, warranty_months: 12}\n某店: {ship_hours: 1 d}\n'})
    assert loaded.facts == {"*": {"ship_hours": 172800, "warranty_months": 12}, "某店": {"ship_hours": 86400}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("pattern: {anchor: insult}", ["1: there is no signal “insult” (did you mean insults?)"]),
        ("pattern: {}", ["8: a pattern needs an anchor or conditions (when)"]),
        ("title: {zh: 又, en: again}\npattern: {anchor: insults}", ["8: “title” is given twice (first in line 4)"]),
        ("patern: {anchor: insults}", ["1: a rule has exactly one kind (one of: pattern, scorecard,"]),
        (
            "pattern: {anchor: insults, when: {has: insults, wher: after}}",
            ["8: unknown key “wher” (did you mean where?)"],
        ),
        (
            "pattern: {anchor: insults, when: {has: insults, within: 3 minutes}}",
            ["8: “3 minutes” is not a span (3 messages, 2 turns"],
        ),
        (
            "pattern: {anchor: insults, when: [{has: insults, lacks: soothes}]}",
            ["8: a condition has exactly one kind (one of: has, lacks,"],
        ),
        (
            "pattern: {anchor: insults, when: {field: {ratng: {below: 3}}}}",
            ["1: there is no column “ratng” (did you mean rating?)"],
        ),
        ("fact: {anchor: insults, fact: ship, wrong_if: above}", ["1: there is no fact in facts.yaml “ship”"]),
        (
            "sequence: {anchor: insults, steps: [{id: a, has: soothes}], fires_on: {b: absent}}",
            ["8: there is no step “b” (one of: a)"],
        ),
        ("promise: {anchor: insults, silence: false}", ["8: a promise needs a breach, or silence: true"]),
        ("pattern: {anchor: insults}\nstatus: off", ["9: “status: off” is not known (one of: draft, trial,"]),
        ("pattern: {anchor: insults}\nvalid_from: 2026-13-01", ["9: a date such as 2026-06-01 is wanted, not"]),
        ("pattern: {anchor: insults}\ncases: {hits: [{顾: 你好}]}", ["9: a line has a speaker (客: … / 服: …)"]),
        ("pattern: {anchor: insults}\ncases: {hit: [你好]}", ["9: unknown key “hit” (did you mean hits?)"]),
        ("pattern: {anchor: insults}\ncases: {hits: [[]]}", ["9: the case is empty"]),
    ],
)
def test_every_error_has_its_place(examine: Examine, body: str, expected: list[str]) -> None:
    found = problems(examine, body)
    assert [one[: len(wanted)] for one, wanted in zip(found, expected, strict=False)] == expected
    assert len(found) == len(expected)


def test_a_rule_names_a_class_and_a_scenario_of_the_taxonomy(examine: Examine) -> None:
    body = HEAD.replace("class: A1", "class: A11") + "pattern: {anchor: insults}\n"
    _, (one,) = examine({"A1/A1a-it.yaml": body})
    assert one.message.en == "there is no class “A11”"
    body = HEAD.replace("scenario: a", "scenario: f") + "pattern: {anchor: insults}\n"
    _, (one,) = examine({"A1/A1a-it.yaml": body})
    assert one.message.en == "there is no scenario of A1 “f”"


def cases(examine: Examine, yaml: str) -> tuple[Case, ...]:
    return load(examine, "pattern: {anchor: insults}\ncases:\n" + indent(yaml, "  ")).cases


def test_a_case_may_be_one_message_of_the_agent(examine: Examine) -> None:
    (case,) = cases(examine, "hits: [你有病吧]\n")
    assert case.fires
    assert case.lines == (Line("agent", "你有病吧"),)
    assert (case.platform, case.shop, case.cut) == ("京东", "示例店", False)


def test_a_case_may_be_a_dialogue(examine: Examine) -> None:
    yaml = """\
passes:
  - - 客: 在吗
    - 服: 在
      after: 15 min
      agent: 小王
      fields: {rating: 5}
  - {客: 在吗, 服: 在, 机: 请评价, 系: 会话结束}
"""
    first, second = cases(examine, yaml)
    assert not first.fires
    assert first.lines == (
        Line("customer", "在吗"),
        Line("agent", "在", gap=900, agent="小王", fields={"rating": 5.0}),
    )
    assert [line.role for line in second.lines] == ["customer", "agent", "bot", "system"]


def test_speakers_in_english(examine: Examine) -> None:
    (case,) = cases(examine, "hits:\n  - - customer: hello\n    - agent: yes?\n")
    assert case.lines == (Line("customer", "hello"), Line("agent", "yes?"))


def test_a_case_may_say_where_and_how_it_was_exported(examine: Examine) -> None:
    yaml = """\
hits:
  - platform: 淘宝
    shop: 某店
    cut: true
    times: false
    fields: {order_id: "8812"}
    note: 没有时间的导出
    dialogue:
      - 客: 在吗
      - {服: 在, fields: {loss_amount: 20}}
"""
    (case,) = cases(examine, yaml)
    assert (case.platform, case.shop, case.cut, case.note) == ("淘宝", "某店", True, "没有时间的导出")
    assert case.lines == (
        Line("customer", "在吗", gap=None, fields={"order_id": "8812"}),
        Line("agent", "在", gap=None, fields={"order_id": "8812", "loss_amount": 20.0}),
    )


def test_a_case_may_go_on_in_a_later_conversation(examine: Examine) -> None:
    (case,) = cases(examine, "hits:\n  - - 客: 在吗\n    - 客: 还没发货\n      contact: 2 d\n    - 服: 哦\n")
    assert [(line.contact, line.gap) for line in case.lines] == [(0, 10), (1, 172800), (1, 10)]
