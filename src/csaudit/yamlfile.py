"""The only door to YAML: safe, strict, with line numbers, and all errors at once.

``read(path, problems)`` gives the top mapping of a file as a ``Node``. Nodes are asked for what is wanted; whatever is
wrong is appended to ``problems`` with file and line, and a neutral value is returned, so that reading goes on and the
user sees every error of every file in one go::

    problems: list[CsauditError] = []
    root = read(Path("csaudit.yaml"), problems)
    zone = root.get("zone").text("Asia/Shanghai")            # optional key with a default
    out = root.need("out").text()                            # an absent key is a problem
    grades = [n.one_of(("A", "B", "C")) for n in root.get("grades").one_or_more()]
    for name, node in root.get("columns").entries().items():  # a mapping whose keys are the user's own
        print(name, node.text(), node.where)                 # where: Location(path, line)
    root.close()                                             # keys nobody asked for are unknown: a problem each
    if problems:
        raise PackError(problems)

An absent node is false and every converter answers its default. Converters: ``text``, ``number``, ``integer``, ``flag``,
``date``, ``scalar`` (text, number or flag), ``one_of``; ``items`` (a list), ``one_or_more`` (a list, or a single thing
standing for a list of one), ``entries`` (a mapping); ``kind`` tells which it is; ``node.problem(message, hint)`` reports
an error of one's own at the node's line.

Only ``true`` and ``false`` are flags and only plain decimal numbers are numbers. ``no``, ``12:30``, ``2026-06-01`` or
``315`` where a text is wanted is an error: the writer must quote it. Anchors, aliases, merge keys, tags, duplicate keys,
several documents and files above ``MAX_BYTES`` are refused.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, cast

import yaml

from csaudit.errors import CsauditError, Location

MAX_BYTES: Final = 4_000_000
MAX_DEPTH: Final = 50

Problems = list[CsauditError]
Kind = Literal["absent", "text", "list", "mapping"]

_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_RESOLVER: Any = yaml.resolver.Resolver()
_TEXT_TAG = "tag:yaml.org,2002:str"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_NEVER: Final[set[str]] = set()  # what only mappings keep: the keys they were asked for


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint naming the known word closest to a wrong one, or None."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return f"did you mean {close[0]}?" if close else None


class Node:
    """A piece of YAML that knows its line. Absent pieces are nodes too, and false."""

    __slots__ = ("_asked", "kind", "name", "plain", "problems", "value", "where")

    def __init__(
        self, kind: Kind, value: Any, where: Location, problems: Problems, *, name: str = "", plain: bool = False
    ) -> None:
        self.kind: Kind = kind
        self.value = value  # str, list[Node] or dict[str, Node]
        self.where = where
        self.problems = problems
        self.name = name  # the key it stands under, for messages
        self.plain = plain  # a scalar without quotes
        self._asked: set[str] = set() if kind == "mapping" else _NEVER

    def __bool__(self) -> bool:
        return self.kind != "absent"

    def problem(self, message: str, hint: str | None = None) -> None:
        """Report an error at this node."""
        self.problems.append(CsauditError(message, where=self.where, hint=hint))

    # ---- mappings ---------------------------------------------------------------------------------------------------

    def get(self, key: str) -> Node:
        """The value of an optional key; an absent node if it is not there."""
        if self.kind == "mapping":
            self._asked.add(key)
            if found := self.value.get(key):
                return cast(Node, found)
        return Node("absent", None, self.where, self.problems, name=key)

    def need(self, key: str) -> Node:
        """The value of a required key; its absence is a problem."""
        found = self.get(key)
        if self.kind == "mapping" and key not in self.value:
            self.problem(f"“{key}” is missing")
        return found

    def has(self, key: str) -> bool:
        """Whether the mapping has the key (without asking for it)."""
        return self.kind == "mapping" and key in self.value

    def entries(self) -> dict[str, Node]:
        """All keys and values, where the keys are the writer's own."""
        if self.kind != "mapping":
            self._expected("a mapping (key: value)")
            return {}
        self._asked.update(self.value)
        return dict(self.value)

    def close(self, also: Iterable[str] = ()) -> None:
        """Report the keys that nobody asked for (nor stand in ``also``)."""
        if self.kind != "mapping":
            self._expected("a mapping (key: value)")
            return
        known = self._asked.union(also)
        for key, node in self.value.items():
            if node and key not in known:  # one without a value has been reported
                hint = did_you_mean(key, known - set(self.value)) or f"known here: {', '.join(sorted(known))}"
                node.problem(f"unknown key “{key}”", hint)

    # ---- lists ------------------------------------------------------------------------------------------------------

    def items(self) -> list[Node]:
        """The members of a list."""
        if self.kind != "list":
            self._expected("a list (lines that begin with “- ”)")
            return []
        return list(self.value)

    def one_or_more(self) -> list[Node]:
        """The members of a list, or the single thing that stands for a list of one."""
        if self.kind in ("absent", "list"):
            return self.items()
        return [self]

    # ---- scalars ----------------------------------------------------------------------------------------------------

    def text(self, default: str = "") -> str:
        """A text."""
        if self.kind != "text":
            self._expected("a text")
            return default
        if self.plain and _RESOLVER.resolve(yaml.ScalarNode, self.value, (True, False)) != _TEXT_TAG:
            self.problem(f"YAML does not read {self._named} as a text", f'write "{self.value}" in quotes')
        elif not self.value.strip():
            self.problem(f"“{self.name}” is an empty text")
        return str(self.value)

    def number(self, default: float = 0.0, *, least: float | None = None, most: float | None = None) -> float:
        """A decimal number, within bounds where they are given."""
        if self.kind != "text" or not (self.plain and _NUMBER.fullmatch(self.value)):
            self._expected("a number", "numbers stand without quotes and units")
            return default
        number = float(self.value)
        if (least is not None and number < least) or (most is not None and number > most):
            bounds = " and ".join(
                f"{word} {limit:g}" for word, limit in (("at least", least), ("at most", most)) if limit is not None
            )
            self.problem(f"{self._named} is out of range", f"it must be {bounds}")
            return default
        return number

    def integer(self, default: int = 0, *, least: int | None = None, most: int | None = None) -> int:
        """A whole number, within bounds where they are given."""
        number = self.number(default, least=least, most=most)
        if number != int(number):
            self.problem(f"{self._named} is not a whole number")
        return int(number)

    def flag(self, default: bool = False) -> bool:
        """``true`` or ``false``."""
        if self.is_flag:
            return bool(self.value == "true")
        self._expected("true or false")
        return default

    def date(self, default: str | None = None) -> str | None:
        """A day, as ``2026-06-01``."""
        if self.kind == "text":
            try:
                return datetime.date.fromisoformat(self.value).isoformat()
            except ValueError:
                pass
        self._expected("a date such as 2026-06-01")
        return default

    def scalar(self) -> str | float | bool | None:
        """A flag, a number or a text, as it is written."""
        if self.is_flag:
            return self.flag()
        if self.is_number:
            return self.number()
        return self.text() if self else None

    def one_of(self, choices: Sequence[str], default: str = "") -> str:
        """One of a few words."""
        if self.kind == "text" and self.value in choices:
            return str(self.value)
        if self.kind == "text":
            hint = did_you_mean(self.value, choices) or f"one of: {', '.join(choices)}"
            self.problem(f"{self._named} is not known", hint)
        else:
            self._expected(f"one of: {', '.join(choices)}")
        return default

    @property
    def is_flag(self) -> bool:
        """Whether it is a plain ``true`` or ``false``."""
        return self.plain and self.value in ("true", "false")

    @property
    def is_number(self) -> bool:
        """Whether it is a plain decimal number."""
        return self.plain and _NUMBER.fullmatch(self.value) is not None

    @property
    def _named(self) -> str:
        return f"“{self.name}: {self.value}”" if self.name else f"“{self.value}”"

    def _expected(self, wanted: str, hint: str | None = None) -> None:
        """Report that a node that is there is of another kind."""
        if self.kind == "text":
            self.problem(f"{wanted} is wanted, not {self._named}", hint)
        elif self:
            self.problem(f"{wanted} is wanted under “{self.name}”, not a {self.kind}", hint)


