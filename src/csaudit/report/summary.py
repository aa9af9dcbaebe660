"""The figures at the head of every report, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from csaudit.audit import Audit
from csaudit.report.catalogue import Say


@dataclass(frozen=True)
class Summary:
    """What was audited, what was found, what was left out."""

    files: int
    files_unread: int
    rows: int
    rejects: int  # rows; a file that could not be read at all is in ``files_unread``
    duplicates: int
    conversations: int
    messages: int
    agents: int
    rules: int  # that were run
    since: datetime | None
    until: datetime | None
    incidents: dict[str, int]  # by grade, gravest first
    conversations_with_incident: int
    conversations_unchecked: int  # some rule could not be checked in them
    conversations_untimed: int  # some message has no time, so nothing is known of how soon it was answered
    unchecked: dict[str, int]  # what was missing -> conversations, most first
    idle: dict[str, str]  # rules that waited in vain for a column -> the column


def summarise(audit: Audit) -> Summary:
    """Count what a report says first."""
    times = audit.messages.get_column("sent_at")
    whole_files = audit.rejects.get_column("source_line").is_null()
    agents = audit.messages.filter(pl.col("role") == "agent").get_column("agent_id")
    return Summary(
        files=audit.inputs.height,
        files_unread=int(whole_files.sum()),
        rows=_sum(audit.inputs, "rows"),
        rejects=int((~whole_files).sum()),
        duplicates=_sum(audit.inputs, "duplicates"),
        conversations=audit.conversations.height,
        messages=audit.messages.height,
        agents=agents.drop_nulls().n_unique(),
        rules=len(audit.selection.rule_ids(audit.pack)),
        since=times.min(),  # type: ignore[arg-type]
        until=times.max(),  # type: ignore[arg-type]
        incidents=_by_grade(audit),
        conversations_with_incident=audit.incidents.get_column("conversation_id").n_unique(),
        conversations_unchecked=audit.unchecked.get_column("conversation_id").n_unique(),
        conversations_untimed=audit.messages.filter(pl.col("sent_at").is_null())["conversation_id"].n_unique(),
        unchecked=_by_reason(audit.unchecked),
        idle=dict(audit.idle),
    )


def _sum(frame: pl.DataFrame, column: str) -> int:
    return int(frame.get_column(column).sum() or 0)


def _by_grade(audit: Audit) -> dict[str, int]:
    counts = audit.grades.group_by("grade", maintain_order=True).agg(pl.col("incidents").sum())
    return dict(counts.iter_rows())


def _by_reason(unchecked: pl.DataFrame) -> dict[str, int]:
    counts = unchecked.group_by("reason").agg(pl.col("conversation_id").n_unique())
    return dict(counts.sort("conversation_id", "reason", descending=[True, False]).iter_rows())


def warnings(audit: Audit) -> list[str]:
    """What a reader should know of the input, in words: files and rows that could not be read, notes of reading."""
    say = Say(audit.lang)
    rejects = audit.rejects.group_by("source_file", maintain_order=True).agg(
        place=pl.concat_str(
            pl.col("source_file").first(),
            pl.col("source_line").first().cast(pl.String),
            separator=":",
            ignore_nulls=True,
        ),
        reason=pl.col("reason").first(),
        n=pl.len() - 1,
    )
    rows = [
        f"{place}: {reason}" + (say("more-rejects", n=n) if n else "")
        for place, reason, n in rejects.select("place", "reason", "n").iter_rows()
    ]
    return rows + [
        f"{note.file}: {note.text(audit.lang)}" if note.file else note.text(audit.lang) for note in audit.notes
    ]
