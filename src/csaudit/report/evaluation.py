"""An evaluation for the terminal: scores, false alarms, what was missed, what changed."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from csaudit.report import style
from csaudit.report.catalogue import Say, Texts
from csaudit.report.text import visible

WORDS: Final[Texts] = {
    "gold": ("标注集", "gold"),
    "name": ("级别/类别", "class"),
    "labelled": ("标注", "labelled"),
    "found": ("命中", "found"),
    "missed": ("漏报", "missed"),
    "false_alarms": ("误报", "false"),
    "precision": ("准确率", "precision"),
    "recall": ("召回率", "recall"),
    "f1": ("F1", "F1"),
    "evidence": ("证据相符", "evidence"),
    "kind": ("会话类型", "kind"),
    "conversations": ("会话", "conversations"),
    "alarmed": ("有误报", "with false alarm"),
    "rate": ("占比", "share"),
    "rule_id": ("规则", "rule"),
    "finds": ("触发", "fired"),
    "right": ("正确", "right"),
    "device": ("伪装手法", "device"),
    "disguised": ("违规句", "disguised"),
    "innocent": ("无辜句", "innocent"),
    "all": ("全部", "all"),
    "macro": ("各类平均", "mean of classes"),
    "pooled": ("合并", "pooled"),
    "incident": ("有事故", "with incidents"),
    "hard_negative": ("易误判", "hard negatives"),
    "ordinary": ("普通", "ordinary"),
    "false alarm": ("误报", "false alarm"),
    "before": ("此前", "before"),
    "now": ("现在", "now"),
    "conversation_id": ("会话", "conversation"),
    "changes": ("与此前相比有变化", "changed since the earlier evaluation"),
    "unchanged": ("无变化", "nothing changed"),
    "contested": ("有争议", "contested"),
}
COUNTS: Final = {
    *("labelled", "found", "missed", "false_alarms", "evidence"),
    *("conversations", "alarmed", "finds", "right", "disguised", "innocent"),
}


def _say(key: str, lang: str) -> str:
    return Say(lang, WORDS)(key)


def _word(key: str | None, lang: str) -> str:
    """The word for ``key``; a name without one (a class, a device) stands for itself."""
    if key is None:
        return "–"
    return _say(key, lang) if key in WORDS else visible(key)


def _row(table: Table, *cells: str, emphasis: str = "") -> None:
    """Add a row of plain text: markup in it stays text."""
    table.add_row(*[Text(cell) for cell in cells], style=emphasis)


def render(scores: pl.DataFrame, alarms: pl.DataFrame, lang: str) -> RenderableType:
    """Draw SCORES and ALARMS, a pair of tables for each gold."""
    golds = scores.get_column("gold").unique(maintain_order=True)
    tables = [
        table
        for gold in golds
        for table in (
            _scores(scores.filter(pl.col("gold") == gold), _word(gold, lang), lang),
            _alarms(alarms.filter(pl.col("gold") == gold), lang),
        )
    ]
    return Group(*tables)


def _scores(scores: pl.DataFrame, title: str, lang: str) -> Table:
    counts = ["labelled", "found", "missed", "false_alarms"]
    rates = ["precision", "recall", "f1"]
    table = _table(["name", *counts, *rates, "evidence"], lang)
    table.title = Text(title, style.HEAD)
    for row in scores.iter_rows(named=True):
        met = f"{row['evidence_met']}/{row['found']}" if row["found"] else "–"
        emphasis = "" if row["level"] == "class" else style.HEAD
        cells = [*(_count(row[name]) for name in counts), *(_rate(row, name) for name in rates)]
        _row(table, _word(row["name"], lang), *cells, met, emphasis=emphasis)
    return table


def _alarms(alarms: pl.DataFrame, lang: str) -> Table:
    table = _table(["kind", "conversations", "alarmed", "rate"], lang)
    for row in alarms.iter_rows(named=True):
        counts = [_count(row["conversations"]), _count(row["alarmed"])]
        _row(table, _word(row["kind"], lang), *counts, _rate(row, "rate"))
    return table


def render_rules(rules: pl.DataFrame, lang: str) -> RenderableType:
    """Draw RULES, the least precise first."""
    table = _table(["rule_id", "finds", "right", "precision"], lang)
    for row in rules.sort("precision", "rule_id").iter_rows(named=True):
        _row(table, row["rule_id"], _count(row["finds"]), _count(row["right"]), _rate(row, "precision"))
    return table


def render_devices(devices: pl.DataFrame, lang: str) -> RenderableType:
    """Draw DEVICES."""
    table = _table(["device", "disguised", "found", "recall", "innocent", "false_alarms", "rate"], lang)
    for row in devices.iter_rows(named=True):
        disguised = [_count(row["disguised"]), _count(row["found"]), _rate(row, "recall")]
        innocent = [_count(row["innocent"]), _count(row["alarmed"]), _rate(row, "rate")]
        _row(table, _word(row["device"], lang), *disguised, *innocent)
    return table


def render_utterances(utterances: pl.DataFrame, lang: str) -> RenderableType:
    """Draw the utterances of an evasion check that were missed or taken for an incident."""
    wrong = utterances.filter(pl.col("outcome").is_in(["missed", "false alarm"])).sort("outcome", "device", "id")
    lines = []
    for row in wrong.iter_rows(named=True):
        head = " ".join(filter(None, [_word(row["outcome"], lang), row["id"], row["class"], row["device"]]))
        fired = " ".join(row["rule_ids"] or [])
        said = visible(f"{row['platform'] or ''} {row['text']}")
        lines.append(Text.assemble((visible(head), style.HEAD), f"  {said}", (f"  {fired}", style.FAINT)))
    return Group(*lines)


def render_errors(pairs: pl.DataFrame, messages: pl.DataFrame, lang: str) -> RenderableType:
    """Draw the PAIRS that were missed or false alarms, each with its whole conversation.

    ``messages`` are MESSAGES with a column ``gold``. ``›`` marks messages a label names, ``!`` messages a rule cites.
    """
    wrong = pairs.filter(pl.col("outcome").is_in(["missed", "false alarm"])).sort("class", "outcome", "conversation_id")
    talks = messages.join(wrong.select("gold", "conversation_id").unique(), on=["gold", "conversation_id"], how="semi")
    of = talks.partition_by("gold", "conversation_id", as_dict=True, maintain_order=True)
    lines: list[Text] = []
    for row in wrong.iter_rows(named=True):
        lines += [*_headline(row, lang), *_dialogue(of[row["gold"], row["conversation_id"]], row), Text()]
    return Group(*lines)


def _headline(row: dict[str, Any], lang: str) -> list[Text]:
    head = (
        f"{_word(row['outcome'], lang)} {row['class']}{row['scenario'] or ''} {row['conversation_id']} ({row['gold']})"
    )
    fired = " ".join(row["rule_ids"] or [row["difficulty"] or ""])
    said = row["reason"] or row["why"] or ""
    return [
        Text.assemble((visible(head), style.HEAD), (f"  {visible(fired)}", style.FAINT)),
        Text(f"  {visible(said)}", style.FAINT),
    ]


def _dialogue(talk: pl.DataFrame, row: dict[str, Any]) -> list[Text]:
    labelled, cited = row["labelled_seqs"] or [], row["cited_seqs"] or []
    lines = []
    for message in talk.iter_rows(named=True):
        seq = message["seq"]
        mark = ("›" if seq in labelled else " ") + ("!" if seq in cited else " ")
        clock = style.clock(message["sent_at"]) if message["sent_at"] else ""
        line = f" {mark} {seq:>3} {clock} {message['role'] or ''}: {visible(message['text'])}"
        lines.append(Text(line, style.HEAD if mark.strip() else ""))
    return lines


def render_changes(changes: pl.DataFrame, lang: str) -> RenderableType:
    """Draw what `evaluate.compare` found."""
    if changes.is_empty():
        return Text(_say("unchanged", lang))
    table = _table(["gold", "conversation_id", "name", "before", "now"], lang)
    table.title = Text(_say("changes", lang), style.HEAD)
    for row in changes.iter_rows(named=True):
        outcomes = [_word(row["before"], lang), _word(row["now"], lang)]
        _row(table, visible(row["gold"]), visible(row["conversation_id"]), row["class"], *outcomes)
    return table


def _table(names: list[str], lang: str) -> Table:
    table = style.plain_table(title_justify="left")
    for place, name in enumerate(names):
        table.add_column(_say(name, lang), justify="right" if place and name in COUNTS else "left")
    return table


def _count(value: int | None) -> str:
    return "" if value is None else str(value)


def _rate(row: dict[str, Any], name: str) -> str:
    """The rate with the ends of its interval, in per cent."""
    value, low, high = row[name], row.get(f"{name}_low"), row.get(f"{name}_high")
    if value is None:
        return "–"
    ends = "" if low is None or high is None else f" ({100 * low:.0f}–{100 * high:.0f})"
    return f"{100 * value:.1f}{ends}"
