"""Messages by position, and the stretch of positions a condition looks at.

The frame is sorted by conversation and time, so every limit (messages, turns, seconds, the conversation itself) is a
range of row numbers. Ranges are found by binary search and hits counted in them by binary search: no joins, and work
that grows with the anchors, however long a conversation is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from csaudit.pack.model import Span
from csaudit.rules.context import AGENT, CUSTOMER, TALK

Where = Literal["same", "turn", "before", "after", "around", "anywhere"]

BLOCK: Final = 2**36
"""Milliseconds (two years) set apart for each conversation on the one axis of time that all share."""


@dataclass(frozen=True)
class Window:
    """Positions ``lo`` to ``hi`` that surely count; ``wide_*`` add those that may, where times are unknown."""

    lo: pl.Expr
    hi: pl.Expr
    wide_lo: pl.Expr
    wide_hi: pl.Expr


@dataclass(frozen=True)
class Timeline:
    """Positions: ``columns`` one value a message, ``ranks`` the position of the n-th message or turn (n from 1)."""

    columns: Mapping[str, pl.Series]
    ranks: Mapping[str, pl.Series]

    @classmethod
    def of(cls, messages: pl.DataFrame) -> Timeline:
        """Measure MESSAGES with CONTEXT, in their order."""
        frame = _positions(messages)
        turns = frame.filter("begins").with_columns(
            end=pl.min_horizontal("final", pl.col("at").shift(-1, fill_value=frame.height) - 1)
        )
        ranks = {
            "agent": frame.filter(AGENT)["at"],
            "customer": frame.filter(CUSTOMER)["at"],
            "talk": frame.filter("talks")["at"],
            "turn": frame.filter("turns")["at"],
            "agent_turn": turns.filter(AGENT)["at"],
            "customer_turn": turns.filter(CUSTOMER)["at"],
            "agent_turn_end": turns.filter(AGENT)["end"],
            "customer_turn_end": turns.filter(CUSTOMER)["end"],
        }
        columns = frame.drop("role", "begins", "talks", "turns").to_dict()
        return cls(columns, {name: _padded(series, frame.height) for name, series in ranks.items()})

    def at(self, name: str, position: pl.Expr) -> pl.Expr:
        """Build an expression of a column at other positions."""
        return pl.lit(self.columns[name]).gather(position)

    def window(self, where: Where, span: Span, here: pl.Expr) -> Window:
        """Build the range of positions that ``where`` and ``within`` mean, seen from ``here``."""
        if where == "same":
            return Window(here, here, here, here)
        if where == "turn":
            turn = self.at("turn", here)
            lo, hi = self._ranked("turn", turn), self._ranked("turn", turn + 1) - 1
            return Window(lo, hi, lo, hi)
        lo, wide_lo = self._back(span, here) if where != "after" else (here + 1, here + 1)
        hi, wide_hi = self._forth(span, here) if where != "before" else (here - 1, here - 1)
        return Window(lo, hi, wide_lo, wide_hi)

    def next(self, name: str, here: pl.Expr) -> pl.Expr:
        """Build an expression of the next position on a list of `ranks` after ``here`` in the same conversation."""
        place = pl.lit(self.ranks[name]).search_sorted(here, side="right")
        found = self._ranked(name, place)
        return pl.when(found <= self.at("final", here)).then(found)

    def seconds_between(self, start: pl.Expr, end: pl.Expr) -> pl.Expr:
        """Build an expression of the seconds from one position to another; null where a time is unknown."""
        return (self.at("sent_at", end) - self.at("sent_at", start)).dt.total_milliseconds() / 1000

    def _ranked(self, name: str, rank: pl.Expr) -> pl.Expr:
        positions = self.ranks[name]
        return pl.lit(positions).gather(rank.clip(0, positions.len() - 1))

    def _forth(self, span: Span, here: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
        """The last position: what a limit counts to is the message before the first one too far."""
        limits = [self.at("final", here)]
        for name, n in _counts(span):
            limits.append(self._ranked(name, self.at(name, here) + (n + 1)) - 1)
        if span.seconds is None:
            return pl.min_horizontal(limits), pl.min_horizontal(limits)
        sure, wide = (
            pl.lit(self.columns[at_most])
            .search_sorted(self.at(at_least, here) + _ms(span), side="right")
            .cast(pl.Int64)
            - 1
            for at_most, at_least in (("latest", "earliest"), ("earliest", "latest"))
        )
        return pl.min_horizontal(*limits, sure), pl.min_horizontal(*limits, wide)

    def _back(self, span: Span, here: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
        limits = [self.at("first", here)]
        for name, n in _counts(span):
            rank = self.at(name, here) - n
            if name == "turn":
                limits.append(self._ranked("turn", rank))
            elif name == "talk":
                limits.append(self._ranked("talk", rank - 1 - self._spoken("talk", here)) + 1)
            else:
                limits.append(self._ranked(f"{name}_end", rank - self._spoken(name, here)) + 1)
        if span.seconds is None:
            return pl.max_horizontal(limits), pl.max_horizontal(limits)
        sure, wide = (
            pl.lit(self.columns[at_least]).search_sorted(self.at(at_most, here) - _ms(span), side="left").cast(pl.Int64)
            for at_most, at_least in (("latest", "earliest"), ("earliest", "latest"))
        )
        return pl.max_horizontal(*limits, sure), pl.max_horizontal(*limits, wide)

    def _spoken(self, name: str, here: pl.Expr) -> pl.Expr:
        return self.at(f"in_{name}", here).cast(pl.Int64)


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
    edge = pl.Series([-1], dtype=pl.Int64), pl.Series([height], dtype=pl.Int64)
    return pl.concat([edge[0], positions, edge[1]])


def _changes(expr: pl.Expr) -> pl.Expr:
    return expr.ne_missing(expr.shift(1))


def _positions(messages: pl.DataFrame) -> pl.DataFrame:
    at, conversation = pl.col("at"), pl.col("conversation")
    frame = messages.select(
        "role",
        "sent_at",
        "observed_after",
        at=pl.int_range(pl.len(), dtype=pl.Int64),
        conversation=pl.col("conversation_id").rle_id().cast(pl.Int64),
        agent=pl.col("unit_agent").rank("dense").fill_null(0).cast(pl.Int64),
        talks=TALK,
        own_turn=pl.col("turn"),
    ).with_columns(
        first=at.min().over("conversation"),
        final=at.max().over("conversation"),
        turns=_changes(conversation) | _changes(pl.col("own_turn")),
        offset=(pl.col("sent_at") - pl.col("sent_at").min().over("conversation")).dt.total_milliseconds(),
    )
    clock = conversation * BLOCK + pl.col("offset").clip(0, BLOCK - 1)
    speaker = pl.when("talks").then("role").forward_fill().over("conversation")
    frame = frame.with_columns(
        begins=pl.col("talks") & speaker.ne_missing(speaker.shift(1).over("conversation")),
        speaker=speaker,
        talk=pl.col("talks").cast(pl.Int64).cum_sum(),
        turn=pl.col("turns").cast(pl.Int64).cum_sum(),
        earliest=pl.max_horizontal(clock.forward_fill(), conversation * BLOCK).cum_max(),
        latest=pl.min_horizontal(clock.backward_fill(), conversation * BLOCK + BLOCK - 1).cum_min(reverse=True),
    )
    return frame.select(
        *("role", "sent_at", "observed_after", "at", "conversation", "agent", "talks", "turns", "begins"),
        *("first", "final", "talk", "turn", "earliest", "latest"),
        agent_turn=(pl.col("begins") & AGENT).cast(pl.Int64).cum_sum(),
        customer_turn=(pl.col("begins") & CUSTOMER).cast(pl.Int64).cum_sum(),
        in_talk=pl.col("talks"),
        in_agent_turn=(pl.col("speaker") == "agent").fill_null(False),
        in_customer_turn=(pl.col("speaker") == "customer").fill_null(False),
    )
