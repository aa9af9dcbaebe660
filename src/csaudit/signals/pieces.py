"""Very long texts are read in pieces, so that what a hit costs does not grow with its text."""

from __future__ import annotations

from typing import Final

import polars as pl

LONGEST: Final = 5_000
"""Characters of a piece; chat platforms allow messages of about as many."""

_SENTENCES: Final = rf"(?s).{{1,{LONGEST - 1}}}[。！？!?\n]|(?s).{{1,{LONGEST}}}"


def cut(texts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut texts longer than LONGEST, behind a sentence where there is one.

    Args:
        texts: text_id (a row number), raw.

    Returns:
        the texts with pieces, numbered on, in place of the long ones; and for each piece ``text_id``, the text it is
        ``of`` and its ``offset`` there.
    """
    raw = pl.col("raw")
    long = texts.filter(raw.str.len_bytes() > LONGEST).filter(raw.str.len_chars() > LONGEST)
    size = raw.str.len_chars()
    pieces = (
        long.select(pl.col("text_id").alias("of"), raw.str.extract_all(_SENTENCES))
        .explode("raw")
        .with_columns((size.cum_sum().over("of") - size).alias("offset"))
        .with_row_index("text_id", offset=texts.height)
    )
    short = texts.join(long, on="text_id", how="anti") if long.height else texts
    return pl.concat([short, pieces.select("text_id", "raw")]), pieces.drop("raw")


def whole(found: pl.DataFrame, pieces: pl.DataFrame) -> pl.DataFrame:
    """Hits in pieces (unit, start, end) as hits in the texts they are of."""
    if pieces.is_empty():
        return found
    rows = found.join(pieces, left_on="unit", right_on="text_id", how="left")
    moved = (pl.col("start", "end") + pl.col("offset").fill_null(0)).cast(pl.UInt32)
    return rows.with_columns(moved, pl.coalesce("of", "unit").alias("unit")).drop("of", "offset")
