"""What a pack asks of the texts: its signals in order of need, its matchers numbered, and who uses which."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit.pack.model import InLexicon, Matcher, OfSignal, Pack, Phrase, Regex, Repeats, Signal, Template
from csaudit.schema import Schema, View

SLOTS: Final = ("any_of", "all_of", "none_of", "at_least", "except", "near", "not_near")
USES: Final[Schema] = {
    "signal": pl.UInt32,  # number in `Plan.signals`
    "slot": pl.Enum(SLOTS),
    "item": pl.UInt32,  # position in the slot
    "matcher": pl.UInt32,  # number in `Plan.matchers`
    "view": View,  # a view in which the signal accepts this matcher's hits
}


@dataclass(frozen=True)
class Plan:
    """The wanted signals, those they refer to first; their matchers, each once."""

    pack: Pack
    signals: tuple[Signal, ...]
    matchers: tuple[Matcher, ...]
    uses: pl.DataFrame
    """USES: which signal accepts which matcher's hits, where and in which view."""

    def roles_of(self, matcher: int) -> frozenset[str]:
        """The roles in whose messages a matcher is wanted."""
        signals = self.uses.filter(pl.col("matcher") == matcher)["signal"].unique()
        return frozenset(role for i in signals for role in self.signals[i].role)

    def negatable(self) -> pl.Series:
        """Matchers on whose hits, or on hits that rest on them, a signal asks whether they are negated."""
        asking: set[str] = {signal.id for signal in self.signals if signal.negation != "keep"}
        for signal in reversed(self.signals):  # those it refers to come before
            if signal.id in asking:
                asking |= {matcher.signal for matcher in signal.any_of if isinstance(matcher, OfSignal)}
        numbers = [number for number, signal in enumerate(self.signals) if signal.id in asking]
        return self.uses.filter(pl.col("signal").is_in(numbers))["matcher"].unique()

    def steps(self) -> Iterator[tuple[int, ...]]:
        """Numbers of the signals, in runs that need only earlier runs."""
        depth: dict[str, int] = {}
        for signal in self.signals:
            needed = [
                depth.get(m.signal, 0) if isinstance(m, OfSignal) else 0
                for m in matchers_of(signal)
                if needs_messages(m)
            ]
            depth[signal.id] = 1 + max(needed, default=-1)
        for level in range(max(depth.values(), default=-1) + 1):
            yield tuple(i for i, signal in enumerate(self.signals) if depth[signal.id] == level)


def make(pack: Pack, wanted: Collection[str] | None) -> Plan:
    """Plan the wanted signals and those they refer to (all of the pack if ``wanted`` is None)."""
    signals = in_order(pack, pack.signals if wanted is None else wanted)
    numbers: dict[Matcher, int] = {}
    rows = []
    for i, signal in enumerate(signals):
        for slot, matchers in slots(signal).items():
            for item, matcher in enumerate(matchers):
                number = numbers.setdefault(matcher, len(numbers))
                rows += [(i, slot, item, number, view) for view in sorted(views(signal, matcher))]
    return Plan(pack, signals, tuple(numbers), pl.DataFrame(rows, schema=USES, orient="row"))


def in_order(pack: Pack, wanted: Collection[str]) -> tuple[Signal, ...]:
    """The wanted signals behind all those they refer to; ids are taken in alphabetical order."""
    done: dict[str, Signal] = {}

    def add(name: str) -> None:
        if name in done or name not in pack.signals:
            return
        signal = pack.signals[name]
        for matcher in matchers_of(signal):
            if isinstance(matcher, OfSignal) and matcher.signal != name:
                add(matcher.signal)
        done[name] = signal

    for name in sorted(wanted):
        add(name)
    return tuple(done.values())


def slots(signal: Signal) -> dict[str, tuple[Matcher, ...]]:
    """All places of a signal where matchers stand."""
    return {
        "any_of": signal.any_of,
        "all_of": signal.all_of,
        "none_of": signal.none_of,
        "at_least": signal.at_least.of if signal.at_least else (),
        "except": signal.except_,
        "near": signal.near.any_of if signal.near else (),
        "not_near": signal.not_near.any_of if signal.not_near else (),
    }


def needs_messages(matcher: Matcher) -> bool:
    """Whether a matcher looks at a message, not at a text alone."""
    return isinstance(matcher, OfSignal | Repeats)


def matchers_of(signal: Signal) -> Iterator[Matcher]:
    """Every matcher of a signal, wherever it stands."""
    for matchers in slots(signal).values():
        yield from matchers


def views(signal: Signal, matcher: Matcher) -> set[str]:
    """The views in which a signal accepts a matcher's hits."""
    listed: set[str] = set(signal.views)
    if isinstance(matcher, Phrase | InLexicon):
        return listed if listed == {"raw"} else listed | {"folded"}
    if isinstance(matcher, Template | Regex):
        return listed & {"raw"} if listed == {"raw"} else {"folded"} | (listed & {"squeezed"})
    return set(View.categories.to_list())
