"""Errors a person can act on. The bottom of the package: imports nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Words:
    """A text for people, in Chinese and in English."""

    zh: str
    en: str

    def __getitem__(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True)
class Location:
    """A place in a file; ``line`` counts from 1."""

    path: Path | str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else str(self.path)


class CsauditError(Exception):
    """Something the user can mend: one sentence, with the place where there is one.

    ``hint`` says what to do. The command line prints the three on one line and exits with ``exit_code``.
    A plain text stands for both languages.
    """

    exit_code = 2

    def __init__(self, message: str | Words, *, where: Location | None = None, hint: str | Words | None = None) -> None:
        super().__init__(message)
        self.message = message if isinstance(message, Words) else Words(message, message)
        self.where = where
        self.hint = Words(hint, hint) if isinstance(hint, str) else hint

    def told(self, lang: str) -> str:
        """Place, message and hint on one line."""
        text = f"{self.where}: {self.message[lang]}" if self.where else self.message[lang]
        if not self.hint:
            return text
        return f"{text}（{self.hint.zh}）" if lang == "zh" else f"{text} ({self.hint.en})"

    def __str__(self) -> str:
        return self.told("en")


class ConfigError(CsauditError):
    """csaudit.yaml or a command-line option cannot be used."""


def all_of(problems: list[CsauditError]) -> Words:
    """Problems as one text, a line each."""
    zh, en = ("\n".join(problem.told(lang) for problem in problems) for lang in ("zh", "en"))
    return Words(zh, en)


class PackError(CsauditError):
    """The rule pack has errors: all of them, each with file and line."""

    def __init__(self, problems: list[CsauditError]) -> None:
        self.problems = problems
        super().__init__(all_of(problems))


class NothingAuditedError(CsauditError):
    """No usable message was read (exit code 3)."""

    exit_code = 3
