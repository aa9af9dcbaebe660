"""INCIDENTS against LABELS and KINDS: precision, recall, F1, false alarms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from csaudit import schema
from csaudit.errors import ConfigError, Location
from csaudit.evaluate.interval import rate

PAIRS: Final[schema.Schema] = {
    "gold": pl.String,
    "conversation_id": pl.String,
    "class": pl.String,
    "outcome": pl.String,  # found | missed | false alarm | contested
    "evidence_met": pl.Boolean,  # cited and labelled messages share one; null where not found
    "scenario": pl.String,
    "difficulty": pl.String,
    "why": pl.String,
    "labelled_seqs": pl.List(pl.UInt32),
    "rule_ids": pl.List(pl.String),
    "confidence": pl.Float32,
    "reason": pl.String,
    "cited_seqs": pl.List(pl.UInt32),
}
"""One row a (gold, conversation, class) that is labelled, found, or both."""

SCORES: Final[schema.Schema] = {
    "gold": pl.String,
    "level": pl.String,  # all | grade | class | macro
    "name": pl.String,
    "labelled": pl.UInt32,
    "found": pl.UInt32,
    "missed": pl.UInt32,
    "false_alarms": pl.UInt32,
    "evidence_met": pl.UInt32,
    "precision": pl.Float64,
    "precision_low": pl.Float64,  # ends of the 95 % interval
    "precision_high": pl.Float64,
    "recall": pl.Float64,
    "recall_low": pl.Float64,
    "recall_high": pl.Float64,
    "f1": pl.Float64,
    "f1_low": pl.Float64,
    "f1_high": pl.Float64,
}
ALARMS: Final[schema.Schema] = {
    "gold": pl.String,
    "kind": pl.String,
    "conversations": pl.UInt32,
    "alarmed": pl.UInt32,  # conversations with at least one false alarm
    "rate": pl.Float64,
    "rate_low": pl.Float64,
    "rate_high": pl.Float64,
}
RULES: Final[schema.Schema] = {
    "rule_id": pl.String,
    "finds": pl.UInt32,
    "right": pl.UInt32,
    "precision": pl.Float64,
    "precision_low": pl.Float64,
    "precision_high": pl.Float64,
}
"""How often each rule that fired was right, over all golds together."""

POOLED: Final = "pooled"
PAIR: Final = ["gold", "conversation_id", "class"]


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found: PAIRS, SCORES, ALARMS and RULES frames."""

    pairs: pl.DataFrame
    scores: pl.DataFrame
    alarms: pl.DataFrame
    rules: pl.DataFrame

    def to_json(self) -> str:
        """All four frames as one JSON object of row lists."""
        return json.dumps(
            {name: json.loads(frame.write_json()) for name, frame in vars(self).items()}, ensure_ascii=False
        )

    @classmethod
    def from_json(cls, path: Path) -> Evaluation:
        """Read what `to_json` wrote.

        Raises:
            ConfigError: the file is missing or is something else.
        """
        schemas = {"pairs": PAIRS, "scores": SCORES, "alarms": ALARMS, "rules": RULES}
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{name: pl.DataFrame(rows[name], schema=columns) for name, columns in schemas.items()})
        except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
            hint = "give a file written by csaudit eval --json"
            raise ConfigError("cannot be compared with", where=Location(path), hint=hint) from error


def score(
    incidents: pl.DataFrame, labels: pl.DataFrame, kinds: pl.DataFrame, grade_of: Mapping[str, str]
) -> Evaluation:
    """Score INCIDENTS against LABELS and KINDS, each with a column ``gold`` besides."""
    pairs = pair(incidents, labels)
    return Evaluation(pairs, _scores(pairs, grade_of), _alarms(pairs, kinds), _rules(pairs))


