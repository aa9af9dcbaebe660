"""The team's list of agents: who is an agent, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from csaudit.errors import ConfigError, Location, Words
from csaudit.ingest.decode import decode, unpack
from csaudit.ingest.profiles import fold
from csaudit.ingest.sentences import UnreadableFileError

_HEADERS: Final = {
    "agent_id": ("agent_id", "id", "account", "客服ID", "客服账号", "工号", "账号"),
    "name": ("name", "agent", "agent_name", "姓名", "客服姓名", "昵称"),
}


@dataclass(frozen=True)
class Roster:
    """``names``: agent id -> display name (the id where there is none)."""

    names: Mapping[str, str] = field(default_factory=dict)


def load(path: Path | None) -> Roster:
    """Read a roster: a CSV with a column agent_id and, if wanted, name.

    Raises:
        ConfigError: If it cannot be used.
    """
    if path is None:
        return Roster()
    try:
        data, _ = unpack(path.read_bytes())
        frame = pl.read_csv(decode(data, str(path)).data, infer_schema=False)
    except (OSError, UnreadableFileError, pl.exceptions.PolarsError) as error:
        message = Words(f"花名册读不了：{error}", f"the roster cannot be read: {error}")
        raise ConfigError(message, where=Location(path)) from error
    by_fold = {fold(header): header for header in frame.columns}
    found = {
        name: next((by_fold[fold(each)] for each in headers if fold(each) in by_fold), None)
        for name, headers in _HEADERS.items()
    }
    if found["agent_id"] is None:
        headers = ", ".join(frame.columns)
        hint = Words(f"表头是：{headers}", f"headers found: {headers}")
        message = Words("花名册里没有客服账号列 agent_id", "the roster has no column agent_id")
        raise ConfigError(message, where=Location(path, 1), hint=hint)
    ids = pl.col(found["agent_id"]).str.strip_chars()
    name = pl.col(found["name"] or found["agent_id"]).str.strip_chars()
    pairs = frame.select(id=ids, name=pl.coalesce(name, ids)).drop_nulls("id")
    return Roster(dict(zip(pairs["id"], pairs["name"], strict=True)))
