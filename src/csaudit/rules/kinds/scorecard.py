"""``scorecard``: fires where the weights of the terms that hold reach ``threshold``."""

from __future__ import annotations

import polars as pl

from csaudit.pack.model import Has, Scorecard, Term
from csaudit.rules.citing import Citation, citations
from csaudit.rules.conditions import Verdict, View, both, count, first_reason, judge, unknown_where
from csaudit.rules.kinds.ruling import Part, Ruling
from csaudit.rules.sentences import NOISE


def scorecard(kind: Scorecard, view: View) -> Ruling:
    """Build the ruling of a scorecard; a term that cannot be checked counts for and against."""
    when = judge(kind.when, view)
    verdicts = [judge(term.when, view) for term in kind.terms]
    points = [_points(term, verdict, view) for term, verdict in zip(kind.terms, verdicts, strict=True)]
    least = pl.sum_horizontal(pl.min_horizontal(each) for each in points)
    most = pl.sum_horizontal(pl.max_horizontal(each) for each in points)
    enough = (least >= kind.threshold - NOISE) | unknown_where(most >= kind.threshold - NOISE)
    adds_up = Verdict(enough, lambda: first_reason(verdicts))
    written = [
        pl.when(sure.abs() > NOISE).then(pl.format(f"{number}={{}}", sure.round(6)))
        for number, (sure, _) in enumerate(points)
    ]

    def cited() -> list[Citation]:
        return [
            *citations(kind.when, view),
            *(citation for term in kind.terms if term.weight > 0 for citation in citations(term.when, view)),
        ]

    def parts() -> list[Part]:
        terms = enumerate(zip(kind.terms, verdicts, strict=True))
        listed = [Part(f"term {number}", verdict, term.when, view) for number, (term, verdict) in terms]
        return [Part("when", when, kind.when, view), *listed]

    summed = pl.concat_str(written, separator=";", ignore_nulls=True)
    return Ruling(both([when, adds_up]), cited, summed, parts=parts)


def _points(term: Term, verdict: Verdict, view: View) -> tuple[pl.Expr, pl.Expr]:
    """What a term adds, going by what is sure; and what it would, if all that is open were so."""
    look = term.when
    if term.scale == "times" and isinstance(look, Has) and not look.negated:
        sure, possible = (n.clip(0, term.cap) * (n >= look.times) for n in count(look, view))
        return sure * term.weight, possible * term.weight
    sure, possible = verdict.holds.fill_null(False), verdict.holds.fill_null(True)
    return sure.cast(pl.Float64) * term.weight, possible.cast(pl.Float64) * term.weight
