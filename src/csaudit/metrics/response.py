"""How soon a person answered."""

from __future__ import annotations

import polars as pl


def first_responses(messages: pl.DataFrame) -> pl.DataFrame:
    """Find who gave the first answer of each conversation, and after how long.

    The clock runs from the customer's first message to the first message of a human agent behind it; what an agent or
    a bot said before the customer spoke is no answer.

    Args:
        messages: MESSAGES with CONTEXT.

    Returns:
        conversation_id, agent_id, first_response_s (seconds; null without times); conversations without an answer are absent.
    """
    asked = pl.col("sent_at").filter(pl.col("role") == "customer").first().over("conversation_id")
    return (
        messages.lazy()
        .select("conversation_id", "seq", "role", "agent_id", "customer_turn", asked=asked, answered="sent_at")
        .filter(pl.col("role") == "agent", pl.col("customer_turn") > 0)
        .group_by("conversation_id")
        .agg(pl.col("agent_id", "asked", "answered").sort_by("seq").first())
        .select("conversation_id", "agent_id", first_response_s=_seconds(pl.col("answered") - pl.col("asked")))
        .collect()
    )


def _seconds(duration: pl.Expr) -> pl.Expr:
    return duration.dt.total_milliseconds() / 1000


def mean_seconds(seconds: pl.Expr) -> pl.Expr:
    """Build the mean of times in seconds.

    It adds up whole milliseconds, so that the sum does not depend on the order in which threads add.
    """
    return (seconds * 1000).round().mean() / 1000
