"""Packs made of a few lines, laid over the tiny one."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

from csaudit.pack import Pack
from csaudit.yamlfile import Problems

TINY = Path(__file__).parent / "pack" / "data" / "tiny"

Examine = Callable[[dict[str, str]], tuple[Pack, Problems]]
"""Takes files by name, gives the pack and what is wrong with it."""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder
