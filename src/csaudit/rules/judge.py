"""Rules over a whole export: MESSAGES with CONTEXT + HITS -> FINDINGS + UNCHECKED."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from csaudit import schema
from csaudit.pack.model import Pack, Rule
from csaudit.rules.anchors import anchors
from csaudit.rules.conditions import Stand, Verdict, both
from csaudit.rules.findings import findings, shown
from csaudit.rules.kinds import KINDS
from csaudit.rules.kinds.ruling import Ruling
from csaudit.rules.scene import Scene

JUDGED: Final = ("trial", "active")


@dataclass(frozen=True)
class Judged:
    """FINDINGS and UNCHECKED, each sorted by rule and message."""

    findings: pl.DataFrame
    unchecked: pl.DataFrame


@dataclass(frozen=True)
class _Hearing:
    """One rule, what its kind makes of it, and its anchors."""

    rule: Rule
    ruling: Ruling
    anchors: pl.LazyFrame

    def decided(self) -> pl.LazyFrame:
        """The anchors at which the rule fires (``holds``) or cannot be checked (null)."""
        verdict = self.ruling.verdict
        return self.anchors.with_columns(holds=verdict.holds, terms=self.ruling.terms.cast(pl.String)).filter(
            pl.col("holds").fill_null(True)
        )


def judge(messages: pl.DataFrame, hits: pl.DataFrame, pack: Pack, rule_ids: Collection[str] | None = None) -> Judged:
    """Apply the pack's rules (active and on trial; of those ``rule_ids``, if given) to messages and their hits.

    ``messages`` are sorted by conversation and seq; any whole conversations of a larger frame will do, but rules of the
    kind ``contact`` see only the contacts among them. The result of a rule does not depend on the other rules.
    """
    chosen = sorted(pack.rules if rule_ids is None else set(rule_ids))
    rules = [pack.rules[id_] for id_ in chosen if pack.rules[id_].status in JUDGED]
    scene = Scene.of(messages, hits, pack.facts)
    hearings = [hearing for rule in rules if (hearing := _hear(rule, scene))]
    decided = pl.collect_all([hearing.decided() for hearing in hearings])
    return Judged(
        findings=_findings(hearings, decided, scene),
        unchecked=_unchecked(hearings, decided, scene),
    )


def _hear(rule: Rule, scene: Scene) -> _Hearing | None:
    starts = anchors(rule.kind.anchor, scene)
    if starts.is_empty():
        return None
    stand = Stand(scene, unit=not rule.kind.anchor.signals)
    ruling = KINDS[type(rule.kind)](rule.kind, stand)
    verdict = both([_anchored(), *_in_force(rule, stand), ruling.verdict])
    return _Hearing(rule, Ruling(verdict, ruling.citations, ruling.terms), starts.lazy())


def _anchored() -> Verdict:
    missing = pl.col("missing")
    return Verdict(pl.when(missing.is_null()).then(True), missing)


def _in_force(rule: Rule, stand: Stand) -> list[Verdict]:
    if not (rule.valid_from or rule.valid_to):
        return []
    day = stand.scene.timeline.at("sent_at", stand.here).dt.date()
    since, until = (date.fromisoformat(text) if text else None for text in (rule.valid_from, rule.valid_to))
    holds = day.is_between(pl.lit(since or date.min), pl.lit(until or date.max))
    return [Verdict(holds, pl.when(day.is_null()).then(pl.lit("sent_at")))]


def _findings(hearings: Sequence[_Hearing], decided: Sequence[pl.DataFrame], scene: Scene) -> pl.DataFrame:
    fired = [frame.filter("holds") for frame in decided]
    cited = [
        row.with_columns(rule=pl.lit(number, dtype=pl.UInt32))
        for number, (hearing, frame) in enumerate(zip(hearings, fired, strict=True))
        if not frame.is_empty()
        for row in shown(hearing.rule.kind.anchor, hearing.ruling.citations, frame.lazy())
    ]
    numbered = [frame.with_columns(rule=pl.lit(number, dtype=pl.UInt32)) for number, frame in enumerate(fired)]
    return findings([hearing.rule for hearing in hearings], numbered, pl.collect_all(cited), scene)


def _unchecked(hearings: Sequence[_Hearing], decided: Sequence[pl.DataFrame], scene: Scene) -> pl.DataFrame:
    said = scene.messages.select("conversation_id", agent_id="unit_agent")
    reasons = [
        frame.lazy()
        .filter(pl.col("holds").is_null())
        .select("at", rule_id=pl.lit(hearing.rule.id), reason=hearing.ruling.verdict.reason)
        for hearing, frame in zip(hearings, decided, strict=True)
        if frame["holds"].null_count()
    ]
    if not reasons:
        return schema.empty(schema.UNCHECKED)
    rows = pl.concat(pl.collect_all(reasons)).sort("rule_id", "at")
    rows = rows.with_columns(said[rows["at"]])
    keys = ["rule_id", "conversation_id", "agent_id"]
    return schema.conform(rows.unique(keys, keep="first", maintain_order=True).drop("at"), schema.UNCHECKED)
