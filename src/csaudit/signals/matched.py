"""Everything the matchers find: texts -> MATCHED."""

from __future__ import annotations

from typing import Final, TypeVar

import polars as pl

from csaudit.pack.model import Entity, LearnedAct, Repeats, SimilarTo
from csaudit.schema import Schema, View
from csaudit.signals import acts, entities, pieces, similar, words
from csaudit.signals.plan import Plan
from csaudit.signals.spans import place
from csaudit.signals.views import WEIGHTS, Views

M = TypeVar("M")

BEFORE: Final = 6
"""Characters before a hit in which a negating word is looked for."""

MATCHED: Final[Schema] = {
    "unit": pl.UInt32,  # a text or a message
    "matcher": pl.UInt32,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "view": View,
    "matched": pl.String,
    "strength": pl.Float32,
    "value": pl.Float64,
    "missing": pl.String,
    "before": pl.String,  # what stands right before it, folded; only where a signal asks whether it is negated
}
"""A matcher's hit. A signal's hit has ``signal`` instead of ``matcher``."""


def in_texts(texts: pl.DataFrame, spoken: pl.DataFrame, plan: Plan, views: Views) -> pl.DataFrame:
    """All hits of all matchers that need nothing but the text.

    Args:
        texts: text_id, raw; each text once.
        spoken: text_id, role: who says it.
        plan: what is wanted.
        views: the tables.

    Returns:
        MATCHED, the unit being the text_id.
    """
    search = words.search(plan, views)
    named = _numbered(plan, Entity)
    alike = _numbered(plan, SimilarTo)
    learned = _numbered(plan, LearnedAct)
    columns = search.columns | entities.columns({one.entity for _, one in named})
    columns |= ({"squeezed"} if alike else set()) | ({"folded"} if learned else set())
    texts, parts_of = pieces.cut(texts)
    seen = views.columns(texts, columns)
    found = [_conform(words.find(seen, search, views))]
    if named:
        found.append(_conform(entities.find(seen, named, views).with_columns(_weight(pl.col("view")))))
    if alike:
        found.append(_conform(_whole(similar.similar(seen, alike, views), texts)))
    if learned:
        roles = pl.concat([spoken, parts_of.join(spoken, left_on="of", right_on="text_id").select("text_id", "role")])
        found.append(_conform(_acts(seen, roles, learned, plan, views)))
    return pieces.whole(_before(pl.concat(found), texts, plan, views), parts_of)


def _before(found: pl.DataFrame, texts: pl.DataFrame, plan: Plan, views: Views) -> pl.DataFrame:
    """Add what stands before the hits of matchers whose signals ask whether they are negated."""
    asked = pl.col("matcher").is_in(plan.negatable().implode())
    rows = found.filter(asked).join(texts, left_on="unit", right_on="text_id")
    start = pl.col("start").cast(pl.Int64)
    words_before = pl.col("raw").str.slice((start - BEFORE).clip(0), start.clip(0, BEFORE))
    rows = rows.with_columns(views.tables["folded"].expr(words_before).alias("before"))
    return pl.concat([found.filter(~asked), rows.select(*MATCHED)])


def repeats(spoken: pl.DataFrame, texts: pl.DataFrame, plan: Plan, views: Views) -> pl.DataFrame:
    """Hits of `repeats`, MATCHED, the unit being the message.

    Args:
        spoken: msg, conversation_id, role, sender, text_id.
        texts: text_id, raw.
        plan: what is wanted.
        views: the tables.
    """
    seen = views.columns(texts, {"squeezed"})
    parts = [
        similar.repeated(spoken, seen, matcher)
        .join(spoken.select("msg", "text_id"), on="msg")
        .with_columns(pl.lit(number, pl.UInt32).alias("matcher"), pl.lit(None, pl.String).alias("matched"))
        for number, matcher in _numbered(plan, Repeats)
    ]
    return pl.concat(_conform(_whole(part, texts), unit="msg") for part in parts)


def _numbered(plan: Plan, kind: type[M]) -> list[tuple[int, M]]:
    return [(number, matcher) for number, matcher in enumerate(plan.matchers) if isinstance(matcher, kind)]


def _weight(view: pl.Expr) -> pl.Expr:
    return view.cast(pl.String).replace_strict(WEIGHTS, return_dtype=pl.Float32).alias("strength")


def _whole(found: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """A hit of the whole text, as strong as it is alike."""
    return found.join(texts.select("text_id", "raw"), on="text_id").with_columns(
        pl.lit(0).alias("start"),
        pl.col("raw").str.len_chars().alias("end"),
        pl.lit("folded", View).alias("view"),
        pl.col("share").alias("strength"),
    )


def _acts(
    texts: pl.DataFrame, spoken: pl.DataFrame, learned: list[tuple[int, LearnedAct]], plan: Plan, views: Views
) -> pl.DataFrame:
    """Learned acts, each in the texts of the roles whose signals ask for it."""
    asked: dict[frozenset[str], list[tuple[int, LearnedAct]]] = {}
    for number, matcher in learned:
        asked.setdefault(plan.roles_of(number), []).append((number, matcher))
    parts = []
    for roles, matchers in asked.items():
        by_role = spoken.filter(pl.col("role").is_in(list(roles))).select("text_id").unique()
        some = texts.join(by_role, on="text_id", how="semi")
        wanted = {(matcher.act, matcher.threshold) for _, matcher in matchers if matcher.act in plan.pack.acts}
        rows = [(number, matcher.act, str(matcher.threshold)) for number, matcher in matchers]
        numbers = pl.DataFrame(rows, schema=["matcher", "act", "threshold"], orient="row")
        found = acts.hits(some.select("text_id", pl.col("folded").alias("text")), plan.pack.acts, wanted)
        parts.append(_in_raw(found.join(numbers, on=["act", "threshold"]), some, views))
    return pl.concat(parts).with_columns(pl.lit("act", View).alias("view"), pl.col("probability").alias("strength"))


def _in_raw(found: pl.DataFrame, texts: pl.DataFrame, views: Views) -> pl.DataFrame:
    wordless = pl.col("start") == pl.col("end")
    spans = (
        found.filter(~wordless).rename({"start": "from", "end": "to"}).with_columns(pl.lit("folded").alias("column"))
    )
    placed = place(spans, texts, views)
    return pl.concat([placed, found.filter(wordless).select(placed.columns)])


def _conform(found: pl.DataFrame, unit: str = "text_id") -> pl.DataFrame:
    present = {unit, *found.columns}
    return found.select(
        (pl.col(unit) if name == "unit" else pl.col(name) if name in present else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in MATCHED.items()
    )
