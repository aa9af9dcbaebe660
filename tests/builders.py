"""Small conversations, hits and packs for tests, written as one reads them.

A line is ``客: …`` (customer), ``服: …`` (agent), ``机: …`` (bot) or ``系: …`` (system); ``服@b +600: …`` is said by agent b
600 seconds after the line before (default: agent a1, 10 seconds).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from csaudit import schema
from csaudit.pack.model import (
    Anchor,
    Condition,
    Has,
    IncidentClass,
    Kind,
    Pack,
    Pattern,
    Rule,
    Words,
)
from csaudit.rules.context import with_context

ROLES = {"客": "customer", "服": "agent", "机": "bot", "系": "system"}
LINE = re.compile(r"(?P<role>[客服机系])(@(?P<agent>\w*))?( \+(?P<gap>[\d.]+))?[:：]\s*(?P<text>.*)", re.DOTALL)
START = datetime(2026, 6, 3, 2, 0, tzinfo=UTC)


def messages(
    *lines: str, conversation: str = "c1", agent: str | None = "a1", times: bool = True, start: float = 0, **fields: Any
) -> pl.DataFrame:
    """One conversation as MESSAGES; ``start`` in seconds shifts it, ``fields`` are columns set on every row."""
    rows, clock = [], START + timedelta(seconds=start)
    for seq, line in enumerate(lines, start=1):
        match = LINE.fullmatch(line)
        assert match, f"not a line: {line}"
        clock += timedelta(seconds=float(match["gap"] or 10) if seq > 1 else 0)
        role = ROLES[match["role"]]
        said_by = (agent if match["agent"] is None else match["agent"] or None) if role == "agent" else None
        rows.append(
            {
                "conversation_id": conversation,
                "seq": seq,
                "sent_at": clock if times else None,
                "role": role,
                "sender": said_by or role,
                "agent_id": said_by,
                "agent": said_by,
                "customer": "客户甲",
                "platform": "京东",
                "shop": "示例店",
                "text": match["text"],
                "source_file": "chat.csv",
                "source_line": seq + 1,
            }
            | fields
        )
    columns: schema.Schema = {**schema.MESSAGES, "sent_at": pl.Datetime("ms", "UTC")}
    extra: schema.Schema = {name: schema.EXTRA.get(name, pl.String) for name in fields if name not in schema.MESSAGES}
    frame = pl.DataFrame(rows, schema={**columns, **extra}, orient="row", strict=False)
    return frame.with_columns(pl.col("sent_at").dt.convert_time_zone(schema.DEFAULT_ZONE))


def chat(*lines: str, observed: float | None = 86400, **options: Any) -> pl.DataFrame:
    """One conversation as MESSAGES with CONTEXT; the export goes on for ``observed`` seconds (None: it ends here)."""
    frame = with_context(messages(*lines, **options))
    return frame if observed is None else frame.with_columns(pl.col("observed_after") + observed)


def together(*conversations: pl.DataFrame) -> pl.DataFrame:
    """Several conversations (MESSAGES) as one export, with CONTEXT."""
    return with_context(pl.concat(conversations, how="diagonal").sort("conversation_id", "seq"))


def hits(frame: pl.DataFrame, **words: str | list[str]) -> pl.DataFrame:
    """HITS of signals given by the words they look for: ``hits(frame, soothes="抱歉", asks=["吗", "？"])``.

    An underscore in a signal's name stands for a hyphen; the empty word hits every message of people, without a span.
    """
    rows = []
    for row in frame.iter_rows(named=True):
        for signal, wanted in words.items():
            for word in [wanted] if isinstance(wanted, str) else wanted:
                found = row["role"] in {"customer", "agent"} if word == "" else word in row["text"]
                if found:
                    start = row["text"].find(word)
                    rows.append(hit(row["msg"], signal.replace("_", "-"), start, start + len(word), matched=word))
    return hits_frame(rows)


def hit(msg: int, signal: str, start: int = 0, end: int = 0, **more: Any) -> dict[str, Any]:
    """One row of HITS; ``more`` sets view, matched, strength, value or missing."""
    return {"msg": msg, "signal": signal, "start": start, "end": end, "view": "folded", "strength": 1.0} | more


def hits_frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """HITS from rows."""
    return pl.DataFrame(rows, schema=schema.HITS).sort("msg", "start", "end")


def rule(kind: Kind, id: str = "A6a-test", **changes: Any) -> Rule:
    """A rule of this kind; the class and scenario are read off its id."""
    title = Words(zh="测试规则", en="a test rule")
    head: dict[str, Any] = {
        "class_id": id[:2],
        "scenario": id[2],
        "title": title,
        "why": title,
        "reason": title,
        "kind_name": type(kind).__name__.lower(),
        "confidence": 0.8,
        "status": "active",
        "cases": (),
        "where": f"{id}.yaml",
    }
    return Rule(id=id, kind=kind, **(head | changes))


def pattern(signals: str | tuple[str, ...], when: Condition, pick: Any = "each", **changes: Any) -> Rule:
    """A pattern rule; signals "" is a rule without an anchor."""
    names = (signals,) if isinstance(signals, str) else signals
    return rule(Pattern(Anchor(tuple(name for name in names if name), pick), when), **changes)


def has(*signals: str, **options: Any) -> Has:
    """The condition ``has:``."""
    return Has(signals, **options)


def lacks(*signals: str, **options: Any) -> Has:
    """The condition ``lacks:``."""
    return Has(signals, negated=True, **options)


def pack(*rules: Rule, **changes: Any) -> Pack:
    """A pack of these rules and nothing but their classes."""
    classes = {
        id_: IncidentClass(
            id=id_,
            grade=id_[0],
            name=Words(zh=f"{id_} 类", en=f"class {id_}"),
            summary=Words(zh="", en=""),
            advice=Words(zh="先安抚", en="soothe first"),
            scenarios={},
            scenario_advice={},
            not_an_incident=(),
            where="taxonomy.yaml",  # type: ignore[arg-type]
        )
        for id_ in sorted({rule.class_id for rule in rules})
    }
    parts: dict[str, Any] = {
        "name": "test",
        "version": "1",
        "digest": "0",
        "grades": ("A", "B", "C"),
        "classes": classes,
        "lexicons": {},
        "signals": {},
        "rules": {rule.id: rule for rule in rules},
        "acts": {},
        "tables": {},
        "points": {},
        "targets": {},
        "facts": {},
    }
    return Pack(**(parts | changes))
