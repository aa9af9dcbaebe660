"""Which column means what, by its header; and what csaudit.yaml says goes before."""

from __future__ import annotations

from pathlib import Path

import pytest

from csaudit import ingest
from csaudit.config import FIELDS, Config
from csaudit.errors import ConfigError
from csaudit.ingest import profiles
from csaudit.ingest.columns import match
from exports import CHAT, HEADER, texts, write

GENERIC = profiles.choose(Config())


def found(*headers: str, **columns: str | int) -> dict[str, str]:
    return {name: each.header for name, each in match(headers, GENERIC, Config(columns=columns)).items()}


def confidence(header: str) -> float:
    (column,) = match([header], GENERIC, Config()).values()
    return column.confidence


def test_chinese_and_english_headers() -> None:
    chinese = found("会话ID", "发送时间", "发送者", "角色", "内容", "店铺名称", "客服账号", "买家昵称", "平台")
    english = found("conversation_id", "sent_at", "sender", "role", "text", "shop", "agent_id", "customer", "platform")
    assert sorted(chinese) == sorted(english)
    assert all(name == header for name, header in english.items())


@pytest.mark.parametrize(
    ("header", "sure"),
    [
        ("消息内容", 1.0),
        (" 消息 内容：", 0.9),
        ("ＴＥＸＴ", 0.9),
        ("Message-Content", 0.9),
        ("消息内容（已脱敏）", 0.6),
    ],
)
def test_confidence(header: str, sure: float) -> None:
    assert confidence(header) == sure


def test_the_best_header_wins_and_serves_one_field() -> None:
    assert found("内容", "消息内容", "内容类型") == {"text": "消息内容", "message_type": "内容类型"}
    assert found("客服", "客服ID") == {"agent": "客服", "agent_id": "客服ID"}


def test_counts_of_messages_are_not_messages() -> None:
    assert "text" not in found("客户消息数", "客服消息数", "会话时长")


def test_csaudit_yaml_goes_first() -> None:
    assert found("内容", "原文", text="原文")["text"] == "原文"
    assert found("内容", "原文", text=2)["text"] == "原文"
    assert found("内容", text="没有这一列")["text"] == "内容"


def test_a_header_that_no_file_has_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [HEADER, *CHAT])
    read = ingest.read([path], Config(columns={"text": "消息内溶"}))
    assert [note.text("en") for note in read.notes] == [
        "columns in csaudit.yaml names “消息内溶”, which no file has among its headers"
    ]


def test_headerless_files_by_position(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", CHAT)
    config = Config(header=False, columns={"conversation_id": 1, "sent_at": 2, "sender": 3, "role": 4, "text": 5})
    assert texts(path, config) == [row[4] for row in CHAT]


def test_headers_twice_or_empty_do_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "角色,内容,,内容,source_line\n客户,一,二,三,9\n")
    assert ingest.read([path]).messages.select("text", "source_line").row(0) == ("一", 2)


def test_titles_above_the_header(tmp_path: Path) -> None:
    titles = [["某店聊天记录"], [], ["导出人", "小王", "时间", "2026-06-04", ""]]
    assert len(texts(write(tmp_path / "a.csv", [*titles, HEADER, *CHAT]))) == len(CHAT)


def test_extra_columns_have_types(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "角色,内容,订单号,满意度,损失金额,是否VIP,是否撤回,退款状态\n"
        '客户,一,`2206801478650123456,5分,"1,280.50元",是,0,退款中\n'
        "客服,二,,非常满意,,,1,\n",
    )
    columns = ["order_id", "rating", "loss_amount", "vip", "recalled", "refund_state"]
    assert ingest.read([path]).messages.select(columns).rows() == [
        ("2206801478650123456", 5.0, 1280.5, True, False, "退款中"),
        (None, None, None, None, True, None),
    ]


def test_other_columns_are_kept_on_request(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "角色,内容,技能组\n客户,一,售前\n")
    assert not [name for name in ingest.read([path]).messages.columns if name.startswith("x_")]
    kept = ingest.read([path], Config(keep_columns=("技能组",)))
    assert kept.messages["x_技能组"].to_list() == ["售前"]


def test_rounded_ids_are_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "会话ID,角色,内容\n1.23E+17,客户,一\n")
    assert [note.code for note in ingest.read([path]).notes] == ["no_time_column", "ids_rounded"]


def test_every_profile_is_about_fields_there_are() -> None:
    for profile in profiles.load_all(profiles.builtin_rules() / "profiles").values():
        assert set(profile.columns) <= set(FIELDS)


def test_no_header_name_stands_for_two_fields() -> None:
    assert {name: each for name, each in GENERIC.by_name.items() if len(each) > 1} == {}


def test_an_unknown_profile() -> None:
    with pytest.raises(ConfigError, match=r"there is no profile “jdcc”.*did you mean jddc"):
        profiles.choose(Config(profile="jdcc"))
