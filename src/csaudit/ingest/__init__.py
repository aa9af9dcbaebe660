"""Exports -> MESSAGES. The one place that knows of files, encodings, column names and platforms' quirks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from csaudit.config import Config
from csaudit.ingest import discover
from csaudit.ingest.diagnosis import Diagnosis, diagnose
from csaudit.ingest.reading import File, Reader
from csaudit.ingest.sentences import Note
from csaudit.ingest.together import Ingested, together

__all__ = ["Diagnosis", "Ingested", "Note", "Progress", "diagnose", "read"]

Progress = Callable[[int, int, str], None]
"""Called before each file with its number from 1, the number of files, and its name."""


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
    reader = Reader(config)
    sources = discover.find(paths, stdin)
    files: list[File] = []
    for number, source in enumerate(sources, 1):
        if progress:
            progress(number, len(sources), source.name)
        files.append(reader.read(source))
    return together(files, config)
