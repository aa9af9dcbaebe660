"""Messages by position, and the stretch of positions a condition looks at.

The frame is sorted by conversation and time, so every limit (messages, turns, seconds, the conversation itself) is a
range of row numbers. Ranges are found by binary search and hits counted in them by binary search: no joins, and work
that grows with the anchors, however long a conversation is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from polars._typing import SearchSortedSide

from csaudit.pack.model import Has, Span
from csaudit.rules.context import AGENT, CUSTOMER, TALK

BLOCK: Final = 2**36
"""Milliseconds (two years) set apart for each conversation on the one axis of time that all share."""

_FOREVER: Final = float("inf")


@dataclass(frozen=True)
class Window:
    """Positions ``lo`` to ``hi`` that surely count; ``wide_*`` add those that may, where times are unknown."""

    lo: pl.Expr
    hi: pl.Expr
    wide_lo: pl.Expr
    wide_hi: pl.Expr


@dataclass(frozen=True)
class Timeline:
    """Where messages stand.

    ``places`` has one row a position, see `_places`; ``ranks`` the position of the n-th message of a role or the n-th
    turn of the frame, n from 1; ``timed``: every message has a time.
    """

    places: pl.DataFrame
    ranks: Mapping[str, pl.Series]
    timed: bool

    @classmethod
    def of(cls, messages: pl.DataFrame) -> Timeline:
        """Measure MESSAGES with CONTEXT, in their order."""
        frame = _places(messages)
        turns = frame.filter("begins").with_columns(
            end=pl.min_horizontal("final", pl.col("at").shift(-1, fill_value=frame.height) - 1)
        )
        ranks = {
            "talk": frame.filter(TALK)["at"],
            "turn": frame.filter("turns")["at"],
            "agent_turn": turns.filter(AGENT)["at"],
            "customer_turn": turns.filter(CUSTOMER)["at"],
            "agent_turn_end": turns.filter(AGENT)["end"],
            "customer_turn_end": turns.filter(CUSTOMER)["end"],
        }
        padded = {name: _padded(at, frame.height) for name, at in ranks.items()}
        return cls(frame.drop("begins", "turns"), padded, timed=not frame["sent_at"].has_nulls())


@dataclass(frozen=True)
class Stand:
    """A position to look from: that of the anchor, whose columns of ``places`` the frame has, or another (``here``).

    ``since`` and ``until`` bound every view from it.
    """

    timeline: Timeline
    here: pl.Expr | None = None
    since: pl.Expr | None = None
    until: pl.Expr | None = None

    def at(self, name: str = "at") -> pl.Expr:
        """Build an expression of a column of ``places`` here."""
        if self.here is None:
            return pl.col(name)
        return self.here if name == "at" else pl.lit(self.timeline.places[name]).gather(self.here)

    def window(self, look: Has) -> Window:
        """Build the stretch of positions that ``where`` and ``within`` mean."""
        lo, wide_lo, hi, wide_hi = self._stretch(look)
        if self.since is not None:
            lo, wide_lo = pl.max_horizontal(lo, self.since), pl.max_horizontal(wide_lo, self.since)
        if self.until is not None:
            hi, wide_hi = pl.min_horizontal(hi, self.until), pl.min_horizontal(wide_hi, self.until)
        return Window(lo, hi, wide_lo, wide_hi)

    def _stretch(self, look: Has) -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
        here = self.at()
        if look.where == "same":
            return here, here, here, here
        if look.where == "turn":
            lo, hi = self._ranked("turn", self.at("turn")), self._ranked("turn", self.at("turn") + 1) - 1
            return lo, lo, hi, hi
        back = (here + 1, here + 1) if look.where == "after" else self._back(look.within)
        forth = (here - 1, here - 1) if look.where == "before" else self._forth(look.within)
        return *back, *forth

    def _ranked(self, name: str, rank: pl.Expr) -> pl.Expr:
        positions = self.timeline.ranks[name]
        return pl.lit(positions).gather(rank.clip(0, positions.len() - 1))

    def _forth(self, span: Span) -> tuple[pl.Expr, pl.Expr]:
        """The last position: what a limit counts to is the message before the first one too far."""
        limits = [self.at("final"), *(self._ranked(name, self.at(name) + (n + 1)) - 1 for name, n in _counts(span))]
        if span.seconds is None:
            return _least(limits), _least(limits)
        sure = self._search("latest", self.at("earliest") + _ms(span), "right") - 1
        wide = self._search("earliest", self.at("latest") + _ms(span), "right") - 1
        return _least([*limits, sure]), _least([*limits, wide])

    def _back(self, span: Span) -> tuple[pl.Expr, pl.Expr]:
        limits = [self.at("first"), *(self._first_of(name, n) for name, n in _counts(span))]
        if span.seconds is None:
            return _most(limits), _most(limits)
        sure = self._search("earliest", self.at("latest") - _ms(span), "left")
        wide = self._search("latest", self.at("earliest") - _ms(span), "left")
        return _most([*limits, sure]), _most([*limits, wide])

    def _first_of(self, name: str, n: int) -> pl.Expr:
        """The first position of the ``n`` messages or turns before; the one that is going on here counts besides."""
        rank = self.at(name) - n
        if name == "turn":
            return self._ranked(name, rank)
        end = "talk" if name == "talk" else f"{name}_end"
        return self._ranked(end, rank - self.at(f"in_{name}")) + 1

    def _search(self, name: str, key: pl.Expr, side: SearchSortedSide) -> pl.Expr:
        return pl.lit(self.timeline.places[name]).search_sorted(key, side=side).cast(pl.Int64)


def _least(limits: Sequence[pl.Expr]) -> pl.Expr:
    return pl.min_horizontal(limits) if len(limits) > 1 else limits[0]


def _most(limits: Sequence[pl.Expr]) -> pl.Expr:
    return pl.max_horizontal(limits) if len(limits) > 1 else limits[0]


def _counts(span: Span) -> list[tuple[str, int]]:
    limits = {
        "talk": span.messages,
        "turn": span.turns,
        "agent_turn": span.agent_turns,
        "customer_turn": span.customer_turns,
    }
    return [(name, n) for name, n in limits.items() if n is not None]


def _ms(span: Span) -> int:
    return min(round((span.seconds or 0) * 1000), BLOCK - 1)


def _padded(positions: pl.Series, height: int) -> pl.Series:
    """Ranks count from 1: before the first stands -1, after the last the end of the frame."""
    return pl.concat([pl.Series([-1]), positions, pl.Series([height])])


def _places(messages: pl.DataFrame) -> pl.DataFrame:
    """One row a position:

    ``first`` and ``final`` position of its conversation, number of the ``conversation`` and of the ``agent`` in charge
    (0: unknown); ``talk``, ``turn``, ``agent_turn``, ``customer_turn``: rank of the latest one, and ``in_*`` 1 where it
    is going on; ``earliest`` and ``latest`` the time may be, on the one axis; ``next_agent`` and ``next_customer``
    message; ``shown``: seconds for which an answer would still be shown, without end where there is one.
    """
    at, conversation = pl.col("at"), pl.col("conversation")
    frame = messages.select(
        "role",
        "sent_at",
        "observed_after",
        "last",
        at=pl.int_range(pl.len(), dtype=pl.Int64),
        conversation=pl.col("conversation_id").rle_id().cast(pl.Int64),
        agent=pl.col("unit_agent").rank("dense").fill_null(0).cast(pl.Int64),
        own_turn="turn",
    ).with_columns(
        first=at.min().over("conversation"),
        final=at.max().over("conversation"),
        turns=_changes(conversation) | _changes(pl.col("own_turn")),
        speaker=pl.when(TALK).then("role").forward_fill().over("conversation"),
        offset=(pl.col("sent_at") - pl.col("sent_at").min().over("conversation")).dt.total_milliseconds(),
        next_agent=_next(AGENT),
        next_customer=_next(CUSTOMER),
    )
    clock = conversation * BLOCK + pl.col("offset").clip(0, BLOCK - 1)
    spoken = pl.col("speaker")
    begins = TALK & (spoken.ne_missing(spoken.shift(1)) | (at == pl.col("first")) | spoken.shift(1).is_null())
    silent = pl.col("next_agent").is_null() & pl.col("next_customer").is_null()
    return frame.select(
        *("role", "sent_at", "observed_after", "at", "conversation", "agent", "turns", "first", "final"),
        *("next_agent", "next_customer"),
        begins=begins,
        talk=_rank(TALK),
        turn=_rank(pl.col("turns")),
        agent_turn=_rank(begins & AGENT),
        customer_turn=_rank(begins & CUSTOMER),
        in_talk=TALK.cast(pl.Int64),
        in_agent_turn=(spoken == "agent").fill_null(False).cast(pl.Int64),
        in_customer_turn=(spoken == "customer").fill_null(False).cast(pl.Int64),
        earliest=pl.max_horizontal(clock.forward_fill(), conversation * BLOCK).cum_max(),
        latest=pl.min_horizontal(clock.backward_fill(), conversation * BLOCK + BLOCK - 1).cum_min(reverse=True),
        shown=pl.when(pl.col("next_agent").is_not_null())
        .then(_FOREVER)
        .when(pl.col("observed_after").is_not_null())
        .then("observed_after")
        .otherwise(pl.when(silent).then(0.0).otherwise(_FOREVER)),
    )


def _changes(expr: pl.Expr) -> pl.Expr:
    return expr.ne_missing(expr.shift(1))


def _rank(flag: pl.Expr) -> pl.Expr:
    return flag.cast(pl.Int64).cum_sum()


def _next(flag: pl.Expr) -> pl.Expr:
    """Build the position of the next message with the flag in the same conversation."""
    found = pl.when(flag).then("at").shift(-1).backward_fill()
    return pl.when(found <= pl.col("at").max().over("conversation")).then(found)
