"""Why a rule fired or did not: every condition at every anchor, with the words that decided it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from csaudit import schema
from csaudit.pack import describe
from csaudit.pack.model import Pack, Rule
from csaudit.rules import changes, nodes, sentences
from csaudit.rules.anchors import anchors
from csaudit.rules.judge import Hearing
from csaudit.rules.scene import Scene

EXPLAINED: Final[schema.Schema] = {
    "anchor": pl.UInt32,  # seq of the anchor's message; null where the rule finds no place to start from
    "agent_id": pl.String,  # the agent it would count against
    "depth": pl.UInt32,  # 0: the rule as a whole; 1: where it starts and what it asks; 2 …: parts of these
    "condition": pl.String,
    "state": pl.Boolean,  # null: not checkable
    "reason": pl.String,  # what is missing there, as in UNCHECKED
    "evidence": schema.EVIDENCE,  # the messages and words that decided it; ``undone`` is empty
    "change": pl.String,  # on the rule's own row where it fired: the smallest change with which it would have passed
}
"""One row a condition of the rule at an anchor, in the rule's order."""


def explain(
    rule: Rule, conversation_id: str, messages: pl.DataFrame, hits: pl.DataFrame, pack: Pack, lang: str
) -> pl.DataFrame:
    """Explain one rule in one conversation, for every anchor in it: EXPLAINED, texts in ``lang``.

    ``messages`` are MESSAGES with CONTEXT, at least of the conversation (rules of kind ``contact`` look beyond it),
    ``hits`` those of the rule's signals.
    """
    scene = Scene.of(messages, hits, pack)
    starts = anchors(rule.kind.anchor, scene)
    starts = starts.filter(messages["conversation_id"].gather(starts["at"]) == conversation_id)
    rows = list(_rows(Hearing.of(rule, scene, starts), lang)) if starts.height else _nowhere(rule, pack, lang)
    return pl.DataFrame(rows, schema=_local(messages))


def _local(messages: pl.DataFrame) -> schema.Schema:
    dtype = messages.schema["sent_at"]
    return schema.in_zone(EXPLAINED, dtype.time_zone or schema.DEFAULT_ZONE if isinstance(dtype, pl.Datetime) else "")


def _nowhere(rule: Rule, pack: Pack, lang: str) -> list[dict[str, Any]]:
    start = describe.rule_kind(rule.kind, pack)[0].text[lang]
    return [
        {"depth": 0, "condition": rule.title[lang], "state": False, "evidence": []},
        {"depth": 1, "condition": start, "state": False, "evidence": []},
    ]


def _rows(hearing: Hearing, lang: str) -> Iterator[dict[str, Any]]:
    rule, scene, pack = hearing.rule, hearing.view.scene, hearing.view.scene.pack
    trees = nodes.trees(hearing.ruling.parts(), rule.kind, pack)
    flat = [node for tree in trees for node in tree.walk()]
    frame = hearing.stood(scene.timeline.places.columns).with_columns(
        terms=hearing.ruling.terms, holds=hearing.ruling.verdict.holds, why=hearing.ruling.verdict.why()
    )
    frame = frame.with_columns(
        seq=scene.messages["seq"].gather(frame["at"]), agent_id=scene.messages["unit_agent"].gather(frame["at"])
    )
    cited = nodes.evidence(frame, flat, scene)
    begun = _begun(frame, rule, scene)
    start = describe.rule_kind(rule.kind, pack)[0].text[lang]
    for row in nodes.answers(frame, flat):
        same = {"anchor": row["seq"], "agent_id": row["agent_id"]}
        change = changes.smallest(rule, trees, row, pack, lang) if row["holds"] else None
        title = " · ".join(filter(None, (rule.title[lang], sentences.terms(rule, row["terms"], lang))))
        whole = {"depth": 0, "condition": title, "state": row["holds"]}
        yield same | whole | {"reason": row["why"] if row["holds"] is None else None, "evidence": [], "change": change}
        first = {"depth": 1, "condition": start, "state": None if row["missing"] else True, "reason": row["missing"]}
        yield same | first | {"evidence": begun[row["at"]]}
        for node in flat:
            state = node.state(row)
            yield same | {
                "depth": node.depth,
                "condition": node.text[lang],
                "state": state,
                "reason": row[f"why {node.number}"] if state is None else None,
                "evidence": cited.get((row["at"], node.number), []),
            }


def _begun(frame: pl.DataFrame, rule: Rule, scene: Scene) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    """The anchors' own messages, by position."""
    signals = pl.lit(list(rule.kind.anchor.signals), dtype=pl.List(pl.String))
    rows = nodes.with_spans(frame.select("at", position="at", signals=signals), ["at"], scene)
    return {row["at"]: [{**row, "undone": []}] for row in rows.iter_rows(named=True)}
