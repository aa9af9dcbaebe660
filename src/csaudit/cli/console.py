"""Where output goes: reports to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from rich.console import Console, RenderableType

from csaudit.cli.words import say
from csaudit.errors import CsauditError
from csaudit.report.catalogue import Say
from csaudit.report.formats import FILE_WIDTH, plain
from csaudit.report.text import visible

MOST_WARNINGS = 20


class _Output(Console):
    def on_broken_pipe(self) -> None:
        leave_pipe()


def output(color: str = "auto") -> Console:
    """The console of standard output: the terminal's width, or a fixed one when piped; ``color`` auto, always, never."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else FILE_WIDTH
    if color == "never":
        return _Output(file=sys.stdout, width=width, color_system=None, force_terminal=False)
    always = True if color == "always" else None  # None: as the terminal, NO_COLOR and FORCE_COLOR say
    return _Output(file=sys.stdout, width=width, force_terminal=always, no_color=False if always else None)


def emit(report: RenderableType | str | bytes, console: Console) -> None:
    """Send a report to standard output; a text or bytes as UTF-8, whatever the locale. A closed pipe is no error."""
    try:
        if isinstance(report, (str, bytes)):
            sys.stdout.flush()
            sys.stdout.buffer.write(report.encode() if isinstance(report, str) else report)
        elif console.is_terminal:
            console.print(report)
        else:
            sys.stdout.write(plain(report, console.width))
        sys.stdout.flush()
    except BrokenPipeError:
        leave_pipe()


def leave_pipe() -> None:
    """Send the rest of standard output nowhere, so that Python does not complain of the closed pipe at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(problem: object, key: str = "error") -> None:
    """Say an error or a warning on standard error, one line for each line of it."""
    text = problem.told(say.lang) if isinstance(problem, CsauditError) else str(problem)
    for line in text.splitlines() or [""]:
        print(f"csaudit: {say(key, problem=visible(line))}", file=sys.stderr)


def warn(warnings: Sequence[str], more: Say) -> None:
    """Say warnings on standard error, the first of them where there are very many."""
    for warning in warnings[:MOST_WARNINGS]:
        complain(warning, "warning")
    if (left := len(warnings) - MOST_WARNINGS) > 0:
        complain(more("more-notes", n=left), "warning")
