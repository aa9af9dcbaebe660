"""The examples that acts are learned from: ``acts/acts.yaml`` names the acts, ``acts/<act>.jsonl`` holds their utterances."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from csaudit.errors import CsauditError, Location, PackError, Words
from csaudit.schema import ROLES, Schema
from csaudit.signals.views import Tables, Views
from csaudit.yamlfile import Node, Problems, read

UTTERANCES: Final[Schema] = {
    "act": pl.String,
    "role": pl.String,
    "text": pl.String,  # folded
    "label": pl.UInt8,  # 1: does the act; 0: a near miss
    "hold": pl.Boolean,  # kept back from learning, to measure with
    "innocent": pl.Boolean,  # ordinary talk or a near miss: a hit of an act that is not plain is a false alarm
    "talk": pl.Boolean,  # of an entry with learn: false
}

_NO_UTTERANCE: Final = Words("不是例句", "not an utterance")
_FORM: Final = Words(
    '每行一个 JSON：{"text": "…", "label": 1}，label 为 1 或 0，留出的加 "hold": true',
    'one JSON object a line: {"text": "…", "label": 1}, label 1 or 0, "hold": true to keep it back',
)


@dataclass(frozen=True)
class Act:
    """An entry of acts.yaml; ``folder`` is that of its utterances."""

    id: str
    role: str
    title: Words
    plain: bool  # belongs to ordinary service
    learn: bool  # else it only shows the others what ordinary talk looks like
    folder: Path


def acts(folders: Sequence[Path]) -> dict[str, Act]:
    """The acts that packs name; a later folder's entry replaces an earlier one of the same id.

    Raises:
        PackError: with every problem of the files.
    """
    problems: Problems = []
    found: dict[str, Act] = {}
    for folder in folders:
        path = folder / "acts" / "acts.yaml"
        if path.is_file():
            root = read(path, problems)
            entries = [_act(node, path.parent) for node in root.need("acts").items()]
            root.close()
            found.update({act.id: act for act in entries})
    if problems:
        raise PackError(problems)
    return found


def _act(node: Node, folder: Path) -> Act:
    title = node.need("title")
    act = Act(
        id=node.need("id").text(),
        role=node.need("role").one_of(ROLES),
        title=Words(title.need("zh").text(), title.need("en").text()),
        plain=node.get("plain").flag() if node.has("plain") else False,
        learn=node.get("learn").flag() if node.has("learn") else True,
        folder=folder,
    )
    title.close()
    node.close()
    return act


def load(folders: Sequence[Path], known: Mapping[str, Act], tables: Tables) -> pl.DataFrame:
    """All utterances of the named acts.

    Args:
        folders: packs; their utterances of an act add up.
        known: what acts.yaml names.
        tables: of the pack, for folding.

    Returns:
        UTTERANCES, each (act, text) once, sorted by act and text.

    Raises:
        PackError: with every line that cannot be used.
    """
    problems: Problems = []
    rows: dict[tuple[str, str], tuple[Act, int, bool]] = {}
    for act in known.values():
        for path in (folder / "acts" / f"{act.id}.jsonl" for folder in folders):
            lines = _lines(path, problems) if path.is_file() else []
            rows.update({(act.id, text): (act, label, hold) for text, label, hold in lines})
    if problems:
        raise PackError(problems)
    table = [
        (act.id, act.role, act.plain, not act.learn, text, label, hold)
        for (_, text), (act, label, hold) in rows.items()
    ]
    names = ["act", "role", "plain", "talk", "raw", "label", "hold"]
    frame = Views(tables).columns(pl.DataFrame(table, schema=names, orient="row"), ["folded"])
    innocent = (pl.col("label") == 0) | pl.col("plain")
    return (
        frame.with_columns(text="folded", innocent=innocent)
        .select(pl.col(name).cast(dtype) for name, dtype in UTTERANCES.items())
        .unique(["act", "text"], keep="first", maintain_order=True)
        .sort("act", "text")
    )


def _lines(path: Path, problems: Problems) -> list[tuple[str, int, bool]]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        row = _row(line)
        if row is None:
            problems.append(CsauditError(_NO_UTTERANCE, where=Location(path, number), hint=_FORM))
        else:
            found.append(row)
    return found


def _row(line: str) -> tuple[str, int, bool] | None:
    try:
        row: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(row, dict) or set(row) - {"text", "label", "hold"}:
        return None
    text, label, hold = row.get("text"), row.get("label"), row.get("hold", False)
    if isinstance(text, str) and text.strip() and label in (0, 1) and isinstance(hold, bool):
        return text, int(label), hold
    return None
