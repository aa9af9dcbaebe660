"""What a kind makes of a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from csaudit.pack.model import Condition
from csaudit.rules.citing import Citation
from csaudit.rules.conditions import Verdict, View, no_reason


@dataclass(frozen=True)
class Part:
    """One thing a kind asks, for an explanation: a condition with the view it is judged from, or a question of its own.

    ``name`` is the key in the rule file (when, breach, kept …), for terms and steps with their index or id.
    """

    name: str
    verdict: Verdict
    condition: Condition | None = None
    view: View | None = None


@dataclass(frozen=True)
class Ruling:
    """Over a frame of anchors: the verdict, what to cite where it holds, and how a scorecard adds up there.

    ``columns`` are put on the frame first, one after the other, for the rest to use.
    """

    verdict: Verdict
    citations: Callable[[], Sequence[Citation]] = tuple
    terms: pl.Expr = field(default_factory=no_reason)
    columns: Mapping[str, pl.Expr] = field(default_factory=dict)
    parts: Callable[[], Sequence[Part]] = tuple


def lookup(positions: pl.Series, values: pl.Series, at: pl.Expr) -> pl.Expr:
    """Build the value that belongs to a position, from ascending positions; null where there is none."""
    if positions.is_empty():
        return pl.lit(None, dtype=values.dtype)
    place = pl.lit(positions).search_sorted(at, side="left").clip(0, positions.len() - 1)
    return pl.when(pl.lit(positions).gather(place) == at).then(pl.lit(values).gather(place))
