"""``csaudit rules`` as it is called: what it prints and how it exits."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from csaudit.cli import app
from packs import TINY, write

Rules = Callable[..., Result]


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rules:
    """Run ``csaudit rules`` over the tiny pack, in an empty folder, in Chinese."""
    monkeypatch.setattr("csaudit.pack.loader.builtin_rules", lambda: TINY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*args: str) -> Result:
        lang = () if args[0] in ("docs", "new") else ("--lang", "zh")
        return CliRunner().invoke(app, ["rules", *args, *lang])

    return run


def own(**files: str) -> None:
    """Write files of a pack `own` in the working folder; ``__`` in a name stands for ``/``."""
    write(Path("own"), {name.replace("__", "/") + ".yaml": text for name, text in files.items()})


def test_list_shows_every_rule_in_its_class(rules: Rules) -> None:
    result = rules("list")
    assert result.exit_code == 0
    assert [line.split() for line in result.stdout.splitlines()[1:]] == [
        ["A1", "态度恶劣"],
        ["A1a-insult", "辱骂客户", "启用", "0.90", "4"],
        ["A6", "敏感投诉处理不当"],
        ["A6a-ignored", "无视敏感投诉", "启用", "0.80", "4"],
    ]


def test_show_takes_the_beginning_of_an_id(rules: Rules) -> None:
    result = rules("show", "A6")
    assert result.exit_code == 0
    for text in ("A6a-ignored 无视敏感投诉", "之后客服 2 轮内没有「安抚」", "客户：再不退我找消协", "安抚并升级。"):
        assert text in result.stdout


def test_show_of_no_rule_or_of_several(rules: Rules) -> None:
    assert rules("show", "B7").exit_code == 2
    shown = rules("show", "A").stdout
    assert shown.index("辱骂客户") < shown.index(rules("show", "A6").stdout.splitlines()[0].strip("# "))


def test_lint_of_a_clean_pack(rules: Rules) -> None:
    result = rules("lint")
    assert (result.exit_code, result.stdout) == (0, "没有发现问题：2 条规则，4 个信号，3 个词\n")


def test_lint_prints_a_line_for_each_issue_and_exits_with_1(rules: Rules) -> None:
    own(signals__more="signals:\n  - {id: insults, add: {any_of: [你有病吧]}}\n")
    result = rules("lint", "--rules", "own")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "own/signals/more.yaml:2: contained-phrase 信号 insults 有了“你有病”，“你有病吧”就多余了",
        "1 个问题",
    ]


def test_lint_of_a_pack_that_does_not_load_exits_with_2(rules: Rules) -> None:
    own(signals__more="signals:\n  - {id: insults, add: {any_of: [315]}}\n")
    result = rules("lint", "--rules", "own")
    assert result.exit_code == 2
    assert 'own/signals/more.yaml:2: YAML 不把 “any_of: 315” 当作文字（加上引号："315"）' in result.stderr


def test_lint_as_json(rules: Rules) -> None:
    own(signals__more="signals:\n  - {id: insults, add: {any_of: [你有病吧]}}\n  - {id: x, roel: agent}\n")
    result = rules("lint", "--rules", "own", "--format", "json")
    assert result.exit_code == 2
    found = json.loads(result.stdout)["issues"]
    assert [(issue["code"], issue["severity"], issue["file"], issue["line"]) for issue in found] == [
        ("load", "error", "own/signals/more.yaml", 3),
        ("load", "error", "own/signals/more.yaml", 3),
        ("load", "error", "own/signals/more.yaml", 3),
        ("contained-phrase", "warning", "own/signals/more.yaml", 2),
    ]
    assert found[2]["message"] == "不认识的键“roel”"
    assert found[2]["hint"] == "是不是 role？"


def test_test_says_that_all_is_right(rules: Rules) -> None:
    result = rules("test")
    assert (result.exit_code, result.stdout) == (0, "8 个用例全部通过（2 条规则）\n")


def test_test_shows_what_went_wrong_and_exits_with_1(rules: Rules) -> None:
    own(A1__A1a_insult="id: A1a-insult\nadd:\n  cases:\n    passes:\n      - 你有病\n")
    result = rules("test", "A1", "--rules", "own")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "own/A1/A1a_insult.yaml:5: A1a-insult 应放行却命中了",
        "    服: 你有病",
        "    依据：insults",
        "1 个用例不对，共 5 个（1 条规则）",
    ]


def test_test_with_coverage_names_what_no_case_tries(rules: Rules) -> None:
    result = rules("test", "A6", "--coverage")
    assert result.exit_code == 0
    assert "soothes 没有用例命中 “对不起”" in result.stdout
    document = json.loads(rules("test", "A6", "--coverage", "--format", "json").stdout)
    assert [case["right"] for case in document["cases"]] == [True] * 4
    assert [(part["owner"], part["what"]) for part in document["unreached"]] == [
        ("A6a-ignored", "never_false"),
        ("threatens-authority", "never_hit"),
        ("soothes", "never_hit"),
    ]


def test_test_measures_the_learned_acts(rules: Rules) -> None:
    own(
        acts__acts="acts:\n  - {id: stall, role: agent, title: {zh: 拖延, en: stalls}}\n",
        acts__model__stall="""\
            id: stall
            role: agent
            title: {zh: 拖延, en: stalls}
            bias: -1.0
            weights: stall.tsv
            thresholds: {sure: 2, likely: 0.5, possible: -0.5}
            """,
    )
    Path("own/acts/model/stall.tsv").write_text("ngram\tweight\n再等\t2.0\n", encoding="utf-8")
    held = ["您再等等", "再等一下", "马上给您发", "已经发了"]
    rows = [{"text": text, "label": int("等" in text), "hold": True} for text in held]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    Path("own/acts/stall.jsonl").write_text(lines, encoding="utf-8")
    (act,) = json.loads(rules("test", "--rules", "own", "--format", "json").stdout)["acts"]
    assert act["act"] == "stall"
    assert "stall" in rules("test", "--rules", "own").stdout
    assert "stall" not in rules("test", "A1", "--rules", "own").stdout


def test_wrong_choices(rules: Rules) -> None:
    assert rules("test", "B9").exit_code == 2
    assert rules("test", "--format", "xml").exit_code == 2
    assert CliRunner().invoke(app, ["rules", "list", "--lang", "fr"]).exit_code == 2


def test_docs_are_written_and_checked(rules: Rules) -> None:
    assert rules("docs", "--out", "manual", "--check").exit_code == 1
    assert rules("docs", "--out", "manual").exit_code == 0
    assert rules("docs", "--out", "manual", "--check").exit_code == 0
    assert Path("manual/handbook.zh-CN.md").read_text(encoding="utf-8").startswith("# 客服质检手册\n")
    with Path("manual/handbook.md").open("a", encoding="utf-8") as file:
        file.write("by hand\n")
    result = rules("docs", "--out", "manual", "--check")
    assert result.exit_code == 1
    assert "manual/handbook.md" in result.stderr


def test_new_writes_a_rule_that_lints_and_whose_cases_are_right(rules: Rules) -> None:
    assert rules("new", "A1a-shouts", "--in", "own").exit_code == 0
    lint = rules("lint", "--rules", "own")
    assert (lint.exit_code, lint.stderr) == (0, "")
    assert rules("test", "A1a-shouts", "--rules", "own").stdout == "4 个用例全部通过（1 条规则）\n"


@pytest.mark.parametrize("id_", ["shouts", "A1-shouts", "A3a-shouts", "A1c-shouts", "A1a-insult", "A1a-Shouts"])
def test_new_refuses_an_id_that_cannot_be(rules: Rules, id_: str) -> None:
    assert rules("new", id_, "--in", "own").exit_code == 2
    assert not Path("own").exists()


def test_new_does_not_overwrite(rules: Rules) -> None:
    rules("new", "A1a-shouts", "--in", "own")
    assert rules("new", "A1a-shouts", "--in", "own").exit_code == 2
