from __future__ import annotations

import polars as pl

from csaudit import schema
from csaudit.report import rank
from report.by_hand import INCIDENTS, incident

GRADES = ("A", "B", "C")


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema.INCIDENTS)


def found(id_: str, class_: str, agent: str, confidence: float) -> dict[str, object]:
    return incident(class_, "c2", {"哦": (0, 1)}, incident_id=id_, agent_id=agent, confidence=confidence)


MANY = frame(
    found("1", "C4", "a01", 0.99),
    found("2", "B1", "a01", 0.8),
    found("3", "B1", "a01", 0.9),
    found("4", "B1", "a02", 0.7),
    found("5", "A5", "a02", 0.5),
)


def test_the_gravest_come_first_then_the_surest() -> None:
    assert "".join(rank.gravest(MANY, GRADES).get_column("incident_id")) == "53241"


def test_a_short_list_shows_each_agent_and_class_once_before_more_of_the_same() -> None:
    assert "".join(rank.varied(MANY, GRADES).get_column("incident_id")) == "53421"


def test_a_grade_that_the_pack_does_not_know_comes_last() -> None:
    assert rank.gravest(MANY, ("B",)).item(-1, "grade") != "B"


def test_ids_are_shown_as_long_as_it_takes_to_tell_them_apart() -> None:
    assert rank.short_ids(frame(*INCIDENTS)) == 8
    alike = frame(found("0" * 9 + "1" + "0" * 6, "A5", "a", 1), found("0" * 9 + "2" + "0" * 6, "A5", "a", 1))
    assert rank.short_ids(alike) == 10
    assert rank.short_ids(frame()) == 8
