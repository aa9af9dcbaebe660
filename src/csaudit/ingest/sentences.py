"""Every sentence that reading says to people, in both languages, once: reasons of rejects and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from csaudit.schema import REJECTS

RAW_LIMIT: Final = 500

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "no_such_path": ("没有这个文件或文件夹", "there is no such file or folder"),
    "empty_folder": (
        "文件夹里没有可读的导出文件（{formats}）",
        "the folder holds no export that can be read ({formats})",
    ),
    "unreadable": ("文件打不开：{problem}", "the file cannot be opened: {problem}"),
    "empty_file": ("文件是空的", "the file is empty"),
    "damaged": (
        "文件已损坏：{problem}",
        "the file is damaged: {problem}",
    ),
    "binary": (
        "不是文本，是二进制数据；请从平台重新导出为 CSV、JSON 或 Excel",
        "this is binary data, not text; export it again as CSV, JSON or Excel",
    ),
    "other_format": (
        "不是文本，是二进制数据（看起来是 {looks}）",
        "this is binary data, not text (it looks like {looks})",
    ),
    "spreadsheet": (
        "这是 Excel 文件：请先 pip install 'csaudit[xlsx]'，或在 Excel 里另存为“CSV UTF-8”",
        "this is an Excel file: pip install 'csaudit[xlsx]', or save it as “CSV UTF-8” in Excel",
    ),
    "not_json": ("不是 JSON：{problem}", "not JSON: {problem}"),
    "no_list": ("JSON 里没有消息列表", "the JSON holds no list of messages"),
    "no_text_column": (
        "找不到消息内容列；表头是：{headers}。请在 csaudit.yaml 里写 columns: {{text: 你的列名}}；"
        "第一行不是表头的，写 header: false，columns 里写第几列",
        "no column with the message text; the headers are: {headers}. "
        "Name it in csaudit.yaml: columns: {{text: YOUR HEADER}}; "
        "if the first row is no header, say header: false and give numbers of columns",
    ),
    "no_role": (
        "找不到说话人角色的列；表头是：{headers}。请在 csaudit.yaml 里写 columns: {{role: 你的列名}}，或用 agents: 列出客服账号",
        "nothing tells agents from customers; the headers are: {headers}. "
        "Name the column in csaudit.yaml: columns: {{role: YOUR HEADER}}, or list the agents' accounts under agents:",
    ),
    "unclosed_quote": (
        "这一行的引号没有闭合（文件被截断，或少了一个引号）",
        "a quote opens in this row and never closes (the file is cut, or a quote is missing)",
    ),
    "cells": ("这一行有 {cells} 格，表头有 {columns} 格", "this row has {cells} cells, the header has {columns}"),
    "broken_json": ("这一行不是完整的 JSON 对象：{problem}", "this line is not a whole JSON object: {problem}"),
    "undecodable": (
        "这一行既不是 UTF-8 也不是 GB18030",
        "this line is neither UTF-8 nor GB18030",
    ),
    "nul": ("这一行含有 NUL 字节，数据已损坏", "the row holds a NUL byte: it is damaged"),
    "too_long": (
        "消息内容超过 {limit} 个字符，不像一条聊天消息",
        "the text is longer than {limit} characters, which is no chat message",
    ),
    "bad_time": (
        "时间“{value}”读不懂；请在 csaudit.yaml 里写 time_format",
        "the time “{value}” cannot be read; say its form in csaudit.yaml under time_format",
    ),
    "unknown_role": (
        "角色“{value}”不认识；请在 csaudit.yaml 里说明它是谁：roles: {{'{value}': agent}}（或 customer、bot、system）",
        "the role “{value}” is not known; say in csaudit.yaml who it is: roles: {{'{value}': agent}} "
        "(or customer, bot, system)",
    ),
    "role_missing": ("这一行没有说明是谁说的", "nothing in this row says who speaks"),
}
"""Reasons of rejects: code -> (Chinese, English). ``{…}`` is filled in."""

NOTES: Final[Mapping[str, tuple[str, str]]] = {
    "encoding_doubtful": (
        "编码按 {encoding} 读取，但不确定；若有乱码，请在 csaudit.yaml 里写 encoding",
        "read as {encoding}, but in doubt; if the text is garbled, say encoding in csaudit.yaml",
    ),
    "mixed_encoding": (
        "文件里混有 UTF-8 和 GB18030：{lines} 行按后者读取",
        "UTF-8 and GB18030 are mixed in this file: {lines} lines were read as the latter",
    ),
    "no_time_column": (
        "没有认出时间列：按行的顺序质检，与时间有关的一律无法核查；若表里有时间，用 csaudit doctor 看是哪一列",
        "no time column was recognised: audited in the order of rows, everything about time is not checkable; "
        "if there is one, csaudit doctor shows which",
    ),
    "times_unread": (
        "时间列“{column}”一个也读不懂（例如“{example}”），按无时间处理；请在 csaudit.yaml 里写 time_format",
        "none of the times in “{column}” can be read (such as “{example}”), so there are none; "
        "say their form in csaudit.yaml under time_format",
    ),
    "times_of_day": (
        "时间列“{column}”只有钟点没有日期（例如“{example}”），按无时间处理",
        "“{column}” holds times of day without a date (such as “{example}”), so there are no times",
    ),
    "minute_precision": (
        "时间只精确到分钟：响应时长误差可达一分钟",
        "times have no seconds: response times may be off by a minute",
    ),
    "mixed_zones": (
        "有的时间带时区，有的不带；不带的按 {zone} 处理",
        "some times have an offset and some have none; those without are taken as {zone}",
    ),
    "ids_rounded": (
        "“{column}”里有 Excel 改写过的编号（例如“{example}”）：不同的编号可能已变成同一个",
        "“{column}” holds ids that Excel has rounded (such as “{example}”): different ids may have become one",
    ),
    "roles_from_senders": (
        "没有角色列：按发送者账号判断谁是客服",
        "no role column: who is an agent was told by the senders' accounts",
    ),
    "unknown_column": (
        "csaudit.yaml 里 columns 写的“{header}”在哪个文件的表头里都没有",
        "columns in csaudit.yaml names “{header}”, which no file has among its headers",
    ),
    "same_file": ("与 {other} 内容完全相同，只算一次", "the same content as {other}; counted once"),
}
"""Warnings that cost no row: code -> (Chinese, English)."""


@dataclass(frozen=True)
class Note:
    """Something a reader of the results should know about a file: a code, and what fills its sentence."""

    code: str
    file: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """The sentence in Chinese or English."""
        return NOTES[self.code][lang == "en"].format(**self.args)


@dataclass(frozen=True)
class Rejection:
    """One row that could not be read; without ``line`` the whole file."""

    code: str
    line: int | None = None
    raw: str | None = None
    args: Mapping[str, str] = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """The reason in Chinese or English."""
        return REASONS[self.code][lang == "en"].format(**self.args)


class UnreadableFileError(Exception):
    """A whole file is a reject; caught where files are read one by one."""

    def __init__(self, code: str, **args: str) -> None:
        super().__init__(code)
        self.rejection = Rejection(code, args=args)


def rejects_frame(file: str, rejections: Sequence[Rejection], lang: str) -> pl.DataFrame:
    """REJECTS of one file."""
    return pl.DataFrame(
        {
            "source_file": [file] * len(rejections),
            "source_line": [rejection.line for rejection in rejections],
            "reason": [rejection.text(lang) for rejection in rejections],
            "raw": [rejection.raw and rejection.raw[:RAW_LIMIT] for rejection in rejections],
        },
        schema=REJECTS,
    )
