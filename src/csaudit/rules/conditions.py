"""The condition language: what `pack.model` states, as expressions over a frame of anchors.

Every condition becomes a nullable Boolean under Kleene logic: the numbers of messages that surely and that possibly
have a hit decide it, and where the two disagree it is null, with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Final

import polars as pl

from csaudit.pack import compare
from csaudit.pack.model import All, Any, Condition, FieldIs, Has, Not, Reply
from csaudit.rules.scene import AGENT_BLOCK, Marks, Scene
from csaudit.rules.timeline import Stand, Window
from csaudit.schema import TIMED

TAIL_S: Final = 600.0
"""An answer may still come this long after a message; an export that ends sooner does not show whether it did."""


@dataclass(frozen=True)
class Verdict:
    """``holds``: Boolean, null where it cannot be checked; ``why``: builds what is missing there."""

    holds: pl.Expr
    why: Callable[[], pl.Expr]


@dataclass(frozen=True)
class View:
    """What a rule's conditions see: the scene, from a stand.

    ``unit``: the anchor stands for one agent's part of the conversation; only messages in that agent's charge count.
    """

    scene: Scene
    stand: Stand
    unit: bool = False


def judge(condition: Condition, view: View) -> Verdict:
    """Build the verdict of a condition at each anchor."""
    match condition:
        case Has():
            return _has(condition, view)
        case Reply():
            return _reply(condition, view)
        case FieldIs():
            return _field(condition, view)
        case All(of):
            return both([judge(part, view) for part in of])
        case Any(of, n):
            return at_least(n, [judge(part, view) for part in of])
        case Not(part):
            return negation(judge(part, view))


def both(verdicts: Sequence[Verdict]) -> Verdict:
    """All of them hold."""
    if not verdicts:
        return Verdict(pl.lit(True), no_reason)
    return Verdict(reduce(and_, (verdict.holds for verdict in verdicts)), lambda: first_reason(verdicts))


def at_least(n: int, verdicts: Sequence[Verdict]) -> Verdict:
    """``n`` of them hold."""
    if not verdicts:
        return Verdict(pl.lit(n <= 0), no_reason)
    if n == 1:
        return Verdict(reduce(or_, (verdict.holds for verdict in verdicts)), lambda: first_reason(verdicts))
    sure = pl.sum_horizontal(verdict.holds.fill_null(False).cast(pl.UInt32) for verdict in verdicts)
    possible = pl.sum_horizontal(verdict.holds.fill_null(True).cast(pl.UInt32) for verdict in verdicts)
    holds = pl.when(sure >= n).then(True).when(possible < n).then(False)
    return Verdict(holds, lambda: first_reason(verdicts))


def negation(verdict: Verdict) -> Verdict:
    """It does not hold."""
    return Verdict(~verdict.holds, verdict.why)


def first_reason(verdicts: Sequence[Verdict]) -> pl.Expr:
    """Build the reason of the first that cannot be checked."""
    return pl.coalesce(pl.when(verdict.holds.is_null()).then(verdict.why()) for verdict in verdicts)


def unknown_where(doubt: pl.Expr) -> pl.Expr:
    """Build null where there is doubt, else false: what is or-ed with this is then open unless it holds."""
    return pl.when(doubt).then(None).otherwise(False)


def no_reason() -> pl.Expr:
    """Build the reason of what can always be checked."""
    return pl.lit(None, dtype=pl.String)


def reason(text: str) -> pl.Expr:
    """Build a reason."""
    return pl.lit(text)


def count(look: Has, view: View) -> tuple[pl.Expr, pl.Expr]:
    """Build the numbers of messages with a hit where the condition looks: surely, and at most."""
    window, marks = view.stand.window(look), view.scene.marks(look.signals)
    one = marks.open.is_empty() and (look.within.seconds is None or view.stand.timeline.timed)
    sure, wide = (window.lo, window.hi), (window.wide_lo, window.wide_hi)
    if look.by == "anyone" and not view.unit:
        n = _between(marks.sure, *sure)
        return n, n if one else _between(marks.possible, *wide)
    agent = view.stand.at("agent")
    own = _between(marks.sure_by_agent, *of_agent(agent, *sure))
    own_wide = own if one else _between(marks.possible_by_agent, *of_agent(agent, *wide))
    if view.unit:
        return own, own_wide
    all_, all_wide = _between(marks.sure, *sure), _between(marks.possible, *wide)
    nobody, nobody_wide = _between(marks.sure_by_agent, *sure), _between(marks.possible_by_agent, *wide)
    if look.by == "same_agent":
        at_least, at_most = own, own_wide + nobody_wide
    else:
        at_least, at_most = all_ - own - nobody, all_wide - own_wide
    return pl.when(agent > 0).then(at_least).otherwise(0), pl.when(agent > 0).then(at_most).otherwise(all_wide)


def entries(positions: pl.Series, lo: pl.Expr, hi: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Build the first index of an ascending list within ``lo`` to ``hi``, and the index after the last."""
    start = pl.lit(positions).search_sorted(lo, side="left").cast(pl.Int64)
    end = pl.lit(positions).search_sorted(hi, side="right").cast(pl.Int64)
    return start, end


