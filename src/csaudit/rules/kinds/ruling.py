"""What a kind makes of a rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import polars as pl

from csaudit.rules.citing import Citation
from csaudit.rules.conditions import Verdict, no_reason


@dataclass(frozen=True)
class Ruling:
    """Over a frame of anchors: the verdict, what to cite where it holds, and how a scorecard adds up there."""

    verdict: Verdict
    citations: Callable[[], Sequence[Citation]] = tuple
    terms: pl.Expr = field(default_factory=no_reason)
