"""The views: each a table of replacements over another view, with a weight.

``raw -> folded -> squeezed -> sound …``; docs/rule-language.md says what each undoes. Adding one is adding a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
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

LOSSY: Final = ("squeezed", "sound", "digits", "shapes", "emoji")
"""Views in which a hit must be a better reading than the text as it stands (see `tokens`)."""


def _fold(tables: Tables) -> Table:
    codes = {**unpack(tables.get("entities", {})), **unpack(tables.get("emoji_codes", {}))}
    single = {**unpack(tables.get("fold", {})), **unpack(tables.get("fold_extra", {}))}
    return Table({**codes, **single}).then(unpack(tables.get("traditional", {})))


def _squeeze(tables: Tables) -> Table:
    return Table(unpack(tables.get("squeeze", {})))


@dataclass(frozen=True)
class View:
    """One column of the texts: ``table`` applied to the column ``base``."""

    name: str
    base: str
    table: Callable[[Tables], Table]


CHAIN: Final = {
    view.name: view
    for view in (
        View("folded", "raw", _fold),
        View("squeezed", "folded", _squeeze),
    )
}


class Views:
    """The views of one pack, their tables built once."""

    def __init__(self, tables: Tables) -> None:
        self.tables = {name: view.table(tables) for name, view in CHAIN.items()}

    def columns(self, texts: pl.DataFrame, wanted: Collection[str]) -> pl.DataFrame:
        """Add the wanted views (and those they rest on) as columns.

        Args:
            texts: frame with the column ``raw``.
            wanted: names of views.
        """
        for name, view in CHAIN.items():
            if any(name in lineage(other) for other in wanted):
                texts = texts.with_columns(self.tables[name].expr(pl.col(view.base)).alias(name))
        return texts

    def fold(self, text: str) -> str:
        """A term as it looks in folded text."""
        return self.tables["folded"].apply(text)

    def see(self, text: str, name: str) -> str:
        """A text as it looks in a view."""
        for step in lineage(name):
            text = self.tables[step].apply(text)
        return text

    def traces(self, text: str, name: str) -> list[Trace]:
        """The steps from the raw text to a view."""
        steps = []
        for step in lineage(name):
            trace = self.tables[step].trace(text)
            steps.append(trace)
            text = trace.text
        return steps


def lineage(name: str) -> tuple[str, ...]:
    """The views a view rests on, from raw (left out) to itself."""
    return () if name == "raw" else (*lineage(CHAIN[name].base), name)