def read(path: Path, problems: Problems) -> Node:
    """Read a YAML file whose top is a mapping; a file that cannot be used is a problem and an absent node."""
    text = _read_text(path, problems)
    return _absent(path, problems) if text is None else parse(text, path, problems)


def parse(text: str, path: Path, problems: Problems) -> Node:
    """Like ``read``, for text already at hand; ``path`` is for messages."""
    try:
        top = _Builder(path, problems).build(text)
    except CsauditError as error:
        problems.append(error)
        return _absent(path, problems)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = getattr(error, "problem", None) or getattr(error, "reason", "the text cannot be read")
        where = Location(path, mark.line + 1 if mark else None)
        problems.append(CsauditError(f"not valid YAML: {message}", where=where, hint="check indentation and quotes"))
        return _absent(path, problems)
    if top is None:
        return Node("mapping", {}, Location(path, 1), problems)
    if top.kind != "mapping":
        top.problem("the file must hold “key: value” lines")
        return _absent(path, problems)
    return top


def _absent(path: Path, problems: Problems) -> Node:
    return Node("absent", None, Location(path), problems)


def _read_text(path: Path, problems: Problems) -> str | None:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            hint = f"at most {MAX_BYTES:,}; split the file"
            problems.append(CsauditError(f"the file is too large ({size:,} bytes)", where=Location(path), hint=hint))
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.append(CsauditError("the file is not UTF-8 text", where=Location(path), hint="save it as UTF-8"))
    except OSError as error:
        problems.append(CsauditError(f"the file cannot be read: {error.strerror}", where=Location(path)))
    return None


