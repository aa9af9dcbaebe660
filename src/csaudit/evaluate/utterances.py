"""Single disguised messages: the share seen through, and the innocent look-alikes taken for an incident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit import audit, schema
from csaudit.evaluate.interval import rate
from csaudit.pack.model import Pack

DEVICES: Final[schema.Schema] = {
    "device": pl.String,
    "disguised": pl.UInt32,
    "found": pl.UInt32,
    "recall": pl.Float64,
    "recall_low": pl.Float64,
    "recall_high": pl.Float64,
    "innocent": pl.UInt32,
    "alarmed": pl.UInt32,
    "rate": pl.Float64,
    "rate_low": pl.Float64,
    "rate_high": pl.Float64,
}


@dataclass(frozen=True)
class Evasion:
    """``devices``: DEVICES, a row ``all`` first. ``utterances``: UTTERANCES with ``classes`` found and ``outcome``."""

    devices: pl.DataFrame
    utterances: pl.DataFrame


def evasion(utterances: pl.DataFrame, pack: Pack) -> Evasion:
    """Judge each of UTTERANCES as a conversation of one agent message.

    Only the classes that occur among the utterances count as false alarms: what a lone message lacks (a greeting, an
    answer) says nothing about its words.
    """
    asked = utterances.get_column("class").drop_nulls().unique().to_list()
    rule_ids = audit.Selection(classes=tuple(asked)).rule_ids(pack) if asked else []
    class_of = {id_: pack.rules[id_].class_id for id_ in rule_ids}
    findings = audit.judge_messages(_as_messages(utterances), pack, rule_ids).findings
    found = findings.group_by(id="conversation_id").agg(
        classes=pl.col("rule_id").replace_strict(class_of, return_dtype=pl.String).unique().sort(),
        rule_ids=pl.col("rule_id").unique().sort(),
    )
    right = pl.col("classes").list.contains(pl.col("class")).fill_null(False)
    judged = utterances.join(found, on="id", how="left", maintain_order="left").with_columns(
        outcome=pl.when(pl.col("class").is_null())
        .then(pl.when(pl.col("classes").is_null()).then(pl.lit("passed")).otherwise(pl.lit("false alarm")))
        .otherwise(pl.when(right).then(pl.lit("found")).otherwise(pl.lit("missed")))
    )
    return Evasion(_devices(judged), judged)


def _as_messages(utterances: pl.DataFrame) -> pl.DataFrame:
    one = utterances.select(
        pl.col("platform", "text"),
        conversation_id="id",
        seq=pl.lit(1),
        role=pl.lit("agent"),
        sender=pl.lit("agent"),
        agent_id=pl.lit("agent"),
        agent=pl.lit("agent"),
    )
    return schema.conform(one, schema.MESSAGES).sort("conversation_id")


def _devices(judged: pl.DataFrame) -> pl.DataFrame:
    outcome = pl.col("outcome")
    twice = pl.concat([judged.with_columns(device=pl.lit("all"), first=True), judged.with_columns(first=False)])
    counts = twice.group_by("first", "device").agg(
        disguised=outcome.is_in(["found", "missed"]).sum(),
        found=(outcome == "found").sum(),
        innocent=outcome.is_in(["passed", "false alarm"]).sum(),
        alarmed=(outcome == "false alarm").sum(),
    )
    rated = counts.sort(pl.col("first").not_(), "device").with_columns(
        **rate("recall", pl.col("found"), pl.col("disguised")),
        **rate("rate", pl.col("alarmed"), pl.col("innocent")),
    )
    return schema.conform(rated, DEVICES).select(*DEVICES)
