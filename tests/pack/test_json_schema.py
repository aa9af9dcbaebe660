"""The schemas for editors accept what the loader accepts, and refuse what it refuses."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from csaudit.config import builtin_rules
from csaudit.pack.json_schema import FILES, files, schemas
from packs import TINY

SCHEMAS = schemas()
HEAD = {"id": "A1a-it", "class": "A1", "scenario": "a"}


def schema_of(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder).parts
    if len(parts) == 1:
        return path.stem
    return {"signals": "signals", "lexicons": "lexicon"}.get(parts[0], "rule")


def refused(name: str, value: Any) -> bool:
    return not jsonschema.Draft202012Validator(SCHEMAS[name]).is_valid(value)


@pytest.mark.parametrize("name", FILES)
def test_each_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
    assert f"{name}.schema.json" in files()


@pytest.mark.parametrize("folder", [TINY, builtin_rules()], ids=["tiny", "built-in"])
def test_every_rule_file_fits(folder: Path) -> None:
    others = ("acts", "profiles", "tables")
    paths = [path for path in folder.rglob("*.yaml") if path.relative_to(folder).parts[0] not in others]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    assert [
        path.name
        for path in paths
        if refused(schema_of(path, folder), yaml.load(path.read_text(encoding="utf-8"), Loader=loader))
    ] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rule", HEAD | {"patern": {}}),
        ("rule", HEAD | {"pattern": {"anchor": "x", "when": {"has": "x", "wher": "after"}}}),
        ("rule", HEAD | {"pattern": {"anchor": "x", "when": {"has": "x", "within": "3 minutes"}}}),
        ("rule", HEAD | {"pattern": {"anchor": {"has": "x", "pick": "second"}}}),
        ("rule", HEAD | {"status": False}),  # a bare “off”
        ("rule", HEAD | {"cases": {"hits": [{"客": 1}]}}),
        ("rule", HEAD | {"confidence": 80}),
        ("signals", {"signals": [{"id": "x", "views": ["loud"]}]}),
        ("signals", {"signals": [{"id": "x", "any_of": [{"entity": "phone"}]}]}),
        ("signals", {"signals": [{"id": "x", "any_of": [315]}]}),
        ("lexicon", {"id": "x", "terms": ["甲", 12]}),
        ("taxonomy", {"classes": [{"grade": "A"}]}),
        ("targets", {"points": {"A": "100"}}),
    ],
)
def test_what_the_loader_refuses_is_refused(name: str, value: dict[str, Any]) -> None:
    assert refused(name, value)
