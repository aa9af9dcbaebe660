"""An audit on one screen, for a person who has a minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from csaudit import __version__
from csaudit.audit import Audit, Selection
from csaudit.report import incident, rank, style
from csaudit.report.catalogue import Say
from csaudit.report.run_folder import DEFAULT_FOLDER
from csaudit.report.summary import Summary, summarise, warnings
from csaudit.report.text import visible

TOP_AGENTS = 5
TOP_INCIDENTS = 3
TOP_NOTES = 5
TOP_REASONS = 4
BAR = 8


def render(audit: Audit, *, masked: bool = True, folder: Path | None = None) -> RenderableType:
    """Make the screen: what was audited, incidents by class, agents with most, the gravest with their evidence.

    Args:
        audit: with ``masked``, as `mask.masked` leaves it.
        masked: otherwise the screen says that personal data is shown.
        folder: the run folder, named as the place of everything left out.
    """
    return Screen(audit, summarise(audit), Say(audit.lang), masked, folder)


@dataclass(frozen=True)
class Screen:
    """The screen, drawn for the console it is printed on."""

    audit: Audit
    figures: Summary
    say: Say
    masked: bool
    folder: Path | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the sections from top to bottom."""
        colour = console.color_system is not None and not console.no_color
        yield from self._title()
        yield self._scope()
        yield from self._classes()
        yield from self._agents()
        yield from self._gravest(colour=colour)
        yield from self._notes()
        yield from self._where_more()

    # ---- what was audited

    def _title(self) -> Iterator[RenderableType]:
        pack = self.audit.pack
        made_by = self.say("made-by", version=__version__, pack=pack.name, pack_version=pack.version)
        line = Table.grid(expand=True)
        line.add_column(no_wrap=True)
        line.add_column(justify="right", overflow="fold")
        line.add_row(Text(self.say("title"), style.TITLE), Text(visible(made_by), style.FAINT))
        yield line
        yield Rule(style=style.FAINT)

    def _scope(self) -> RenderableType:
        say, figures, table = self.say, self.figures, style.pairs()
        counted = {name: getattr(figures, name) for name in ("files", "conversations", "messages", "agents")}
        table.add_row(say("scope"), Text(" · ".join(say(name, n=n) for name, n in counted.items())))
        table.add_row(say("period"), Text(_period(figures, self.audit.zone, say)))
        rules = say("rules-of-classes", n=figures.rules, classes=self.audit.grades.height)
        table.add_row(say("rules"), Text(rules))
        if only := _selection(self.audit.selection, say):
            table.add_row(say("selection"), Text(visible(" · ".join(only))))
        left_out = {name: getattr(figures, name) for name in ("files_unread", "rejects", "duplicates")}
        if any(left_out.values()):
            parts = [say(name.replace("_", "-"), n=n) for name, n in left_out.items() if n]
            table.add_row(say("left-out"), Text(" · ".join(parts), style.WARNING))
        table.add_row(say("unchecked"), Text(_unchecked(figures, say)))
        if figures.idle:
            table.add_row(say("idle"), Text(_idle(figures, say)))
        if not self.masked:
            table.add_row(say("personal"), Text(say("unmasked"), style.WARNING))
        return table

    # ---- what was found

    def _classes(self) -> Iterator[RenderableType]:
        say, grades = self.say, self.audit.grades
        yield self._heading(_total(self.figures, say))
        found = grades.filter(pl.col("incidents") > 0)
        if found.height:
            yield _class_table(found, say)
        none = grades.filter(pl.col("incidents") == 0).select("class", "unchecked_conversations").iter_rows()
        if names := [say("none-unchecked", class_=class_, n=n) if n else class_ for class_, n in none]:
            yield Text(visible(say("none-found", names=" ".join(names))), style.FAINT)

    def _agents(self) -> Iterator[RenderableType]:
        grades = list(self.figures.incidents)
        most = rank.agents_with_most(self.audit.agents, grades)
        if most.is_empty():
            return
        yield self._heading(Text(self.say("agents-most"), style.HEAD))
        yield _agent_table(most.head(TOP_AGENTS), grades, self.audit.pack.targets.get("first_response_s"), self.say)
        if (more := most.height - TOP_AGENTS) > 0:
            yield Text(self.say("more-agents", n=more), style.FAINT)

    def _gravest(self, *, colour: bool) -> Iterator[RenderableType]:
        incidents = self.audit.incidents
        if incidents.is_empty():
            return
        yield self._heading(Text(self.say("gravest"), style.HEAD))
        length = rank.short_ids(incidents)
        shown = rank.varied(incidents, self.audit.pack.grades).head(TOP_INCIDENTS)
        for number, row in enumerate(shown.to_dicts()):
            yield Padding(incident.brief(row, self.say, length, colour=colour), (1 if number else 0, 0, 0, 0))
        if (more := incidents.height - TOP_INCIDENTS) > 0:
            yield Text(self.say("more-incidents", n=more), style.FAINT)

    # ---- the end

    def _notes(self) -> Iterator[RenderableType]:
        notes = warnings(self.audit)
        if not notes:
            return
        yield self._heading(Text(self.say("notes"), style.HEAD))
        for note in notes[:TOP_NOTES]:
            yield Padding(Text(visible(note), style.WARNING, overflow="fold"), (0, 0, 0, 2))
        if (more := len(notes) - TOP_NOTES) > 0:
            yield Text(self.say("more-notes", n=more), style.FAINT)

    def _where_more(self) -> Iterator[RenderableType]:
        if not self.folder:
            return
        yield Rule(style=style.FAINT)
        yield Text(self.say("written", folder=visible(str(self.folder))), overflow="fold")
        if self.audit.incidents.height:
            yield Text(self._how_to_show(), overflow="fold")

    def _how_to_show(self) -> str:
        elsewhere = "" if self.folder == DEFAULT_FOLDER else f" --run {self.folder}"
        return visible(self.say("show-one", command=f"csaudit show ID{elsewhere}"))

    def _heading(self, text: Text) -> RenderableType:
        return Padding(text, (1, 0, 0, 0))


