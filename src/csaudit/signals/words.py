"""Literal terms and regular expressions, in every view in which somebody wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit.schema import Schema, View
from csaudit.signals import reading, scan, terms
from csaudit.signals.plan import Plan
from csaudit.signals.spans import back, place
from csaudit.signals.views import CHAIN, WEIGHTS, Views, lineage

WORDS: Final[Schema] = {
    "text_id": pl.UInt32,
    "matcher": pl.UInt32,
    "view": View,
    "matched": pl.String,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "strength": pl.Float32,
}

_NO_ROWS: Final = pl.Series(dtype=pl.UInt32)

EXACT: Final = pl.col("view").is_in(["raw", "folded"])


@dataclass(frozen=True)
class Search:
    """What to search for: literals (PROBES of `terms`), regular expressions by matcher and column, and their anchors."""

    probes: pl.DataFrame
    expressions: dict[tuple[int, str], str]
    anchors: pl.DataFrame

    @property
    def columns(self) -> set[str]:
        """The views that are searched."""
        return {*self.probes["column"].unique(), *(column for _, column in self.expressions)}


def search(plan: Plan, views: Views) -> Search:
    """What the phrases, lexicons, templates and regular expressions of a plan search for."""
    expressions = terms.regexes(plan, views)
    return Search(terms.probes(plan, views), expressions, terms.anchor_table(expressions))


def find(texts: pl.DataFrame, wanted: Search, views: Views) -> pl.DataFrame:
    """All hits of phrases, lexicons, templates and regular expressions.

    Args:
        texts: text_id, raw and the views that are searched.
        wanted: what to search for.
        views: the tables.

    Returns:
        WORDS.
    """
    found = [part for column in sorted(wanted.columns) for part in _in_column(texts, column, wanted)]
    if not found:
        return pl.DataFrame(schema=WORDS)
    every = _news(pl.concat(found))
    exact = place(every.filter(EXACT), texts, views)
    weights = pl.DataFrame(list(WEIGHTS.items()), schema={"view": View, "strength": pl.Float32}, orient="row")
    both = pl.concat([exact, _undone(every.filter(~EXACT), texts, views).select(exact.columns)])
    return both.join(weights, on="view").select(*WORDS)


def _in_column(texts: pl.DataFrame, column: str, wanted: Search) -> list[pl.DataFrame]:
    """Everything found in one column, FOUND."""
    probes, anchors = (frame.filter(pl.col("column") == column) for frame in (wanted.probes, wanted.anchors))
    texts = (
        texts.filter(CHAIN[column].only if column in CHAIN else True).select("text_id", column).with_row_index("row")
    )
    patterns = pl.concat([probes["pattern"], anchors["pattern"]]).unique(maintain_order=True)
    literals = scan.literals(texts, column, patterns)
    words = literals.filter(pl.col("pattern").is_in(probes["pattern"].unique().implode()))
    found = [scan.spans(words, texts, column).join(probes, on="pattern").with_columns(pl.lit(value=True).alias("term"))]
    regexes = {number: regex for (number, where), regex in wanted.expressions.items() if where == column}
    if regexes:
        stands = literals.join(anchors, on="pattern").group_by("regex").agg(pl.col("row").unique().sort())
        rows: dict[int, pl.Series | None] = dict.fromkeys(anchors["regex"], _NO_ROWS)
        rows.update(zip(stands["regex"], stands["row"], strict=True))
        found.append(_matches(texts[column], column, regexes, rows))
    return [
        part.with_columns(texts["text_id"].gather(part["row"]), pl.lit(column).alias("column")).select(*scan.FOUND)
        for part in found
    ]


def _matches(texts: pl.Series, column: str, regexes: dict[int, str], rows: dict[int, pl.Series | None]) -> pl.DataFrame:
    """Matches of regular expressions, each in the rows in which one of its anchors stands; in all if it has none."""
    marked = [
        scan.expression(texts, at, regex).with_columns(pl.lit(number, pl.UInt32).alias("matcher"))
        for number, regex in sorted(regexes.items())
        if (at := rows.get(number)) is None or len(at)
    ]
    none = pl.DataFrame(schema={"row": pl.UInt32, "marked": pl.String, "matcher": pl.UInt32})
    return scan.unmarked(pl.concat([none, *marked])).with_columns(
        pl.lit(column, View).alias("view"), pl.lit(value=False).alias("term")
    )


def _news(found: pl.DataFrame) -> pl.DataFrame:
    """Leave out hits of a lossy view that only repeat those in the folded text.

    A term stands in every view at least as often as in the folded text; where it stands no oftener, the view shows
    nothing new, and its spans need not be traced back.
    """
    key = ["text_id", "matcher", "matched"]
    lossy = found.filter(~EXACT)
    if lossy.is_empty():
        return found
    exact = found.filter(EXACT)
    disguised = lossy["matcher"].unique()
    there = exact.filter(pl.col("matcher").is_in(disguised.implode())).group_by(key).agg(seen=pl.len())
    times = lossy.group_by(*key, "view", "column").agg(times=pl.len()).join(there, on=key, how="left")
    oftener = times.filter(pl.col("times") > pl.col("seen").fill_null(0))
    return pl.concat([exact, lossy.join(oftener, on=[*key, "view", "column"], how="semi")])


def _undone(lossy: pl.DataFrame, texts: pl.DataFrame, views: Views) -> pl.DataFrame:
    """Hits of lossy views in the raw text, where the disguise undone reads better than the text as it stands."""
    if lossy.is_empty():
        return place(lossy, texts, views)
    over_squeezed = [name for name in CHAIN if "squeezed" in lineage(name)]
    spread = lossy.filter(~pl.col("column").is_in(over_squeezed))
    joined = back(lossy.filter(pl.col("column").is_in(over_squeezed)), texts, views, "squeezed")
    read = reading.in_squeezed(joined, texts, views)
    placed = place(pl.concat([spread, read]), texts, views)
    return reading.in_raw(_alone(placed, texts, views), texts, views)


def _alone(placed: pl.DataFrame, texts: pl.DataFrame, views: Views) -> pl.DataFrame:
    """Drop hits that cut a Latin word or a number in two."""
    fold = views.tables["folded"].expr
    rows = placed.join(texts.select("text_id", "raw"), on="text_id")

    def latin(at: pl.Expr, edge: str) -> pl.Expr:
        char = pl.when(at >= 0).then(pl.col("raw").str.slice(at.clip(0), 1)).otherwise(pl.lit(""))
        return fold(char).str.contains(edge)

    start, end = pl.col("start").cast(pl.Int64), pl.col("end").cast(pl.Int64)
    cut_before = latin(start - 1, "[a-z0-9]$") & latin(start, "^[a-z0-9]")
    cut_after = latin(end - 1, "[a-z0-9]$") & latin(end, "^[a-z0-9]")
    return rows.filter(~(cut_before | cut_after)).select(placed.columns)
