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

from csaudit.errors import CsauditError, Location, Words
from csaudit.pack.model import ActModel
from csaudit.schema import Schema

BEGIN, END = "⊢", "⊣"
SIZES: Final = (1, 2, 3)  # characters of an n-gram
FULL_LENGTH: Final = 20
SCALE: Final = 1000
_HEAVY: Final = 50.0  # no weight is heavier, so that no sum leaves its type
_TELLING = 500  # n-grams of an act that can be evidence
_HEAVIEST, _WINDOW = 5, 12  # how many of them are in a text, and within how many characters of the heaviest

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
    """For each text and act found: the stretch with the heaviest n-grams, those near the heaviest of all, and these.

    Args:
        texts: text_id, text.
        found: text_id, act.
        models: the acts found among.

    Returns:
        text_id, act, start, end, matched.
    """
    pairs = found.select("text_id", "act").unique()
    weights = pl.concat([_telling(model.weights_file).with_columns(act=pl.lit(act)) for act, model in models.items()])
    patterns, text = weights["ngram"].unique(maintain_order=True).implode(), prepared(pl.col("text"))
    there = texts.join(pairs, on="text_id", how="semi").select(
        "text_id",
        text=text,
        ngram=text.str.extract_many(patterns, overlapping=True),
        at=text.str.find_many(patterns, overlapping=True),
    )
    heaviest = (
        there.lazy()
        .select("text_id", "ngram", "at")
        .explode("ngram", "at")
        .join(pairs.lazy(), on="text_id")
        .join(weights.lazy(), on=["act", "ngram"])
        .collect(engine="streaming")
        .sort("text_id", "act", _PRECEDENCE, descending=[False, False, True])
        .group_by("text_id", "act", maintain_order=True)
        .head(_HEAVIEST)
    )
    return _stretches(heaviest.join(there.select("text_id", "text"), on="text_id", maintain_order="left"))


_PRECEDENCE: Final = pl.col("weight").cast(pl.Int64) * 2**40 - pl.col("at") * 4 + pl.col("ngram").str.len_chars()
"""Heavier first, then further to the front, then longer: no two n-grams of a text are alike in it."""


def _stretches(heaviest: pl.DataFrame) -> pl.DataFrame:
    """text_id, act, start, end, matched from text_id, act, text, ngram, at (bytes), the heaviest n-gram first."""
    before = pl.col("text").cast(pl.Binary).bin.head("at").cast(pl.String)
    start = before.str.len_chars().cast(pl.Int64) - 1  # without the mark
    last = pl.col("text").str.len_chars().cast(pl.Int64) - 2
    word = pl.col("ngram").str.strip_chars(BEGIN + END)
    group = ["text_id", "act"]
    return (
        heaviest.with_columns(start=start, end=pl.min_horizontal(start + pl.col("ngram").str.len_chars(), last))
        .filter((pl.col("start") - pl.col("start").first().over(group)).abs() <= _WINDOW)
        .sort(*group, "start", "end")
        .group_by(group, maintain_order=True)
        .agg(
            pl.col("start").clip(lower_bound=0).min(),
            pl.col("end").max(),
            matched=word.filter(word != "").unique(maintain_order=True).str.join(" "),
        )
    )


_NO_WEIGHTS: Final = Words("权重读不出来", "the weights cannot be read")
_COLUMNS: Final = Words(
    "两列：ngram 和 weight，中间一个制表符；由 csaudit rules train 写出",
    "two columns, ngram and weight, with a tab between; csaudit rules train writes it",
)


@lru_cache(maxsize=256)
def _weights(path: Path) -> pl.DataFrame:
    """ngram, weight (thousandths) of one act."""
    schema = {"ngram": pl.String, "weight": pl.Float64}
    try:
        read = pl.read_csv(path, separator="\t", quote_char=None, schema=schema)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise CsauditError(_NO_WEIGHTS, where=Location(path), hint=_COLUMNS) from error
    whole = (pl.col("weight").clip(-_HEAVY, _HEAVY) * SCALE).round().cast(pl.Int32)
    return read.drop_nulls().unique("ngram", keep="first", maintain_order=True).with_columns(whole)


def _telling(path: Path) -> pl.DataFrame:
    """The heaviest n-grams of one act."""
    heavy = _weights(path).filter(pl.col("weight") > 0).sort("weight", "ngram", descending=[True, False])
    return heavy.head(_TELLING)


@lru_cache(maxsize=16)
def _wide(paths: tuple[Path, ...], acts: tuple[str, ...]) -> pl.DataFrame:
    """One row an n-gram, one column of weights an act."""
    long = pl.concat([_weights(path).with_columns(act=pl.lit(act)) for path, act in zip(paths, acts, strict=True)])
    return long.pivot("act", on_columns=list(acts), index="ngram", values="weight").fill_null(0).sort("ngram")


def forget() -> None:
    """Forget the weights read so far: their files have changed."""
    _weights.cache_clear()
    _wide.cache_clear()
