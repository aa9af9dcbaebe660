"""The files of one or more pack folders, gathered and laid over each other before they are understood.

A later folder changes what an earlier one says key by key: the same id again replaces the keys it gives, ``add:``
appends to lists, everything else stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from csaudit.errors import CsauditError, Location, Words
from csaudit.pack.kinds import KINDS
from csaudit.yamlfile import Node, Problems, read

NOT_RULES: Final = ("lexicons", "signals", "acts", "profiles", "tables")
"""Folders of a pack that hold something else than rules."""

TOP_FILES: Final = ("pack.yaml", "taxonomy.yaml", "targets.yaml", "facts.yaml")

_NAMES: Final = {"lexicon": "词表", "signal": "信号", "act": "行为", "rule": "规则", "class": "类别"}

Nodes = dict[str, Node]


@dataclass
class Sources:
    """What all folders say, by id, as nodes."""

    problems: Problems = field(default_factory=list)
    top: Nodes = field(default_factory=dict)  # pack, taxonomy, targets, facts
    classes: Nodes = field(default_factory=dict)
    lexicons: Nodes = field(default_factory=dict)
    signals: Nodes = field(default_factory=dict)
    acts: Nodes = field(default_factory=dict)
    rules: Nodes = field(default_factory=dict)
    retired: Nodes = field(default_factory=dict)
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    digest: str = ""


def gather(folders: Sequence[Path]) -> Sources:
    """Read every file of the folders, in order."""
    sources = Sources()
    digest = hashlib.sha256()
    for folder in folders:
        if not folder.is_dir():
            message = Words("没有这个规则文件夹", "there is no such folder of rules")
            sources.problems.append(CsauditError(message, where=Location(folder)))
            continue
        for path in _files(folder):
            digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
            digest.update(path.read_bytes())
        _Folder(_near(folder), sources).read()
    sources.digest = digest.hexdigest()
    return sources


def _near(folder: Path) -> Path:
    """The folder as seen from the working folder, if it lies within: messages stay short."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) and folder != here else folder


def overlay(base: Node, top: Node) -> Node:
    """Lay a later mapping over an earlier one, key by key."""
    if base.kind != "mapping" or top.kind != "mapping":
        return top
    changes = {key: node for key, node in top.value.items() if key != "add"}
    kept = base.value
    if any(kind in changes for kind in KINDS):
        kept = {key: node for key, node in kept.items() if key not in KINDS}
    merged = {**kept, **changes}
    for key, node in top.get("add").entries().items():
        merged[key] = _appended(merged[key], node) if key in merged else node
    return Node("mapping", merged, top.where, top.problems, name=top.name)


def merge(base: Node, top: Node) -> Node:
    """Lay a later table of numbers over an earlier one, down to the single number."""
    if base.kind != "mapping" or top.kind != "mapping":
        return top
    merged = {key: merge(base.value[key], node) if key in base.value else node for key, node in top.value.items()}
    return Node("mapping", {**base.value, **merged}, top.where, top.problems, name=top.name)


def overlay_lexicon(base: Node, top: Node) -> Node:
    """Lay a later lexicon over an earlier one: its terms are added, with ``replace: true`` they stand alone."""
    replace = top.get("replace").flag()
    changes = {key: node for key, node in top.value.items() if key != "replace"}
    if "terms" in changes and not replace:
        changes["terms"] = _appended(base.get("terms"), changes["terms"])
    return Node("mapping", {**base.value, **changes}, top.where, top.problems, name=top.name)


_LAY: Final = {"lexicon": overlay_lexicon}


def _appended(base: Node, more: Node) -> Node:
    if more.kind == "mapping" and base.kind == "mapping":
        merged = {
            key: _appended(base.value[key], node) if key in base.value else node for key, node in more.value.items()
        }
        return Node("mapping", {**base.value, **merged}, base.where, base.problems, name=base.name)
    return Node("list", [*base.one_or_more(), *more.one_or_more()], base.where, base.problems, name=base.name)


