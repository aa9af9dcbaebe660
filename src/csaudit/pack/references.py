"""That everything a pack names is there: lexicons, signals, acts, columns, classes, scenarios, grades; and no circles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from csaudit.errors import CsauditError, Location, Words
from csaudit.pack import walk
from csaudit.pack.model import FactCheck, FieldIs, LearnedAct, Matcher, Pack, Rule, Signal
from csaudit.pack.sources import Sources
from csaudit.schema import CONTEXT, EXTRA, MESSAGES
from csaudit.yamlfile import Problems, did_you_mean

LEXICON: Final = Words("词表", "lexicon")
SIGNAL: Final = Words("信号", "signal")
ACT: Final = Words("学到的行为", "act")
CLASS: Final = Words("类别", "class")
GRADE: Final = Words("等级", "grade")
COLUMN: Final = Words("列", "column")
FACT: Final = Words("facts.yaml 里的", "fact in facts.yaml")

COLUMNS: Final = frozenset({*MESSAGES, *CONTEXT, *EXTRA})


def checked(pack: Pack, sources: Sources) -> Pack:
    """Report dangling names; leave out signals and rules that cannot work."""
    checker = _Checker(pack, sources)
    for class_ in pack.classes.values():
        checker.known(GRADE, class_.grade, pack.grades, pack.grades, class_.where)
    signals = {
        id_: sound
        for id_, signal in pack.signals.items()
        if checker.signal(signal) and (sound := checker.trained(signal))
    }
    signals = _without_circles(signals, sources.problems)
    whole = {id_ for id_ in signals if _complete(id_, signals)}
    checker.sound_signals = whole
    rules = {id_: rule for id_, rule in pack.rules.items() if checker.rule(rule)}
    return replace(pack, signals={id_: signals[id_] for id_ in pack.signals if id_ in whole}, rules=rules)


class _Checker:
    def __init__(self, pack: Pack, sources: Sources) -> None:
        self.pack = pack
        self.sources = sources
        self.sound_signals: set[str] = set(pack.signals)

    def known(self, what: Words, name: str, sound: Iterable[str], given: Iterable[str], where: Location) -> bool:
        """Whether a name is sound; one that is not even given is a problem."""
        if name in sound:
            return True
        if name not in given:
            message = Words(f"没有{what.zh}“{name}”", f"there is no {what.en} “{name}”")
            self.sources.problems.append(CsauditError(message, where=where, hint=did_you_mean(name, given)))
        return False

    def signal(self, signal: Signal) -> bool:
        pack, given = self.pack, self.sources
        lexicons = walk.lexicons_in(walk.matchers_of(signal))
        good = [self.known(LEXICON, name, pack.lexicons, given.lexicons, signal.where) for name in sorted(lexicons)]
        good += [
            self.known(SIGNAL, name, given.signals, given.signals, signal.where)
            for name in sorted(walk.signals_in(signal))
        ]
        columns = [*signal.field, *(test.column for test in signal.field.values() if test.column)]
        good += [self.column(name, signal.where) for name in columns]
        return all(good)

    def trained(self, signal: Signal) -> Signal | None:
        """The signal without acts that nobody trained; None where nothing else is left to hit."""
        acts = sorted(walk.acts_in(signal))
        known = [self.known(ACT, name, self.pack.acts, self.sources.acts, signal.where) for name in acts]
        if all(known):
            return signal

        def left(matchers: tuple[Matcher, ...]) -> tuple[Matcher, ...]:
            return tuple(m for m in matchers if not isinstance(m, LearnedAct) or m.act in self.pack.acts)

        any_of = left(signal.any_of)
        if signal.any_of and not any_of:
            return None
        return replace(signal, any_of=any_of, all_of=left(signal.all_of), none_of=left(signal.none_of))

    def rule(self, rule: Rule) -> bool:
        where = rule.where
        good = [
            self.known(SIGNAL, name, self.sound_signals, self.sources.signals, where)
            for name in sorted(walk.signals_of(rule.kind))
        ]
        for condition in walk.conditions_of(rule.kind):
            for leaf in walk.leaves(condition):
                if isinstance(leaf, FieldIs):
                    good += [self.column(name, where) for name in (leaf.column, leaf.compare.column) if name]
        if isinstance(rule.kind, FactCheck):
            facts = {fact for known in self.pack.facts.values() for fact in known}
            good.append(self.known(FACT, rule.kind.fact, facts, facts, where))
        if self.known(CLASS, rule.class_id, self.pack.classes, self.sources.classes, where):
            letters = self.pack.classes[rule.class_id].scenarios
            scenario = Words(f"{rule.class_id} 的情形", f"scenario of {rule.class_id}")
            good.append(self.known(scenario, rule.scenario, letters, letters, where))
            return all(good)
        return False

    def column(self, name: str, where: Location) -> bool:
        return name.startswith("x_") or self.known(COLUMN, name, COLUMNS, COLUMNS, where)


def _complete(name: str, signals: Mapping[str, Signal]) -> bool:
    """Whether all that a signal is made of is sound."""
    return all(inner in signals for part in walk.closure([name], signals) for inner in walk.signals_in(signals[part]))


def _without_circles(signals: dict[str, Signal], problems: Problems) -> dict[str, Signal]:
    circular = {name for name, signal in signals.items() if name in walk.closure(walk.signals_in(signal), signals)}
    for name in sorted(circular):
        message = Words(f"信号“{name}”绕回了自己", f"the signal “{name}” is made of itself")
        problems.append(CsauditError(message, where=signals[name].where))
    return {name: signal for name, signal in signals.items() if name not in circular}
