"""A rule file and a class of the taxonomy: from YAML nodes to `model.Rule` and `model.IncidentClass`."""

from __future__ import annotations

from typing import cast, get_args

from csaudit.pack.cases import cases
from csaudit.pack.kinds import KINDS, kind
from csaudit.pack.model import IncidentClass, Kind, Rule, Status, Words
from csaudit.pack.values import words
from csaudit.yamlfile import Node, one_of


def rule(node: Node) -> Rule | None:
    """A rule file; None where it has no usable kind."""
    found = _kind(node)
    if found is None:
        return None
    kind_name, body = found
    result = Rule(
        id=node.need("id").text(),
        class_id=node.need("class").text(),
        scenario=node.need("scenario").text(),
        title=words(node.need("title")),
        why=words(node.need("why")),
        reason=words(node.need("reason")),
        kind_name=kind_name,
        kind=body,
        confidence=node.need("confidence").number(0.5),
        status=cast(Status, node.get("status").one_of(get_args(Status), "active")),
        cases=cases(node.get("cases")),
        where=node.where,
        advice=optional_words(node.get("advice")),
        false_positives=tuple(text.text() for text in node.get("false_positives").one_or_more()),
        valid_from=node.get("valid_from").date(),
        valid_to=node.get("valid_to").date(),
    )
    node.close()
    return result


def _kind(node: Node) -> tuple[str, Kind] | None:
    present = [name for name in KINDS if node.has(name)]
    if len(present) != 1:
        node.problem(Words("一条规则恰好有一种判定方式", "a rule has exactly one kind"), one_of(KINDS))
        return None
    return present[0], kind(present[0], node.get(present[0]))


def incident_class(node: Node) -> IncidentClass:
    """One entry of ``classes`` in taxonomy.yaml."""
    result = IncidentClass(
        id=node.need("id").text(),
        grade=node.need("grade").text(),
        name=words(node.need("name")),
        summary=words(node.need("summary")),
        advice=words(node.need("advice")),
        scenarios={letter: words(entry) for letter, entry in node.need("scenarios").entries().items()},
        scenario_advice={letter: words(entry) for letter, entry in node.get("scenario_advice").entries().items()},
        not_an_incident=tuple(words(entry) for entry in node.get("not_an_incident").one_or_more()),
        where=node.where,
    )
    for letter, entry in node.get("scenario_advice").entries().items():
        if letter not in result.scenarios:
            zh, en = f"类别 {result.id} 没有情形“{letter}”", f"class {result.id} has no scenario “{letter}”"
            entry.problem(Words(zh, en), one_of(result.scenarios))
    node.close()
    return result


def optional_words(node: Node) -> Words | None:
    """A text for people, or None where there is none."""
    return words(node) if node else None
