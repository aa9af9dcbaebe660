"""An audit as JSON, for scripts. What ``schema`` names does not change without a new number."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

from csaudit import __version__
from csaudit.audit import Audit
from csaudit.report import rank
from csaudit.report.summary import summarise, warnings

SCHEMA: Final = "csaudit/1"


def render(audit: Audit, *, masked: bool = True, folder: Path | None = None) -> str:
    """Make one JSON object: who made it, the summary, GRADES, AGENTS and all INCIDENTS, gravest first.

    Times are ISO 8601 with their offset. It ends with a newline.
    """
    head = {
        "schema": SCHEMA,
        "csaudit": __version__,
        "pack": {"name": audit.pack.name, "version": audit.pack.version, "sha256": audit.pack.digest},
        "lang": audit.lang,
        "timezone": audit.zone,
        "masked": masked,
        "run_folder": folder,
        "selection": asdict(audit.selection),
        "summary": asdict(summarise(audit)),
        "warnings": warnings(audit),
    }
    tables = {
        "grades": audit.grades,
        "agents": audit.agents,
        "incidents": rank.gravest(audit.incidents, audit.pack.grades),
    }
    written = [json.dumps(head, ensure_ascii=False, default=_plain).removesuffix("}")]
    written += [f', "{name}": {frame.write_json()}' for name, frame in tables.items()]
    return "".join([*written, "}\n"])


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
