"""How well learned acts do on the utterances kept back from learning."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from csaudit.pack.model import ActModel, Pack
from csaudit.schema import Schema
from csaudit.signals import acts, utterances

THRESHOLDS: Final = ("sure", "likely", "possible")

MEASURES: Final[Schema] = {
    "act": pl.String,
    "positives": pl.UInt32,  # held-back utterances that do the act
    "innocent": pl.UInt32,  # held-back utterances in which it would be a false alarm
    "average_precision": pl.Float64,
    **{f"{name}_{what}": pl.Float64 for name in THRESHOLDS for what in ("precision", "recall")},
    "alarms_per_1000": pl.Float64,  # at "likely", of the innocent
}


def measure(pack: Pack) -> pl.DataFrame:
    """Measure the acts of a pack on its held-back utterances.

    Returns:
        MEASURES, a row an act, in the order of acts.yaml; a figure without utterances to rest on is null.

    Raises:
        PackError: utterances that cannot be used.
    """
    folders = [Path(folder) for folder in pack.folders]
    known = utterances.acts(folders)
    held = utterances.load(folders, known, pack.tables).filter("hold")
    return of(held, {name: pack.acts[name] for name in known if name in pack.acts}, plain(known.values()))


def plain(known: Collection[utterances.Act]) -> frozenset[str]:
    """Ids of the acts that belong to ordinary service."""
    return frozenset(act.id for act in known if act.plain)


def innocent(act: str, plain: bool) -> pl.Expr:
    """Build an expression whether an utterance surely does not do the act.

    What belongs to ordinary service may well do a plain act, so that only talk and the act's own near misses are sure.
    """
    near = (pl.col("act") == act) & (pl.col("label") == 0)
    return (near | pl.col("talk")) if plain else (near | (pl.col("innocent") & (pl.col("act") != act)))


def of(held: pl.DataFrame, models: Mapping[str, ActModel], plain: Collection[str]) -> pl.DataFrame:
    """Measure models on UTTERANCES. An act of ``plain`` is measured as `innocent` says; see MEASURES."""
    rows = []
    numbered = held.with_row_index("text_id")
    for role in sorted({model.role for model in models.values()}):
        mine = {name: model for name, model in models.items() if model.role == role}
        texts = numbered.filter(role=role)
        scored = texts.join(acts.scores(texts, mine), on="text_id", how="left", maintain_order="left")
        rows += [_figures(scored, model, name in plain) for name, model in mine.items()]
    order = {name: i for i, name in enumerate(models)}
    table = pl.DataFrame(rows, schema=MEASURES, orient="row")
    return table.sort(pl.col("act").replace_strict(order, return_dtype=pl.UInt32))


def _figures(scored: pl.DataFrame, model: ActModel, plain: bool) -> dict[str, str | float | None]:
    does = (pl.col("act") == model.id) & (pl.col("label") == 1)
    judged = (
        scored.filter(does | innocent(model.id, plain))
        .select(does=does, score=pl.col(model.id).fill_null(model.bias))
        .sort("score", descending=True)
    )
    positives = int(judged["does"].sum())
    figures: dict[str, str | float | None] = {
        "act": model.id,
        "positives": positives,
        "innocent": judged.height - positives,
        "average_precision": judged.select(
            (pl.col("does").cum_sum() / pl.int_range(1, pl.len() + 1)).filter("does").mean()
        ).item(),
    }
    for name in THRESHOLDS:
        found = judged.filter(pl.col("score") >= model.thresholds[name])
        right = int(found["does"].sum())
        figures[f"{name}_precision"] = right / found.height if found.height else None
        figures[f"{name}_recall"] = right / positives if positives else None
        if name == "likely" and judged.height > positives:
            figures["alarms_per_1000"] = 1000 * (found.height - right) / (judged.height - positives)
    return figures
