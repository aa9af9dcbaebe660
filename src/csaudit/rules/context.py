"""Where each message stands in its conversation: MESSAGES -> MESSAGES + CONTEXT."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import polars as pl

from csaudit import schema

CLOSED: Final = (
    r"(会话|对话|服务|咨询|聊天|工单).{0,24}(关闭|结束|归档|终止)|(结束|关闭|终止)了?(本次|当前|该)?(会话|对话|服务|咨询|聊天)|会话超时"
    r"|(?i:(chat|session|conversation)( \w+){0,3} (closed|ended))"
)
"""How platforms' system lines say that a conversation is over: then nothing can follow that the export hides."""

AGENT: Final = pl.col("role") == "agent"
CUSTOMER: Final = pl.col("role") == "customer"
TALK: Final = AGENT | CUSTOMER
"""Messages by people: bots and system lines take no turn, give no reply and break no silence."""

_HERE: Final = pl.int_range(pl.len(), dtype=pl.UInt32)
_BEGINS: Final = pl.col("_begins")


def with_context(messages: pl.DataFrame) -> pl.DataFrame:
    """Add the CONTEXT columns of `schema` to MESSAGES.

    ``observed_after`` counts to the last message of the whole frame, so call this before cutting the frame; a message
    before a system line that closes its conversation is observed without end (infinity). All else looks at one
    conversation only.
    """
    frame = messages.with_columns(msg=_HERE, _conversation=pl.col("conversation_id").rle_id())
    frame = frame.with_columns(
        _first=_in(pl.col("msg").min()),
        _final=_in(pl.col("msg").max()),
        _before=_in(pl.when(TALK).then("msg").forward_fill()).shift(1),
        _next=_in(pl.when(TALK).then("msg").backward_fill()).shift(-1),
        _charge=_in(pl.coalesce(_agents().backward_fill(), _agents().forward_fill())),
        _closing=_in(pl.when(_closes()).then("msg").max()),
    )
    frame = frame.with_columns(
        _next=pl.when(pl.col("msg") < pl.col("_final")).then("_next"),
        _begins=TALK
        & ((pl.col("_before") >= pl.col("_first")) & (pl.col("role").gather("_before") == pl.col("role")))
        .fill_null(False)
        .not_(),
    )
    frame = frame.with_columns(_asked=_in(pl.when(_BEGINS, CUSTOMER).then("msg").forward_fill()))
    columns = _columns()
    return frame.select(
        *messages.columns, *[columns[name].cast(dtype).alias(name) for name, dtype in schema.CONTEXT.items()]
    )


def _columns() -> dict[str, pl.Expr]:
    return {
        "msg": pl.col("msg"),
        "turn": _so_far(_BEGINS).clip(1),
        "agent_turn": _so_far(_BEGINS & AGENT),
        "customer_turn": _so_far(_BEGINS & CUSTOMER),
        "of_role": _by_role(_so_far),
        "last_of_role": _by_role(_so_far) == _by_role(lambda flag: _so_far(flag).gather("_final")),
        "last": TALK & pl.col("_next").is_null(),
        "reply_after": pl.when(_BEGINS, AGENT).then(_seconds(pl.col("sent_at") - _sent("_asked"))),
        "silence_after": _seconds(_sent("_next") - pl.col("sent_at")),
        "observed_after": pl.when(pl.col("_closing") > pl.col("msg"))
        .then(float("inf"))
        .otherwise(_seconds(pl.col("sent_at").max() - pl.col("sent_at"))),
        "unit_agent": pl.col("agent_id").gather("_charge"),
    }


def _in(expr: pl.Expr) -> pl.Expr:
    return expr.over("_conversation")


def _so_far(flag: pl.Expr) -> pl.Expr:
    """Build an expression that counts ``flag`` from the start of the conversation; a running count beats a window."""
    count = flag.cast(pl.UInt32).cum_sum()
    return count - count.gather("_first") + flag.cast(pl.UInt32).gather("_first")


def _by_role(count: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Build an expression that counts the messages of each message's own role."""
    return pl.coalesce(pl.when(pl.col("role") == role).then(count(pl.col("role") == role)) for role in schema.ROLES)


def _agents() -> pl.Expr:
    return pl.when(AGENT).then("msg")


def _sent(position: str) -> pl.Expr:
    return pl.col("sent_at").gather(position)


def _seconds(span: pl.Expr) -> pl.Expr:
    return span.dt.total_milliseconds() / 1000


def _closes() -> pl.Expr:
    return pl.when(pl.col("role") == "system").then("text").str.contains(CLOSED).fill_null(False)
