"""One file, read and understood, with what is wrong with it kept inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import polars as pl

from csaudit.config import Config
from csaudit.ingest import files, profiles, roster, rows
from csaudit.ingest.columns import Column, match
from csaudit.ingest.discover import Source
from csaudit.ingest.profiles import Profile
from csaudit.ingest.roles import Teller
from csaudit.ingest.sentences import Note, Rejection, UnreadableFileError
from csaudit.ingest.table import Table


@dataclass(frozen=True)
class File:
    """A file that was read: ``frame`` has the columns of `rows.schema`, and is None where nothing could be read.

    ``copy_of`` names an earlier file of the same content; then only its rows are counted.
    """

    name: str
    bytes: int = 0
    sha256: str = ""
    format: str = "unreadable"
    encoding: str = ""
    frame: pl.DataFrame | None = None
    rejections: tuple[Rejection, ...] = ()
    notes: tuple[Note, ...] = ()
    table: Table | None = None
    found: Mapping[str, Column] = field(default_factory=dict)
    copy_of: str | None = None
    copied_rows: int = 0


class Reader:
    """Reads files one by one by the same configuration, and knows a file again that it has read."""

    def __init__(self, config: Config, *, keep_tables: bool = False) -> None:
        self.config = config
        self.profile: Profile = profiles.choose(config)
        self.teller = Teller(self.profile, config, roster.load(config.roster))
        self.keep_tables = keep_tables
        self._read: dict[str, File] = {}

    def read(self, source: Source) -> File:
        """Read one file; what is wrong with it stays in it."""
        try:
            data = source.read()
        except UnreadableFileError as error:
            return File(source.name, rejections=(error.rejection,))
        digest = sha256(data).hexdigest()
        if before := self._read.get(digest):
            return _copy(before, source.name)
        file = self._understood(source.name, data, digest)
        if file.frame is not None:
            self._read[digest] = file
        return file

    def _understood(self, name: str, data: bytes, digest: str) -> File:
        table, found = None, {}
        try:
            table = files.read(data, name, self.profile, self.config)
            found = match(table.headers, self.profile, self.config)
            result = rows.read(table, found, self.teller, name)
        except UnreadableFileError as error:
            kept = table if self.keep_tables else None
            return File(name, len(data), digest, rejections=(error.rejection,), table=kept, found=found)
        except pl.exceptions.PanicException as error:  # Polars gave up on a damaged file
            problem = Rejection("damaged", args={"problem": str(error).splitlines()[0]})
            return File(name, len(data), digest, rejections=(problem,))
        return File(
            name,
            len(data),
            digest,
            table.format,
            table.encoding,
            result.frame,
            (*table.rejections, *result.rejections),
            (*table.notes, *result.notes),
            table if self.keep_tables else None,
            found,
        )


def _copy(before: File, name: str) -> File:
    rows_read = (0 if before.frame is None else before.frame.height) + len(before.rejections)
    return File(
        name,
        before.bytes,
        before.sha256,
        before.format,
        before.encoding,
        notes=(Note("same_file", name, {"other": before.name}),),
        found=before.found,
        copy_of=before.name,
        copied_rows=rows_read,
    )
