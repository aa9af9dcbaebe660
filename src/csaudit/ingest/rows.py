"""A Table with its columns understood -> rows of messages, typed, each bad one a reject with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit.config import Config
from csaudit.ingest import times
from csaudit.ingest.columns import Column
from csaudit.ingest.profiles import Profile
from csaudit.ingest.roles import TELLING, Teller
from csaudit.ingest.sentences import RAW_LIMIT, Note, Rejection, UnreadableFileError
from csaudit.ingest.table import LINE, Table
from csaudit.ingest.words import first_of, flags, translated
from csaudit.schema import EXTRA, Role, Schema, empty, timestamp

MAX_TEXT: Final = 100_000
"""Characters of a message; a longer cell is a whole file that lost its quotes, not a message."""

NULLS: Final = ("null", "NULL", "None", "nan", "NaN", "N/A", "\\N", "-", "--")
"""How writers of tables say that there is nothing."""

_MARKS: Final = "`'"
"""What writers put before a cell to keep spreadsheets from reading a number."""

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


def read(table: Table, found: Mapping[str, Column], teller: Teller, file: str) -> Rows:
    """Understand a table.

    Args:
        table: What stands in the file.
        found: The columns of the fields.
        teller: Profile, configuration and roster.
        file: The file's name, for notes.

    Raises:
        UnreadableFileError: If there is no text, or nothing that tells agents from customers.
    """
    if not table.headers:  # not one row could be read: its rejections say why
        return Rows(empty(schema(teller.config.timezone)), (), ())
    headers = ", ".join(table.headers[:30]) + (" …" if len(table.headers) > 30 else "")
    if "text" not in found:
        raise UnreadableFileError("no_text_column", headers=headers)
    cells = _cells(table, found, teller.config)
    cells, notes = _with_times(cells, found, teller.config, file)
    cells = cells.with_columns(teller.roles(cells))
    if not TELLING & set(found) and cells.height:
        if cells["who"].null_count() == cells.height:
            raise UnreadableFileError("no_role", headers=headers)
        notes += (Note("roles_from_senders", file),)
    cells = cells.with_columns(why=_reason(found, may_hold_nul=table.may_hold_nul))
    good = cells.filter(pl.col("why").is_null()) if cells["why"].count() else cells
    frame = good.select(**_fields(good, teller), **_kept(good))
    return Rows(frame, _rejections(cells, found), notes + _rounded_ids(cells, found, file))


def _cells(table: Table, found: Mapping[str, Column], config: Config) -> pl.DataFrame:
    """The columns of the fields under the fields' names, cleaned (the text as it is), and those to be kept."""
    cleaned = {
        name: pl.col(column.header).str.strip_chars().str.strip_chars_start(_MARKS)
        for name, column in found.items()
        if name != "text"
    }
    return table.frame.select(
        pl.col(LINE),
        pl.col(found["text"].header).fill_null("").alias("text"),
        *[value.replace(["", *NULLS], None).alias(name) for name, value in cleaned.items()],
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


def _reason(found: Mapping[str, Column], *, may_hold_nul: bool) -> pl.Expr:
    """The code of the first thing that is wrong with a row; null for a good one."""
    searched = [pl.col(name).str.contains("\0", literal=True).fill_null(False) for name in found if may_hold_nul]
    role = pl.col("role").is_not_null() if "role" in found else pl.lit(False)
    return (
        pl.when(pl.any_horizontal(False, *searched))
        .then(pl.lit("nul"))
        .when((pl.col("text").str.len_bytes() > MAX_TEXT) & (pl.col("text").str.len_chars() > MAX_TEXT))
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


def _fields(cells: pl.DataFrame, teller: Teller) -> dict[str, pl.Expr | pl.Series]:
    """Every column of ``schema``."""
    profile, config = teller.profile, teller.config
    have = set(cells.columns)
    raw = {name: first_of([name], have) for name in schema(config.timezone)}
    on_agent, on_customer = pl.col("who") == "agent", pl.col("who") == "customer"
    receiver, account = first_of(["receiver"], have), _account(cells, profile)
    column = first_of(["agent_id", "agent"], have)
    own = pl.coalesce(raw["agent_id"], account, column)
    names = teller.roster.names
    on_roster = own.replace_strict(names, default=None, return_dtype=pl.String) if names else raw["agent"]
    called = pl.coalesce(raw["agent"], on_roster, account, own)
    other_party = pl.when(on_customer).then(account).when(on_agent).then(receiver)
    defaults = {**profile.defaults, **config.defaults}
    return {
        **{name: raw[name] for name in ("conversation_id", "message_id", "sender", "text")},
        "sent_at": pl.col("at"),
        "role": pl.col("who"),
        "agent_id": pl.when(on_agent).then(own),
        "agent": pl.when(on_agent).then(called),
        "customer": pl.coalesce(raw["customer"], other_party),
        "platform": pl.coalesce(_platform(cells, profile), pl.lit(defaults.get("platform"), pl.String)),
        **{name: pl.coalesce(raw[name], pl.lit(defaults.get(name), pl.String)) for name in ("shop", "channel")},
        "source_line": pl.col(LINE),
        "message_seq": raw["message_seq"].cast(pl.Int64, strict=False),
        "with_agent": pl.coalesce(column, pl.when(on_agent).then(own).when(on_customer).then(receiver)),
        **_extra(cells, profile),
    }


def _account(cells: pl.DataFrame, profile: Profile) -> pl.Expr:
    """The sender's account; null where the sender is only called 客服 or 客户."""
    if "sender" not in cells.columns:
        return pl.lit(None, pl.String)
    return pl.when(translated(cells["sender"], profile.roles).is_null()).then(pl.col("sender"))


def _platform(cells: pl.DataFrame, profile: Profile) -> pl.Expr:
    """The platform's canonical name; an unknown one as it is written."""
    if "platform" not in cells.columns:
        return pl.lit(None, pl.String)
    return pl.coalesce(translated(cells["platform"], profile.platforms), pl.col("platform"))


def _extra(cells: pl.DataFrame, profile: Profile) -> dict[str, pl.Expr | pl.Series]:
    """EXTRA, each in its type; what does not fit is null."""
    values: dict[str, pl.Expr | pl.Series] = {}
    for name, dtype in EXTRA.items():
        if name not in cells.columns:
            values[name] = pl.lit(None, dtype)
        elif dtype == pl.Boolean:
            values[name] = translated(cells[name], flags(profile.flags), pl.Boolean)
        elif dtype == pl.Float64:
            number = cells[name].str.replace_all(",", "").str.extract(r"(-?\d+(?:\.\d+)?)").cast(pl.Float64)
            values[name] = number.set(~number.is_between(1, 5), None) if name == "rating" else number
        else:
            values[name] = pl.col(name)
    return values


def _kept(cells: pl.DataFrame) -> dict[str, pl.Expr]:
    """The columns that csaudit.yaml keeps."""
    return {name: pl.col(name) for name in cells.columns if name.startswith("x_")}


def _rounded_ids(cells: pl.DataFrame, found: Mapping[str, Column], file: str) -> tuple[Note, ...]:
    """Ids that a spreadsheet has rounded."""
    rounded = r"^\d(?:\.\d+)?[Ee]\+?\d+$"
    notes: list[Note] = []
    for name in ("conversation_id", "order_id", "message_id", "customer"):
        if name in found:
            hits = cells[name].filter(cells[name].str.contains(rounded))
            if len(hits):
                notes.append(Note("ids_rounded", file, {"column": found[name].header, "example": str(hits[0])}))
    return tuple(notes)
