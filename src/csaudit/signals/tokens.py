"""Words as jieba sees them: is a hit a word of its own, and is a disguise undone likelier than the text as it stands?

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

SYMBOL: Final = 4.0
"""How much a sign between two characters that no sentence has there (有*病) speaks for a disguise."""

EQUAL: Final = 1e-6

_PIECES: Final = re.compile(rf"[a-z]+|[0-9]+|{EMOJI}|[^\W_a-z0-9]+")
_SYMBOLS: Final = re.compile(r"(?<=[^\W_])[*/\\|_+.·^#&=丨丶-]+(?=[^\W_])")
_FIGURES: Final = re.compile(r"[0-9]{2}[.,/-][0-9]|[0-9][.,/-][0-9]{2}")
"""A figure with a sign of its own in it: 1.66元 is not 166元."""

_NAMES: Final = re.compile(r"[一-鿿]?(?:女士|先生|小姐|师傅|同学|阿姨|大哥|叔叔)")
"""What follows a person's name (郝平女士 is no 好评)."""


class Reader:
    """jieba's dictionary with a pack's own words (``words.tsv``: word, frequency)."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.jieba = _tokenizer(tuple(sorted(words.items())))
        self.total = math.log(self.jieba.total)
        self.listed = math.log(_LISTED) - self.total

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

        Spaces say nothing here: in a text with a space behind every character, words are still words.
        """
        if _NAMES.match(after):
            return -math.inf
        undone = self._as_one(before) + self.listed + self._as_one(after)
        return undone - self._as_one(before + said + after)

    def gain_of_joining(self, before: str, said: str, after: str) -> float:
        """Likewise where ``said`` is the term itself, spread out: against the text as it is spaced.

        As one run, too, the text must be best read with words that end where the term does (好 评 价 is 评价).
        """
        term = _joined(said)
        known = max(math.log(self.jieba.FREQ.get(term) or 1) - self.total, self.listed, self.likelihood(term))
        joined = self._as_one(before) + known + self._as_one(after)
        if joined < self._as_one(before + said + after) - EQUAL:
            return -math.inf
        apart = self.likelihood(before) + self.listed + self.likelihood(after)
        return apart - self.likelihood(before + said + after) + SYMBOL * len(_SYMBOLS.findall(said))

    def spreads_a_word(self, said: str) -> bool:
        """Whether one of the words of ``said``, read as one run, has something between its characters."""
        gaps, at = set(), 0
        for piece in _PIECES.findall(said)[:-1]:
            at += len(piece)
            gaps.add(at)
        return not gaps <= self.edges(_joined(said))

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


def ordinary(views: Views, said: Iterable[str]) -> list[bool]:
    """Whether wordings (squeezed) are so ordinary in themselves that no disguise can be read out of them."""
    reader = Reader(views.words)
    return [reader.listed - reader.likelihood(words) < GAIN for words in said]


def better(
    views: Views, before: Iterable[str], said: Iterable[str], after: Iterable[str], *, name_emoji: bool = False
) -> list[bool]:
    """Whether each ``said`` is better read as a listed term than as it stands.

    Args:
        views: the tables.
        before: up to CONTEXT characters before it.
        said: its words.
        after: up to CONTEXT characters behind it.
        name_emoji: emoji that have a name count as something said.
    """
    reader = Reader(views.words)
    windows = zip(before, said, after, strict=True)
    return [reader.gain(*(views.aligned(part, name_emoji=name_emoji) for part in window)) >= GAIN for window in windows]


def joins(
    views: Views, before: Iterable[str], said: Iterable[str], after: Iterable[str], term: Iterable[bool]
) -> list[bool]:
    """Whether each ``said``, words with something between their characters, is better read without it.

    Args:
        views: the tables.
        before: up to CONTEXT characters before it.
        said: its words.
        after: up to CONTEXT characters behind it.
        term: whether it is a term; else it is what an expression matched, and one of its words must be spread out.
    """
    reader = Reader(views.words)
    windows = zip(map(views.aligned, before), map(views.aligned, said), map(views.aligned, after), term, strict=True)
    return [
        not _FIGURES.search(words)
        and (is_term or reader.spreads_a_word(words))
        and reader.gain_of_joining(left, words, right) >= GAIN
        for left, words, right, is_term in windows
    ]


def whole(views: Views, texts: Mapping[int, str], hits: Iterable[tuple[int, int, int]]) -> list[bool]:
    """Whether each hit begins and ends where words do.

    Args:
        views: the tables.
        texts: raw texts by the number of their unit.
        hits: (unit, start, end), those of one unit together.
    """
    reader = Reader(views.words)
    result = []
    for unit, group in groupby(hits, key=lambda hit: hit[0]):
        edges = reader.edges(views.aligned(texts[unit]))
        result += [start in edges and end in edges for _, start, end in group]
    return result
