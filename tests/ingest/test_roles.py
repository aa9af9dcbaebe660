"""Who speaks. What the export does not say is not guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from csaudit import ingest
from csaudit.config import Config
from exports import rejected, write


def roles(path: Path, config: Config | None = None) -> list[str]:
    return ingest.read([path], config).messages["role"].to_list()


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("客户", "customer"),
        ("买家", "customer"),
        ("USER", "customer"),
        ("客服", "agent"),
        ("人工客服", "agent"),
        ("seller", "agent"),
        ("End-User", "customer"),
        ("机器人", "bot"),
        ("系统提示", "system"),
    ],
)
def test_words_for_roles(tmp_path: Path, word: str, role: str) -> None:
    assert roles(write(tmp_path / "a.csv", f"角色,内容\n{word},您好\n")) == [role]


def test_numbers_are_never_guessed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "角色,内容\n0,您好\n1,在吗\n")
    assert rejected(path) == [
        (2, "the role “0” is not known; say in csaudit.yaml who it is: roles: {'0': agent} (or customer, bot, system)"),
        (3, "the role “1” is not known; say in csaudit.yaml who it is: roles: {'1': agent} (or customer, bot, system)"),
    ]
    assert roles(path, Config(roles={"0": "agent", "1": "customer"})) == ["agent", "customer"]


def test_a_column_that_says_from_agent_is_no_guess(tmp_path: Path) -> None:
    assert roles(write(tmp_path / "a.csv", "waiterSend,内容\ntrue,您好\nFALSE,在吗\n")) == ["agent", "customer"]
    assert roles(write(tmp_path / "b.csv", "是否买家,内容\n是,您好\n否,在吗\n")) == ["customer", "agent"]


def test_sub_accounts_are_agents_and_so_is_the_main_account(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "发送者,内容\n禾沐旗舰店:小禾,在的\ntb123,在吗\n禾沐旗舰店,亲\n系统提示,已转接\n")
    read = ingest.read([path])
    assert read.messages["role"].to_list() == ["agent", "customer", "agent", "system"]
    assert read.messages["agent_id"].to_list() == ["禾沐旗舰店:小禾", None, "禾沐旗舰店", None]
    assert [note.code for note in read.notes] == ["no_time_column", "roles_from_senders"]


def test_accounts_alone_tell_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "发送者,内容\n小禾,在的\ntb123,在吗\n")
    ((line, reason),) = rejected(path)
    assert line is None
    assert reason.startswith("nothing tells agents from customers; the headers are: 发送者, 内容")


def test_a_list_of_agents(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "发送者,内容\n小禾,在的\ntb123,在吗\njimi_vender_1,您好\n")
    assert roles(path, Config(agents=("小禾",))) == ["agent", "customer", "bot"]


def test_a_roster_names_agents(tmp_path: Path) -> None:
    write(tmp_path / "roster.csv", "工号,姓名,小组\nkf01,小禾,售前\nkf02,,售后\n", "gb18030")
    path = write(tmp_path / "a.csv", "发送者,内容\nkf01,在的\ntb123,在吗\nkf02,好的\n")
    read = ingest.read([path], Config(roster=tmp_path / "roster.csv"))
    assert read.messages.select("role", "agent_id", "agent").rows() == [
        ("agent", "kf01", "小禾"),
        ("customer", None, None),
        ("agent", "kf02", "kf02"),
    ]


def test_the_sender_is_one_of_the_two_parties(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "买家,客服,发送者,内容\nc1,小禾,c1,在吗\nc1,小禾,小禾,在的\n")
    assert roles(path) == ["customer", "agent"]


def test_the_receiver_tells_the_sender(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "发送者,接收者,内容\nc1,店:小禾,在吗\n店:小禾,c1,在的\n")
    read = ingest.read([path])
    assert read.messages.select("role", "customer").rows() == [("customer", "c1"), ("agent", "c1")]
    assert read.messages["conversation_id"].n_unique() == 1


def test_words_in_the_sender_column(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "发送者,客服,内容\n客户,小禾,在吗\n客服,小禾,在的\n")
    assert ingest.read([path]).messages.select("role", "agent_id").rows() == [("customer", None), ("agent", "小禾")]


def test_robots_among_the_agents(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "发送者,角色,内容\njimi_vender_77,客服,您好\n小禾,客服,在的\n")
    assert roles(path) == ["bot", "agent"]


def test_platform_names(tmp_path: Path) -> None:
    names = ["JD", "京东商城", "Tmall", "抖店", "自家商城"]
    path = write(
        tmp_path / "a.csv", [["角色", "平台", "内容"], *[["客户", name, str(n)] for n, name in enumerate(names)]]
    )
    read = ingest.read([path]).messages.sort("source_line")
    assert read["platform"].to_list() == ["京东", "京东", "天猫", "抖音", "自家商城"]


def test_defaults_for_what_the_export_leaves_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "角色,店铺,内容\n客户,甲店,在吗\n客服,,在的\n")
    read = ingest.read([path], Config(defaults={"platform": "京东", "shop": "乙店"}))
    assert sorted(read.messages.select("platform", "shop").rows()) == [("京东", "乙店"), ("京东", "甲店")]


def test_who_agents_and_customers_are(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "会话ID,角色,发送者,客服ID,内容\nS1,客户,c1,,在吗\nS1,机器人,小智,,您好\nS1,客服,小禾,kf07,在的\n",
    )
    assert ingest.read([path]).messages.select("role", "agent_id", "agent", "customer").rows() == [
        ("customer", None, None, "c1"),
        ("bot", None, None, "c1"),
        ("agent", "kf07", "小禾", "c1"),
    ]
