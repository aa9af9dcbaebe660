"""Literal terms and regular expressions, in every view in which somebody wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit.schema import Schema, View
from csaudit.signals import scan, terms, tokens
from csaudit.signals.plan import Plan
from csaudit.signals.spans import place
from csaudit.signals.views import CHAIN, WEIGHTS, Views

WORDS: Final[Schema] = {
    "text_id": pl.UInt32,
    "matcher": pl.UInt32,
    "view": View,
    "matched": pl.String,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "strength": pl.Float32,
}

_EXACT: Final = ["raw", "folded"]


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
    placed = place(_news(pl.concat(found)), texts, views)
    weights = pl.DataFrame(list(WEIGHTS.items()), schema={"view": View, "strength": pl.Float32}, orient="row")
    return _credible(placed, texts, views).join(weights, on="view").select(*WORDS)


def _in_column(texts: pl.DataFrame, column: str, wanted: Search) -> list[pl.DataFrame]:
    """Everything found in one column, FOUND."""
    probes, anchors = (frame.filter(pl.col("column") == column) for frame in (wanted.probes, wanted.anchors))
    texts = texts.filter(CHAIN[column].only) if column in CHAIN else texts
    patterns = pl.concat([probes["pattern"], anchors["pattern"]]).unique(maintain_order=True)
    literals = scan.literals(texts, column, patterns)
    words = literals.join(probes.select("pattern").unique(), on="pattern", how="semi")
    result = [scan.spans(words, texts, column).join(probes, on="pattern").select(*scan.FOUND)]
    candidates = literals.join(anchors, on="pattern").select("text_id", "regex").unique()
    anchored = set(anchors["regex"])
    by_regex = {key: rows for (key,), rows in candidates.group_by("regex")}
    for (number, where), regex in sorted(wanted.expressions.items()):
        if where == column and (number in by_regex or number not in anchored):
            among = texts.join(by_regex[number], on="text_id", how="semi") if number in anchored else texts
            result.append(_matches(among, column, number, regex))
    return result


def _matches(texts: pl.DataFrame, column: str, number: int, regex: str) -> pl.DataFrame:
    return scan.expression(texts, column, regex).select(
        "text_id",
        pl.lit(column).alias("column"),
        pl.lit(number, pl.UInt32).alias("matcher"),
        pl.lit(column, View).alias("view"),
        "matched",
        "from",
        "to",
    )


def _news(found: pl.DataFrame) -> pl.DataFrame:
    """Leave out hits of a lossy view that only repeat those in the folded text.

    A term stands in every view at least as often as in the folded text; where it stands no oftener, the view shows
    nothing new, and its spans need not be traced back.
    """
    key = ["text_id", "matcher", "matched"]
    exact = pl.col("view").is_in(_EXACT)
    there = found.filter(exact).group_by(key).agg(seen=pl.len())
    lossy = found.filter(~exact).join(there, on=key, how="left")
    oftener = pl.len().over(*key, "view", "column") > pl.col("seen").fill_null(0)
    return pl.concat([found.filter(exact), lossy.filter(oftener).drop("seen")])


def _credible(placed: pl.DataFrame, texts: pl.DataFrame, views: Views) -> pl.DataFrame:
    """Drop hits of lossy views that read worse than the text as it stands (套包邮 is no 淘宝)."""
    exact = pl.col("view").is_in(_EXACT)
    lossy = placed.filter(~exact).join(texts.select("text_id", "raw"), on="text_id").sort("text_id")
    if lossy.is_empty():
        return placed
    fold = views.tables["folded"].expr
    said = fold(pl.col("raw").str.slice("start", pl.col("end") - pl.col("start")))
    rows = lossy.with_columns(said.alias("said"), fold(pl.col("matched")).alias("term"))
    doubtful = rows.filter((pl.col("said") != pl.col("term")) & ~_counted())
    verdict = tokens.credible(views, doubtful.select("raw", "start", "end", "view").iter_rows())
    kept = pl.concat(
        [rows.filter(pl.col("said") == pl.col("term")), doubtful.filter(pl.Series(verdict, dtype=pl.Boolean))]
    )
    return pl.concat([placed.filter(exact), kept.select(placed.columns)])


def _counted() -> pl.Expr:
    """A digit heard as a syllable makes no word of two syllables (运费5 is no 废物), unless the term has a number (5星)."""
    digit = pl.col("said").str.contains(r"[0-9]") & (pl.col("view") == "sound")
    return digit & (pl.col("term").str.len_chars() < 3) & ~pl.col("term").str.contains(r"[0-9一二三四五六七八九十]")
