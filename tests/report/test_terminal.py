from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from rich.cells import cell_len

from csaudit import schema
from csaudit.report import formats, terminal
from csaudit.report.mask import masked
from report.by_hand import INCIDENTS, audit, incident, note

GOLDEN = Path(__file__).parents[1] / "golden"
FOLDER = Path("csaudit-out")


def screen(*incidents: dict[str, object], lang: str = "zh", width: int = 80, **options: object) -> str:
    notes = (note("没有时间列" if lang == "zh" else "no time column", "a.csv"),)
    shown = masked(audit(*incidents, lang=lang, notes=notes))
    return formats.plain(terminal.render(shown, folder=FOLDER, **options), width)  # type: ignore[arg-type]


@pytest.mark.parametrize(("lang", "width"), [("zh", 80), ("en", 120)])
def test_the_screen(lang: str, width: int) -> None:
    """Read the golden files; they are written anew with CSAUDIT_GOLDEN=write."""
    golden = GOLDEN / f"terminal-{lang}-{width}.txt"
    shown = screen(*INCIDENTS, lang=lang, width=width)
    if os.environ.get("CSAUDIT_GOLDEN") == "write":
        golden.write_text(shown, "utf-8")
    assert shown == golden.read_text("utf-8")


@pytest.mark.parametrize("width", [40, 80, 100])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_line_is_wider_than_the_terminal(width: int, lang: str) -> None:
    assert max(cell_len(line) for line in screen(*INCIDENTS, lang=lang, width=width).splitlines()) <= width


def test_nothing_found_stands_beside_what_could_not_be_checked() -> None:
    shown = screen()
    assert "事故 0 起  A 0  B 0  C 0  涉及 0/3 个会话" in shown
    assert "1/3 个会话中有规则无法核查 (导出在此截止 1)" in shown
    assert "未发现：A5 A8 B1 C4（1 个会话未核查）" in shown


@pytest.mark.parametrize(("lang", "said"), [("zh", "没有时间，回复快慢无从核查"), ("en", "(no times)")])
def test_without_times_it_never_says_that_all_was_checked(lang: str, said: str) -> None:
    whole = audit(lang=lang)
    untimed = replace(whole, messages=whole.messages.with_columns(sent_at=pl.lit(None, schema.timestamp())))
    for unchecked in (whole.unchecked, whole.unchecked.clear()):
        shown = formats.plain(terminal.render(replace(untimed, unchecked=unchecked)), 120)
        assert said in shown and "3/3" in shown.replace("3 of 3", "3/3")
    assert said not in formats.plain(terminal.render(whole), 120)


def test_thousands_of_incidents_stay_one_screen() -> None:
    many = [incident("C4", "c2", {"哦": (0, 1)}, incident_id=f"{n:016x}", agent_id=f"a{n % 50}") for n in range(3000)]
    shown = screen(INCIDENTS[0], *many)
    assert len(shown.splitlines()) < 80
    assert "另有 2,998 起" in shown
    assert "另有 46 名客服有事故" in shown
    assert shown.index(" A5  引流") < shown.index(" C4  未执行流程（轻）")


def test_chat_text_can_neither_steer_the_terminal_nor_use_markup() -> None:
    hostile = incident("B1", "c2", {"哦": (0, 1)}, customer=None, reason="[red]理由[/red]", agent="小\x1b[31m王")
    hostile["evidence"][0]["text"] = "\x1b]0;title\x07[bold]\u202e哦\r\n" + "x" * 10_000  # type: ignore[index]
    shown = screen(hostile, width=100)
    assert not set(shown) & set("\x1b\x07\r\u202e")
    for text in ("【␛】]0;title␇[bold]‹202E›哦␍⏎", "[red]理由[/red]", "小␛[31m王"):
        assert text in shown
    assert len(shown) < 5_000


def test_personal_data_shown_is_said() -> None:
    assert "未遮盖（--no-mask）" in screen(masked=False)
    assert "遮盖" not in screen()


def test_an_unknown_agent_and_missing_times_are_shown_as_such() -> None:
    row = incident("B1", "c2", {"哦": (0, 1)}, agent_id=None, agent=None, occurred_at=None)
    row["evidence"][0]["sent_at"] = None  # type: ignore[index]
    assert "未知客服 · 客户-0002 · 京东 示例店" in screen(row)
