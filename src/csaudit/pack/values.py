"""Small values of the rule language: texts for people, durations, spans, comparisons."""

from __future__ import annotations

import re
from typing import Final, cast, get_args

from csaudit.pack.model import Compare, Comparison, Span, Words
from csaudit.yamlfile import Node, one_of

COMPARISONS: Final = get_args(Comparison)
ORDERED: Final = ("above", "below", "at_least", "at_most")

_SECONDS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_UNITS: Final = {
    "message": "messages",
    "turn": "turns",
    "agent turn": "agent_turns",
    "customer turn": "customer_turns",
}
_DURATIONS: Final = "30 s, 10 min, 2 h, 7 d …"
_SPANS: Final = "3 messages, 2 turns, 3 agent turns, 1 customer turn, 30 s, 10 min, 2 h, 7 d …"
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?) +([a-z ]+)")


def words(node: Node) -> Words:
    """``{zh: …, en: …}``, or one text that stands for both (lint asks for the other)."""
    if node.kind != "mapping":
        text = node.text()
        return Words(text, text)
    zh = node.need("zh").text()
    en = node.get("en").text(zh)
    node.close()
    return Words(zh.strip(), en.strip())


def seconds(node: Node) -> float:
    """A duration such as ``10 min``."""
    match = _QUANTITY.fullmatch(node.value) if node.kind == "text" else None
    if match and match[2] in _SECONDS:
        return float(match[1]) * _SECONDS[match[2]]
    if node:
        node.problem(Words(f"“{_shown(node)}”不是时长", f"“{_shown(node)}” is not a duration"), _DURATIONS)
    return 0.0


def quantity(node: Node) -> float:
    """A number, or a duration in seconds."""
    return node.number() if node.is_number else seconds(node)


def span(node: Node) -> Span:
    """One limit such as ``3 agent turns``, or a list of which the narrowest counts."""
    limits: dict[str, float] = {}
    for part in node.one_or_more():
        match = _QUANTITY.fullmatch(part.value) if part.kind == "text" else None
        unit = match[2].removesuffix("s") if match else ""
        if match and match[2] in _SECONDS:
            limits["seconds"] = float(match[1]) * _SECONDS[match[2]]
        elif match and unit in _UNITS and match[1].isdigit():
            limits[_UNITS[unit]] = int(match[1])
        else:
            part.problem(Words(f"“{_shown(part)}”不是范围", f"“{_shown(part)}” is not a span"), _SPANS)
    return Span(**limits)  # type: ignore[arg-type]  # counts are whole, seconds are not


def compare(node: Node, also: tuple[str, ...] = ()) -> Compare | None:
    """``{above: 3}``, ``{column: other, op: above}``, or a bare value (``is``); None after a problem.

    ``also`` names keys that the same mapping may hold for others.
    """
    if node.kind != "mapping":
        return Compare("is", node.scalar()) if node else None
    found = [op for op in COMPARISONS if node.has(op)]
    if node.has("column"):
        column = node.get("column").text()
        op = node.need("op").one_of(COMPARISONS, "is")
        node.close(also)
        return Compare(cast(Comparison, op), column=column)
    if len(found) != 1:
        node.problem(Words("这里恰好要一个比较", "one comparison is wanted"), one_of(COMPARISONS))
        return None
    (op,) = found
    result = Compare(op, _operand(op, node.get(op)))
    node.close(also)
    return result


def _operand(op: str, node: Node) -> str | float | bool | tuple[str, ...] | None:
    if op in ORDERED:
        return quantity(node)
    if op == "missing":
        return node.flag(default=True)
    if op in ("in", "not_in"):
        return tuple(member.text() for member in node.one_or_more())
    return node.scalar()


def _shown(node: Node) -> str:
    return str(node.value) if node.kind == "text" else node.name
