"""``csaudit scan``: the main job."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from csaudit.cli.words import say
from csaudit.errors import NothingAuditedError
from csaudit.report.formats import FORMATS

if TYPE_CHECKING:
    from csaudit.audit import Audit, Selection
    from csaudit.config import Config
    from csaudit.pack.model import Pack
    from csaudit.report.formats import Target

GATE_FAILED = 1
INCOMPLETE = 3


def _option(key: str, panel: str, *names: str, metavar: str | None = None, **limits: Any) -> Any:
    text = say(key, formats=", ".join(FORMATS))
    return typer.Option(*names, metavar=metavar, help=text, rich_help_panel=say(panel), show_default=False, **limits)


Paths = Annotated[list[str], typer.Argument(metavar="PATH...", help=say("paths"), show_default=False)]
Grades = Annotated[list[str] | None, _option("grade", "panel-what", "--grade", metavar="GRADE")]
Classes = Annotated[list[str] | None, _option("class", "panel-what", "--class", metavar="CLASS")]
Agents = Annotated[list[str] | None, _option("agent", "panel-what", "--agent", metavar="AGENT")]
Shops = Annotated[list[str] | None, _option("shop", "panel-what", "--shop", metavar="SHOP")]
Since = Annotated[str | None, _option("since", "panel-what", "--since", metavar="TIME")]
Until = Annotated[str | None, _option("until", "panel-what", "--until", metavar="TIME")]
Confidence = Annotated[
    float, _option("min-confidence", "panel-what", "--min-confidence", metavar="NUMBER", min=0, max=1)
]
Rules = Annotated[list[Path] | None, _option("rules", "panel-how", "--rules", metavar="DIR")]
Profile = Annotated[str | None, _option("profile", "panel-how", "--profile", metavar="NAME")]
ConfigFile = Annotated[Path | None, _option("config", "panel-how", "--config", metavar="FILE")]
Out = Annotated[Path, _option("out", "panel-reports", "--out", metavar="DIR")]
Formats = Annotated[list[str] | None, _option("format", "panel-reports", "--format", metavar="FORMAT[=FILE]")]
FailOn = Annotated[str, _option("fail-on", "panel-reports", "--fail-on", metavar="GRADE")]
Lang = Annotated[str | None, _option("lang", "panel-reports", "--lang", metavar="LANG")]
NoMask = Annotated[bool, _option("no-mask", "panel-reports", "--no-mask")]
Quiet = Annotated[bool, _option("quiet", "panel-reports", "--quiet", "-q")]
Color = Annotated[str, _option("color", "panel-reports", "--color", metavar="WHEN")]


def scan(
    paths: Paths,
    grade: Grades = None,
    class_: Classes = None,
    agent: Agents = None,
    shop: Shops = None,
    since: Since = None,
    until: Until = None,
    min_confidence: Confidence = 0.0,
    rules: Rules = None,
    profile: Profile = None,
    config: ConfigFile = None,
    out: Out = Path("csaudit-out"),
    format_: Formats = None,
    fail_on: FailOn = "never",
    lang: Lang = None,
    no_mask: NoMask = False,
    quiet: Quiet = False,
    color: Color = "auto",
) -> None:
    """Read the options, audit, report, and leave with 1 or 3 where the audit failed the gate or is incomplete."""
    from csaudit import pack
    from csaudit.cli import choices
    from csaudit.report import run_folder

    settings = _settings(config, profile, lang)
    reports = choices.targets(format_ or ([] if quiet else ["terminal"]), paths)
    color = choices.one_of(color, ("auto", "always", "never"), "what-color")
    run_folder.check(out, settings.lang or "en")
    loaded = pack.load([*settings.rules, *(rules or ())])
    loaded = replace(loaded, targets={**loaded.targets, **settings.targets})
    gate = choices.one_of(fail_on, (*loaded.grades, "never"), "what-grade")
    selection = choices.selection(
        loaded,
        settings.timezone,
        grades=grade or (),
        classes=class_ or (),
        agents=agent or (),
        shops=shop or (),
        since=since,
        until=until,
        min_confidence=min_confidence,
    )
    options = {"paths": paths, "config": settings.path, "profile": settings.profile, "fail_on": gate}
    run = _Run(loaded, settings, selection, reports, out, masked=not no_mask, quiet=quiet, color=color, options=options)
    audit = run(paths)
    if code := _exit_code(audit, gate):
        raise typer.Exit(code)


scan.__doc__ = f"{say('scan')}\n\n{say('exit-codes')}"


def _settings(path: Path | None, profile: str | None, lang: str | None) -> Config:
    """csaudit.yaml with what the command line says on top."""
    from csaudit import config
    from csaudit.cli import choices
    from csaudit.report.catalogue import LANGUAGES, language

    read = config.load(path)
    spoken = choices.one_of(lang, LANGUAGES, "what-lang") if lang else read.lang or language(os.environ)
    return replace(read, lang=spoken, profile=profile or read.profile)


@dataclass(frozen=True)
class _Run:
    """Everything a run was asked for; calling it audits and reports."""

    pack: Pack
    config: Config
    selection: Selection
    reports: Sequence[Target]
    out: Path
    masked: bool
    quiet: bool
    color: str
    options: Mapping[str, object]

    def __call__(self, paths: Sequence[str]) -> Audit:
        from csaudit import audit
        from csaudit.cli.progress import stages
        from csaudit.report import formats, run_folder
        from csaudit.report.catalogue import Say
        from csaudit.report.mask import masked

        lang = self.config.lang or "en"
        with stages(Say(lang), quiet=self.quiet) as begin:
            found = audit.run(
                paths, self.pack, self.config, self.selection, lang=lang, progress=begin, stdin=sys.stdin.buffer
            )
            if found.messages.is_empty():
                raise NothingAuditedError(say("none-selected"))
            begin("write")
            shown = masked(found) if self.masked else found
            run_folder.write(shown, self.out, options=self.options, masked=self.masked)
            for target in self.reports:
                if target.path:
                    formats.write(shown, target, masked=self.masked, folder=self.out)
        self._show(shown)
        return found

    def _show(self, audit: Audit) -> None:
        """Send the report for the screen to standard output, warnings to standard error.

        A person at a terminal sees the warnings once, on the screen.
        """
        from csaudit.cli.console import emit, output, warn
        from csaudit.report import formats
        from csaudit.report.catalogue import Say
        from csaudit.report.summary import warnings

        on_screen = [target for target in self.reports if not target.path]
        seen = sys.stdout.isatty() and any(target.format == "terminal" for target in on_screen)
        if not self.quiet and not seen:
            warn(warnings(audit), Say(audit.lang))
        for target in on_screen:
            emit(formats.render(audit, target, masked=self.masked, folder=self.out), output(self.color))


def _exit_code(audit: Audit, gate: str) -> int:
    """1 when an incident is of the gate's grade or a graver one; else 3 when a file could not be read at all."""
    grades = audit.pack.grades
    gated = grades[: grades.index(gate) + 1] if gate in grades else ()
    if audit.incidents.get_column("grade").is_in(gated).any():
        return GATE_FAILED
    return INCOMPLETE if audit.rejects.get_column("source_line").null_count() else 0