def of_agent(agent: pl.Expr, *positions: pl.Expr) -> list[pl.Expr]:
    """Build the keys of positions in lists by agent; agent 0 is nobody known."""
    return [agent * AGENT_BLOCK + position for position in positions]


def _between(positions: pl.Series, lo: pl.Expr, hi: pl.Expr) -> pl.Expr:
    start, end = entries(positions, lo, hi)
    return end - start


def _has(look: Has, view: View) -> Verdict:
    sure, possible = count(look, view)
    holds = sure >= look.times
    if possible is not sure:
        holds |= unknown_where(possible >= look.times)
    window = view.stand.window(look)
    ends = _export_ends(look, view.stand, window)
    if ends is not None:
        holds |= unknown_where(ends)
    return Verdict(~holds if look.negated else holds, lambda: _why_not(look, view, window, ends))


def _why_not(look: Has, view: View, window: Window, ends: pl.Expr | None) -> pl.Expr:
    reasons = [_first_missing(view.scene.marks(look.signals), window)]
    if look.within.seconds is not None and not view.stand.timeline.timed:
        known = (window.lo == window.wide_lo) & (window.hi == window.wide_hi)
        reasons.append(pl.when(~known).then(reason("sent_at")))
    if ends is not None:
        reasons.append(pl.when(ends).then(reason("export_ends")))
    return pl.coalesce(*reasons, reason("agent_id"))


def _first_missing(marks: Marks, window: Window) -> pl.Expr:
    if marks.open.is_empty():
        return no_reason()
    start, end = entries(marks.open, window.wide_lo, window.wide_hi)
    return pl.when(end > start).then(pl.lit(marks.missing).gather(start.clip(0, marks.open.len() - 1)))


def _export_ends(look: Has, stand: Stand, window: Window) -> pl.Expr | None:
    """Whether the export ends while the window is open: no agent has spoken since, and one still may."""
    if look.where not in {"after", "around"} or stand.until is not None:
        return None
    patience = TAIL_S if look.within.seconds is None else look.within.seconds
    return (stand.at("shown") < patience) & (window.wide_hi >= stand.at("final"))


def _reply(look: Reply, view: View) -> Verdict:
    stand, wanted = view.stand, look.compare
    reply, observed = stand.at(f"next_{look.role}"), stand.at("observed_after")
    # NOTE: a reply that has not come is later than all the export still shows.
    if wanted.op == "missing":
        came, never = pl.lit(wanted.value is False), pl.when(observed >= TAIL_S).then(wanted.value is not False)
    else:
        sent = pl.lit(view.scene.messages["sent_at"]).gather(reply)
        came = compare.holds((sent - stand.at("sent_at")).dt.total_milliseconds() / 1000, wanted)
        outlasted = observed >= pl.lit(wanted.value, dtype=pl.Float64)
        never = pl.when(outlasted).then(wanted.op in {"above", "at_least"})
    cut = reply.is_null() & observed.is_not_null()
    return Verdict(
        pl.when(reply.is_null()).then(never).otherwise(came),
        lambda: pl.when(cut).then(reason("export_ends")).otherwise(reason("sent_at")),
    )


def _field(look: FieldIs, view: View) -> Verdict:
    messages, wanted = view.scene.messages, look.compare
    names = [look.column, *([wanted.column] if wanted.column else [])]
    absent = [name for name in names if name not in messages.columns]
    if absent and wanted.op == "missing":
        return Verdict(pl.lit(wanted.value is not False), no_reason)
    if absent:
        return Verdict(pl.lit(None, dtype=pl.Boolean), lambda: reason(absent[0]))
    columns = [pl.lit(messages[name]).gather(view.stand.at()) for name in names]
    holds = compare.holds(columns[0], wanted, *columns[1:])
    if names[0] in TIMED and wanted.op != "missing":
        # NOTE: null also where there is nothing to time (not a turn's first message, the last one): then no match.
        holds = pl.when(holds.is_null() & view.stand.at("sent_at").is_not_null()).then(False).otherwise(holds)
    why = [pl.when(column.is_null()).then(reason(name)) for name, column in zip(names, columns, strict=True)]
    return Verdict(holds, lambda: pl.coalesce(why))
