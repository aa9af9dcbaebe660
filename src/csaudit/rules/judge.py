"""Rules over a whole export: MESSAGES with CONTEXT + HITS -> FINDINGS + UNCHECKED."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from csaudit import schema
from csaudit.pack.model import JUDGED, Pack, Rule
from csaudit.rules.anchors import anchors
from csaudit.rules.conditions import Verdict, View, both
from csaudit.rules.findings import findings, shown
from csaudit.rules.kinds import KINDS
from csaudit.rules.kinds.ruling import Ruling
from csaudit.rules.scene import Scene
from csaudit.rules.timeline import Stand


@dataclass(frozen=True)
class Judged:
    """FINDINGS and UNCHECKED, each sorted by rule and message."""

    findings: pl.DataFrame
    unchecked: pl.DataFrame


@dataclass(frozen=True)
class Hearing:
    """One rule, what its kind makes of it, and its anchors (at, missing)."""

    rule: Rule
    view: View
    ruling: Ruling
    anchors: pl.DataFrame

    @classmethod
    def of(cls, rule: Rule, scene: Scene, starts: pl.DataFrame) -> Hearing:
        """Build everything that is asked of each anchor."""
        view = View(scene, Stand(scene.timeline), unit=not rule.kind.anchor.signals)
        ruling = KINDS[type(rule.kind)](rule.kind, view)
        verdict = both([_anchored(), *_in_force(rule), ruling.verdict])
        return cls(rule, view, replace(ruling, verdict=verdict), starts)

    def stood(self, names: Collection[str]) -> pl.DataFrame:
        """The anchors with columns of the places and those of the ruling."""
        frame = stood(self.anchors, self.view.scene.timeline.places.select(names))
        for name, column in self.ruling.columns.items():
            frame = frame.with_columns(column.alias(name))
        return frame

    def decided(self) -> pl.DataFrame:
        """The anchors at which the rule fires (``holds``) or cannot be checked (null)."""
        holds, terms, columns = self.ruling.verdict.holds, self.ruling.terms, self.ruling.columns
        roots = {name for expr in (holds, terms, *columns.values()) for name in expr.meta.root_names()}
        frame = self.stood(sorted(roots & set(self.view.scene.timeline.places.columns)))
        frame = frame.select("at", "missing", *columns, holds=holds, terms=terms)
        return frame.filter(pl.col("holds").fill_null(True))


def judge(messages: pl.DataFrame, hits: pl.DataFrame, pack: Pack, rule_ids: Collection[str] | None = None) -> Judged:
    """Apply the pack's rules (active and on trial; of those ``rule_ids``, if given) to messages and their hits.

    ``messages`` are sorted by conversation and seq; any whole conversations of a larger frame will do, but rules of the
    kind ``contact`` see only the contacts among them. The result of a rule does not depend on the other rules.
    """
    # NOTE: eager on purpose: a lazy plan's optimizer compares whole position lists, which takes longer than the queries.
    chosen = sorted(pack.rules if rule_ids is None else set(rule_ids))
    rules = [pack.rules[id_] for id_ in chosen if pack.rules[id_].status in JUDGED]
    scene = Scene.of(messages, hits, pack)
    started = [(rule, anchors(rule.kind.anchor, scene)) for rule in rules]
    hearings = [Hearing.of(rule, scene, starts) for rule, starts in started if not starts.is_empty()]
    decided = [hearing.decided() for hearing in hearings]
    fired = [frame.filter("holds") for frame in decided]
    unsure = [frame.filter(pl.col("holds").is_null()) for frame in decided]
    return Judged(_findings(hearings, fired, scene), _unchecked(hearings, unsure, scene))


def stood(anchors: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Put columns of the places on the anchors."""
    wanted = places.select(pl.exclude("at"))
    return anchors.hstack(wanted[anchors["at"]].get_columns()) if wanted.width else anchors


def _anchored() -> Verdict:
    missing = pl.col("missing")
    return Verdict(pl.when(missing.is_null()).then(True), lambda: missing)


def _in_force(rule: Rule) -> list[Verdict]:
    if not (rule.valid_from or rule.valid_to):
        return []
    since, until = (date.fromisoformat(text) if text else None for text in (rule.valid_from, rule.valid_to))
    in_force = pl.col("sent_at").dt.date().is_between(pl.lit(since or date.min), pl.lit(until or date.max))
    return [Verdict(in_force, lambda: pl.lit("sent_at"))]


def _findings(hearings: Sequence[Hearing], fired: Sequence[pl.DataFrame], scene: Scene) -> pl.DataFrame:
    cited = [
        rows.with_columns(rule=pl.lit(number, dtype=pl.UInt32))
        for number, (hearing, frame) in enumerate(zip(hearings, fired, strict=True))
        if not frame.is_empty()
        for rows in shown(hearing.rule.kind.anchor, hearing.ruling.citations(), stood(frame, scene.timeline.places))
    ]
    numbered = [frame.select("at", "terms", rule=pl.lit(number, dtype=pl.UInt32)) for number, frame in enumerate(fired)]
    return findings([hearing.rule for hearing in hearings], numbered, cited, scene)


def _unchecked(hearings: Sequence[Hearing], unsure: Sequence[pl.DataFrame], scene: Scene) -> pl.DataFrame:
    reasons = [
        stood(frame, scene.timeline.places).select(
            "at", rule_id=pl.lit(hearing.rule.id), reason=hearing.ruling.verdict.why()
        )
        for hearing, frame in zip(hearings, unsure, strict=True)
        if not frame.is_empty()
    ]
    if not reasons:
        return schema.empty(schema.UNCHECKED)
    rows = pl.concat(reasons).sort("rule_id", "at")
    rows = rows.with_columns(pl.col("reason").replace(dict.fromkeys(schema.TIMED, "sent_at")))
    said = scene.messages.select("conversation_id", agent_id="unit_agent")
    rows = rows.with_columns(said[rows["at"]])
    keys = ["rule_id", "conversation_id", "agent_id"]
    return schema.conform(rows.unique(keys, keep="first", maintain_order=True).drop("at"), schema.UNCHECKED)
