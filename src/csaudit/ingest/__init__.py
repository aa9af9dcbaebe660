"""Exports -> MESSAGES. The one place that knows of files, encodings, column names and platforms' quirks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import polars as pl

from csaudit.config import Config
from csaudit.ingest import conversations, discover, duplicates, files, profiles, roster, rows
from csaudit.ingest.columns import match
from csaudit.ingest.discover import Source
from csaudit.ingest.roles import Teller
from csaudit.ingest.sentences import Note, Rejection, UnreadableFileError, rejects_frame
from csaudit.schema import INPUTS, MESSAGES, REJECTS, empty

__all__ = ["Ingested", "Note", "read"]

Progress = Callable[[int, int, str], None]
"""Called before each file with its number from 1, the number of files, and its name."""


@dataclass(frozen=True)
class Ingested:
    """What was read: MESSAGES, REJECTS and INPUTS of `schema`, and warnings that cost no row.

    For each file, rows = messages + rejects + duplicates. A file that cannot be read counts as one row, one reject.
    """

    messages: pl.DataFrame
    rejects: pl.DataFrame
    inputs: pl.DataFrame
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class _File:
    """One file read: its rows, its rejects, its line of INPUTS so far."""

    name: str
    frame: pl.DataFrame | None
    rejections: tuple[Rejection, ...]
    notes: tuple[Note, ...]
    format: str
    encoding: str
    bytes: int
    sha256: str


def read(
    paths: Sequence[str | Path],
    config: Config | None = None,
    *,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
) -> Ingested:
    """Read exports: the same messages whatever the order of paths, and of rows with different times.

    Args:
        paths: Files, folders, or ``-`` for ``stdin``.
        config: How to read them; None for the defaults.
        stdin: The stream that ``-`` stands for.
        progress: Told about each file.

    Raises:
        ConfigError: If profile or roster cannot be used. Bad input never raises: it is in ``rejects``.
    """
    config = config or Config()
    profile = profiles.choose(config)
    reading = _Reading(config, profile, Teller(profile, config, roster.load(config.roster)))
    sources = discover.find(paths, stdin)
    read_files: list[_File] = []
    for number, source in enumerate(sources, 1):
        if progress:
            progress(number, len(sources), source.name)
        read_files.append(reading.file(source))
    return _together(read_files, config)


@dataclass(frozen=True)
class _Reading:
    config: Config
    profile: profiles.Profile
    teller: Teller

    def file(self, source: Source) -> _File:
        """Read one file; what is wrong with it stays in it."""
        size, digest = 0, ""
        try:
            data = source.read()
            size, digest = len(data), sha256(data).hexdigest()
            table = files.read(data, source.name, self.profile, self.config)
            found = match(table.headers, self.profile, self.config)
            result = rows.read(table, found, self.teller, source.name)
        except UnreadableFileError as error:
            return _File(source.name, None, (error.rejection,), (), "unreadable", "", size, digest)
        return _File(
            source.name,
            result.frame,
            (*table.rejections, *result.rejections),
            (*table.notes, *result.notes),
            table.format,
            table.encoding,
            size,
            digest,
        )


def _together(read_files: Sequence[_File], config: Config) -> Ingested:
    zone, lang = config.timezone, config.lang or "en"
    frames = [
        each.frame.with_columns(file=pl.lit(number, pl.UInt32), source_file=pl.lit(each.name))
        for number, each in enumerate(read_files)
        if each.frame is not None
    ]
    together = pl.concat(frames, how="diagonal_relaxed") if frames else None
    marked = duplicates.mark(together) if together is not None else None
    messages = (
        conversations.assemble(marked.filter(~pl.col("duplicate")).drop("duplicate"), zone, config.session_gap)
        if marked is not None
        else empty(MESSAGES, zone)
    )
    rejects = [rejects_frame(each.name, list(each.rejections), lang) for each in read_files]
    return Ingested(
        messages=messages,
        rejects=pl.concat([empty(REJECTS), *rejects]).sort("source_file", "source_line"),
        inputs=_inputs(read_files, marked),
        notes=tuple(note for each in read_files for note in each.notes),
    )


def _inputs(read_files: Sequence[_File], marked: pl.DataFrame | None) -> pl.DataFrame:
    counts = (
        marked.group_by("file").agg(pl.len().alias("n"), pl.col("duplicate").sum().alias("twice"))
        if marked is not None
        else pl.DataFrame(schema={"file": pl.UInt32, "n": pl.UInt32, "twice": pl.UInt32})
    )
    by_file = {file: (n, twice) for file, n, twice in zip(*counts.get_columns(), strict=True)}
    lines = []
    for number, each in enumerate(read_files):
        n, twice = by_file.get(number, (0, 0))
        bad = len(each.rejections)
        lines.append((each.name, each.format, each.encoding, each.bytes, each.sha256, n + bad, n - twice, bad, twice))
    return pl.DataFrame(lines, schema=INPUTS, orient="row")
