"""Personal data is hidden in every report unless asked for: numbers, addresses and ids as ``*``, customers by pseudonym."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from csaudit.audit import Audit
from csaudit.report import personal
from csaudit.report.catalogue import Say


def masked(audit: Audit) -> Audit:
    """Hide personal data in the frames that reports write: incidents, conversations and rejects.

    Texts keep their length, so that spans stay valid; ids are what they were. A customer's pseudonym is the same in
    all frames of a run and, given the same customers, in every run.
    """
    names = pseudonyms(audit.messages.get_column("customer"), audit.lang)
    return replace(
        audit,
        incidents=_incidents(_renamed(_quoting(audit.incidents, names), names)),
        conversations=_renamed(audit.conversations, names),
        rejects=_rejects(audit.rejects),
    )


def pseudonyms(customers: pl.Series, lang: str) -> pl.DataFrame:
    """Number the customers in alphabetical order.

    Returns:
        customer, pseudonym (客户-0001).
    """
    known = customers.drop_nulls().unique().sort()
    width = max(4, len(str(known.len())))
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(width)
    prefix = Say(lang)("customer-prefix")
    return known.to_frame("customer").with_columns(pseudonym=pl.lit(prefix) + number)


def _renamed(frame: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    joined = frame.join(names, on="customer", how="left", maintain_order="left")
    return joined.with_columns(customer="pseudonym").drop("pseudonym")


def _quoting(incidents: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Use the pseudonym where a reason names the customer."""
    reason = pl.col("reason").str.split(pl.col("customer")).list.join(pl.col("pseudonym"))
    named = pl.col("customer").str.len_chars() > 0
    joined = incidents.join(names, on="customer", how="left", maintain_order="left")
    return joined.with_columns(reason=pl.when(named).then(reason).otherwise("reason")).drop("pseudonym")


def _incidents(incidents: pl.DataFrame) -> pl.DataFrame:
    messages = incidents.get_column("evidence").explode(empty_as_null=False)
    texts = messages.struct.field("text")
    undone = messages.struct.field("undone").explode(empty_as_null=False)
    table = personal.found(pl.concat([texts, undone, incidents.get_column("reason")]))
    quoted = table | personal.bare_ids(texts)
    message = pl.element().struct
    return incidents.with_columns(
        _hide(pl.col("reason"), quoted),
        pl.col("evidence").list.eval(
            message.with_fields(
                text=_hide(message.field("text"), table),
                undone=message.field("undone").list.eval(_hide(pl.element(), quoted)),
            )
        ),
    )


def _rejects(rejects: pl.DataFrame) -> pl.DataFrame:
    table = personal.found(pl.concat([rejects.get_column("raw"), rejects.get_column("reason")]))
    return rejects.with_columns(_hide(pl.col("raw", "reason"), table))


def _hide(text: pl.Expr, table: dict[str, str]) -> pl.Expr:
    if not table:
        return text
    longest_first = sorted(table, key=lambda word: (-len(word), word))
    return text.str.replace_many(longest_first, [table[word] for word in longest_first], leftmost=True)
