"""Learned acts at run time: a text's score is the sum of the weights of the character n-grams in it.

``score = bias + damping · Σ weight(n-gram)`` over the different n-grams of the folded text, where a text longer than
`FULL_LENGTH` characters is damped to the size of one of that length. The score is the logarithm of the odds:
``probability = 1 / (1 + e^-score)``. Weights are whole numbers here (thousandths), so that no order of summing matters.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import polars as pl

from csaudit.errors import CsauditError, Location
from csaudit.pack.model import ActModel
from csaudit.schema import Schema

BEGIN, END = "⊢", "⊣"
SIZES: Final = (1, 2, 3)  # characters of an n-gram
FULL_LENGTH: Final = 20
SCALE: Final = 1000
_HEAVY: Final = 50.0  # no weight is heavier, so that no sum leaves its type
_HEAVIEST, _WINDOW = 5, 12  # how many n-grams are evidence, and within how many characters of the heaviest

FOUND: Final[Schema] = {
    "text_id": pl.UInt32,
    "act": pl.String,
    "threshold": pl.String,
    "probability": pl.Float32,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "matched": pl.String,
}
"""What ``hits`` gives: spans in characters of the given text, ``matched``: the heaviest n-grams, in their order."""


def hits(
    texts: pl.DataFrame, models: Mapping[str, ActModel], wanted: Collection[tuple[str, str | float]]
) -> pl.DataFrame:
    """Find the acts that texts do.

    Args:
        texts: text_id, text (folded), each text once; best only those of the role that the acts belong to.
        models: the acts of the pack.
        wanted: pairs of an act and a threshold (its name, or a probability).

    Returns:
        FOUND, sorted by text_id, act and threshold. Nothing in a row depends on the other texts or acts.
    """
    wanted = sorted(set(wanted), key=str)
    if texts.is_empty() or not wanted:
        return pl.DataFrame(schema=FOUND)
    chosen = {act: models[act] for act, _ in wanted}
    scored = scores(texts, chosen)
    found = pl.concat(
        [
            scored.filter(pl.col(act) >= limit(models[act], threshold)).select(
                "text_id",
                act=pl.lit(act),
                threshold=pl.lit(str(threshold)),
                probability=(1 / (1 + (-pl.col(act)).exp())).cast(pl.Float32),
            )
            for act, threshold in wanted
        ]
    )
    return (
        found.join(_evidence(texts, found, chosen), on=["text_id", "act"], how="left")
        .with_columns(pl.col("start", "end").fill_null(0), pl.col("matched").fill_null(""))
        .sort("text_id", "act", "threshold")
        .select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())
    )


def scores(texts: pl.DataFrame, models: Mapping[str, ActModel]) -> pl.DataFrame:
    """The score of every text for every act.

    Args:
        texts: text_id, text (folded).
        models: the acts to score.

    Returns:
        text_id and a column (Float64) for each act; texts without a known n-gram are left out.
    """
    weights = _wide(tuple(model.weights_file for model in models.values()), tuple(models))
    if weights.is_empty():
        return pl.DataFrame(schema={"text_id": pl.UInt32, **dict.fromkeys(models, pl.Float64)})
    # NOTE: not in the streaming engine, which would build the automaton of all n-grams for each text anew.
    ngrams = texts.select(
        "text_id",
        damping(pl.col("text")),
        ngram=prepared(pl.col("text")).str.extract_many(weights["ngram"].implode(), overlapping=True).list.unique(),
    )
    return (
        ngrams.lazy()
        .explode("ngram")
        .join(weights.lazy(), on="ngram")
        .group_by("text_id")
        .agg(pl.col("damping").first(), pl.col(*models).sum())
        .select(
            "text_id", *[pl.col(act) * pl.col("damping") / SCALE + model.bias for act, model in sorted(models.items())]
        )
        .collect(engine="streaming")
    )


def prepared(text: pl.Expr) -> pl.Expr:
    """Build an expression for the text whose n-grams count: marked at both ends, every digit a 0."""
    return pl.concat_str(pl.lit(BEGIN), text.str.replace_all("[1-9]", "0"), pl.lit(END)).alias("text")


def damping(text: pl.Expr) -> pl.Expr:
    """Build an expression, 1 for a short text, less for a long one."""
    length = text.str.len_chars().clip(lower_bound=FULL_LENGTH)
    return (FULL_LENGTH / length).sqrt().alias("damping")


def limit(model: ActModel, threshold: str | float) -> float:
    """The score from which on a text does the act."""
    if isinstance(threshold, str):
        return model.thresholds[threshold]
    share = min(max(threshold, 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share))


def _evidence(texts: pl.DataFrame, found: pl.DataFrame, models: Mapping[str, ActModel]) -> pl.DataFrame:
    """For each text and act found: start, end and words of its heaviest n-grams."""
    parts = []
    for (act,), rows in found.select("text_id", "act").unique().group_by("act"):
        mine = texts.join(rows, on="text_id", how="semi")
        parts.append(_heaviest(mine, models[str(act)].weights_file).with_columns(act=pl.lit(str(act))))
    return pl.concat(parts) if parts else pl.DataFrame(schema={k: v for k, v in FOUND.items() if k in _PLACED})


_PLACED: Final = ("text_id", "act", "start", "end", "matched")


def _heaviest(texts: pl.DataFrame, weights_file: Path) -> pl.DataFrame:
    """The heaviest n-grams of one act in each text: those near the heaviest of all, as one span."""
    weights = _weights(weights_file).filter(pl.col("weight") > 0)
    text, patterns = prepared(pl.col("text")), weights["ngram"].implode()
    there = texts.select(
        "text_id",
        text=text,
        ngram=text.str.extract_many(patterns, overlapping=True),
        at=text.str.find_many(patterns, overlapping=True),
    )
    heavy = (
        there.explode("ngram", "at")
        .join(weights, on="ngram")
        .sort("text_id", "weight", "at", "ngram", descending=[False, True, False, False])
        .group_by("text_id", maintain_order=True)
        .head(_HEAVIEST)
        .with_columns(
            start=pl.col("text").cast(pl.Binary).bin.head("at").cast(pl.String).str.len_chars().cast(pl.Int64)
        )
        .filter((pl.col("start") - pl.col("start").first().over("text_id")).abs() <= _WINDOW)
        .sort("text_id", "start", "ngram")
    )
    length = pl.col("text").str.len_chars().cast(pl.Int64) - 2  # without the marks
    word = pl.col("ngram").str.strip_chars(BEGIN + END)
    return heavy.group_by("text_id", maintain_order=True).agg(
        start=(pl.col("start") - 1).clip(lower_bound=0).min(),
        end=pl.min_horizontal(pl.col("start") - 1 + pl.col("ngram").str.len_chars(), length).max(),
        matched=word.filter(word != "").unique(maintain_order=True).str.join(" "),
    )


@lru_cache(maxsize=256)
def _weights(path: Path) -> pl.DataFrame:
    """ngram, weight (thousandths) of one act."""
    schema = {"ngram": pl.String, "weight": pl.Float64}
    try:
        read = pl.read_csv(path, separator="\t", quote_char=None, schema=schema)
    except (OSError, pl.exceptions.PolarsError) as error:
        hint = "two columns, ngram and weight, with a tab between; csaudit rules train writes it"
        raise CsauditError("the weights cannot be read", where=Location(path), hint=hint) from error
    whole = (pl.col("weight").clip(-_HEAVY, _HEAVY) * SCALE).round().cast(pl.Int32)
    return read.drop_nulls().unique("ngram", keep="first", maintain_order=True).with_columns(whole)


@lru_cache(maxsize=16)
def _wide(paths: tuple[Path, ...], acts: tuple[str, ...]) -> pl.DataFrame:
    """One row an n-gram, one column of weights an act."""
    long = pl.concat([_weights(path).with_columns(act=pl.lit(act)) for path, act in zip(paths, acts, strict=True)])
    return long.pivot("act", on_columns=list(acts), index="ngram", values="weight").fill_null(0).sort("ngram")


def forget() -> None:
    """Forget the weights read so far: their files have changed."""
    _weights.cache_clear()
    _wide.cache_clear()
