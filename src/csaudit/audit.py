"""The audit: wires the stages and says what was selected."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import polars as pl

from csaudit import ingest, metrics, rules, signals
from csaudit.config import Config
from csaudit.errors import NothingAuditedError, Words
from csaudit.pack.model import JUDGED, Pack
from csaudit.pack.walk import signals_of
from csaudit.schema import EXTRA

Progress = Callable[[str], None]
"""Called with the name of each stage as it begins: read, rules, measures."""


@dataclass(frozen=True)
class Selection:
    """What a run is about. An empty field selects everything.

    Grades and classes choose rules: what is not selected is neither run nor written. The others choose whole
    conversations (``since`` <= start < ``until``; an agent or shop takes part) and, of those, the incidents of the
    chosen agents.
    """

    grades: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    shops: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    min_confidence: float = 0.0

    def selected_classes(self, pack: Pack) -> list[str]:
        """Ids of the selected classes, in the pack's order."""
        return [
            id_
            for id_, class_ in pack.classes.items()
            if (not self.grades or class_.grade in self.grades) and (not self.classes or id_ in self.classes)
        ]

    def rule_ids(self, pack: Pack) -> list[str]:
        """Ids of the rules to run: active and on trial, of the selected classes."""
        classes = set(self.selected_classes(pack))
        return sorted(rule.id for rule in pack.rules.values() if rule.class_id in classes and rule.status in JUDGED)


@dataclass(frozen=True)
class Judged:
    """What the rules say of some messages: ``messages`` are MESSAGES with CONTEXT, the others as in `schema`."""

    messages: pl.DataFrame
    hits: pl.DataFrame
    findings: pl.DataFrame
    unchecked: pl.DataFrame


@dataclass(frozen=True)
class Audit:
    """A finished run: the frames of `schema`, and what a reader must know beside them."""

    messages: pl.DataFrame
    rejects: pl.DataFrame
    inputs: pl.DataFrame
    notes: tuple[ingest.Note, ...]
    hits: pl.DataFrame
    findings: pl.DataFrame
    unchecked: pl.DataFrame
    incidents: pl.DataFrame
    conversations: pl.DataFrame
    agents: pl.DataFrame
    grades: pl.DataFrame
    pack: Pack
    selection: Selection
    zone: str
    lang: str
    idle: Mapping[str, str] = field(
        default_factory=dict
    )  # rule id -> the optional column that no message of the run has
    seconds: Mapping[str, float] = field(default_factory=dict)


def judge_messages(messages: pl.DataFrame, pack: Pack, rule_ids: Collection[str] | None = None) -> Judged:
    """Find signals in messages and apply rules to them: pure, and the same for any cut by conversation.

    ``messages`` is MESSAGES, with or without CONTEXT; with it, ``observed_after`` is taken as given, so that a piece
    of a larger frame is judged as it would be in the whole.
    """
    chosen = [id_ for id_ in (pack.rules if rule_ids is None else rule_ids) if pack.rules[id_].status in JUDGED]
    messages = messages if "msg" in messages.columns else rules.with_context(messages)
    wanted = frozenset[str]().union(*(signals_of(pack.rules[id_].kind) for id_ in chosen))
    hits = signals.find(messages, pack, wanted)
    judged = rules.judge(messages, hits, pack, chosen)
    return Judged(messages, hits, judged.findings, judged.unchecked)


def run(
    paths: Sequence[str | Path],
    pack: Pack,
    config: Config,
    selection: Selection | None = None,
    *,
    lang: str = "zh",
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> Audit:
    """Audit exports: files, folders (recursive) or ``-`` for ``stdin``.

    Raises:
        NothingAuditedError: no input, no usable message, or more rejects than ``config.reject_limit`` allows.
    """
    selection = selection or Selection()
    clock = _Clock(progress)
    with clock("read"):
        read = ingest.read(paths, config, stdin=stdin)
        _refuse_unusable(read, config)
        messages = _select(rules.with_context(read.messages), selection)
    with clock("rules"):
        judged = judge_messages(messages, pack, selection.rule_ids(pack))
        unchecked, idle = _without_idle(judged.unchecked, messages)
        incidents = _of_agents(rules.merge(judged.findings, judged.messages, pack, lang), selection)
    with clock("measures"):
        measures = metrics.measure(judged.messages, incidents, unchecked, pack, selection.selected_classes(pack), lang)
    return Audit(
        messages=judged.messages,
        rejects=read.rejects,
        inputs=read.inputs,
        notes=tuple(read.notes),
        hits=judged.hits,
        findings=judged.findings,
        unchecked=unchecked,
        incidents=incidents,
        conversations=measures.conversations,
        agents=measures.agents,
        grades=measures.grades,
        pack=pack,
        selection=selection,
        zone=config.timezone,
        lang=lang,
        idle=idle,
        seconds=clock.seconds,
    )


def _refuse_unusable(read: ingest.Ingested, config: Config) -> None:
    rows = read.messages.height + read.rejects.height
    if read.messages.is_empty():
        why = read.rejects.select(pl.format("{}: {}", "source_file", "reason")).to_series().head(3).to_list()
        nothing = Words("输入里没有可用的消息", "no usable message in the input")
        raise NothingAuditedError(nothing, hint="; ".join(why) or None)
    if read.rejects.height > config.reject_limit * rows:
        n, limit = read.rejects.height, f"{config.reject_limit:.0%}"
        too_many = Words(
            f"{rows} 行里有 {n} 行读不懂，超过 reject_limit 允许的 {limit}",
            f"{n} of {rows} rows could not be read, more than the {limit} that reject_limit allows",
        )
        raise NothingAuditedError(too_many, hint=Words("csaudit doctor 会说明原因", "csaudit doctor shows why"))


def _without_idle(unchecked: pl.DataFrame, messages: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str]]:
    """Set apart the rules that wait for a column the whole run lacks.

    They say something about the export, once, and nothing about each of its conversations.
    """
    lacking = [name for name in EXTRA if name not in messages.columns or messages[name].is_null().all()]
    idle = unchecked.filter(pl.col("reason").is_in(lacking)).select("rule_id", "reason").unique().sort("rule_id")
    return unchecked.filter(~pl.col("reason").is_in(lacking)), dict(zip(idle["rule_id"], idle["reason"], strict=True))


def _select(messages: pl.DataFrame, selection: Selection) -> pl.DataFrame:
    """Keep whole conversations; ``msg`` is numbered anew."""
    keep: list[pl.Expr] = []
    started = pl.col("sent_at").min().over("conversation_id")
    if selection.since:
        keep.append(started >= selection.since)
    if selection.until:
        keep.append(started < selection.until)
    if selection.shops:
        keep.append(pl.col("shop").is_in(selection.shops).any().over("conversation_id"))
    if selection.agents:
        named = pl.col("agent_id").is_in(selection.agents) | pl.col("agent").is_in(selection.agents)
        keep.append(named.any().over("conversation_id"))
    kept = messages.filter(*keep) if keep else messages
    return kept.with_columns(msg=pl.int_range(pl.len(), dtype=pl.UInt32))


def _of_agents(incidents: pl.DataFrame, selection: Selection) -> pl.DataFrame:
    sure = incidents.filter(pl.col("confidence") >= selection.min_confidence)
    if not selection.agents:
        return sure
    return sure.filter(pl.col("agent_id").is_in(selection.agents) | pl.col("agent").is_in(selection.agents))


class _Clock:
    """Seconds per stage, and the progress call at each stage's start."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        if self.progress:
            self.progress(stage)
        start = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - start, 3)
