"""What the wiring adds to the stages: selection, and what is said of rules that could not run."""

import polars as pl
import pytest

from csaudit import audit, pack
from csaudit.config import Config

HEAD = "会话ID,发送时间,角色,客服ID,平台,内容"


@pytest.fixture(scope="module")
def builtin():
    return pack.load()


def export(folder, *rows: str, more: str = "", values: tuple[str, ...] = ()):
    """A CSV of messages; ``more`` names a further column, whose cells are ``values``."""
    lines = [
        HEAD + more,
        *(row + (f",{value}" if more else "") for row, value in zip(rows, values or rows, strict=True)),
    ]
    path = folder / "export.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


TALK = (
    "1,2026-06-03 10:00:00,客户,,京东,你好",
    "1,2026-06-03 10:00:09,客服,kf1,京东,您好，在的",
    "2,2026-06-03 11:00:00,客户,,京东,整批都发错了",
    "2,2026-06-03 11:00:09,客服,kf2,京东,非常抱歉，马上处理",
)


def test_a_column_the_whole_export_lacks_is_named_once(tmp_path, builtin):
    run = audit.run([export(tmp_path, *TALK)], builtin, Config(), audit.Selection(classes=("A7",)))
    assert run.idle == {"A7a-loss-column": "loss_amount"}
    assert "loss_amount" not in run.unchecked["reason"]


def test_a_column_that_some_conversations_lack_is_counted_there(tmp_path, builtin):
    path = export(tmp_path, *TALK, more=",损失金额", values=("", "", "4200", "4200"))
    run = audit.run([path], builtin, Config(), audit.Selection(classes=("A7",)))
    assert run.idle == {}
    assert run.incidents["conversation_id"].to_list() == ["2"]
    assert run.unchecked.filter(pl.col("reason") == "loss_amount")["conversation_id"].to_list() == ["1"]


def test_agents_are_selected_with_their_incidents(tmp_path, builtin):
    path = export(tmp_path, *TALK, more=",损失金额", values=("5000", "5000", "4200", "4200"))
    run = audit.run([path], builtin, Config(), audit.Selection(agents=("kf1",)))
    assert run.conversations["conversation_id"].to_list() == ["1"]
    assert set(run.incidents["agent_id"]) == {"kf1"}
