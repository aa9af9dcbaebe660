"""FINDINGS of one class, conversation and agent, merged: INCIDENTS."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from csaudit import schema
from csaudit.pack.model import Pack
from csaudit.rules import sentences

MESSAGES_SHOWN: Final = 20

DISGUISES: Final = ("squeezed", "sound", "digits", "shapes", "emoji")
"""Views of which the evidence says what they undid."""

_OF: Final = ["class", "conversation_id", "agent_id"]


def merge(findings: pl.DataFrame, messages: pl.DataFrame, pack: Pack, lang: str) -> pl.DataFrame:
    """Merge FINDINGS to INCIDENTS, gravest and surest first, with sentences in ``lang``.

    ``messages`` are the MESSAGES with CONTEXT that were judged. The most confident finding gives scenario, reason and
    confidence: rules of a class see the same words and so are not independent, which rules out adding them up.
    ``incident_id`` depends on what was said and by whom, not on files, lines or order.
    """
    zone = _zone(messages)
    if findings.is_empty():
        return schema.empty(schema.INCIDENTS, zone)
    ranked = _ranked(findings, pack)
    said = _told(messages, ranked)
    cited = _cited(ranked, said)
    merged = _merged(ranked).join(_evidence(cited, zone), on="incident").join(_words(cited), on="incident", how="left")
    merged = merged.join(_parties(said), on="conversation_id").join(
        _names(said), on=["conversation_id", "agent_id"], how="left", nulls_equal=True
    )
    anchors = said.select("msg", "source_file", "source_line", "minutes", anchor_text="text")
    merged = merged.join(anchors, left_on="anchor", right_on="msg")
    texts = pl.DataFrame([_texts(row, pack, lang) for row in merged.iter_rows(named=True)], schema=_TEXTS)
    frame = pl.concat([merged, texts], how="horizontal")
    frame = frame.with_columns(occurred_at=pl.col("evidence").list.first().struct.field("sent_at"))
    frame = frame.sort(
        "_grade", "confidence", "occurred_at", "incident_id", descending=[False, True, False, False], nulls_last=True
    )
    return schema.conform(frame.select(list(schema.INCIDENTS)), schema.INCIDENTS, zone)


_TEXTS: Final[schema.Schema] = {
    "incident_id": pl.String,
    "grade": pl.String,
    "class_name": pl.String,
    "reason": pl.String,
    "advice": pl.String,
    "_grade": pl.UInt32,
}


def _zone(messages: pl.DataFrame) -> str:
    dtype = messages.schema["sent_at"]
    return (dtype.time_zone if isinstance(dtype, pl.Datetime) else None) or schema.DEFAULT_ZONE


def _ranked(findings: pl.DataFrame, pack: Pack) -> pl.DataFrame:
    """Findings with their class, numbered by incident, surest first; ``cited`` becomes rows later."""
    ids = findings["rule_id"].unique().to_list()
    rules = pl.DataFrame(
        {
            "rule_id": ids,
            "class": [pack.rules[id_].class_id for id_ in ids],
            "scenario": [pack.rules[id_].scenario for id_ in ids],
            "anchor_signals": [list(pack.rules[id_].kind.anchor.signals) for id_ in ids],
        },
        schema_overrides={"anchor_signals": pl.List(pl.String)},
    )
    return (
        findings.join(rules, on="rule_id")
        .sort(*_OF, "confidence", "rule_id", "anchor", descending=[False] * 3 + [True, False, False])
        .with_columns(incident=pl.struct(_OF).rle_id())
        .with_columns(rank=pl.int_range(pl.len()).over("incident"))
    )


def _told(messages: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """The conversations with findings; ``minutes``: how long the customer waited, at an answer or until the next."""
    told = messages.filter(pl.col("conversation_id").is_in(ranked["conversation_id"].unique().implode()))
    answered = pl.when(pl.col("role") == "agent").then("sent_at").shift(-1).backward_fill().over("conversation_id")
    wait = (answered - pl.col("sent_at")).dt.total_milliseconds() / 1000
    return told.with_columns(minutes=pl.coalesce("reply_after", wait) / 60)


def _cited(ranked: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """One row a cited hit: of the surest findings' messages first, in order of the conversation."""
    return (
        ranked.select("incident", "rank", "anchor", "anchor_signals", "cited")
        .explode("cited")
        .unnest("cited")
        .sort("incident", "rank", "msg")
        .filter(pl.col("msg").rank("dense").over("incident", order_by="rank") <= MESSAGES_SHOWN)
        .join(said.select("msg", "seq", "sent_at", "role", "text"), on="msg")
        .with_columns(word=pl.col("text").str.slice("start", pl.col("end") - pl.col("start")))
        .sort("incident", "msg", "start", "end", "rank", "signal", "view")
    )


