"""Signals written in a line, and what they find in a text: for the tests of the signals."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl

from csaudit import pack, signals
from csaudit.errors import Location
from csaudit.pack.model import Lexicon, Matcher, Pack, Phrase, Signal, Words
from csaudit.schema import Role

HERE = Location("test")
TITLE = Words("测试", "test")
EVERYONE = ("customer", "agent", "bot", "system")
VIEWS = ("folded", "squeezed", "sound", "digits", "shapes", "emoji")


@cache
def builtin() -> Pack:
    """The built-in pack, for its tables."""
    return pack.examine()[0]


def signal(*any_of: str | Matcher, id: str = "it", role: tuple[str, ...] = EVERYONE, **guards: Any) -> Signal:
    """A signal; texts among its matchers are phrases."""
    return Signal(id, TITLE, role, HERE, any_of=matchers(*any_of), **guards)


def matchers(*forms: str | Matcher) -> tuple[Matcher, ...]:
    return tuple(Phrase(form) if isinstance(form, str) else form for form in forms)


def lexicon(id: str, *terms: str) -> Lexicon:
    return Lexicon(id, TITLE, terms, {}, HERE)


def pack_of(*of: Signal, lexicons: tuple[Lexicon, ...] = ()) -> Pack:
    """A pack of these signals, with the built-in tables."""
    empty: dict[str, Any] = {}
    return Pack(
        name="test",
        version="0",
        digest="",
        grades=("A",),
        classes=empty,
        lexicons={one.id: one for one in lexicons},
        signals={one.id: one for one in of},
        rules=empty,
        acts=empty,
        tables=builtin().tables,
        points=empty,
        targets=empty,
        facts=empty,
    )


def said(*texts: str, role: str = "agent", **columns: Any) -> pl.DataFrame:
    """Messages with these texts and columns, and nothing else."""
    return pl.DataFrame({"text": texts, **columns}, schema_overrides={"text": pl.String}).select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("msg"), pl.lit(role, Role).alias("role"), pl.all()
    )


def find(messages: pl.DataFrame, *of: Signal, lexicons: tuple[Lexicon, ...] = ()) -> pl.DataFrame:
    """HITS with the words in the raw text as ``said``."""
    hits = signals.find(messages, pack_of(*of, lexicons=lexicons)).join(messages.select("msg", "text"), on="msg")
    return hits.with_columns(pl.col("text").str.slice("start", pl.col("end") - pl.col("start")).alias("said"))


def seen(text: str, *of: Signal, lexicons: tuple[Lexicon, ...] = ()) -> list[str]:
    """The raw words that hit in a text."""
    return find(said(text), *of, lexicons=lexicons)["said"].to_list()


def undone(text: str, *terms: str, views: tuple[str, ...] = VIEWS) -> list[tuple[str, str, str]]:
    """Raw words, term and view of each hit of some terms in all views; only the longest of nested ones."""
    hits = find(said(text), signal(*terms, views=views))
    rows = hits.select("start", "end", "said", "matched", pl.col("view").cast(pl.String)).rows()
    return [row[2:] for row in rows if not any(a <= row[0] and row[1] <= b and (a, b) != row[:2] for a, b, *_ in rows)]
