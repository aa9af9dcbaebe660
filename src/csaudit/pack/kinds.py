"""The rule kinds: one reader each, in one registry. The key in the rule file is the kind's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, cast

from csaudit.pack.conditions import EVERYTHING, NOTHING, anchor, condition, signal_ids
from csaudit.pack.model import (
    Comparison,
    Condition,
    FactCheck,
    Kind,
    OtherContact,
    Pattern,
    Promise,
    Scorecard,
    Sequence,
    Step,
    Term,
    Words,
)
from csaudit.pack.values import ORDERED, seconds, span, words
from csaudit.yamlfile import Node, one_of

STATES: Final = ("present", "absent", "late", "out_of_order")


def _when(node: Node) -> Condition:
    when = node.get("when")
    return condition(when) if when else EVERYTHING


def _pattern(node: Node) -> Pattern:
    if not node.has("anchor") and not node.has("when"):
        node.problem(Words("pattern 要有 anchor 或 when", "a pattern needs an anchor or conditions (when)"))
    return Pattern(anchor(node.get("anchor")), _when(node))


def _term(node: Node) -> Term:
    return Term(
        weight=node.need("weight").number(),
        title=words(node.need("title")),
        scale=cast(Literal["once", "times"], node.get("scale").one_of(("once", "times"), "once")),
        cap=node.get("cap").integer(3, least=1),
        when=condition(node, also=("weight", "title", "scale", "cap")),
    )


def _scorecard(node: Node) -> Scorecard:
    return Scorecard(
        anchor=anchor(node.get("anchor")),
        terms=tuple(_term(term) for term in node.need("terms").items()),
        threshold=node.need("threshold").number(),
        when=_when(node),
    )


def _step(node: Node) -> Step:
    step = Step(node.need("id").text(), signal_ids(node.need("has")), span(node.get("within")))
    node.close()
    return step


def _sequence(node: Node) -> Sequence:
    steps = tuple(_step(step) for step in node.need("steps").items())
    fires_on = {}
    for name, states in node.need("fires_on").entries().items():
        if name not in {step.id for step in steps}:
            message = Words(f"没有步骤“{name}”", f"there is no step “{name}”")
            states.problem(message, one_of(step.id for step in steps))
        fires_on[name] = tuple(cast(Literal["absent"], state.one_of(STATES)) for state in states.one_or_more())
    return Sequence(anchor(node.need("anchor")), steps, fires_on)


def _promise(node: Node) -> Promise:
    breach, kept = node.get("breach"), node.get("kept")
    silence = node.get("silence").flag(default=True)
    if not breach and not silence:
        node.problem(Words("promise 要有 breach，或 silence: true", "a promise needs a breach, or silence: true"))
    # Nothing written: nothing breaches it (and nothing keeps it), so that only silence counts.
    return Promise(
        anchor=anchor(node.need("anchor")),
        breach=condition(breach) if breach else NOTHING,
        kept=condition(kept) if kept else NOTHING,
        silence=silence,
    )


def _fact(node: Node) -> FactCheck:
    return FactCheck(
        anchor=anchor(node.need("anchor")),
        fact=node.need("fact").text(),
        compare=cast(Comparison, node.need("wrong_if").one_of(("is", "not", *ORDERED), "not")),
        when=_when(node),
    )


def _contact(node: Node) -> OtherContact:
    return OtherContact(
        anchor=anchor(node.need("anchor")),
        same=cast(Literal["customer", "order_id"], node.get("same").one_of(("customer", "order_id"), "customer")),
        seconds=seconds(node.need("within")),
        direction=cast(
            Literal["earlier", "later", "either"],
            node.get("direction").one_of(("earlier", "later", "either"), "later"),
        ),
        other=signal_ids(node.get("other")),
        when=_when(node),
    )


KINDS: Final[dict[str, Callable[[Node], Kind]]] = {
    "pattern": _pattern,
    "scorecard": _scorecard,
    "sequence": _sequence,
    "promise": _promise,
    "fact": _fact,
    "contact": _contact,
}


def kind(name: str, node: Node) -> Kind:
    """Read what stands under a kind's key."""
    result = KINDS[name](node)
    node.close()
    return result
