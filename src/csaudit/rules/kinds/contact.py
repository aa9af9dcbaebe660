"""``contact``: the same customer, or the same order, has another conversation."""

from __future__ import annotations

from typing import Final, Literal

import polars as pl

from csaudit.pack.model import OtherContact
from csaudit.rules.citing import citations
from csaudit.rules.conditions import Verdict, View, both, entries, judge, reason, unknown_where
from csaudit.rules.context import TALK
from csaudit.rules.kinds.ruling import Part, Ruling
from csaudit.rules.scene import Scene

BLOCK: Final = 2**41
"""Milliseconds (seventy years) set apart for each customer, order or conversation on one axis."""


def contact(kind: OtherContact, view: View) -> Ruling:
    """Build the ruling of a contact rule; that the export shows no other contact is an answer, not a doubt.

    What is counted are the messages of the same customer or order in the time span, less those of this conversation.
    """
    axes = _axes(view.scene, kind.same)
    everyone, here = (pl.lit(axes[name]).gather("at") for name in ("party", "conversation"))
    if kind.other:
        marks = view.scene.marks(kind.other)
        sure, possible, open_for = marks.sure, marks.possible, marks.missing
    else:
        open_for = pl.Series(dtype=pl.String)
        sure = possible = view.scene.timeline.places.filter(TALK)["at"]
    found = [
        _between(axes["party"].gather(positions), everyone, kind)
        - _between(axes["conversation"].gather(positions), here, kind)
        for positions in (sure, possible)
    ]
    timed = view.stand.at("sent_at").is_not_null()
    elsewhere = Verdict(
        pl.when(everyone.is_not_null()).then((found[0] > 0) | unknown_where(found[1] > 0)),
        lambda: (
            pl.when(~timed)
            .then(reason("sent_at"))
            .when(everyone.is_null())
            .then(reason(kind.same))
            .otherwise(pl.lit(open_for.min(), dtype=pl.String))
        ),
    )
    parts = [Part("contact", elsewhere), Part("when", judge(kind.when, view), kind.when, view)]
    verdict = both([part.verdict for part in parts])
    return Ruling(verdict, lambda: citations(kind.when, view), parts=lambda: parts)


def _axes(scene: Scene, same: Literal["customer", "order_id"]) -> dict[str, pl.Series]:
    """Milliseconds on the axis of the party and on that of the conversation, by position; null where unknown."""
    party = ["platform", "shop", "customer"] if same == "customer" else ["platform", "order_id"]
    lacking = [pl.lit(None, dtype=pl.String).alias(name) for name in party if name not in scene.messages.columns]
    frame = scene.messages.with_columns(lacking).select(
        *party, "sent_at", conversation=scene.timeline.places["conversation"]
    )
    frame = frame.with_columns(pl.col(party).drop_nulls().first().over("conversation"))
    number = pl.when(pl.col(same).is_not_null()).then(pl.struct(party).rank("dense").cast(pl.Int64))
    clock = (pl.col("sent_at") - pl.col("sent_at").min()).dt.total_milliseconds().clip(0, BLOCK - 1)
    return frame.select(
        party=number * BLOCK + clock,
        conversation=pl.when(pl.col(same).is_not_null()).then(pl.col("conversation") * BLOCK + clock),
    ).to_dict()


def _between(keys: pl.Series, here: pl.Expr, kind: OtherContact) -> pl.Expr:
    span = round(kind.seconds * 1000)
    lo = here + 1 if kind.direction == "later" else here - span
    hi = here - 1 if kind.direction == "earlier" else here + span
    start, end = entries(keys.drop_nulls().sort(), lo, hi)
    return end - start
