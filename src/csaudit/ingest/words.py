"""Cells -> values by a table of words, worked out once per different cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

import polars as pl

from csaudit.ingest.profiles import fold

T = TypeVar("T", str, bool)


def translated(cells: pl.Series, words: Mapping[str, T], dtype: type[pl.DataType] = pl.String) -> pl.Series:
    """Translate cells; null where a cell is none of the words. Case, spaces and punctuation do not count.

    Args:
        cells: Texts.
        words: Folded word (`profiles.fold`) -> value.
        dtype: The type of the values.
    """
    different = pl.DataFrame({"cell": cells.unique().drop_nulls()})
    folded = pl.col("cell").str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "")
    known = different.with_columns(value=folded.replace_strict(words, default=None, return_dtype=dtype)).drop_nulls()
    table = dict(zip(known["cell"], known["value"], strict=True))
    return cells.replace_strict(table, default=None, return_dtype=dtype)


def flags(words: Mapping[str, bool]) -> dict[str, bool]:
    """Words for yes and no, folded."""
    return {fold(word): value for word, value in words.items()}


def first_of(names: Collection[str], have: Collection[str]) -> pl.Expr:
    """The first of some columns that has a value, of those there are."""
    there = [pl.col(name) for name in names if name in have]
    return pl.coalesce(*there, pl.lit(None, pl.String))