class _Folder:
    """Reads one folder into the sources; the same id twice within it is an error."""

    def __init__(self, folder: Path, sources: Sources) -> None:
        self.folder = folder
        self.sources = sources
        self.seen: set[tuple[str, str]] = set()

    def read(self) -> None:
        sources = self.sources
        self._top_files()
        for node in self._documents("lexicons"):
            self._put("lexicon", sources.lexicons, node)
        for document in self._documents("signals"):
            for node in document.need("signals").items():
                self._put("signal", sources.signals, node)
            document.close()
        for node in self._documents("acts/model"):
            self._put("act", sources.acts, node)
        for part in sorted(self.folder.iterdir()):
            if part.is_dir() and part.name not in NOT_RULES and not part.name.startswith("."):
                for node in self._documents(part.name):
                    self._put("rule", sources.rules, node)
        for path in sorted((self.folder / "tables").glob("*.tsv")):
            sources.tables.setdefault(path.stem, {}).update(_table(path, sources.problems))

    def _top_files(self) -> None:
        sources = self.sources
        for name in TOP_FILES:
            path = self.folder / name
            if path.is_file():
                key = path.stem
                node = read(path, sources.problems)
                lay = overlay if key in ("pack", "taxonomy") else merge
                sources.top[key] = lay(sources.top[key], node) if key in sources.top else node
                if key == "taxonomy":
                    for entry in node.get("classes").items():
                        self._put("class", sources.classes, entry)
                if key == "pack":
                    sources.retired.update({entry.text(): entry for entry in node.get("retired").one_or_more()})
        for path in sorted(self.folder.glob("*.y*ml")):
            if path.name not in TOP_FILES and not path.name.startswith("."):
                names = ", ".join(TOP_FILES)
                hint = Words(
                    f"这里放 {names}；规则放在 A1/ 这样的文件夹里",
                    f"here stand {names}; rules stand in a folder such as A1/",
                )
                message = Words("不是规则包的文件", "not a file of a pack")
                sources.problems.append(CsauditError(message, where=Location(path), hint=hint))

    def _documents(self, part: str) -> list[Node]:
        paths = sorted(path for path in (self.folder / part).rglob("*.yaml") if not path.name.startswith("."))
        return [node for path in paths if (node := read(path, self.sources.problems))]

    def _put(self, what: str, into: Nodes, node: Node) -> None:
        id_ = node.get("id").text() if node.has("id") else ""
        if not id_:
            node.need("id")
            return
        if (what, id_) in self.seen:
            message = Words(f"{_NAMES[what]}“{id_}”写了两次", f"the {what} “{id_}” is given twice")
            node.problem(message, Words(f"先在 {into[id_].where}", f"first in {into[id_].where}"))
            return
        self.seen.add((what, id_))
        into[id_] = _LAY.get(what, overlay)(into[id_], node) if id_ in into else node


def _files(folder: Path) -> list[Path]:
    """What the digest covers: all that changes a judgement."""
    found = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    wanted = (path for path in found if path.suffix in (".yaml", ".tsv") or path.parent.name == "model")
    return sorted(path for path in wanted if "profiles" not in path.relative_to(folder).parts[:1])


def _table(path: Path, problems: Problems) -> dict[str, str]:
    """Two columns, tab between them: what stands in a text, what it stands for. ``#`` begins a comment line."""
    table: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        message = Words("这张表读不了（应是 UTF-8 文本）", "the table cannot be read as UTF-8 text")
        problems.append(CsauditError(message, where=Location(path)))
        return table
    for number, line in enumerate(lines, start=1):
        if line and not line.startswith("#"):
            source, tab, rest = line.partition("\t")
            if not (source and tab):
                hint = Words("两列，中间用制表符隔开", "two columns with a tab between")
                message = Words("不是表里的一行", "not a line of a table")
                problems.append(CsauditError(message, where=Location(path, number), hint=hint))
            table[source] = rest.partition("\t")[0]
    return table
