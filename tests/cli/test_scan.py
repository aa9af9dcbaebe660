from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from cli.conftest import CHATS, HEADER, Csaudit


def incidents(out: str = "csaudit-out") -> list[tuple[str, str]]:
    frame = pl.read_parquet(Path(out) / "incidents.parquet")
    return frame.select("class", "conversation_id").sort("class").rows()


def test_a_scan_prints_one_screen_and_writes_the_run_folder(csaudit: Csaudit) -> None:
    result = csaudit("scan", "jd.csv")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "3 incidents  A 1  B 1  C 1  in 2 of 2 conversations" in result.stdout
    assert "您【去淘宝】买吧" in result.stdout
    assert "jd.csv:3" in result.stdout
    assert incidents() == [("A5", "c1"), ("B1", "c2"), ("C4", "c1")]


def test_the_language_of_the_locale_or_of_the_option(csaudit: Csaudit) -> None:
    assert "事故 3 起" in csaudit("scan", "jd.csv", "--lang", "zh").stdout
    assert "3 incidents" in csaudit("scan", "jd.csv", "--lang", "en", env={"LANG": "zh_CN.UTF-8"}).stdout
    assert "事故 3 起" in csaudit("scan", "jd.csv", env={"LANG": "zh_CN.UTF-8"}).stdout


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--grade", "A"], ["A5"]),
        (["--grade", "a,C"], ["A5", "C4"]),
        (["--grade", "A", "--grade", "B"], ["A5", "B1"]),
        (["--class", "b1"], ["B1"]),
        (["--grade", "A", "--class", "A5,B1"], ["A5"]),
        (["--agent", "小李"], ["B1"]),
        (["--since", "2026-06-04"], ["B1"]),
        (["--until", "2026/06/04 00:00"], ["A5", "C4"]),
        (["--min-confidence", "0.75"], ["A5", "C4"]),
    ],
)
def test_what_is_not_selected_is_not_written(csaudit: Csaudit, options: list[str], found: list[str]) -> None:
    assert csaudit("scan", "jd.csv", *options).exit_code == 0
    assert [class_ for class_, _ in incidents()] == found
    classes = pl.read_parquet("csaudit-out/grades.parquet").get_column("class").to_list()
    assert classes == (found if {"--grade", "--class"} & set(options) else ["A5", "B1", "C4"])


def test_personal_data_is_masked_unless_asked_for(csaudit: Csaudit) -> None:
    masked = csaudit("scan", "jd.csv", "--grade", "B", "--out", "masked")
    assert "13812345678" not in masked.stdout
    shown = csaudit("scan", "jd.csv", "--grade", "B", "--out", "shown", "--no-mask", "--format", "json").stdout
    assert json.loads(shown)["masked"] is False
    assert pl.read_parquet("shown/conversations.parquet").get_column("customer").to_list() == ["张三", "李四"]
    assert b"\xe5\xbc\xa0\xe4\xb8\x89" not in Path("masked/conversations.parquet").read_bytes()


def test_json_goes_to_standard_output_alone(csaudit: Csaudit) -> None:
    result = csaudit("scan", "jd.csv", "missing.csv", "--format", "json")
    assert json.loads(result.stdout)["summary"]["incidents"] == {"A": 1, "B": 1, "C": 1}
    assert "missing.csv: there is no such file or folder" in result.stderr
    assert result.exit_code == 3


def test_several_reports_at_once(csaudit: Csaudit) -> None:
    result = csaudit("scan", "jd.csv", "--format", "terminal", "--format", "json=a.json", "--format", "terminal=a.txt")
    assert "3 incidents" in result.stdout
    assert json.loads(Path("a.json").read_text("utf-8"))["schema"] == "csaudit/1"
    assert "3 incidents" in Path("a.txt").read_text("utf-8")


def test_quiet_says_nothing_but_errors(csaudit: Csaudit) -> None:
    result = csaudit("scan", "jd.csv", "missing.csv", "--quiet")
    assert result.output == ""
    assert incidents()
    assert json.loads(csaudit("scan", "jd.csv", "-q", "--format", "json").stdout)["incidents"]


def test_standard_input_is_read(csaudit: Csaudit) -> None:
    assert "3 incidents" in csaudit("scan", "-", input=HEADER + CHATS).stdout


def test_colours_on_demand(csaudit: Csaudit) -> None:
    assert "\x1b[" not in csaudit("scan", "jd.csv").stdout
    assert "\x1b[" in csaudit("scan", "jd.csv", "--color", "always").stdout
    assert "\x1b[" not in csaudit("scan", "jd.csv", "--color", "never", env={"FORCE_COLOR": "1"}).stdout


def test_a_teams_rules_and_configuration_count(csaudit: Csaudit) -> None:
    Path("team").mkdir()
    Path("team/pack.yaml").write_text("name: team\nversion: '2'\n")
    Path("team/targets.yaml").write_text("points: {B: 50}\n")
    Path("csaudit.yaml").write_text("lang: zh\ntargets: {first_response_s: 90}\n")
    result = csaudit("scan", "jd.csv", "--rules", "team")
    assert result.exit_code == 0
    assert "事故 3 起" in result.stdout
    assert "首次响应 ≤ 90 秒" in result.stdout
    about = json.loads(Path("csaudit-out/run.json").read_text("utf-8"))
    assert about["pack"]["name"] == "team"


def test_the_same_input_gives_the_same_tables(csaudit: Csaudit) -> None:
    csaudit("scan", "jd.csv", "--out", "one")
    csaudit("scan", "jd.csv", "--out", "two")
    for table in Path("one").glob("*.parquet"):
        assert table.read_bytes() == (Path("two") / table.name).read_bytes()
