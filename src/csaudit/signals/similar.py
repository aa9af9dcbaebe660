"""Alike by character bigrams: `similar_to` example phrases, and `repeats` of a sender's own earlier messages.

How alike two texts are is the share of their bigrams they have in common (Dice), spaces and punctuation left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from csaudit.pack.model import Repeats, SimilarTo
from csaudit.signals import scan
from csaudit.signals.views import Views

PLAIN: Final = pl.col("squeezed").str.replace_all(r"[\n。!?;,:]", "")


def similar(texts: pl.DataFrame, matchers: Sequence[tuple[int, SimilarTo]], views: Views) -> pl.DataFrame:
    """Texts like one of the example phrases.

    Args:
        texts: text_id, raw, squeezed.
        matchers: numbers and matchers.
        views: the tables.

    Returns:
        text_id, matcher, matched (the example most alike), share.
    """
    rows = [
        (number, example, one.at_least, views.see(example, "squeezed"))
        for number, one in matchers
        for example in one.examples
    ]
    names = ["matcher", "matched", "at_least", "squeezed"]
    examples = pl.DataFrame(rows, schema=names, orient="row").with_columns(PLAIN.alias("text")).with_row_index("id")
    wanted = _grams(examples).rename({"id": "example"})
    sizes = examples.select(pl.col("id").alias("example"), "matcher", "matched", "at_least").join(
        wanted.group_by("example").agg(there=pl.len()), on="example"
    )
    plain = texts.select("text_id", PLAIN.alias("plain")).with_row_index("row")
    common = (
        scan.literals(plain, "plain", wanted["gram"].unique(maintain_order=True))
        .join(plain.select("row", "text_id"), on="row")
        .select("text_id", pl.col("pattern").alias("gram"))
        .unique()
        .join(wanted, on="gram")
        .group_by("text_id", "example")
        .agg(common=pl.len())
        .join(sizes, on="example")
        .filter(pl.col("common") >= pl.col("at_least") * pl.col("there") / (2 - pl.col("at_least")))
    )
    candidates = plain.drop("row").join(common.select("text_id").unique(), on="text_id")
    here = _grams(candidates.rename({"text_id": "id", "plain": "text"})).group_by("id").agg(here=pl.len())
    return (
        common.join(here, left_on="text_id", right_on="id")
        .with_columns((2 * pl.col("common") / (pl.col("here") + pl.col("there"))).alias("share"))
        .filter(pl.col("share") >= pl.col("at_least"))
        .sort("text_id", "matcher", "share", "matched", descending=[False, False, True, False])
        .unique(["text_id", "matcher"], keep="first")
        .select("text_id", pl.col("matcher").cast(pl.UInt32), "matched", "share")
    )


def repeated(spoken: pl.DataFrame, texts: pl.DataFrame, matcher: Repeats) -> pl.DataFrame:
    """Messages like one of the same sender's last messages in the conversation.

    Args:
        spoken: msg, conversation_id, sender, role, text_id; in order of the conversation.
        texts: text_id, squeezed.
        matcher: how alike, how far back.

    Returns:
        msg, share.
    """
    who = ["conversation_id", "role", "sender"]
    order = spoken.sort("msg")
    earlier = pl.concat(
        order.select("msg", "text_id", pl.col("text_id").shift(back).over(who).alias("before"))
        for back in range(1, matcher.look_back + 1)
    ).drop_nulls("before")
    pairs = earlier.select("text_id", "before").unique()
    alike = _alike(pairs.filter(pl.col("text_id") != pl.col("before")), texts, matcher.at_least)
    same = pairs.filter(pl.col("text_id") == pl.col("before")).with_columns(share=pl.lit(1.0))
    return earlier.join(pl.concat([alike, same]), on=["text_id", "before"]).group_by("msg").agg(pl.col("share").max())


def _alike(pairs: pl.DataFrame, texts: pl.DataFrame, at_least: float) -> pl.DataFrame:
    """Pairs of texts whose share is at least so much: text_id, before, share."""
    involved = pl.concat([pairs["text_id"], pairs["before"]]).unique()
    grams = _grams(
        texts.filter(pl.col("text_id").is_in(involved.implode())).select(
            pl.col("text_id").alias("id"), PLAIN.alias("text")
        )
    )
    bit = pl.lit(2, pl.UInt64).pow(pl.col("gram").hash(0) % 64)
    marks = grams.group_by("id").agg(size=pl.len(), mark=bit.cast(pl.UInt64).bitwise_or())
    rows = pairs.join(marks, left_on="text_id", right_on="id").join(marks, left_on="before", right_on="id", suffix="_b")
    # NOTE: a bigram of one text that the other lacks sets at most one bit that the other may lack, so these bounds drop
    # no pair that is alike enough.
    needed = at_least * (pl.col("size") + pl.col("size_b")) / 2
    only_here = (pl.col("mark") & ~pl.col("mark_b")).bitwise_count_ones()
    only_there = (pl.col("mark_b") & ~pl.col("mark")).bitwise_count_ones()
    rows = rows.filter((only_here <= pl.col("size") - needed) & (only_there <= pl.col("size_b") - needed))
    common = (
        rows.select("text_id", "before")
        .join(grams, left_on="text_id", right_on="id")
        .join(grams, left_on=["before", "gram"], right_on=["id", "gram"], how="semi")
        .group_by("text_id", "before")
        .agg(common=pl.len())
    )
    share = 2 * pl.col("common") / (pl.col("size") + pl.col("size_b"))
    return (
        rows.join(common, on=["text_id", "before"])
        .with_columns(share.alias("share"))
        .filter(pl.col("share") >= at_least)
        .select("text_id", "before", "share")
    )


def _grams(texts: pl.DataFrame) -> pl.DataFrame:
    """The distinct bigrams of texts: id, gram. A text of one character has itself."""
    text = pl.col("text")
    pairs = pl.concat_list(text.str.extract_all("(?s).."), text.str.slice(1).str.extract_all("(?s).."))
    grams = pl.when(text.str.len_chars() == 1).then(pl.concat_list(text)).otherwise(pairs).list.unique()
    return texts.select("id", grams.alias("gram")).explode("gram").drop_nulls()