def _merged(ranked: pl.DataFrame) -> pl.DataFrame:
    return ranked.group_by("incident", *_OF, maintain_order=True).agg(
        pl.col("scenario", "anchor", "confidence", "terms").first(),
        rule_id=pl.col("rule_id").first(),
        rule_ids=pl.col("rule_id").unique().sort(),
    )


def _evidence(cited: pl.DataFrame, zone: str) -> pl.DataFrame:
    """EVIDENCE of each incident: its messages in order, overlapping spans made one."""
    message = ["incident", "msg"]
    spans = _runs(cited).group_by(message, maintain_order=True).agg(spans=pl.struct("start", "end"))
    disguised = pl.col("view").is_in(DISGUISES) & (pl.col("word") != pl.col("matched"))
    undone = pl.format("{} → {} ({})", "word", "matched", "view").filter(disguised).unique(maintain_order=True)
    lines = (
        cited.group_by(message, maintain_order=True)
        .agg(pl.col("seq", "sent_at", "text").first(), pl.col("role").first().cast(pl.String), undone=undone)
        .join(spans, on=message, how="left", maintain_order="left")
        .with_columns(pl.col("spans").fill_null([]))
    )
    entry = pl.struct("seq", "sent_at", "role", "text", "spans", "undone")
    evidence = schema.in_zone({"evidence": schema.EVIDENCE}, zone)["evidence"]
    return (
        lines.group_by("incident", maintain_order=True)
        .agg(evidence=entry, n=pl.len(), undone=pl.col("undone").explode().drop_nulls())
        .with_columns(pl.col("evidence").cast(evidence))
    )


def _words(cited: pl.DataFrame) -> pl.DataFrame:
    """The words of the surest finding: all, and those of its anchor."""
    surest = cited.filter(pl.col("rank") == 0)
    at_anchor = surest.filter(pl.col("msg") == pl.col("anchor"), pl.col("signal").is_in("anchor_signals"))
    words, anchor_words = (
        _runs(hits).group_by("incident", maintain_order=True).agg(pl.col("word").alias(name))
        for hits, name in ((surest, "words"), (at_anchor, "anchor_words"))
    )
    return words.join(anchor_words, on="incident", how="left")


def _runs(cited: pl.DataFrame) -> pl.DataFrame:
    """Spans that overlap or touch made one, with the words there: incident, msg, start, end, word."""
    message = ["incident", "msg"]
    return (
        cited.filter(pl.col("end") > pl.col("start"))
        .with_columns(_apart=(pl.col("start") > pl.col("end").cum_max().shift(1).over(message)).fill_null(True))
        .with_columns(_apart=pl.col("_apart").cum_sum().over(message))
        .group_by(*message, "_apart", maintain_order=True)
        .agg(pl.col("start").min(), pl.col("end").max(), pl.col("text").first())
        .with_columns(word=pl.col("text").str.slice("start", pl.col("end") - pl.col("start")))
    )


def _parties(said: pl.DataFrame) -> pl.DataFrame:
    names = ("platform", "shop", "channel", "customer")
    return said.group_by("conversation_id").agg(pl.col(names).drop_nulls().first())


def _names(said: pl.DataFrame) -> pl.DataFrame:
    spoken = said.filter(pl.col("role") == "agent")
    return spoken.group_by("conversation_id", "agent_id").agg(pl.col("agent").drop_nulls().first())


def _texts(row: Mapping[str, Any], pack: Pack, lang: str) -> dict[str, Any]:
    rule, class_ = pack.rules[row["rule_id"]], pack.classes[row["class"]]
    return {
        "incident_id": _id(row),
        "grade": class_.grade,
        "class_name": class_.name[lang],
        "reason": sentences.reason(rule, row, lang),
        "advice": sentences.advice(rule, class_, lang),
        "_grade": pack.grades.index(class_.grade),
    }


def _id(row: Mapping[str, Any]) -> str:
    said = [row[name] for name in ("platform", "shop", "conversation_id", "agent_id", "class")]
    written = json.dumps([*said, row["evidence"][0]["text"]], ensure_ascii=False)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:16]