class _Builder:
    """Builds nodes from parser events; a stack instead of recursion, so depth cannot hurt."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path = path
        self.problems = problems
        self.stack: list[tuple[Node, str | None]] = []  # open collection, key waiting for its value
        self.top: Node | None = None

    def build(self, text: str) -> Node | None:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.MappingStartEvent):
                self._open("mapping", {}, event)
            elif isinstance(event, yaml.SequenceStartEvent):
                self._open("list", [], event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.stack.pop()
            elif isinstance(event, yaml.AliasEvent):
                raise self._refuse(event, f"aliases (*{event.anchor}) are not used here")
            elif isinstance(event, yaml.DocumentStartEvent) and self.top is not None:
                raise self._refuse(event, "a second document (---) is not used here")
        return self.top

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._check(event)
        plain = event.implicit[0]
        if self.stack and self.stack[-1][0].kind == "mapping" and self.stack[-1][1] is None:
            self._key(event, plain)
        elif plain and event.value in ("", "null", "~", "Null", "NULL"):
            node = self._place("absent", None, event)
            node.problem(f"“{node.name}” has no value", "give it one; within { } a text with a comma needs quotes")
        else:
            self._place("text", event.value, event, plain)

    def _key(self, event: yaml.ScalarEvent, plain: bool) -> None:
        if plain and event.value == "<<":
            raise self._refuse(event, "merge keys (<<) are not used here")
        owner, _ = self.stack[-1]
        if event.value in owner.value:
            first = owner.value[event.value].where.line
            self.problems.append(self._refuse(event, f"“{event.value}” is given twice (first in line {first})"))
        self.stack[-1] = (owner, event.value)

    def _open(self, kind: Kind, value: Any, event: Any) -> None:
        self._check(event)
        if len(self.stack) >= MAX_DEPTH:
            raise self._refuse(event, f"nested deeper than {MAX_DEPTH} levels")
        if self.stack and self.stack[-1][0].kind == "mapping" and self.stack[-1][1] is None:
            raise self._refuse(event, "a key must be a word, not a list or a mapping")
        self.stack.append((self._place(kind, value, event), None))

    def _place(self, kind: Kind, value: Any, event: Any, plain: bool = False) -> Node:
        """Make a node and put it where it belongs."""
        owner, key = self.stack[-1] if self.stack else (None, None)
        name = (key if key is not None else owner.name) if owner else ""
        node = Node(kind, value, self._at(event), self.problems, name=name, plain=plain)
        if owner is None:
            self.top = node
        elif owner.kind == "mapping":
            owner.value[key] = node
            self.stack[-1] = (owner, None)
        else:
            owner.value.append(node)
        return node

    def _check(self, event: Any) -> None:
        if event.anchor:
            raise self._refuse(event, f"anchors (&{event.anchor}) are not used here")
        if event.tag:
            raise self._refuse(event, f"tags ({event.tag}) are not used here")

    def _refuse(self, event: Any, message: str) -> CsauditError:
        return CsauditError(message, where=self._at(event))

    def _at(self, event: Any) -> Location:
        return Location(self.path, event.start_mark.line + 1)
