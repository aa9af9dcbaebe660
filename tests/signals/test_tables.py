"""The table files: how they are written, and that the script makes them again."""

import sys
import unicodedata
from pathlib import Path

import pytest

from csaudit.signals.tables import Table, unpack
from looking import builtin

ROOT = Path(__file__).parents[2]
SOURCES = ROOT.parent / "shared" / "data" / "tables"
MADE_WITH = "14.0.0"
"""The Unicode version of the tables, that of Python 3.11."""


def test_code_points_and_ranges_are_written_out():
    assert unpack({"U+0041..U+0043": "", "U+0031 U+20E3": "1", "好": "U+0020"}) == {
        "A": "",
        "B": "",
        "C": "",
        "1\u20e3": "1",
        "好": " ",
    }


def test_the_longest_key_wins():
    table = Table({"a": "1", "ab": "2", "bcd": "3"})
    assert [table.apply(text) for text in ("abcd", "a", "xabx", "bcd")] == ["2cd", "1", "x2x", "3"]


def test_a_trace_says_where_characters_come_from():
    trace = Table({"½": "1/2", " ": "", "&nbsp;": " "}).trace("a½ b&nbsp;")
    assert (trace.text, trace.begin, trace.end) == ("a1/2b ", [0, 1, 1, 1, 3, 4], [1, 2, 2, 2, 4, 10])


def test_every_builtin_table_is_used_and_described():
    readme = (ROOT / "rules/tables/README.md").read_text(encoding="utf-8")
    used = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/csaudit/signals").glob("*.py"))
    assert builtin().tables
    for name in builtin().tables:
        assert f"| `{name}` |" in readme
        assert f'"{name}"' in used


def test_the_script_makes_the_tables_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    if not SOURCES.is_dir():
        pytest.skip("the sources of the tables are not beside the checkout")
    if unicodedata.unidata_version != MADE_WITH:
        pytest.skip(f"the tables are made with Unicode {MADE_WITH}")
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
    import build_tables

    build_tables.main([str(SOURCES), "--out", str(tmp_path)])
    made = sorted(tmp_path.glob("*.tsv"))
    assert len(made) == 7
    for path in made:
        assert path.read_bytes() == (ROOT / "rules/tables" / path.name).read_bytes(), path.name
