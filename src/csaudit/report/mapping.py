"""The csaudit.yaml that fits some exports, written out to be pasted."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from csaudit.config import FIELDS
from csaudit.report.catalogue import Say

_PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*")
_YAML_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def written(columns: pl.DataFrame, voices: pl.DataFrame, codes: Iterable[str], say: Say) -> str:
    """Write the lines: columns as they were understood or look, roles that must be told, a form of times.

    Args:
        columns: Of a diagnosis: field, header, suggested.
        voices: Of a diagnosis: value, role.
        codes: Of its notes.
        say: Says the remarks.
    """
    lines = [*_columns(columns, say), *_roles(voices, say)]
    if "times_unread" in codes:
        lines.append(f"time_format: '%Y-%m-%d %H:%M:%S'  # {say('change-this')}")
    return "\n".join(lines)


def complete(columns: pl.DataFrame, voices: pl.DataFrame, codes: Iterable[str]) -> bool:
    """Whether everything was understood without csaudit.yaml."""
    unknown = voices.filter(pl.col("role").is_null() & pl.col("value").is_not_null())
    return unknown.is_empty() and columns["suggested"].count() == 0 and "times_unread" not in set(codes)


def _columns(columns: pl.DataFrame, say: Say) -> list[str]:
    """What the contents look like, and what was recognised; a header that differs by file is left to recognition."""
    one_layout = columns.group_by("path").agg(shape=pl.struct("header", "field"))["shape"].n_unique() == 1
    lines = []
    for name in FIELDS:
        guesses, headers = _headers(columns, "suggested", name), _headers(columns, "field", name)
        if guesses:
            lines.append(f"  {name}: {quoted(guesses[0])}  # {say('check-this')}")
        elif headers and one_layout:
            lines.append(f"  {name}: {quoted(headers[0])}")
    return ["columns:", *lines] if lines else []


def _headers(columns: pl.DataFrame, kind: str, name: str) -> list[str]:
    return columns.filter(pl.col(kind) == name)["header"].unique(maintain_order=True).to_list()


def _roles(voices: pl.DataFrame, say: Say) -> list[str]:
    unknown = voices.filter(pl.col("role").is_null())["value"].drop_nulls().unique(maintain_order=True)
    lines = [f"  {quoted(value)}: agent|customer|bot|system  # {say('choose-one')}" for value in unknown]
    return ["roles:", *lines] if lines else []


def quoted(text: str) -> str:
    """A text as YAML, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS:
        return text
    escaped = "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in text.replace("\\", "\\\\"))
    return '"' + escaped.replace('"', '\\"') + '"'
