"""What a rule, a condition or a signal refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from csaudit.pack import templates
from csaudit.pack.model import (
    All,
    Any,
    Condition,
    Has,
    InLexicon,
    Kind,
    LearnedAct,
    Matcher,
    Not,
    OfSignal,
    OtherContact,
    Pack,
    Promise,
    Scorecard,
    Sequence,
    Signal,
    Template,
)

# ---- rules ----------------------------------------------------------------------------------------------------------


def conditions_of(kind: Kind) -> tuple[Condition, ...]:
    """The conditions a rule states, as they stand under its keys."""
    if isinstance(kind, Promise):
        return (kind.breach, kind.kept)
    if isinstance(kind, Sequence):
        return ()
    if isinstance(kind, Scorecard):
        return (kind.when, *(term.when for term in kind.terms))
    return (kind.when,)


def stated_by(kind: Kind) -> tuple[Condition, ...]:
    """Like ``conditions_of``, with the steps of a sequence as conditions."""
    if isinstance(kind, Sequence):
        return tuple(Has(step.signals, "after", step.within) for step in kind.steps)
    return conditions_of(kind)


def leaves(condition: Condition) -> Iterator[Condition]:
    """The plain conditions within all, any and not."""
    if isinstance(condition, (All, Any)):
        for part in condition.of:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.condition)
    else:
        yield condition


def signals_of(kind: Kind) -> frozenset[str]:
    """Ids of the signals a rule names (not those that these signals are made of: see ``closure``)."""
    named = set(kind.anchor.signals)
    for condition in conditions_of(kind):
        named.update(name for leaf in leaves(condition) if isinstance(leaf, Has) for name in leaf.signals)
    if isinstance(kind, Sequence):
        named.update(name for step in kind.steps for name in step.signals)
    if isinstance(kind, OtherContact):
        named.update(kind.other)
    return frozenset(named)


# ---- signals --------------------------------------------------------------------------------------------------------


def matchers_of(signal: Signal) -> Iterator[Matcher]:
    """Every matcher of a signal, whatever it is for."""
    yield from signal.any_of
    yield from signal.all_of
    yield from signal.none_of
    yield from signal.except_
    for group in (signal.near, signal.not_near):
        if group:
            yield from group.any_of
    if signal.at_least:
        yield from signal.at_least.of


def lexicons_in(matchers: Iterable[Matcher]) -> frozenset[str]:
    """Ids of the lexicons matchers use, in templates too."""
    used: set[str] = set()
    for matcher in matchers:
        if isinstance(matcher, InLexicon):
            used.add(matcher.lexicon)
        elif isinstance(matcher, Template):
            used.update(templates.lexicons_of(matcher.text))
    return frozenset(used)


def signals_in(signal: Signal) -> frozenset[str]:
    """Ids of the signals a signal is made of."""
    return frozenset(matcher.signal for matcher in matchers_of(signal) if isinstance(matcher, OfSignal))


def acts_in(signal: Signal) -> frozenset[str]:
    """Ids of the learned acts a signal uses."""
    return frozenset(matcher.act for matcher in matchers_of(signal) if isinstance(matcher, LearnedAct))


def closure(names: Iterable[str], signals: Mapping[str, Signal]) -> frozenset[str]:
    """The signals of these names and all that they are made of."""
    found: set[str] = set()
    waiting = [name for name in names if name in signals]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [inner for inner in signals_in(signals[name]) if inner in signals]
    return frozenset(found)


def wanted_signals(pack: Pack, rule_ids: Iterable[str] | None = None) -> frozenset[str]:
    """All signals that these rules (default: all) need."""
    rules = pack.rules.values() if rule_ids is None else [pack.rules[id_] for id_ in rule_ids]
    return closure({name for rule in rules for name in signals_of(rule.kind)}, pack.signals)
