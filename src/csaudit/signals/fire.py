"""From what the matchers found to the hits of signals: one step of signals at a time, all its guards at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from csaudit.pack.model import Signal
from csaudit.schema import HITS, Schema, View
from csaudit.signals import guards, tokens
from csaudit.signals.matched import MATCHED
from csaudit.signals.plan import Plan, slots
from csaudit.signals.views import Views

FIRED: Final[Schema] = {"unit": pl.UInt32, "signal": pl.UInt32} | {
    name: dtype for name, dtype in MATCHED.items() if name not in {"unit", "matcher"}
}


def fire(step: Sequence[int], plan: Plan, matched: pl.DataFrame, units: pl.DataFrame, views: Views) -> pl.DataFrame:
    """The hits of some signals, fields and roles not yet looked at.

    Args:
        step: numbers of the signals.
        plan: what is wanted.
        matched: MATCHED, everything these signals' matchers found in the units.
        units: unit, raw: the texts or messages.
        views: the tables.

    Returns:
        FIRED, each span once for each signal, in the least lossy view.
    """
    signals = [(number, plan.signals[number]) for number in step]
    uses = plan.uses.filter(pl.col("signal").is_in(list(step)))
    slot = {
        name: matched.join(rows.drop("slot"), on=["matcher", "view"], how="inner", maintain_order="left")
        for (name,), rows in uses.group_by("slot")
    }
    none = matched.clear().with_columns(signal=pl.lit(None, pl.UInt32), item=pl.lit(None, pl.UInt32))

    def of(name: str) -> pl.DataFrame:
        return slot.get(name, none)

    hits = pl.concat(
        [of("any_of").select(*FIRED), *(_structural(number, units) for number, s in signals if not s.any_of)]
    )
    hits = _once(hits)
    hits = guards.companions(hits, _items(of("all_of")), _needs(signals, "all_of"))
    hits = guards.companions(hits, _different(of("at_least")), _needs(signals, "at_least"))
    hits = guards.companions(hits, _items(of("none_of")), _needs(signals, "none_of"), absent=True)
    hits = guards.outside(hits, of("except"))
    hits = guards.beside(hits, of("near"), signals)
    hits = guards.beside(hits, of("not_near"), signals, absent=True)
    return _by_text(hits, signals, units, views).select(*FIRED)


def _structural(number: int, units: pl.DataFrame) -> pl.DataFrame:
    """A hit without words for every unit."""
    return units.select(
        "unit",
        pl.lit(number, pl.UInt32).alias("signal"),
        pl.lit(0, pl.UInt32).alias("start"),
        pl.lit(0, pl.UInt32).alias("end"),
        pl.lit("structure", View).alias("view"),
        pl.lit(None, pl.String).alias("matched"),
        pl.lit(1.0, pl.Float32).alias("strength"),
        pl.lit(None, pl.Float64).alias("value"),
        pl.lit(None, pl.String).alias("missing"),
        pl.lit(None, pl.String).alias("before"),
    )


def _once(hits: pl.DataFrame) -> pl.DataFrame:
    """Each raw span once for each signal: in the least lossy view, surest first."""
    span = ["unit", "signal", "start", "end"]
    several = hits.group_by(span).len().filter(pl.col("len") > 1)
    if several.is_empty():
        return hits
    best = [pl.col("missing").is_not_null(), pl.col("view").to_physical(), -pl.col("strength")]
    ranked = hits.join(several, on=span, how="semi").sort(*span, *best, "matched", "value", nulls_last=True)
    first = ranked.unique(span, keep="first", maintain_order=True)
    return pl.concat([hits.join(several, on=span, how="anti"), first])


def _items(hits: pl.DataFrame) -> pl.DataFrame:
    return hits.select("unit", "signal", "missing", pl.col("item").alias("what"))


def _different(hits: pl.DataFrame) -> pl.DataFrame:
    """Different words count, not different matchers; a word within a longer one does not count beside it."""
    spans = hits.sort("unit", "signal", "start", "end", descending=[False, False, False, True])
    reach = pl.col("end").cum_max().shift(1).over("unit", "signal")
    inside = ((reach >= pl.col("end")) & (pl.col("end") > 0)).fill_null(value=False)
    what = pl.coalesce("matched", pl.concat_str(pl.lit("#"), pl.col("item")))
    return spans.filter(~inside).select("unit", "signal", "missing", what.alias("what"))


def _needs(signals: Sequence[tuple[int, Signal]], slot: str) -> pl.DataFrame:
    """How many different ones of a slot each signal needs; 1 is too many for ``none_of``."""

    def number(signal: Signal) -> int:
        if slot == "at_least":
            return signal.at_least.n if signal.at_least else 0
        return min(1, len(signal.none_of)) if slot == "none_of" else len(set(slots(signal)[slot]))

    rows = [(i, number(signal)) for i, signal in signals if number(signal)]
    return pl.DataFrame(rows, schema={"signal": pl.UInt32, "n": pl.UInt32}, orient="row")


def _by_text(
    hits: pl.DataFrame, signals: Sequence[tuple[int, Signal]], units: pl.DataFrame, views: Views
) -> pl.DataFrame:
    """The guards that look at the text around a hit, or at its length; texts are fetched for those hits only."""
    if any(signal.length for _, signal in signals):
        long = {number for number, signal in signals if signal.length}
        some = units.join(hits.filter(pl.col("signal").is_in(list(long))).select("unit").unique(), on="unit")
        squeezed = views.columns(some, {"squeezed"})
        characters = pl.col("squeezed").str.replace_all(r"[\n。!?;,:]", "").str.len_chars()
        hits = guards.length(hits, signals, squeezed.select("unit", characters.alias("characters")))
    words = [number for number, signal in signals if signal.word]
    if words:
        hits = _whole_words(hits, words, units, views)
    return guards.negation(hits, signals)


def _whole_words(hits: pl.DataFrame, words: list[int], units: pl.DataFrame, views: Views) -> pl.DataFrame:
    """Drop hits of some signals that jieba sees as slices of other words."""
    concerned = pl.col("signal").is_in(words) & (pl.col("end") > pl.col("start"))
    rows = hits.filter(concerned).sort("unit")
    texts = dict(units.join(rows.select("unit").unique(), on="unit").select("unit", "raw").iter_rows())
    whole = tokens.whole(views, texts, rows.select("unit", "start", "end").iter_rows())
    return pl.concat([hits.filter(~concerned), rows.filter(pl.Series(whole, dtype=pl.Boolean))])


def as_hits(fired: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """HITS of fired signals whose unit is a message, in order of message, signal and span."""
    names = pl.Series([signal.id for signal in plan.signals], dtype=pl.String)
    rank = names.rank("ordinal")
    return (
        fired.with_columns(_rank=pl.lit(rank).gather(pl.col("signal")))
        .sort("unit", "_rank", "start", "end")
        .select(
            pl.col("unit").alias("msg"),
            pl.lit(names).gather(pl.col("signal")).cast(HITS["signal"]).alias("signal"),
            *[pl.col(name).cast(HITS[name]) for name in list(HITS)[2:]],
        )
    )
