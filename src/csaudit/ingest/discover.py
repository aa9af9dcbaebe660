"""Paths given by the user -> the files to read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from csaudit.config import FILE_NAME
from csaudit.ingest.sentences import UnreadableFileError

READABLE: Final = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx", ".xls")
"""Endings that are read within folders; a file named by itself is read whatever its ending."""
PACKED: Final = (".gz", ".zst")
RUN_MARK: Final = "run.json"
STDIN: Final = "-"


@dataclass(frozen=True)
class Source:
    """One input. ``name`` is what results call it; without ``path`` it is a stream, or not there (``missing``)."""

    name: str
    path: Path | None = None
    stream: BinaryIO | None = None
    missing: str | None = None  # code of the reason why nothing can be read here

    def read(self) -> bytes:
        """All bytes.

        Raises:
            UnreadableFileError: If the path is missing or cannot be opened.
        """
        if self.missing:
            raise UnreadableFileError(self.missing, formats=" ".join(READABLE))
        if self.path is None:
            return self.stream.read() if self.stream else b""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise UnreadableFileError("unreadable", problem=error.strerror or str(error)) from error


def find(paths: Sequence[str | Path], stdin: BinaryIO | None) -> list[Source]:
    """Every file under ``paths``, in the order of their names whatever the order given."""
    sources = [source for path in paths for source in _under(path, stdin)]
    return sorted(sources, key=lambda source: source.name)


def _under(path: str | Path, stdin: BinaryIO | None) -> Iterator[Source]:
    if str(path) == STDIN:
        yield Source(STDIN, stream=stdin)
        return
    path = Path(path)
    if path.is_dir():
        files = list(_walk(path))
        yield from (Source(_name(file), file) for file in files)
        if not files:
            yield Source(_name(path), missing="empty_folder")
    elif path.exists():
        yield Source(_name(path), path)
    else:
        yield Source(_name(path), missing="no_such_path")


def _name(path: Path) -> str:
    """A path as text, also where its bytes are no text."""
    return path.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _walk(folder: Path) -> Iterable[Path]:
    """Readable files below a folder: nothing hidden, no run of ours, no configuration."""
    for root, folders, files in os.walk(folder):
        if RUN_MARK in files:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(files) if _readable(name))


def _readable(name: str) -> bool:
    lower = name.lower()
    for ending in PACKED:
        lower = lower.removesuffix(ending)
    return not name.startswith((".", "~$")) and name != FILE_NAME and lower.endswith(READABLE)
