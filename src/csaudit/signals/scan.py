"""The scan: one Aho–Corasick pass a view for all literals, and regular expressions where one of their anchors stands.

Positions leave here as characters of the view that was searched.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from csaudit.schema import Schema, View

FOUND: Final[Schema] = {
    "text_id": pl.UInt32,
    "column": pl.String,
    "matcher": pl.UInt32,
    "view": View,
    "matched": pl.String,
    "term": pl.Boolean,  # a term as it is listed, not what an expression matched
    "from": pl.UInt32,  # span in characters of the column
    "to": pl.UInt32,
}

_OPEN, _CLOSE = "\x00", "\x01"  # marks around a match: folding removes both from every text


def literals(texts: pl.DataFrame, column: str, patterns: pl.Series) -> pl.DataFrame:
    """Every occurrence of every pattern in a column.

    Args:
        texts: frame with ``row`` (its row number) and the column.
        column: the view to search.
        patterns: distinct literals.

    Returns:
        frame with row, pattern, at (byte where it begins).
    """
    text = pl.col(column)
    return (
        texts.select(  # NOTE: eagerly; the streaming engine builds the automaton again for every morsel
            "row",
            text.str.extract_many(patterns.implode(), overlapping=True).alias("pattern"),
            text.str.find_many(patterns.implode(), overlapping=True).alias("at"),
        )
        .filter(pl.col("at").list.len() > 0)
        .explode("pattern", "at")
    )


def spans(found: pl.DataFrame, texts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Replace ``at`` (bytes) by ``from`` and ``to`` (characters), and leave out words cut out of others.

    A hit that begins or ends with an ASCII letter or digit must not touch another one; in views without the spaces of
    the text that is asked later, where the spaces are.
    """
    size = pl.col("pattern").str.len_bytes()
    text = pl.col(column).cast(pl.Binary)
    before = text.bin.get(pl.col("at").cast(pl.Int64) - 1, null_on_oob=True)  # at -1 stands the last byte
    after = text.bin.get(pl.col("at") + size, null_on_oob=True)
    spaced = pl.lit(value=column in {"raw", "folded", "digits"})
    cut_before = (pl.col("at") > 0) & _latin(before) & pl.col("pattern").str.contains(r"^[a-z0-9A-Z]")
    cut_after = _latin(after) & pl.col("pattern").str.contains(r"[a-z0-9A-Z]$")
    found = found.sort("row", "at")
    return (
        found.with_columns(texts[column].gather(found["row"]))
        .filter(~spaced | ~(cut_before | cut_after))
        .with_columns(_characters(text, pl.col("at")).alias("from"))
        .with_columns((pl.col("from") + pl.col("pattern").str.len_chars()).alias("to"))
        .drop(column, "at")
    )


def _latin(byte: pl.Expr) -> pl.Expr:
    """Build an expression whether a byte is an ASCII letter or digit; false where there is none."""
    ranges = [byte.is_between(ord(first), ord(last)) for first, last in ("09", "AZ", "az")]
    return pl.any_horizontal(ranges).fill_null(value=False)


def _characters(text: pl.Expr, at: pl.Expr) -> pl.Expr:
    """Build an expression for the characters before byte ``at``; rows are sorted by text and ``at``.

    NOTE: each row counts only what lies behind the row before it, so that a huge text with many hits stays linear.
    """
    same = (pl.col("row") == pl.col("row").shift(1)).fill_null(value=False)
    last = pl.when(same).then(at.shift(1)).otherwise(0)
    between = text.bin.slice(last, at - last).cast(pl.String).str.len_chars()
    before_text = pl.when(~same).then(between.cum_sum() - between).forward_fill()
    return (between.cum_sum() - before_text).cast(pl.UInt32)


def expression(texts: pl.Series, rows: pl.Series | None, regex: str) -> pl.DataFrame:
    """The texts that a regular expression matches, with marks around each match (see `unmarked`).

    Args:
        texts: a column.
        rows: the only rows to look at; None: all.
        regex: the expression.

    Returns:
        row, marked.
    """
    at = pl.int_range(len(texts), dtype=pl.UInt32, eager=True) if rows is None else rows
    some = texts if rows is None else texts.gather(rows)
    if some.is_empty():
        return pl.DataFrame(schema={"row": pl.UInt32, "marked": pl.String})
    matches = some.str.contains(regex).fill_null(value=False)
    marked = some.filter(matches).str.replace_all(regex, f"{_OPEN}${{0}}{_CLOSE}")
    return pl.DataFrame({"row": at.filter(matches), "marked": marked}, schema={"row": pl.UInt32, "marked": pl.String})


def unmarked(marked: pl.DataFrame) -> pl.DataFrame:
    """Every match, left to right, none overlapping.

    Args:
        marked: row, marked and other columns.

    Returns:
        for each match the other columns, row, from, to (characters of the column), matched.
    """
    key = pl.int_range(pl.len(), dtype=pl.UInt32).alias("_key")
    closes = pl.col("piece").str.contains(_CLOSE, literal=True)
    size = pl.col("piece").str.len_chars() - closes
    return (
        marked.with_columns(pl.col("marked").str.split(_OPEN).alias("piece"), key)
        .drop("marked")
        .explode("piece")
        .with_columns(
            pl.col("piece").str.split(_CLOSE).list.first().alias("matched"),
            (size.cum_sum().over("_key") - size).cast(pl.UInt32).alias("from"),
        )
        .filter(closes & (pl.col("matched") != ""))
        .with_columns((pl.col("from") + pl.col("matched").str.len_chars()).cast(pl.UInt32).alias("to"))
        .drop("piece", "_key")
    )
