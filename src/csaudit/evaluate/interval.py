"""Proportions and their 95 % intervals, as expressions."""

from __future__ import annotations

from typing import Final

import polars as pl

_Z: Final = 1.959964


def rate(name: str, hits: pl.Expr, of: pl.Expr) -> dict[str, pl.Expr]:
    """A proportion and the ends of its Wilson interval; null where there is nothing to divide by."""
    n = pl.when(of > 0).then(of.cast(pl.Float64))
    share = hits / n
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * (share * (1 - share) / n + _Z**2 / (4 * n**2)).sqrt()
    return {
        name: share,
        f"{name}_low": (middle - half).clip(lower_bound=0),
        f"{name}_high": (middle + half).clip(upper_bound=1),
    }
