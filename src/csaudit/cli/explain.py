"""``csaudit explain``: why rules fired, or did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from csaudit.cli.words import say as program_says
from csaudit.report.catalogue import Say, Texts

if TYPE_CHECKING:
    from csaudit.config import Config
    from csaudit.pack.model import Pack

WORDS: Final[Texts] = {
    "explain": (
        "说明一起事故为什么命中，或一条规则在一个会话里为什么（没有）命中：逐条条件，以及怎样就不会命中。\n\n"
        "两种用法：explain 事故编号 [文件…]；explain --conversation 会话 --rule 规则 文件…",
        "Say why an incident was found, or why a rule did (not) fire in a conversation: each condition, and what would have "
        "been enough.\n\nTwo ways: explain INCIDENT_ID [PATH…]; explain --conversation ID --rule ID PATH…",
    ),
    "what": (
        "事故编号（唯一的前几位即可），其后可跟导出文件；或与 --conversation 同用的导出文件。",
        "An incident's id (a unique beginning will do), and the exports if they have moved; or, with --conversation, the "
        "exports.",
    ),
    "conversation": ("会话编号。", "A conversation's id."),
    "rule": ("规则编号，或唯一的开头。", "A rule's id, or a unique beginning."),
    "format": ("terminal 或 json。", "terminal or json."),
    "both": ("--conversation 和 --rule 要一起用", "--conversation and --rule go together"),
    "no-files": ("还要给出导出文件", "name the exports, too"),
    "one-id": ("要给出一个事故编号", "name an incident"),
    "moved": ("{path} 已不在原处", "{path} is not there any more"),
    "moved-hint": ("写在事故编号后面：explain {id} 文件…", "name it behind the incident: explain {id} PATH…"),
    "rules-differ": (
        "现在的规则与那次质检所用的不同，说明按现在的规则",
        "the rules are not those of the run; what follows is by the present ones",
    ),
    "rules-gone": ("规则 {ids} 现已没有", "there is no rule {ids} now"),
    "no-such-rule": ("没有编号以“{id}”开头的规则", "no rule has an id that begins with “{id}”"),
    "not-unique": ("有 {n} 条规则的编号以“{id}”开头：{ids}", "{n} rules have an id that begins with “{id}”: {ids}"),
}
say: Final = Say(program_says.lang, WORDS)

What = Annotated[list[str], typer.Argument(metavar="INCIDENT_ID|PATH", help=say("what"), show_default=False)]
Conversation = Annotated[
    str | None, typer.Option("--conversation", metavar="ID", help=say("conversation"), show_default=False)
]
RuleId = Annotated[str | None, typer.Option("--rule", metavar="ID", help=say("rule"), show_default=False)]
Run = Annotated[Path, typer.Option("--run", metavar="DIR", help=program_says("run"))]
Rules = Annotated[
    list[Path] | None, typer.Option("--rules", metavar="DIR", help=program_says("rules"), show_default=False)
]
Profile = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help=program_says("profile"), show_default=False)
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help=program_says("config"), show_default=False)
]
Format = Annotated[str, typer.Option("--format", metavar="FORMAT", help=say("format"))]
NoMask = Annotated[bool, typer.Option("--no-mask", help=program_says("no-mask"))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="LANG", help=program_says("lang"), show_default=False)]
Color = Annotated[str, typer.Option("--color", metavar="WHEN", help=program_says("color"), show_default=False)]


def explain(
    what: What,
    conversation: Conversation = None,
    rule: RuleId = None,
    run: Run = Path("csaudit-out"),
    rules: Rules = None,
    profile: Profile = None,
    config: ConfigFile = None,
    format_: Format = "terminal",
    no_mask: NoMask = False,
    lang: Lang = None,
    color: Color = "auto",
) -> None:
    """Read the exports again, explain, and draw."""
    from dataclasses import replace

    from csaudit import config as settings
    from csaudit import explanation, ingest
    from csaudit.cli import choices
    from csaudit.cli.console import emit, output
    from csaudit.report import explain as report
    from csaudit.report.catalogue import LANGUAGES

    color = choices.one_of(color, ("auto", "always", "never"), "what-color")
    format_ = choices.one_of(format_, ("terminal", "json"), "what-format")
    asked = _of_conversation(what, conversation, rule) if conversation or rule else _of_incident(what, run)
    read = settings.load(config or asked.get("config"))
    read = replace(read, profile=profile or asked.get("profile") or read.profile)
    spoken = choices.one_of(lang, LANGUAGES, "what-lang") if lang else asked.get("lang") or read.lang or say.lang
    pack = _pack(read, rules, asked)
    ids = _rules(asked, pack)
    ingested = ingest.read(asked["paths"], read)
    found = list(explanation.explanations(ingested, asked["conversation"], ids, pack, spoken))
    if format_ == "json":
        emit(report.to_json(found, masked=not no_mask), output(color))
        return
    console = output(color)
    colour = bool(console.color_system) and not console.no_color
    drawn = report.render(found, spoken, fired_only=not conversation, masked=not no_mask, colour=colour)
    emit(drawn, console)


explain.__doc__ = say("explain")


def _of_conversation(what: Sequence[str], conversation: str | None, rule: str | None) -> Mapping[str, Any]:
    from csaudit.errors import ConfigError

    if not conversation or not rule:
        raise ConfigError(say("both"))
    if not what:
        raise ConfigError(say("no-files"))
    return {"conversation": conversation, "rule": rule, "paths": what}


def _of_incident(what: Sequence[str], run: Path) -> Mapping[str, Any]:
    """What run.json and the incident say; exports named behind the id stand for those of the run."""
    from csaudit.cli.show import find
    from csaudit.errors import ConfigError
    from csaudit.report import run_folder

    if not what:
        raise ConfigError(say("one-id"))
    incident, about = find(run, what[0]), run_folder.read_about(run, say.lang)
    options = about.get("options", {})
    paths = what[1:] or options.get("paths", [])
    for path in paths:
        if not Path(path).exists():
            raise ConfigError(say("moved", path=path), hint=say("moved-hint", id=what[0]))
    return {
        "conversation": incident["conversation_id"],
        "rules": incident["rule_ids"],
        "paths": paths,
        "config": Path(options["config"]) if options.get("config") else None,
        "profile": options.get("profile"),
        "lang": options.get("lang"),
        "digest": about.get("pack", {}).get("sha256"),
    }


def _pack(config: Config, folders: Sequence[Path] | None, asked: Mapping[str, Any]) -> Pack:
    from csaudit import pack
    from csaudit.cli.console import complain

    loaded = pack.load([*config.rules, *(folders or ())])
    if asked.get("digest") not in (None, loaded.digest):
        complain(say("rules-differ"), "warning")
    return loaded


def _rules(asked: Mapping[str, Any], pack: Pack) -> list[str]:
    from csaudit.errors import ConfigError

    if "rules" in asked:
        gone = [id_ for id_ in asked["rules"] if id_ not in pack.rules]
        if gone:
            raise ConfigError(say("rules-gone", ids=", ".join(gone)))
        return list(asked["rules"])
    wanted = asked["rule"]
    found = [wanted] if wanted in pack.rules else sorted(id_ for id_ in pack.rules if id_.startswith(wanted))
    if not found:
        raise ConfigError(say("no-such-rule", id=wanted))
    if len(found) > 1:
        raise ConfigError(say("not-unique", n=len(found), id=wanted, ids=", ".join(found[:5])))
    return found
