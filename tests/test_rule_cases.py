"""The built-in rules: sound, clean, and right about their own cases. A test is named after its rule."""

import polars as pl
import pytest

from csaudit import casecheck, pack

PACK, PROBLEMS = pack.examine()
TESTED = sorted(rule.id for rule in PACK.rules.values() if rule.status in casecheck.TESTED)


@pytest.fixture(scope="module")
def cases() -> pl.DataFrame:
    return casecheck.run(PACK)


def test_the_rules_load() -> None:
    assert [str(problem) for problem in PROBLEMS] == []


def test_lint_finds_nothing() -> None:
    assert [f"{issue.where}: {issue.code} {issue.message.en}" for issue in pack.lint(PACK)] == []


@pytest.mark.parametrize("rule_id", TESTED)
def test_cases(rule_id: str, cases: pl.DataFrame) -> None:
    wrong = cases.filter(pl.col("rule_id") == rule_id, pl.col("expected") != pl.col("fired"))
    told = [
        f"line {row['source_line']}: {'should fire' if row['expected'] else 'should pass'}: {row['text']}"
        for row in wrong.to_dicts()
    ]
    assert told == []
