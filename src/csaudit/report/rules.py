"""The rules themselves on a screen: their list, what lint found, how their cases went."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

import polars as pl
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.text import Text

from csaudit.errors import CsauditError
from csaudit.pack.issue import Issue
from csaudit.pack.model import Pack
from csaudit.report import style
from csaudit.report.catalogue import Say, Texts
from csaudit.report.text import visible

WORDS: Final[Texts] = {
    "rule": ("规则", "Rule"),
    "title": ("名称", "Title"),
    "confidence": ("可信度", "Confidence"),
    "status": ("状态", "Status"),
    "cases": ("用例", "Cases"),
    "status-draft": ("草稿", "draft"),
    "status-trial": ("试行", "trial"),
    "status-active": ("启用", "active"),
    "status-retired": ("停用", "retired"),
    "clean": (
        "没有发现问题：{rules} 条规则，{signals} 个信号，{terms} 个词",
        "Nothing to mend: {rules} rules, {signals} signals, {terms} terms",
    ),
    "issues": ("{n} 个问题", "{n} thing to mend|{n} things to mend"),
    "all-right": ("{n} 个用例全部通过（{rules} 条规则）", "all {n} cases are right ({rules} rules)"),
    "wrong": (
        "{n} 个用例不对，共 {of} 个（{rules} 条规则）",
        "{n} of {of} cases is wrong ({rules} rules)|{n} of {of} cases are wrong ({rules} rules)",
    ),
    "should-fire": ("应命中而未命中", "should fire and did not"),
    "should-pass": ("应放行却命中了", "should pass and fired"),
    "not-checkable": ("无法核查：{reason}", "not checkable: {reason}"),
    "cited": ("依据：{signals}", "because of: {signals}"),
    "never_hit": ("没有用例命中", "no case hits"),
    "never_true": ("在任何用例中都不成立：", "holds in no case:"),
    "never_false": ("在所有用例中都成立：", "holds in every case:"),
    "unreached": ("{n} 处没有用例", "{n} thing no case tries|{n} things no case tries"),
    "reached": ("每个词和条件都有用例", "every phrase and condition is tried by a case"),
}


def render_list(pack: Pack, lang: str) -> RenderableType:
    """Draw all rules by class: id, title, status, confidence, number of cases."""
    say = Say(lang, WORDS)
    table = style.plain_table(padding=(0, 2, 0, 0))
    for name in ("rule", "title", "status"):
        table.add_column(say(name), overflow="fold")
    for name in ("confidence", "cases"):
        table.add_column(say(name), justify="right")
    for class_ in pack.classes.values():
        table.add_row(Text(f"{class_.id} {class_.name[lang]}", style.grade_style(class_.grade)))
        rules = sorted((rule for rule in pack.rules.values() if rule.class_id == class_.id), key=lambda rule: rule.id)
        for rule in rules:
            faint = style.FAINT if rule.status == "retired" else ""
            status = say(f"status-{rule.status}")
            cells = [f"  {rule.id}", rule.title[lang], status, f"{rule.confidence:.2f}", str(len(rule.cases))]
            table.add_row(*[Text(visible(cell)) for cell in cells], style=faint)
    return table


def render_page(page: str) -> RenderableType:
    """Draw a page of the handbook, which is Markdown."""
    return Markdown(visible_lines(page))


def visible_lines(text: str) -> str:
    """Text of several lines with everything but the line ends made visible."""
    return "\n".join(visible(line) for line in text.split("\n"))


# ---- lint -----------------------------------------------------------------------------------------------------------


def render_issues(issues: Iterable[Issue], pack: Pack, lang: str) -> RenderableType:
    """Draw what lint found, a line each: place, code, message, hint."""
    say = Say(lang, WORDS)
    lines = [_issue(issue, lang) for issue in issues]
    if lines:
        return Group(*lines, Text(say("issues", n=len(lines)), style.HEAD))
    terms = sum(len(lexicon.terms) for lexicon in pack.lexicons.values())
    return Text(say("clean", rules=len(pack.rules), signals=len(pack.signals), terms=terms))


def _issue(issue: Issue, lang: str) -> Text:
    hint = f" ({issue.hint[lang]})" if issue.hint else ""
    colour = "bold red" if issue.severity == "error" else style.WARNING
    return Text.assemble(
        f"{visible(str(issue.where))}: ", (f"{issue.code} ", colour), visible(f"{issue.message[lang]}{hint}")
    )


def issues_json(issues: Iterable[Issue], problems: Iterable[CsauditError], lang: str) -> str:
    """The same as JSON: code, severity, file, line, message, hint. Problems of loading have the code ``load``."""
    rows: list[dict[str, Any]] = [
        {
            "code": "load",
            "severity": "error",
            "file": str(problem.where.path) if problem.where else None,
            "line": problem.where.line if problem.where else None,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in problems
    ]
    rows += [
        {
            "code": issue.code,
            "severity": issue.severity,
            "file": str(issue.where.path),
            "line": issue.where.line,
            "message": issue.message[lang],
            "hint": issue.hint[lang] if issue.hint else None,
        }
        for issue in issues
    ]
    return _json({"issues": rows})


# ---- test -----------------------------------------------------------------------------------------------------------


def render_cases(cases: pl.DataFrame, lang: str) -> RenderableType:
    """Draw the cases (`casecheck.CASES`) that went wrong, and the count of all."""
    say = Say(lang, WORDS)
    wrong = cases.filter(pl.col("fired") != pl.col("expected"))
    rules = cases.get_column("rule_id").n_unique()
    lines = [line for row in wrong.to_dicts() for line in _case(row, say)]
    if wrong.is_empty():
        return Text(say("all-right", n=cases.height, rules=rules))
    return Group(*lines, Text(say("wrong", n=wrong.height, of=cases.height, rules=rules), style.HEAD))


def _case(row: dict[str, Any], say: Say) -> Iterator[Text]:
    yield Text.assemble(
        f"{visible(row['source_file'])}:{row['source_line']}: ",
        (f"{row['rule_id']} ", style.HEAD),
        (say("should-fire" if row["expected"] else "should-pass"), "bold red"),
    )
    for line in row["text"].splitlines():
        yield Text(f"    {visible(line)}")
    if row["unchecked"] and row["expected"]:
        yield Text(f"    {say('not-checkable', reason=row['unchecked'])}", style.FAINT)
    if row["cited"]:
        yield Text(f"    {say('cited', signals=', '.join(row['cited']))}", style.FAINT)


def render_unreached(unreached: pl.DataFrame, lang: str) -> RenderableType:
    """Draw what no case tries (`casecheck.UNREACHED`), a line each."""
    say = Say(lang, WORDS)
    if unreached.is_empty():
        return Text(say("reached"))
    lines = [
        Text.assemble(
            f"{visible(row['source_file'])}:{row['source_line']}: ",
            (f"{row['owner']} ", style.HEAD),
            (say(row["what"]), style.WARNING),
            f" {visible(row[lang])}",
        )
        for row in unreached.to_dicts()
    ]
    return Group(*lines, Text(say("unreached", n=len(lines)), style.HEAD))


def cases_json(cases: pl.DataFrame, unreached: pl.DataFrame | None = None) -> str:
    """All cases as JSON, right and wrong, and what no case reaches where that was asked for."""
    right = cases.with_columns(right=pl.col("fired") == pl.col("expected"))
    document: dict[str, Any] = {"cases": right.to_dicts()}
    if unreached is not None:
        document["unreached"] = unreached.to_dicts()
    return _json(document)


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
