"""The documents say what the program does: generated parts are fresh, links lead somewhere, examples run."""

import re
import sys
from pathlib import Path

import pytest

from csaudit import casecheck, pack
from csaudit.cli import COMMANDS

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import refresh_readme  # noqa: E402

READMES = [pytest.param(path, lang, id=path.name) for lang, path in refresh_readme.READMES.items()]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.zh-CN.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
]


@pytest.mark.parametrize(("path", "lang"), READMES)
def test_the_table_of_classes_is_the_packs(path, lang):
    """Stale? Run python scripts/refresh_readme.py."""
    text = path.read_text(encoding="utf-8")
    assert refresh_readme.refreshed(text, lang, only=("classes",)) == text


@pytest.mark.parametrize(("path", "lang"), READMES)
def test_the_screen_shown_is_what_the_scan_prints(path, lang):
    """What was audited, to the letter; incidents change with every rule, and scripts/refresh_readme.py --check is exact."""
    text = path.read_text(encoding="utf-8")
    shown, printed = (part.split("```text\n")[1].splitlines() for part in (text, refresh_readme.scan(lang)))
    assert shown[2:5] == printed[2:5]
    assert any(line.lstrip().startswith("A5") for line in shown)


@pytest.mark.parametrize(("path", "lang"), READMES)
def test_both_commands_are_one_line_each(path, lang):
    text = path.read_text(encoding="utf-8")
    scan, test = (re.findall(rf"<!-- command:{name} -->\n```bash\n(.+)\n```", text) for name in ("scan", "test"))
    assert len(scan) == len(test) == 1
    assert scan[0].startswith("python3 -m venv") and "csaudit scan sample_logs/ --grade A" in scan[0]
    assert test[0].endswith(".venv/bin/pytest")


@pytest.mark.parametrize(("path", "lang"), READMES)
def test_the_commands_named_exist(path, lang):
    """Every ``csaudit WORD`` in a README is a command."""
    named = set(re.findall(r"(?:^|`|bin/)csaudit ([a-z]+)\b", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert named - set(COMMANDS) == set()
    assert {"scan", "doctor", "show", "rules", "eval"} <= named


@pytest.mark.parametrize(("path", "lang"), READMES)
def test_the_example_of_a_pack_of_ones_own_works(path, lang, tmp_path):
    blocks = re.findall(r"```yaml\n# my-rules/(\S+)\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    for name, content in blocks:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    results = casecheck.run(pack.load([tmp_path]), ["A5d-our-groups"])
    assert results.height == 4
    assert results["fired"].to_list() == results["expected"].to_list()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not (path.parent / target).exists()] == []
