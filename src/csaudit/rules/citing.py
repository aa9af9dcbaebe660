"""Which hits a finding shows: those its conditions rest on, a bounded number of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit.pack.model import All, Any, Condition, Has
from csaudit.rules.conditions import View, entries, of_agent
from csaudit.rules.scene import AGENT_BLOCK

PER_CONDITION: Final = 3
"""Messages shown for one condition, unless it asks for more of them."""


@dataclass(frozen=True)
class Citation:
    """Messages to show for one condition: the entries of ``positions`` from ``start`` to before ``end``, nearest first.

    ``here`` is the entry where the anchor would stand; ``keep`` is asked of each ``entry``.
    """

    look: Has
    positions: pl.Series
    start: pl.Expr
    end: pl.Expr
    here: pl.Expr
    keep: pl.Expr

    def of(self, fired: pl.DataFrame) -> pl.DataFrame:
        """The messages as rows: ``at`` of the anchor, ``position`` of the message (null: none), ``signals`` to show."""
        start, end, n = pl.col("start"), pl.col("end"), max(PER_CONDITION, self.look.times)
        first = pl.max_horizontal(start, pl.min_horizontal(pl.col("here") - n // 2, end - n))
        last = pl.when(end - start >= self.look.times).then(pl.min_horizontal(end, first + n)).otherwise(first)
        position = pl.lit(self.positions).gather("entry") % AGENT_BLOCK
        return (
            fired.select("at", "agent", start=self.start, end=self.end, here=self.here)
            .select("at", "agent", entry=pl.int_ranges(first, last))
            .explode("entry")
            .select("at", position=pl.when(self.keep).then(position), signals=pl.lit(list(self.look.signals)))
        )


def citations(condition: Condition, view: View) -> list[Citation]:
    """The positive parts of a condition that ask to be cited."""
    match condition:
        case Has(negated=False, cite=True):
            return [_citation(condition, view)]
        case All(of) | Any(of):
            return [citation for part in of for citation in citations(part, view)]
        case _:
            return []


def _citation(look: Has, view: View) -> Citation:
    marks, window, agent = view.scene.marks(look.signals), view.stand.window(look), view.stand.at("agent")
    positions, ends, keep = marks.sure, [window.lo, window.hi, view.stand.at()], pl.lit(True)
    if view.unit or look.by == "same_agent":
        positions, ends = marks.sure_by_agent, of_agent(agent, *ends)
    elif look.by == "other_agent":
        keep = pl.lit(marks.agents).gather(pl.lit(positions).gather("entry")) != pl.col("agent")
    lo, hi, here = ends
    start, end = entries(positions, lo, hi)
    return Citation(look, positions, start, end, pl.lit(positions).search_sorted(here).cast(pl.Int64), keep)
