"""One file -> its Table, by what its content is; its ending only where content cannot tell."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

import polars as pl

from csaudit.config import Config
from csaudit.ingest import delimited, jsonlines, spreadsheet
from csaudit.ingest.columns import header_score
from csaudit.ingest.decode import Decoded, decode, unpack
from csaudit.ingest.delimited import Score
from csaudit.ingest.profiles import Profile
from csaudit.ingest.sentences import UnreadableFileError
from csaudit.ingest.table import LINE, Table, unique_headers

_PARQUET: Final = b"PAR1"
_INK: Final = re.compile(rb"[^\0\s\xef\xbb\xbf]")


def read(data: bytes, name: str, profile: Profile, config: Config) -> Table:
    """Read a file's bytes.

    Raises:
        UnreadableFileError: If the whole file cannot be read.
    """
    data, packed = unpack(data)
    if not _INK.search(data):
        raise UnreadableFileError("empty_file")

    def score(cells: Sequence[str]) -> float:
        return header_score(cells, profile, config)

    if data.startswith(_PARQUET):
        table = _parquet(data)
    elif data.startswith(spreadsheet.MAGIC):
        table = spreadsheet.read(data, score)
    else:
        table = _text(data, name, profile, config, score)
    return replace(table, format=table.format + packed)


def _text(data: bytes, name: str, profile: Profile, config: Config, score: Score) -> Table:
    decoded = decode(data, name, config.encoding)
    table = _of_text(decoded, name, profile, config, score)
    return replace(table, may_hold_nul=table.delimiter is None or b"\0" in decoded.data)


def _of_text(decoded: Decoded, name: str, profile: Profile, config: Config, score: Score) -> Table:
    if decoded.data[:4096].lstrip()[:1] in (b"{", b"["):
        names = [*(alias for aliases in profile.columns.values() for alias in aliases), *config.keep_columns]
        return jsonlines.read(decoded, [*names, *(each for each in config.columns.values() if isinstance(each, str))])
    return delimited.read(
        decoded,
        score,
        delimiter=config.delimiter or profile.delimiter or ("\t" if _is_tsv(name) else None),
        header=config.header if config.header is not None else profile.header,
        quote=profile.quote,
    )


def _is_tsv(name: str) -> bool:
    return ".tsv" in PurePath(name.lower()).suffixes


def _parquet(data: bytes) -> Table:
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableFileError("damaged", problem=str(error).splitlines()[0]) from error
    frame = frame.rename(dict(zip(frame.columns, unique_headers(frame.columns), strict=True)))
    texts = frame.select(as_text(pl.col(name), dtype).alias(name) for name, dtype in frame.schema.items())
    return Table(texts.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias(LINE)), "parquet", "binary")


def as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A typed column as the texts a CSV would hold: times in ISO form, nested values as JSON."""
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f" + ("%:z" if dtype.time_zone else ""))
    if isinstance(dtype, (pl.List, pl.Struct)):
        return pl.struct(column.alias("value")).struct.json_encode()
    return column.cast(pl.String)
