"""``csaudit eval``: measure the rules against labelled conversations."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from csaudit.errors import ConfigError

if TYPE_CHECKING:
    from csaudit.evaluate import Evaluation

_BOUND = "X or NAME=X (all, macro, a grade, a class); repeatable. Below it, exit 1."

Gold = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="GOLD...",
        help="Folders or prefixes of NAME.messages.jsonl, NAME.labels.jsonl, NAME.kinds.jsonl. Several are also pooled.",
        show_default=False,
    ),
]
EvasionFile = Annotated[
    Path | None,
    typer.Option("--evasion", metavar="FILE", help="JSON lines of single messages: id, platform, class, device, text."),
]
Rules = Annotated[list[Path] | None, typer.Option("--rules", metavar="DIR", help="Further rule pack; repeatable.")]
Grades = Annotated[list[str] | None, typer.Option("--grade", help="Only this grade; repeatable, or A,B.")]
Classes = Annotated[list[str] | None, typer.Option("--class", help="Only this class; repeatable, or A5,A6.")]
MinConfidence = Annotated[float, typer.Option("--min-confidence", help="Only incidents at least this confident.")]
Errors = Annotated[bool, typer.Option("--errors", help="List misses and false alarms, each with its dialogue.")]
ByRule = Annotated[bool, typer.Option("--by-rule", help="How often each rule that fired was right.")]
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all figures and pairs to FILE.")]
Earlier = Annotated[Path | None, typer.Option("--compare", metavar="FILE", help="What changed since a --json FILE.")]
MinF1 = Annotated[list[str] | None, typer.Option("--min-f1", metavar="X", help=f"Least F1: {_BOUND}")]
MinPrecision = Annotated[list[str] | None, typer.Option("--min-precision", metavar="X", help=f"Likewise: {_BOUND}")]
MinRecall = Annotated[list[str] | None, typer.Option("--min-recall", metavar="X", help=f"Likewise: {_BOUND}")]
MaxAlarms = Annotated[
    list[str] | None,
    typer.Option(
        "--max-false-alarms",
        metavar="KIND=X",
        help="Greatest share of hard_negative or ordinary conversations with a false alarm; repeatable. Above it, exit 1.",
    ),
]
Lang = Annotated[str | None, typer.Option("--lang", help="zh or en; default by locale.")]


def evaluate(
    gold: Gold = None,
    evasion: EvasionFile = None,
    rules: Rules = None,
    grade: Grades = None,
    class_: Classes = None,
    min_confidence: MinConfidence = 0.0,
    errors: Errors = False,
    by_rule: ByRule = False,
    json_file: JsonFile = None,
    compare: Earlier = None,
    min_f1: MinF1 = None,
    min_precision: MinPrecision = None,
    min_recall: MinRecall = None,
    max_false_alarms: MaxAlarms = None,
    lang: Lang = None,
) -> None:
    """Measure the rules against labelled conversations: precision, recall and F1 per class, grade and over all."""
    from rich.console import Console

    from csaudit import config, pack
    from csaudit import evaluate as evaluation
    from csaudit.audit import Selection
    from csaudit.report import catalogue
    from csaudit.report import evaluation as report

    if not gold and evasion is None:
        raise ConfigError("nothing to measure against", hint="give GOLD, or --evasion FILE")
    bounds = {"f1": _bounds(min_f1), "precision": _bounds(min_precision), "recall": _bounds(min_recall)}
    most = _bounds(max_false_alarms)
    settings = config.load()
    lang = lang or settings.lang or catalogue.language(os.environ)
    loaded = pack.load([*settings.rules, *(rules or [])])
    console = Console(markup=False, highlight=False, emoji=False)

    if evasion is not None:
        utterances = evaluation.read_lines(evasion, evaluation.UTTERANCES, required=("id", "text"))
        seen = evaluation.evasion(utterances, loaded)
        console.print(report.render_devices(seen.devices, lang))
        if errors:
            console.print(report.render_utterances(seen.utterances, lang))
    if not gold:
        return
    before = evaluation.Evaluation.from_json(compare) if compare else None
    golds = [one for where in gold for one in evaluation.read_gold(where)]
    selection = Selection(grades=_list(grade), classes=_list(class_), min_confidence=min_confidence)
    result, messages = evaluation.run(golds, loaded, settings, selection, lang=lang)
    if errors:
        console.print(report.render_errors(result.pairs, messages, lang))
    if by_rule:
        console.print(report.render_rules(result.rules, lang))
    console.print(report.render(result.scores, result.alarms, lang))
    if before:
        console.print(report.render_changes(evaluation.compare(result, before), lang))
    if json_file:
        json_file.write_text(result.to_json(), encoding="utf-8")
    _gate(result, bounds, most)


def _gate(result: Evaluation, least: dict[str, dict[str, float]], most: dict[str, float]) -> None:
    from csaudit import evaluate as evaluation

    failed = [text for column, bounds in least.items() for text in evaluation.below(result, column, bounds)]
    failed += evaluation.above(result, most)
    for text in failed:
        typer.echo(text, err=True)
    if failed:
        raise typer.Exit(1)


def _list(values: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(name.strip() for value in values or [] for name in value.split(",") if name.strip())


def _bounds(values: Sequence[str] | None) -> dict[str, float]:
    """Read ``0.8`` as the bound of ``all`` and ``A5=0.8`` as that of A5."""
    bounds = {}
    for value in values or []:
        name, equals, number = value.rpartition("=")
        try:
            bounds[name if equals else "all"] = float(number)
        except ValueError:
            raise ConfigError(f"“{value}” is not a bound", hint="write 0.8 or A5=0.8") from None
    return bounds
