"""Words as jieba sees them: is a hit a word of its own, and is a disguise undone a better reading than the text itself?

The one door to jieba. It is loaded when the first candidate comes, and sees only the characters around candidates: a
loop in Python, bounded by hits.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from csaudit.signals.views import EMOJI, Views

if TYPE_CHECKING:
    from jieba import Tokenizer

CONTEXT: Final = 12
"""Characters on either side of a hit that may form words with it."""

GAIN: Final = 3.0
"""How much likelier (natural logarithm) the undisguised reading must be than the text as it stands."""

_LISTED: Final = 60
"""A term that a signal lists counts as a word at least this frequent among jieba's 60 million."""

EQUAL: Final = 1e-6

_PIECES: Final = re.compile(rf"[a-z]+|[0-9]+|{EMOJI}|[^\W_a-z0-9]+")
_NAMES: Final = re.compile(r".?(?:女士|先生|小姐|师傅|老师|经理|主管|同学|阿姨|大哥|叔叔)")
"""What follows a person's name (郝平女士 is no 好评)."""


class Reader:
    """jieba's dictionary with a pack's own words (``words.tsv``: word, frequency)."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.jieba = _tokenizer(tuple(sorted(words.items())))
        self.total = math.log(self.jieba.total)

    def likelihood(self, text: str) -> float:
        """The logarithm of the likelihood of the best cut of a text into words; spaces and punctuation are free."""
        return sum(self._of_piece(piece) for piece in _PIECES.findall(text))

    def _of_piece(self, piece: str) -> float:
        if piece == EMOJI:
            return -self.total * 2 / 3
        if piece[0].isascii():  # a word of another language, a letter or number that names a size, a model …
            return -self.total if len(piece) > 1 and piece.isalpha() else -self.total / 2
        route: dict[int, tuple[float, int]] = {}
        self.jieba.calc(piece, self.jieba.get_DAG(piece), route)
        return route[0][0]

    def gain(self, before: str, said: str, after: str) -> float:
        """How much likelier it is that ``said`` stands for a listed term than for itself, as a difference of logarithms.

        A text may be read as it is spaced, or as one run: in a text with a space behind every character, spaces say
        nothing.
        """
        if _NAMES.match(after):
            return -math.inf
        undone = self.likelihood(before) + math.log(_LISTED) - self.total + self.likelihood(after)
        return undone - max(self.likelihood(before + said + after), self._as_one(before + said + after))

    def gain_of_joining(self, before: str, said: str, after: str) -> float:
        """Likewise where ``said`` is the term itself, spread out."""
        term = _joined(said)
        known = max(self.jieba.FREQ.get(term) or 0, _LISTED)
        apart = self.likelihood(before) + math.log(_LISTED) - self.total + self.likelihood(after)
        joined = self._as_one(before) + math.log(known) - self.total + self._as_one(after)
        gain = apart - self.likelihood(before + said + after)
        return gain if joined >= self._as_one(before + said + after) - EQUAL else -math.inf

    def _as_one(self, text: str) -> float:
        return self.likelihood(_joined(text))

    def edges(self, text: str) -> set[int]:
        """Where words begin or end in a text."""
        return {0}.union(end for _, _, end in self.jieba.tokenize(text, HMM=False))


def _joined(text: str) -> str:
    return "".join(_PIECES.findall(text))


@lru_cache(maxsize=2)
def _tokenizer(words: tuple[tuple[str, str], ...]) -> Tokenizer:
    import jieba  # noqa: PLC0415 - half a second, needed by few runs

    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    for word, frequency in words:
        tokenizer.add_word(word, int(frequency))
    return tokenizer


def credible(views: Views, hits: Iterable[tuple[str, int, int, str]]) -> list[bool]:
    """Whether each hit in a lossy view is a better reading than the text itself.

    Args:
        views: the tables.
        hits: (raw text, start, end, view), those of one text together.
    """
    reader = Reader(views.words)
    result = []
    for (raw, view), group in groupby(hits, key=lambda hit: (hit[0], hit[3])):
        text = views.aligned(raw, name_emoji=view == "emoji")
        gain = reader.gain_of_joining if view == "squeezed" else reader.gain
        result += [
            gain(text[max(0, start - CONTEXT) : start], text[start:end], text[end : end + CONTEXT]) >= GAIN
            for _, start, end, _ in group
        ]
    return result


def whole(views: Views, hits: Iterable[tuple[str, int, int]]) -> list[bool]:
    """Whether each hit begins and ends where words do.

    Args:
        views: the tables.
        hits: (raw text, start, end), those of one text together.
    """
    reader = Reader(views.words)
    result = []
    for raw, group in groupby(hits, key=lambda hit: hit[0]):
        edges = reader.edges(views.aligned(raw))
        result += [start in edges and end in edges for _, start, end in group]
    return result
