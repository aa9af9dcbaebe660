"""A Table with its columns understood -> rows of messages, typed, each bad one a reject with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit.config import Config
from csaudit.ingest import roles, times
from csaudit.ingest.columns import Column
from csaudit.ingest.profiles import Profile
from csaudit.ingest.roster import Roster
from csaudit.ingest.sentences import RAW_LIMIT, Note, Rejection, UnreadableFileError
from csaudit.ingest.table import LINE, Table
from csaudit.schema import EXTRA, Role, Schema, timestamp

MAX_TEXT: Final = 100_000
"""Characters of a message; a longer cell is a whole file that lost its quotes, not a message."""

NULLS: Final = ("null", "NULL", "None", "nan", "NaN", "N/A", "\\N", "-", "--")
"""How writers of tables say that there is nothing."""

MINUTES_ONLY_FROM: Final = 5
"""So many times without seconds make a note."""


def schema(zone: str) -> Schema:
    """The columns of rows, before they are conversations; extra ones (``x_…``) may follow."""
    return {
        "conversation_id": pl.String,
        "sent_at": timestamp(zone),
        "role": Role,
        "sender": pl.String,
        "agent_id": pl.String,
        "agent": pl.String,
        "customer": pl.String,
        "platform": pl.String,
        "shop": pl.String,
        "channel": pl.String,
        "text": pl.String,
        "source_line": pl.UInt32,
        "message_id": pl.String,
        "message_seq": pl.Int64,
        "with_agent": pl.String,  # the agent the row belongs to, on customers' rows too
        **EXTRA,
    }


@dataclass(frozen=True)
class Rows:
    """The readable rows of a file (see ``schema``), what was rejected, and what to know about it."""

    frame: pl.DataFrame
    rejections: tuple[Rejection, ...]
    notes: tuple[Note, ...]


def read(
    table: Table, found: Mapping[str, Column], profile: Profile, config: Config, roster: Roster, file: str
) -> Rows:
    """Understand a table.

    Args:
        table: What stands in the file.
        found: The columns of the fields.
        profile: Words for roles, flags and platforms.
        config: Zone, roles, agents, defaults, columns to keep.
        roster: Agents that are known.
        file: The file's name, for notes.

    Raises:
        UnreadableFileError: If there is no text, or nothing that tells agents from customers.
    """
    headers = ", ".join(table.headers[:30]) + (" …" if len(table.headers) > 30 else "")
    if "text" not in found:
        raise UnreadableFileError("no_text_column", headers=headers)
    cells = _cells(table, found, config)
    cells, notes = _with_times(cells, found, config, file)
    cells = cells.with_columns(who=roles.role(found, profile, config, roster))
    if not {"role", "from_agent", "from_customer"} & set(found) and cells["who"].null_count() == cells.height > 0:
        raise UnreadableFileError("no_role", headers=headers)
    if not {"role", "from_agent", "from_customer"} & set(found) and cells.height:
        notes += (Note("roles_from_senders", file),)
    cells = cells.with_columns(why=_reason(found))
    good = cells.filter(pl.col("why").is_null())
    frame = good.select(**_fields(found, profile, config, roster), **_kept(good))
    return Rows(frame, _rejections(cells, found), notes + _notes(cells, found, file))


def _cells(table: Table, found: Mapping[str, Column], config: Config) -> pl.DataFrame:
    """The columns of the fields under the fields' names, cleaned (the text as it is), and those to be kept."""
    cleaned = {
        name: pl.col(column.header).str.strip_chars(" \t\r\n\u3000\u00a0").str.strip_chars_start("`'")
        for name, column in found.items()
        if name != "text"
    }
    empty = pl.lit(pl.Series(["", *NULLS])).implode()
    return table.frame.select(
        pl.col(LINE),
        pl.col(found["text"].header).fill_null("").alias("text"),
        *[pl.when(value.is_in(empty).not_()).then(value).alias(name) for name, value in cleaned.items()],
        *[pl.col(header).alias(f"x_{header}") for header in config.keep_columns if header in table.headers],
    )


