"""``csaudit rules``: read, check, test and document the rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape

from csaudit.cli.console import complain, emit, output
from csaudit.cli.train import say as train_says
from csaudit.cli.train import train
from csaudit.cli.words import say as program_says
from csaudit.errors import CsauditError, PackError
from csaudit.report.catalogue import LANGUAGES, Say, Texts

if TYPE_CHECKING:
    from rich.console import RenderableType

    from csaudit.pack import Pack

WORDS: Final[Texts] = {
    "app": ("查看、检查、测试规则，生成手册。", "Read, check and test the rules, and write their handbook."),
    "list": ("列出所有规则。", "List all rules."),
    "show": (
        "显示规则：为什么、怎样判定、例子、应当怎样做。",
        "Show rules: why, how they are recognised, examples, advice.",
    ),
    "id": (
        "规则编号或其开头，如 A5 或 A5d-private-contact。",
        "Ids of rules or their beginning, such as A5 or A5d-private-contact.",
    ),
    "docs": (
        "由规则生成手册（中文和英文各一份）和编辑器用的 JSON Schema。",
        "Write the handbook, in Chinese and in English, and JSON Schemas for editors.",
    ),
    "docs-out": ("写到这个文件夹。", "The folder to write to."),
    "check": (
        "不写文件，只检查手册是否最新；过期时退出码为 1。",
        "Write nothing; exit 1 if the handbook is out of date.",
    ),
    "docs-stale": ("{path} 不是最新的，请运行 csaudit rules docs", "{path} is out of date; run csaudit rules docs"),
    "docs-written": ("已写入 {path}", "wrote {path}"),
    "docs-fresh": ("手册是最新的", "the handbook is up to date"),
    "new": ("新建一条规则：带注释的文件，填好即可用。", "Start a new rule: a file with comments, to be filled in."),
    "new-id": (
        "编号：类别、情形字母、英文短名，如 A5e-disguised-platform。",
        "Its id: class, scenario letter, short name, such as A5e-disguised-platform.",
    ),
    "new-in": ("放进这个规则文件夹。", "The folder of rules to put it in."),
    "new-not-an-id": ("“{id}”不是规则编号", "“{id}” is not an id of a rule"),
    "new-form": (
        "写成 类别+情形字母-英文短名，如 A5e-disguised-platform",
        "write class, scenario letter and a short name, such as A5e-disguised-platform",
    ),
    "new-no-class": ("没有类别 {id}", "there is no class {id}"),
    "new-no-scenario": ("类别 {class_id} 没有情形 {letter}", "class {class_id} has no scenario {letter}"),
    "new-exists": ("规则 {id} 已经存在：{where}", "the rule {id} exists already: {where}"),
    "new-written": (
        "已写入 {path}，填好后运行 csaudit rules lint 和 csaudit rules test {id}",
        "wrote {path}; fill it in, then run csaudit rules lint and csaudit rules test {id}",
    ),
    "lint": (
        "检查规则的写法；有问题时退出码为 1。",
        "Check how the rules are written; exit 1 if there is something to mend.",
    ),
    "evasion": (
        "改为：把每个词用各种手法伪装，看还能识破多少。",
        "Instead: disguise each keyword in every way and see how many are still caught.",
    ),
    "corpus": (
        "与 --evasion 同用：一份干净的聊天记录，数出有损视图带来的误报。",
        "With --evasion: a clean chat export, to count the false hits that lossy views add.",
    ),
    "corpus-needs": ("--corpus 要与 --evasion 同用", "--corpus goes with --evasion"),
    "test": (
        "运行规则文件里的用例，测量学到的行为；有用例不对时退出码为 1。",
        "Run the cases in the rule files and measure the learned acts; exit 1 if a case is wrong.",
    ),
    "ids": (
        "规则编号或其开头，如 A5 或 A5e-disguised-platform；默认全部。",
        "Ids of rules or their beginnings, such as A5 or A5e-disguised-platform; default all.",
    ),
    "format": ("terminal 或 json。", "terminal or json."),
    "coverage": ("再列出没有用例触及的词和条件。", "Also list the phrases and conditions that no case tries."),
    "no-such-rule": ("没有编号以“{id}”开头的规则", "no rule has an id that begins with “{id}”"),
    "one-of": ("可选：{names}", "one of: {names}"),
    "not-a-choice": ("“{value}”不可选", "“{value}” is not a choice"),
}
say: Final = Say(program_says.lang, WORDS)

app: Final = typer.Typer(help=say("app"), no_args_is_help=True, add_completion=False)

app.command("train", help=escape(train_says("train")))(train)

Folders = Annotated[list[Path] | None, typer.Option("--rules", metavar="DIR", help=program_says("rules"))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="LANG", help=program_says("lang"))]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help=say("format"))]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help=say("ids"), show_default=False)]


@app.command("list", help=say("list"))
def list_(rules: Folders = None, lang: Lang = None) -> None:
    """Print all rules by class."""
    from csaudit.report import rules as report

    loaded, language_ = _load(rules, lang)
    emit(report.render_list(loaded, language_), output())


@app.command("show", help=say("show"))
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help=say("id"), show_default=False)],
    rules: Folders = None,
    lang: Lang = None,
) -> None:
    """Print the pages of a rule, or of all of a class."""
    from csaudit import handbook
    from csaudit.report import rules as report

    loaded, language_ = _load(rules, lang)
    found = [id_] if id_ in loaded.rules else _chosen(loaded, [id_]) or []
    pages = [handbook.rule_page(loaded.rules[each], loaded, language_) for each in found]
    emit(report.render_page("\n\n---\n\n".join(pages)), output())


@app.command("lint", help=say("lint"))
def lint(
    rules: Folders = None,
    evasion: Annotated[bool, typer.Option("--evasion", help=say("evasion"))] = False,
    corpus: Annotated[Path | None, typer.Option("--corpus", metavar="FILE", help=say("corpus"))] = None,
    format_: Format = "terminal",
    lang: Lang = None,
) -> None:
    """Print what there is to mend, or how well disguises are seen through."""
    from csaudit import pack
    from csaudit.report import rules as report

    if corpus and not evasion:
        raise CsauditError(say("corpus-needs"))
    loaded, problems, language_ = _examine(rules, lang)
    if evasion:
        _evasion(loaded, corpus, _choice(format_), language_)
        _complain(problems, language_)
        _leave(problems, failed=False)
        return
    issues = pack.lint(loaded)
    if _choice(format_) == "json":
        emit(report.issues_json(issues, problems, language_), output())
    else:
        _lines(report.render_issues(issues, loaded, language_))
        _complain(problems, language_)
    _leave(problems, failed=bool(issues))


def _evasion(loaded: Pack, corpus: Path | None, format_: str, lang: str) -> None:
    from csaudit import config, ingest
    from csaudit import evasion as measure
    from csaudit.report import rules as report

    keywords = measure.keywords(loaded)
    added = measure.added_hits(loaded, ingest.read([corpus], config.load()).messages) if corpus else None
    if format_ == "json":
        emit(report.evasion_json(keywords, added), output())
        return
    _lines(report.render_evasion(keywords, lang))
    if added is not None:
        _lines(report.render_added(added, lang))


@app.command("test", help=say("test"))
def test(
    ids: Ids = None,
    rules: Folders = None,
    coverage: Annotated[bool, typer.Option("--coverage", help=say("coverage"))] = False,
    format_: Format = "terminal",
    lang: Lang = None,
) -> None:
    """Run cases and print those that went wrong; without ids, measure the learned acts too."""
    from csaudit import casecheck
    from csaudit.report import rules as report
    from csaudit.signals import held_back

    loaded, problems, language_ = _examine(rules, lang)
    chosen = _chosen(loaded, ids)
    cases = casecheck.run(loaded, chosen)
    unreached = casecheck.coverage(loaded, chosen) if coverage else None
    acts = held_back.measure(loaded) if loaded.acts and not ids else None
    if _choice(format_) == "json":
        emit(report.cases_json(cases, unreached, acts), output())
    else:
        if acts is not None:
            emit(report.render_acts(acts, language_), output())
        if unreached is not None:
            _lines(report.render_unreached(unreached, language_))
        _lines(report.render_cases(cases, language_))
    _complain(problems, language_)
    _leave(problems, failed=bool((cases["fired"] != cases["expected"]).any()))


@app.command("docs", help=say("docs"))
def docs(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=say("docs-out"))] = Path("docs"),
    check: Annotated[bool, typer.Option("--check", help=say("check"))] = False,
    rules: Folders = None,
) -> None:
    """Write the handbook in each language, or check that it is up to date."""
    from csaudit import handbook, pack
    from csaudit.pack import json_schema

    loaded = pack.load(_folders(rules))
    pages = {out / name: handbook.handbook(loaded, lang) for lang, name in handbook.FILES.items()}
    pages |= {out / "schemas" / name: text for name, text in json_schema.files().items()}
    if not check:
        for path, page in pages.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(page, encoding="utf-8")
            emit(say("docs-written", path=path) + "\n", output())
        return
    stale = [path for path, page in pages.items() if not path.is_file() or path.read_text(encoding="utf-8") != page]
    for path in stale:
        complain(say("docs-stale", path=path))
    if stale:
        raise typer.Exit(1)
    emit(say("docs-fresh") + "\n", output())


@app.command("new", help=say("new"))
def new(
    id_: Annotated[str, typer.Argument(metavar="ID", help=say("new-id"), show_default=False)],
    folder: Annotated[Path, typer.Option("--in", metavar="DIR", help=say("new-in"))] = Path("rules"),
    rules: Folders = None,
) -> None:
    """Write the skeleton of a rule."""
    from csaudit import pack
    from csaudit.pack.skeleton import split, write

    loaded = pack.load(_folders(rules))
    class_id, letter = split(id_)
    if not letter:
        raise CsauditError(say("new-not-an-id", id=id_), hint=say("new-form"))
    if class_id not in loaded.classes:
        raise CsauditError(say("new-no-class", id=class_id), hint=say("one-of", names=", ".join(loaded.classes)))
    letters = loaded.classes[class_id].scenarios
    if letter not in letters:
        hint = say("one-of", names=", ".join(letters))
        raise CsauditError(say("new-no-scenario", class_id=class_id, letter=letter), hint=hint)
    if id_ in loaded.rules:
        raise CsauditError(say("new-exists", id=id_, where=loaded.rules[id_].where))
    emit(say("new-written", path=write(id_, folder), id=id_) + "\n", output())


# ---- what the commands share ----------------------------------------------------------------------------------------


def _folders(rules: Sequence[Path] | None) -> list[Path]:
    from csaudit import config

    return [*config.load().rules, *(rules or [])]


def _language(lang: str | None) -> str:
    from csaudit import config

    chosen = lang or config.load().lang or program_says.lang
    if chosen not in LANGUAGES:
        raise CsauditError(say("not-a-choice", value=chosen), hint=say("one-of", names=", ".join(LANGUAGES)))
    return chosen


def _load(rules: Sequence[Path] | None, lang: str | None) -> tuple[Pack, str]:
    from csaudit import pack

    return pack.load(_folders(rules)), _language(lang)


def _examine(rules: Sequence[Path] | None, lang: str | None) -> tuple[Pack, list[CsauditError], str]:
    """The sound part of the rules, so that one bad file does not keep the others from being checked."""
    from csaudit import pack

    return *pack.examine(_folders(rules)), _language(lang)


def _choice(format_: str) -> str:
    choices = ("terminal", "json")
    if format_ not in choices:
        raise CsauditError(say("not-a-choice", value=format_), hint=say("one-of", names=", ".join(choices)))
    return format_


def _chosen(pack: Pack, ids: Sequence[str] | None) -> list[str] | None:
    if not ids:
        return None
    for id_ in ids:
        if not any(known.startswith(id_) for known in pack.rules):
            raise CsauditError(say("no-such-rule", id=id_))
    return [known for known in pack.rules if known.startswith(tuple(ids))]


def _lines(report: RenderableType) -> None:
    """Print a report of lines, each whole on its line however wide, for eyes and for grep."""
    output().print(report, soft_wrap=True)


def _complain(problems: Sequence[CsauditError], lang: str) -> None:
    for problem in problems:
        complain(problem.told(lang))


def _leave(problems: Sequence[CsauditError], *, failed: bool) -> None:
    if problems:
        raise typer.Exit(PackError.exit_code)
    if failed:
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
