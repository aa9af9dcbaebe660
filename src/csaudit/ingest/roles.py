"""Who speaks: expressions that tell role and agent from what an export's columns say. Never a guess of polarity."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from csaudit.config import Config
from csaudit.ingest.profiles import Profile, fold
from csaudit.ingest.roster import Roster
from csaudit.schema import Role


def folded(column: str) -> pl.Expr:
    """A column's values without case, spaces and punctuation, as `profiles.fold` makes names."""
    return pl.col(column).str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "")


def of_words(column: str, words: Mapping[str, str]) -> pl.Expr:
    """Translate a column's values by a table of folded words; null where there is none."""
    return folded(column).replace_strict(words, default=None, return_dtype=pl.String)


def of_flags(column: str, flags: Mapping[str, bool]) -> pl.Expr:
    """A column of yes and no as Boolean; null where it is neither."""
    return folded(column).replace_strict(
        {fold(word): value for word, value in flags.items()}, default=None, return_dtype=pl.Boolean
    )


def role(have: Collection[str], profile: Profile, config: Config, roster: Roster) -> pl.Expr:
    """The role of each row, null where nothing tells it. ``have`` names the fields there are."""
    configured = {fold(value): role for value, role in config.roles.items()}
    agents = [*config.agents, *roster.names]
    tellers: list[pl.Expr] = []
    if "role" in have:
        tellers.append(of_words("role", {**profile.roles, **configured}))
    tellers += [
        _by_flag(of_flags(name, profile.flags), yes, no)
        for name, yes, no in (("from_agent", "agent", "customer"), ("from_customer", "customer", "agent"))
        if name in have
    ]
    if "sender" in have:
        tellers += _by_sender(have, profile, configured, agents)
    told = pl.coalesce(*tellers, pl.lit(None, pl.String))
    if "sender" in have and profile.bots:
        robot = pl.col("sender").str.contains("|".join(profile.bots)).fill_null(False)
        told = pl.when((told == "agent") & robot).then(pl.lit("bot")).otherwise(told)
    return told.cast(Role)


def _by_sender(
    have: Collection[str], profile: Profile, configured: Mapping[str, str], agents: Iterable[str]
) -> list[pl.Expr]:
    """What the sender's account says, surest first."""
    sender = pl.col("sender")
    tellers = [
        pl.when(sender.is_in(sorted(agents))).then(pl.lit("agent")),
        of_words("sender", {**profile.roles, **configured}),
    ]
    tellers += [
        pl.when(sender == pl.col(name)).then(pl.lit(who))
        for name, who in (("customer", "customer"), ("agent_id", "agent"), ("agent", "agent"))
        if name in have
    ]
    tellers += [pl.when(sender.str.contains(pattern)).then(pl.lit(who)) for pattern, who in profile.senders]
    tellers.append(pl.when(sender.str.contains("|".join(profile.bots))).then(pl.lit("bot")))
    if "role" not in have and any(True for _ in agents):
        tellers.append(pl.when(sender.is_not_null()).then(pl.lit("customer")))
    return tellers


def _by_flag(flag: pl.Expr, yes: str, no: str) -> pl.Expr:
    return pl.when(flag).then(pl.lit(yes)).when(flag.not_()).then(pl.lit(no))


def first_of(names: Iterable[str], have: Collection[str]) -> pl.Expr:
    """The first of some columns that has a value, of those there are."""
    there = [pl.col(name) for name in names if name in have]
    return pl.coalesce(*there, pl.lit(None, pl.String))
