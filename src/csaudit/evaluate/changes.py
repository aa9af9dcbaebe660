"""Two evaluations side by side, and one against its bounds."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from csaudit.evaluate.scores import PAIR, POOLED, Evaluation


def compare(now: Evaluation, before: Evaluation) -> pl.DataFrame:
    """Pairs whose outcome differs from the earlier evaluation's: PAIR, ``before``, ``now`` (null: neither labelled nor found)."""
    old = before.pairs.select(*PAIR, before="outcome")
    both = now.pairs.select(*PAIR, now="outcome").join(old, on=PAIR, how="full", coalesce=True)
    return both.filter(pl.col("now").ne_missing(pl.col("before"))).sort(PAIR)


def below(evaluation: Evaluation, column: str, bounds: Mapping[str, float]) -> list[str]:
    """Which bounds fail: names of scores (all, macro, a grade, a class) to the least allowed value of ``column``.

    With several golds the pooled scores count. A name with no score fails.
    """
    scores = _of_pool(evaluation.scores)
    values = dict(zip(scores["name"].to_list(), scores[column].to_list(), strict=True))
    return [
        f"{column} {name} {_shown(values.get(name))} < {bound:g}"
        for name, bound in bounds.items()
        if (values.get(name) or 0) < bound
    ]


def above(evaluation: Evaluation, bounds: Mapping[str, float]) -> list[str]:
    """Which bounds fail: kinds of conversations to the greatest allowed share with a false alarm."""
    alarms = _of_pool(evaluation.alarms)
    rates = dict(zip(alarms["kind"].to_list(), alarms["rate"].to_list(), strict=True))
    return [
        f"false alarms {kind} {_shown(rates.get(kind))} > {bound:g}"
        for kind, bound in bounds.items()
        if (rates.get(kind) or 0) > bound
    ]


def _of_pool(frame: pl.DataFrame) -> pl.DataFrame:
    pooled = frame.filter(pl.col("gold") == POOLED)
    return frame if pooled.is_empty() else pooled


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
