"""docs/input.md tells all there is, and its csaudit.yaml works."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from csaudit import config
from csaudit.config import FIELDS, Config

MANUAL = (Path(__file__).parents[2] / "docs" / "input.md").read_text(encoding="utf-8")


def test_the_configuration_shown_can_be_read_and_has_every_key(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
    (tmp_path / "agents.csv").touch()
    (tmp_path / "our-rules").mkdir()
    (tmp_path / "csaudit.yaml").write_text(example, encoding="utf-8")
    read = config.load(tmp_path / "csaudit.yaml")
    left_out = [each.name for each in fields(Config) if f"\n{each.name}:" not in f"\n{example}"]
    assert left_out == ["path"]
    assert read.session_gap == Config().session_gap


def test_every_field_is_explained() -> None:
    assert [name for name in FIELDS if f"`{name}`" not in MANUAL] == []
