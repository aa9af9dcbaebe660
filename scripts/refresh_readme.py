"""Write the generated parts of README.md and README.zh-CN.md: ``python scripts/refresh_readme.py``.

With ``--check`` nothing is written; exit 1 if one is stale. A part stands between ``<!-- begin:NAME -->`` and ``<!-- end:NAME -->``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from generated import ROOT, deliver

from csaudit import audit, pack

READMES = {"en": ROOT / "README.md", "zh": ROOT / "README.zh-CN.md"}
WIDTH = 100


def scan(lang: str) -> str:
    """The screen of the README's first command."""
    return screen("scan", "sample_logs/", "--grade", "A", "--lang", lang)


def screen(*arguments: str) -> str:
    """What csaudit prints, called beside sample_logs/, as a block of plain text."""
    environment = {**os.environ, "COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sample_logs").symlink_to(ROOT / "sample_logs")
        command = [sys.executable, "-m", "csaudit", *arguments]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    lines = [line.rstrip() for line in done.stdout.decode().strip("\n").splitlines()]
    return "\n".join(["```text", *lines, "```"])


def classes(lang: str) -> str:
    """The table of classes, from rules/taxonomy.yaml."""
    head = {"en": "| class | what counts | rules |", "zh": "| 类别 | 什么算 | 规则 |"}[lang]
    rules = pack.load()
    counted = dict.fromkeys(rules.classes, 0)
    for rule in rules.rules.values():
        counted[rule.class_id] += rule.status in audit.JUDGED
    rows = [
        f"| **{class_.id}** {class_.name[lang]} | {class_.summary[lang]} | {counted[class_.id]} |"
        for class_ in rules.classes.values()
    ]
    return "\n".join([head, "| --- | --- | --- |", *rows])


PARTS: Mapping[str, Callable[[str], str]] = {"scan": scan, "classes": classes}


def refreshed(text: str, lang: str, only: tuple[str, ...] = tuple(PARTS)) -> str:
    """Replace the generated parts of a README's text."""
    for name in only:
        part = re.compile(rf"(<!-- begin:{name} -->\n).*?(<!-- end:{name} -->)", re.DOTALL)
        if not part.search(text):
            raise SystemExit(f"the README ({lang}) lacks the part {name}")
        content = PARTS[name](lang)
        text = part.sub(lambda found, content=content: f"{found[1]}{content}\n{found[2]}", text)
    return text


if __name__ == "__main__":
    fresh = {file: refreshed(file.read_text(encoding="utf-8"), lang).encode() for lang, file in READMES.items()}
    deliver(fresh, check="--check" in sys.argv)
