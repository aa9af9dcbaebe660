"""The handbook: what counts as an incident, how it is recognised and how to do better, as Markdown from the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from csaudit.pack import describe, walk
from csaudit.pack.model import Case, IncidentClass, Pack, Rule, Words
from csaudit.rules import sentences

FILES: Final = {"zh": "handbook.zh-CN.md", "en": "handbook.md"}
"""Name of the handbook in each language."""

_EXAMPLES: Final = 3  # of each sort shown in the handbook; a rule's own page shows all
_SPEAKERS: Final = {
    "customer": Words("客户", "Customer"),
    "agent": Words("客服", "Agent"),
    "bot": Words("机器人", "Bot"),
    "system": Words("系统", "System"),
}
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|~&])")

_WORDS: Final = {
    "title": Words("客服质检手册", "Audit handbook"),
    "intro": Words(
        "由规则文件生成（`csaudit rules docs`），请勿手改。每一类写明什么算事故、怎样判定、错与对的例子、应当怎样做。",
        "Generated from the rule files by `csaudit rules docs`; do not edit. For each class: what counts, how it is "
        "recognised, examples of wrong and right, and how to do better.",
    ),
    "grade": Words("等级 {name}", "Grade {name}"),
    "no-incident": Words("不算事故：", "No incident:"),
    "do": Words("应当怎样做", "How to do better"),
    "why": Words("为什么", "Why"),
    "how": Words("怎样判定", "How it is recognised"),
    "wrong": Words("会命中", "Fires on"),
    "right": Words("不会命中", "Does not fire on"),
    "mistaken": Words("已知误报", "Known false alarms"),
    "looks-for": Words("用到的信号", "Signals it uses"),
    "confidence": Words("可信度 {value:.0%}", "confidence {value:.0%}"),
    "status": Words("状态 {name}", "status {name}"),
    "later": Words("（{gap}后）", "({gap} later)"),
    "cut": Words("（导出到此为止）", "(the export ends here)"),
    "more": Words("等 {n} 个", "… {n} in all"),
    "status-draft": Words("草稿，只测试", "draft, tested only"),
    "status-trial": Words("试行，不计分", "on trial, not scored"),
    "status-active": Words("启用", "active"),
    "status-retired": Words("停用", "retired"),
}


def handbook(pack: Pack, lang: str) -> str:
    """The whole handbook: grades, classes, scenarios, rules that are not retired."""
    return "\n".join(_Writer(pack, lang).handbook()).rstrip() + "\n"


def rule_page(rule: Rule, pack: Pack, lang: str) -> str:
    """The page of one rule, with all its cases and the words its signals look for."""
    return "\n".join(_Writer(pack, lang).page(rule)).rstrip() + "\n"


class _Writer:
    """Writes Markdown lines in one language."""

    def __init__(self, pack: Pack, lang: str) -> None:
        self.pack = pack
        self.lang = lang

    def say(self, key: str, **values: object) -> str:
        return _WORDS[key][self.lang].format(**values)

    def text(self, words: Words) -> str:
        return plain(words[self.lang])

    def handbook(self) -> Iterator[str]:
        yield from (f"# {self.say('title')}", "", self.say("intro"), "")
        for grade in self.pack.grades:
            yield from (f"## {self.say('grade', name=grade)}", "")
            for class_ in self.pack.classes.values():
                if class_.grade == grade:
                    yield from self._class(class_)

    def _class(self, class_: IncidentClass) -> Iterator[str]:
        yield from (f"### {class_.id} {self.text(class_.name)}", "", self.text(class_.summary), "")
        yield from (f"- **{letter}** {self.text(text)}" for letter, text in class_.scenarios.items())
        yield from ("", f"**{self.say('do')}** {self.text(class_.advice)}", "")
        if class_.not_an_incident:
            yield from (self.say("no-incident"), "")
            yield from (f"- {self.text(text)}" for text in class_.not_an_incident)
            yield ""
        rules = [rule for rule in self.pack.rules.values() if rule.class_id == class_.id and rule.status != "retired"]
        for rule in sorted(rules, key=lambda rule: rule.id):
            yield from (f"#### {rule.id} {self.text(rule.title)}", "", self.text(rule.why), "")
            yield from self._recognised(rule)
            yield from self._cases(rule, _EXAMPLES)
            own = sentences.advice(rule, class_, self.lang)
            if own != class_.advice[self.lang]:
                yield from (f"**{self.say('do')}** {plain(own)}", "")

    def page(self, rule: Rule) -> Iterator[str]:
        class_ = self.pack.classes[rule.class_id]
        scenario = class_.scenarios[rule.scenario]
        yield from (f"# {rule.id} {self.text(rule.title)}", "")
        yield f"{class_.grade} · {class_.id} {self.text(class_.name)} · {rule.scenario} {self.text(scenario)}"
        status = self.say("status", name=self.say(f"status-{rule.status}"))
        yield from ("", f"{self.say('confidence', value=rule.confidence)} · {status}", "")
        yield from (f"**{self.say('why')}** {self.text(rule.why)}", "")
        yield from self._recognised(rule)
        yield from self._cases(rule, len(rule.cases))
        yield from (f"**{self.say('do')}** {plain(sentences.advice(rule, class_, self.lang))}", "")
        yield from self._signals(rule)

    def _recognised(self, rule: Rule) -> Iterator[str]:
        yield from (f"**{self.say('how')}**", "")
        for line in describe.rule_kind(rule.kind, self.pack):
            yield f"{'  ' * line.depth}- {self.text(line.text)}"
        yield ""
        if rule.false_positives:
            yield from (f"**{self.say('mistaken')}** {plain('；'.join(rule.false_positives))}", "")

    def _cases(self, rule: Rule, most: int) -> Iterator[str]:
        for key, fires in (("wrong", True), ("right", False)):
            cases = [case for case in rule.cases if case.fires == fires][:most]
            if cases:
                yield from (f"**{self.say(key)}**", "")
            for case in cases:
                yield from (self._dialogue(case), "")

    def _dialogue(self, case: Case) -> str:
        lines = []
        for i, line in enumerate(case.lines):
            gap = describe.duration(line.gap)[self.lang] if i and line.gap and line.gap >= 60 else ""
            later = self.say("later", gap=gap) if gap else ""
            colon = "：" if self.lang == "zh" else ": "
            lines.append(
                f"{later}{' ' if later and self.lang == 'en' else ''}{_SPEAKERS[line.role][self.lang]}{colon}{plain(line.text)}"
            )
        if case.cut:
            lines.append(self.say("cut"))
        return "> " + "\\\n> ".join(lines)

    def _signals(self, rule: Rule) -> Iterator[str]:
        yield from (f"**{self.say('looks-for')}**", "")
        for name in sorted(walk.signals_of(rule.kind)):
            signal = self.pack.signals[name]
            found = [plain(describe.matcher(matcher)[self.lang]) for matcher in signal.any_of]
            shown = "、".join(found[:12]) if self.lang == "zh" else ", ".join(found[:12])
            more = f" {self.say('more', n=len(found))}" if len(found) > 12 else ""
            colon = ("：" if self.lang == "zh" else ": ") if found else ""
            yield f"- {name} {self.text(signal.title)}{colon}{shown}{more}"


def plain(text: str) -> str:
    """A text that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
