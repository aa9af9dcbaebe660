"""A `Compare` of the rule language as an expression, for signals' guards and rules' conditions alike."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

import polars as pl

from csaudit.pack.model import Compare

_COMPARE: Final[Mapping[str, Callable[[Any, Any], pl.Expr]]] = {
    "is": operator.eq,
    "not": operator.ne,
    "above": operator.gt,
    "below": operator.lt,
    "at_least": operator.ge,
    "at_most": operator.le,
}


def holds(column: pl.Expr, wanted: Compare, other: pl.Expr | None = None) -> pl.Expr:
    """Build an expression whether ``column`` compares as wanted; null where a value is missing or cannot be compared.

    ``other`` is the column that ``wanted.column`` names. Numbers compare as numbers, also when the export has them as
    text; texts compare as texts.
    """
    value = wanted.value
    if wanted.op == "missing":
        return column.is_null() if value in (None, True) else column.is_not_null()
    if wanted.op in {"in", "not_in"}:
        found = column.cast(pl.String).is_in(value if isinstance(value, tuple) else (str(value),))
        return found if wanted.op == "in" else ~found
    if other is not None:
        kind: type[pl.DataType] = pl.String if wanted.op in {"is", "not"} else pl.Float64
        right = other.cast(kind, strict=False)
    else:
        kind = _kind(wanted)
        right = pl.lit(value, dtype=kind)
    left = column.cast(kind, strict=False)
    return _COMPARE[wanted.op](left, right)


def _kind(wanted: Compare) -> type[pl.DataType]:
    if isinstance(wanted.value, bool):
        return pl.Boolean
    return pl.String if isinstance(wanted.value, str) else pl.Float64
