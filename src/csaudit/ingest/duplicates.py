"""Rows that were read twice, from the same export or from exports that overlap: they count once."""

from __future__ import annotations

from typing import Final

import polars as pl

_SAME: Final = ("platform", "shop", "conversation_id", "customer", "sent_at", "role", "sender", "text", "message_id")


def mark(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``duplicate`` to rows of all files, which must be in order of file and line.

    A row is known again by its conversation, time, speaker and words. The same twice within one file is two messages
    (people do repeat themselves), so the k-th in one file is the k-th in another; with an id of its own a message is
    one wherever it stands. A row with neither time nor number nor id, or of nobody, cannot be known again: it stays.
    """
    several_files = rows["file"].n_unique() > 1
    if not several_files and rows["message_id"].null_count() == rows.height:
        return rows.with_columns(duplicate=pl.lit(False))
    seen = rows.select(
        "file",
        "message_id",
        known=_known(),
        key=pl.struct(*_SAME, pl.when(pl.col("sent_at").is_null()).then("message_seq").alias("seq")).hash(),
    )
    time_in_file = pl.int_range(pl.len()).over("file", "key")
    occurrence = pl.when(pl.col("message_id").is_null()).then(time_in_file).otherwise(0)
    later = pl.int_range(pl.len()).over("key", "occurrence") > 0
    duplicate = seen.with_columns(occurrence=occurrence).select(later & pl.col("known")).to_series()
    return rows.with_columns(duplicate=duplicate)


def _known() -> pl.Expr:
    """Whether a row says enough to be known again."""
    given = {name: pl.col(name).is_not_null() for name in ("conversation_id", "customer", "sent_at", "message_seq")}
    in_time = given["sent_at"] & (given["conversation_id"] | given["customer"])
    return pl.col("message_id").is_not_null() | in_time | (given["conversation_id"] & given["message_seq"])
