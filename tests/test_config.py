"""csaudit.yaml: what it may say, and every slip of the pen with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from csaudit import config
from csaudit.config import Config, ConfigFileError


def load(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "csaudit.yaml"
    path.write_text(text, encoding="utf-8")
    return config.load(path)


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigFileError) as caught:
        load(tmp_path, text)
    return [str(problem).removeprefix(f"{tmp_path / 'csaudit.yaml'}:") for problem in caught.value.problems]


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert config.load(cwd=tmp_path) == Config()
    assert Config().timezone == "Asia/Shanghai"


def test_the_file_in_the_working_folder_is_found(tmp_path: Path) -> None:
    load(tmp_path, "lang: en\n")
    assert config.load(cwd=tmp_path).lang == "en"


def test_everything_at_once(tmp_path: Path) -> None:
    (tmp_path / "agents.csv").touch()
    (tmp_path / "ours").mkdir()
    read = load(
        tmp_path,
        """
timezone: Asia/Urumqi
session_gap: 45 min
profile: generic
header: false
delimiter: tab
encoding: gb18030
time_format: "%d/%m/%Y %H:%M"
columns: {text: 3, role: 身份}
roles: {"0": agent, "1": customer}
agents: [小禾, "007", 315]
roster: agents.csv
defaults: {platform: 京东, shop: 禾沐}
keep_columns: 技能组
rules: ours
targets: {first_response_s: 30}
reject_limit: 0.1
lang: zh
""",
    )
    assert read == Config(
        timezone="Asia/Urumqi",
        session_gap=2700,
        columns={"text": 3, "role": "身份"},
        header=False,
        delimiter="\t",
        encoding="gb18030",
        time_format="%d/%m/%Y %H:%M",
        roles={"0": "agent", "1": "customer"},
        agents=("小禾", "007", "315"),
        roster=tmp_path / "agents.csv",
        defaults={"platform": "京东", "shop": "禾沐"},
        profile="generic",
        keep_columns=("技能组",),
        rules=(tmp_path / "ours",),
        targets={"first_response_s": 30},
        reject_limit=0.1,
        lang="zh",
        path=tmp_path / "csaudit.yaml",
    )


def test_all_errors_at_once_with_line_and_advice(tmp_path: Path) -> None:
    text = """
timezone: Asia/Shanghia
session_gap: half an hour
keep_colums: 技能组
columns:
  txt: 内容
  sender: 0
roles: {"0": waiter}
defaults: {customer: x}
delimiter: ","
encoding: klingon
roster: nowhere.csv
reject_limit: 2
"""
    assert problems(tmp_path, text) == [
        "2: “Asia/Shanghia” is not a time zone (did you mean Asia/Shanghai?)",
        "3: “half an hour” is not a length of time (write it as 30 min, 90 s or 2 h)",
        "4: unknown key “keep_colums” (did you mean keep_columns?)",
        "6: “txt” is not a field (did you mean text?)",
        "7: “sender: 0” is out of range (it must be at least 1)",
        "8: “0: waiter” is not known (one of: customer, agent, bot, system)",
        "9: “customer” cannot have a default (one of: platform, shop, channel)",
        "11: “klingon” is not an encoding (such as utf-8, gb18030 or utf-16)",
        f"12: {tmp_path / 'nowhere.csv'} does not exist",
        "13: “reject_limit: 2” is out of range (it must be at least 0 and at most 1)",
    ]


def test_a_key_given_twice(tmp_path: Path) -> None:
    assert problems(tmp_path, "lang: zh\nlang: en\n") == ["2: “lang” is given twice (first in line 1)"]


def test_errors_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(ConfigFileError) as caught:
        load(tmp_path, "session_gap: 半小时\n")
    assert caught.value.told("zh").endswith("csaudit.yaml:1: “半小时”不是时长（写成 30 min、90 s 或 2 h）")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigFileError, match=r"nowhere\.yaml: there is no such file"):
        config.load(tmp_path / "nowhere.yaml")


def test_the_builtin_rules_are_found() -> None:
    assert (config.builtin_rules() / "profiles" / "generic.yaml").is_file()