def _with_times(
    cells: pl.DataFrame, found: Mapping[str, Column], config: Config, file: str
) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """Add ``at``: instants, null where there are none; ``time_bad`` marks cells that say something unreadable."""
    if "sent_at" not in found:
        none = pl.lit(None, timestamp(config.timezone)).alias("at")
        return cells.with_columns(none, time_bad=pl.lit(False)), (Note("no_time_column", file),)
    values = _dated(cells) if "sent_date" in found else cells["sent_at"]
    parsed = times.parse(values, config.timezone, config.time_format)
    bad = values.is_not_null() & parsed["at"].is_null()
    given = len(values) - values.null_count()
    args = {"column": found["sent_at"].header, "example": str(next(iter(values.drop_nulls().head(1)), ""))[:40]}
    if given and int(bad.sum()) == given:
        code = "times_of_day" if parsed["form"].eq("clock").any() else "times_unread"
        return cells.with_columns(at=parsed["at"], time_bad=pl.lit(False)), (Note(code, file, args),)
    return cells.with_columns(at=parsed["at"], time_bad=bad), _time_notes(parsed["form"], config, file)


def _dated(cells: pl.DataFrame) -> pl.Series:
    """Times of day joined with the day in a column of its own."""
    day = pl.col("sent_date").str.extract(r"^([^T\s]+)")
    joined = pl.concat_str(day, pl.lit(" "), pl.col("sent_at"))
    return cells.select(
        pl.when(pl.col("sent_at").str.contains(times.CLOCK)).then(joined).otherwise(pl.col("sent_at"))
    ).to_series()


def _time_notes(form: pl.Series, config: Config, file: str) -> tuple[Note, ...]:
    counts = {each: int((form == each).sum()) for each in times.FORMS.categories}
    notes: list[Note] = []
    if counts.get("minutes", 0) >= MINUTES_ONLY_FROM and counts["minutes"] == sum(counts.values()):
        notes.append(Note("minute_precision", file))
    if counts.get("offset") and (counts.get("plain") or counts.get("minutes")):
        notes.append(Note("mixed_zones", file, {"zone": config.timezone}))
    return tuple(notes)


def _reason(found: Mapping[str, Column]) -> pl.Expr:
    """The code of the first thing that is wrong with a row; null for a good one."""
    strings = [pl.col(name) for name in found]
    role = pl.col("role").is_not_null() if "role" in found else pl.lit(False)
    return (
        pl.when(pl.any_horizontal(*[each.str.contains("\0", literal=True).fill_null(False) for each in strings]))
        .then(pl.lit("nul"))
        .when(pl.col("text").str.len_chars() > MAX_TEXT)
        .then(pl.lit("too_long"))
        .when(pl.col("who").is_null() & role)
        .then(pl.lit("unknown_role"))
        .when(pl.col("who").is_null())
        .then(pl.lit("role_missing"))
        .when(pl.col("time_bad"))
        .then(pl.lit("bad_time"))
    )


def _rejections(cells: pl.DataFrame, found: Mapping[str, Column]) -> tuple[Rejection, ...]:
    """The bad rows; a look at each, so as many steps as there are."""
    bad = cells.filter(pl.col("why").is_not_null())
    raw = pl.concat_str([pl.col(name).fill_null("") for name in found], separator=" | ").str.head(RAW_LIMIT)
    shown = bad.select(
        LINE,
        "why",
        raw.alias("raw"),
        (pl.col("role") if "role" in found else pl.lit(None)).alias("role"),
        (pl.col("sent_at") if "sent_at" in found else pl.lit(None)).alias("time"),
    )
    return tuple(
        Rejection(
            why, line, raw, {"value": str(role if why == "unknown_role" else time)[:40], "limit": f"{MAX_TEXT:,}"}
        )
        for line, why, raw, role, time in zip(*shown.get_columns(), strict=True)
    )


