"""What `csaudit doctor` shows: how each file was understood, and what its contents suggest where it was not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from csaudit.config import Config
from csaudit.ingest import discover, times
from csaudit.ingest.reading import File, Reader
from csaudit.ingest.roles import TELLING
from csaudit.ingest.sentences import Note
from csaudit.ingest.table import LINE, Table
from csaudit.ingest.together import Ingested, together
from csaudit.ingest.words import translated
from csaudit.schema import INPUTS, Schema, empty, timestamp

SAMPLE_ROWS: Final = 1_000
SAMPLE_LENGTH: Final = 200
ROLE_WORDS: Final = 6
"""A column of more different values than this does not tell roles."""

FILES: Final[Schema] = {
    **INPUTS,
    "delimiter": pl.String,
    "conversations": pl.UInt32,
    "agents": pl.UInt32,
    "started_at": timestamp(),
    "ended_at": timestamp(),
    "untimed": pl.UInt32,  # messages without a time
}
"""One row a file: INPUTS and what its messages are."""

COLUMNS: Final[Schema] = {
    "path": pl.String,
    "header": pl.String,
    "field": pl.String,  # null: not recognised
    "confidence": pl.Float64,
    "suggested": pl.String,  # the field that the contents look like, where no column was recognised for it
    "sample": pl.String,
}
"""One row a column of a file."""

VOICES: Final[Schema] = {"path": pl.String, "value": pl.String, "role": pl.String, "rows": pl.UInt32}
"""One row a value of the column that tells roles; ``role`` is null where csaudit.yaml must say it."""


@dataclass(frozen=True)
class Diagnosis:
    """How some exports are read: FILES, COLUMNS, VOICES, and REJECTS and notes as `ingest.read` gives them."""

    files: pl.DataFrame
    columns: pl.DataFrame
    voices: pl.DataFrame
    rejects: pl.DataFrame
    notes: tuple[Note, ...]
    timezone: str
    profile: str


def diagnose(paths: Sequence[str | Path], config: Config, *, stdin: BinaryIO | None = None) -> Diagnosis:
    """Read exports as `ingest.read` does, and tell how each was understood.

    Raises:
        ConfigError: If profile or roster cannot be used.
    """
    reader = Reader(config, keep_tables=True)
    files = [reader.read(source) for source in discover.find(paths, stdin)]
    read = together(files, config)
    return Diagnosis(
        files=_files(files, read, config.timezone),
        columns=pl.concat([empty(COLUMNS), *(_columns(file, config.timezone) for file in files)]),
        voices=pl.concat([empty(VOICES), *(_voices(file, reader) for file in files)]),
        rejects=read.rejects,
        notes=read.notes,
        timezone=config.timezone,
        profile=reader.profile.id,
    )


def _files(files: Sequence[File], read: Ingested, zone: str) -> pl.DataFrame:
    facts = read.messages.group_by("source_file").agg(
        conversations=pl.col("conversation_id").n_unique(),
        agents=pl.col("agent_id").drop_nulls().n_unique(),
        started_at=pl.col("sent_at").min(),
        ended_at=pl.col("sent_at").max(),
        untimed=pl.col("sent_at").null_count(),
    )
    tables = [file.table or Table(empty({}), file.format, file.encoding) for file in files]
    inputs = read.inputs.with_columns(
        pl.Series("format", [table.format for table in tables], dtype=pl.String),
        pl.Series("encoding", [table.encoding for table in tables], dtype=pl.String),
        pl.Series("delimiter", [table.delimiter for table in tables], dtype=pl.String),
    )
    joined = inputs.join(facts, left_on="path", right_on="source_file", how="left", maintain_order="left")
    counts = ("conversations", "agents", "untimed")
    return joined.select(*INPUTS, "delimiter", *counts[:2], "started_at", "ended_at", counts[2]).with_columns(
        pl.col(counts).fill_null(0)
    )


# ---- columns --------------------------------------------------------------------------------------------------------


def _columns(file: File, zone: str) -> pl.DataFrame:
    if file.table is None:
        return empty(COLUMNS)
    sample = file.table.frame.head(SAMPLE_ROWS).drop(LINE)
    by_header = {column.header: (name, column.confidence) for name, column in file.found.items()}
    suggested = _suggestions(sample.drop(list(by_header)), set(file.found), zone)
    lines = [
        (file.name, header, *by_header.get(header, (None, None)), suggested.get(header), _shown(sample[header]))
        for header in sample.columns
    ]
    return pl.DataFrame(lines, schema=COLUMNS, orient="row")


def _shown(column: pl.Series) -> str | None:
    """A few different cells."""
    cells = column.drop_nulls().unique(maintain_order=True).head(3)
    return " · ".join(cells)[:SAMPLE_LENGTH] if len(cells) else None


def _suggestions(sample: pl.DataFrame, found: set[str], zone: str) -> dict[str, str]:
    """Header -> field, for fields that no header names, by what the cells look like."""
    suggested: dict[str, str] = {}
    left = {header: column.drop_nulls() for header, column in zip(sample.columns, sample.get_columns(), strict=True)}
    left = {header: cells for header, cells in left.items() if len(cells)}
    if "sent_at" not in found:
        clocks = [header for header, cells in left.items() if _are_times(cells, zone)]
        suggested |= dict.fromkeys(clocks[:1], "sent_at")
    if "text" not in found:
        lengths = {header: _mean_length(cells) for header, cells in left.items() if header not in suggested}
        suggested |= dict.fromkeys(sorted(lengths, key=lambda header: -lengths[header])[:1], "text")
    if not TELLING & found:
        few = [header for header, cells in left.items() if header not in suggested and _tells_few_apart(cells)]
        suggested |= dict.fromkeys(few[:1], "role")
    return suggested


def _are_times(cells: pl.Series, zone: str) -> bool:
    parsed = times.parse(cells, zone)
    return parsed["at"].count() >= 0.8 * len(cells)


def _mean_length(cells: pl.Series) -> float:
    """Mean length of different cells: short for codes and names, long for what people say."""
    lengths = cells.unique().str.len_chars()
    return float(lengths.sum()) / max(len(lengths), 1)


def _tells_few_apart(cells: pl.Series) -> bool:
    return 2 <= cells.n_unique() <= ROLE_WORDS and bool((cells.str.len_chars() <= 12).all())


# ---- roles ----------------------------------------------------------------------------------------------------------


def _voices(file: File, reader: Reader) -> pl.DataFrame:
    """The values of the role column; without one, how many rows each role has by other signs."""
    if file.table is None:
        return empty(VOICES)
    if "role" in file.found:
        cells = file.table.frame[file.found["role"].header].str.strip_chars().alias("value")
        counted = cells.value_counts(sort=True, name="rows").head(20)
        role = translated(counted["value"], reader.teller.words)
    elif file.frame is not None:
        counted = (
            file.frame["role"].value_counts(sort=True, name="rows").select(value=pl.lit(None), role="role", rows="rows")
        )
        role = counted["role"].cast(pl.String)
    else:
        return empty(VOICES)
    voices = counted.with_columns(path=pl.lit(file.name), role=role)
    return voices.select(pl.col(name).cast(dtype) for name, dtype in VOICES.items())
