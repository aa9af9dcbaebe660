"""Excel workbooks -> Table, through calamine where the extra ``xlsx`` is installed."""

from __future__ import annotations

import polars as pl

from csaudit.ingest.delimited import HEADER_ROWS, Score
from csaudit.ingest.sentences import UnreadableFileError
from csaudit.ingest.table import LINE, Table, unique_headers

MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read(data: bytes, score: Score) -> Table:
    """Read every sheet that has a header with a text column; if none has, the first sheet.

    Args:
        data: The workbook.
        score: Rates a row as header.

    Raises:
        UnreadableFileError: If it is no workbook, or nothing here reads workbooks.
    """
    sheets = [_table(frame, score) for frame in _sheets(data)]
    rated = [(score([name for name in sheet.columns if name != LINE]), sheet) for sheet in sheets if sheet.width > 1]
    if not rated:
        raise UnreadableFileError("empty_file")
    best = max(points for points, _ in rated)
    chats = [sheet for points, sheet in rated if points >= best / 2]
    return Table(pl.concat(chats, how="diagonal_relaxed"), "excel", "binary")


def _sheets(data: bytes) -> list[pl.DataFrame]:
    """All sheets as texts, without header."""
    try:
        import fastexcel  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UnreadableFileError("spreadsheet") from error
    try:
        book = fastexcel.read_excel(data)
        return [book.load_sheet(name, header_row=None, dtypes="string").to_polars() for name in book.sheet_names]
    except fastexcel.FastExcelError as error:
        raise UnreadableFileError("damaged", problem=str(error).splitlines()[0]) from error


def _table(sheet: pl.DataFrame, score: Score) -> pl.DataFrame:
    """A sheet below its header, with line numbers; rows without a cell left out."""
    rows = [[cell or "" for cell in row] for row in zip(*sheet.head(HEADER_ROWS).get_columns(), strict=True)]
    if not rows:
        return pl.DataFrame(schema={LINE: pl.UInt32})
    header = max(
        range(len(rows)), key=lambda number: (score(rows[number]), len([cell for cell in rows[number] if cell]))
    )
    names = dict(zip(sheet.columns, unique_headers(rows[header]), strict=True))
    numbered = sheet.rename(names).with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias(LINE))
    return numbered[header + 1 :].filter(~pl.all_horizontal(pl.exclude(LINE).is_null()))
