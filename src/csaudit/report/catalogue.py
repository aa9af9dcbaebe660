"""Every word the reports say, once, in Chinese and in English.

An English text may hold a singular and a plural, ``{n:,} incident|{n:,} incidents``; ``n`` chooses. What rules say
(class names, reasons, advice) stands in the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("zh", "en")

Texts = Mapping[str, tuple[str, str]]
"""A key -> what it says in Chinese and in English."""

TEXTS: Final[Texts] = {
    # what was audited
    "title": ("客服质检报告", "Customer service audit"),
    "made-by": ("csaudit {version} · 规则包 {pack} {pack_version}", "csaudit {version} · rules {pack} {pack_version}"),
    "scope": ("范围", "Audited"),
    "files": ("{n:,} 个文件", "{n:,} file|{n:,} files"),
    "conversations": ("{n:,} 个会话", "{n:,} conversation|{n:,} conversations"),
    "messages": ("{n:,} 条消息", "{n:,} message|{n:,} messages"),
    "agents": ("{n:,} 名客服", "{n:,} agent|{n:,} agents"),
    "period": ("期间", "Period"),
    "no-times": ("没有可读的时间", "no readable times"),
    "rules": ("规则", "Rules"),
    "rules-of-classes": ("{classes} 类 {n:,} 条", "{n:,} of {classes} classes"),
    "selection": ("只看", "Only"),
    "grades": ("等级 {names}", "grade {names}"),
    "classes": ("类别 {names}", "class {names}"),
    "agents-named": ("客服 {names}", "agent {names}"),
    "shops": ("店铺 {names}", "shop {names}"),
    "since": ("自 {when}", "since {when}"),
    "until": ("至 {when}（不含）", "before {when}"),
    "min-confidence": ("可信度 ≥ {value:.0%}", "confidence ≥ {value:.0%}"),
    "left-out": ("未计入", "Left out"),
    "rejects": ("{n:,} 行无法读取", "{n:,} unreadable row|{n:,} unreadable rows"),
    "files-unread": ("{n:,} 个文件无法读取", "{n:,} unreadable file|{n:,} unreadable files"),
    "duplicates": ("{n:,} 行重复", "{n:,} duplicate row|{n:,} duplicate rows"),
    "unchecked": ("无法核查", "Not checkable"),
    "unchecked-nothing": ("无：所有规则都能核查", "nothing: every rule could be checked"),
    "untimed": (
        "{n:,}/{of:,} 个会话没有时间，回复快慢无从核查",
        "how soon agents replied in {n:,} of {of:,} conversations (no times)",
    ),
    "idle": ("没有运行", "Not run"),
    "idle-rule": ("{rule}（导出中没有 {column} 列）", "{rule} (the export has no column {column})"),
    "idle-more": ("另 {n} 条", "{n} more"),
    "unchecked-some": (
        "{n:,}/{of:,} 个会话中有规则无法核查",
        "some rule in {n:,} of {of:,} conversations",
    ),
    "missing": ("{reason} {n:,}", "{reason} {n:,}"),
    "missing-sent_at": ("缺时间", "no time"),
    "missing-reply_after": ("缺时间", "no time"),
    "missing-silence_after": ("缺时间", "no time"),
    "missing-agent_id": ("缺客服", "no agent"),
    "missing-platform": ("缺平台", "no platform"),
    "missing-export_ends": ("导出在此截止", "export ends there"),
    "missing-column": ("缺 {column}", "no {column}"),
    "personal": ("个人信息", "Personal data"),
    "unmasked": ("未遮盖（--no-mask）", "shown as it is (--no-mask)"),
    # incidents
    "incidents": ("事故 {n:,} 起", "{n:,} incident|{n:,} incidents"),
    "incidents-in": (
        "涉及 {n:,}/{of:,} 个会话",
        "in {n:,} of {of:,} conversations",
    ),
    "class": ("类别", "Class"),
    "grade": ("等级", "Grade"),
    "count": ("事故", "Found"),
    "column-conversations": ("会话", "Conv."),
    "column-agents": ("客服", "Agents"),
    "per-1000": ("每千会话", "/1,000"),
    "column-unchecked": ("未核查", "Unchecked"),
    "none-unchecked": ("{class_}（{n:,} 个会话未核查）", "{class_} (unchecked in {n:,})"),
    "none-found": ("未发现：{names}", "none found: {names}"),
    # agents
    "agents-most": ("事故最多的客服", "Agents with most incidents"),
    "agent": ("客服", "Agent"),
    "score": ("得分", "Score"),
    "first-response": ("首次响应", "First reply"),
    "unknown-agent": ("未知客服", "unknown agent"),
    "more-agents": ("另有 {n:,} 名客服有事故", "{n:,} more agent with incidents|{n:,} more agents with incidents"),
    "seconds": ("{value:,.0f} 秒", "{value:,.0f} s"),
    # single incidents
    "gravest": ("最严重的事故", "Gravest incidents"),
    "confidence": ("可信度 {value:.0%}", "confidence {value:.0%}"),
    "conversation": ("会话 {id}", "conversation {id}"),
    "reason": ("理由", "Why"),
    "advice": ("建议", "Advice"),
    "more-evidence": ("另有 {n:,} 条证据", "{n:,} more message|{n:,} more messages"),
    "more-incidents": ("另有 {n:,} 起", "{n:,} more"),
    "role-customer": ("客户", "customer"),
    "role-agent": ("客服", "agent"),
    "role-bot": ("机器人", "bot"),
    "role-system": ("系统", "system"),
    "customer-prefix": ("客户-", "customer-"),
    # the end
    "notes": ("提示", "Notes"),
    "more-rejects": ("（另有 {n:,} 行）", " (and {n:,} more row)| (and {n:,} more rows)"),
    "more-notes": ("另有 {n:,} 条，见 run.json", "{n:,} more, see run.json"),
    "written": ("全部结果：{folder}", "Everything: {folder}"),
    "show-one": ("看一起事故和处理建议：{command}", "One incident, with advice: {command}"),
    # the run folder
    "out-is-file": ("{path} 是文件，不是文件夹", "{path} is a file, not a folder"),
    "out-is-foreign": (
        "{path} 不是空的，里面也不是 csaudit 的结果，不会覆盖",
        "{path} is not empty and holds no run of csaudit; it is not replaced",
    ),
    "out-not-writable": (
        "{path} 写不进去：没有写入 {parent} 的权限",
        "{path} cannot be made: {parent} is not writable",
    ),
    "out-failed": ("{path} 写入失败：{problem}", "{path} could not be written: {problem}"),
    "out-elsewhere": ("用 --out 另选一个文件夹", "choose another folder with --out"),
    "no-run": ("{path} 里没有 csaudit 的结果", "{path} holds no run of csaudit"),
    "no-run-hint": (
        "先运行 csaudit scan，或用 --run 指出结果文件夹",
        "run csaudit scan first, or name its folder with --run",
    ),
    "table-damaged": ("{path} 缺失或已损坏", "{path} is missing or damaged"),
    # progress
    "stage-read": ("读取文件", "reading files"),
    "stage-signals": ("查找信号", "finding signals"),
    "stage-rules": ("应用规则", "applying rules"),
    "stage-measures": ("计算指标", "measuring"),
    "stage-write": ("写入结果", "writing results"),
}


class Say:
    """Says a text of a catalogue in one language."""

    def __init__(self, lang: str, texts: Texts = TEXTS) -> None:
        self.lang = lang
        self._texts = texts
        self._column = LANGUAGES.index(lang)

    def __call__(self, key: str, **values: object) -> str:
        """Fill in the text of ``key``; ``n`` chooses between singular and plural."""
        text = self._texts[key][self._column]
        one, _, many = text.partition("|")
        return (many if many and values.get("n") != 1 else one).format(**values)

    def missing(self, reason: str) -> str:
        """Name what an unchecked rule lacked: a reason of UNCHECKED, or a column."""
        key = f"missing-{reason}"
        return self(key) if key in self._texts else self("missing-column", column=reason)


def language(environ: Mapping[str, str]) -> str:
    """The language of the locale: zh where it is Chinese, else en."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environ[name] for name in names if environ.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"
