"""The sentences of an incident: its reason with the words filled in, a scorecard's sum, the advice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from csaudit.pack.model import IncidentClass, Rule, Scorecard

WORDS_SHOWN: Final = 5
LETTERS_SHOWN: Final = 40
NOISE: Final = 1e-9
"""Sums of decimal weights may fall short of a threshold by less than this."""

_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_SOMEONE: Final = {
    "zh": {"agent": "客服", "customer": "客户", "between": "、", "minutes": "若干"},
    "en": {"agent": "the agent", "customer": "the customer", "between": ", ", "minutes": "some"},
}


def reason(rule: Rule, incident: Mapping[str, Any], lang: str) -> str:
    """Fill a rule's reason from a row: anchor_words, anchor_text, words, undone, n, agent, customer, terms, minutes.

    What is unknown reads as a general word or as nothing; values are put in as they are, so braces in a chat stay text.
    """
    common = _SOMEONE["en" if lang == "en" else "zh"]
    values = {
        "anchor": _joined(incident["anchor_words"], common["between"]) or _short(incident["anchor_text"]),
        "message": _short(incident["anchor_text"]),
        "words": _joined(incident["words"], common["between"]),
        "undone": _joined(incident["undone"], common["between"]),
        "n": str(incident["n"]),
        "agent": incident["agent"] or common["agent"],
        "customer": incident["customer"] or common["customer"],
        "terms": terms(rule, incident["terms"], lang),
        "minutes": common["minutes"] if incident["minutes"] is None else f"{incident['minutes']:.0f}",
    }
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), rule.reason[lang])


def terms(rule: Rule, written: str | None, lang: str) -> str:
    """Write a scorecard's sum out: ``stalls +2.4, soothes -1.5 = 0.9 ≥ 0.5``; see FINDINGS.terms."""
    if not written or not isinstance(rule.kind, Scorecard):
        return ""
    points = [(int(number), float(value)) for number, value in (term.split("=") for term in written.split(";"))]
    listed = [f"{rule.kind.terms[number].title[lang]} {value:+.2g}" for number, value in points]
    between = _SOMEONE["en" if lang == "en" else "zh"]["between"]
    total = sum(value for _, value in points)
    reached = "≥" if total >= rule.kind.threshold - NOISE else "<"
    return f"{between.join(listed)} = {total:.3g} {reached} {rule.kind.threshold:.3g}"


def advice(rule: Rule, class_: IncidentClass, lang: str) -> str:
    """How it should have been handled: the rule's word, else the scenario's, else the class's."""
    return (rule.advice or class_.scenario_advice.get(rule.scenario) or class_.advice)[lang]


def _joined(words: Sequence[str] | None, between: str) -> str:
    each = list(dict.fromkeys(words or ()))
    longest = [word for word in each if not any(word != other and word in other for other in each)]
    return between.join(_short(word) for word in longest[:WORDS_SHOWN])


def _short(text: str) -> str:
    return text if len(text) <= LETTERS_SHOWN else f"{text[:LETTERS_SHOWN]}…"
