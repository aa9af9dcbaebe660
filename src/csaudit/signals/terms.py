"""How literal terms look in each view, and the anchors of regular expressions: what the scan searches for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from csaudit.pack.model import InLexicon, Phrase, Regex, Template
from csaudit.schema import Schema, View
from csaudit.signals.anchors import anchors
from csaudit.signals.plan import Plan
from csaudit.signals.views import Views, is_syllable

PROBES: Final[Schema] = {
    "column": pl.String,  # the column of the texts that is searched
    "pattern": pl.String,  # for these characters
    "matcher": pl.UInt32,
    "view": View,  # how a hit is reported
    "matched": pl.String,  # the term as the signal knows it
}
MOST_WITH_INITIAL: Final = 4
"""Longest term of which one character may be written as a first letter (j东, 小h书)."""
LEAST_DIGITS: Final = 3
"""Fewest digits of a term to be looked for among digits written as words."""

ANCHORS: Final[Schema] = {"column": pl.String, "pattern": pl.String, "regex": pl.UInt32}


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
    folded = views.fold(term)
    squeezed = views.see(term, "squeezed")
    if view == "raw":
        yield "raw", term
    elif view == "folded" and folded:
        yield "folded", folded
    elif len(squeezed) > 1 and squeezed == folded.replace(" ", ""):  # nothing of the term itself is squeezed out
        yield from _LOOKS.get(view, _nothing)(squeezed, views)


def _nothing(_term: str, _views: Views) -> Iterator[tuple[str, str]]:
    return iter(())


def _squeezed(term: str, _views: Views) -> Iterator[tuple[str, str]]:
    yield "squeezed", term


def _sound(term: str, views: Views) -> Iterator[tuple[str, str]]:
    """As it sounds, as its pinyin is cut into syllables when typed, and with one syllable as its first letter."""
    for sound in _sounds(term, views):
        yield "sound", sound
    if len(term) <= MOST_WITH_INITIAL and all(char in views.pinyin for char in term):
        variants = (term[:i] + views.pinyin[char][0] + term[i + 1 :] for i, char in enumerate(term))
        yield from (("written", variant) for variant in variants if variant not in views.words)


def _sounds(term: str, views: Views) -> set[str]:
    table = views.tables["sound"]
    typed = "".join(views.pinyin.get(char, char) for char in term)
    return {sound for sound in (table.apply(term), table.apply(typed)) if sum(map(is_syllable, sound)) > 1}


def _digits(term: str, views: Views) -> Iterator[tuple[str, str]]:
    digits = views.tables["digits"].apply(term)
    if sum(char.isdigit() for char in digits) >= LEAST_DIGITS:
        yield "digits", digits


def _shapes(term: str, views: Views) -> Iterator[tuple[str, str]]:
    """With one character replaced by its like, or by its parts; or digits for letters in its pinyin."""
    for i, char in enumerate(term):
        for other in [*views.lookalike.get(char, ""), *views.split(char)]:
            yield "written", term[:i] + other + term[i + 1 :]
    for sound in _sounds(term, views):
        yield "leet_sound", sound
    if term.isascii():
        yield "leet", term


def _emoji(term: str, views: Views) -> Iterator[tuple[str, str]]:
    for sound in _sounds(term, views):
        yield "emoji", sound


_LOOKS: Final = {"squeezed": _squeezed, "sound": _sound, "digits": _digits, "shapes": _shapes, "emoji": _emoji}


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
        letters = match["literal"]
        if not letters:
            return match[0]
        folded = views.fold(letters)
        return letters if folded == letters else "".join(map(_folded_literal, letters, map(views.fold, letters)))

    return _REGEX_PARTS.sub(fold, regex.removeprefix("(?i)"))


_REGEX_PARTS: Final = re.compile(r"\\[pP]\{\w+\}|\\.|\(\?P?<\w+>|\(\?-u:|(?P<literal>[^\x00-\x7f]+|[A-Z]+)", re.DOTALL)


def _folded_literal(char: str, folded: str) -> str:
    if folded == char or not folded:
        return char
    return folded if folded.isalnum() else re.escape(folded)


def anchor_table(expressions: dict[tuple[int, str], str]) -> pl.DataFrame:
    """The anchors of regular expressions, ANCHORS; ``regex`` is the matcher's number."""
    rows = [
        (column, literal, number)
        for (number, column), regex in expressions.items()
        for literal in sorted(anchors(regex))
    ]
    return pl.DataFrame(rows, schema=ANCHORS, orient="row")
