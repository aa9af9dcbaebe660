"""Lint: what a pack may say but should not. What cannot work at all is an error of `load`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from csaudit.errors import Location
from csaudit.pack.issue import Issue
from csaudit.pack.model import Pack, Rule, Scorecard, Words
from csaudit.pack.walk import lexicons_in, matchers_of, wanted_signals
from csaudit.pack.wording import wording

PLACEHOLDERS: Final = ("anchor", "message", "words", "undone", "n", "agent", "customer", "minutes", "terms")
"""What ``reason`` may fill in, as `rules.sentences` does; ``terms`` is a scorecard's."""

LEAST_CASES: Final = 2

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}?|\}")
_HAN = re.compile(r"[\u3400-\u9fff]")


def lint(pack: Pack) -> list[Issue]:
    """Everything to mend, by file and line."""
    issues = [issue for check in _CHECKS for issue in check(pack)]
    return sorted(issues, key=lambda issue: (str(issue.where.path), issue.where.line or 0, issue.code))


def _names(pack: Pack) -> Iterator[Issue]:
    """A rule's file, folder and id say the same."""
    for rule in pack.rules.values():
        path = Path(rule.where.path)
        prefix = f"{rule.class_id}{rule.scenario}-"
        if path.stem != rule.id:
            message = Words(f"文件名应与规则编号“{rule.id}”一致", f"the file should be called {rule.id}.yaml")
            yield Issue("file-name", "error", rule.where, message)
        if not rule.id.startswith(prefix):
            message = Words(f"规则编号“{rule.id}”应以“{prefix}”开头", f"the id “{rule.id}” should begin with {prefix}")
            yield Issue("rule-id", "error", rule.where, message)
        if path.parent.name != rule.class_id:
            message = Words(
                f"规则应放在文件夹 {rule.class_id}/", f"the file should stand in the folder {rule.class_id}/"
            )
            yield Issue("folder", "error", rule.where, message)


def _cases(pack: Pack) -> Iterator[Issue]:
    for rule in pack.rules.values():
        hits = sum(case.fires for case in rule.cases)
        passes = len(rule.cases) - hits
        if min(hits, passes) < LEAST_CASES:
            message = Words(
                f"规则 {rule.id} 有 {hits} 个命中用例、{passes} 个放行用例，每种至少要 {LEAST_CASES} 个",
                f"rule {rule.id} has {hits} hits and {passes} passes; at least {LEAST_CASES} of each are wanted",
            )
            yield Issue("few-cases", "error", rule.where, message)


def _confidence(pack: Pack) -> Iterator[Issue]:
    for rule in pack.rules.values():
        if not 0 < rule.confidence <= 1:
            message = Words(
                f"可信度 {rule.confidence:g} 应大于 0、不大于 1",
                f"the confidence {rule.confidence:g} should be above 0 and at most 1",
            )
            yield Issue("confidence", "error", rule.where, message)


def _reasons(pack: Pack) -> Iterator[Issue]:
    for rule in pack.rules.values():
        known = PLACEHOLDERS if isinstance(rule.kind, Scorecard) else PLACEHOLDERS[:-1]
        for text in dict.fromkeys((rule.reason.zh, rule.reason.en)):
            for match in _PLACEHOLDER.finditer(text):
                if match[1] not in known or not match[0].endswith("}"):
                    message = Words(
                        f"reason 中的“{match[0]}”无法填写", f"“{match[0]}” in the reason cannot be filled in"
                    )
                    hint = Words(f"可用：{{{'}、{'.join(known)}}}", f"known: {{{'}, {'.join(known)}}}")
                    yield Issue("placeholder", "error", rule.where, message, hint)


def _languages(pack: Pack) -> Iterator[Issue]:
    """Every text for people in Chinese and in English."""
    for where, name, text in _texts(pack):
        if _HAN.search(text.en) and text.en == text.zh:
            message = Words(f"{name} 缺英文（en）", f"{name} has no English text (en)")
            yield Issue("no-english", "warning", where, message)
        if not _HAN.search(text.zh):
            message = Words(f"{name} 缺中文（zh）", f"{name} has no Chinese text (zh)")
            yield Issue("no-chinese", "warning", where, message)


def _texts(pack: Pack) -> Iterator[tuple[Location, str, Words]]:
    for lexicon in pack.lexicons.values():
        yield lexicon.where, "title", lexicon.title
    for signal in pack.signals.values():
        yield signal.where, f"title ({signal.id})", signal.title
    for rule in pack.rules.values():
        yield from _rule_texts(rule)
    for class_ in pack.classes.values():
        for name, text in (("name", class_.name), ("summary", class_.summary), ("advice", class_.advice)):
            yield class_.where, name, text
        for letter, text in (*class_.scenarios.items(), *class_.scenario_advice.items()):
            yield class_.where, f"{class_.id}{letter}", text


def _rule_texts(rule: Rule) -> Iterator[tuple[Location, str, Words]]:
    for name, text in (("title", rule.title), ("why", rule.why), ("reason", rule.reason), ("advice", rule.advice)):
        if text:
            yield rule.where, name, text
    if isinstance(rule.kind, Scorecard):
        for term in rule.kind.terms:
            yield rule.where, "title of a term", term.title


def _unused(pack: Pack) -> Iterator[Issue]:
    used = wanted_signals(pack)
    for name, signal in pack.signals.items():
        if name not in used:
            message = Words(f"没有规则用到信号 {name}", f"no rule uses the signal {name}")
            yield Issue("unused-signal", "warning", signal.where, message)
    lexicons = lexicons_in(matcher for signal in pack.signals.values() for matcher in matchers_of(signal))
    for name, lexicon in pack.lexicons.items():
        if name not in lexicons:
            message = Words(f"没有信号用到词表 {name}", f"no signal uses the lexicon {name}")
            yield Issue("unused-lexicon", "warning", lexicon.where, message)


def _scenarios(pack: Pack) -> Iterator[Issue]:
    covered = {(rule.class_id, rule.scenario) for rule in pack.rules.values() if rule.status != "retired"}
    for class_ in pack.classes.values():
        for letter, text in class_.scenarios.items():
            if (class_.id, letter) not in covered:
                message = Words(
                    f"情形 {class_.id}{letter}（{text.zh}）没有规则",
                    f"scenario {class_.id}{letter} ({text.en}) has no rule",
                )
                yield Issue("no-rule", "error", class_.where, message)


_CHECKS: Final[tuple[Callable[[Pack], Iterator[Issue]], ...]] = (
    _names,
    _cases,
    _confidence,
    _reasons,
    _languages,
    _unused,
    _scenarios,
    wording,
)
