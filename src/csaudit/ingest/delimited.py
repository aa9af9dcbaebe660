"""CSV and its kin -> Table. Polars reads; where a file is not what it says, `careful` reads it row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit.ingest import careful
from csaudit.ingest.decode import HEAD, Decoded
from csaudit.ingest.sentences import UnreadableFileError
from csaudit.ingest.table import LINE, Table, unique_headers

DELIMITERS: Final = (",", "\t", ";", "|")
_INK: Final = re.compile(rb"[^\0\s]")
HEADER_ROWS: Final = 20
"""How far down the header may stand, below titles."""

Score = Callable[[Sequence[str]], float]
"""How well a row would do as the header; 0: not at all."""


@dataclass(frozen=True)
class Layout:
    """How the cells lie: ``first_line`` is the physical line (from 0) at which data begin."""

    delimiter: str
    headers: list[str]
    first_line: int
    quote: bool = True


def read(
    decoded: Decoded, score: Score, *, delimiter: str | None = None, header: bool | None = None, quote: bool = True
) -> Table:
    """Read delimited text.

    Args:
        decoded: The file's text.
        score: Rates a row as header; the best of the first rows counts, under every delimiter that is tried.
        delimiter: Given where it is known.
        header: False where the first row is data already; columns are then named by their position, from 1.
        quote: False where quotation marks are ordinary characters.

    Raises:
        UnreadableFileError: If the file holds nothing.
    """
    data = decoded.data
    if b"\r" in data and b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    layout = find_layout(data, score, delimiter, header, quote)
    start = _after_lines(data, layout.first_line)
    frame = _fast(data, start, layout)
    rejections = list(decoded.rejections)
    if frame is None:
        frame, bad = careful.read(data[start:], layout.headers, layout.delimiter, layout.first_line, quote=layout.quote)
        rejections += bad
    name = "tsv" if layout.delimiter == "\t" else "csv"
    return Table(frame, name, decoded.encoding, layout.delimiter, tuple(rejections), decoded.notes)


def find_layout(data: bytes, score: Score, delimiter: str | None, header: bool | None, quote: bool = True) -> Layout:
    """Find delimiter and header by what the headers mean; ties go to the delimiter that gives most columns.

    Raises:
        UnreadableFileError: If there is no line with text.
    """
    head = data[:HEAD].decode("utf-8", "ignore").removeprefix("\ufeff")
    if not head.strip():
        raise UnreadableFileError("empty_file")
    candidates = (delimiter,) if delimiter else DELIMITERS
    if header is False:
        width, found = max((_width(head, each, quote), each) for each in candidates)
        return Layout(found, [str(position + 1) for position in range(width)], 0, quote)
    best: tuple[float, int, Layout] | None = None
    for each in candidates:
        for row, end in _first_rows(head, each, quote):
            rank = (score(row), len(row))
            if rank > (best[:2] if best else (-1.0, 0)):
                best = (*rank, Layout(each, unique_headers(row), end, quote))
    if best is None:
        raise UnreadableFileError("empty_file")
    return best[2]


def _first_rows(head: str, delimiter: str, quote: bool) -> list[tuple[list[str], int]]:
    """The first rows with text, and the number of physical lines down to each one's end."""
    reader = csv.reader(
        re.findall(r"[^\n]*\n|[^\n]+", head), delimiter=delimiter, quoting=0 if quote else csv.QUOTE_NONE
    )
    rows: list[tuple[list[str], int]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((row, reader.line_num))
            if len(rows) == HEADER_ROWS:
                break
    except csv.Error:
        pass
    return rows


def _width(head: str, delimiter: str, quote: bool) -> int:
    """The commonest number of cells of the first rows."""
    widths = [len(row) for row, _ in _first_rows(head, delimiter, quote)]
    return max(set(widths), key=lambda width: (widths.count(width), width)) if widths else 0


def _after_lines(data: bytes, lines: int) -> int:
    """The position behind some physical lines."""
    position = 0
    for _ in range(lines):
        position = data.find(b"\n", position) + 1
        if position == 0:
            return len(data)
    return position


def _fast(data: bytes, start: int, layout: Layout) -> pl.DataFrame | None:
    """Polars' reading of what stands behind ``start``, or None where lines and delimiters do not add up."""
    if not _INK.search(data, start):
        return pl.DataFrame(schema={**dict.fromkeys(layout.headers, pl.String), LINE: pl.UInt32})
    has_quotes = layout.quote and data.find(b'"', start) >= 0
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            skip_lines=layout.first_line,
            new_columns=layout.headers,
            separator=layout.delimiter,
            quote_char='"' if has_quotes else None,
            infer_schema=False,
        )
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        return None
    lines = data.count(b"\n", start) + (not data.endswith(b"\n"))
    breaks = pl.repeat(0, frame.height, dtype=pl.Int64, eager=True)
    if frame.height != lines and has_quotes:
        breaks = _count_in_cells(frame, "\n")
    if frame.width != len(layout.headers) or frame.height + int(breaks.sum()) != lines:
        return None
    blank = frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
    if frame.to_series(-1).null_count() != blank.sum():  # else no row is short
        within = int(_count_in_cells(frame, layout.delimiter).sum()) if has_quotes else 0
        wanted = (frame.height - int(blank.sum())) * (len(layout.headers) - 1)
        if data.count(layout.delimiter.encode(), start) - within != wanted:  # Polars fills short rows up without a word
            return None
    if _swallows_rows(frame.filter(breaks > 0), layout.delimiter):
        return None
    line = layout.first_line + 1 + pl.int_range(pl.len()) + (breaks.cum_sum() - breaks)
    numbered = frame.with_columns(line.cast(pl.UInt32).alias(LINE))
    return numbered.filter(~blank) if blank.any() else numbered


def _count_in_cells(frame: pl.DataFrame, character: str) -> pl.Series:
    """How often a character stands in the cells of each row."""
    counts = pl.sum_horizontal(pl.all().str.count_matches(character, literal=True).fill_null(0))
    return frame.select(counts.cast(pl.Int64).alias("n")).to_series()


def _swallows_rows(rows: pl.DataFrame, delimiter: str) -> bool:
    """Whether a cell of several lines holds one with as many delimiters as a row: a lost quote, most likely."""
    wanted = max(rows.width - 1, 1)
    mark = "\\t" if delimiter == "\t" else "\\" + delimiter
    pattern = rf"\n(?:[^\n{mark}]*{mark}){{{wanted},}}" if wanted < 500 else r"\n"
    return rows.filter(pl.any_horizontal(pl.all().str.contains(pattern).fill_null(False))).height > 0
