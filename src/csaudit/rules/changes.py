"""The smallest change with which a rule that fired would have passed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from csaudit.errors import Words
from csaudit.pack import describe
from csaudit.pack.model import All, Any, Has, Not, Pack, Pattern, Reply, Rule, Scorecard
from csaudit.rules.nodes import Node, Row

_FAULT: Final = 0.9  # leaving out the very words of the agent that a pattern starts from, or mending what they say
_OURS: Final = 1.0  # something the agent could have said
_LESS: Final = 1.2  # something the agent could have left unsaid
_THEIRS: Final = 5.0  # what was not in the agent's hands


@dataclass(frozen=True)
class Change:
    """Something that would have to be otherwise; ``cost`` compares changes, infinite for none at all."""

    cost: float
    texts: tuple[Words, ...] = ()

    def __add__(self, other: Change) -> Change:
        return Change(self.cost + other.cost, self.texts + tuple(t for t in other.texts if t not in self.texts))


_NOTHING: Final = Change(0)
_IMPOSSIBLE: Final = Change(float("inf"))

_INSTEAD: Final = {
    "silence": Change(_FAULT, (Words("期限内回来答复", "come back before the term passes"),)),
    "breach": Change(_FAULT, (Words("期限内兑现", "keep the promise in time"),)),
    "fact": Change(_FAULT, (Words("按事实表说", "say what the fact sheet says"),)),
    "contact": Change(_THEIRS, (Words("没有再次来访", "no other contact"),)),
}


def smallest(rule: Rule, nodes: Sequence[Node], row: Row, pack: Pack, lang: str) -> str | None:
    """Word the smallest change that makes the rule pass at this anchor; of equals the first in the order of the rule."""
    found = min([*_options(rule, nodes, row, pack), _anchor(rule, pack)], key=lambda change: change.cost)
    return ("；" if lang == "zh" else "; ").join(text[lang] for text in found.texts) or None


def _options(rule: Rule, nodes: Sequence[Node], row: Row, pack: Pack) -> Iterable[Change]:
    named = {node.part.partition(" ")[0]: node for node in nodes}
    if "when" in named:
        yield _turn(named["when"], row, pack, to=False)
    if isinstance(rule.kind, Scorecard):
        yield _less(rule.kind, [node for node in nodes if node.part.startswith("term ")], row, pack)
    for name in ("fact", "contact"):
        if name in named:
            yield _INSTEAD[name]
    if "kept" in named:
        yield _turn(named["kept"].children[0], row, pack, to=True)
    fired = [node for node in nodes if node.part.partition(" ")[0] in {"breach", "silence", "step"} and node.state(row)]
    if fired:
        yield sum((_mended(node) for node in fired), _NOTHING)


def _mended(node: Node) -> Change:
    if node.part in _INSTEAD:
        return _INSTEAD[node.part]
    return Change(_OURS, (Words(f"不是「{node.text.zh}」", f"not: {node.text.en}"),))


def _turn(node: Node, row: Row, pack: Pack, *, to: bool) -> Change:
    """The cheapest way for a condition to have the other answer."""
    if node.state(row) is to:
        return _NOTHING
    match node.condition:
        case All(of):
            return _of_several(node, row, pack, to=to, n=len(of) if to else 1)
        case Any(of, n):
            return _of_several(node, row, pack, to=to, n=n if to else len(of) - n + 1)
        case Not():
            return _turn(node.children[0], row, pack, to=not to)
        case _:
            return _leaf(node, row, pack, to=to)


def _of_several(node: Node, row: Row, pack: Pack, *, to: bool, n: int) -> Change:
    """The cheapest ``n`` parts, those counted that need no change."""
    parts = sorted((_turn(child, row, pack, to=to) for child in node.children), key=lambda change: change.cost)
    return sum(parts[:n], _NOTHING) if len(parts) >= n else _IMPOSSIBLE


def _leaf(node: Node, row: Row, pack: Pack, *, to: bool) -> Change:
    stated = node.condition
    if isinstance(stated, Has):
        wanted = stated if to else replace(stated, negated=not stated.negated)
        text = _with_delay(describe.condition(wanted, pack)[0].text, wanted, node, row)
        ours = _LESS if wanted.negated else _OURS
        return Change(ours if _is_agents(stated.signals, pack) else _THEIRS, (text,))
    text = node.text if to else Words(f"不是「{node.text.zh}」", f"not: {node.text.en}")
    if isinstance(stated, Reply):
        return Change(_OURS if stated.role == "agent" else _THEIRS, (_sooner(text, stated, node, row),))
    return Change(_THEIRS, (text,))


def _with_delay(text: Words, wanted: Has, node: Node, row: Row) -> Words:
    """Say by how much it came too late, if it came."""
    after = row.get(f"after {node.number}")
    if wanted.negated or row.get(f"next {node.number}") is None:
        return text
    if wanted.within.seconds is not None and after is not None:
        late = describe.duration(round(after - wanted.within.seconds))
        return Words(f"{text.zh}（早 {late.zh}即可）", f"{text.en} ({late.en} sooner)")
    return Words(f"{text.zh}（后来才有）", f"{text.en} (it came later)")


def _sooner(text: Words, stated: Reply, node: Node, row: Row) -> Words:
    """Say by how much a reply that came would have had to come sooner or later."""
    after, limit = row.get(f"after {node.number}"), stated.compare.value
    if after is None or not isinstance(limit, float):
        return text
    by = describe.duration(abs(round(after - limit, 1)))
    if after >= limit:
        return Words(f"早 {by.zh}回复", f"a reply {by.en} sooner")
    return Words(f"晚 {by.zh}回复", f"a reply {by.en} later")


def _less(kind: Scorecard, nodes: Sequence[Node], row: Row, pack: Pack) -> Change:
    """One term that brings the sum below the threshold, else the fewest."""
    points = dict.fromkeys(range(len(kind.terms)), 0.0)
    points |= {
        int(n): float(value) for n, value in (term.split("=") for term in (row["terms"] or "").split(";") if term)
    }
    excess = sum(points.values()) - kind.threshold
    options = []
    for number, node in enumerate(nodes):
        weight = kind.terms[number].weight
        gain = points[number] if weight > 0 else -weight - abs(points[number])
        if gain > 0:
            options.append((gain, _turn(node.children[0], row, pack, to=weight < 0)))
    enough = [change for gain, change in options if gain > excess]
    if enough:
        return min(enough, key=lambda change: change.cost)
    total, left = _NOTHING, excess
    for gain, change in sorted(options, key=lambda option: (option[1].cost, -option[0])):
        total, left = total + change, left - gain
        if left < 0:
            return total
    return _IMPOSSIBLE


def _anchor(rule: Rule, pack: Pack) -> Change:
    signals = rule.kind.anchor.signals
    if not signals:
        return _IMPOSSIBLE
    named = describe.signals(signals, pack)
    ours = _FAULT if isinstance(rule.kind, Pattern) else _LESS
    return Change(ours if _is_agents(signals, pack) else 2 * _THEIRS, (Words(f"不出现{named.zh}", f"no {named.en}"),))


def _is_agents(signals: Sequence[str], pack: Pack) -> bool:
    return all(pack.signals[name].role == ("agent",) for name in signals if name in pack.signals)
