"""Files that were read -> one set of frames: rows read twice taken out, conversations put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from csaudit.config import Config
from csaudit.ingest import conversations, duplicates
from csaudit.ingest.profiles import fold
from csaudit.ingest.reading import File
from csaudit.ingest.sentences import Note, rejects_frame
from csaudit.schema import INPUTS, MESSAGES, REJECTS, empty


@dataclass(frozen=True)
class Ingested:
    """What was read: MESSAGES, REJECTS and INPUTS of `schema`, and warnings that cost no row.

    For each file, rows = messages + rejects + duplicates. A file that cannot be read counts as one row, one reject.
    """

    messages: pl.DataFrame
    rejects: pl.DataFrame
    inputs: pl.DataFrame
    notes: tuple[Note, ...]


def together(files: Sequence[File], config: Config) -> Ingested:
    """Make one of all files: rows read twice taken out, conversations put together and in order."""
    frames = [
        file.frame.with_columns(
            file=pl.lit(number, pl.UInt32), source_file=pl.lit(file.name), content=pl.lit(file.sha256)
        )
        for number, file in enumerate(files)
        if file.frame is not None
    ]
    messages, counts = empty(MESSAGES, config.timezone), dict[int, tuple[int, int]]()
    if frames:
        rows = duplicates.mark(conversations.with_neighbours(pl.concat(frames, how="diagonal_relaxed")))
        counted = rows.group_by("file").agg(pl.len(), pl.col("duplicate").sum())
        counts = {number: (n, twice) for number, n, twice in zip(*counted.get_columns(), strict=True)}
        once = rows.filter(~pl.col("duplicate")).drop("duplicate")
        messages = conversations.assemble(once, config.timezone, config.session_gap)
    rejects = [rejects_frame(file.name, file.rejections, config.lang or "en") for file in files]
    return Ingested(
        messages=messages,
        rejects=pl.concat([empty(REJECTS), *rejects]).sort("source_file", "source_line", maintain_order=True),
        inputs=_inputs(files, counts),
        notes=(*(note for file in files for note in file.notes), *_absent_columns(files, config)),
    )


def _inputs(files: Sequence[File], counts: dict[int, tuple[int, int]]) -> pl.DataFrame:
    lines = []
    for number, file in enumerate(files):
        read_rows, twice = counts.get(number, (0, 0))
        bad = len(file.rejections)
        facts = (file.name, file.format, file.encoding, file.bytes, file.sha256)
        numbers = (read_rows + bad + file.copied_rows, read_rows - twice, bad, twice + file.copied_rows)
        lines.append((*facts, *numbers))
    return pl.DataFrame(lines, schema=INPUTS, orient="row")


def _absent_columns(files: Sequence[File], config: Config) -> list[Note]:
    """Headers that csaudit.yaml names and no file has: a slip of the pen, most likely."""
    found = {(name, fold(column.header)) for file in files for name, column in file.found.items()}
    wanted = {name: header for name, header in config.columns.items() if isinstance(header, str)}
    missing = [header for name, header in wanted.items() if (name, fold(header)) not in found]
    return [Note("unknown_column", None, {"header": header}) for header in missing] if files else []
