"""``csaudit eval``: measure the rules against labelled conversations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from csaudit.cli.words import WORDS as COMMON
from csaudit.cli.words import say as program_says
from csaudit.errors import ConfigError
from csaudit.report.catalogue import LANGUAGES, Say, Texts

if TYPE_CHECKING:
    from rich.console import Group

    from csaudit.evaluate import Evaluation
    from csaudit.pack.model import Pack

WORDS: Final[Texts] = {
    "eval": (
        "用标注好的会话衡量规则：每一类、每一级和总体的准确率、召回率和 F1。",
        "Measure the rules against labelled conversations: precision, recall and F1 per class, grade and over all.",
    ),
    "gold": (
        "文件夹，或 NAME.messages.jsonl、NAME.labels.jsonl、NAME.kinds.jsonl 的前缀；给几个就分别报告，再合并报告。",
        "Folders or prefixes of NAME.messages.jsonl, NAME.labels.jsonl, NAME.kinds.jsonl; several are also pooled.",
    ),
    "evasion": (
        "伪装句文件：每行一句客服的话（id、platform、class 或 null、device、text）。",
        "Single agent messages as JSON lines: id, platform, class or null, device, text.",
    ),
    "errors": ("列出漏报和误报，附整段对话。", "List misses and false alarms, each with its dialogue."),
    "by-rule": ("列出每条规则触发几次、对几次。", "How often each rule fired, and was right."),
    "json": ("把全部数字和逐条结果写入文件。", "Write all figures and every outcome to FILE."),
    "compare": ("与此前 --json 写出的文件比较。", "What changed since an earlier --json FILE."),
    "min": (
        "{what}下限：X 或 NAME=X（all、macro、等级或类别），可重复；达不到则退出码为 1。",
        "Least {what}: X or NAME=X (all, macro, a grade, a class); repeatable; below it, exit with 1.",
    ),
    "f1": ("F1", "F1"),
    "precision": ("准确率", "precision"),
    "recall": ("召回率", "recall"),
    "max-false-alarms": (
        "有误报的会话占比上限：hard_negative=X 或 ordinary=X，可重复；超过则退出码为 1。",
        "Greatest share of hard_negative or ordinary conversations with a false alarm; repeatable; above it, exit with 1.",
    ),
    "nothing": ("没有可比的标注", "nothing to measure against"),
    "nothing-hint": ("给出 GOLD，或 --evasion FILE", "give GOLD, or --evasion FILE"),
    "not-a-bound": ("“{value}”不是界限", "“{value}” is not a bound"),
    "not-written": ("{path} 写不进去：{problem}", "{path} cannot be written: {problem}"),
    "bound-forms": ("写成 0.8 或 A5=0.8", "write 0.8 or A5=0.8"),
}
say: Final = Say(program_says.lang, {**COMMON, **WORDS})


def _option(key: str, *names: str, metavar: str | None = None, **values: object) -> object:
    return typer.Option(*names, help=say(key, **values), metavar=metavar, show_default=False)


def evaluate(
    gold: Annotated[list[Path] | None, typer.Argument(metavar="GOLD...", help=say("gold"), show_default=False)] = None,
    *,
    evasion: Annotated[Path | None, _option("evasion", "--evasion", metavar="FILE")] = None,
    rules: Annotated[list[Path] | None, _option("rules", "--rules", metavar="DIR")] = None,
    grade: Annotated[list[str] | None, _option("grade", "--grade", metavar="GRADE")] = None,
    class_: Annotated[list[str] | None, _option("class", "--class", metavar="CLASS")] = None,
    min_confidence: Annotated[float, _option("min-confidence", "--min-confidence", metavar="X")] = 0.0,
    errors: Annotated[bool, _option("errors", "--errors")] = False,
    by_rule: Annotated[bool, _option("by-rule", "--by-rule")] = False,
    json_file: Annotated[Path | None, _option("json", "--json", metavar="FILE")] = None,
    compare: Annotated[Path | None, _option("compare", "--compare", metavar="FILE")] = None,
    min_f1: Annotated[list[str] | None, _option("min", "--min-f1", metavar="X", what=say("f1"))] = None,
    min_precision: Annotated[
        list[str] | None, _option("min", "--min-precision", metavar="X", what=say("precision"))
    ] = None,
    min_recall: Annotated[list[str] | None, _option("min", "--min-recall", metavar="X", what=say("recall"))] = None,
    max_false_alarms: Annotated[
        list[str] | None, _option("max-false-alarms", "--max-false-alarms", metavar="KIND=X")
    ] = None,
    lang: Annotated[str | None, _option("lang", "--lang", metavar="LANG")] = None,
) -> None:
    """Read the options, measure, print; exit with 1 where a bound fails."""
    from csaudit import config, pack
    from csaudit import evaluate as measuring
    from csaudit.audit import Selection
    from csaudit.cli.choices import one_of, several
    from csaudit.cli.console import output
    from csaudit.report import evaluation as report

    if not gold and evasion is None:
        raise ConfigError(say("nothing"), hint=say("nothing-hint"))
    least = {"f1": _bounds(min_f1), "precision": _bounds(min_precision), "recall": _bounds(min_recall)}
    most = _bounds(max_false_alarms)
    earlier = measuring.Evaluation.from_json(compare) if compare else None
    settings = config.load()
    loaded = pack.load([*settings.rules, *(rules or [])])
    tongue = one_of(lang or settings.lang or say.lang, LANGUAGES, "what-lang")
    screen = output()
    if evasion is not None:
        screen.print(_evasion(evasion, loaded, tongue, errors=errors))
    if not gold:
        return
    selection = Selection(
        grades=several(grade or [], loaded.grades, "what-grade"),
        classes=several(class_ or [], list(loaded.classes), "what-class"),
        min_confidence=min_confidence,
    )
    golds = [one for where in gold for one in measuring.read_gold(where)]
    result, messages = measuring.run(golds, loaded, settings, selection, lang=tongue)
    if errors:
        screen.print(report.render_errors(result.pairs, messages, tongue))
    if by_rule:
        screen.print(report.render_rules(result.rules, tongue))
    screen.print(report.render(result.scores, result.alarms, tongue))
    if earlier:
        screen.print(report.render_changes(measuring.compare(result, earlier), tongue))
    if json_file:
        _write(json_file, result.to_json())
    _gate(result, least, most)


evaluate.__doc__ = say("eval")


def _evasion(file: Path, pack: Pack, lang: str, *, errors: bool) -> Group:
    from rich.console import Group

    from csaudit import evaluate as measuring
    from csaudit.report import evaluation as report

    utterances = measuring.read_lines(file, measuring.UTTERANCES, required=("id", "text"))
    seen = measuring.evasion(utterances, pack)
    wrong = [report.render_utterances(seen.utterances, lang)] if errors else []
    return Group(*wrong, report.render_devices(seen.devices, lang))


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(say("not-written", path=file, problem=error.strerror)) from error


def _gate(result: Evaluation, least: dict[str, dict[str, float]], most: dict[str, float]) -> None:
    from csaudit import evaluate as measuring

    failed = [text for column, bounds in least.items() for text in measuring.below(result, column, bounds)]
    failed += measuring.above(result, most)
    for text in failed:
        typer.echo(text, err=True)
    if failed:
        raise typer.Exit(1)


def _bounds(values: Sequence[str] | None) -> dict[str, float]:
    """Read ``0.8`` as the bound of ``all`` and ``A5=0.8`` as that of A5."""
    bounds = {}
    for value in values or []:
        name, equals, number = value.rpartition("=")
        try:
            bounds[name if equals else "all"] = float(number)
        except ValueError as error:
            raise ConfigError(say("not-a-bound", value=value), hint=say("bound-forms")) from error
    return bounds
