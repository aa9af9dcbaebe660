"""What lint has to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from csaudit.errors import Location
from csaudit.pack.model import Words


@dataclass(frozen=True)
class Issue:
    """One thing to mend. ``code`` is stable; an error spoils results, a warning only costs clarity or time."""

    code: str
    severity: Literal["error", "warning"]
    where: Location
    message: Words
    hint: Words | None = None
