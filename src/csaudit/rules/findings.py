"""Anchors at which rules fired -> FINDINGS: what they cite and how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from csaudit import schema
from csaudit.pack.model import Anchor, Rule
from csaudit.rules.citing import Citation
from csaudit.rules.scene import Scene

MESSAGES_SHOWN: Final = 12
SPANS_SHOWN: Final = 48

SURE_VIEWS: Final = ("raw", "folded", "act", "structure")
"""Views that undo nothing doubtful: their hits weigh 1, those of other views their strength."""

_FINDING: Final = ["rule", "at"]


def shown(anchor: Anchor, citations: Sequence[Citation], fired: pl.DataFrame) -> list[pl.DataFrame]:
    """The messages and signals that a rule's findings rest on: at, position, signals, anchored, cite."""
    rows = [citation.of(fired).with_columns(anchored=False, cite=True) for citation in citations]
    if anchor.signals:
        signals = pl.lit(list(anchor.signals))
        rows.append(fired.select("at", position="at", signals=signals, anchored=True, cite=anchor.cite))
    return rows


def findings(
    rules: Sequence[Rule], fired: Sequence[pl.DataFrame], cited: Sequence[pl.DataFrame], scene: Scene
) -> pl.DataFrame:
    """Give FINDINGS of ``fired`` (rule: index into ``rules``, at, terms) and what `shown` says they rest on."""
    if not any(frame.height for frame in fired):
        return schema.empty(schema.FINDINGS)
    known = pl.DataFrame(
        {
            "rule": range(len(rules)),
            "rule_id": [rule.id for rule in rules],
            "sure": [rule.confidence for rule in rules],
        },
        schema={"rule": pl.UInt32, "rule_id": pl.String, "sure": pl.Float64},
    )
    rows = _hits(cited, scene)
    said = scene.messages.select("msg", "conversation_id", agent_id="unit_agent")
    frame = pl.concat(fired).join(known, on="rule").join(_weight(rows), on=_FINDING, how="left")
    frame = frame.join(_cited(rows), on=_FINDING, how="left").sort("rule_id", "at")
    frame = frame.with_columns(said[frame["at"]]).with_columns(
        anchor="msg",
        confidence=pl.col("sure") * pl.col("weight").fill_null(1),
        cited=pl.coalesce("cited", pl.concat_list(_the_message())).cast(schema.CITED),
    )
    return schema.conform(frame.select(list(schema.FINDINGS)), schema.FINDINGS)


def _hits(cited: Sequence[pl.DataFrame], scene: Scene) -> pl.DataFrame:
    """The hits of the cited messages: each once a finding, the anchor's first."""
    wanted = pl.concat(cited).drop_nulls("position").explode("signals").unique() if cited else _nothing()
    hits = scene.hits.filter(
        pl.col("missing").is_null(), pl.col("at").is_in(wanted["position"].unique().implode())
    ).select(pl.exclude("at", "missing", "value", "signal"), pl.col("signal").cast(pl.String), position="at")
    return (
        wanted.join(hits, left_on=["position", "signals"], right_on=["position", "signal"])
        .rename({"signals": "signal"})
        .sort(
            *_FINDING, "anchored", "position", "start", "end", "signal", descending=[False, False, True] + [False] * 4
        )
    )


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "at": pl.Int64,
            "position": pl.Int64,
            "signals": pl.String,
            "anchored": pl.Boolean,
            "cite": pl.Boolean,
            "rule": pl.UInt32,
        }
    )


def _weight(rows: pl.DataFrame) -> pl.DataFrame:
    """How surely the hits were seen: the best of the anchor's hits; without an anchor, of all."""
    sure = pl.col("view").cast(pl.String).is_in(SURE_VIEWS)
    weight = pl.when(sure).then(1.0).otherwise("strength")
    best = pl.coalesce(weight.filter("anchored").max(), weight.max())
    return rows.group_by(_FINDING).agg(weight=best)


def _cited(rows: pl.DataFrame) -> pl.DataFrame:
    """CITED of each finding: of the messages nearest to the anchor, in order."""
    far = (pl.col("position") - pl.col("at")).abs()
    kept = (
        rows.filter("cite")
        .unique([*_FINDING, "position", "start", "end", "signal", "view"], keep="first", maintain_order=True)
        .with_columns(far=far)
        .sort(*_FINDING, "far", "position", "start", "end", "signal", "view")
        .filter(
            pl.struct("far", "position").rle_id().rank("dense").over(_FINDING) <= MESSAGES_SHOWN,
            pl.int_range(pl.len()).over(_FINDING) < SPANS_SHOWN,
        )
    )
    entry = pl.struct(name for name in ("msg", "start", "end", "signal", "view", "matched"))
    return (
        kept.with_columns(pl.col("view").cast(pl.String), pl.col("matched"))
        .sort(*_FINDING, "msg", "start", "end", "signal", "view")
        .group_by(_FINDING, maintain_order=True)
        .agg(cited=entry)
    )


def _the_message() -> pl.Expr:
    """An omission has no words of its own: the anchor's message stands for it."""
    text = pl.lit(None, dtype=pl.String)
    return pl.struct(
        msg=pl.col("msg"),
        start=pl.lit(0, dtype=pl.UInt32),
        end=pl.lit(0, dtype=pl.UInt32),
        signal=text,
        view=pl.lit("structure"),
        matched=text,
    )
