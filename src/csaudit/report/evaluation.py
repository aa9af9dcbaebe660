"""An evaluation for the terminal: scores, false alarms, what was missed, what changed."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from csaudit.report import style
from csaudit.report.text import visible

WORDS: Final = {
    "gold": {"zh": "标注集", "en": "gold"},
    "name": {"zh": "级别/类别", "en": "class"},
    "labelled": {"zh": "标注", "en": "labelled"},
    "found": {"zh": "命中", "en": "found"},
    "missed": {"zh": "漏报", "en": "missed"},
    "false_alarms": {"zh": "误报", "en": "false"},
    "precision": {"zh": "准确率", "en": "precision"},
    "recall": {"zh": "召回率", "en": "recall"},
    "f1": {"zh": "F1", "en": "F1"},
    "evidence": {"zh": "证据相符", "en": "evidence met"},
    "kind": {"zh": "会话类型", "en": "kind"},
    "conversations": {"zh": "会话", "en": "conversations"},
    "alarmed": {"zh": "有误报", "en": "with false alarm"},
    "rate": {"zh": "占比", "en": "share"},
    "rule_id": {"zh": "规则", "en": "rule"},
    "finds": {"zh": "触发", "en": "fired"},
    "right": {"zh": "正确", "en": "right"},
    "device": {"zh": "伪装手法", "en": "device"},
    "disguised": {"zh": "违规句", "en": "disguised"},
    "innocent": {"zh": "无辜句", "en": "innocent"},
    "all": {"zh": "全部(micro)", "en": "all (micro)"},
    "macro": {"zh": "各类平均(macro)", "en": "mean of classes (macro)"},
    "every": {"zh": "全部", "en": "all"},
    "pooled": {"zh": "合并", "en": "pooled"},
    "incident": {"zh": "有事故", "en": "with incidents"},
    "hard_negative": {"zh": "易误判", "en": "hard negatives"},
    "ordinary": {"zh": "普通", "en": "ordinary"},
    "false alarm": {"zh": "误报", "en": "false alarm"},
    "before": {"zh": "此前", "en": "before"},
    "now": {"zh": "现在", "en": "now"},
    "conversation_id": {"zh": "会话", "en": "conversation"},
    "changes": {"zh": "与此前相比有变化", "en": "changed since the earlier evaluation"},
    "none": {"zh": "无变化", "en": "nothing changed"},
    "contested": {"zh": "有争议", "en": "contested"},
}
COUNTS: Final = {
    *("labelled", "found", "missed", "false_alarms", "evidence"),
    *("conversations", "alarmed", "finds", "right", "disguised", "innocent"),
}


def _word(key: str | None, lang: str) -> str:
    """The word for ``key``; a name without one (a class, a device) stands for itself."""
    if key is None:
        return "–"
    return WORDS[key][lang] if key in WORDS else visible(key)


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
        device = WORDS["every"][lang] if row["device"] == "all" else _word(row["device"], lang)
        disguised = [_count(row["disguised"]), _count(row["found"]), _rate(row, "recall")]
        innocent = [_count(row["innocent"]), _count(row["alarmed"]), _rate(row, "rate")]
        _row(table, device, *disguised, *innocent)
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
        return Text(WORDS["none"][lang])
    table = _table(["gold", "conversation_id", "name", "before", "now"], lang)
    table.title = Text(WORDS["changes"][lang], style.HEAD)
    for row in changes.iter_rows(named=True):
        outcomes = [_word(row["before"], lang), _word(row["now"], lang)]
        _row(table, visible(row["gold"]), visible(row["conversation_id"]), row["class"], *outcomes)
    return table


def _table(names: list[str], lang: str) -> Table:
    table = style.plain_table(title_justify="left")
    for place, name in enumerate(names):
        table.add_column(WORDS[name][lang], justify="right" if place and name in COUNTS else "left")
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
