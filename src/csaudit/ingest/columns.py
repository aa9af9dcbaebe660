"""Headers -> fields: which column of an export means what, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from csaudit.config import Config
from csaudit.ingest.profiles import Profile, fold

EXACT: Final = 1.0
FOLDED: Final = 0.9
CONTAINED: Final = 0.6
TEXT_COUNTS: Final = 10.0
"""What a column of messages adds to a header's score: without it a table is no chat."""


@dataclass(frozen=True)
class Column:
    """A header that was recognised. ``confidence`` is 1 for a header named in csaudit.yaml or by the profile itself."""

    header: str
    confidence: float


def match(headers: Sequence[str], profile: Profile, config: Config) -> dict[str, Column]:
    """Give each field its column: as configured, else by the profile's names; no header serves two fields."""
    found = _configured(headers, config)
    taken = {column.header for column in found.values()}
    for confidence, _, position, name in sorted(_candidates(headers, profile)):
        if name not in found and headers[position] not in taken:
            found[name] = Column(headers[position], -confidence)
            taken.add(headers[position])
    if "sent_at" not in found and "sent_date" in found:
        found["sent_at"] = found.pop("sent_date")
    return found


def header_score(cells: Sequence[str], profile: Profile, config: Config) -> float:
    """How well a row would do as header: the confidence of all its fields, most of all the text."""
    found = match([cell.strip() for cell in cells], profile, config)
    total = sum(column.confidence for column in found.values())
    return total + TEXT_COUNTS if "text" in found else total if len(found) > 1 else 0.0


def _configured(headers: Sequence[str], config: Config) -> dict[str, Column]:
    found: dict[str, Column] = {}
    by_fold = {fold(header): header for header in reversed(headers)} if config.columns else {}
    for name, wanted in config.columns.items():
        if isinstance(wanted, int):
            if wanted <= len(headers):
                found[name] = Column(headers[wanted - 1], EXACT)
        elif wanted in headers or fold(wanted) in by_fold:
            found[name] = Column(wanted if wanted in headers else by_fold[fold(wanted)], EXACT)
    return found


def _candidates(headers: Sequence[str], profile: Profile) -> Iterator[tuple[float, int, int, str]]:
    """Give (minus confidence, rank of the name, position, field); sorted, the best comes first."""
    for position, header in enumerate(headers):
        folded = fold(header)
        for name, rank, alias in profile.by_name.get(folded, ()):
            yield -(EXACT if header == alias else FOLDED), rank, position, name
        for end in range(max(4, (len(folded) + 1) // 2), min(len(folded), profile.longest_name + 1)):
            for part in {folded[:end], folded[-end:]}:  # 消息内容 in 消息内容（已脱敏）
                for name, rank, _ in profile.by_name.get(part, ()):
                    yield -CONTAINED, rank, position, name
