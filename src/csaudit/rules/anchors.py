"""Where a rule starts: the anchors it picks, one row each."""

from __future__ import annotations

import polars as pl

from csaudit.pack.model import Anchor
from csaudit.rules.scene import Scene


def anchors(anchor: Anchor, scene: Scene) -> pl.DataFrame:
    """Positions ``at`` of the anchors in order; ``missing`` names the column without which it is open whether one is.

    Where first, last or nth is asked for, a conversation's open anchors count only if it has no sure one.
    """
    if not anchor.signals:
        return _sure(scene.units)
    marks = scene.marks(anchor.signals)
    frame = pl.concat(
        [
            _sure(marks.sure),
            pl.DataFrame({"at": marks.open, "missing": marks.missing}),
        ]
    ).sort("at")
    if anchor.pick == "each":
        return frame
    frame = frame.with_columns(conversation=scene.timeline.places["conversation"].gather(frame["at"]))
    sure = pl.col("missing").is_null()
    frame = frame.filter(sure | ~sure.any().over("conversation"))
    return frame.filter(_picked(anchor.pick)).drop("conversation")


def _sure(at: pl.Series) -> pl.DataFrame:
    return at.to_frame("at").with_columns(missing=pl.lit(None, pl.String))


def _picked(pick: str | int) -> pl.Expr:
    conversation = pl.col("conversation")
    if pick == "first":
        return conversation.is_first_distinct()
    if pick == "last":
        return conversation.is_last_distinct()
    return conversation.cum_count().over(conversation) == pick
