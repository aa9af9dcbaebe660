"""Everything the matchers find in the texts: texts -> MATCHED."""

from __future__ import annotations

import polars as pl

from csaudit.schema import View
from csaudit.signals import scan, terms, tokens
from csaudit.signals.fire import MATCHED
from csaudit.signals.plan import Plan
from csaudit.signals.spans import place
from csaudit.signals.views import CHAIN, WEIGHTS, Views

_EXACT = ["raw", "folded"]


def in_texts(texts: pl.DataFrame, plan: Plan, views: Views) -> pl.DataFrame:
    """All hits of all matchers that need nothing but the text.

    Args:
        texts: text_id, raw; each text once.
        plan: what is wanted.
        views: the tables.

    Returns:
        MATCHED, the unit being the text_id.
    """
    probes = terms.probes(plan, views)
    expressions = terms.regexes(plan, views)
    anchors = terms.anchor_table(expressions)
    columns = sorted({*probes["column"].unique(), *(column for _, column in expressions)})
    seen = views.columns(texts, columns)
    found = [part for column in columns for part in _in_column(seen, column, probes, anchors, expressions)]
    if not found:
        return pl.DataFrame(schema=MATCHED)
    placed = place(_news(pl.concat(found)), texts, views)
    return _strengths(_credible(placed, texts, plan, views))


def _in_column(
    texts: pl.DataFrame,
    column: str,
    probes: pl.DataFrame,
    anchors: pl.DataFrame,
    expressions: dict[tuple[int, str], str],
) -> list[pl.DataFrame]:
    """Everything found in one column, FOUND."""
    probes, anchors = (frame.filter(pl.col("column") == column).drop("column") for frame in (probes, anchors))
    mine = {number: regex for (number, where), regex in expressions.items() if where == column}
    if column in CHAIN:
        texts = texts.filter(CHAIN[column].only)
    patterns = pl.concat([probes["pattern"], anchors["pattern"]]).unique(maintain_order=True)
    result = []
    literals = scan.literals(texts, column, patterns)
    words = scan.spans(literals.join(probes.select("pattern").unique(), on="pattern", how="semi"), texts, column)
    result.append(words.join(probes, on="pattern").select(_as_found(column)))
    candidates = literals.join(anchors, on="pattern").select("text_id", "regex").unique()
    for number, regex in mine.items():
        some = candidates.filter(pl.col("regex") == number).select("text_id")
        anchored = number in anchors["regex"]
        place_in = texts.join(some, on="text_id", how="semi") if anchored else texts
        matches = scan.expression(place_in, column, regex).with_columns(
            pl.lit(number, pl.UInt32).alias("matcher"), pl.lit(column, View).alias("view")
        )
        result.append(matches.select(_as_found(column)))
    return result


def _as_found(column: str) -> list[pl.Expr]:
    return [
        (pl.lit(column) if name == "column" else pl.col(name)).cast(dtype).alias(name)
        for name, dtype in scan.FOUND.items()
    ]


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


def _credible(placed: pl.DataFrame, texts: pl.DataFrame, plan: Plan, views: Views) -> pl.DataFrame:
    """Drop hits of lossy views that read worse than the text as it stands (套包邮 is no 淘宝)."""
    lossy = placed.filter(~pl.col("view").is_in(_EXACT)).join(texts, on="text_id")
    if lossy.is_empty():
        return placed
    said = pl.col("raw").str.slice("start", pl.col("end") - pl.col("start"))
    lossy = lossy.sort("text_id").with_columns(
        views.tables["folded"].expr(said).alias("said"), views.tables["folded"].expr(pl.col("matched")).alias("term")
    )
    same = pl.col("said") == pl.col("term")
    doubtful = lossy.filter(~same)
    rows = doubtful.select("raw", "start", "end", "view").iter_rows()
    verdict = tokens.credible(views, rows)
    kept = pl.concat([lossy.filter(same), doubtful.filter(pl.Series(verdict, dtype=pl.Boolean))])
    return pl.concat([placed.filter(pl.col("view").is_in(_EXACT)), kept.select(placed.columns)])


def _strengths(placed: pl.DataFrame) -> pl.DataFrame:
    weights = pl.DataFrame(list(WEIGHTS.items()), schema={"view": View, "strength": pl.Float32}, orient="row")
    return placed.join(weights, on="view").select(
        pl.col("text_id").alias("unit"),
        "matcher",
        "start",
        "end",
        "view",
        "matched",
        "strength",
        pl.lit(None, pl.Float64).alias("value"),
        pl.lit(None, pl.String).alias("missing"),
    )
