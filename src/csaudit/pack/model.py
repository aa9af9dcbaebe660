"""The rule pack as typed, frozen values: what `pack.load` makes of the YAML and every later stage reads.

docs/rule-language.md describes the YAML; names here are the YAML's own keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from csaudit.errors import Location

Comparison = Literal["is", "not", "in", "not_in", "above", "below", "at_least", "at_most", "missing"]
ViewName = Literal["raw", "folded", "squeezed", "sound", "digits", "shapes", "emoji"]


@dataclass(frozen=True)
class Words:
    """A text for people, in Chinese and in English."""

    zh: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


# ---- signals: facts about one message -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Phrase:
    """Literal words."""

    text: str


@dataclass(frozen=True)
class Template:
    """Words with gaps and choices: ``(去|到)…<platform-taobao>…(买|拍)``. ``regex`` is what it stands for."""

    text: str
    regex: str


@dataclass(frozen=True)
class Regex:
    """A linear-time regular expression over the folded text."""

    regex: str


@dataclass(frozen=True)
class InLexicon:
    """Any term of a lexicon."""

    lexicon: str


@dataclass(frozen=True)
class OfSignal:
    """Another signal fires in the message."""

    signal: str


@dataclass(frozen=True)
class LearnedAct:
    """A learned act; ``threshold`` names a stated precision of the act ("sure", "likely", "possible") or a probability."""

    act: str
    threshold: str | float = "likely"


@dataclass(frozen=True)
class Compare:
    """A comparison with a value; ``column`` compares with another column instead."""

    op: Comparison
    value: str | float | bool | tuple[str, ...] | None = None
    column: str | None = None


@dataclass(frozen=True)
class Entity:
    """A number or address of a known form: mobile, id_card, bank_card, order_no, wechat_id, qq_id, url, email, money,
    date, duration. ``compare`` applies to its value (yuan, seconds)."""

    entity: str
    compare: Compare | None = None


@dataclass(frozen=True)
class SimilarTo:
    """Like one of these example phrases, by the share of common character bigrams."""

    examples: tuple[str, ...]
    at_least: float = 0.6


@dataclass(frozen=True)
class Repeats:
    """Like one of the same sender's last ``look_back`` messages in the conversation, by the share of common bigrams."""

    at_least: float = 0.9
    look_back: int = 5


Matcher = Phrase | Template | Regex | InLexicon | OfSignal | LearnedAct | Entity | SimilarTo | Repeats


@dataclass(frozen=True)
class Near:
    """One of ``any_of`` stands within ``within`` characters of the hit."""

    any_of: tuple[Matcher, ...]
    within: int = 10


@dataclass(frozen=True)
class AtLeast:
    """At least ``n`` different ones of ``of`` stand in the message."""

    n: int
    of: tuple[Matcher, ...]


@dataclass(frozen=True)
class Signal:
    """A named fact about one message. Hits come from ``any_of``; everything else only takes hits away.

    A signal without ``any_of`` hits every message that passes its other conditions (one hit, span 0-0).
    """

    id: str
    title: Words
    role: tuple[str, ...]
    where: Location
    any_of: tuple[Matcher, ...] = ()
    views: tuple[ViewName, ...] = ("folded",)
    all_of: tuple[Matcher, ...] = ()
    none_of: tuple[Matcher, ...] = ()
    at_least: AtLeast | None = None
    except_: tuple[Matcher, ...] = ()  # innocent phrases: a hit inside one of their spans does not count
    near: Near | None = None
    not_near: Near | None = None
    word: bool = False  # jieba must see the hit as a word, not as a slice of other words
    negation: Literal["keep", "skip", "only"] = "keep"  # what becomes of a hit right behind a negating word
    length: Mapping[Comparison, float] = field(default_factory=dict)  # characters of the squeezed text
    field: Mapping[str, Compare] = field(default_factory=dict)  # columns of MESSAGES or CONTEXT


@dataclass(frozen=True)
class Lexicon:
    """A list of terms shared by signals; ``notes`` maps a term to its remark."""

    id: str
    title: Words
    terms: tuple[str, ...]
    notes: Mapping[str, str]
    where: Location


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
