from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csaudit import metrics, schema
from csaudit.metrics.response import first_responses, mean_seconds
from csaudit.pack.model import Pack, Words
from report.by_hand import CLASSES, DIALOGUES, INCIDENTS, incident, messages, pack

NOTHING_OPEN = schema.empty(schema.UNCHECKED)


def measure(
    *incidents: dict[str, object], unchecked: pl.DataFrame = NOTHING_OPEN, rules: Pack | None = None
) -> metrics.Measures:
    found = pl.DataFrame(list(incidents), schema=schema.INCIDENTS)
    return metrics.measure(DIALOGUES, found, unchecked, rules or pack(), list(CLASSES), "zh")


def open_rule(rule_id: str, conversation: str, agent_id: str | None) -> pl.DataFrame:
    row = {"rule_id": rule_id, "conversation_id": conversation, "agent_id": agent_id, "reason": "sent_at"}
    return pl.DataFrame([row], schema=schema.UNCHECKED)


def test_the_frames_are_those_of_the_schema() -> None:
    measures = measure(*INCIDENTS)
    assert measures.conversations.schema == pl.Schema(schema.CONVERSATIONS)
    assert measures.agents.schema == pl.Schema(schema.AGENTS)
    assert measures.grades.schema == pl.Schema(schema.GRADES)


def test_every_audited_class_has_a_row_zero_included() -> None:
    rows = measure(*INCIDENTS).grades.select("class", "incidents", "conversations", "agents", "per_1000_conversations")
    assert rows.rows() == [
        ("A5", 1, 1, 1, pytest.approx(1000 / 3)),
        ("A8", 0, 0, 0, 0.0),
        ("B1", 1, 1, 1, pytest.approx(1000 / 3)),
        ("C4", 1, 1, 1, pytest.approx(1000 / 3)),
    ]


def test_a_rate_over_no_conversation_is_unknown() -> None:
    none = DIALOGUES.clear()
    measures = metrics.measure(none, schema.empty(schema.INCIDENTS), NOTHING_OPEN, pack(), list(CLASSES), "zh")
    assert measures.grades.get_column("per_1000_conversations").null_count() == 4
    assert measures.agents.is_empty()


def test_the_score_can_be_redone_by_hand() -> None:
    """a01: one A, 100 - 100; a02: one B and one C, 100 - 20 - 5."""
    assert measure(*INCIDENTS).agents.select("agent_id", "score").rows() == [("a01", 0.0), ("a02", 75.0)]


def test_a_class_may_cost_more_than_its_grade_and_the_floor_is_zero() -> None:
    dear = pack(B=20, C4=90)
    assert dict(measure(*INCIDENTS, rules=dear).agents.select("agent_id", "score").iter_rows()) == {
        "a01": 100.0,
        "a02": 0.0,
    }


def test_what_only_a_rule_on_trial_found_is_reported_but_not_scored() -> None:
    rules = pack()
    trial = replace(rules, rules=rules.rules | {"B1-rule": replace(rules.rules["B1-rule"], status="trial")})
    row = measure(*INCIDENTS, rules=trial).agents.filter(agent_id="a02")
    assert row.select("incidents_b", "score").row(0) == (1, 95.0)


def test_an_agent_is_whoever_wrote_or_is_held_to_account() -> None:
    unknown = incident("A8", "c3", {"什么时候发货": (0, 2)}, agent_id=None, agent=None)
    absent = incident("A8", "c3", {"什么时候发货": (0, 2)}, agent_id="a09", agent="小九")
    agents = measure(unknown, absent).agents
    assert agents.select("agent_id", "agent", "conversations", "incidents_a", "score").rows() == [
        ("a01", "客服a01", 2, 0, 100.0),
        ("a02", "客服a02", 1, 0, 100.0),
        ("a09", "小九", 0, 1, None),
        (None, None, 0, 1, None),
    ]


def test_what_could_not_be_checked_is_counted_by_conversation_agent_and_class() -> None:
    unchecked = pl.concat([open_rule("A5-rule", "c3", "a01"), open_rule("C4-rule", "c3", "a01")])
    measures = measure(unchecked=unchecked)
    assert measures.conversations.get_column("unchecked").to_list() == [0, 0, 2]
    assert measures.agents.get_column("unchecked_conversations").to_list() == [1, 0]
    assert measures.grades.get_column("unchecked_conversations").to_list() == [1, 0, 0, 1]


def test_a_conversation_counts_its_messages_and_times() -> None:
    row = measure(*INCIDENTS).conversations.filter(conversation_id="c2").row(0, named=True)
    assert (row["messages"], row["customer_messages"], row["agent_messages"]) == (2, 1, 1)
    assert (row["incidents_a"], row["incidents_b"], row["incidents_c"]) == (0, 1, 1)
    assert row["agent_ids"] == ["a02"]
    assert (row["ended_at"] - row["started_at"]).total_seconds() == row["first_response_s"] == 10


def test_the_first_response_is_the_first_answer_behind_the_customers_first_message() -> None:
    opened_by_agent = messages(
        ("c1", "a01", "您好"),
        ("c1", "客", "在吗"),
        ("c1", "客", "问个事"),
        ("c1", "a02", "在的"),
        ("c2", "客", "有人吗"),
    )
    assert first_responses(opened_by_agent).rows() == [("c1", "a02", 20.0)]


def test_without_times_the_first_response_is_unknown() -> None:
    timeless = DIALOGUES.with_columns(sent_at=pl.lit(None, schema.timestamp()))
    assert first_responses(timeless).get_column("first_response_s").null_count() == 3
    measures = metrics.measure(timeless, schema.empty(schema.INCIDENTS), NOTHING_OPEN, pack(), list(CLASSES), "zh")
    assert measures.agents.select("first_response_s", "first_response_n").rows() == [(None, 0), (None, 0)]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20), st.randoms())
@settings(max_examples=30)
def test_a_mean_does_not_depend_on_the_order(seconds: list[float], random: object) -> None:
    shuffled = sorted(seconds, key=lambda _: random.random())  # type: ignore[attr-defined]
    first, second = (pl.DataFrame({"s": s}).select(mean_seconds(pl.col("s"))).item() for s in (seconds, shuffled))
    assert first == second == pytest.approx(sum(seconds) / len(seconds), abs=1e-3)


@given(st.lists(st.sampled_from(INCIDENTS), max_size=12))
@settings(max_examples=20, deadline=None)
def test_the_parts_add_up_to_the_whole(found: list[dict[str, object]]) -> None:
    measures = measure(*found)
    counts = ["incidents_a", "incidents_b", "incidents_c"]
    by_conversation = measures.conversations.select(pl.sum_horizontal(counts).sum()).item()
    by_agent = measures.agents.select(pl.sum_horizontal(counts).sum()).item()
    assert by_conversation == by_agent == measures.grades.get_column("incidents").sum() == len(found)


def test_a_teams_own_grade_has_its_own_column() -> None:
    rules = pack()
    own = replace(
        rules,
        grades=("A", "B", "C", "D"),
        classes=rules.classes | {"C4": replace(rules.classes["C4"], grade="D", name=Words("提醒", "hint"))},
    )
    measures = measure(incident("C4", "c2", {"哦": (0, 1)}, grade="D"), rules=own)
    assert measures.agents.filter(agent_id="a02").select("incidents_c", "incidents_d").row(0) == (0, 1)
    assert measures.grades.get_column("class_name").to_list()[-1] == "提醒"
