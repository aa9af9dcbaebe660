"""The kinds of rules, one file each; `KINDS` is the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csaudit.pack.model import FactCheck, OtherContact, Pattern, Promise, Scorecard, Sequence
from csaudit.rules.conditions import View
from csaudit.rules.kinds.contact import contact
from csaudit.rules.kinds.fact import fact
from csaudit.rules.kinds.pattern import pattern
from csaudit.rules.kinds.promise import promise
from csaudit.rules.kinds.ruling import Ruling
from csaudit.rules.kinds.scorecard import scorecard
from csaudit.rules.kinds.sequence import sequence

KINDS: dict[type, Callable[[Any, View], Ruling]] = {
    Pattern: pattern,
    Scorecard: scorecard,
    Sequence: sequence,
    Promise: promise,
    FactCheck: fact,
    OtherContact: contact,
}
