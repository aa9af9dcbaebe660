"""Errors a person can act on. The bottom of the package: imports nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


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
    """

    exit_code = 2

    def __init__(self, message: str, *, where: Location | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} ({self.hint})" if self.hint else text


class ConfigError(CsauditError):
    """csaudit.yaml or a command-line option cannot be used."""


class PackError(CsauditError):
    """The rule pack has errors: all of them, each with file and line."""

    def __init__(self, problems: list[CsauditError]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class NothingAuditedError(CsauditError):
    """No usable message was read (exit code 3)."""

    exit_code = 3
