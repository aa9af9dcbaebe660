"""One incident in the terminal: what, who, where, and the words that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from csaudit.report import style
from csaudit.report.catalogue import Say
from csaudit.report.text import excerpt, marked, visible

Row = Mapping[str, Any]
"""A row of INCIDENTS."""

BRIEF_MESSAGES = 4
BRIEF_CHARACTERS = 160
WHOLE_CHARACTERS = 4_000


def brief(incident: Row, say: Say, id_length: int, *, colour: bool) -> RenderableType:
    """Draw an incident in a few lines, for a list of the gravest; long messages are cut around the words."""
    cited: Sequence[Row] = incident["evidence"]
    parts = [
        _head(incident, say, incident["incident_id"][:id_length]),
        _whereabouts(incident, say),
        _evidence(cited[:BRIEF_MESSAGES], say, BRIEF_CHARACTERS, colour=colour),
    ]
    if len(cited) > BRIEF_MESSAGES:
        parts.append(Padding(Text(say("more-evidence", n=len(cited) - BRIEF_MESSAGES), style.FAINT), (0, 0, 0, 2)))
    parts.append(Padding(_explanation(incident, say, "reason"), (0, 0, 0, 2)))
    return Group(*parts)


def whole(incident: Row, say: Say, *, colour: bool) -> RenderableType:
    """Draw an incident with all its evidence, its rules and the advice."""
    table = _explanation(incident, say, "reason", "advice")
    table.add_row(say("rules"), Text(visible(", ".join(incident["rule_ids"]))))
    return Group(
        _head(incident, say, incident["incident_id"]),
        _whereabouts(incident, say),
        Text(),
        _evidence(incident["evidence"], say, WHOLE_CHARACTERS, colour=colour),
        Text(),
        Padding(table, (0, 0, 0, 2)),
    )


def _head(incident: Row, say: Say, shown_id: str) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column(overflow="fold")
    line.add_column(justify="right", no_wrap=True)
    name = Text.assemble(
        (f" {incident['class']} ", f"reverse {style.grade_style(incident['grade'])}"),
        (f" {visible(incident['class_name'])}", style.HEAD),
    )
    sure = Text.assemble(say("confidence", value=incident["confidence"]), "  ", (visible(shown_id), style.FAINT))
    line.add_row(name, sure)
    return line


def _whereabouts(incident: Row, say: Say) -> RenderableType:
    parts = [
        agent_name(incident, say),
        incident["customer"],
        " ".join(filter(None, (incident["platform"], incident["shop"]))),
        say("conversation", id=incident["conversation_id"]),
        style.minute(incident["occurred_at"]) if incident["occurred_at"] else None,
        place(incident),
    ]
    text = Text(" · ".join(visible(part) for part in parts if part), style.FAINT, overflow="fold")
    return Padding(text, (0, 0, 0, 2))


def agent_name(row: Row, say: Say) -> str:
    """Name the agent of a row of INCIDENTS or AGENTS, with the id behind where the two differ."""
    name, id_ = row["agent"], row["agent_id"]
    known = f"{name} ({id_})" if name and id_ and name != id_ else name or id_
    return visible(known) if known else say("unknown-agent")


def place(incident: Row) -> str:
    """File and line of the incident's first message in the export, ``logs/jd.csv:102``; empty where unknown."""
    file, line = incident["source_file"], incident["source_line"]
    return f"{file}:{line}" if file and line else file or ""


def _evidence(cited: Sequence[Row], say: Say, limit: int, *, colour: bool) -> RenderableType:
    timed = any(message["sent_at"] for message in cited)
    table = style.plain_table(show_header=False, padding=(0, 1, 0, 0))
    if timed:
        table.add_column(style=style.FAINT, no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for message in cited:
        time = [style.clock(message["sent_at"]) if message["sent_at"] else ""] if timed else []
        role = Text(say(f"role-{message['role']}"), "bold" if message["role"] == "agent" else "")
        table.add_row(*time, role, _words(message, limit, colour=colour))
    return Padding(table, (0, 0, 0, 2))


def _words(message: Row, limit: int, *, colour: bool) -> Text:
    spans = [(span["start"], span["end"]) for span in message["spans"] or ()]
    text = marked(*excerpt(message["text"], spans, limit), style=style.HIT, brackets=not colour)
    for undone in message["undone"] or ():
        text.append(f"  ({visible(undone)})", style.FAINT)
    return text


def _explanation(incident: Row, say: Say, *keys: str) -> Table:
    table = style.pairs()
    for key in keys:
        if incident[key]:
            table.add_row(say(key), Text(visible(incident[key])))
    return table
