"""The score of an agent: 100 minus points, so that a clerk can redo it."""

from __future__ import annotations

import polars as pl

from csaudit.pack.model import Pack

FULL_SCORE = 100.0


def points(incidents: pl.DataFrame, pack: Pack) -> pl.DataFrame:
    """Add up the points of each agent's incidents.

    An incident costs the points of its class, else of its grade (``points`` of targets.yaml). Incidents found by
    rules on trial alone are reported, not scored.

    Args:
        incidents: INCIDENTS.
        pack: its ``points`` and the status of its rules.

    Returns:
        agent_id, points.
    """
    cost = {id_: float(pack.points.get(id_, pack.points.get(class_.grade, 0))) for id_, class_ in pack.classes.items()}
    active = [rule.id for rule in pack.rules.values() if rule.status == "active"]
    return (
        incidents.filter(pl.col("rule_ids").list.set_intersection(active).list.len() > 0)
        .group_by("agent_id")
        .agg(points=pl.col("class").replace_strict(cost, default=0.0, return_dtype=pl.Float64).sum())
    )


def score(conversations: pl.Expr, points: pl.Expr) -> pl.Expr:
    """Build the score: 100 minus ``points``, never below 0; null where there is no conversation to score."""
    left = (FULL_SCORE - points.fill_null(0.0)).clip(lower_bound=0.0)
    return pl.when(conversations > 0).then(left)
