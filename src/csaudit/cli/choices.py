"""Checks what was written behind an option, with a sentence and a suggestion for what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from csaudit.audit import Selection
from csaudit.cli.words import say
from csaudit.errors import ConfigError
from csaudit.pack.model import Pack
from csaudit.report.formats import FORMATS, Target
from csaudit.yamlfile import did_you_mean


def one_of(value: str, choices: Collection[str], what: str) -> str:
    """Find ``value`` among ``choices``, whatever its case.

    Raises:
        ConfigError: It is none of them; ``what`` (a key of `words`) says what was expected.
    """
    known = {choice.casefold(): choice for choice in choices}
    if value.casefold() in known:
        return known[value.casefold()]
    hint = did_you_mean(value, choices) or say("choices", names=", ".join(choices))
    raise ConfigError(say("not-one-of", value=value, what=say(what)), hint=hint)


def several(values: Iterable[str], choices: Collection[str], what: str) -> tuple[str, ...]:
    """Read a repeatable option whose values may be lists with commas; in the order of ``choices``."""
    given = [value.strip() for joined in values for value in joined.replace("，", ",").split(",") if value.strip()]
    wanted = {one_of(value, choices, what) for value in given}
    return tuple(choice for choice in choices if choice in wanted)


def moment(value: str | None, zone: str) -> datetime | None:
    """Read a date or time; without an offset it is of ``zone``.

    Raises:
        ConfigError: It is neither.
    """
    if value is None:
        return None
    try:
        read = datetime.fromisoformat(value.strip().replace("/", "-"))
    except ValueError as error:
        raise ConfigError(say("not-a-time", value=value), hint=say("time-forms")) from error
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))


def selection(
    pack: Pack,
    zone: str,
    *,
    grades: Sequence[str],
    classes: Sequence[str],
    agents: Sequence[str],
    shops: Sequence[str],
    since: str | None,
    until: str | None,
    min_confidence: float,
) -> Selection:
    """Read the options that select.

    Raises:
        ConfigError: One of them names what is not there, or together they select nothing.
    """
    chosen = Selection(
        grades=several(grades, pack.grades, "what-grade"),
        classes=several(classes, list(pack.classes), "what-class"),
        agents=tuple(agents),
        shops=tuple(shops),
        since=moment(since, zone),
        until=moment(until, zone),
        min_confidence=min_confidence,
    )
    if not chosen.selected_classes(pack):
        names = {"classes": ", ".join(chosen.classes), "grades": ", ".join(chosen.grades)}
        raise ConfigError(say("no-class-of-grade", **names))
    if chosen.since and chosen.until and chosen.since >= chosen.until:
        raise ConfigError(say("empty-period"))
    return chosen


def targets(values: Sequence[str], inputs: Sequence[str]) -> list[Target]:
    """Read the values of ``--format``.

    Raises:
        ConfigError: An unknown format, two for standard output, two for one file, or one for a file to be audited.
    """
    read = []
    for value in values:
        name, _, file = value.partition("=")
        read.append(Target(one_of(name, FORMATS, "what-format"), Path(file) if file else None))
    on_screen = [target.format for target in read if not target.path]
    if len(on_screen) > 1:
        raise ConfigError(say("two-on-screen", names=", ".join(on_screen)), hint=say("two-on-screen-hint"))
    files = [target.path for target in read if target.path]
    if twice := next((path for path in files if files.count(path) > 1), None):
        raise ConfigError(say("same-file-twice", path=twice))
    audited = {Path(path).absolute() for path in inputs}
    if over := next((path for path in files if path.absolute() in audited), None):
        raise ConfigError(say("over-input", path=over))
    return read
