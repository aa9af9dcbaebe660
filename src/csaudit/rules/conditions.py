"""The condition language: what `pack.model` states, as expressions over a frame of anchors.

Every condition becomes a nullable Boolean under Kleene logic: counts of the messages that surely and that possibly
have a hit decide it, and where the two disagree it is null, with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Final, Literal

import polars as pl

from csaudit.pack import compare
from csaudit.pack.model import All, Any, Condition, FieldIs, Has, Not, Reply
from csaudit.rules.scene import AGENT_BLOCK, Marks, Scene
from csaudit.rules.timeline import Window

TAIL_S: Final = 600.0
"""An answer may still come this long after a message; an export that ends sooner does not show whether it did."""

TIMED: Final = ("reply_after", "silence_after")
NO_REASON: Final = pl.lit(None, dtype=pl.String)

Pool = Literal["anyone", "same_agent", "other_agent", "unit"]


@dataclass(frozen=True)
class Verdict:
    """``holds``: Boolean, null where it cannot be checked; ``reason``: what is missing there."""

    holds: pl.Expr
    reason: pl.Expr


@dataclass(frozen=True)
class Stand:
    """From where conditions look: an anchor's position (column ``at``), and how far they may look at all.

    ``unit``: the anchor stands for one agent's part of the conversation; only messages in that agent's charge count.
    """

    scene: Scene
    here: pl.Expr = field(default_factory=lambda: pl.col("at"))
    unit: bool = False
    since: pl.Expr | None = None
    until: pl.Expr | None = None

    def window(self, condition: Has) -> Window:
        """The stretch that a condition looks at."""
        window = self.scene.timeline.window(condition.where, condition.within, self.here)
        lo, hi, wide_lo, wide_hi = window.lo, window.hi, window.wide_lo, window.wide_hi
        if self.since is not None:
            lo, wide_lo = pl.max_horizontal(lo, self.since), pl.max_horizontal(wide_lo, self.since)
        if self.until is not None:
            hi, wide_hi = pl.min_horizontal(hi, self.until), pl.min_horizontal(wide_hi, self.until)
        return Window(lo, hi, wide_lo, wide_hi)

    def pool(self, condition: Has) -> Pool:
        """Whose messages count."""
        return "unit" if self.unit else condition.by


def judge(condition: Condition, stand: Stand) -> Verdict:
    """Build the verdict of a condition at each anchor."""
    match condition:
        case Has():
            return _has(condition, stand)
        case Reply():
            return _reply(condition, stand)
        case FieldIs():
            return _field(condition, stand)
        case All(of):
            return both([judge(part, stand) for part in of])
        case Any(of, n):
            return _at_least(n, [judge(part, stand) for part in of])
        case Not(part):
            verdict = judge(part, stand)
            return Verdict(~verdict.holds, verdict.reason)


def both(verdicts: Sequence[Verdict]) -> Verdict:
    """All of them hold."""
    if not verdicts:
        return Verdict(pl.lit(True), NO_REASON)
    return _reasoned(reduce(and_, (verdict.holds for verdict in verdicts)), verdicts)


def either(verdicts: Sequence[Verdict]) -> Verdict:
    """At least one of them holds."""
    return _at_least(1, verdicts)


def count(condition: Has, stand: Stand) -> tuple[pl.Expr, pl.Expr]:
    """Build the numbers of messages with a hit where the condition looks: surely, and at most."""
    window, marks = stand.window(condition), stand.scene.marks(condition.signals)
    pool, agent = stand.pool(condition), stand.scene.timeline.at("agent", stand.here)
    sure, wide = (window.lo, window.hi), (window.wide_lo, window.wide_hi)
    if pool == "anyone":
        return _between(marks.sure, *sure), _between(marks.possible, *wide)
    own_sure = _between(marks.sure_by_agent, *(of_agent(agent, end) for end in sure))
    own_wide = _between(marks.possible_by_agent, *(of_agent(agent, end) for end in wide))
    if pool == "unit":
        return own_sure, own_wide
    any_sure, any_wide = _between(marks.sure, *sure), _between(marks.possible, *wide)
    nobody_sure, nobody_wide = _between(marks.sure_by_agent, *sure), _between(marks.possible_by_agent, *wide)
    known = agent > 0
    if pool == "same_agent":
        return pl.when(known).then(own_sure).otherwise(0), pl.when(known).then(own_wide + nobody_wide).otherwise(
            any_wide
        )
    other_sure, other_wide = any_sure - own_sure - nobody_sure, any_wide - own_wide
    return pl.when(known).then(other_sure).otherwise(0), pl.when(known).then(other_wide).otherwise(any_wide)


def entries(positions: pl.Series, lo: pl.Expr, hi: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Build the first index of an ascending list within ``lo`` to ``hi``, and the index after the last."""
    start = pl.lit(positions).search_sorted(lo, side="left").cast(pl.Int64)
    end = pl.lit(positions).search_sorted(hi, side="right").cast(pl.Int64)
    return start, pl.max_horizontal(start, end)


def of_agent(agent: pl.Expr, position: pl.Expr) -> pl.Expr:
    """Build the key of a position in lists by agent; agent 0 is nobody known."""
    return agent * AGENT_BLOCK + position


