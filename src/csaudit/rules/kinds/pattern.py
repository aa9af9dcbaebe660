"""``pattern``: fires for each anchor at which ``when`` holds."""

from __future__ import annotations

from csaudit.pack.model import Pattern
from csaudit.rules.citing import citations
from csaudit.rules.conditions import View, judge
from csaudit.rules.kinds.ruling import Part, Ruling


def pattern(kind: Pattern, view: View) -> Ruling:
    """Build the ruling of a pattern."""
    verdict = judge(kind.when, view)
    return Ruling(verdict, lambda: citations(kind.when, view), parts=lambda: [Part("when", verdict, kind.when, view)])
