"""Workbooks, written here by hand as Excel lays them out."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from csaudit import ingest
from exports import CHAT, HEADER, balanced

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DATE_STYLE = 1


def cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c s="{DATE_STYLE}"><v>{value!r}</v></c>'


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> Path:
    names = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1))
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="{_PART}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{relations}'
        f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>',
    }
    for n, rows in enumerate(sheets.values(), 1):
        lines = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
        parts[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return path


def test_all_sheets_that_hold_chats(tmp_path: Path) -> None:
    sheets = {"说明": [["导出说明"], ["共两页"]], "6月3日": [["标题"], HEADER, *CHAT[:3]], "6月4日": [HEADER, CHAT[3]]}
    read = ingest.read([workbook(tmp_path / "a.xlsx", sheets)])
    assert read.messages["text"].to_list() == [row[4] for row in CHAT]
    assert read.messages["source_line"].to_list() == [3, 4, 5, 2]
    assert balanced(read)


def test_cells_that_are_dates(tmp_path: Path) -> None:
    rows = [HEADER, ["S1", 46176.418182870, "c", "客户", "在吗"]]
    read = ingest.read([workbook(tmp_path / "a.xlsx", {"a": rows})])
    assert str(read.messages["sent_at"].item()) == "2026-06-03 10:02:11+08:00"


def test_a_workbook_that_calls_itself_csv(tmp_path: Path) -> None:
    assert ingest.read([workbook(tmp_path / "a.csv", {"a": [HEADER, *CHAT]})]).messages.height == len(CHAT)


def test_a_workbook_without_messages(tmp_path: Path) -> None:
    read = ingest.read([workbook(tmp_path / "a.xlsx", {"a": [["甲", "乙"], ["1", "2"]]})])
    assert read.rejects["reason"].str.starts_with("no column with the message text; the headers are: 甲, 乙").all()
