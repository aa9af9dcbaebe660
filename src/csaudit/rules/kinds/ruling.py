"""What a kind makes of a rule."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from csaudit.rules.citing import Citation
from csaudit.rules.conditions import NO_REASON, Verdict


@dataclass(frozen=True)
class Ruling:
    """Expressions over a frame of anchors: the verdict, what to cite where it holds, and a scorecard's sum."""

    verdict: Verdict
    citations: tuple[Citation, ...] = ()
    terms: pl.Expr = NO_REASON
