"""The report formats: one module each, with ``render(audit, masked=…, folder=…)``, named in one registry."""

from __future__ import annotations

import importlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from csaudit.errors import ConfigError
from csaudit.report.catalogue import Say

if TYPE_CHECKING:
    from rich.console import RenderableType

    from csaudit.audit import Audit

FORMATS: Final = {"terminal": "csaudit.report.terminal", "json": "csaudit.report.json"}
"""Name of the format -> the module whose ``render`` makes it: a text, bytes, or something that Rich draws."""

FILE_WIDTH: Final = 100


@dataclass(frozen=True)
class Target:
    """A report that was asked for: ``--format NAME`` or ``--format NAME=FILE``."""

    format: str
    path: Path | None = None


def render(audit: Audit, target: Target, *, masked: bool, folder: Path | None) -> RenderableType | str | bytes:
    """Make a report in the format of ``target``; ``folder`` is the run folder it may refer to."""
    module = importlib.import_module(FORMATS[target.format])
    report: RenderableType | str | bytes = module.render(audit, masked=masked, folder=folder)
    return report


def write(audit: Audit, target: Target, *, masked: bool, folder: Path | None) -> None:
    """Write a report to the file of ``target``.

    Raises:
        ConfigError: The file cannot be written.
    """
    assert target.path is not None
    report = render(audit, target, masked=masked, folder=folder)
    content = report if isinstance(report, bytes) else plain(report).encode()
    try:
        target.path.write_bytes(content)
    except OSError as error:
        problem = Say(audit.lang)("out-failed", path=target.path, problem=error.strerror or error)
        raise ConfigError(problem) from error


def plain(report: RenderableType | str, width: int = FILE_WIDTH) -> str:
    """Draw a report as text without colours."""
    if isinstance(report, str):
        return report
    from rich.console import Console  # noqa: PLC0415 - `--help` reads the registry and draws nothing

    file = io.StringIO()
    Console(file=file, width=width, color_system=None).print(report)
    return "".join(line.rstrip() + "\n" for line in file.getvalue().splitlines())
