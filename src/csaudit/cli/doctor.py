"""``csaudit doctor``: the friend of the first minute."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from csaudit.cli.words import say

UNREAD = 3

Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help=say("paths"), show_default=False)]
Profile = Annotated[str | None, typer.Option("--profile", metavar="NAME", help=say("profile"), show_default=False)]
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help=say("config"), show_default=False)]
Lang = Annotated[str | None, typer.Option("--lang", metavar="LANG", help=say("lang"), show_default=False)]
Color = Annotated[str, typer.Option("--color", metavar="WHEN", help=say("color"), show_default=False)]


def doctor(
    paths: Paths, profile: Profile = None, config: ConfigFile = None, lang: Lang = None, color: Color = "auto"
) -> None:
    """Read the exports, show how each was understood, and leave with 3 where no message was."""
    from csaudit import config as configuration
    from csaudit import ingest
    from csaudit.cli import choices
    from csaudit.cli.console import emit, output
    from csaudit.report import doctor as report
    from csaudit.report.catalogue import LANGUAGES

    color = choices.one_of(color, ("auto", "always", "never"), "what-color")
    read = configuration.load(config)
    spoken = choices.one_of(lang, LANGUAGES, "what-lang") if lang else read.lang or say.lang
    read = replace(read, lang=spoken, profile=profile or read.profile)
    diagnosis = ingest.diagnose(paths, read, stdin=sys.stdin.buffer)
    emit(report.render(diagnosis, spoken), output(color))
    if not diagnosis.files["messages"].sum():
        raise typer.Exit(UNREAD)


doctor.__doc__ = say("doctor")
