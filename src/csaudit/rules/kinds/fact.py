"""``fact``: the agent states a value that the shop's fact sheet contradicts."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from csaudit.pack import compare
from csaudit.pack.model import Compare, FactCheck
from csaudit.rules.citing import citations
from csaudit.rules.conditions import Verdict, View, both, judge, reason
from csaudit.rules.kinds.ruling import Part, Ruling, lookup


def fact(kind: FactCheck, view: View) -> Ruling:
    """Build the ruling of a fact check: wrong if every value of the anchor's hits is; not checkable without the fact."""
    scene = view.scene
    stated = scene.values(kind.anchor.signals)
    known = _known(kind.fact, scene.messages["shop"].gather(stated["at"]), scene.pack.facts)
    wrong = compare.holds(pl.col("value"), Compare(kind.compare, column=kind.fact), pl.col("known"))
    stated = (
        stated.with_columns(known=known)
        .group_by("at")
        .agg(wrong=pl.when(pl.col("known").has_nulls()).then(None).otherwise(wrong.all()))
        .sort("at")
    )
    states = pl.col("at").is_in(stated["at"].implode())
    contradicts = pl.when(states).then(lookup(stated["at"], stated["wrong"], pl.col("at"))).otherwise(False)
    parts = [
        Part("fact", Verdict(contradicts, lambda: reason("facts"))),
        Part("when", judge(kind.when, view), kind.when, view),
    ]
    verdict = both([part.verdict for part in parts])
    return Ruling(verdict, lambda: citations(kind.when, view), parts=lambda: parts)


def _known(name: str, shops: pl.Series, facts: Mapping[str, Mapping[str, float]]) -> pl.Series:
    """The fact as each shop has it, else as every shop has it; null where nobody wrote it down."""
    own = {shop: sheet[name] for shop, sheet in facts.items() if name in sheet}
    return shops.replace_strict(list(own), list(own.values()), default=own.get("*"), return_dtype=pl.Float64)