def _between(positions: pl.Series, lo: pl.Expr, hi: pl.Expr) -> pl.Expr:
    start, end = entries(positions, lo, hi)
    return end - start


def _has(condition: Has, stand: Stand) -> Verdict:
    marks, window = stand.scene.marks(condition.signals), stand.window(condition)
    sure, possible = count(condition, stand)
    ends = _export_ends(condition, stand, window)
    reason = _first_open(marks, window)
    if condition.within.seconds is not None:
        known = (window.lo == window.wide_lo) & (window.hi == window.wide_hi)
        reason = pl.coalesce(reason, pl.when(~known).then(pl.lit("sent_at")))
    reason = pl.coalesce(reason, pl.when(ends).then(pl.lit("export_ends")), pl.lit("agent_id"))
    holds = pl.when(sure >= condition.times).then(True).when((possible < condition.times) & ~ends).then(False)
    return Verdict(~holds if condition.negated else holds, pl.when(holds.is_null()).then(reason))


def _first_open(marks: Marks, window: Window) -> pl.Expr:
    if marks.open.is_empty():
        return pl.lit(None, dtype=pl.String)
    first = pl.lit(marks.open).search_sorted(window.wide_lo, side="left")
    inside = _between(marks.open, window.wide_lo, window.wide_hi) > 0
    return pl.when(inside).then(pl.lit(marks.missing).gather(first.clip(0, marks.open.len() - 1)))


def _export_ends(condition: Has, stand: Stand, window: Window) -> pl.Expr:
    """Whether the window is still open where the export ends: no agent has spoken since, and one may yet."""
    if condition.where not in {"after", "around"} or stand.until is not None:
        return pl.lit(False)
    timeline = stand.scene.timeline
    answered = timeline.next("agent", stand.here).is_not_null()
    followed = timeline.next("talk", stand.here).is_not_null()
    patience = condition.within.seconds if condition.within.seconds is not None else TAIL_S
    cut = (timeline.at("observed_after", stand.here) < patience).fill_null(~followed)
    return ~answered & cut & (window.hi >= timeline.at("final", stand.here))


def _reply(condition: Reply, stand: Stand) -> Verdict:
    timeline, wanted = stand.scene.timeline, condition.compare
    reply = timeline.next(condition.role, stand.here)
    observed = timeline.at("observed_after", stand.here)
    # NOTE: a reply that has not come is later than all the export still shows.
    if wanted.op == "missing":
        came, never = pl.lit(wanted.value is False), pl.when(observed >= TAIL_S).then(wanted.value is not False)
    else:
        came = compare.holds(timeline.seconds_between(stand.here, reply), wanted)
        never = pl.when(observed >= pl.lit(wanted.value, dtype=pl.Float64)).then(wanted.op in {"above", "at_least"})
    holds = pl.when(reply.is_null()).then(never).otherwise(came)
    cut = reply.is_null() & observed.is_not_null()
    reason = pl.when(cut).then(pl.lit("export_ends")).otherwise(pl.lit("sent_at"))
    return Verdict(holds, pl.when(holds.is_null()).then(reason))


def _field(condition: FieldIs, stand: Stand) -> Verdict:
    scene, wanted, names = stand.scene, condition.compare, [condition.column]
    if wanted.column:
        names.append(wanted.column)
    absent = [name for name in names if name not in scene.messages.columns]
    if absent:
        known = pl.lit(wanted.value is not False) if wanted.op == "missing" else pl.lit(None, dtype=pl.Boolean)
        return Verdict(known, pl.lit(absent[0]) if wanted.op != "missing" else NO_REASON)
    columns = [pl.lit(scene.messages[name]).gather(stand.here) for name in names]
    holds = compare.holds(columns[0], wanted, *columns[1:])
    if names[0] in TIMED and wanted.op != "missing":
        # NOTE: null also where there is nothing to time (not the first of a turn, the last message): then it is no match.
        holds = (
            pl.when(holds.is_null() & scene.timeline.at("sent_at", stand.here).is_not_null())
            .then(False)
            .otherwise(holds)
        )
    reason = pl.coalesce(
        pl.when(column.is_null()).then(pl.lit(name)) for name, column in zip(names, columns, strict=True)
    )
    return Verdict(holds, pl.when(holds.is_null()).then(reason))


def _at_least(n: int, verdicts: Sequence[Verdict]) -> Verdict:
    """Build the verdict whether ``n`` of the others hold."""
    if not verdicts:
        return Verdict(pl.lit(n <= 0), NO_REASON)
    sure = pl.sum_horizontal(verdict.holds.fill_null(False).cast(pl.UInt32) for verdict in verdicts)
    possible = pl.sum_horizontal(verdict.holds.fill_null(True).cast(pl.UInt32) for verdict in verdicts)
    return _reasoned(pl.when(sure >= n).then(True).when(possible < n).then(False), verdicts)


def _reasoned(holds: pl.Expr, verdicts: Sequence[Verdict]) -> Verdict:
    return Verdict(holds, pl.when(holds.is_null()).then(pl.coalesce(verdict.reason for verdict in verdicts)))
