"""Labelled conversations and utterances, as files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from csaudit import schema
from csaudit.errors import ConfigError, Location, Words

LABELS: Final[schema.Schema] = {
    "conversation_id": pl.String,
    "class": pl.String,
    "scenario": pl.String,
    "evidence": pl.List(pl.UInt32),  # seq of the messages that show it
    "difficulty": pl.String,
    "why": pl.String,
    "contested": pl.Boolean,
}
KINDS: Final[schema.Schema] = {
    "conversation_id": pl.String,
    "kind": pl.String,  # incident | hard_negative | ordinary
}
UTTERANCES: Final[schema.Schema] = {
    "id": pl.String,
    "platform": pl.String,
    "class": pl.String,  # null: innocent
    "device": pl.String,  # how it is disguised
    "text": pl.String,
}


@dataclass(frozen=True)
class Gold:
    """Labelled conversations: where the messages stand, and the LABELS and KINDS frames."""

    name: str
    messages: Path
    labels: pl.DataFrame
    kinds: pl.DataFrame


def read_gold(where: Path) -> list[Gold]:
    """Read the golds of a folder (every ``*.messages.jsonl`` with its companions) or of one prefix.

    Raises:
        ConfigError: nothing there, a companion is missing, or a file is not in the form of LABELS or KINDS.
    """
    ending = ".messages.jsonl"
    prefix = where.name.removesuffix(ending).rstrip(".")
    found = sorted(where.glob(f"*{ending}")) if where.is_dir() else [where.parent / f"{prefix}{ending}"]
    if not found or not found[0].is_file():
        files = "NAME.messages.jsonl, NAME.labels.jsonl, NAME.kinds.jsonl"
        hint = Words(f"给出有 {files} 的文件夹，或它们共同的前缀", f"give a folder or a prefix of {files}")
        raise ConfigError(
            Words("这里没有标注过的会话", "no labelled conversations here"), where=Location(where), hint=hint
        )
    return [_read_one(path, path.name.removesuffix(ending)) for path in found]


def _read_one(messages: Path, name: str) -> Gold:
    labels = read_lines(messages.with_name(f"{name}.labels.jsonl"), LABELS, required=("conversation_id", "class"))
    kinds = read_lines(messages.with_name(f"{name}.kinds.jsonl"), KINDS, required=("conversation_id", "kind"))
    return Gold(name, messages, labels.with_columns(pl.col("contested").fill_null(False)), kinds)


def read_lines(path: Path, wanted: schema.Schema, *, required: Iterable[str]) -> pl.DataFrame:
    """Read a JSONL file into the columns of ``wanted``; absent ones are null, others dropped.

    Raises:
        ConfigError: no such file, not JSON lines, or a required column is null or missing.
    """
    if not path.is_file():
        raise ConfigError(Words("缺少这个文件", "this file is missing"), where=Location(path))
    try:
        frame = pl.read_ndjson(path, schema=wanted) if path.stat().st_size else pl.DataFrame(schema=wanted)
    except pl.exceptions.PolarsError as error:
        names = ", ".join(wanted)
        hint = Words(f"每行一个 JSON 对象，含 {names}", f"one JSON object a line with {names}")
        problem = Words("不是标注文件的格式", "not in the form of a label file")
        raise ConfigError(problem, where=Location(path), hint=hint) from error
    lacking = frame.with_row_index("line", offset=1).filter(pl.any_horizontal(pl.col(list(required)).is_null()))
    if lacking.height:
        problem = Words(f"这一行缺少 {' 或 '.join(required)}", f"a line lacks {' or '.join(required)}")
        raise ConfigError(problem, where=Location(path, lacking.item(0, "line")))
    return frame
