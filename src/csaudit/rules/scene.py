"""All that rules may look at: where messages stand, where signals hit, what is known of the shop."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import polars as pl

from csaudit.pack.model import Pack
from csaudit.rules.timeline import Timeline

AGENT_BLOCK: Final = 2**40
"""Positions set apart for each agent, so that one sorted list can be searched by agent and position."""


_VALUES: Final = {"at": pl.Int64, "value": pl.Float64, "signal": pl.String}


@dataclass(frozen=True)
class Marks:
    """The messages with a hit of some signals, each once, by position.

    ``sure`` have a hit; ``open`` only hits of which a guard is unknown, ``missing`` naming its column.
    """

    sure: pl.Series
    open: pl.Series
    missing: pl.Series
    agents: pl.Series  # of the whole timeline

    @cached_property
    def possible(self) -> pl.Series:
        """Sure and open ones together."""
        return pl.concat([self.sure, self.open]).sort() if self.open.len() else self.sure

    @cached_property
    def sure_by_agent(self) -> pl.Series:
        """The sure ones as agent * AGENT_BLOCK + position."""
        return self._by_agent(self.sure)

    @cached_property
    def possible_by_agent(self) -> pl.Series:
        """All as agent * AGENT_BLOCK + position."""
        return self._by_agent(self.possible) if self.open.len() else self.sure_by_agent

    def _by_agent(self, positions: pl.Series) -> pl.Series:
        return (self.agents.gather(positions) * AGENT_BLOCK + positions).sort()


@dataclass(frozen=True)
class Scene:
    """MESSAGES with CONTEXT and HITS, laid out for rules; ``hits`` carry their position as ``at``."""

    messages: pl.DataFrame
    hits: pl.DataFrame
    pack: Pack
    timeline: Timeline
    _by_signal: Mapping[str, pl.DataFrame]
    _marks: dict[tuple[str, ...], Marks] = field(default_factory=dict)

    @classmethod
    def of(cls, messages: pl.DataFrame, hits: pl.DataFrame, pack: Pack) -> Scene:
        """Lay out the frames; hits in other messages than these are left out."""
        known = messages["msg"]
        place = known.search_sorted(hits["msg"]).cast(pl.Int64)
        here = (known.gather(place.clip(0, known.len() - 1)) == hits["msg"]) if known.len() else pl.lit(False)
        hits = hits.with_columns(at=place).filter(here)
        parts = hits.select("signal", "at", "missing", "value").partition_by("signal", as_dict=True, include_key=False)
        by_signal = {str(signal): part for (signal,), part in parts.items()}
        return cls(messages, hits, pack, Timeline.of(messages), by_signal)

    def marks(self, signals: Collection[str]) -> Marks:
        """The messages with a hit of any of these signals."""
        key = tuple(sorted(set(signals)))
        if key not in self._marks:
            self._marks[key] = self._find(key)
        return self._marks[key]

    @cached_property
    def units(self) -> pl.Series:
        """Positions of each agent's first message in each conversation."""
        said = self.timeline.places.filter(pl.col("role") == "agent").select("conversation", "agent", "at")
        return said.unique(["conversation", "agent"], keep="first", maintain_order=True)["at"]

    def values(self, signals: Collection[str]) -> pl.DataFrame:
        """The numbers that hits of these signals carry: at, value, signal."""
        parts = [part.select("at", "value", signal=pl.lit(id_)) for id_, part in self._of(signals)]
        return pl.concat(parts).drop_nulls("value") if parts else pl.DataFrame(schema=_VALUES)

    def _find(self, signals: tuple[str, ...]) -> Marks:
        parts = [part.select("at", "missing") for _, part in self._of(signals)]
        found = pl.concat(parts) if parts else pl.DataFrame(schema={"at": pl.Int64, "missing": pl.String})
        agents = self.timeline.places["agent"]
        sure = _once(found.filter(pl.col("missing").is_null())["at"])
        if found["missing"].null_count() == found.height:
            return Marks(sure, sure.clear(), found["missing"].clear(), agents)
        open_ = found.filter(pl.col("missing").is_not_null(), ~pl.col("at").is_in(sure.implode()))
        open_ = open_.sort("at", "missing").unique("at", keep="first", maintain_order=True)
        return Marks(sure, open_["at"], open_["missing"], agents)

    def _of(self, signals: Collection[str]) -> list[tuple[str, pl.DataFrame]]:
        return [(id_, self._by_signal[id_]) for id_ in sorted(set(signals)) if id_ in self._by_signal]


def _once(positions: pl.Series) -> pl.Series:
    return positions.unique().sort()
