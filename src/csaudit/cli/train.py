"""``csaudit rules train``: learn acts from examples."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final

import typer

from csaudit.cli.console import complain, emit, output
from csaudit.cli.words import say as program_says
from csaudit.errors import CsauditError
from csaudit.report.catalogue import Say, Texts, language

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
    "check": (
        "不写文件，只检查模型是否由现有例句学成；不符时退出码为 1。",
        "Write nothing; exit 1 if the models are not what these utterances give.",
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
    "stale": ("{path} 不是由现有例句学成的", "{path} is not what these utterances give"),
    "run-train": ("请运行 csaudit rules train", "run csaudit rules train"),
    "fresh": ("模型都是最新的", "the models are up to date"),
}
say: Final = Say(language(os.environ), WORDS)


def train(
    rules: Annotated[list[Path] | None, typer.Option("--rules", metavar="DIR", help=program_says("rules"))] = None,
    act: Annotated[list[str] | None, typer.Option("--act", metavar="ACT", help=say("act"))] = None,
    negatives: Annotated[list[Path] | None, typer.Option("--negatives", metavar="FILE", help=say("negatives"))] = None,
    check: Annotated[bool, typer.Option("--check", help=say("check"))] = False,
) -> None:
    """Learn acts and write their models into the last folder of rules, or check those that are there."""
    from csaudit import config

    folders = [config.builtin_rules(), *config.load().rules, *(rules or [])]
    target = folders[-1] / "acts" / "model"
    if not check:
        target.mkdir(parents=True, exist_ok=True)
        _learn(folders, act or [], negatives or [], target)
        return
    with TemporaryDirectory() as scratch:
        names = _learn(folders, act or [], negatives or [], Path(scratch))
        stale = [target / name for name in names if _bytes(target / name) != _bytes(Path(scratch) / name)]
    for path in stale:
        complain(CsauditError(say("stale", path=path), hint=say("run-train")))
    if stale:
        raise typer.Exit(1)
    emit(say("fresh") + "\n", output())


def _learn(folders: list[Path], only: list[str], negatives: list[Path], out: Path) -> list[str]:
    """Learn, write and say what was learned; the names of the files written."""
    from csaudit import pack
    from csaudit.signals import held_back, utterances

    try:
        from csaudit.signals import train as learning
    except ImportError as error:
        raise CsauditError(say("no-sklearn"), hint=say("install")) from error

    known = utterances.acts(folders)
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


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
