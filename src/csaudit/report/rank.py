"""What is shown first where not everything can be."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

SHORTEST_ID = 8


def gravest(incidents: pl.DataFrame, grades: Sequence[str]) -> pl.DataFrame:
    """Sort INCIDENTS: gravest grade first, then the surest, then the newest. ``grades`` are all grades, gravest first."""
    return incidents.sort(
        pl.col("grade").replace_strict(list(grades), list(range(len(grades))), default=len(grades)),
        "confidence",
        "occurred_at",
        "incident_id",
        descending=[False, True, True, False],
        nulls_last=True,
    )


def varied(incidents: pl.DataFrame, grades: Sequence[str]) -> pl.DataFrame:
    """Sort like `gravest`, but within a grade one incident of each class and agent before their next ones."""
    ranked = gravest(incidents, grades).with_row_index("_rank")
    nth = pl.col("_rank").cum_count().over("class", "agent_id")
    grade = pl.col("_rank").min().over("grade")
    return ranked.sort(grade, nth, "_rank").drop("_rank")


def agents_with_most(agents: pl.DataFrame, grades: Sequence[str]) -> pl.DataFrame:
    """Sort AGENTS that have incidents: most of the gravest grade first."""
    counts = [f"incidents_{grade.lower()}" for grade in grades]
    with_any = agents.filter(pl.sum_horizontal(counts) > 0)
    descending = [True] * len(counts) + [False]
    return with_any.sort(*counts, "agent_id", descending=descending, nulls_last=True)


def short_ids(incidents: pl.DataFrame) -> int:
    """How many characters tell the incidents of a run apart."""
    ids = incidents.get_column("incident_id")
    longest = ids.str.len_chars().max()
    lengths = range(SHORTEST_ID, int(str(longest or SHORTEST_ID)))
    return next((n for n in lengths if ids.str.head(n).n_unique() == ids.len()), int(str(longest or SHORTEST_ID)))
