"""The frames: names and types of every column, declared once.

A person who knows these frames knows the program::

    exports -> MESSAGES (+ REJECTS, INPUTS) -> HITS -> FINDINGS (+ UNCHECKED) -> INCIDENTS
    MESSAGES, INCIDENTS, UNCHECKED -> CONVERSATIONS, AGENTS, GRADES

Every stage is a function from some of them to others; nothing travels beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

ROLES: Final = ("customer", "agent", "bot", "system")
Role = pl.Enum(ROLES)

GRADES_ORDER: Final = ("A", "B", "C")
"""Gravest first. A team's pack may add grades; then the pack's own order counts."""

VIEWS: Final = ("raw", "folded", "squeezed", "sound", "digits", "shapes", "emoji", "act", "structure")
"""How a hit was seen: six ways of undoing a disguise, a learned act, or the shape of the conversation alone."""
View = pl.Enum(VIEWS)

DEFAULT_ZONE: Final = "Asia/Shanghai"

Schema = dict[str, "PolarsDataType"]


def timestamp(zone: str = DEFAULT_ZONE) -> pl.Datetime:
    """The type of ``sent_at``: milliseconds, in the zone the run is reported in."""
    return pl.Datetime("ms", zone)


# ---- input ----------------------------------------------------------------------------------------------------------

MESSAGES: Final[Schema] = {
    "conversation_id": pl.String,
    "seq": pl.UInt32,  # 1..n within the conversation, in order of time, then of file and line
    "sent_at": timestamp(),  # null where the export has no (readable) time
    "role": Role,
    "sender": pl.String,
    "agent_id": pl.String,  # on agent rows; null elsewhere or where unknown
    "agent": pl.String,  # the agent's display name
    "customer": pl.String,
    "platform": pl.String,  # canonical name (京东, 淘宝, 天猫, 拼多多, 抖音 …) or null
    "shop": pl.String,
    "channel": pl.String,
    "text": pl.String,  # raw, never altered, never null
    "source_file": pl.String,
    "source_line": pl.UInt32,
}
"""One row a chat message, sorted by (conversation_id, seq). Further columns of the export may follow (order_id,
rating, loss_amount, vip …, see ``EXTRA``)."""

EXTRA: Final[Schema] = {
    "order_id": pl.String,
    "order_status": pl.String,
    "rating": pl.Float64,  # 1-5
    "loss_amount": pl.Float64,  # yuan
    "vip": pl.Boolean,
    "refund_state": pl.String,
    "ticket_id": pl.String,
    "message_type": pl.String,
    "recalled": pl.Boolean,
}
"""Optional columns of MESSAGES with a meaning to rules; an export's other columns are kept as ``x_<header>``."""

REJECTS: Final[Schema] = {
    "source_file": pl.String,
    "source_line": pl.UInt32,  # null: the whole file
    "reason": pl.String,
    "raw": pl.String,  # at most 500 characters
}

INPUTS: Final[Schema] = {
    "path": pl.String,
    "format": pl.String,
    "encoding": pl.String,
    "bytes": pl.UInt64,
    "sha256": pl.String,
    "rows": pl.UInt64,  # rows read = messages + rejects + duplicates
    "messages": pl.UInt64,
    "rejects": pl.UInt64,
    "duplicates": pl.UInt64,
}
"""One row an input file."""

# ---- the audit ------------------------------------------------------------------------------------------------------

CONTEXT: Final[Schema] = {
    "msg": pl.UInt32,  # row number in MESSAGES; how HITS, FINDINGS and conditions name a message
    "turn": pl.UInt32,  # 1..n: number of the turn (a run of messages by customer or by agent); bot/system lines stay in the current one
    "agent_turn": pl.UInt32,  # agent turns begun so far, this message included
    "customer_turn": pl.UInt32,
    "of_role": pl.UInt32,  # 1..n among the messages of this role
    "last_of_role": pl.Boolean,
    "last": pl.Boolean,  # last customer or agent message of the conversation
    "reply_after": pl.Float64,  # seconds from the first message of the customer turn being answered; first message of an agent turn only
    "silence_after": pl.Float64,  # seconds to the next customer or agent message; null after the last one
    "observed_after": pl.Float64,  # seconds for which the export goes on after this message; null without times, inf before a line that closes the chat
    "unit_agent": pl.String,  # agent in charge here: own id, else the next agent in the conversation, else the one before
}
"""Columns that ``rules.context.with_context`` adds to MESSAGES; signals may test them like any other column."""

TIMED: Final = ("reply_after", "silence_after")
"""Columns of CONTEXT that are null where there is nothing to time (a message that begins no turn, the last one): then no
match. Without ``sent_at`` they are not checkable."""

HITS: Final[Schema] = {
    "msg": pl.UInt32,
    "signal": pl.Categorical(),
    "start": pl.UInt32,  # span in characters of the raw text; 0, 0 for a hit without words
    "end": pl.UInt32,
    "view": View,
    "matched": pl.String,  # the term as the signal knows it (raw span 桃宝, matched 淘宝); heaviest n-grams for an act
    "strength": pl.Float32,  # 0-1: weight of the view, or the act's calibrated probability
    "value": pl.Float64,  # an entity's number (yuan, seconds …); else null
    "missing": pl.String,  # null: a hit. Else the column whose absence leaves it open whether this is one
}