def pair(incidents: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Join INCIDENTS and LABELS, both with a column ``gold``, to PAIRS."""
    found = (
        incidents.sort("conversation_id", "class", "confidence", "incident_id", descending=[False, False, True, False])
        .group_by(PAIR, maintain_order=True)
        .agg(
            rule_ids=pl.col("rule_ids").explode().unique().sort(),
            confidence=pl.col("confidence").max(),
            reason=pl.col("reason").first(),
            cited_seqs=pl.col("evidence").explode().struct.field("seq").unique().sort(),
        )
    )
    labelled = labels.group_by(PAIR, maintain_order=True).agg(
        pl.col("scenario", "difficulty", "why").first(),
        pl.col("contested").all(),
        labelled_seqs=pl.col("evidence").explode().drop_nulls().unique().sort(),
    )
    is_found = pl.col("rule_ids").is_not_null()
    met = pl.col("cited_seqs").list.set_intersection("labelled_seqs").list.len() > 0
    joined = labelled.join(found, on=PAIR, how="full", coalesce=True).with_columns(
        outcome=pl.when("contested")
        .then(pl.lit("contested"))
        .when(pl.col("contested").is_null())
        .then(pl.lit("false alarm"))
        .when(is_found)
        .then(pl.lit("found"))
        .otherwise(pl.lit("missed"))
    )
    return schema.conform(
        joined.with_columns(evidence_met=pl.when(pl.col("outcome") == "found").then(met)).sort(PAIR), PAIRS
    ).select(*PAIRS)


def _scores(pairs: pl.DataFrame, grade_of: Mapping[str, str]) -> pl.DataFrame:
    grade = pl.col("class").replace_strict(grade_of, default=pl.col("class").str.head(1), return_dtype=pl.String)
    levels = {"all": pl.lit("all"), "grade": grade, "class": pl.col("class")}
    counted = pl.concat([_pooled(pairs).with_columns(level=pl.lit(name), name=of) for name, of in levels.items()])
    outcome = pl.col("outcome")
    counts = (
        counted.group_by("gold", "level", "name")
        .agg(
            found=(outcome == "found").sum(),
            missed=(outcome == "missed").sum(),
            false_alarms=(outcome == "false alarm").sum(),
            evidence_met=pl.col("evidence_met").sum(),
        )
        .with_columns(labelled=pl.col("found") + pl.col("missed"))
        .filter(pl.col("labelled") + pl.col("false_alarms") > 0)
    )
    found, labelled, alarms = pl.col("found"), pl.col("labelled"), pl.col("false_alarms")
    rated = counts.with_columns(
        **rate("precision", found, found + alarms),
        **rate("recall", found, labelled),
        # F1 is a growing function of the share found among all pairs, which is a plain proportion
        **{name: 2 * share / (1 + share) for name, share in rate("f1", found, labelled + alarms).items()},
    )
    order = {name: place for place, name in enumerate(["all", "macro", "grade", "class"])}
    return (
        pl.concat([schema.conform(rated, SCORES), _macro(rated)])
        .sort(pl.col("gold") == POOLED, "gold", pl.col("level").replace_strict(order), "name")
        .select(*SCORES)
    )


def _macro(rated: pl.DataFrame) -> pl.DataFrame:
    """Mean over the labelled classes; the interval adds up the classes' own as independent errors."""
    mean = rated.filter(pl.col("level") == "class", pl.col("labelled") > 0).group_by("gold")
    half = ((pl.col("f1_high") - pl.col("f1_low")) / 2).pow(2).sum().sqrt() / pl.len()
    means = mean.agg(pl.col("f1", "recall").mean(), pl.col("precision").fill_null(0).mean(), half=half)
    return schema.conform(
        means.with_columns(
            level=pl.lit("macro"),
            name=pl.lit("macro"),
            f1_low=(pl.col("f1") - pl.col("half")).clip(lower_bound=0),
            f1_high=(pl.col("f1") + pl.col("half")).clip(upper_bound=1),
        ).drop("half"),
        SCORES,
    )


def _alarms(pairs: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    alarmed = pairs.filter(pl.col("outcome") == "false alarm").select("gold", "conversation_id").unique()
    marked = _pooled(kinds.join(alarmed.with_columns(alarm=True), on=["gold", "conversation_id"], how="left"))
    counts = marked.group_by("gold", "kind").agg(conversations=pl.len(), alarmed=pl.col("alarm").sum())
    rated = counts.with_columns(**rate("rate", pl.col("alarmed"), pl.col("conversations")))
    return schema.conform(rated, ALARMS).sort(pl.col("gold") == POOLED, "gold", "kind")


def _rules(pairs: pl.DataFrame) -> pl.DataFrame:
    counted = pairs.filter(pl.col("outcome").is_in(["found", "false alarm"])).explode("rule_ids")
    counts = counted.group_by(rule_id="rule_ids").agg(finds=pl.len(), right=(pl.col("outcome") == "found").sum())
    return schema.conform(counts.with_columns(**rate("precision", pl.col("right"), pl.col("finds"))), RULES).sort(
        "rule_id"
    )


def _pooled(frame: pl.DataFrame) -> pl.DataFrame:
    """Add all rows once more under the name of the pool, where there is more than one gold."""
    if frame.get_column("gold").n_unique() < 2:
        return frame
    return pl.concat([frame, frame.with_columns(gold=pl.lit(POOLED))])
