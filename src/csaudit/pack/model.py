"""The rule pack as typed, frozen values: what `pack.load` makes of the YAML and every later stage reads.

docs/rule-language.md describes the YAML; names here are the YAML's own keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from csaudit.errors import Location, Words
from csaudit.pack.signal_model import (
    AtLeast,
    Compare,
    Comparison,
    Entity,
    InLexicon,
    LearnedAct,
    Lexicon,
    Matcher,
    Near,
    OfSignal,
    Phrase,
    Regex,
    Repeats,
    Signal,
    SimilarTo,
    Template,
    ViewName,
)

__all__ = [
    "ActModel",
    "All",
    "Anchor",
    "Any",
    "AtLeast",
    "Case",
    "Compare",
    "Comparison",
    "Condition",
    "Entity",
    "FactCheck",
    "FieldIs",
    "Has",
    "InLexicon",
    "IncidentClass",
    "Kind",
    "LearnedAct",
    "Lexicon",
    "Line",
    "Matcher",
    "Near",
    "Not",
    "OfSignal",
    "OtherContact",
    "Pack",
    "Pattern",
    "Phrase",
    "Promise",
    "Regex",
    "Repeats",
    "Reply",
    "Rule",
    "Scorecard",
    "Sequence",
    "Signal",
    "SimilarTo",
    "Span",
    "Status",
    "Step",
    "Template",
    "Term",
    "ViewName",
    "Words",
]

# ---- rules: patterns over a conversation ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """How far a condition looks: the narrowest of the given limits."""

    messages: int | None = None
    turns: int | None = None
    agent_turns: int | None = None
    customer_turns: int | None = None
    seconds: float | None = None

    def __bool__(self) -> bool:
        return self != Span()


@dataclass(frozen=True)
class Has:
    """At least ``times`` messages with a hit of one of ``signals`` stand where it says; ``lacks`` is its negation."""

    signals: tuple[str, ...]
    where: Literal["same", "turn", "before", "after", "around", "anywhere"] = "anywhere"
    within: Span = Span()
    times: int = 1
    negated: bool = False
    by: Literal["anyone", "same_agent", "other_agent"] = "anyone"
    cite: bool = True


@dataclass(frozen=True)
class Reply:
    """How long after the anchor the next message of ``role`` comes, in seconds; ``op`` compares, no reply is longer
    than anything the export still observed."""

    role: Literal["agent", "customer"]
    compare: Compare


@dataclass(frozen=True)
class FieldIs:
    """A column at the anchor message compares."""

    column: str
    compare: Compare


@dataclass(frozen=True)
class All:
    """All conditions hold."""

    of: tuple[Condition, ...]


@dataclass(frozen=True)
class Any:
    """At least ``n`` of the conditions hold."""

    of: tuple[Condition, ...]
    n: int = 1


@dataclass(frozen=True)
class Not:
    """The condition does not hold."""

    condition: Condition


Condition = Has | Reply | FieldIs | All | Any | Not


@dataclass(frozen=True)
class Anchor:
    """The hits a rule starts from: each, the first, the last or the nth message of a conversation with one of ``signals``.

    No signals: the unit is one agent's part of a conversation (its anchor is that agent's first message).
    """

    signals: tuple[str, ...] = ()
    pick: Literal["each", "first", "last"] | int = "each"
    cite: bool = True


@dataclass(frozen=True)
class Pattern:
    """Fires for each anchor at which ``when`` holds."""

    anchor: Anchor
    when: Condition


@dataclass(frozen=True)
class Term:
    """One line of a scorecard."""

    when: Condition
    weight: float
    title: Words
    scale: Literal["once", "times"] = "once"  # "times": the weight counts for each hit, up to ``cap`` of them
    cap: int = 3


@dataclass(frozen=True)
class Scorecard:
    """Fires where the weights of the terms that hold add up to ``threshold`` or more."""

    anchor: Anchor
    terms: tuple[Term, ...]
    threshold: float
    when: Condition = All(())  # must hold besides


@dataclass(frozen=True)
class Step:
    """One step of a sequence: its signals, and how soon after the step before."""

    id: str
    signals: tuple[str, ...]
    within: Span = Span()


@dataclass(frozen=True)
class Sequence:
    """Steps expected after the anchor, each present, absent, late or out of order; fires on the states in ``fires_on``."""

    anchor: Anchor
    steps: tuple[Step, ...]
    fires_on: Mapping[str, tuple[Literal["present", "absent", "late", "out_of_order"], ...]]


@dataclass(frozen=True)
class Promise:
    """A promise with a term that passes unfulfilled: ``breach`` holds after it, or its due time passes in silence."""

    anchor: Anchor
    breach: Condition
    kept: Condition
    silence: bool = True  # the due time passing with no message of the agent is a breach


@dataclass(frozen=True)
class FactCheck:
    """The agent states a value (hit of ``anchor`` with an entity) that contradicts the shop's fact sheet under ``fact``."""

    anchor: Anchor
    fact: str
    compare: Comparison  # which relation of stated to known value is wrong
    when: Condition = All(())


