"""``csaudit show``: one incident of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from csaudit.cli.words import say

IncidentId = Annotated[str, typer.Argument(metavar="INCIDENT_ID", help=say("incident-id"), show_default=False)]
Run = Annotated[Path, typer.Option("--run", metavar="DIR", help=say("run"))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="LANG", help=say("lang"), show_default=False)]
Color = Annotated[str, typer.Option("--color", metavar="WHEN", help=say("color"), show_default=False)]


def show(incident_id: IncidentId, run: Run = Path("csaudit-out"), lang: Lang = None, color: Color = "auto") -> None:
    """Find the incident in its run folder and draw it whole."""
    from csaudit.cli import choices
    from csaudit.cli.console import emit, output
    from csaudit.report import incident, run_folder
    from csaudit.report.catalogue import LANGUAGES, Say

    color = choices.one_of(color, ("auto", "always", "never"), "what-color")
    about = run_folder.read_about(run, say.lang)
    spoken = (
        choices.one_of(lang, LANGUAGES, "what-lang") if lang else str(about.get("options", {}).get("lang", say.lang))
    )
    row = find(run, incident_id)
    console = output(color)
    emit(incident.whole(row, Say(spoken), colour=bool(console.color_system) and not console.no_color), console)


show.__doc__ = say("show")


def find(run: Path, beginning: str) -> dict[str, object]:
    """The incident of a run whose id begins so: a row of INCIDENTS."""
    import polars as pl

    from csaudit.errors import ConfigError
    from csaudit.report import run_folder

    incidents = run_folder.read(run, "incidents", say.lang)
    found = incidents.filter(pl.col("incident_id").str.starts_with(beginning))
    ids = found.get_column("incident_id").to_list()
    if not ids:
        raise ConfigError(say("no-incident", run=run, id=beginning))
    if len(ids) > 1 and beginning not in ids:
        raise ConfigError(say("not-unique", n=len(ids), id=beginning, ids=" ".join(ids[:5])))
    return found.row(ids.index(beginning) if beginning in ids else 0, named=True)
