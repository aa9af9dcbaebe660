"""From spans in a view to spans in the view or raw text that it was made of.

A text in which a table changes no lengths keeps its positions; every other span is traced back through the tables, one
text at a time: a loop in Python, bounded by hits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import polars as pl

from csaudit.signals.tables import Trace
from csaudit.signals.views import CHAIN, Views, lineage

_SPAN = {"from": pl.UInt32, "to": pl.UInt32}


def place(found: pl.DataFrame, texts: pl.DataFrame, views: Views) -> pl.DataFrame:
    """Give each hit its span in the raw text.

    Args:
        found: frame with text_id, column, from, to (characters of the column); further columns are kept.
        texts: frame with text_id, raw and the views.
        views: the tables.

    Returns:
        the frame with start, end instead of from, to and column.
    """
    return back(found, texts, views, "raw").drop("column").rename({"from": "start", "to": "end"})


def back(found: pl.DataFrame, texts: pl.DataFrame, views: Views, to: str) -> pl.DataFrame:
    """Lead hits back to the view (or raw) ``to``, on which theirs rest: from, to and column are then its own."""
    parts = [
        _from_column(hits, texts, views, column, to) if column != to else hits
        for column in found["column"].unique().sort()
        for hits in [found.filter(pl.col("column") == column)]
    ]
    return pl.concat(parts) if parts else found


def _from_column(found: pl.DataFrame, texts: pl.DataFrame, views: Views, column: str, to: str) -> pl.DataFrame:
    steps = lineage(column)[len(lineage(to)) :]
    bases = [CHAIN[step].base for step in steps]
    moved = pl.any_horizontal(
        pl.col(base).str.contains_any(views.tables[step].resizing.implode())
        for base, step in zip(bases, steps, strict=True)
    )
    some = texts.join(found.select("text_id").unique(), on="text_id", how="semi").select("text_id", *bases)
    moved_texts = dict(some.filter(moved).select("text_id", bases[0]).iter_rows())
    found = found.with_columns(pl.lit(to).alias("column"))
    stays = ~pl.col("text_id").is_in(list(moved_texts))
    return pl.concat([found.filter(stays), _traced(found.filter(~stays), moved_texts, steps, views)])


def _traced(found: pl.DataFrame, texts: Mapping[int, str], steps: Sequence[str], views: Views) -> pl.DataFrame:
    rows = found.sort("text_id")
    placed = [
        place
        for text_id, group in groupby(rows.select("text_id", "from", "to").iter_rows(), key=lambda row: row[0])
        for place in _in_text(views.traces(texts[text_id], steps), [(start, end) for _, start, end in group])
    ]
    return rows.with_columns(pl.DataFrame(placed, schema=_SPAN, orient="row"))


def _in_text(traces: Sequence[Trace], spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        for trace in reversed(traces):
            start, end = trace.begin[start], trace.end[end - 1]  # noqa: PLW2901
        yield start, end
