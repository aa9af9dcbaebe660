"""How YAML is read: strictly, with every error of a file at once and in its place."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csaudit import yamlfile
from csaudit.yamlfile import Node, Problems

FILE = Path("rule.yaml")


def parsed(text: str) -> tuple[Node, Problems]:
    problems: Problems = []
    return yamlfile.parse(text, FILE, problems), problems


def messages(text: str) -> list[str]:
    return [str(problem) for problem in parsed(text)[1]]


def test_values_are_what_is_written() -> None:
    root, problems = parsed("id: A1a-x\nconfidence: 0.8\nword: true\nfrom: 2026-06-01\nterms: [甲, 乙]\n")
    assert root.need("id").text() == "A1a-x"
    assert root.get("confidence").number(least=0, most=1) == 0.8
    assert root.get("word").flag() is True
    assert root.get("from").date() == "2026-06-01"
    assert [term.text() for term in root.get("terms").one_or_more()] == ["甲", "乙"]
    assert [term.text() for term in root.get("id").one_or_more()] == ["A1a-x"]
    root.close()
    assert problems == []


def test_an_absent_key_gives_its_default() -> None:
    root, problems = parsed("id: x\n")
    assert not root.get("word")
    assert root.get("word").flag(default=True) is True
    assert root.get("views").one_or_more() == []
    assert root.get("nothing").get("deeper").number(3) == 3
    assert problems == []
    root.need("title")
    assert [str(p) for p in problems] == ["rule.yaml:1: “title” is missing"]


@pytest.mark.parametrize("surprise", ["no", "Yes", "on", "12:30", "315", "2026-06-01", "1.0e+3", "0x1F", "true", ".5"])
def test_what_yaml_would_not_read_as_text_must_be_quoted(surprise: str) -> None:
    root, problems = parsed(f"plain: {surprise}\nquoted: '{surprise}'\n")
    assert root.get("quoted").text() == surprise
    assert problems == []
    root.get("plain").text()
    assert [str(p) for p in problems] == [
        f'rule.yaml:1: YAML does not read “plain: {surprise}” as a text (write "{surprise}" in quotes)'
    ]


@pytest.mark.parametrize("wrong", ["'3'", "three", "3 min", "1_000", "[3]", "0b11"])
def test_only_plain_decimals_are_numbers(wrong: str) -> None:
    root, problems = parsed(f"n: {wrong}\n")
    assert root.get("n").number(7) == 7
    assert len(problems) == 1


def test_only_true_and_false_are_flags() -> None:
    root, problems = parsed("a: yes\nb: True\nc: 'true'\nd: false\n")
    assert [root.get(key).flag() for key in "abcd"] == [False] * 4
    assert [p.where.line for p in problems if p.where] == [1, 2, 3]


def test_unknown_keys_come_with_the_nearest_known_one() -> None:
    root, problems = parsed("id: x\nconfidense: 1\nwhatever: 2\n")
    root.need("id")
    root.get("confidence")
    root.close()
    assert [str(p) for p in problems] == [
        "rule.yaml:2: unknown key “confidense” (did you mean confidence?)",
        "rule.yaml:3: unknown key “whatever” (one of: confidence, id)",
    ]


def test_problems_are_told_in_chinese_too() -> None:
    root, problems = parsed("id: x\nconfidense: yes\n")
    root.need("id")
    root.get("confidence")
    root.need("title")
    root.close()
    assert [p.told("zh") for p in problems] == [
        "rule.yaml:1: 缺少“title”",
        "rule.yaml:2: 不认识的键“confidense”（是不是 confidence？）",
    ]


def test_duplicate_keys_name_both_lines() -> None:
    assert messages("id: a\ntitle: b\nid: c\n") == ["rule.yaml:3: “id” is given twice (first in line 1)"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: &x 1\n", ":1: anchors (&x)"),
        ("a: 1\nb: *x\n", ":2: aliases (*x)"),
        ("a: 1\n<<: {b: 2}\n", ":2: merge keys"),
        ("a: !!python/object:os.system x\n", ":1: tags ("),
        ("a: 1\n---\nb: 2\n", ":2: further documents"),
        ("- a\n", ":1: the file must hold"),
        ("[a]: b\n", ":1: a key must be a word"),
        ("a:\nb: 1\n", ":1: “a” has no value"),
        ("a: 1\n b: 2\n", ":2: not valid YAML: mapping values are not allowed in this context"),
        ("a: '\n", ": not valid YAML"),
        ("a: \x07\n", ": not valid YAML"),
        ("a: " + "[" * 60 + "]" * 60 + "\n", ":1: nested deeper than 50 levels"),
    ],
)
def test_what_is_refused(text: str, part: str) -> None:
    (message,) = messages(text)
    assert part in message


def test_a_file_that_cannot_be_used_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_bytes(b"#" * (yamlfile.MAX_BYTES + 1))
    (tmp_path / "gbk.yaml").write_bytes("id: 投诉".encode("gb18030"))
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfid: x\n")
    problems: Problems = []
    assert not yamlfile.read(tmp_path / "big.yaml", problems)
    assert not yamlfile.read(tmp_path / "gbk.yaml", problems)
    assert not yamlfile.read(tmp_path / "none.yaml", problems)
    assert [p.message.en.split(" (")[0] for p in problems] == [
        "the file is too large",
        "the file is not UTF-8 text",
        "there is no such file",
    ]
    assert yamlfile.read(tmp_path / "bom.yaml", problems).need("id").text() == "x"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="a:-[]{}&*!?#'\"|>\n 客\t,", max_size=40))
def test_any_text_gives_a_node_or_problems(text: str) -> None:
    root, problems = parsed(text)
    assert root or problems
    for problem in problems:
        assert problem.where is not None
