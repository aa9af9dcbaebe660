"""Who speaks, by what an export says of it: a column, accounts, a list of agents. Never a guess of polarity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit.config import Config
from csaudit.ingest.profiles import Profile, fold
from csaudit.ingest.roster import Roster
from csaudit.ingest.words import flags, translated
from csaudit.schema import Role

TELLING: Final = frozenset({"role", "from_agent", "from_customer"})
"""Fields that say outright who speaks."""


@dataclass(frozen=True)
class Teller:
    """What tells roles in one run."""

    profile: Profile
    config: Config
    roster: Roster

    @property
    def words(self) -> dict[str, str]:
        """Folded word of a role column -> role; csaudit.yaml goes before the profile."""
        return {**self.profile.roles, **{fold(value): role for value, role in self.config.roles.items()}}

    def roles(self, cells: pl.DataFrame) -> pl.Series:
        """The role of each row of ``cells`` (columns named by field), null where nothing tells it."""
        told = pl.Series("who", [None] * cells.height, dtype=pl.String)
        for each in self._tellers(cells):
            told = cells.select(pl.coalesce(told, each).alias("who")).to_series()
            if not told.null_count():
                break
        return self._without_robots(cells, told).cast(Role)

    def _tellers(self, cells: pl.DataFrame) -> Iterator[pl.Expr | pl.Series]:
        """What says who speaks, surest first; each is asked only where those before are silent."""
        words = self.words
        if "role" in cells.columns:
            yield translated(cells["role"], words)
        for name, yes, no in (("from_agent", "agent", "customer"), ("from_customer", "customer", "agent")):
            if name in cells.columns:
                flag = translated(cells[name], flags(self.profile.flags), pl.Boolean)
                yield flag.replace_strict({True: yes, False: no}, default=None, return_dtype=pl.String)
        if "sender" in cells.columns:
            agents = sorted({*self.config.agents, *self.roster.names})
            yield _when(pl.col("sender").is_in(agents), "agent")
            yield translated(cells["sender"], words)
            yield from _by_parties(cells)
            yield from self._by_accounts(cells, closed=bool(agents))

    def _by_accounts(self, cells: pl.DataFrame, *, closed: bool) -> Iterator[pl.Expr]:
        """What the accounts' forms say. ``closed``: the agents were listed, so who is none of them is a customer."""
        sender = pl.col("sender")
        for pattern in self.profile.bots:
            yield _when(sender.str.contains(pattern), "bot")
        for pattern, role in self.profile.senders:
            yield _when(sender.str.contains(pattern), role)
            accounts = cells["sender"].filter(cells["sender"].str.contains(pattern).fill_null(False))
            if len(accounts) and role == "agent":
                yield _when(sender.is_in(_main_accounts(accounts).implode()), "agent")
                closed = True
            if "receiver" in cells.columns and role == "agent":
                yield _when(pl.col("receiver").str.contains(pattern), "customer")
        if closed and not TELLING & set(cells.columns):
            yield _when(sender.is_not_null(), "customer")

    def _without_robots(self, cells: pl.DataFrame, told: pl.Series) -> pl.Series:
        """Robots that a role column counts among the agents."""
        if "sender" not in cells.columns or not self.profile.bots:
            return told
        accounts = cells.filter(told == "agent")["sender"].unique().drop_nulls()
        robots = accounts.filter(accounts.str.contains("|".join(self.profile.bots)))
        is_robot = (told == "agent") & cells["sender"].is_in(robots.implode()).fill_null(False)
        return told.set(is_robot, "bot") if len(robots) else told


def _by_parties(cells: pl.DataFrame) -> Iterator[pl.Expr]:
    """Who speaks where the two parties of the conversation have columns of their own."""
    for name, role in (("customer", "customer"), ("agent_id", "agent"), ("agent", "agent")):
        if name in cells.columns:
            yield _when(pl.col("sender") == pl.col(name), role)


def _main_accounts(accounts: pl.Series) -> pl.Series:
    """The shops' own accounts: what stands before the colon of their sub-accounts."""
    return accounts.unique().str.extract(r"^([^:：]+)[:：]").drop_nulls()


def _when(condition: pl.Expr, role: str) -> pl.Expr:
    return pl.when(condition).then(pl.lit(role))