def _period(figures: Summary, zone: str, say: Say) -> str:
    if figures.since is None or figures.until is None:
        return say("no-times")
    return f"{style.minute(figures.since)} – {style.minute(figures.until)} ({zone})"


def _selection(selection: Selection, say: Say) -> list[str]:
    named = {
        "grades": selection.grades,
        "classes": selection.classes,
        "agents-named": selection.agents,
        "shops": selection.shops,
    }
    parts = [say(key, names=", ".join(names)) for key, names in named.items() if names]
    parts += [
        say(key, when=style.minute(moment))
        for key, moment in (("since", selection.since), ("until", selection.until))
        if moment
    ]
    if selection.min_confidence:
        parts.append(say("min-confidence", value=selection.min_confidence))
    return parts


def _unchecked(figures: Summary, say: Say) -> str:
    untimed, of = figures.conversations_untimed, figures.conversations
    times = say("untimed", n=untimed, of=of) if untimed else ""
    if not figures.unchecked:
        return times or say("unchecked-nothing")
    shown = list(figures.unchecked.items())[:TOP_REASONS]
    reasons = " · ".join(say("missing", reason=say.missing(reason), n=n) for reason, n in shown)
    some = say("unchecked-some", n=figures.conversations_unchecked, of=of)
    return visible(" · ".join(filter(None, [f"{some} ({reasons})", times])))


def _idle(figures: Summary, say: Say) -> str:
    rules = [say("idle-rule", rule=rule, column=column) for rule, column in figures.idle.items()]
    more = [say("idle-more", n=len(rules) - TOP_REASONS)] if len(rules) > TOP_REASONS else []
    return visible(" · ".join([*rules[:TOP_REASONS], *more]))


def _total(figures: Summary, say: Say) -> Text:
    text = Text(say("incidents", n=sum(figures.incidents.values())), style.HEAD)
    for grade, n in figures.incidents.items():
        text.append(f"  {grade} {n:,}", style.grade_style(grade) if n else style.FAINT)
    text.append("  " + say("incidents-in", n=figures.conversations_with_incident, of=figures.conversations))
    return text


def _class_table(found: pl.DataFrame, say: Say) -> Table:
    table = style.plain_table(padding=(0, 2, 0, 0))
    table.add_column(say("class"), overflow="fold")
    for name in ("count", "column-conversations", "column-agents", "per-1000", "column-unchecked"):
        table.add_column(say(name), justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, min_width=BAR)
    most = max(found.get_column("incidents"))
    for row in found.to_dicts():
        colour = style.grade_style(row["grade"])
        class_ = Text.assemble((row["class"], colour), f" {visible(row['class_name'])}")
        figures = (f"{row[name]:,}" for name in ("incidents", "conversations", "agents"))
        rate = row["per_1000_conversations"]
        bar = Text("█" * max(1, round(row["incidents"] / most * BAR)), colour)
        rated = f"{rate:,.1f}" if rate is not None else "–"
        table.add_row(class_, *figures, rated, f"{row['unchecked_conversations']:,}", bar)
    return table


def _agent_table(agents: pl.DataFrame, grades: list[str], target: float | None, say: Say) -> Table:
    table = style.plain_table(padding=(0, 2, 0, 0))
    table.add_column(say("agent"), overflow="fold")
    table.add_column(say("column-conversations"), justify="right", no_wrap=True)
    for grade in grades:
        table.add_column(Text(grade, style.grade_style(grade)), justify="right", no_wrap=True)
    within = "" if target is None else " ≤ " + say("seconds", value=target)
    for name in (say("score"), say("first-response") + within, say("column-unchecked")):
        table.add_column(name, justify="right", no_wrap=True)
    for row in agents.to_dicts():
        counts = (row[f"incidents_{grade.lower()}"] for grade in grades)
        seconds = row["first_response_s"]
        late = target is not None and seconds is not None and seconds > target
        table.add_row(
            Text(incident.agent_name(row, say)),
            f"{row['conversations']:,}",
            *(Text(f"{n:,}", "" if n else style.FAINT) for n in counts),
            f"{row['score']:g}" if row["score"] is not None else "–",
            Text(say("seconds", value=seconds) if seconds is not None else "–", style.WARNING if late else ""),
            f"{row['unchecked_conversations']:,}",
        )
    return table
