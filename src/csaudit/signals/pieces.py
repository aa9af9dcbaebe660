"""Very long texts are read in pieces, so that what a hit costs does not grow with its text."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from csaudit.schema import Schema

LONGEST: Final = 5_000
"""Characters of a piece; chat platforms allow messages of about as many."""

_PIECES: Final[Schema] = {"text_id": pl.UInt32, "raw": pl.String, "of": pl.UInt32, "offset": pl.UInt32}
_SENTENCES: Final = re.compile(rf"[\s\S]{{1,{LONGEST - 1}}}[。！？!?\n]|[\s\S]{{1,{LONGEST}}}")


def cut(texts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut texts longer than LONGEST, behind a sentence where there is one.

    Args:
        texts: text_id, raw.

    Returns:
        the texts with pieces, numbered on, in place of the long ones; and for each piece ``text_id``, the text it is
        ``of`` and its ``offset`` there.
    """
    long = texts.filter(pl.col("raw").str.len_bytes() > LONGEST).filter(pl.col("raw").str.len_chars() > LONGEST)
    parts = [
        (match[0], text_id, match.start())
        for text_id, raw in long.select("text_id", "raw").iter_rows()
        for match in _SENTENCES.finditer(raw)
    ]
    first = texts.height  # text_id counts the texts
    rows = [(first + number, *part) for number, part in enumerate(parts)]
    pieces = pl.DataFrame(rows, schema=_PIECES, orient="row")
    short = texts.join(long, on="text_id", how="anti") if rows else texts
    return pl.concat([short, pieces.select("text_id", "raw")]), pieces.drop("raw")


def whole(found: pl.DataFrame, pieces: pl.DataFrame) -> pl.DataFrame:
    """Hits in pieces (unit, start, end) as hits in the texts they are of."""
    if pieces.is_empty():
        return found
    rows = found.join(pieces, left_on="unit", right_on="text_id", how="left")
    moved = (pl.col("start", "end") + pl.col("offset").fill_null(0)).cast(pl.UInt32)
    return rows.with_columns(moved, pl.coalesce("of", "unit").alias("unit")).drop("of", "offset")
