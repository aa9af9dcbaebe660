"""``--help`` answers at once, and progress is for terminals."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time

import pytest

from csaudit.cli import COMMANDS
from csaudit.cli.progress import stages
from csaudit.report.catalogue import Say

HEAVY = {"polars", "jieba", "yaml"}


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["scan", "--help"], ["show", "--help"]])
def test_help_imports_nothing_heavy(args: list[str]) -> None:
    code = f"""
import sys
from csaudit.cli import app
try:
    app({args!r}, prog_name="csaudit")
except SystemExit as end:
    assert not end.code
print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert run.stderr == "[]\n"
    assert run.stdout


def test_help_names_every_command() -> None:
    run = subprocess.run([sys.executable, "-m", "csaudit", "--help"], capture_output=True, encoding="utf-8", check=True)
    assert [name for name in COMMANDS if f" {name} " not in run.stdout] == []


def test_long_work_shows_its_stages_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csaudit.cli.progress.LONG", 0.05)
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        with stages(Say("zh"), quiet=False) as begin:
            begin("rules")
            time.sleep(0.4)
    assert "应用规则" in os.read(ours, 100_000).decode()
    os.close(ours)


def test_nothing_is_drawn_where_nobody_looks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("csaudit.cli.progress.LONG", 0.0)
    for quiet in (True, False):
        with stages(Say("en"), quiet=quiet) as begin:
            begin("read")
            time.sleep(0.05)
    assert capsys.readouterr() == ("", "")
