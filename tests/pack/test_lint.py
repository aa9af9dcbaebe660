"""What lint finds in a pack that works."""

from pathlib import Path

import pytest

from csaudit import pack
from csaudit.pack.checks import PLACEHOLDERS
from packs import TINY, Examine

RULE = (TINY / "A1" / "A1a-insult.yaml").read_text(encoding="utf-8")


def issues(examine: Examine, files: dict[str, str]) -> list[tuple[str, str]]:
    """Code and English message of what lint finds, beside what every pack without further rules lacks."""
    loaded, problems = examine(files)
    assert problems == []
    return [(issue.code, issue.message.en) for issue in pack.lint(loaded)]


def signals(any_of: str) -> dict[str, str]:
    """Files with one more phrase list in the signal that the tiny pack's rule uses."""
    return {"signals/more.yaml": f"signals:\n  - id: insults\n    add: {{any_of: {any_of}}}\n"}


def test_the_tiny_pack_is_clean(examine: Examine) -> None:
    assert issues(examine, {}) == []


@pytest.mark.parametrize(
    ("any_of", "code", "message"),
    [
        ("[你有病]", "duplicate-phrase", "“你有病” and “你有病” are the same word"),
        ("[ＳＢ, sb]", "duplicate-phrase", "“sb” and “ＳＢ” are the same word"),
        ("[你有病吧]", "contained-phrase", "in signal insults “你有病” makes “你有病吧” redundant"),
        ('["12315", {lexicon: authorities}]', "duplicate-phrase", "“12315” stands in the lexicon authorities"),
        (
            "[{regex: '滚\\b'}]",
            "bare-boundary",
            "\\b in the regex “滚\\b” of signal insults does not work beside Chinese",
        ),
        (
            "[{regex: '[0-9]{3}|[a-z]+'}]",
            "no-literal",
            "the regex “[0-9]{3}|[a-z]+” of signal insults holds no literal",
        ),
        ("[{regex: 'SB人'}]", "not-folded", "folded text never holds the “SB” in the regex “SB人” of signal insults"),
        ("['滾…(吧|啊)']", "not-simplified", "“滾…(吧|啊)” of signal insults never matches: “滾” is Traditional"),
    ],
)
def test_words(examine: Examine, any_of: str, code: str, message: str) -> None:
    tables = {"tables/traditional.tsv": "滾\t滚\n"}
    ((found, text),) = issues(examine, signals(any_of) | tables)
    assert (found, text[: len(message)]) == (code, message)


@pytest.mark.parametrize(
    "any_of",
    [
        "[sb, sb250]",  # a Latin term does not hit within another
        "[{regex: '(?-u:\\b)sb(?-u:\\b)'}]",
        "[{regex: '[^。！？]{0,5}滚'}]",  # what a class leaves out may be anything
        "[{regex: '[?？!]+'}]",  # a short class is as good as literals
        "[{regex: '[0-9]{3,4}元'}]",
        "['滚…(吧|啊)']",
    ],
)
def test_words_that_are_fine(examine: Examine, any_of: str) -> None:
    assert issues(examine, signals(any_of)) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("A1/A1a-other.yaml", "", "", "file-name"),
        ("A6/A1a-insult.yaml", "", "", "folder"),
        ("A1/A1b-insult.yaml", "id: A1a-insult", "id: A1b-insult", "rule-id"),
        ("A1/A1a-insult.yaml", "    - 真是白痴\n", "", "few-cases"),
        ("A1/A1a-insult.yaml", "confidence: 0.9", "confidence: 1.5", "confidence"),
        ("A1/A1a-insult.yaml", "{words}", "{word}", "placeholder"),
        ("A1/A1a-insult.yaml", "{words}", "{terms}", "placeholder"),
        ("A1/A1a-insult.yaml", "{words}", "{", "placeholder"),
        ("A1/A1a-insult.yaml", ", en: insults the customer", "", "no-english"),
        ("A1/A1a-insult.yaml", "zh: 辱骂客户,", "zh: insult,", "no-chinese"),
    ],
)
def test_rules(tmp_path: Path, file: str, old: str, new: str, code: str) -> None:
    folder = tmp_path / "pack"
    for path in TINY.rglob("*.yaml"):
        if path.name != "A1a-insult.yaml":
            target = folder / path.relative_to(TINY)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(RULE.replace(old, new), encoding="utf-8")
    assert {issue.code for issue in pack.lint(pack.load([folder], builtin=False))} == {code}


def test_what_nothing_uses(examine: Examine) -> None:
    files = {
        "signals/more.yaml": "signals:\n  - {id: idle, title: {zh: 闲, en: idle}, role: agent, any_of: [闲]}\n",
        "lexicons/idle.yaml": "id: idle-words\ntitle: {zh: 闲, en: idle}\nterms: [闲]\n",
    }
    assert sorted(issues(examine, files)) == [
        ("unused-lexicon", "no signal uses the lexicon idle-words"),
        ("unused-signal", "no rule uses the signal idle"),
    ]


def test_a_scenario_without_a_rule(examine: Examine) -> None:
    files = {"pack.yaml": "name: t\nversion: '1'\nretired: [A6a-ignored]\n"}
    assert ("no-rule", "scenario A6a (ignores it) has no rule") in issues(examine, files)


def test_issues_come_by_file_and_line(examine: Examine) -> None:
    loaded, _ = examine(
        signals("[你有病吧, 白痴啊]") | {"lexicons/z.yaml": "id: z\ntitle: {zh: 字, en: z}\nterms: [字]\n"}
    )
    places = [(Path(issue.where.path).name, issue.where.line) for issue in pack.lint(loaded)]
    assert places == [("z.yaml", 1), ("more.yaml", 2), ("more.yaml", 2)]


def test_placeholders_are_those_that_reports_fill_in() -> None:
    from csaudit.rules import sentences

    source = Path(sentences.__file__).read_text(encoding="utf-8")
    assert [name for name in PLACEHOLDERS if f'"{name}": ' not in source] == []
