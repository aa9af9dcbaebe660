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
    "acts": ("学到的行为，在未参与学习的例句上", "Learned acts, on utterances kept back from learning"),
    "act": ("行为", "Act"),
    "positives": ("例句", "Utterances"),
    "average_precision": ("平均精度", "Average precision"),
    "sure_precision": ("sure 准确", "sure prec."),
    "sure_recall": ("召回", "recall"),
    "likely_precision": ("likely 准确", "likely prec."),
    "likely_recall": ("召回", "recall"),
    "possible_precision": ("possible 准确", "possible prec."),
    "possible_recall": ("召回", "recall"),
    "device": ("伪装手法", "Disguise"),
    "view": ("视图", "View"),
    "tried": ("试了", "Tried"),
    "caught": ("识破", "Caught"),
    "share": ("比例", "Share"),
    "signal": ("信号", "Signal"),
    "hits": ("命中", "Hits"),
    "messages": ("消息", "Messages"),
    "per_1000": ("每千条", "per 1,000"),
    "example": ("例", "Example"),
    "missed": ("没识破：{devices}", "missed: {devices}"),
    "keywords": ("{n} 个词，伪装 {tried} 次，识破 {share:.1%}", "{n} keywords, {tried} disguises, {share:.1%} caught"),
    "no-keywords": ("没有信号使用有损视图（views）", "no signal looks through a lossy view (views)"),
    "clean-corpus": ("干净语料上只有有损视图才看到的命中", "Hits on the clean corpus that only lossy views see"),
    "no-added": ("没有：有损视图在干净语料上没有误报", "none: the lossy views add no false hit"),
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
            "message": problem.message[lang],
            "hint": problem.hint[lang] if problem.hint else None,
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


def render_acts(acts: pl.DataFrame, lang: str) -> RenderableType:
    """Draw how well learned acts do on utterances kept back from learning (`held_back.MEASURES`)."""
    say = Say(lang, WORDS)
    columns = [name for name in acts.columns if acts.schema[name] == pl.Float64 and name != "alarms_per_1000"]
    table = style.plain_table(title=say("acts"), title_justify="left", padding=(0, 2, 0, 0))
    table.add_column(say("act"), no_wrap=True)
    table.add_column(say("positives"), justify="right")
    for name in columns:
        table.add_column(say(name), justify="right")
    for row in acts.to_dicts():
        figures = ("–" if row[name] is None else f"{row[name]:.2f}" for name in columns)
        table.add_row(Text(row["act"]), str(row["positives"]), *figures)
    return table


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


# ---- evasion --------------------------------------------------------------------------------------------------------


def render_evasion(keywords: pl.DataFrame, lang: str) -> RenderableType:
    """Draw what of `evasion.KEYWORDS` is caught: by device, then each keyword that some device hides, worst first."""
    say = Say(lang, WORDS)
    if keywords.is_empty():
        return Text(say("no-keywords"))
    shares = keywords.group_by("signal", "term").agg(
        tried=pl.len(), caught=pl.col("caught").sum(), missed=pl.col("device").filter(~pl.col("caught")).sort()
    )
    hidden = shares.filter(pl.col("caught") < pl.col("tried")).sort(
        pl.col("caught") / pl.col("tried"), "signal", "term"
    )
    lines = [
        Text.assemble(
            (f"{row['caught']}/{row['tried']} ", style.WARNING),
            f"{row['signal']} {visible(row['term'])} ",
            (say("missed", devices=" ".join(row["missed"])), style.FAINT),
        )
        for row in hidden.to_dicts()
    ]
    total = {"n": shares.height, "tried": keywords.height, "share": keywords.get_column("caught").mean()}
    return Group(*lines, _devices(keywords, say), Text(say("keywords", **total), style.HEAD))


def _devices(keywords: pl.DataFrame, say: Say) -> RenderableType:
    table = style.plain_table(padding=(0, 2, 0, 0))
    table.add_column(say("device"))
    for name in ("tried", "caught", "share"):
        table.add_column(say(name), justify="right")
    by_device = keywords.group_by("device").agg(tried=pl.len(), caught=pl.col("caught").sum()).sort("device")
    for row in by_device.to_dicts():
        table.add_row(row["device"], str(row["tried"]), str(row["caught"]), f"{row['caught'] / row['tried']:.1%}")
    return table


def render_added(added: pl.DataFrame, lang: str) -> RenderableType:
    """Draw the false hits that lossy views add on a clean corpus (`evasion.ADDED`)."""
    say = Say(lang, WORDS)
    if added.is_empty():
        return Text(say("no-added"))
    table = style.plain_table(title=say("clean-corpus"), title_justify="left", padding=(0, 2, 0, 0))
    for name in ("view", "signal"):
        table.add_column(say(name))
    for name in ("hits", "messages", "per_1000"):
        table.add_column(say(name), justify="right")
    table.add_column(say("example"), overflow="fold")
    for row in added.to_dicts():
        figures = [f"{row['hits']:,}", f"{row['messages']:,}", f"{row['per_1000']:.2f}"]
        table.add_row(row["view"], row["signal"], *figures, Text(visible(row["example"])))
    return table


def evasion_json(keywords: pl.DataFrame, added: pl.DataFrame | None) -> str:
    """Every disguise tried, and what the views add on a clean corpus, as JSON."""
    return _json({"keywords": keywords.to_dicts(), "added": None if added is None else added.to_dicts()})


def cases_json(cases: pl.DataFrame, unreached: pl.DataFrame | None = None, acts: pl.DataFrame | None = None) -> str:
    """All cases as JSON, right and wrong; beside them what no case tries and how acts do, where that was asked for."""
    right = cases.with_columns(right=pl.col("fired") == pl.col("expected"))
    document: dict[str, Any] = {"cases": right.to_dicts()}
    if unreached is not None:
        document["unreached"] = unreached.to_dicts()
    if acts is not None:
        document["acts"] = acts.to_dicts()
    return _json(document)


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
