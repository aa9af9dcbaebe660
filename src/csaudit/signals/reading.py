"""Whether a hit in a lossy view is a better reading than the text as it stands: 套包邮 is no 淘宝, 很好 评价 no 好评.

Each different wording, and each different wording in its surroundings, is asked about once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from csaudit.signals import tokens
from csaudit.signals.tokens import CONTEXT
from csaudit.signals.views import Views

_WINDOW: Final = ["before", "said", "after"]


def in_squeezed(found: pl.DataFrame, texts: pl.DataFrame, views: Views) -> pl.DataFrame:
    """Keep hits whose words in the squeezed text, read as the term, are likelier than those words themselves.

    Args:
        found: hits with text_id, from, to (in the squeezed text), view and matched.
        texts: text_id, squeezed.
        views: the tables.

    Returns:
        the hits kept. Those that are the very term stay: what stands between its characters is `in_raw`'s question.
    """
    size = pl.col("to") - pl.col("from")
    rows = found.join(texts.select("text_id", "squeezed"), on="text_id")
    rows = rows.with_columns(
        pl.col("squeezed").str.slice("from", size).alias("said"), _squeezed(pl.col("matched"), views).alias("meant")
    )
    same = pl.col("said") == pl.col("meant")
    others = rows.filter(~same & ~_counted())
    ordinary = _asked(others, ["said"], lambda said: tokens.ordinary(views, said))
    likely = _surrounded(others.filter(~ordinary), "squeezed", pl.col("from"), pl.col("to"))
    better = _asked(likely, _WINDOW, lambda *window: tokens.better(views, *window))
    return pl.concat([rows.filter(same).select(found.columns), likely.filter(better).select(found.columns)])


def in_raw(placed: pl.DataFrame, texts: pl.DataFrame, views: Views) -> pl.DataFrame:
    """Keep hits that may be read across what stands between their characters, and emoji that may be read as words.

    Args:
        placed: hits with text_id, start, end, view and matched; all others are kept.
        texts: text_id, raw.
        views: the tables.
    """
    rows = _surrounded(placed.join(texts.select("text_id", "raw"), on="text_id"), "raw", pl.col("start"), pl.col("end"))
    fold = views.tables["folded"].expr
    whole = fold(pl.col("said")) == fold(pl.col("matched"))
    spread = _squeezed(pl.col("said"), views) == _squeezed(pl.col("matched"), views)
    said = fold(pl.col("said"))
    pictured = pl.col("view") == "emoji"
    rows = rows.with_columns((~whole & (spread | (pl.col("view") == "squeezed"))).alias("_spread"))
    apart = rows.filter("_spread")
    drawn = rows.filter(pictured & ~pl.col("_spread") & (views.tables["named"].expr(said) != said))
    kept = [
        rows.filter(~pl.col("_spread") & ~pictured),
        apart.filter(_asked(apart, [*_WINDOW, "term"], lambda *window: tokens.joins(views, *window))),
        drawn.filter(_asked(drawn, _WINDOW, lambda *window: tokens.better(views, *window, name_emoji=True))),
    ]
    return pl.concat(part.select(placed.columns) for part in kept)


def _squeezed(text: pl.Expr, views: Views) -> pl.Expr:
    return views.tables["squeezed"].expr(views.tables["folded"].expr(text))


def _counted() -> pl.Expr:
    """A digit heard as a syllable makes no word of two syllables (运费5 is no 废物), unless the term has a number (5星)."""
    digit = pl.col("said").str.contains(r"[0-9]") & (pl.col("view") == "sound")
    return digit & (pl.col("meant").str.len_chars() < 3) & ~pl.col("meant").str.contains(r"[0-9一二三四五六七八九十]")


def _surrounded(rows: pl.DataFrame, column: str, start: pl.Expr, end: pl.Expr) -> pl.DataFrame:
    """Add what stands before and behind a hit, and its own words."""
    begin = (start.cast(pl.Int64) - CONTEXT).clip(0)
    text = pl.col(column)
    return rows.with_columns(
        text.str.slice(begin, start - begin).alias("before"),
        text.str.slice(start, end - start).alias("said"),
        text.str.slice(end, CONTEXT).alias("after"),
    )


def _asked(rows: pl.DataFrame, columns: list[str], question: Callable[..., list[bool]]) -> pl.Series:
    """The answer for each row to a question about some of its columns, asked once for each different content."""
    different = rows.select(columns).unique(maintain_order=True)
    answers = different.with_columns(
        pl.Series("answer", question(*[different[name] for name in columns]), dtype=pl.Boolean)
    )
    return rows.select(columns).join(answers, on=columns, how="left", maintain_order="left")["answer"]
