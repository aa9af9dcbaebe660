"""A table of replacements: applied to whole columns by Polars, and traced character by character for hits.

Both read it leftmost-longest, so they agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import polars as pl


@dataclass(frozen=True)
class Trace:
    """A replaced text and where its characters come from: character ``i`` stands for ``source[begin[i]:end[i]]``."""

    text: str
    begin: list[int]
    end: list[int]


@dataclass(frozen=True)
class Table:
    """Replacements, ``key -> value``; what is no key stays."""

    rows: Mapping[str, str]

    @cached_property
    def _ordered(self) -> tuple[pl.Series, pl.Series]:
        keys = sorted(self.rows, key=lambda key: (-len(key), key))
        return pl.Series(keys, dtype=pl.String), pl.Series([self.rows[key] for key in keys], dtype=pl.String)

    @cached_property
    def _long(self) -> re.Pattern[str] | None:
        """The keys of several characters, longest first."""
        keys = sorted((key for key in self.rows if len(key) > 1), key=lambda key: (-len(key), key))
        return re.compile("|".join(map(re.escape, keys))) if keys else None

    @cached_property
    def resizing(self) -> pl.Series:
        """Keys whose replacement has another length: a text without them keeps its character positions."""
        return pl.Series(sorted(k for k, v in self.rows.items() if len(k) != len(v)), dtype=pl.String)

    def expr(self, text: pl.Expr) -> pl.Expr:
        """Build an expression for the replaced text."""
        keys, values = self._ordered
        return text.str.replace_many(keys.implode(), values.implode(), leftmost=True) if len(keys) else text

    def apply(self, text: str) -> str:
        """The replaced text."""
        return "".join(value for _, value in self._pieces(text))

    def trace(self, text: str) -> Trace:
        """The replaced text with the origin of each character."""
        pieces = list(self._pieces(text))
        ends = list(accumulate(len(key) for key, _ in pieces))
        return Trace(
            "".join(value for _, value in pieces),
            [end - len(key) for end, (key, value) in zip(ends, pieces, strict=True) for _ in value],
            [end for end, (_, value) in zip(ends, pieces, strict=True) for _ in value],
        )

    def _pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """What is replaced, and by what: the long keys as they stand leftmost, single characters between them."""
        rows, at = self.rows, 0
        for match in self._long.finditer(text) if self._long else ():
            yield from ((char, rows.get(char, char)) for char in text[at : match.start()])
            yield match[0], rows[match[0]]
            at = match.end()
        yield from ((char, rows.get(char, char)) for char in text[at:])

    def then(self, other: Mapping[str, str]) -> Table:
        """This table with ``other`` (single characters) applied to its values, and to what it leaves."""
        composed = {key: "".join(other.get(char, char) for char in value) for key, value in self.rows.items()}
        return Table({**other, **composed})


def code_points(text: str) -> str:
    """``U+0031 U+20E3`` as the characters it names; other texts as they are."""
    if not text.startswith("U+"):
        return text
    return "".join(chr(int(part.removeprefix("U+"), 16)) for part in text.split(" "))


def unpack(rows: Mapping[str, str]) -> dict[str, str]:
    """A table file's rows with ``U+XXXX`` and ranges ``U+XXXX..U+YYYY`` written out."""
    result: dict[str, str] = {}
    for key, value in rows.items():
        first, dots, last = key.partition("..U+")
        if dots and first.startswith("U+"):
            span = range(int(first[2:], 16), int(last, 16) + 1)
            result.update((chr(code), code_points(value)) for code in span)
        else:
            result[code_points(key)] = code_points(value)
    return result
