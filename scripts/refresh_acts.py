"""Write the table of learned acts in docs/acts.md: ``python scripts/refresh_acts.py``.

With ``--check`` nothing is written; exit 1 if it is stale. The figures are those that the models state.
"""

from __future__ import annotations

import re
import sys

from generated import ROOT, deliver

from csaudit import pack
from csaudit.pack.model import ActModel

PAGE = ROOT / "docs" / "acts.md"
_PART = re.compile(r"(<!-- begin:acts -->\n).*?(<!-- end:acts -->)", re.DOTALL)


def table() -> str:
    """The acts by role, those best told apart first."""
    head = [
        "| 行为 · act | | 平均精度 · AP | sure 精度/召回 | likely 精度/召回 | possible 精度/召回 | 误报‰ |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    acts = sorted(pack.load().acts.values(), key=lambda act: (act.role, -act.measured["average_precision"], act.id))
    return "\n".join([*head, *map(_row, acts)]) + "\n"


def _row(act: ActModel) -> str:
    shares = [f"{_share(act, name, 'precision')} / {_share(act, name, 'recall')}" for name in act.thresholds]
    who = {"agent": "客服 agent", "customer": "客户 customer"}.get(act.role, act.role)
    alarms = f"{act.measured['alarms_per_1000']:.0f}"
    figures = [f"{act.measured['average_precision']:.2f}", *shares, alarms]
    return f"| `{act.id}` {act.title['zh']} | {who} | {' | '.join(figures)} |"


def _share(act: ActModel, threshold: str, what: str) -> str:
    share = act.measured.get(f"{threshold}_{what}")
    return "–" if share is None else f"{share:.2f}"


def refreshed(text: str) -> str:
    """The page with the table of today."""
    return _PART.sub(lambda part: part[1] + table() + part[2], text)


if __name__ == "__main__":
    page = refreshed(PAGE.read_text(encoding="utf-8"))
    deliver({PAGE: page.encode()}, check="--check" in sys.argv[1:])
