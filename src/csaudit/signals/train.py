"""Learning acts from examples, and scorecards from labels; the only door to scikit-learn, never needed to audit.

For each act a linear support vector machine on the character n-grams of the folded text, of which the `KEPT` weightiest
stay. Its scores on utterances it has not seen (cross-validation) make it a probability (Platt) and give its thresholds.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from csaudit.pack.model import ActModel
from csaudit.signals import acts, held_back
from csaudit.signals.utterances import Act

KEPT: Final = 4000
TARGETS: Final = {"sure": 0.95, "likely": 0.85, "possible": 0.6}
"""The precision that each threshold states, measured on unseen utterances among all innocent ones of the role."""

_OWN, _NEAR, _INNOCENT, _OTHER, _REAL = 5.0, 3.0, 2.0, 0.2, 0.3  # how much an utterance counts in learning
_FOLDS: Final = 5
_STRENGTH: Final = 0.01  # inverse of the regularisation

Matrix = Any  # scipy's sparse matrices are not typed
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Learned:
    """What was learned of an act, ready to be written."""

    act: Act
    bias: float
    weights: dict[str, float]
    thresholds: dict[str, float]


@dataclass(frozen=True)
class _Examples:
    """What the acts of one role learn from: ``features`` has a row an utterance, then a row a real message."""

    utterances: pl.DataFrame
    features: Matrix
    ngrams: Sequence[str]
    fold: np.ndarray[Any, np.dtype[np.int64]]


def fit(
    utterances: pl.DataFrame,
    known: Collection[Act],
    wanted: Collection[str],
    negatives: pl.DataFrame | None = None,
) -> Iterator[Learned]:
    """Learn acts.

    Args:
        utterances: UTTERANCES; those held back are left out.
        known: the acts that are named.
        wanted: ids of those to learn; an act without utterances of label 1 is passed over.
        negatives: role, text (folded) of real messages in which (nearly) nothing is wrong.
    """
    utterances = utterances.filter(~pl.col("hold"))
    for role in sorted({act.role for act in known}):
        mine = [
            act for act in known if act.role == role and act.learn and act.id in wanted and _positives(utterances, act)
        ]
        if mine:
            examples = _examples(utterances.filter(role=role), negatives, role)
            for act in mine:
                yield _learn(act, examples)


def _positives(utterances: pl.DataFrame, act: Act) -> int:
    return utterances.filter(act=act.id, label=1).height


def _examples(utterances: pl.DataFrame, negatives: pl.DataFrame | None, role: str) -> _Examples:
    real = negatives.filter(role=role)["text"].to_list() if negatives is not None else []
    ready = pl.DataFrame({"text": utterances["text"].to_list() + real}, schema={"text": pl.String}).select(
        acts.prepared(pl.col("text")), acts.damping(pl.col("text"))
    )
    counter = CountVectorizer(analyzer=_ngrams, min_df=2, binary=True, dtype=np.float64)
    counter.fit(ready["text"].head(utterances.height).to_list())
    features = counter.transform(ready["text"].to_list()).multiply(ready["damping"].to_numpy()[:, None]).tocsr()
    fold = np.array([_hash(text) % _FOLDS for text in ready["text"]])
    return _Examples(utterances, features, counter.get_feature_names_out().tolist(), fold)


def _ngrams(text: str) -> list[str]:
    found = [text[i : i + n] for n in acts.SIZES for i in range(len(text) - n + 1)]
    return [ngram for ngram in found if ngram.isprintable()]  # a tab or line end would break the file of weights


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _learn(act: Act, examples: _Examples) -> Learned:
    own = (examples.utterances["act"] == act.id).to_numpy()
    positive = own & (examples.utterances["label"] == 1).to_numpy()
    near = own & ~positive
    innocent = examples.utterances.select(held_back.innocent(act.id, act.plain)).to_series().to_numpy()
    share = np.select([positive, near, innocent], [_OWN, _NEAR, _INNOCENT], _OTHER)
    real = examples.features.shape[0] - len(own)
    truth = np.append(positive, np.zeros(real, bool))
    share = np.append(share, np.full(real, _REAL))

    unseen = np.zeros(len(truth))
    for k in range(_FOLDS):
        away = examples.fold == k
        weights, bias = _regress(examples.features[~away], truth[~away], share[~away])
        unseen[away] = examples.features[away] @ weights + bias
    weights, bias = _regress(examples.features, truth, share)
    judged = np.append(positive | innocent, np.zeros(real, bool))
    slope, offset = _platt(unseen[judged], truth[judged])
    named = {examples.ngrams[int(i)]: round(float(weights[i] * slope), 3) for i in np.flatnonzero(weights)}
    return Learned(
        act,
        round(float(bias * slope + offset), 3),
        {ngram: weight for ngram, weight in sorted(named.items()) if weight},
        _thresholds(unseen[judged] * slope + offset, truth[judged]),
    )


def _regress(features: Matrix, truth: np.ndarray[Any, Any], share: Floats) -> tuple[Floats, float]:
    """Weights and bias, all but the weightiest zero; what a weight moves counts, so common n-grams count more."""
    first = _machine(features, truth, share)
    spread = np.sqrt(np.asarray(features.power(2).multiply(share[:, None]).sum(axis=0)).ravel())
    kept = np.sort(np.argsort(-np.abs(first.coef_[0]) * spread, kind="stable")[:KEPT])
    second = _machine(features[:, kept], truth, share)
    weights = np.zeros(features.shape[1])
    weights[kept] = second.coef_[0]
    return weights, float(second.intercept_[0])


def _machine(features: Matrix, truth: np.ndarray[Any, Any], share: Floats) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        return LinearSVC(C=_STRENGTH, dual=True, random_state=0).fit(features, truth, share)


def _platt(scores: Floats, truth: np.ndarray[Any, Any]) -> tuple[float, float]:
    """Slope and offset that make scores the logarithm of the odds."""
    model = LogisticRegression(C=1e4, solver="liblinear", random_state=0).fit(scores[:, None], truth)
    return float(model.coef_[0][0]), float(model.intercept_[0])


def _thresholds(scores: Floats, truth: np.ndarray[Any, Any]) -> dict[str, float]:
    """For each stated precision the lowest score that keeps it; where none does, the one that comes nearest.

    One more false alarm than were seen is reckoned with, so that a few lucky utterances state nothing.
    """
    order = np.argsort(-scores, kind="stable")
    precision = np.cumsum(truth[order]) / np.arange(2, len(order) + 2)
    result = {}
    for name, target in TARGETS.items():
        keeps = np.flatnonzero(precision >= target)
        at = keeps[-1] if len(keeps) else np.argmax(precision)
        result[name] = round(float(scores[order[at]]), 3)
    return result


def write(learned: Learned, held: pl.DataFrame, plain: Collection[str], folder: Path) -> ActModel:
    """Write ``<act>.tsv`` and ``<act>.yaml`` (with what it measures on ``held``) into ``folder``: acts/model of a pack."""
    act = learned.act
    weights = "".join(f"{ngram}\t{weight:.3f}\n" for ngram, weight in learned.weights.items())
    path = folder / f"{act.id}.tsv"
    path.write_text("ngram\tweight\n" + weights, encoding="utf-8", newline="\n")
    model = ActModel(act.id, act.role, act.title, learned.bias, path.resolve(), learned.thresholds, {})
    acts.forget()
    figures = held_back.of(held, {act.id: model}, plain).row(0, named=True)
    measured = {name: round(number, 3) for name, number in figures.items() if isinstance(number, int | float)}
    lines = [
        "# Written by csaudit rules train.",
        f"id: {act.id}",
        f"role: {act.role}",
        f"title: {{zh: {_quoted(act.title.zh)}, en: {_quoted(act.title.en)}}}",
        f"bias: {learned.bias}",
        f"weights: {path.name}",
        "thresholds: " + _mapping(learned.thresholds),
        "measured: " + _mapping(measured),
    ]
    path.with_suffix(".yaml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return replace(model, measured=measured)


def _mapping(numbers: Mapping[str, float]) -> str:
    return "{" + ", ".join(f"{name}: {number:g}" for name, number in numbers.items()) + "}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# ---- scorecards -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Weights:
    """The weights of a scorecard's terms, and the sum from which on it fires."""

    terms: tuple[float, ...]
    threshold: float


def fit_scorecard(points: pl.DataFrame, incident: pl.Series) -> Weights:
    """Fit the weights of a scorecard, regularised so that few labels do not make great weights.

    Args:
        points: a row a conversation, a column a term: 0 or 1, or how often it holds.
        incident: whether the conversation is an incident; both must occur.

    Returns:
        Weights with two decimals. Where they add up to the threshold, an incident is as likely as not.
    """
    model = LogisticRegression(solver="liblinear", intercept_scaling=10, random_state=0)
    model.fit(points.to_numpy().astype(np.float64), incident.to_numpy())
    terms = tuple(round(float(weight), 2) for weight in model.coef_[0])
    return Weights(terms, round(-float(model.intercept_[0]), 2))
