from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from cli.conftest import Csaudit


@pytest.fixture
def ids(csaudit: Csaudit) -> dict[str, str]:
    """Ids of the incidents of a scan, by class."""
    csaudit("scan", "jd.csv")
    return dict(pl.read_parquet("csaudit-out/incidents.parquet").select("class", "incident_id").iter_rows())


def test_why_an_incident_was_found(csaudit: Csaudit, ids: dict[str, str]) -> None:
    told = csaudit("explain", ids["A5"][:8])
    assert told.exit_code == 0
    for text in (
        "A5a-taobao",
        "from message 2, agent 小王",
        "您【去淘宝】买吧",
        "it would have passed with: no “names Taobao”",
    ):
        assert text in told.stdout


def test_why_a_rule_did_not_fire(csaudit: Csaudit) -> None:
    told = csaudit("explain", "--conversation", "c2", "--rule", "A5a", "jd.csv", "--lang", "zh")
    assert told.exit_code == 0
    assert "引导去淘宝  未命中" in told.stdout


def test_as_json(csaudit: Csaudit, ids: dict[str, str]) -> None:
    told = json.loads(csaudit("explain", ids["A5"], "--format", "json").stdout)
    (rule,) = told["rules"]
    assert (rule["rule_id"], rule["conversation_id"]) == ("A5a-taobao", "c1")
    assert rule["conditions"][0]["state"] is True


def test_personal_data_is_hidden_unless_asked_for(csaudit: Csaudit) -> None:
    Path("own/signals").mkdir(parents=True)
    Path("own/B1").mkdir()
    Path("own/signals/own.yaml").write_text(
        "signals:\n  - {id: calls, title: {zh: 电话, en: phone}, role: customer, any_of: [电话]}\n", "utf-8"
    )
    rule = (Path(__file__).parent / "pack/B1/B1a-perfunctory.yaml").read_text("utf-8")
    Path("own/B1/B1a-phone.yaml").write_text(
        rule.replace("B1a-perfunctory", "B1a-phone").replace("has: perfunctory", "has: calls"), "utf-8"
    )
    asked = ("explain", "--conversation", "c2", "--rule", "B1a-phone", "jd.csv", "--rules", "own")
    assert "【电话】***********" in csaudit(*asked).stdout
    assert "【电话】13812345678" in csaudit(*asked, "--no-mask").stdout


def test_exports_that_have_moved_are_named_again(csaudit: Csaudit, ids: dict[str, str]) -> None:
    Path("jd.csv").rename("old.csv")
    gone = csaudit("explain", ids["A5"])
    assert gone.exit_code == 2
    assert "jd.csv is not there any more (name it behind the incident" in gone.stderr
    assert csaudit("explain", ids["A5"], "old.csv").exit_code == 0


def test_other_rules_than_those_of_the_run_are_said(csaudit: Csaudit, ids: dict[str, str]) -> None:
    Path("own").mkdir()
    Path("own/targets.yaml").write_text("points: {A5: 3}\n", "utf-8")
    told = csaudit("explain", ids["A5"], "--rules", "own")
    assert "the rules are not those of the run" in told.stderr


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["nothing"], "no incident in csaudit-out has an id that begins with nothing"),
        (["--conversation", "c1", "jd.csv"], "--conversation and --rule go together"),
        (["--conversation", "c9", "--rule", "A5a", "jd.csv"], "there is no conversation “c9”"),
        (["--conversation", "c1", "--rule", "A9", "jd.csv"], "no rule has an id that begins with “A9”"),
        (["--conversation", "c1", "--rule", "", "jd.csv"], "--conversation and --rule go together"),
    ],
)
def test_what_cannot_be_explained_is_said(csaudit: Csaudit, ids: dict[str, str], args: list[str], problem: str) -> None:
    told = csaudit("explain", *args)
    assert told.exit_code == 2
    assert problem in told.stderr
