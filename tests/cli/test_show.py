from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cli.conftest import Csaudit


@pytest.fixture
def ids(csaudit: Csaudit) -> dict[str, str]:
    """Ids of the incidents of a scan, by class."""
    csaudit("scan", "jd.csv")
    return dict(pl.read_parquet("csaudit-out/incidents.parquet").select("class", "incident_id").iter_rows())


def test_an_incident_is_shown_whole_by_a_beginning_of_its_id(csaudit: Csaudit, ids: dict[str, str]) -> None:
    shown = csaudit("show", ids["A5"][:10])
    assert shown.exit_code == 0
    for text in (
        ids["A5"],
        "diverting customers",
        "您【去淘宝】买吧",
        "jd.csv:3",
        "A5a-taobao",
        "solve it on this platform",
    ):
        assert text in shown.stdout


def test_the_labels_follow_the_language(csaudit: Csaudit, ids: dict[str, str]) -> None:
    assert "建议" in csaudit("show", ids["A5"], "--lang", "zh").stdout


def test_what_is_not_there_or_not_unique_is_said(csaudit: Csaudit, ids: dict[str, str]) -> None:
    unknown = csaudit("show", "nothing")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "no incident in csaudit-out has an id that begins with nothing" in unknown.stderr
    several = csaudit("show", "")
    assert "3 incidents have an id that begins with" in several.stderr
    Path("empty").mkdir()
    assert "empty holds no run of csaudit" in csaudit("show", "x", "--run", "empty").stderr
