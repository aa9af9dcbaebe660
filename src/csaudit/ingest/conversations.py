"""Rows of all files -> MESSAGES: which belong together, in which order. The same whatever file a row came from."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import polars as pl

from csaudit.schema import MESSAGES, conform

_PLACE: Final = ("platform", "shop")


def assemble(rows: pl.DataFrame, zone: str, gap: float) -> pl.DataFrame:
    """Make MESSAGES of rows.

    Args:
        rows: What `with_neighbours` gives: columns of `rows.schema`, with ``file`` (number of the file in order of names), ``source_file``
            and ``content`` (a digest of the file).
        zone: The zone of ``sent_at``.
        gap: Seconds of silence that end a session where the export has no conversation ids.
    """
    given = _qualified(rows.filter(pl.col("conversation_id").is_not_null()))
    cut = _cut(rows.filter(pl.col("conversation_id").is_null()), gap)
    return _ordered(pl.concat([given, cut], how="diagonal_relaxed"), zone)


def with_neighbours(rows: pl.DataFrame) -> pl.DataFrame:
    """Give rows what their neighbours in the same file know. They must be in order of file and line.

    Adds ``clock``, the time to order by: a row without one stands where it stood. Without a conversation id, a row that
    names no customer belongs to the one who spoke last.
    """
    here = ["file", "conversation_id"]
    clock, customer, no_id = pl.col("sent_at"), pl.col("customer"), pl.col("conversation_id").is_null()
    if rows["sent_at"].null_count():
        clock = clock.forward_fill().over(here).backward_fill().over(here)
    rows = rows.with_columns(clock=clock)
    if rows.filter(no_id & customer.is_null()).is_empty():
        return rows
    last = customer.forward_fill().over(here, order_by="clock").backward_fill().over(here, order_by="clock")
    return rows.with_columns(customer=pl.when(no_id).then(last).otherwise(customer))


def _qualified(rows: pl.DataFrame) -> pl.DataFrame:
    """Tell conversations of different shops or platforms apart that have the same id."""
    places = rows.select("conversation_id", *_PLACE).unique()
    several = places.group_by("conversation_id").agg(pl.col(*_PLACE).drop_nulls().n_unique())
    clashing = several.filter(pl.max_horizontal(*_PLACE) > 1)["conversation_id"]
    if clashing.is_empty():
        return rows
    place = pl.concat_str(*[pl.col(name).fill_null("?") for name in _PLACE], separator="/")
    clashes = pl.col("conversation_id").is_in(clashing.implode())
    qualified = pl.concat_str("conversation_id", place, separator="@")
    return rows.with_columns(pl.when(clashes).then(qualified).otherwise("conversation_id").alias("conversation_id"))


def _cut(rows: pl.DataFrame, gap: float) -> pl.DataFrame:
    """Cut what one customer wrote with one shop (and agent) into sessions, at silences longer than ``gap``.

    Agents part sessions only where every row of the customer says with whom it is. Rows without times are one session
    a file.
    """
    if rows.is_empty():
        return rows
    rows = rows.sort("clock", "file", "source_line")
    customer = [*_PLACE, "customer"]
    in_one_file = pl.col("clock").is_null() | pl.col("customer").is_null()
    rows = rows.with_columns(
        partner=pl.when(pl.col("with_agent").is_not_null().all().over(customer)).then("with_agent"),
        apart=pl.when(in_one_file).then("content"),
    )
    key = [*customer, "partner", "apart"]
    silence = pl.col("clock").diff().over(key)
    session = (silence > pl.duration(milliseconds=int(gap * 1000))).fill_null(False).cum_sum().over(key)
    rows = rows.with_columns(session=session)
    return _named(rows, [*key, "session"]).drop("partner", "apart", "session")


def _named(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Name sessions by who, with whom and since when: the same name wherever the rows came from."""
    sessions = rows.group_by(key, maintain_order=True).agg(pl.col("clock").min().alias("start"))
    start = pl.col("start").dt.strftime("%Y%m%d-%H%M%S").fill_null("untimed")
    words = pl.concat_str(
        *[pl.col(name).fill_null("") for name in key if name != "session"],
        pl.col("start").dt.epoch("ms").cast(pl.String).fill_null(""),
        separator="\x1f",
    )
    sessions = sessions.with_columns(words.alias("words"), start.alias("day"))
    # NOTE: one digest a session, not a row; Polars' own hash may change with its version, and ids must not.
    digests = [blake2b(text.encode(), digest_size=5).hexdigest() for text in sessions["words"]]
    names = sessions.with_columns(
        conversation_id=pl.concat_str(pl.col("day"), pl.Series("digest", digests, dtype=pl.String), separator="-")
    ).select(*key, "conversation_id")
    return rows.drop("conversation_id").join(names, on=key, how="left", nulls_equal=True, maintain_order="left")


def _ordered(rows: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Sort, number, and fill what all rows of a conversation share."""
    rows = rows.sort(
        "conversation_id", "clock", "message_seq", "file", "source_line", nulls_last=True, maintain_order=True
    )
    filled = [
        pl.coalesce(name, pl.col(name).drop_nulls().first().over("conversation_id")).alias(name)
        for name in ("customer", *_PLACE, "channel")
        if 0 < rows[name].null_count() < rows.height
    ]
    seq = pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("conversation_id")
    rows = rows.with_columns(*filled, seq=seq)
    return conform(rows.drop("message_id", "message_seq", "with_agent", "clock", "file", "content"), MESSAGES, zone)
