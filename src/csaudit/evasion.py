"""How well the views see through disguises, and what they cost: every keyword disguised in every way, and a clean corpus."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

import polars as pl

from csaudit import rules, schema, signals
from csaudit.pack import walk
from csaudit.pack.model import InLexicon, Pack, Phrase, Signal

KEYWORDS: Final[schema.Schema] = {
    "signal": pl.String,
    "term": pl.String,
    "device": pl.String,  # how it is disguised; see DEVICES
    "text": pl.String,  # the disguised term
    "caught": pl.Boolean,
}
"""One row a disguise of a keyword, for keywords that the signal catches undisguised."""

ADDED: Final[schema.Schema] = {
    "view": pl.String,
    "signal": pl.String,
    "hits": pl.UInt32,
    "messages": pl.UInt32,  # messages with such a hit
    "per_1000": pl.Float64,  # of the corpus' messages
    "example": pl.String,  # words of one such hit, and what they were taken for
}
"""One row a lossy view and signal with hits in a corpus that is clean, so that all of them are false."""

LOSSY: Final = ("squeezed", "sound", "digits", "shapes", "emoji")
PLAIN: Final = "plain"

_STROKES: Final = frozenset("一丨丿丶乀乙乚亅㇆㇏二八")

Tables = Mapping[str, Mapping[str, str]]
Device = Callable[[str, "_Ways"], str]


def keywords(pack: Pack) -> pl.DataFrame:
    """Disguise the phrases and terms of every signal that looks through lossy views, and find them again.

    Returns:
        KEYWORDS, sorted by signal, term and device.
    """
    ways = _Ways(pack.tables)
    disguisable = [
        pack.signals[name] for name in sorted(walk.wanted_signals(pack)) if set(pack.signals[name].views) & set(LOSSY)
    ]
    rows = [
        (signal.id, signal.role[0], term, device, text)
        for signal in disguisable
        for term in _terms(signal, pack)
        for device, text in ((PLAIN, term), *ways.disguises(term, signal.views))
    ]
    frame = pl.DataFrame(rows, schema=["signal", "role", "term", "device", "text"], orient="row").with_row_index("n")
    found = signals.find(_said(frame), pack, frozenset(signal.id for signal in disguisable))
    hits = (
        found.filter(pl.col("missing").is_null())
        .select("signal", n="msg")
        .with_columns(pl.col("signal").cast(pl.String))
    )
    frame = frame.join(hits.unique().with_columns(caught=True), on=["n", "signal"], how="left")
    frame = frame.with_columns(pl.col("caught").fill_null(value=False))
    plain = frame.filter(pl.col("device") == PLAIN, "caught").select("signal", "term")
    disguised = frame.filter(pl.col("device") != PLAIN).join(plain, on=["signal", "term"], how="semi")
    return schema.conform(disguised.select(*KEYWORDS), KEYWORDS).sort("signal", "term", "device")


def added_hits(pack: Pack, corpus: pl.DataFrame) -> pl.DataFrame:
    """Count the hits that only lossy views see in a clean corpus (MESSAGES, with or without CONTEXT).

    Returns:
        ADDED, most hits first.
    """
    messages = corpus if "msg" in corpus.columns else rules.with_context(corpus)
    hits = signals.find(messages, pack, walk.wanted_signals(pack)).filter(pl.col("view").cast(pl.String).is_in(LOSSY))
    words = hits.join(messages.select("msg", "text"), on="msg").with_columns(
        words=pl.col("text").str.slice(pl.col("start"), pl.col("end") - pl.col("start")),
    )
    return schema.conform(
        words.with_columns(pl.col("view", "signal").cast(pl.String), example=pl.format("{} → {}", "words", "matched"))
        .group_by("view", "signal")
        .agg(
            hits=pl.len(),
            messages=pl.col("msg").n_unique(),
            per_1000=pl.col("msg").n_unique() / max(messages.height, 1) * 1000,
            example=pl.col("example").min(),
        )
        .sort("hits", "view", "signal", descending=[True, False, False]),
        ADDED,
    )


def _terms(signal: Signal, pack: Pack) -> list[str]:
    phrases = [matcher.text for matcher in signal.any_of if isinstance(matcher, Phrase)]
    lexicons = [matcher.lexicon for matcher in signal.any_of if isinstance(matcher, InLexicon)]
    return list(dict.fromkeys((*phrases, *(term for name in lexicons for term in pack.lexicons[name].terms))))


def _said(frame: pl.DataFrame) -> pl.DataFrame:
    """Each text as the only message of a conversation, in the order of ``n``."""
    said = frame.select(
        "role", "text", conversation_id=pl.col("n").cast(pl.String).str.zfill(9), seq=1, agent_id=pl.lit("a")
    )
    return rules.with_context(schema.conform(said, schema.MESSAGES))


# ---- disguises ------------------------------------------------------------------------------------------------------


class _Ways:
    """The tables of the views, read backwards."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.pinyin = tables.get("pinyin", {})
        self.traditional = _backwards(tables.get("traditional", {}))
        self.emoji = _backwards(tables.get("emoji", {}))
        self.digits = {value: key for key, value in tables.get("digits", {}).items() if _is_common(key)}
        self.alike = {**tables.get("lookalike", {}), **tables.get("lookalike_extra", {})}
        self.parts = tables.get("split", {})
        self.same_sound: dict[str, list[str]] = {}
        for char, syllable in self.pinyin.items():
            if _is_common(char):
                self.same_sound.setdefault(syllable, []).append(char)

    def disguises(self, term: str, views: Collection[str]) -> Iterator[tuple[str, str]]:
        """Every device that these views claim to undo and that changes the term, with what it makes of it."""
        for name, (view, device) in DEVICES.items():
            if view in views and (text := device(term, self)) != term:
                yield name, text

    def homophone(self, char: str) -> str:
        """Another common character of the same sound."""
        same = [other for other in self.same_sound.get(self.pinyin.get(char, ""), []) if other != char]
        return same[len(same) // 2] if same else char


def _is_common(char: str) -> bool:
    """Whether a character is among the 3,755 common ones of GB 2312."""
    code = char.encode("gb2312", errors="ignore")
    return len(code) == 2 and 0xB0 <= code[0] <= 0xD7


def _backwards(table: Mapping[str, str]) -> dict[str, str]:
    """What stands for what, the other way round; the first of several."""
    result: dict[str, str] = {}
    for key, value in table.items():
        result.setdefault(value, key)
    return result


def _between(mark: str) -> Device:
    return lambda term, _: mark.join(term)


def _each(change: Callable[[str, _Ways], str]) -> Device:
    return lambda term, ways: "".join(change(char, ways) for char in term)


def _one(change: Callable[[str, _Ways], str], *, last: bool = False) -> Device:
    """Change only the first (or last) character that can be changed."""

    def device(term: str, ways: _Ways) -> str:
        for i in reversed(range(len(term))) if last else range(len(term)):
            if (changed := change(term[i], ways)) != term[i]:
                return term[:i] + changed + term[i + 1 :]
        return term

    return device


def _wide(char: str, _: _Ways) -> str:
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char


def _circled(char: str, _: _Ways) -> str:
    return chr(ord("ⓐ") + ord(char.lower()) - ord("a")) if char.isascii() and char.isalpha() else char


def _syllable(char: str, ways: _Ways) -> str:
    return ways.pinyin.get(char, char)


def _alike(char: str, ways: _Ways) -> str:
    return next((other for other in ways.alike.get(char, "") if _is_common(other)), char)


def _split(char: str, ways: _Ways) -> str:
    """Two parts a reader would recognise, not strokes."""
    pairs = (pair for pair in ways.parts.get(char, "").split("/") if len(pair) == 2 and not set(pair) & _STROKES)
    return next(pairs, char)


def _emoji(term: str, ways: _Ways) -> str:
    return ways.emoji.get(term) or _one(lambda char, _: ways.emoji.get(char, char))(term, ways)


def _initial(char: str, ways: _Ways) -> str:
    return ways.pinyin.get(char, char)[:1]


DEVICES: Final[dict[str, tuple[str, Device]]] = {
    "width": ("folded", _each(_wide)),
    "circled": ("folded", _each(_circled)),
    "traditional": ("folded", _each(lambda char, ways: ways.traditional.get(char, char))),
    "spaces": ("squeezed", _between(" ")),
    "symbols": ("squeezed", _between("*")),
    "flowers": ("squeezed", _between("🌸")),
    "pinyin": ("sound", _each(_syllable)),
    "half-pinyin": ("sound", _one(_syllable)),
    "initials": ("sound", _each(_initial)),
    "homophone": ("sound", _one(lambda char, ways: ways.homophone(char))),
    "homophone-end": ("sound", _one(lambda char, ways: ways.homophone(char), last=True)),
    "look-alike": ("shapes", _one(_alike)),
    "split": ("shapes", _one(_split)),
    "digits": ("digits", _each(lambda char, ways: ways.digits.get(char, char) if char.isdigit() else char)),
    "emoji": ("emoji", _emoji),
}
"""The ways to disguise a word, each with the view that claims to undo it."""
