"""Lint of the words of signals: what is said twice, what never matches, what is slow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from csaudit.pack.issue import Issue
from csaudit.pack.model import InLexicon, Pack, Phrase, Regex, Signal, Template, Words
from csaudit.pack.templates import folded
from csaudit.pack.walk import matchers_of

_ESCAPED = re.compile(r"\\[pP]\{[^}]*\}|\\.|\(\?[^):]*:?")
_CLASS = re.compile(r"\[[^\]]*\]")
_SHORT_CLASS = re.compile(r"\[[^\]\[\\^-]{1,16}\]")  # as good as a choice of literals
_OPTIONAL = re.compile(r"(?:\([^()]*\)|.)(?:[?*]|\{0,?[0-9]*\})|\{[0-9,]*\}")
_ASCII_BOUNDARY = re.compile(r"\(\?-u:\\[bB]\)")


def wording(pack: Pack) -> Iterator[Issue]:
    """Check the words of every signal and lexicon."""
    traditional = pack.tables.get("traditional", {})
    for lexicon in pack.lexicons.values():
        for term, other in _folded_twice(lexicon.terms):
            yield Issue("duplicate-term", "warning", lexicon.where, _same(term, other))
    for signal in pack.signals.values():
        yield from _repeated(signal, pack)
        for matcher in matchers_of(signal):
            if isinstance(matcher, Template):
                yield from _unfolded(signal, matcher.text, traditional)
            if isinstance(matcher, Regex):
                yield from _unfolded(signal, matcher.regex, traditional)
                yield from _regex(signal, matcher.regex)


def _same(term: str, other: str) -> Words:
    return Words(f"“{term}”与“{other}”是同一个词", f"“{term}” and “{other}” are the same word")


def _folded_twice(terms: tuple[str, ...]) -> list[tuple[str, str]]:
    ordered = sorted((folded(term), term) for term in terms)
    return [(one, other) for (a, one), (b, other) in pairwise(ordered) if a == b]


def _repeated(signal: Signal, pack: Pack) -> Iterator[Issue]:
    """Phrases that another phrase or lexicon of the same signal makes redundant."""
    phrases = [matcher.text for matcher in signal.any_of if isinstance(matcher, Phrase)]
    lexicons = [matcher.lexicon for matcher in signal.any_of if isinstance(matcher, InLexicon)]
    terms = {folded(term): name for name in lexicons for term in pack.lexicons[name].terms}
    for term, other in _folded_twice(tuple(phrases)):
        yield Issue("duplicate-phrase", "warning", signal.where, _same(term, other))
    known = [*terms, *dict.fromkeys(folded(phrase) for phrase in phrases)]
    for phrase in dict.fromkeys(phrases):
        text = folded(phrase)
        if text in terms:
            message = Words(f"“{phrase}”已在词表 {terms[text]} 中", f"“{phrase}” stands in the lexicon {terms[text]}")
            yield Issue("duplicate-phrase", "warning", signal.where, message)
        elif inner := next((term for term in known if term != text and _stands_in(term, text)), None):
            message = Words(
                f"信号 {signal.id} 有了“{inner}”，“{phrase}”就多余了",
                f"in signal {signal.id} “{inner}” makes “{phrase}” redundant",
            )
            yield Issue("contained-phrase", "warning", signal.where, message)


def _stands_in(term: str, text: str) -> bool:
    """Whether a term would hit within a text: Latin words must end where it ends."""
    if term not in text:
        return False
    before = r"(?<![0-9a-z])" if term[0].isascii() and term[0].isalnum() else ""
    after = r"(?![0-9a-z])" if term[-1].isascii() and term[-1].isalnum() else ""
    return re.search(before + re.escape(term) + after, text) is not None


def _unfolded(signal: Signal, pattern: str, traditional: Mapping[str, str]) -> Iterator[Issue]:
    """Templates and regular expressions see folded text and are not folded themselves."""
    literal = _literal(pattern)
    found = [char for char in literal if char in traditional and traditional[char] != char]
    if found:
        message = Words(
            f"信号 {signal.id} 的“{pattern}”含繁体字“{''.join(found)}”，永远不会命中",
            f"“{pattern}” of signal {signal.id} never matches: “{''.join(found)}” is Traditional",
        )
        hint = Words(
            f"写成“{''.join(traditional[char] for char in found)}”",
            f"write “{''.join(traditional[char] for char in found)}”",
        )
        yield Issue("not-simplified", "error", signal.where, message, hint)


def _literal(pattern: str) -> str:
    """A pattern with a space for each class, escape and flag."""
    return _CLASS.sub(" ", _ESCAPED.sub(" ", pattern))


def _regex(signal: Signal, pattern: str) -> Iterator[Issue]:
    literal = _literal(pattern)
    if never := "".join(char for char in literal if folded(char) != char):
        message = Words(
            f"信号 {signal.id} 的正则“{pattern}”含“{never}”，折叠后的文本里没有这些字符",
            f"folded text never holds the “{never}” in the regex “{pattern}” of signal {signal.id}",
        )
        yield Issue(
            "not-folded", "error", signal.where, message, Words("写成小写、半角", "write it lower-case and half-width")
        )
    if r"\b" in _ASCII_BOUNDARY.sub("", pattern):
        message = Words(
            rf"信号 {signal.id} 的正则“{pattern}”用了 \b，它在汉字旁边不起作用",
            rf"\b in the regex “{pattern}” of signal {signal.id} does not work beside Chinese characters",
        )
        yield Issue("bare-boundary", "error", signal.where, message, Words(r"用 (?-u:\b)", r"use (?-u:\b)"))
    if not re.search(r"[^\s.^$|()+?*]", _OPTIONAL.sub("", _literal(_SHORT_CLASS.sub("字", pattern)))):
        message = Words(
            f"信号 {signal.id} 的正则“{pattern}”没有固定的字，每条消息都要跑一遍",
            f"the regex “{pattern}” of signal {signal.id} holds no literal, so it runs on every message",
        )
        yield Issue("no-literal", "warning", signal.where, message)
