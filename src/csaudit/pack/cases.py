"""Cases of a rule: mini-dialogues it must fire on or pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from csaudit.pack.model import Case, Line, Words
from csaudit.pack.values import seconds
from csaudit.schema import ROLES
from csaudit.yamlfile import Node

SPEAKERS: Final = {"客": "customer", "服": "agent", "机": "bot", "系": "system"}
IN_ENGLISH: Final = {role: role for role in ROLES}
DEFAULT_GAP: Final = 10.0

Fields = dict[str, str | float | bool]


def cases(node: Node) -> tuple[Case, ...]:
    """Both lists of the ``cases`` key."""
    found = [_case(item, fires=True) for item in node.get("hits").items()]
    found += [_case(item, fires=False) for item in node.get("passes").items()]
    if node:
        node.close()
    return tuple(found)


def _case(node: Node, *, fires: bool) -> Case:
    if not node.has("dialogue"):
        return Case(fires, _dialogue(node), node.where)
    common = _fields(node.get("fields"))
    timed = node.get("times").flag(default=True)
    lines = _dialogue(node.get("dialogue"))
    case = Case(
        fires=fires,
        lines=tuple(replace(line, gap=line.gap if timed else None, fields={**common, **line.fields}) for line in lines),
        where=node.where,
        platform=node.get("platform").text("京东"),
        shop=node.get("shop").text("示例店"),
        cut=node.get("cut").flag(),
        note=node.get("note").text(),
    )
    node.close()
    return case


def _dialogue(node: Node) -> tuple[Line, ...]:
    if node.kind == "text":
        return (Line("agent", node.text()),)
    lines: list[Line] = []
    contact = 0
    for item in node.items() if node.kind == "list" else [node]:
        contact += item.has("contact")
        lines += [replace(line, contact=contact) for line in _lines(item)]
    if node.value == []:
        node.problem(Words("用例是空的", "the case is empty"))
    return tuple(lines)


def _lines(node: Node) -> list[Line]:
    """Usually one line; ``{客: …, 服: …}`` stands for several."""
    keys = list(node.value) if node.kind == "mapping" else []
    # Beside a Chinese speaker, "agent" is the agent's name.
    roles = SPEAKERS if any(key in SPEAKERS for key in keys) else IN_ENGLISH
    speakers = [key for key in keys if key in roles]
    if not speakers:
        node.problem(Words("每一行要写明谁说的", "a line has a speaker"), "客: … / 服: …")
        return []
    pause = node.get("contact" if node.has("contact") else "after")
    first = seconds(pause) if pause else DEFAULT_GAP
    agent = (node.get("agent").text() or None) if roles is SPEAKERS else None
    fields = _fields(node.get("fields"))
    lines = [
        Line(roles[key], node.get(key).text(), gap=DEFAULT_GAP if i else first, agent=agent, fields=fields)
        for i, key in enumerate(speakers)
    ]
    node.close()
    return lines


def _fields(node: Node) -> Fields:
    return {name: value for name, entry in node.entries().items() if (value := entry.scalar()) is not None}
