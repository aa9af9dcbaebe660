"""Headers -> fields: which column of an export means what, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from csaudit.config import Config
from csaudit.ingest.profiles import Profile, fold

EXACT: Final = 1.0
FOLDED: Final = 0.9
CONTAINED: Final = 0.6


@dataclass(frozen=True)
class Column:
    """A header that was recognised. ``confidence`` is 1 for a header named in csaudit.yaml or by the profile itself."""

    header: str
    confidence: float


def match(headers: Sequence[str], profile: Profile, config: Config) -> dict[str, Column]:
    """Give each field its column: as configured, else by the profile's names; no header serves two fields."""
    found = _configured(headers, config)
    for confidence, _, position, name in sorted(_candidates(headers, profile.columns)):
        taken = {column.header for column in found.values()}
        if name not in found and headers[position] not in taken:
            found[name] = Column(headers[position], -confidence)
    if "sent_at" not in found and "sent_date" in found:
        found["sent_at"] = found.pop("sent_date")
    return found


def header_score(cells: Sequence[str], profile: Profile, config: Config) -> float:
    """How well a row would do as header: the confidence of all its fields, most of all the text."""
    found = match([cell.strip() for cell in cells], profile, config)
    total = sum(column.confidence for column in found.values())
    return total + 10 if "text" in found else total if len(found) > 1 else 0.0


def _configured(headers: Sequence[str], config: Config) -> dict[str, Column]:
    found: dict[str, Column] = {}
    by_fold = {fold(header): header for header in reversed(headers)}
    for name, wanted in config.columns.items():
        if isinstance(wanted, int):
            if wanted <= len(headers):
                found[name] = Column(headers[wanted - 1], EXACT)
        elif wanted in headers or fold(wanted) in by_fold:
            found[name] = Column(wanted if wanted in headers else by_fold[fold(wanted)], EXACT)
    return found


def _candidates(headers: Sequence[str], names: Mapping[str, Sequence[str]]) -> list[tuple[float, int, int, str]]:
    """All (minus confidence, rank of the alias, position, field); sorted, the best comes first."""
    folded = [fold(header) for header in headers]
    positions: dict[str, list[int]] = {}
    for position, header in enumerate(folded):
        positions.setdefault(header, []).append(position)
    candidates: list[tuple[float, int, int, str]] = []
    for name, aliases in names.items():
        for rank, alias in enumerate(aliases):
            key = fold(alias)
            for position in positions.get(key, ()):
                confidence = EXACT if headers[position] == alias else FOLDED
                candidates.append((-confidence, rank, position, name))
            candidates += [
                (-CONTAINED, rank, position, name)
                for position, header in enumerate(folded[:200])
                if key != header and _contains(header, key)
            ]
    return candidates


def _contains(header: str, alias: str) -> bool:
    """Whether an alias makes up most of a longer header: 消息内容 in 消息内容（已脱敏）."""
    return len(alias) >= 4 and 2 * len(alias) >= len(header) and (header.startswith(alias) or header.endswith(alias))