@dataclass(frozen=True)
class OtherContact:
    """The same customer (``same``: customer | order_id) has another conversation within ``seconds`` in which ``other`` hits."""

    anchor: Anchor
    same: Literal["customer", "order_id"]
    seconds: float
    direction: Literal["earlier", "later", "either"]
    other: tuple[str, ...] = ()
    when: Condition = All(())


Kind = Pattern | Scorecard | Sequence | Promise | FactCheck | OtherContact


@dataclass(frozen=True)
class Line:
    """One message of a case. ``gap`` is the seconds since the line before; None: no time in the whole case."""

    role: str
    text: str
    gap: float | None = 10.0
    agent: str | None = None
    fields: Mapping[str, str | float | bool] = field(default_factory=dict)
    contact: int = 0  # 1, 2 …: in the customer's next conversations


@dataclass(frozen=True)
class Case:
    """A mini-dialogue that the rule must fire on, or pass."""

    fires: bool
    lines: tuple[Line, ...]
    where: Location
    platform: str | None = "京东"
    shop: str = "示例店"
    cut: bool = False  # the export ends with the last line
    note: str = ""


Status = Literal["draft", "trial", "active", "retired"]
JUDGED: Final = ("trial", "active")
"""Rules of these states are run; drafts only by their tests."""


@dataclass(frozen=True)
class Rule:
    """One way an incident of a class shows."""

    id: str
    class_id: str
    scenario: str
    title: Words
    why: Words
    reason: Words  # sentence of the report; {anchor}, {words}, {undone}, {minutes} … are filled in
    kind_name: str
    kind: Kind
    confidence: float
    status: Status
    cases: tuple[Case, ...]
    where: Location
    advice: Words | None = None  # None: the scenario's, else the class's
    false_positives: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None


# ---- taxonomy and pack ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IncidentClass:
    """A class of the taxonomy; ``scenarios`` and ``scenario_advice`` are keyed by letter."""

    id: str
    grade: str
    name: Words
    summary: Words
    advice: Words
    scenarios: Mapping[str, Words]
    scenario_advice: Mapping[str, Words]
    not_an_incident: tuple[Words, ...]
    where: Location


@dataclass(frozen=True)
class ActModel:
    """A learned act: ``score(text) = bias + sum of weights of the n-grams in it`` (see signals.acts)."""

    id: str
    role: str
    title: Words
    bias: float
    weights_file: Path  # columns ngram, weight; read by signals.acts when the act is used
    thresholds: Mapping[str, float]  # "sure" | "likely" | "possible" -> score
    measured: Mapping[str, float]  # precision, recall … on held-back utterances


@dataclass(frozen=True)
class Pack:
    """Everything under ``rules/``, checked."""

    name: str
    version: str
    digest: str  # sha256 over the files, for run.json and stable ids
    grades: tuple[str, ...]  # gravest first
    classes: Mapping[str, IncidentClass]
    lexicons: Mapping[str, Lexicon]
    signals: Mapping[str, Signal]
    rules: Mapping[str, Rule]
    acts: Mapping[str, ActModel]
    tables: Mapping[str, Mapping[str, str]]  # view table name -> replacements
    points: Mapping[str, float]  # class or grade -> points off the score
    targets: Mapping[str, float]
    facts: Mapping[str, Mapping[str, float]]  # shop (or "*") -> fact -> value
    folders: tuple[str, ...] = ()
