"""MESSAGES, INCIDENTS, UNCHECKED -> CONVERSATIONS, AGENTS, GRADES."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from csaudit import schema
from csaudit.metrics.response import first_responses, mean_seconds
from csaudit.metrics.score import points, score
from csaudit.pack.model import Pack


@dataclass(frozen=True)
class Measures:
    """The three roll-ups, as in `schema`."""

    conversations: pl.DataFrame
    agents: pl.DataFrame
    grades: pl.DataFrame


def measure(
    messages: pl.DataFrame,
    incidents: pl.DataFrame,
    unchecked: pl.DataFrame,
    pack: Pack,
    classes: Sequence[str],
    lang: str,
) -> Measures:
    """Roll messages and incidents up by conversation, by agent and by class.

    Args:
        messages: MESSAGES with CONTEXT.
        incidents: INCIDENTS.
        unchecked: UNCHECKED.
        pack: grades, classes and points.
        classes: ids of the classes that were audited; each gets its row in GRADES, zero included.
        lang: "zh" or "en", for class names.
    """
    responses = first_responses(messages)
    zone = getattr(messages.schema["sent_at"], "time_zone", None) or schema.DEFAULT_ZONE
    conversations = _conversations(messages, incidents, unchecked, pack, responses)
    agents = _agents(messages, incidents, unchecked, pack, responses)
    grades = _grades(conversations.height, incidents, unchecked, pack, classes, lang)
    return Measures(
        schema.conform(conversations, schema.CONVERSATIONS, zone),
        schema.conform(agents, schema.AGENTS, zone),
        schema.conform(grades, schema.GRADES, zone),
    )


def _conversations(
    messages: pl.DataFrame, incidents: pl.DataFrame, unchecked: pl.DataFrame, pack: Pack, responses: pl.DataFrame
) -> pl.DataFrame:
    counts = incidents.group_by("conversation_id").agg(**_by_grade(pack))
    open_rules = unchecked.group_by("conversation_id").agg(unchecked=pl.col("rule_id").n_unique())
    frame = (
        messages.group_by("conversation_id")
        .agg(
            pl.col("platform", "shop", "channel", "customer").drop_nulls().first(),
            agent_ids=pl.col("agent_id").drop_nulls().unique().sort(),
            started_at=pl.col("sent_at").min(),
            ended_at=pl.col("sent_at").max(),
            messages=pl.len(),
            customer_messages=(pl.col("role") == "customer").sum(),
            agent_messages=(pl.col("role") == "agent").sum(),
        )
        .join(responses.drop("agent_id"), on="conversation_id", how="left")
        .join(counts, on="conversation_id", how="left")
        .join(open_rules, on="conversation_id", how="left")
        .sort("conversation_id")
    )
    return frame.with_columns(pl.col("unchecked", *_by_grade(pack)).fill_null(0))


def _agents(
    messages: pl.DataFrame, incidents: pl.DataFrame, unchecked: pl.DataFrame, pack: Pack, responses: pl.DataFrame
) -> pl.DataFrame:
    """Everyone who wrote as an agent or is held to account; what has no agent id is one row with a null id."""
    wrote = (
        messages.filter(pl.col("role") == "agent")
        .group_by("agent_id")
        .agg(pl.col("agent").min(), conversations=pl.col("conversation_id").n_unique(), messages=pl.len())
    )
    found = incidents.group_by("agent_id").agg(
        **_by_grade(pack),
        found_name=pl.col("agent").min(),
        conversations_with_incident=pl.col("conversation_id").n_unique(),
    )
    answered = responses.group_by("agent_id").agg(
        first_response_s=mean_seconds(pl.col("first_response_s")), first_response_n=pl.col("first_response_s").count()
    )
    open_ = unchecked.group_by("agent_id").agg(unchecked_conversations=pl.col("conversation_id").n_unique())
    frame = wrote.join(found, on="agent_id", how="full", coalesce=True, nulls_equal=True)
    for part in (answered, open_, points(incidents, pack)):
        frame = frame.join(part, on="agent_id", how="left", nulls_equal=True)
    return (
        frame.with_columns(
            pl.coalesce("agent", "found_name").alias("agent"),
            pl.col(
                "conversations",
                "messages",
                "conversations_with_incident",
                "unchecked_conversations",
                "first_response_n",
                *_by_grade(pack),
            ).fill_null(0),
            score=score(pl.col("conversations"), pl.col("points")),
        )
        .drop("found_name", "points")
        .sort("agent_id", nulls_last=True)
    )


def _grades(
    conversations: int,
    incidents: pl.DataFrame,
    unchecked: pl.DataFrame,
    pack: Pack,
    classes: Sequence[str],
    lang: str,
) -> pl.DataFrame:
    chosen = sorted((pack.classes[id_] for id_ in classes), key=lambda class_: pack.grades.index(class_.grade))
    rows = pl.DataFrame(
        {
            "grade": [class_.grade for class_ in chosen],
            "class": [class_.id for class_ in chosen],
            "class_name": [class_.name[lang] for class_ in chosen],
        },
        schema=dict.fromkeys(("grade", "class", "class_name"), pl.String),
    )
    found = incidents.group_by("class").agg(
        incidents=pl.len(), conversations=pl.col("conversation_id").n_unique(), agents=pl.col("agent_id").n_unique()
    )
    class_of = {rule.id: rule.class_id for rule in pack.rules.values()}
    open_ = unchecked.group_by(
        pl.col("rule_id").replace_strict(class_of, default=None, return_dtype=pl.String).alias("class")
    ).agg(unchecked_conversations=pl.col("conversation_id").n_unique())
    counted = ("incidents", "conversations", "agents", "unchecked_conversations")
    return (
        rows.join(found, on="class", how="left", maintain_order="left")
        .join(open_, on="class", how="left", maintain_order="left")
        .with_columns(pl.col(counted).fill_null(0))
        .with_columns(per_1000_conversations=pl.col("incidents") * 1000 / pl.lit(conversations or None, pl.Float64))
    )


def _by_grade(pack: Pack) -> dict[str, pl.Expr]:
    """Build the counts of incidents by grade: ``incidents_a`` …"""
    grades = dict.fromkeys((*schema.GRADES_ORDER, *pack.grades))
    return {f"incidents_{grade.lower()}": (pl.col("grade") == grade).sum() for grade in grades}
