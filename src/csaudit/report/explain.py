"""Why a rule fired or did not, as a tree in the terminal, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

import polars as pl
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from csaudit.explanation import Explanation
from csaudit.report import personal, style
from csaudit.report.catalogue import TEXTS as COMMON
from csaudit.report.catalogue import Say, Texts
from csaudit.report.text import excerpt, marked, visible

WORDS: Final[Texts] = {
    **COMMON,
    "fired": ("命中", "fired"),
    "passed": ("未命中", "did not fire"),
    "open": ("无法核查：{reason}", "not checkable: {reason}"),
    "at": ("从第 {seq} 条消息看起，客服 {agent}", "from message {seq}, agent {agent}"),
    "seq": ("第 {seq} 条", "message {seq}"),
    "instead": ("这样就不会命中：{change}", "it would have passed with: {change}"),
    "more": ("另有 {n} 处未命中，未列出", "{n} more place where it did not fire|{n} more places where it did not fire"),
}

MOST_SHOWN: Final = 5
"""Places shown at which a rule did not fire."""

_CHARACTERS: Final = 120
_MESSAGES: Final = 4
_MARKS: Final = {True: ("✓", "green"), False: ("✗", "red"), None: ("?", style.WARNING)}

Row = Mapping[str, Any]


def render(
    explanations: Iterable[Explanation], lang: str, *, fired_only: bool, masked: bool, colour: bool
) -> RenderableType:
    """Draw each rule with the places it looked at: where it fired or could not be checked, then some of the others.

    ``fired_only`` leaves the others out, if it fired at all.
    """
    say = Say(lang, WORDS)
    return Group(*(_rule(each, say, fired_only=fired_only, masked=masked, colour=colour) for each in explanations))


def to_json(explanations: Iterable[Explanation], *, masked: bool) -> str:
    """The same as one JSON object: a list of rules, each with its conditions as rows."""
    written = [
        {
            "rule_id": each.rule.id,
            "conversation_id": each.conversation_id,
            "conditions": json.loads(_shown(each.explained, masked=masked).write_json()),
        }
        for each in explanations
    ]
    return json.dumps({"schema": "csaudit-explain/1", "rules": written}, ensure_ascii=False, indent=2) + "\n"


def _rule(explanation: Explanation, say: Say, *, fired_only: bool, masked: bool, colour: bool) -> RenderableType:
    rows = _shown(explanation.explained, masked=masked).to_dicts()
    places = [list(place) for _, place in groupby(rows, key=lambda row: row["anchor"])]
    telling = [place for place in places if place[0]["state"] is not False]
    quiet = [] if fired_only and telling else [place for place in places if place[0]["state"] is False]
    shown = [*telling, *quiet[: max(0, MOST_SHOWN - len(telling))]]
    parts: list[RenderableType] = [
        Text.assemble(
            (visible(explanation.rule.id), style.TITLE),
            f" · {visible(say('conversation', id=explanation.conversation_id))}",
        )
    ]
    parts += [Padding(_place(place, say, colour=colour), (0, 0, 1, 0)) for place in shown]
    if left := len(telling) + len(quiet) - len(shown):
        parts.append(Text(say("more", n=left), style.FAINT))
    return Group(*parts)


def _place(rows: Sequence[Row], say: Say, *, colour: bool) -> RenderableType:
    head = rows[0]
    agent = visible(head["agent_id"]) if head["agent_id"] else say("unknown-agent")
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(_mark(row), _condition(row, say))
        for message in row["evidence"][:_MESSAGES]:
            table.add_row("", Padding(_message(message, say, colour=colour), (0, 0, 0, 2 * row["depth"] + 2)))
        if (left := len(row["evidence"]) - _MESSAGES) > 0:
            more = Text(say("more-evidence", n=left), style.FAINT)
            table.add_row("", Padding(more, (0, 0, 0, 2 * row["depth"] + 2)))
    parts: list[RenderableType] = [table]
    if head["anchor"] is not None:
        parts.insert(0, Text(say("at", seq=head["anchor"], agent=agent), style.FAINT))
    if head["change"]:
        parts.append(Text(say("instead", change=visible(head["change"])), "bold"))
    return Group(*parts)


def _mark(row: Row) -> Text:
    return Text(*_MARKS[row["state"]])


def _condition(row: Row, say: Say) -> RenderableType:
    text = Text(visible(row["condition"]), style.HEAD if row["depth"] == 0 else "")
    if row["state"] is None:
        text.append(f"  {say('open', reason=say.missing(row['reason'] or ''))}", style.WARNING)
    elif row["depth"] == 0:
        text.append(f"  {say('fired' if row['state'] else 'passed')}", style.FAINT)
    return Padding(text, (0, 0, 0, 2 * row["depth"]))


def _message(message: Row, say: Say, *, colour: bool) -> Text:
    spans = [(span["start"], span["end"]) for span in message["spans"] or ()]
    lead = f"{say('seq', seq=message['seq'])} {say('role-' + message['role'])}  "
    words = marked(*excerpt(message["text"], spans, _CHARACTERS), style=style.HIT, brackets=not colour)
    return Text.assemble((lead, style.FAINT), words)


def _shown(explained: pl.DataFrame, *, masked: bool) -> pl.DataFrame:
    if not masked:
        return explained
    texts = explained.get_column("evidence").explode().drop_nulls().struct.field("text")
    table = personal.found(texts)
    if not table:
        return explained
    longest_first = sorted(table, key=lambda word: (-len(word), word))
    message = pl.element().struct
    hidden = message.field("text").str.replace_many(
        longest_first, [table[word] for word in longest_first], leftmost=True
    )
    return explained.with_columns(pl.col("evidence").list.eval(message.with_fields(text=hidden)))
