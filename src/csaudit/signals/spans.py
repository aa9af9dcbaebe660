"""From spans in a view to spans in the raw text.

A text whose folding changes no lengths keeps its positions; every other span is traced back through the tables, one
text at a time: a loop in Python, bounded by hits.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import polars as pl

from csaudit.signals.tables import Trace
from csaudit.signals.views import Views, lineage

_PLACED = {"start": pl.UInt32, "end": pl.UInt32, "alone": pl.Boolean}


def place(found: pl.DataFrame, texts: pl.DataFrame, views: Views) -> pl.DataFrame:
    """Give each hit its span in the raw text.

    Args:
        found: frame with text_id, column, from, to (characters of the column); further columns are kept.
        texts: frame with text_id, raw.
        views: the tables.

    Returns:
        the frame with start, end instead of from, to and column; hits that cut a Latin word or a number are left out.
    """
    found = found.join(texts.select("text_id", "raw"), on="text_id")
    moved = (pl.col("column") != "raw") & (
        (pl.col("column") != "folded") | pl.col("raw").str.contains_any(views.tables["folded"].resizing.implode())
    )
    same = found.filter(~moved).rename({"from": "start", "to": "end"}).drop("column", "raw")
    other = found.filter(moved)
    if other.is_empty():
        return same
    return pl.concat([same, _traced(other, views).select(same.columns)])


def _traced(found: pl.DataFrame, views: Views) -> pl.DataFrame:
    found = found.sort("text_id", "column")
    rows = found.select("raw", "column", "from", "to").iter_rows()
    placed = [
        place
        for (raw, column), group in groupby(rows, key=lambda row: (row[0], row[1]))
        for place in _in_text(raw, column, [(start, end) for _, _, start, end in group], views)
    ]
    return (
        found.with_columns(pl.DataFrame(placed, schema=_PLACED, orient="row"))
        .filter("alone")
        .drop("column", "raw", "from", "to", "alone")
    )


def _in_text(raw: str, column: str, spans: list[tuple[int, int]], views: Views) -> Iterator[tuple[int, int, bool]]:
    steps = views.traces(raw, column)
    folded = steps[lineage(column).index("folded")].text
    for start, end in spans:
        at: dict[str, tuple[int, int]] = {}
        span = (start, end)
        for name, step in zip(reversed(lineage(column)), reversed(steps), strict=True):
            at[name] = span
            span = _back(step, *span)
        yield *span, column == "folded" or _stands_alone(folded, *at["folded"])


def _back(step: Trace, start: int, end: int) -> tuple[int, int]:
    return step.begin[start], step.end[end - 1]


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether the span cuts no Latin word and no number."""
    cut_before = start > 0 and _latin(text[start - 1]) and _latin(text[start])
    cut_after = end < len(text) and _latin(text[end - 1]) and _latin(text[end])
    return not (cut_before or cut_after)


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
