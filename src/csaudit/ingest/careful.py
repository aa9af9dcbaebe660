"""Delimited text row by row, for files that are not regular: each bad row is a reject, the others are read.

Slow (Python), and used only where Polars' reading failed or did not add up.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from csaudit.ingest.sentences import RAW_LIMIT, Rejection
from csaudit.ingest.table import LINE

MAX_CELL_LINES: Final = 2_000
"""A quoted cell of more lines than this is taken for a lost quote."""

_DIGITS = re.compile(r"[0-9]+")


def read(
    body: bytes, headers: list[str], delimiter: str, first_line: int, *, quote: bool = True
) -> tuple[pl.DataFrame, list[Rejection]]:
    """Give the good rows as a Table's frame, and the bad ones.

    Args:
        body: UTF-8 text below the header.
        headers: The names of the columns; a row must have as many cells.
        delimiter: One character.
        first_line: How many physical lines stand above ``body``.
        quote: False where quotation marks are ordinary characters.
    """
    csv.field_size_limit(2**31 - 1)
    lines = body.decode("utf-8", "replace").split("\n")
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    rejections: list[Rejection] = []
    for number, cells, raw, problem in _Rows(lines, len(headers), delimiter, quote):
        line = first_line + number + 1
        if not any(cells[len(headers) :]):  # a delimiter at the end of rows that the header lacks
            del cells[len(headers) :]
        if problem:
            rejections.append(Rejection(problem, line, raw[:RAW_LIMIT]))
        elif len(cells) != len(headers):
            counts = {"cells": str(len(cells)), "columns": str(len(headers))}
            rejections.append(Rejection("cells", line, raw[:RAW_LIMIT], counts))
        else:
            rows.append([cell or None for cell in cells])
            numbers.append(line)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String), orient="row")
    return frame.with_columns(pl.Series(LINE, numbers, dtype=pl.UInt32)), rejections


class _Rows:
    """Cuts lines into rows. A quote that swallows what looks like further rows, or never closes, costs its line only."""

    def __init__(self, lines: list[str], width: int, delimiter: str, quote: bool) -> None:
        self.lines = lines
        self.width = width
        self.delimiter = delimiter
        self.quote = quote

    def __iter__(self) -> Iterator[tuple[int, list[str], str, str | None]]:
        """Give (index of the first line, cells, raw text, problem or None) of each row that is not blank."""
        at = 0
        while at < len(self.lines):
            line = self.lines[at].removesuffix("\r")
            if not line.strip():
                at += 1
            elif not (self.quote and '"' in line):
                yield at, line.split(self.delimiter), line, None
                at += 1
            else:
                cells, end = self._quoted(at)
                problem = "unclosed_quote" if cells is None else None
                yield at, cells or [], "\n".join(self.lines[at:end]), problem
                at = end

    def _quoted(self, at: int) -> tuple[list[str] | None, int]:
        """The cells of the row that begins at a line with quotes, and the index behind it; no cells: never closed."""
        line = self.lines[at].removesuffix("\r")
        cells = self._parse(line)
        if cells is not None:
            return cells, at + 1
        if self._is_open(line):
            cells, end = self._joined(at)
            if cells is not None:
                return cells, end
            if self.delimiter != "\t" or at + 1 >= len(self.lines):
                return None, at + 1
        return line.split(self.delimiter), at + 1  # marks that are ordinary characters

    def _joined(self, at: int) -> tuple[list[str] | None, int]:
        """Join lines until the quote closes; no cells if it does not, or not as it should."""
        raw = self.lines[at]
        opening = self._cells(raw)[:-1]
        for end in range(at + 1, min(at + MAX_CELL_LINES, len(self.lines))):
            line = self.lines[end]
            if self._looks_like_a_row(line, opening):
                break
            raw = f"{raw}\n{line}"
            if '"' in line and not self._is_open(raw):
                cells = self._parse(raw.removesuffix("\r"))
                return (cells, end + 1) if cells and len(cells) == self.width else (None, at + 1)
        return None, at + 1

    def _parse(self, raw: str) -> list[str] | None:
        """The cells of a whole row, or None if its quotes are not regular."""
        try:
            rows = list(csv.reader(_physical(raw), delimiter=self.delimiter, strict=True))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None

    def _cells(self, line: str) -> list[str]:
        """The cells of one line by itself, as well as can be."""
        try:
            return next(csv.reader([line], delimiter=self.delimiter), [])
        except csv.Error:
            return line.split(self.delimiter)

    def _is_open(self, raw: str) -> bool:
        """Whether a quote is open at the end: then the next line does not begin a row."""
        try:
            return len(list(csv.reader([*_physical(raw), "\n", "x"], delimiter=self.delimiter))) == 1
        except csv.Error:
            return False

    def _looks_like_a_row(self, line: str, opening: list[str]) -> bool:
        """Whether a line within a quoted cell is a row itself: as many cells, one of them formed like the opening row's."""
        if line.count(self.delimiter) < max(self.width - 1, 1):
            return False
        cells = self._cells(line)
        pairs = zip(opening, cells, strict=False)
        return len(cells) == self.width and any(_form(mine) == _form(other) != "" for mine, other in pairs)


def _physical(raw: str) -> list[str]:
    """Lines with their ends; unlike str.splitlines, only line feeds end one."""
    return re.findall(r"[^\n]*\n|[^\n]+", raw)


def _form(cell: str) -> str:
    """A cell with its digits made alike: two times of the same form are equal."""
    return _DIGITS.sub("9", cell.strip())
