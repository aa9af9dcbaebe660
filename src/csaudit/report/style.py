"""Colours and the shapes of numbers, shared by what is drawn in a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from rich.table import Table

TITLE: Final = "bold cyan"
HEAD: Final = "bold"
FAINT: Final = "dim"
HIT: Final = "bold underline red"
WARNING: Final = "yellow"
_GRADES: Final = {"A": "bold red", "B": "dark_orange", "C": "yellow"}
_OTHER_GRADE: Final = "cyan"


def grade_style(grade: str) -> str:
    """The colour of a grade; grades of a team's own pack share one."""
    return _GRADES.get(grade, _OTHER_GRADE)


def clock(moment: datetime) -> str:
    """A time of day, to the second."""
    return f"{moment:%H:%M:%S}"


def minute(moment: datetime) -> str:
    """A date and time, to the minute."""
    return f"{moment:%Y-%m-%d %H:%M}"


def plain_table(**options: object) -> Table:
    """A table without lines, aligned with the text around it."""
    return Table(box=None, pad_edge=False, header_style=FAINT, **options)  # type: ignore[arg-type]


def pairs() -> Table:
    """A table of names and what they say, without a head."""
    table = plain_table(show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style=FAINT, no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    return table
