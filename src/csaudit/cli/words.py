"""What ``--help`` and the commands' own errors say, in Chinese and in English, once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from csaudit.report.catalogue import LANGUAGES, Say, Texts, language

WORDS: Final[Texts] = {
    "csaudit": (
        "批量质检导出的电商客服聊天记录：找出客服的服务事故，给出证据、理由和建议。",
        "Audit exported e-commerce customer-service chats: find agents' service incidents, with evidence, reason and advice.",
    ),
    "version": ("显示版本。", "Show the version."),
    "debug": ("出现内部错误时显示完整的调用栈。", "Show the traceback of an internal error."),
    # scan
    "scan": (
        "质检聊天记录，报告服务事故。",
        "Audit chat exports and report service incidents.",
    ),
    "exit-codes": (
        "退出码：0 完成 · 1 未通过 --fail-on · 2 用法、配置或规则有误 · 3 没有可用的输入，或有文件读不了 · 130 被中断",
        "Exit codes: 0 finished · 1 --fail-on failed · 2 usage, configuration or rule error · "
        "3 nothing usable, or a file could not be read · 130 interrupted",
    ),
    "panel-what": ("看哪些", "What to audit"),
    "panel-how": ("规则与读取", "Rules and reading"),
    "panel-reports": ("报告", "Reports"),
    "paths": ("文件、文件夹（含子文件夹）或 -（标准输入）。", "Files, folders (recursive) or - for standard input."),
    "grade": ("只看这些等级，如 A 或 A,B；可重复。", "Only these grades, such as A or A,B; repeatable."),
    "class": ("只看这些类别，如 A5 或 A5,B3；可重复。", "Only these classes, such as A5 or A5,B3; repeatable."),
    "agent": ("只看这些客服（编号或姓名）； 可重复。", "Only these agents, by id or name; repeatable."),
    "shop": ("只看这些店铺；可重复。", "Only these shops; repeatable."),
    "since": (
        "只看此时及以后开始的会话， 如 2026-06-01。",
        "Only conversations that began then or later, such as 2026-06-01.",
    ),
    "until": ("只看此时以前开始的会话。", "Only conversations that began before then."),
    "min-confidence": ("可信度不低于此值的事故， 0 到 1。", "Only incidents at least this sure (0–1)."),
    "rules": (
        "在内置规则之上再加一个规则文件夹；可重复。",
        "A folder of rules on top of the built-in ones; repeatable.",
    ),
    "profile": ("按哪种平台的导出格式读取。", "Which platform's export format to read by."),
    "config": (
        "配置文件；默认为当前文件夹的 csaudit.yaml。",
        "Configuration; by default csaudit.yaml in the working folder.",
    ),
    "out": ("结果文件夹；其中已有的 csaudit 结果会被替换。", "The run folder; a run of csaudit in it is replaced."),
    "format": (
        "报告格式 {formats}，写成 格式=文件 则存入文件；可重复。默认 terminal。",
        "Report format {formats}; FORMAT=FILE writes to a file; repeatable. Default: terminal.",
    ),
    "fail-on": (
        "有这一等级或更严重的事故时退出码为 1：A、B、C 或 never。",
        "Exit with 1 on an incident of this grade or a graver one: A, B, C or never.",
    ),
    "lang": ("报告语言 zh 或 en；默认随系统。", "Language of the reports, zh or en; by default the locale's."),
    "no-mask": ("不遮盖个人信息。", "Show personal data as it is."),
    "quiet": (
        "不显示进度、警告和屏幕报告； 结果仍写入文件。",
        "No progress, warnings or screen; results are still written.",
    ),
    "color": ("auto、always 或 never；也遵守 NO_COLOR。", "auto, always or never; NO_COLOR is honoured too."),
    # show
    "doctor": (
        "看导出文件被读成了什么，给出该写进 csaudit.yaml 的几行。",
        "Show how exports are understood, and the lines of csaudit.yaml that mend what is not.",
    ),
    "show": ("在终端显示一起事故和它的全部证据。", "Show one incident with all its evidence."),
    "incident-id": ("事故编号；唯一的前几位即可。", "Its id; a unique beginning is enough."),
    "run": ("结果文件夹。", "The run folder."),
    # errors
    "error": ("错误：{problem}", "error: {problem}"),
    "try-help": ("用法见 {command} --help", "see {command} --help"),
    "internal": (
        "内部错误：{problem}。请反馈此问题；设 CSAUDIT_DEBUG=1 可看详情。",
        "internal error: {problem}. Please report it; CSAUDIT_DEBUG=1 shows the details.",
    ),
    "interrupted": ("已中断，未写入结果", "interrupted; nothing was written"),
    "warning": ("警告：{problem}", "warning: {problem}"),
    "not-one-of": ("“{value}”不是{what}", "“{value}” is not {what}"),
    "what-grade": ("等级", "a grade"),
    "what-class": ("类别", "a class"),
    "what-format": ("报告格式", "a report format"),
    "what-lang": ("语言", "a language"),
    "what-color": ("颜色选项", "a colour choice"),
    "choices": ("可选：{names}", "choose from {names}"),
    "no-class-of-grade": ("类别 {classes} 都不属于等级 {grades}", "none of the classes {classes} is of grade {grades}"),
    "not-a-time": ("“{value}”不是日期或时间", "“{value}” is not a date or time"),
    "time-forms": ("如 2026-06-01 或 2026-06-01 09:30", "such as 2026-06-01 or 2026-06-01 09:30"),
    "empty-period": ("--since 不早于 --until", "--since is not before --until"),
    "two-on-screen": (
        "标准输出只能有一种格式，给了 {names}",
        "only one format can go to standard output, not {names}",
    ),
    "two-on-screen-hint": ("其余写成 格式=文件", "give the others a file: FORMAT=FILE"),
    "same-file-twice": ("两份报告都要写入 {path}", "two reports would be written to {path}"),
    "over-input": ("{path} 是要质检的文件，不能用报告覆盖", "{path} is to be audited; no report may replace it"),
    "none-selected": ("没有消息符合所选的时间、客服或店铺", "no message is of the selected time, agents or shops"),
    "no-incident": ("{run} 里没有编号以 {id} 开头的事故", "no incident in {run} has an id that begins with {id}"),
    "not-unique": ("有 {n} 起事故的编号以 {id} 开头：{ids}", "{n} incidents have an id that begins with {id}: {ids}"),
}


def spoken(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language that ``--lang`` names, else the locale's: help and wrong options are told before options are read."""
    joined = [argument.removeprefix("--lang=") for argument in arguments if argument.startswith("--lang=")]
    apart = [value for name, value in pairwise(arguments) if name == "--lang"]
    return next((each for each in (*joined, *apart) if each in LANGUAGES), language(environ))


say: Final = Say(spoken(sys.argv[1:], os.environ), WORDS)
"""Speaks the language of this run."""
