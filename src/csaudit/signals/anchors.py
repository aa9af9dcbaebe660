"""Anchors: literals of which every match of a regular expression contains at least one.

A regular expression then needs to run only on texts in which one of its anchors stands. What this reader does not
understand gives no anchors, which is slower and never wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

MOST: Final = 256
"""A larger set of alternatives is given up; the terms of a lexicon in a template are allowed to be more."""
MOST_IN_CHOICE: Final = 4_000

_REPEAT: Final = re.compile(r"(?:([?*+])|\{(\d+)(,?)(\d*)\})\??")
_GROUP: Final = re.compile(r"\?(?:P?<\w+>|-?u?:|[is]:)")
_LITERAL: Final = re.compile(r"[^\\\[\](){}.*+?|^$]+(?![*+?{])")
"""A run of letters that stand for themselves; the last is left out where a repetition follows."""
_PLAIN_CLASS: Final = re.compile(r"([^\]\[\\^&~-]+)\]")
_CLASS: Final = re.compile(r"\^?\]?(?:\\[^pP]|\\[pP]\{\w+\}|\[:\w+:\]|[^\]\[\\])*\]")

_Texts = frozenset[str] | None


@dataclass(frozen=True)
class _Part:
    """What is known of a piece: all texts it matches (``exact``), and a set every match contains one of (``needs``)."""

    exact: _Texts
    needs: _Texts


_EMPTY: Final = _Part(frozenset({""}), None)
_ANY: Final = _Part(None, None)


class _UnknownSyntaxError(Exception):
    """Something this reader does not understand."""


@lru_cache(maxsize=16_384)
def anchors(regex: str) -> frozenset[str]:
    """Literals of which every match contains at least one; empty if there are none, or none can be told."""
    try:
        reader = _Reader(regex)
        part = reader.choice()
        if reader.at < len(regex):
            return frozenset()
    except (_UnknownSyntaxError, IndexError):
        return frozenset()
    return _needs(part) or frozenset()


def _needs(part: _Part) -> _Texts:
    return _better(part.needs, part.exact if part.exact and "" not in part.exact else None)


def _better(one: _Texts, other: _Texts) -> _Texts:
    """The set that stands in fewer texts: the one whose shortest literal is longer."""
    if one is None or other is None:
        return other if one is None else one
    here, there = ((-min(map(len, texts)), len(texts)) for texts in (one, other))
    if here == there:
        return min(one, other, key=sorted)
    return one if here < there else other


def _concat(parts: list[_Part]) -> _Part:
    run, best, whole = frozenset({""}), None, True
    for part in parts:
        best = _better(best, part.needs)
        if part.exact is not None and len(run) * len(part.exact) <= MOST:
            run = frozenset(a + b for a, b in product(run, part.exact))
            continue
        best = _better(best, _needs(_Part(run, None)))
        whole = False
        run = part.exact if part.exact is not None else frozenset({""})
    best = _better(best, _needs(_Part(run, None)))
    return _Part(run if whole else None, best)


def _either(parts: list[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    exact: _Texts = None
    if all(part.exact is not None for part in parts):
        exact = frozenset[str]().union(*(part.exact or () for part in parts))
    needs = [_needs(part) for part in parts]
    needed = frozenset[str]().union(*(need or () for need in needs)) if all(needs) else None
    return _Part(
        exact if exact is not None and len(exact) <= MOST_IN_CHOICE else None,
        needed if needed is not None and len(needed) <= MOST_IN_CHOICE else None,
    )


class _Reader:
    """Recursive descent over the syntax of the regex crate, as far as literals go."""

    def __init__(self, regex: str) -> None:
        self.regex = regex
        self.at = 0

    def choice(self) -> _Part:
        branches = [self.sequence()]
        while self.regex.startswith("|", self.at):
            self.at += 1
            branches.append(self.sequence())
        return _either(branches)

    def sequence(self) -> _Part:
        parts = []
        while self.at < len(self.regex) and self.regex[self.at] not in "|)":
            if run := _LITERAL.match(self.regex, self.at):
                self.at = run.end()
                parts.append(_Part(frozenset({run[0]}), None))
                continue
            parts.append(self.repeated(self.atom()))
        return _concat(parts)

    def repeated(self, part: _Part) -> _Part:
        match = _REPEAT.match(self.regex, self.at)
        if match is None:
            return part
        self.at = match.end()
        symbol, low, comma, high = match.groups()
        least = int(low) if low else (1 if symbol == "+" else 0)
        most = 1 if symbol == "?" else int(high or (0 if comma else low)) if low else 0
        return self.repeated(_times(part, least, most))  # {2}{3}, ?? and the like

    def atom(self) -> _Part:
        char = self.regex[self.at]
        self.at += 1
        if char == "(":
            return self.group()
        if char == "[":
            return self.charclass()
        if char == "\\":
            return self.escape()
        if char in "^$":
            return _EMPTY
        if char == ".":
            return _ANY
        if char in "*+?{":
            raise _UnknownSyntaxError
        return _Part(frozenset({char}), None)

    def group(self) -> _Part:
        head = _GROUP.match(self.regex, self.at)
        if head:
            self.at = head.end()
        elif self.regex.startswith("?", self.at):
            raise _UnknownSyntaxError
        inner = self.choice()
        if self.regex[self.at] != ")":
            raise _UnknownSyntaxError
        self.at += 1
        return inner

    def escape(self) -> _Part:
        char = self.regex[self.at]
        self.at += 1
        if char in "bBAz":
            return _EMPTY
        if char in "dDwWsS":
            return _ANY
        if char in "pP":
            close = self.regex.index("}", self.at) if self.regex[self.at] == "{" else self.at
            self.at = close + 1
            return _ANY
        if char in "nt":
            return _Part(frozenset({"\n" if char == "n" else "\t"}), None)
        if char.isalnum():
            raise _UnknownSyntaxError
        return _Part(frozenset({char}), None)

    def charclass(self) -> _Part:
        simple = _PLAIN_CLASS.match(self.regex, self.at)
        if simple:
            self.at = simple.end()
            return _Part(frozenset(simple[1]), None) if len(simple[1]) <= 16 else _ANY
        whole = _CLASS.match(self.regex, self.at)
        if whole is None:
            raise _UnknownSyntaxError
        self.at = whole.end()
        return _ANY


def _times(part: _Part, least: int, most: int) -> _Part:
    """A piece repeated; ``most`` 0 is no limit."""
    if (least, most) == (1, 1):
        return part
    if (least, most) == (0, 1) and part.exact is not None:
        return _Part(part.exact | {""}, None)
    if least == most and least <= 8:
        return _concat([part] * least)
    return _Part(None, _needs(part)) if least else _ANY
