"""Exports as other programs write them, for the tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from csaudit import ingest
from csaudit.config import Config

HEADER = ["会话ID", "发送时间", "发送者", "角色", "消息内容"]
CHAT = [
    ["S1", "2026-06-03 10:02:11", "买家a", "客户", "在吗"],
    ["S1", "2026-06-03 10:02:20", "店:小禾", "客服", '在的，"亲"\n有什么可以帮您'],
    ["S1", "2026-06-03 10:02:41", "买家a", "客户", "尺寸,颜色;材质"],
    ["S2", "2026-06-03 10:05:00", "买家b", "客户", "=1+1"],
]


def csv_text(rows: Sequence[Sequence[str]], **dialect: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)
    return text.getvalue()


def write(path: Path, rows: Sequence[Sequence[str]] | str, encoding: str = "utf-8", **dialect: str) -> Path:
    text = rows if isinstance(rows, str) else csv_text(rows, **dialect)
    path.write_bytes(text.encode(encoding))
    return path


def texts(path: Path, config: Config | None = None) -> list[str]:
    return ingest.read([path], config).messages["text"].to_list()


def rejected(path: Path, config: Config | None = None) -> list[tuple[int | None, str]]:
    """(line, reason) of every reject."""
    return ingest.read([path], config).rejects.select("source_line", "reason").rows()


def said(messages: pl.DataFrame) -> list[tuple[object, ...]]:
    """What must be the same however the rows came in."""
    return messages.select("conversation_id", "seq", "sent_at", "role", "customer", "agent_id", "text").rows()


def balanced(read: ingest.Ingested) -> bool:
    """Whether every file's rows are accounted for, in INPUTS and in the frames themselves."""
    inputs = read.inputs
    per_file = inputs.filter(pl.col("rows") != pl.col("messages") + pl.col("rejects") + pl.col("duplicates"))
    totals = (inputs["messages"].sum(), inputs["rejects"].sum())
    return per_file.is_empty() and totals == (read.messages.height, read.rejects.height)
