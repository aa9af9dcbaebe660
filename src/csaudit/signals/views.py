"""The views: each a table of replacements over another view, with a weight.

``raw -> folded -> squeezed -> sound …``; docs/rule-language.md says what each undoes. A further view is a further row
of `CHAIN`, and a line of `terms.looks` saying what is searched in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import polars as pl

from csaudit.signals.tables import Table, Trace, unpack

Tables = Mapping[str, Mapping[str, str]]

WEIGHTS: Final = {
    "raw": 1.0,
    "folded": 1.0,
    "squeezed": 0.9,
    "sound": 0.7,
    "digits": 0.7,
    "shapes": 0.7,
    "emoji": 0.7,
}
"""How much a hit in a view weighs (`HITS.strength`); the lossier a view, the less."""

EMOJI: Final = "\ue000"
"""Stands for an emoji that is read as a word."""

_SYLLABLES_FROM: Final = 0xE100  # private use: one code point a syllable


def _fold(tables: Tables) -> Table:
    codes = {**unpack(tables.get("entities", {})), **unpack(tables.get("emoji_codes", {}))}
    single = {**unpack(tables.get("fold", {})), **unpack(tables.get("fold_extra", {}))}
    return Table({**codes, **single}).then(unpack(tables.get("traditional", {})))


def _squeeze(tables: Tables) -> Table:
    return Table(unpack(tables.get("squeeze", {})))


def _digits(tables: Tables) -> Table:
    return Table(unpack(tables.get("digits", {})))


def _leet(tables: Tables) -> Table:
    return Table(unpack(tables.get("leet", {})))


def _emoji(tables: Tables) -> Table:
    fold = _fold(tables)
    rows = {fold.apply(key): fold.apply(value) for key, value in unpack(tables.get("emoji", {})).items()}
    return Table({key: value for key, value in rows.items() if key})


def _sound(tables: Tables) -> Table:
    """One code point a syllable, whether written as a Han character, in Latin letters or as a digit."""
    pinyin = unpack(tables.get("pinyin", {}))
    heard = {syllable: _heard(syllable, tables.get("near_sound", {})) for syllable in set(pinyin.values())}
    code = {sound: chr(_SYLLABLES_FROM + i) for i, sound in enumerate(sorted(set(heard.values())))}
    digits = {str(i): han for i, han in enumerate("零一二三四五六七八九")}
    rows = {syllable: code[sound] for syllable, sound in heard.items() if len(syllable) > 1}
    rows |= {char: code[heard[syllable]] for char, syllable in pinyin.items()}
    return Table(rows | {digit: rows[han] for digit, han in digits.items() if han in rows})


def _heard(syllable: str, near: Mapping[str, str]) -> str:
    """A syllable without the differences of near_sound.tsv (``^zh -> z``, ``ing$ -> in``)."""
    for key, value in near.items():
        part = key.strip("^$")
        if key.startswith("^") and syllable.startswith(part):
            syllable = value + syllable.removeprefix(part)
        elif key.endswith("$") and syllable.endswith(part):
            syllable = syllable.removesuffix(part) + value
    return syllable


def is_syllable(char: str) -> bool:
    """Whether a character of the view ``sound`` stands for a syllable."""
    return "\ue000" <= char <= "\uf8ff"


_ALWAYS: Final = pl.lit(value=True)


@dataclass(frozen=True)
class View:
    """One column of the texts: ``table`` applied to the column ``base``.

    ``made`` says of which texts it is made, the others are null; ``only`` in which of those it can show anything that
    the views below do not.
    """

    name: str
    base: str
    table: Callable[[Tables], Table]
    made: Callable[[Table], pl.Expr] = lambda _: _ALWAYS
    only: pl.Expr = _ALWAYS


def _has_emoji(names: Table) -> pl.Expr:
    return pl.col("folded").str.contains_any(pl.Series(sorted(names.rows), dtype=pl.String).implode())


def _mixes(_: Table) -> pl.Expr:
    """Letters and digits side by side."""
    return pl.col("squeezed").str.contains(r"[a-z][0-9]|[0-9][a-z]")


_NUMBERS = pl.col("digits").str.contains(r"[0-9]{3}")
_ROWS: Final = (
    View("folded", "raw", _fold),
    View("squeezed", "folded", _squeeze, only=pl.col("squeezed") != pl.col("folded")),
    View("written", "squeezed", lambda _: Table({})),
    View("sound", "squeezed", _sound),
    View("digits", "squeezed", _digits, only=_NUMBERS & (pl.col("digits") != pl.col("folded"))),
    View("leet", "squeezed", _leet, _mixes),
    View("leet_sound", "leet", _sound),
    View("named", "folded", _emoji, _has_emoji),
    View("named_squeezed", "named", _squeeze),
    View("emoji", "named_squeezed", _sound),
)
CHAIN: Final = {view.name: view for view in _ROWS}


class Views:
    """The views of one pack, their tables built once."""

    def __init__(self, tables: Tables) -> None:
        self.source = tables
        self.tables = {name: view.table(tables) for name, view in CHAIN.items()}

    def columns(self, texts: pl.DataFrame, wanted: Collection[str]) -> pl.DataFrame:
        """Add the wanted views (and those they rest on) as columns.

        Args:
            texts: frame with the column ``raw``.
            wanted: names of views.
        """
        for name, view in CHAIN.items():
            if any(name in lineage(other) for other in wanted):
                table = self.tables[name]
                made = pl.when(view.made(table)).then(pl.col(view.base))
                texts = texts.with_columns(table.expr(made).alias(name))
        return texts

    def fold(self, text: str) -> str:
        """A term as it looks in folded text."""
        return self.tables["folded"].apply(text)

    def see(self, text: str, name: str) -> str:
        """A text as it looks in a view."""
        for step in lineage(name):
            text = self.tables[step].apply(text)
        return text

    def traces(self, text: str, steps: Sequence[str]) -> list[Trace]:
        """Some steps of a `lineage`, from the text they begin with."""
        traces = []
        for step in steps:
            trace = self.tables[step].trace(text)
            traces.append(trace)
            text = trace.text
        return traces

    def aligned(self, text: str, *, name_emoji: bool = False) -> str:
        """A raw text folded character by character, so that positions stay; ``name_emoji``: emoji with a name are EMOJI."""
        fold, names = self.tables["folded"].rows, self.tables["named"].rows
        chars = [(fold.get(char, char) or " ")[0] for char in text]
        return "".join(EMOJI if name_emoji and char in names else char for char in chars)

    @cached_property
    def words(self) -> dict[str, str]:
        """Ordinary words that a general dictionary lacks, with their frequency."""
        return unpack(self.source.get("words", {}))

    @cached_property
    def pinyin(self) -> dict[str, str]:
        """Han character -> toneless syllable in letters."""
        return unpack(self.source.get("pinyin", {}))

    def split(self, char: str) -> list[str]:
        """The ways to write a character as several."""
        ways = self._split.get(char, "")
        return sorted({self.fold(parts) for parts in ways.split("/")}) if ways else []

    @cached_property
    def _split(self) -> dict[str, str]:
        return unpack(self.source.get("split", {}))

    @cached_property
    def lookalike(self) -> dict[str, str]:
        """Character -> characters written for it because they look like it."""
        rows = unpack(self.source.get("lookalike", {}))
        extra = unpack(self.source.get("lookalike_extra", {}))
        return {c: "".join(sorted({*rows.get(c, ""), *extra.get(c, "")})) for c in {**rows, **extra}}


def of(tables: Tables) -> Views:
    """The views of a pack's tables; the last ones are kept, since every part of a large audit asks for them."""
    return _views(tuple((name, tuple(rows.items())) for name, rows in sorted(tables.items())))


@lru_cache(maxsize=4)
def _views(tables: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> Views:
    return Views({name: dict(rows) for name, rows in tables})


def lineage(name: str) -> tuple[str, ...]:
    """The views a view rests on, from raw (left out) to itself."""
    return () if name == "raw" else (*lineage(CHAIN[name].base), name)
