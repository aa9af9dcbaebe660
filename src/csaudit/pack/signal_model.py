"""Signals as typed, frozen values: what `matchers` makes of the YAML and `csaudit.signals` looks for.

docs/rule-language.md describes the YAML; names here are the YAML's own keys. Import them from `csaudit.pack.model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from csaudit.errors import Location, Words

Comparison = Literal["is", "not", "in", "not_in", "above", "below", "at_least", "at_most", "missing"]
ViewName = Literal["raw", "folded", "squeezed", "sound", "digits", "shapes", "emoji"]


@dataclass(frozen=True)
class Phrase:
    """Literal words."""

    text: str


@dataclass(frozen=True)
class Template:
    """Words with gaps and choices: ``(去|到)…<platform-taobao>…(买|拍)``. ``regex`` is what it stands for."""

    text: str
    regex: str


@dataclass(frozen=True)
class Regex:
    """A linear-time regular expression over the folded text."""

    regex: str


@dataclass(frozen=True)
class InLexicon:
    """Any term of a lexicon."""

    lexicon: str


@dataclass(frozen=True)
class OfSignal:
    """Another signal fires in the message."""

    signal: str


@dataclass(frozen=True)
class LearnedAct:
    """A learned act; ``threshold`` names a stated precision of the act ("sure", "likely", "possible") or a probability."""

    act: str
    threshold: str | float = "likely"


@dataclass(frozen=True)
class Compare:
    """A comparison with a value; ``column`` compares with another column instead."""

    op: Comparison
    value: str | float | bool | tuple[str, ...] | None = None
    column: str | None = None


@dataclass(frozen=True)
class Entity:
    """A number or address of a known form: mobile, id_card, bank_card, order_no, wechat_id, qq_id, url, email, money,
    date, duration. ``compare`` applies to its value (yuan, seconds)."""

    entity: str
    compare: Compare | None = None


@dataclass(frozen=True)
class SimilarTo:
    """Like one of these example phrases, by the share of common character bigrams."""

    examples: tuple[str, ...]
    at_least: float = 0.6


@dataclass(frozen=True)
class Repeats:
    """Like one of the same sender's last ``look_back`` messages in the conversation, by the share of common bigrams."""

    at_least: float = 0.9
    look_back: int = 5


Matcher = Phrase | Template | Regex | InLexicon | OfSignal | LearnedAct | Entity | SimilarTo | Repeats


@dataclass(frozen=True)
class Near:
    """One of ``any_of`` stands within ``within`` characters of the hit."""

    any_of: tuple[Matcher, ...]
    within: int = 10


@dataclass(frozen=True)
class AtLeast:
    """At least ``n`` different ones of ``of`` stand in the message."""

    n: int
    of: tuple[Matcher, ...]


@dataclass(frozen=True)
class Signal:
    """A named fact about one message. Hits come from ``any_of``; everything else only takes hits away.

    A signal without ``any_of`` hits every message that passes its other conditions (one hit, span 0-0).
    """

    id: str
    title: Words
    role: tuple[str, ...]
    where: Location
    any_of: tuple[Matcher, ...] = ()
    views: tuple[ViewName, ...] = ("folded",)
    all_of: tuple[Matcher, ...] = ()
    none_of: tuple[Matcher, ...] = ()
    at_least: AtLeast | None = None
    except_: tuple[Matcher, ...] = ()  # innocent phrases: a hit inside one of their spans does not count
    near: Near | None = None
    not_near: Near | None = None
    word: bool = False  # jieba must see the hit as a word, not as a slice of other words
    negation: Literal["keep", "skip", "only"] = "keep"  # what becomes of a hit right behind a negating word
    length: Mapping[Comparison, float] = field(default_factory=dict)  # characters of the squeezed text
    field: Mapping[str, Compare] = field(default_factory=dict)  # columns of MESSAGES or CONTEXT


@dataclass(frozen=True)
class Lexicon:
    """A list of terms shared by signals; ``notes`` maps a term to its remark."""

    id: str
    title: Words
    terms: tuple[str, ...]
    notes: Mapping[str, str]
    where: Location
