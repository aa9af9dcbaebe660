"""From folders to a checked `Pack`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from csaudit.config import builtin_rules
from csaudit.errors import PackError, Words
from csaudit.pack import matchers, references, rule
from csaudit.pack.model import ActModel, Pack, Rule
from csaudit.pack.sources import Nodes, Sources, gather
from csaudit.pack.values import quantity, words
from csaudit.schema import GRADES_ORDER, ROLES
from csaudit.yamlfile import Node, Problems, did_you_mean

T = TypeVar("T")


def load(folders: Sequence[Path] | None = None, *, builtin: bool = True) -> Pack:
    """Load the built-in rules and then each folder, which extends and changes them.

    Raises:
        PackError: with every problem of every file.
    """
    pack, problems = examine(folders, builtin=builtin)
    if problems:
        raise PackError(problems)
    return pack


def examine(folders: Sequence[Path] | None = None, *, builtin: bool = True) -> tuple[Pack, Problems]:
    """Like ``load``, but give the sound part of the pack beside the problems."""
    paths = ([builtin_rules()] if builtin else []) + list(folders or [])
    sources = gather(paths)
    return _pack(sources, paths), sources.problems


def _pack(sources: Sources, paths: list[Path]) -> Pack:
    problems = sources.problems
    lexicons = {id_: matchers.lexicon(node) for id_, node in sources.lexicons.items()}
    taxonomy = sources.top.get("taxonomy")
    grades = tuple(grade.text() for grade in taxonomy.get("grades").items()) if taxonomy else GRADES_ORDER
    head = sources.top.get("pack")
    targets = sources.top.get("targets")
    pack = Pack(
        name=head.need("name").text("unnamed") if head else "unnamed",
        version=head.need("version").text("0") if head else "0",
        digest=sources.digest,
        grades=grades,
        classes=_sound(sources.classes, rule.incident_class, problems),
        lexicons=lexicons,
        acts=_sound(sources.acts, _act, problems),
        signals=_sound(sources.signals, lambda node: matchers.signal(node, lexicons), problems),
        rules=_retired(_sound(sources.rules, rule.rule, problems), sources),
        tables=sources.tables,
        points=_numbers(targets.get("points")) if targets else {},
        targets=_numbers(targets.get("targets")) if targets else {},
        facts={shop: _numbers(node) for shop, node in _entries(sources.top.get("facts"))},
        folders=tuple(str(path) for path in paths),
    )
    for node, read_before in ((head, "retired"), (targets, ""), (taxonomy, "classes")):
        if node:
            node.close(also=(read_before,))
    return references.checked(pack, sources)


def _sound(nodes: Nodes, read: Callable[[Node], T | None], problems: Problems) -> dict[str, T]:
    """Read each node; leave out those with a problem."""
    sound = {}
    for id_, node in nodes.items():
        before = len(problems)
        value = read(node)
        if value is not None and len(problems) == before:
            sound[id_] = value
    return sound


def _act(node: Node) -> ActModel:
    folder = Path(node.where.path).resolve().parent
    act = ActModel(
        id=node.need("id").text(),
        role=node.need("role").one_of(ROLES),
        title=words(node.need("title")),
        bias=node.need("bias").number(),
        weights_file=folder / node.need("weights").text(),
        thresholds=_numbers(node.need("thresholds")),
        measured=_numbers(node.get("measured")),
    )
    if not act.weights_file.is_file():
        name = act.weights_file.name
        node.get("weights").problem(Words(f"旁边没有文件 {name}", f"there is no file {name} beside it"))
    node.close()
    return act


def _retired(rules: dict[str, Rule], sources: Sources) -> dict[str, Rule]:
    for id_, node in sources.retired.items():
        if id_ in rules:
            rules[id_] = replace(rules[id_], status="retired")
        elif id_ not in sources.rules:
            message = Words(f"没有规则“{id_}”可停用", f"there is no rule “{id_}” to retire")
            node.problem(message, did_you_mean(id_, sources.rules))
    return rules


def _numbers(node: Node) -> dict[str, float]:
    return {name: quantity(entry) for name, entry in node.entries().items()}


def _entries(node: Node | None) -> list[tuple[str, Node]]:
    return list(node.entries().items()) if node else []