CITED: Final = pl.List(
    pl.Struct(
        {
            "msg": pl.UInt32,
            "start": pl.UInt32,
            "end": pl.UInt32,
            "signal": pl.String,
            "view": pl.String,
            "matched": pl.String,
        }
    )
)

FINDINGS: Final[Schema] = {
    "rule_id": pl.String,
    "conversation_id": pl.String,
    "agent_id": pl.String,  # the agent held to account; null where the export does not say
    "anchor": pl.UInt32,  # msg
    "confidence": pl.Float32,
    "cited": CITED,  # in order of msg, start
    "terms": pl.String,  # what a scorecard's terms added, "<index of the term>=<points>;…"; null for other kinds
}

UNCHECKED: Final[Schema] = {
    "rule_id": pl.String,
    "conversation_id": pl.String,
    "agent_id": pl.String,
    "reason": pl.String,  # sent_at | agent_id | platform | export_ends | <column>
}
"""One row where a rule might have fired but what it needs is missing: not checkable, which is not clean."""

EVIDENCE: Final = pl.List(
    pl.Struct(
        {
            "seq": pl.UInt32,
            "sent_at": timestamp(),
            "role": pl.String,
            "text": pl.String,
            "spans": pl.List(pl.Struct({"start": pl.UInt32, "end": pl.UInt32})),
            "undone": pl.List(pl.String),  # what a lossy view undid: "桃宝 → 淘宝 (sound)"
        }
    )
)

INCIDENTS: Final[Schema] = {
    "incident_id": pl.String,
    "grade": pl.String,
    "class": pl.String,
    "class_name": pl.String,
    "scenario": pl.String,
    "rule_ids": pl.List(pl.String),
    "confidence": pl.Float32,
    "conversation_id": pl.String,
    "agent_id": pl.String,
    "agent": pl.String,
    "shop": pl.String,
    "platform": pl.String,
    "channel": pl.String,
    "customer": pl.String,
    "occurred_at": timestamp(),
    "evidence": EVIDENCE,
    "reason": pl.String,
    "advice": pl.String,
    "source_file": pl.String,
    "source_line": pl.UInt32,
}

# ---- roll-ups -------------------------------------------------------------------------------------------------------

CONVERSATIONS: Final[Schema] = {
    "conversation_id": pl.String,
    "platform": pl.String,
    "shop": pl.String,
    "channel": pl.String,
    "customer": pl.String,
    "agent_ids": pl.List(pl.String),
    "started_at": timestamp(),
    "ended_at": timestamp(),
    "messages": pl.UInt32,
    "customer_messages": pl.UInt32,
    "agent_messages": pl.UInt32,
    "first_response_s": pl.Float64,
    "incidents_a": pl.UInt32,
    "incidents_b": pl.UInt32,
    "incidents_c": pl.UInt32,
    "unchecked": pl.UInt32,  # rules that could not be checked in it
}

AGENTS: Final[Schema] = {
    "agent_id": pl.String,
    "agent": pl.String,
    "conversations": pl.UInt32,
    "messages": pl.UInt32,
    "incidents_a": pl.UInt32,
    "incidents_b": pl.UInt32,
    "incidents_c": pl.UInt32,
    "conversations_with_incident": pl.UInt32,
    "unchecked_conversations": pl.UInt32,
    "score": pl.Float64,  # 100 minus the points of targets.yaml; null with no conversation
    "first_response_s": pl.Float64,  # mean over first_response_n conversations
    "first_response_n": pl.UInt32,
}

GRADES: Final[Schema] = {
    "grade": pl.String,
    "class": pl.String,
    "class_name": pl.String,
    "incidents": pl.UInt32,
    "conversations": pl.UInt32,
    "agents": pl.UInt32,
    "per_1000_conversations": pl.Float64,
    "unchecked_conversations": pl.UInt32,  # conversations in which a rule of the class was not checkable
}


# ---- helpers --------------------------------------------------------------------------------------------------------


def in_zone(schema: Schema, zone: str) -> Schema:
    """The same schema with every timestamp in ``zone``."""

    def convert(dtype: PolarsDataType) -> PolarsDataType:
        if dtype == timestamp():
            return timestamp(zone)
        if isinstance(dtype, pl.List):
            return pl.List(convert(dtype.inner))
        if isinstance(dtype, pl.Struct):
            return pl.Struct({field.name: convert(field.dtype) for field in dtype.fields})
        return dtype

    return {name: convert(dtype) for name, dtype in schema.items()}


def empty(schema: Schema, zone: str = DEFAULT_ZONE) -> pl.DataFrame:
    """An empty frame of a schema."""
    return pl.DataFrame(schema=in_zone(schema, zone))


def conform(frame: pl.DataFrame, schema: Schema, zone: str = DEFAULT_ZONE) -> pl.DataFrame:
    """Give ``frame`` exactly the schema's columns and types, in its order; further columns follow, absent ones are null."""
    wanted = in_zone(schema, zone)
    have = frame.schema
    return frame.select(
        *[(pl.col(name) if name in have else pl.lit(None)).cast(dtype).alias(name) for name, dtype in wanted.items()],
        *[pl.col(name) for name in frame.columns if name not in wanted],
    )
