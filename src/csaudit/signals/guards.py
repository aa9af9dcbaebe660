"""What takes hits away: companions in the message, innocent phrases around, negation, length, fields.

All signals of a step are guarded at once. A guard keeps a row, drops it, or leaves it open (``missing`` names the column).
Frames here have a ``unit`` (a text or a message) and a ``signal`` (its number in the plan).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from csaudit.pack.compare import holds
from csaudit.pack.model import Compare, Near, Signal

KEYS: Final = ["unit", "signal"]
Numbered = Iterable[tuple[int, Signal]]

NEGATION: Final = (
    r"(?:^|[^要好是能会可敢有])(?:不|没)(?:是|有|会|要|能|可|可以|可能|敢|用|该|应该|曾|算|叫|属于|必|需要|存在|保证)?$"
    r"|(?:^|[^特个区级性类分告离差鉴辨识派阀])别(?:是|再|说)?$|(?:^|[^除莫是南])非(?:是)?$"
    r"|(?:绝非|并非|并不|并没有?|从不|从没有?|从未|未|未曾|绝不|决不|绝对不|勿|请勿|切勿|无|毫无|杜绝|禁止|严禁|拒绝)(?:是|有|会|要|能)?$"
    r"|(?:\b(?:not|no|never|without|isn't|aren't|don't|doesn't|didn't|cannot|can't|won't)(?: a| the| any)?)$"
)
"""The end of the text before a negated hit. 特别, 是不是, 有没有 and the like negate nothing."""


def companions(base: pl.DataFrame, present: pl.DataFrame, needs: pl.DataFrame, *, absent: bool = False) -> pl.DataFrame:
    """Keep rows in whose unit at least ``n`` different ones of a slot stand; with ``absent``, rows where none does.

    Args:
        base: hits to guard.
        present: hits of the slot, with ``what`` (what counts as one of them) and ``missing``.
        needs: signal, n.
        absent: turn the question round.
    """
    if needs.is_empty():
        return base
    found = (
        present.group_by(*KEYS, "what")
        .agg(sure=pl.col("missing").is_null().any(), lacking=pl.col("missing").min())
        .group_by(KEYS)
        .agg(sure=pl.col("sure").sum(), all=pl.len(), lacking=pl.col("lacking").filter(~pl.col("sure")).min())
    )
    enough = base.join(found, on=KEYS, how="left").join(needs, on="signal", how="left")
    n, sure, possible = pl.col("n"), pl.col("sure").fill_null(0), pl.col("all").fill_null(0)
    if absent:
        return _settle(enough, n.is_null() | (possible < n), n.is_null() | (sure < n), ["sure", "all", "n"])
    return _settle(enough, n.is_null() | (sure >= n), n.is_null() | (possible >= n), ["sure", "all", "n"])


def _settle(rows: pl.DataFrame, sure: pl.Expr, possible: pl.Expr, drop: list[str]) -> pl.DataFrame:
    """Keep what may hold; what may but need not is open, for want of ``lacking``."""
    missing = pl.when(sure).then("missing").otherwise(pl.coalesce("missing", "lacking"))
    return rows.filter(possible).with_columns(missing.alias("missing")).drop("lacking", *drop)


def beside(base: pl.DataFrame, others: pl.DataFrame, nears: Numbered, *, absent: bool = False) -> pl.DataFrame:
    """Keep hits with (``absent``: without) one of the others within the signal's number of characters."""
    rows = [(number, signal.not_near if absent else signal.near) for number, signal in nears]
    within = pl.DataFrame(
        [(number, near.within) for number, near in rows if isinstance(near, Near)],
        schema={"signal": base.schema["signal"], "within": pl.Int64},
        orient="row",
    )
    if within.is_empty():
        return base
    rows_in = base.join(within, on="signal", how="left").with_columns(
        (pl.col("end").cast(pl.Int64) + pl.col("within")).alias("_x"),
        (pl.col("start").cast(pl.Int64) - pl.col("within")).alias("_y"),
    )
    return _by_span(rows_in, others, pl.col("within").is_not_null(), absent=absent).drop("within")


def outside(base: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Drop hits that lie inside the span of one of the others."""
    if others.is_empty():
        return base
    rows = base.with_columns(pl.col("start").cast(pl.Int64).alias("_x"), pl.col("end").cast(pl.Int64).alias("_y"))
    return _by_span(rows, others.filter(pl.col("end") > pl.col("start")), pl.lit(value=True), absent=True)


def _by_span(rows: pl.DataFrame, others: pl.DataFrame, concerned: pl.Expr, *, absent: bool) -> pl.DataFrame:
    """Keep rows by whether another span begins at or before ``_x`` and ends at or behind ``_y``."""
    rows = _furthest(rows, others.filter(pl.col("missing").is_null()), "_sure")
    rows = _furthest(rows, others, "_all")
    lacking = others.group_by(KEYS).agg(lacking=pl.col("missing").min())
    rows = rows.join(lacking, on=KEYS, how="left")
    sure = (pl.col("_sure") >= pl.col("_y")).fill_null(value=False)
    possible = (pl.col("_all") >= pl.col("_y")).fill_null(value=False)
    if absent:
        sure, possible = ~possible, ~sure
    return _settle(rows, ~concerned | sure, ~concerned | possible, ["_x", "_y", "_sure", "_all"])


def _furthest(rows: pl.DataFrame, others: pl.DataFrame, name: str) -> pl.DataFrame:
    """Add how far the spans reach that begin at or before ``_x``: sorted once, not each compared with each."""
    reach = (
        others.select(*KEYS, pl.col("start").cast(pl.Int64).alias("_at"), pl.col("end").cast(pl.Int64).alias(name))
        .sort("_at")
        .with_columns(pl.col(name).cum_max().over(KEYS))
    )
    return (
        rows.sort("_x")
        .join_asof(reach, left_on="_x", right_on="_at", by=KEYS, strategy="backward", check_sortedness=False)
        .drop("_at", strict=False)
    )


def negation(base: pl.DataFrame, signals: Numbered) -> pl.DataFrame:
    """Drop hits behind a negating word, or keep just these, as each signal says; ``before`` is what is asked."""
    wishes = {number: signal.negation == "only" for number, signal in signals if signal.negation != "keep"}
    concerned = pl.col("signal").is_in(list(wishes))
    only = pl.col("signal").is_in([number for number, wish in wishes.items() if wish])
    negated = pl.col("before").fill_null("").str.replace_all(r"\s+$", "").str.contains(NEGATION)
    return base.filter(~concerned | (negated == only)) if wishes else base


def length(base: pl.DataFrame, signals: Numbered, lengths: pl.DataFrame) -> pl.DataFrame:
    """Keep rows whose text has a length within the signal's bounds.

    Args:
        base: hits to guard.
        signals: those of the step.
        lengths: unit, characters.
    """
    rows = base.join(lengths, on="unit", how="left")
    for number, signal in signals:
        for op, bound in signal.length.items():
            fits = holds(pl.col("characters"), Compare(op, bound))
            rows = rows.filter((pl.col("signal") != number) | fits)
    return rows.drop("characters")
