"""The rules of the house, checked by machine: where Python may loop, how long code is, what the repository may name."""

import ast
import re
import statistics
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "csaudit"
MODULES = sorted(SOURCE.rglob("*.py"))

PYTHON_LOOPS = {"map_elements", "map_rows", "map_groups", "iter_rows", "iter_slices", "to_dicts", "rows", "rows_by_key"}
MAY_LOOP = (
    "signals/spans.py",  # hits whose span is mapped back
    "signals/tokens.py",  # texts that jieba must see
    "signals/fire.py",  # the same, handed to tokens
    "signals/terms.py",  # matchers of the pack
    "rules/incidents.py",  # incidents
    "rules/explain.py",  # the one conversation explained
    "rules/nodes.py",  # its conditions
    "report/",  # what is shown
)
"""Each bounded by hits or by what is shown; docs/architecture.md says so."""


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def functions(path: Path) -> list[tuple[str, int]]:
    """Names and lengths (without the docstring) of the functions of a module."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            found.append((f"{name(path)}:{node.name}", length))
    return found


@pytest.mark.parametrize("path", [path for path in MODULES if not name(path).startswith(MAY_LOOP)], ids=name)
def test_no_python_loop_over_rows(path):
    called = {
        (node.func.attr, node.lineno)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert [(method, line) for method, line in called if method in PYTHON_LOOPS] == []


def test_files_are_short():
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {path: length for path, length in lengths.items() if length > 400} == {}
    assert statistics.median(length for length in lengths.values() if length > 3) <= 150


def test_functions_are_short():
    lengths = [function for path in MODULES for function in functions(path)]
    assert [function for function in lengths if function[1] > 60] == []
    assert statistics.median(length for _, length in lengths) <= 10


def tracked() -> list[Path]:
    """The files of the repository, or of an unpacked archive of it."""
    if not (ROOT / ".git").exists():
        return [path for folder in ("src", "rules", "tests", "docs") for path in (ROOT / folder).rglob("*.*")]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / path for path in listed.split("\0") if path and (ROOT / path).is_file()]


def test_nothing_names_a_machine_or_a_registry():
    """Paths of one machine and addresses of package indexes do not belong to the project."""
    homes = "|".join(["home/[a-z]", "root/", "work/", "tmp/", "Users/"])
    hosts = "|".join(["pypi" + r"\.org/simple", "python" + "hosted", "index" + "-url", "find" + "-links"])
    forbidden = re.compile(rf"(?<![\w.~$}}*])/(?:{homes})|{hosts}")
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" in content[:1000] or path.suffix in (".tsv", ".jsonl"):
            continue
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), 1):
            if forbidden.search(line) and path != Path(__file__):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_no_loose_ends():
    """No TODO, no stub left."""
    loose = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError)\b")
    found = [name(path) for path in MODULES if loose.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_constraints_are_names_and_versions_only():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!_-]+", pin)] == []
