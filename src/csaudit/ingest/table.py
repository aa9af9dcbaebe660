"""A file as a table of texts: what every format is read into, before columns have a meaning."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from csaudit.ingest.sentences import Note, Rejection

LINE = "source_line"


@dataclass(frozen=True)
class Table:
    """``frame`` has a String column for each header (empty cells are null), and ``source_line`` (UInt32)."""

    frame: pl.DataFrame
    format: str
    encoding: str
    delimiter: str | None = None
    rejections: tuple[Rejection, ...] = ()
    notes: tuple[Note, ...] = ()
    may_hold_nul: bool = True  # false saves the search in every cell

    @property
    def headers(self) -> list[str]:
        """The headers, in the file's order."""
        return [name for name in self.frame.columns if name != LINE]


def unique_headers(cells: list[str]) -> list[str]:
    """Headers as column names: trimmed, none empty, none twice, none named like our own column."""
    seen: dict[str, int] = {LINE: 1}
    names: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = cell.strip().strip("\ufeff") or f"column {position}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
