"""``csaudit rules train``: learn acts from examples."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Final

import typer

from csaudit.cli.console import complain, emit, output
from csaudit.cli.words import say as program_says
from csaudit.errors import CsauditError
from csaudit.report.catalogue import Say, Texts

if TYPE_CHECKING:
    import polars as pl

    from csaudit.signals.views import Tables

WORDS: Final[Texts] = {
    "train": (
        "从例句（acts/*.jsonl）学习各种行为，写出模型；需要 csaudit[train]。",
        "Learn acts from their utterances (acts/*.jsonl) and write the models; needs csaudit[train].",
    ),
    "act": ("只学这个行为；可重复。", "Only this act; repeatable."),
    "negatives": (
        "没有事故的真实聊天记录，作为反例；只用来学习，不会保存；可重复。",
        "Real chats in which nothing is wrong, as counter-examples; learned from, never stored; repeatable.",
    ),
    "scorecards": (
        "改为按标注的会话拟合 scorecard 规则的权重（NAME.messages/labels/kinds.jsonl 所在的文件夹）；可重复。",
        "Instead fit the weights of scorecard rules to labelled conversations (a folder of NAME.messages.jsonl …); "
        "repeatable.",
    ),
    "check": (
        "不写文件，只检查写着的是否就是学得的；不符时退出码为 1。",
        "Write nothing; exit 1 if what is written is not what is learned.",
    ),
    "no-sklearn": ("学习需要 scikit-learn", "learning needs scikit-learn"),
    "install": ("运行 pip install 'csaudit[train]'", "run pip install 'csaudit[train]'"),
    "no-act": ("没有名为“{act}”的行为", "there is no act “{act}”"),
    "known": ("可选：{names}", "one of: {names}"),
    "nothing": (
        "{folder} 里没有可以学习的例句",
        "{folder} holds no utterances to learn from",
    ),
    "learned": (
        "{act}：平均精度 {ap:.2f}，likely 的召回率 {recall:.2f}，每千句误报 {alarms:.1f}",
        "{act}: average precision {ap:.2f}, recall at likely {recall:.2f}, false alarms per 1,000 {alarms:.1f}",
    ),
    "no-scorecard": ("{folder} 里没有 scorecard 规则", "{folder} holds no scorecard rule"),
    "one-sided": (
        "规则 {id} 起算的会话里没有同时有事故和无事故的",
        "the rule {id} has anchors only in conversations that all are, or all are no, incidents",
    ),
    "fitted": (
        "{id}：{n} 个会话，其中事故 {incidents} 个；权重 {weights}，门槛 {threshold:g}",
        "{id}: {n} conversations, {incidents} incidents; weights {weights}, threshold {threshold:g}",
    ),
    "stale": ("{path} 不是学得的结果", "{path} is not what is learned"),
    "run-train": ("请运行 csaudit rules train", "run csaudit rules train"),
    "fresh": ("都是最新的", "all is up to date"),
}
say: Final = Say(program_says.lang, WORDS)


def train(
    rules: Annotated[list[Path] | None, typer.Option("--rules", metavar="DIR", help=program_says("rules"))] = None,
    act: Annotated[list[str] | None, typer.Option("--act", metavar="ACT", help=say("act"))] = None,
    negatives: Annotated[list[Path] | None, typer.Option("--negatives", metavar="FILE", help=say("negatives"))] = None,
    scorecards: Annotated[
        list[Path] | None, typer.Option("--scorecards", metavar="GOLD", help=say("scorecards"))
    ] = None,
    check: Annotated[bool, typer.Option("--check", help=say("check"))] = False,
) -> None:
    """Learn acts or scorecards and write them into the last folder of rules, or check what stands there."""
    from csaudit import config

    folders = [config.builtin_rules(), *config.load().rules, *(rules or [])]
    with TemporaryDirectory() as scratch:
        if scorecards:
            files = _fit(folders, scorecards)
        else:
            names = _learn(folders, act or [], negatives or [], Path(scratch))
            files = {folders[-1] / "acts" / "model" / name: (Path(scratch) / name).read_bytes() for name in names}
    stale = [path for path, content in files.items() if not path.is_file() or path.read_bytes() != content]
    for path in stale:
        if check:
            complain(CsauditError(say("stale", path=path), hint=say("run-train")))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path])
    if stale and check:
        raise typer.Exit(1)
    if not stale:
        emit(say("fresh") + "\n", output())


def _learning() -> ModuleType:
    try:
        from csaudit.signals import train as learning
    except ImportError as error:
        raise CsauditError(say("no-sklearn"), hint=say("install")) from error
    return learning


def _fit(folders: list[Path], labelled: list[Path]) -> dict[Path, bytes]:
    """Fit the scorecards of the last folder and say what came out; the rule files with their new weights."""
    from csaudit import config, pack
    from csaudit.evaluate import read_gold
    from csaudit.evaluate.scorecards import points, rewritten
    from csaudit.pack.model import Scorecard

    learning, loaded, settings = _learning(), pack.load(folders[1:]), config.load()
    golds = [gold for where in labelled for gold in read_gold(where)]
    files = {}
    for rule in loaded.rules.values():
        path = Path(rule.where.path).resolve()
        if isinstance(rule.kind, Scorecard) and path.is_relative_to(folders[-1].resolve()):
            seen = points(rule, golds, loaded, settings)
            incidents = int(seen["incident"].sum())
            if incidents in (0, seen.height):
                raise CsauditError(say("one-sided", id=rule.id))
            weights = learning.fit_scorecard(seen.drop("incident"), seen["incident"])
            files[path] = rewritten(path.read_text(encoding="utf-8"), weights.terms, weights.threshold).encode()
            listed = ", ".join(f"{weight:g}" for weight in weights.terms)
            numbers = {"n": seen.height, "incidents": incidents, "weights": listed, "threshold": weights.threshold}
            emit(say("fitted", id=rule.id, **numbers) + "\n", output())
    if not files:
        raise CsauditError(say("no-scorecard", folder=folders[-1]))
    return files


def _learn(folders: list[Path], only: list[str], negatives: list[Path], out: Path) -> list[str]:
    """Learn, write and say what was learned; the names of the files written."""
    from csaudit import pack
    from csaudit.signals import held_back, utterances

    learning, known = _learning(), utterances.acts(folders)
    wanted = [name for name in known if (folders[-1] / "acts" / f"{name}.jsonl").is_file()]
    for name in only:
        if name not in known:
            raise CsauditError(say("no-act", act=name), hint=say("known", names=", ".join(known)))
    tables = pack.examine(folders[1:])[0].tables
    spoken = utterances.load(folders, known, tables)
    held, plain, names = spoken.filter("hold"), held_back.plain(known.values()), []
    for learned in learning.fit(spoken, known.values(), only or wanted, _real(negatives, tables)):
        model = learning.write(learned, held, plain, out)
        names += [model.weights_file.name, f"{model.id}.yaml"]
        figures = {key: model.measured.get(key, float("nan")) for key in _SHOWN}
        line = say("learned", act=model.id, **{_SHOWN[key]: figure for key, figure in figures.items()})
        emit(line + "\n", output())
    if not names:
        raise CsauditError(say("nothing", folder=folders[-1] / "acts"))
    return names


_SHOWN: Final = {"average_precision": "ap", "likely_recall": "recall", "alarms_per_1000": "alarms"}


def _real(paths: list[Path], tables: Tables) -> pl.DataFrame | None:
    """role, text (folded) of the messages of chat exports, each once."""
    from csaudit import config, ingest
    from csaudit.signals.views import Views

    if not paths:
        return None
    messages = ingest.read(paths, config.load()).messages
    once = messages.select("role", raw="text").unique().sort("role", "raw")
    return Views(tables).columns(once, ["folded"]).select("role", text="folded")
