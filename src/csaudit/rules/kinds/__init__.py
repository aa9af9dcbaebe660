"""The kinds of rules, one file each; `KINDS` is the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csaudit.pack.model import Pattern
from csaudit.rules.conditions import View
from csaudit.rules.kinds.pattern import pattern
from csaudit.rules.kinds.ruling import Ruling

KINDS: dict[type, Callable[[Any, View], Ruling]] = {
    Pattern: pattern,
}
