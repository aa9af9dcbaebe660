"""A command line over a pack of three rules (``pack/``), in an empty working folder with one export in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from csaudit.cli import app

PACK = Path(__file__).parent / "pack"

HEADER = "会话ID,发送时间,角色,客服,客户,内容\n"
CHATS = (
    "c1,2026-06-03 10:00:00,客户,,张三,在吗\n"
    "c1,2026-06-03 10:20:00,客服,小王,张三,您去淘宝买吧\n"
    "c2,2026-06-04 09:00:00,客户,,李四,我的电话13812345678\n"
    "c2,2026-06-04 09:00:20,客服,小李,李四,哦\n"
    "c2,2026-06-04 09:01:00,客户,,李四,谢谢\n"
)

Csaudit = Callable[..., Result]


@pytest.fixture
def small_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csaudit.pack.loader.builtin_rules", lambda: PACK)
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "CSAUDIT_DEBUG", "COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    Path("jd.csv").write_text(HEADER + CHATS, "utf-8")


@pytest.fixture
def csaudit(small_world: None) -> Csaudit:
    """Run csaudit with these arguments in the small world."""
    return lambda *args, **options: CliRunner().invoke(app, [str(arg) for arg in args], **options)