def _fields(found: Mapping[str, Column], profile: Profile, config: Config, roster: Roster) -> dict[str, pl.Expr]:
    """An expression for each column of ``schema``."""
    have = set(found)
    on_agent, on_customer = pl.col("who") == "agent", pl.col("who") == "customer"
    sender = roles.first_of(["sender"], have)
    account = _account(have, profile)
    agent_column = roles.first_of(["agent_id", "agent"], have)
    agent_id = roles.first_of(["agent_id"], have)
    receiver = roles.first_of(["receiver"], have)
    own = pl.coalesce(agent_id, account, agent_column)
    named = pl.coalesce(
        roles.first_of(["agent"], have),
        own.replace_strict(roster.names, default=None, return_dtype=pl.String),
        account,
        own,
    )
    defaults = {**profile.defaults, **config.defaults}
    raw = {name: roles.first_of([name], have) for name in schema(config.timezone)}
    return {
        **{name: raw[name] for name in ("conversation_id", "message_id")},
        "sent_at": pl.col("at"),
        "role": pl.col("who"),
        "sender": sender,
        "agent_id": pl.when(on_agent).then(own),
        "agent": pl.when(on_agent).then(named),
        "customer": pl.coalesce(raw["customer"], pl.when(on_customer).then(account).when(on_agent).then(receiver)),
        "platform": pl.coalesce(_platform(have, profile), pl.lit(defaults.get("platform"), pl.String)),
        "shop": pl.coalesce(raw["shop"], pl.lit(defaults.get("shop"), pl.String)),
        "channel": pl.coalesce(raw["channel"], pl.lit(defaults.get("channel"), pl.String)),
        "text": pl.col("text"),
        "source_line": pl.col(LINE),
        "message_seq": raw["message_seq"].cast(pl.Int64, strict=False),
        "with_agent": pl.coalesce(agent_column, pl.when(on_agent).then(own).when(on_customer).then(receiver)),
        **_extra(have, profile),
    }


def _account(have: set[str], profile: Profile) -> pl.Expr:
    """The sender's account; null where the sender is only called 客服 or 客户."""
    if "sender" not in have:
        return pl.lit(None, pl.String)
    return pl.when(roles.of_words("sender", profile.roles).is_null()).then(pl.col("sender"))


def _platform(have: set[str], profile: Profile) -> pl.Expr:
    """The platform's canonical name; an unknown one as it is written."""
    if "platform" not in have:
        return pl.lit(None, pl.String)
    return pl.coalesce(roles.of_words("platform", profile.platforms), pl.col("platform"))


def _extra(have: set[str], profile: Profile) -> dict[str, pl.Expr]:
    """EXTRA, each in its type; what does not fit is null."""
    exprs: dict[str, pl.Expr] = {}
    for name, dtype in EXTRA.items():
        if name not in have:
            value = pl.lit(None)
        elif dtype == pl.Boolean:
            value = roles.of_flags(name, profile.flags)
        elif dtype == pl.Float64:
            value = pl.col(name).str.replace_all(",", "").str.extract(r"(-?\d+(?:\.\d+)?)").cast(pl.Float64)
        else:
            value = pl.col(name)
        exprs[name] = value.cast(dtype)
    exprs["rating"] = pl.when(exprs["rating"].is_between(1, 5)).then(exprs["rating"])
    return exprs


def _kept(cells: pl.DataFrame) -> dict[str, pl.Expr]:
    """The columns that csaudit.yaml keeps."""
    return {name: pl.col(name) for name in cells.columns if name.startswith("x_")}


def _notes(cells: pl.DataFrame, found: Mapping[str, Column], file: str) -> tuple[Note, ...]:
    """Ids that a spreadsheet has rounded."""
    rounded = r"^\d(?:\.\d+)?[Ee]\+\d+$"
    notes: list[Note] = []
    for name in ("conversation_id", "order_id", "message_id", "customer"):
        if name in found:
            hits = cells[name].filter(cells[name].str.contains(rounded))
            if len(hits):
                notes.append(Note("ids_rounded", file, {"column": found[name].header, "example": str(hits[0])}))
    return tuple(notes)
