"""How literal terms look in each view, and the anchors of regular expressions: what the scan searches for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from csaudit.pack.model import InLexicon, Phrase, Regex, Template
from csaudit.schema import View
from csaudit.signals.anchors import anchors
from csaudit.signals.plan import Plan
from csaudit.signals.views import Views

PROBES: Final = {
    "column": pl.String,  # the column of the texts that is searched
    "pattern": pl.String,  # for these characters
    "matcher": pl.UInt32,
    "view": View,  # how a hit is reported
    "matched": pl.String,  # the term as the signal knows it
}
ANCHORS: Final = {"column": pl.String, "pattern": pl.String, "regex": pl.UInt32}


def probes(plan: Plan, views: Views) -> pl.DataFrame:
    """Every literal to search for, PROBES."""
    wanted = dict(plan.uses.group_by("matcher").agg(pl.col("view").cast(pl.String).unique()).iter_rows())
    rows = [
        (column, pattern, number, view, term)
        for number, matcher in enumerate(plan.matchers)
        for term in _terms(plan, matcher)
        for view in sorted(wanted[number])
        for column, pattern in looks(term, view, views)
    ]
    return pl.DataFrame(rows, schema=PROBES, orient="row").unique()


def _terms(plan: Plan, matcher: object) -> tuple[str, ...]:
    if isinstance(matcher, Phrase):
        return (matcher.text,)
    if isinstance(matcher, InLexicon) and matcher.lexicon in plan.pack.lexicons:
        return plan.pack.lexicons[matcher.lexicon].terms
    return ()


def looks(term: str, view: str, views: Views) -> Iterator[tuple[str, str]]:
    """Pairs of column and pattern under which a term is found in a view; none where the view would blur it."""
    if view == "raw":
        yield "raw", term
        return
    folded = views.fold(term)
    squeezed = views.see(term, "squeezed")
    if view == "folded" and folded:
        yield "folded", folded
    elif view == "squeezed" and len(squeezed) > 1 and squeezed == folded.replace(" ", ""):
        yield "squeezed", squeezed


def regexes(plan: Plan, views: Views) -> dict[tuple[int, str], str]:
    """The regular expressions to run: (matcher, column) -> expression as it stands over that column."""
    wanted = dict(plan.uses.group_by("matcher").agg(pl.col("view").cast(pl.String).unique()).iter_rows())
    return {
        (number, view): matcher.regex if view == "raw" else fold_regex(matcher.regex, views)
        for number, matcher in enumerate(plan.matchers)
        if isinstance(matcher, Template | Regex)
        for view in sorted(wanted[number])
    }


def fold_regex(regex: str, views: Views) -> str:
    """A regular expression with its literals folded like the text it runs over; classes and escapes stay."""

    def fold(match: re.Match[str]) -> str:
        char = match[0]
        if len(char) > 1:
            return char
        folded = views.fold(char)
        return char if folded == char or not folded else folded if folded.isalnum() else re.escape(folded)

    return re.sub(r"\\[pP]\{\w+\}|\\.|\(\?P?<\w+>|\(\?-u:|[^\\]", fold, regex.removeprefix("(?i)"), flags=re.DOTALL)


def anchor_table(expressions: dict[tuple[int, str], str]) -> pl.DataFrame:
    """The anchors of regular expressions, ANCHORS; ``regex`` is the matcher's number."""
    rows = [
        (column, literal, number)
        for (number, column), regex in expressions.items()
        for literal in sorted(anchors(regex))
    ]
    return pl.DataFrame(rows, schema=ANCHORS, orient="row")
