"""The command line. Each command is a module of its own, imported when it is called."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from csaudit import __version__
from csaudit.cli.words import say
from csaudit.errors import CsauditError

COMMANDS: Final = {
    "scan": "scan:scan",
    "show": "show:show",
    "explain": "explain:explain",
    "doctor": "doctor:doctor",
    "rules": "rules:app",
    "eval": "evaluate:evaluate",
}
"""Command -> module of this package and the function or Typer app in it."""

UsageError: Final[type[Exception]] = typer.BadParameter.__bases__[0]
"""What a wrong command line raises. Typer exports only this subclass of it."""


def _module(place: str) -> str:
    return f"csaudit.cli.{place.partition(':')[0]}"


def _command(name: str, place: str) -> Any:
    found = getattr(importlib.import_module(_module(place)), place.partition(":")[2])
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(name)(found)
        found = single
    command = get_command(found)
    command.name = name
    return command


class Commands(TyperGroup):
    """Runs a command and turns whatever goes wrong into one sentence and an exit code."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.commands: Any = {name: place for name, place in COMMANDS.items() if find_spec(_module(place))}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Find a command, importing its module."""
        place = self.commands.get(cmd_name)
        return _command(cmd_name, place) if isinstance(place, str) else place

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, and leave with an exit code of docs/exit-codes.md."""
        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
        except UsageError as error:
            code = _usage(error)
        except typer.Abort:
            code = 130
        except SystemExit:  # how Rich and Typer leave when the reader of standard output has gone
            code = 0
        if code == 130:
            _complain(say("interrupted"))
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that ``ctx`` names."""
        try:
            return super().invoke(ctx)
        except CsauditError as error:
            _complain(error)
            raise typer.Exit(error.exit_code) from error
        except BrokenPipeError as error:
            from csaudit.cli.console import leave_pipe

            leave_pipe()
            raise typer.Exit(0) from error
        except (UsageError, typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            _complain(say("internal", problem=f"{type(error).__name__}: {error}"))
            raise typer.Exit(2) from error


def _complain(problem: object) -> None:
    from csaudit.cli.console import complain

    complain(problem)


def _usage(error: Any) -> int:
    """Say what is wrong with the command line; without arguments the help has been shown already."""
    if message := error.format_message():
        sentence = message.rstrip(".")
        if say.lang == "zh":
            from csaudit.cli.usage import in_chinese

            sentence = in_chinese(sentence)
        hint = say("try-help", command=error.ctx.command_path) if error.ctx else None
        _complain(CsauditError(sentence, hint=hint))
    return int(error.exit_code)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"csaudit {__version__}")
        raise typer.Exit


app = typer.Typer(name="csaudit", cls=Commands, add_completion=False, no_args_is_help=True)


@app.callback(help=say("csaudit"))
def _top(
    version: bool = typer.Option(False, "--version", help=say("version"), callback=_version, is_eager=True),
    debug: bool = typer.Option(False, "--debug", help=say("debug"), envvar="CSAUDIT_DEBUG"),
) -> None: ...


def main() -> None:
    """Run csaudit on ``sys.argv``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a character still shows the rest
    if say.lang == "zh" and "--help" in sys.argv:
        from csaudit.cli.usage import head_help_in_chinese

        head_help_in_chinese()
    app(prog_name="csaudit")
