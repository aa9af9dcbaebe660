"""What labelled conversations say of a scorecard's terms, and a rule file with other weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from csaudit import audit, ingest
from csaudit.config import Config
from csaudit.errors import CsauditError, Words
from csaudit.evaluate.gold import Gold
from csaudit.pack.model import Pack, Rule, Scorecard

_NEVER_SHORT: Final = -1e9  # a threshold that every sum reaches

_NUMBER = re.compile(r"(?<![\w-])(weight|threshold)(: *)(-?[0-9]+(?:\.[0-9]+)?)")


def points(rule: Rule, golds: Sequence[Gold], pack: Pack, config: Config) -> pl.DataFrame:
    """How often each term of a scorecard rule holds in labelled conversations.

    Returns:
        frame with a row for each conversation in which the rule has an anchor: incident (whether its class is
        labelled), ``0``, ``1`` … (points of each term with weight 1, the most of any anchor). Contested labels and
        what cannot be checked are left out.
    """
    kind = rule.kind
    if not isinstance(kind, Scorecard):
        raise CsauditError(Words(f"规则 {rule.id} 不是 scorecard", f"the rule {rule.id} is no scorecard"))
    bare = replace(kind, threshold=_NEVER_SHORT, terms=tuple(replace(term, weight=1.0) for term in kind.terms))
    laid = replace(pack, rules={rule.id: replace(rule, kind=bare, status="active")})
    numbers = [str(number) for number in range(len(kind.terms))]
    parts = [_of_gold(rule.class_id, numbers, gold, laid, config) for gold in golds]
    return pl.concat(parts).select("incident", *numbers)


def _of_gold(class_id: str, numbers: Sequence[str], gold: Gold, pack: Pack, config: Config) -> pl.DataFrame:
    findings = audit.judge_messages(ingest.read([gold.messages], config).messages, pack).findings
    labels = gold.labels.filter(pl.col("class") == class_id)
    sure, contested = (labels.filter(pl.col("contested") == flag)["conversation_id"] for flag in (False, True))
    written = [pl.col("terms").str.extract(rf"(?:^|;){number}=(-?[0-9.]+)").alias(number) for number in numbers]
    summed = pl.col(*numbers).cast(pl.Float64).fill_null(0).max()
    return (
        findings.with_columns(written)
        .group_by("conversation_id")
        .agg(summed)
        .filter(~pl.col("conversation_id").is_in(contested.implode()))
        .sort("conversation_id")
        .with_columns(incident=pl.col("conversation_id").is_in(sure.implode()))
    )


def rewritten(text: str, weights: Sequence[float], threshold: float) -> str:
    """A rule file's text with other numbers behind ``weight:`` (in their order) and ``threshold:``; the rest stays.

    Raises:
        CsauditError: the file does not hold one weight a term.
    """
    names = [match[1] for match in _NUMBER.finditer(text)]
    if names.count("weight") != len(weights) or names.count("threshold") != 1:
        message = Words(
            "文件里的 weight 和 threshold 与各项不符", "the file's weights and threshold are not those of its terms"
        )
        raise CsauditError(message)
    rest = iter(weights)
    return _NUMBER.sub(lambda match: f"{match[1]}{match[2]}{next(rest) if match[1] == 'weight' else threshold:g}", text)
