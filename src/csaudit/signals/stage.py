"""The entry point: messages and a pack to HITS."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from csaudit import schema
from csaudit.pack.compare import holds
from csaudit.pack.model import OfSignal, Pack, Repeats, Signal
from csaudit.signals import matched as matchers
from csaudit.signals import plan as plans
from csaudit.signals import views as view_tables
from csaudit.signals.fire import FIRED, as_hits, fire
from csaudit.signals.matched import MATCHED
from csaudit.signals.plan import Plan, matchers_of
from csaudit.signals.views import Views


def find(messages: pl.DataFrame, pack: Pack, wanted: Collection[str] | None = None) -> pl.DataFrame:
    """Find the signals of a pack in messages.

    Args:
        messages: MESSAGES with CONTEXT.
        pack: the rule pack.
        wanted: ids of the signals to look for (those they refer to come along); all if None.

    Returns:
        HITS, sorted by msg, signal and span. Nothing in it depends on which other signals are wanted.
    """
    plan = plans.make(pack, wanted)
    if not plan.signals or messages.is_empty():
        return schema.empty(schema.HITS)
    views = view_tables.of(pack.tables)
    roles = sorted({role for signal in plan.signals for role in signal.role})
    spoken = messages.filter(pl.col("role").cast(pl.String).is_in(roles))
    texts = spoken.select(pl.col("text").alias("raw")).unique().with_row_index("text_id")
    spoken = spoken.join(texts, left_on="text", right_on="raw")
    units = spoken.select("msg", "text_id")
    matched = matchers.in_texts(texts, spoken.select("text_id", "role"), plan, views)

    fired: list[pl.DataFrame] = []
    for step in plan.steps():
        if _only_text(step, plan):
            found = fire(step, plan, matched, texts.rename({"text_id": "unit"}), views)
            found = found.join(units, left_on="unit", right_on="text_id").with_columns(unit="msg").select(*FIRED)
        else:
            found = _of_messages(step, plan, matched, spoken, fired, views)
        fired.append(_fields(_roles(found, step, plan, spoken), step, plan, spoken))
    return as_hits(pl.concat(fired), plan)


def _only_text(step: Sequence[int], plan: Plan) -> bool:
    return not any(plans.needs_messages(matcher) for i in step for matcher in matchers_of(plan.signals[i]))


def _of_messages(
    step: Sequence[int],
    plan: Plan,
    matched: pl.DataFrame,
    spoken: pl.DataFrame,
    fired: Sequence[pl.DataFrame],
    views: Views,
) -> pl.DataFrame:
    """Hits of signals that refer to other signals or to earlier messages: message by message, not text by text."""
    roles = sorted({role for i in step for role in plan.signals[i].role})
    spoken = spoken.filter(pl.col("role").cast(pl.String).is_in(roles))
    mine = plan.uses.filter(pl.col("signal").is_in(list(step))).select("matcher").unique()
    by_text = matched.join(mine, on="matcher").join(spoken.select("msg", "text_id"), left_on="unit", right_on="text_id")
    rows = [by_text.with_columns(unit="msg").select(*MATCHED), *_of_signals(mine["matcher"], plan, fired)]
    if any(isinstance(plan.matchers[i], Repeats) for i in mine["matcher"]):
        rows.append(
            matchers.repeats(spoken, spoken.select("text_id", pl.col("text").alias("raw")).unique(), plan, views)
        )
    units = spoken.select(pl.col("msg").alias("unit"), pl.col("text").alias("raw"))
    return fire(step, plan, pl.concat(rows), units, views)


def _of_signals(matchers: pl.Series, plan: Plan, fired: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """Hits of earlier signals as hits of the matchers that name them."""
    number = {signal.id: i for i, signal in enumerate(plan.signals)}
    named = [
        (i, number[matcher.signal])
        for i in matchers.sort()
        if isinstance(matcher := plan.matchers[i], OfSignal) and matcher.signal in number
    ]
    table = pl.DataFrame(named, schema={"matcher": pl.UInt32, "signal": pl.UInt32}, orient="row")
    return [hits.join(table, on="signal").select(*MATCHED) for hits in fired]


def _roles(found: pl.DataFrame, step: Sequence[int], plan: Plan, spoken: pl.DataFrame) -> pl.DataFrame:
    rows = [(i, role) for i in step for role in plan.signals[i].role]
    allowed = pl.DataFrame(rows, schema={"signal": pl.UInt32, "role": schema.Role}, orient="row")
    role = spoken.select(pl.col("msg").alias("unit"), pl.col("role").cast(schema.Role))
    return found.join(role, on="unit").join(allowed, on=["signal", "role"], how="semi").select(*FIRED)


def _fields(found: pl.DataFrame, step: Sequence[int], plan: Plan, spoken: pl.DataFrame) -> pl.DataFrame:
    """Drop hits whose message's columns do not compare; where a column is null the hit stays open."""
    done = []
    for (number,), hits in found.group_by("signal"):
        signal = plan.signals[number]
        done.append(_field(hits, signal, spoken) if signal.field else hits)
    return pl.concat(done) if done else found


def _field(hits: pl.DataFrame, signal: Signal, spoken: pl.DataFrame) -> pl.DataFrame:
    wanted = set(signal.field) | {c.column for c in signal.field.values() if c.column}
    present = sorted((wanted | {"sent_at"}) & set(spoken.columns))
    rows = hits.join(
        spoken.select(pl.col("msg").alias("unit"), *[pl.col(c).alias(f"_{c}") for c in present]), on="unit"
    )
    rows = rows.with_columns(pl.lit(None, pl.String).alias(f"_{c}") for c in sorted(wanted - set(present)))
    for name, compare in sorted(signal.field.items()):
        other = pl.col(f"_{compare.column}") if compare.column else None
        verdict = holds(pl.col(f"_{name}"), compare, other)
        if name in schema.TIMED and "sent_at" in present:
            verdict = pl.when(verdict.is_null() & pl.col("_sent_at").is_not_null()).then(False).otherwise(verdict)
        lacking = pl.when(pl.col(f"_{name}").is_null()).then(pl.lit(name)).otherwise(pl.lit(compare.column or name))
        missing = pl.coalesce("missing", pl.when(verdict.is_null()).then(lacking))
        rows = rows.filter(verdict.fill_null(value=True)).with_columns(missing.alias("missing"))
    return rows.select(*FIRED)
