"""Measuring the audit against labelled conversations: precision, recall, F1, and what was missed or cried for nothing.

Everything is counted over PAIRS: (conversation, class), labelled or found or both. A pair labelled ``contested``
counts neither way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from csaudit import audit, schema
from csaudit.config import Config
from csaudit.evaluate.changes import above, below, compare
from csaudit.evaluate.gold import KINDS, LABELS, UTTERANCES, Gold, read_gold, read_lines
from csaudit.evaluate.scores import Evaluation, pair, score
from csaudit.evaluate.utterances import Evasion, evasion
from csaudit.pack.model import Pack

__all__ = [
    "KINDS",
    "LABELS",
    "UTTERANCES",
    "Evaluation",
    "Evasion",
    "Gold",
    "above",
    "below",
    "compare",
    "evasion",
    "pair",
    "read_gold",
    "read_lines",
    "run",
    "score",
]


def run(
    golds: Sequence[Gold], pack: Pack, config: Config, selection: audit.Selection, *, lang: str = "zh"
) -> tuple[Evaluation, pl.DataFrame]:
    """Audit each gold as a scan would, and score it.

    Returns:
        The evaluation, and the MESSAGES of all golds with a column ``gold`` before them.
    """
    audits = {gold.name: audit.run([gold.messages], pack, config, selection, lang=lang) for gold in golds}

    def named(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        parts = [frame.select(pl.lit(name).alias("gold"), pl.all()) for name, frame in frames.items()]
        return pl.concat(parts, how="diagonal_relaxed")

    classes = selection.selected_classes(pack)
    labels = named({gold.name: gold.labels for gold in golds}).filter(pl.col("class").is_in(classes))
    kinds = named({gold.name: gold.kinds for gold in golds})
    incidents = named({name: run.incidents for name, run in audits.items()})
    messages = named({name: run.messages.select(*schema.MESSAGES) for name, run in audits.items()})
    return score(incidents, labels, kinds, {id_: class_.grade for id_, class_ in pack.classes.items()}), messages
