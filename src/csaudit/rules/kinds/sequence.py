"""``sequence``: steps expected after the anchor, each present, late, out of order or absent."""

from __future__ import annotations

import polars as pl

from csaudit.pack.model import Has, Sequence, Step
from csaudit.rules.citing import citations
from csaudit.rules.conditions import Verdict, View, at_least, both, judge, negation
from csaudit.rules.kinds.ruling import Part, Ruling
from csaudit.rules.timeline import Stand


def sequence(kind: Sequence, view: View) -> Ruling:
    """Build the ruling of a sequence.

    A step is looked for after the step before it that came last: *present* within its limit, else *late* if later,
    else *out of order* if it stands between the anchor and the step before, else *absent*.
    """
    columns: dict[str, pl.Expr] = {}
    parts: list[Part] = []
    before = view.stand
    for step in kind.steps:
        states = _states(step, View(view.scene, before), view.stand)
        parts += [Part(f"step {step.id} {state}", states[state]) for state in kind.fires_on.get(step.id, ())]
        name = f"step {step.id}"
        columns[name] = pl.coalesce(_next(step, View(view.scene, before)), before.at())
        before = Stand(view.stand.timeline, pl.col(name))
    found = [step for step in kind.steps if set(kind.fires_on.get(step.id, ())) - {"absent"}]
    return Ruling(
        at_least(1, [part.verdict for part in parts]),
        lambda: [each for step in found for each in citations(Has(step.signals, "after"), view)],
        columns=columns,
        parts=lambda: parts,
    )


def _states(step: Step, view: View, anchor: Stand) -> dict[str, Verdict]:
    present = judge(Has(step.signals, "after", step.within), view)
    later = judge(Has(step.signals, "after"), view)
    between = Stand(anchor.timeline, view.stand.here, since=anchor.at() + 1)
    earlier = judge(Has(step.signals, "before"), View(view.scene, between))
    missed = [negation(present), negation(later)]
    return {
        "present": present,
        "late": both([negation(present), later]),
        "out_of_order": both([*missed, earlier]),
        "absent": both([*missed, negation(earlier)]),
    }


def _next(step: Step, view: View) -> pl.Expr:
    """Build the position of the step's first message after the stand."""
    positions = view.scene.marks(step.signals).sure
    if positions.is_empty():
        return pl.lit(None, dtype=pl.Int64)
    place = pl.lit(positions).search_sorted(view.stand.at(), side="right")
    found = pl.lit(positions).gather(place.clip(0, positions.len() - 1))
    return pl.when((found > view.stand.at()) & (found <= view.stand.at("final"))).then(found)
