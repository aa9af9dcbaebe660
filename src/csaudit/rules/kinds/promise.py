"""``promise``: a promise with a term that passes unfulfilled."""

from __future__ import annotations

from typing import Final

import polars as pl

from csaudit.pack.model import Entity, Promise
from csaudit.rules.citing import citations
from csaudit.rules.conditions import Verdict, View, at_least, both, judge, negation, reason
from csaudit.rules.kinds.ruling import Part, Ruling, lookup
from csaudit.rules.scene import Scene
from csaudit.rules.timeline import Stand

GRACE_S: Final = 120.0
"""Words of the agent this soon after the promise, and before half its term, belong to it and do not keep it."""


def promise(kind: Promise, view: View) -> Ruling:
    """Build the ruling of a promise.

    Its term is the least value of the anchor's hits. Once the term has passed (with no term in the words, or no times:
    at any time after the promise), ``breach`` counts, unless ``kept`` held before. In silence it is broken when the
    term passes, as far as the export shows, and the agent has not come back since the promise was made.
    """
    timeline = view.stand.timeline
    due = _position(view, pl.col("term"))
    grace = _position(view, pl.min_horizontal(pl.col("term") / 2, GRACE_S))
    columns = {"term": _term(kind.anchor.signals, view.scene), "due": due, "grace": grace}
    since = pl.coalesce(pl.col("due"), view.stand.at()) + 1
    until = pl.coalesce(pl.col("due"), view.stand.at("final"))
    after = View(view.scene, Stand(timeline, since=since))
    before = View(view.scene, Stand(timeline, until=until))
    kept = Part("kept", judge(kind.kept, before), kind.kept, before)
    broken = [Part("breach", judge(kind.breach, after), kind.breach, after)]
    if kind.silence:
        broken.append(Part("silence", _silence(view)))
    verdict = both([negation(kept.verdict), at_least(1, [part.verdict for part in broken])])
    return Ruling(verdict, lambda: citations(kind.breach, after), columns=columns, parts=lambda: [*broken, kept])


def _term(signals: tuple[str, ...], scene: Scene) -> pl.Expr:
    """Build the seconds from the anchor to the end of its term; a date counts from the day's beginning."""
    values = scene.values(signals)
    dates = [id_ for id_ in signals if id_ in scene.pack.signals and _is_date(id_, scene)]
    sent = pl.lit(scene.messages["sent_at"]).gather("at")
    into_day = (sent - sent.dt.truncate("1d")).dt.total_milliseconds() / 1000
    term = pl.when(pl.col("signal").is_in(dates)).then(pl.col("value") - into_day).otherwise("value")
    terms = values.select("at", term=term).drop_nulls().group_by("at").agg(pl.col("term").min()).sort("at")
    return lookup(terms["at"], terms["term"], pl.col("at"))


def _is_date(signal: str, scene: Scene) -> bool:
    """Whether its values are dates; one that finds durations besides is read as these, which is the later end."""
    kinds = {matcher.entity for matcher in scene.pack.signals[signal].any_of if isinstance(matcher, Entity)}
    return "date" in kinds and "duration" not in kinds


def _position(view: View, seconds: pl.Expr) -> pl.Expr:
    """Build the last position not later than ``seconds`` after the anchor; null without a time."""
    stand = view.stand
    key = stand.at("latest") + (seconds * 1000).cast(pl.Int64)
    place = pl.lit(stand.timeline.places["earliest"]).search_sorted(key, side="right").cast(pl.Int64) - 1
    within = pl.max_horizontal(pl.min_horizontal(place, stand.at("final")), stand.at())
    return pl.when(stand.at("sent_at").is_not_null() & seconds.is_not_null()).then(within)


def _silence(view: View) -> Verdict:
    stand, places = view.stand, view.stand.timeline.places
    back = pl.lit(places["next_agent"]).gather("grace")
    closed = (pl.lit(places["sent_at"]).gather(stand.at("final")) - stand.at("sent_at")).dt.total_milliseconds() / 1000
    observed = pl.when(stand.at("observed_after").is_infinite()).then(closed).otherwise(stand.at("observed_after"))
    passed = pl.when(observed >= pl.col("term")).then(True)
    silent = pl.when(pl.col("term").is_null() | back.is_not_null()).then(False).otherwise(passed)
    timed = stand.at("sent_at").is_not_null()
    return Verdict(silent, lambda: pl.when(timed).then(reason("export_ends")).otherwise(reason("sent_at")))
