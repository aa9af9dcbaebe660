"""Conditions of rules: from YAML nodes to `model.Condition`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, cast

from csaudit.pack.model import All, Anchor, Any, Condition, FieldIs, Has, Not, Reply, Words
from csaudit.pack.values import COMPARISONS, compare, span
from csaudit.yamlfile import Node, one_of

PLACES: Final = ("same", "turn", "before", "after", "around", "anywhere")
SPEAKERS: Final = ("anyone", "same_agent", "other_agent")
EVERYTHING: Final = All(())
NOTHING: Final = Not(EVERYTHING)


def condition(node: Node, also: tuple[str, ...] = ()) -> Condition:
    """A condition, or a list of conditions that must all hold. ``also``: keys of the same mapping read by others."""
    if node.kind == "list":
        return All(tuple(condition(item) for item in node.items()))
    heads = [head for head in _FORMS if node.has(head)]
    if len(heads) != 1:
        if node:
            node.problem(Words("一个条件恰好有一种写法", "a condition has exactly one kind"), one_of(_FORMS))
        return EVERYTHING
    result = _FORMS[heads[0]](node)
    node.close(also)
    return result


def signal_ids(node: Node) -> tuple[str, ...]:
    """A signal's id, or a list of them."""
    return tuple(item.text() for item in node.one_or_more())


def anchor(node: Node) -> Anchor:
    """``{has: …, pick: …, cite: …}``, or just the signals; absent: an agent's part of a conversation."""
    if node.kind != "mapping":
        return Anchor(signal_ids(node))
    pick = node.get("pick")
    chosen = pick.integer(1, least=1) if pick.is_number else pick.one_of(("each", "first", "last"), "each")
    result = Anchor(
        signals=signal_ids(node.need("has")),
        pick=cast(Literal["each", "first", "last"] | int, chosen),
        cite=node.get("cite").flag(default=True),
    )
    node.close()
    return result


def _has(node: Node) -> Condition:
    negated = node.has("lacks")
    return Has(
        signals=signal_ids(node.get("lacks" if negated else "has")),
        where=cast(Literal["anywhere"], node.get("where").one_of(PLACES, "anywhere")),
        within=span(node.get("within")),
        times=node.get("times").integer(1, least=1),
        negated=negated,
        by=cast(Literal["anyone"], node.get("by").one_of(SPEAKERS, "anyone")),
        cite=node.get("cite").flag(default=True),
    )


def _at_least(node: Node) -> Condition:
    inner = node.get("at_least")
    result = Any(_several(inner.need("of")), inner.need("n").integer(1, least=1))
    inner.close()
    return result


def _reply(node: Node) -> Condition:
    inner = node.get("reply")
    role = inner.need("role").one_of(("agent", "customer"), "agent")
    comparison = compare(inner, also=("role",))
    return Reply(cast(Literal["agent", "customer"], role), comparison) if comparison else EVERYTHING


def _field(node: Node) -> Condition:
    tests = []
    for column, entry in node.get("field").entries().items():
        if entry.kind == "mapping" and not entry.has("column"):
            ops = [op for op in COMPARISONS if entry.has(op)]
            entry.close(COMPARISONS)
            parts = [(Node("mapping", {op: entry.get(op)}, entry.where, entry.problems, name=column)) for op in ops]
        else:
            parts = [entry]
        tests += [FieldIs(column, found) for part in parts if (found := compare(part))]
    return tests[0] if len(tests) == 1 else All(tuple(tests))


def _several(node: Node) -> tuple[Condition, ...]:
    return tuple(condition(item) for item in node.items())


_FORMS: Final[dict[str, Callable[[Node], Condition]]] = {
    "has": _has,
    "lacks": _has,
    "any": lambda node: Any(_several(node.get("any"))),
    "all": lambda node: All(_several(node.get("all"))),
    "not": lambda node: Not(condition(node.get("not"))),
    "at_least": _at_least,
    "reply": _reply,
    "field": _field,
}
