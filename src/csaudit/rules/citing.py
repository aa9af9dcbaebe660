"""Which hits a finding shows: those its conditions rest on, a bounded number of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit.pack.model import All, Any, Condition, Has
from csaudit.rules.conditions import Stand, count, entries, of_agent
from csaudit.rules.scene import AGENT_BLOCK

PER_CONDITION: Final = 3
"""Messages shown for one condition, unless it asks for more of them."""


@dataclass(frozen=True)
class Citation:
    """Messages to show for one condition: entries of ``positions`` whose indices ``ranges`` gives at each anchor."""

    signals: tuple[str, ...]
    positions: pl.Series
    ranges: pl.Expr
    keep: pl.Expr

    def of(self, fired: pl.LazyFrame) -> pl.LazyFrame:
        """The messages as rows: ``at`` of the anchor, ``position`` of the message, ``signals`` to show in it."""
        return (
            fired.select("at", entry=self.ranges)
            .explode("entry")
            .drop_nulls("entry")
            .select("at", position=pl.lit(self.positions).gather("entry") % AGENT_BLOCK)
            .filter(self.keep)
            .with_columns(signals=pl.lit(pl.Series([self.signals])))
        )


def citations(condition: Condition, stand: Stand) -> list[Citation]:
    """The positive parts of a condition that ask to be cited."""
    match condition:
        case Has(negated=False, cite=True):
            return [_citation(condition, stand)]
        case All(of) | Any(of):
            return [citation for part in of for citation in citations(part, stand)]
        case _:
            return []


def _citation(condition: Has, stand: Stand) -> Citation:
    """Cite the messages nearest to the anchor."""
    marks, pool, window = stand.scene.marks(condition.signals), stand.pool(condition), stand.window(condition)
    agent = stand.scene.timeline.at("agent", stand.here)
    positions, lo, hi, here, keep = marks.sure, window.lo, window.hi, stand.here, pl.lit(True)
    if pool in {"unit", "same_agent"}:
        positions = marks.sure_by_agent
        lo, hi, here = of_agent(agent, lo), of_agent(agent, hi), of_agent(agent, here)
    elif pool == "other_agent":
        keep = stand.scene.timeline.at("agent", pl.col("position")) != stand.scene.timeline.at("agent", pl.col("at"))
    start, end = entries(positions, lo, hi)
    enough = count(condition, stand)[0] >= condition.times
    n = max(PER_CONDITION, condition.times)
    here = pl.lit(positions).search_sorted(here, side="left").cast(pl.Int64)
    start = pl.max_horizontal(start, pl.min_horizontal(here - n // 2, end - n))
    end = pl.when(enough).then(pl.min_horizontal(end, start + n)).otherwise(start)
    return Citation(condition.signals, positions, pl.int_ranges(start, end), keep)
