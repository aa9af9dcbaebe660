"""What Typer says of a wrong command line and around ``--help``, in Chinese."""

from __future__ import annotations

import re
from typing import Final

SENTENCES: Final = (
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"没有选项 \1（是不是 \2？）"),
    (r"No such option: (\S+)", r"没有选项 \1"),
    (r"No such command '(.+?)'\. Did you mean '?(.+?)'?\?", r"没有命令 \1（是不是 \2？）"),
    (r"No such command '(.+?)'", r"没有命令 \1"),
    (r"Missing argument '(.+)'", r"缺少 \1"),
    (r"Missing option '(.+)'", r"缺少选项 \1"),
    (r"Missing command", "缺少命令"),
    (r"Option '(.+)' requires an argument", r"选项 \1 后面要写一个值"),
    (r"Option '(.+)' does not take a value", r"选项 \1 后面不写值"),
    (r"Got unexpected extra argument(?:\(s\)|s)? \((.+)\)", r"多写了 \1"),
    (r"Invalid value for '(.+?)': .+", r"\1 的值不能用"),
)
"""Typer's sentences and ours; what is none of them stays English."""


def in_chinese(sentence: str) -> str:
    """Say a sentence of Typer in Chinese."""
    for theirs, ours in SENTENCES:
        if found := re.fullmatch(theirs, sentence):
            return found.expand(ours)
    return sentence


def head_help_in_chinese() -> None:
    """Give the parts of ``--help`` Chinese headings."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"
