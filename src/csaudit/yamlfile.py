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

from csaudit.errors import CsauditError, Location, Words

MAX_BYTES: Final = 4_000_000
MAX_DEPTH: Final = 50

Problems = list[CsauditError]
Kind = Literal["absent", "text", "list", "mapping"]

_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_RESOLVER: Any = yaml.resolver.Resolver()
_TEXT_TAG = "tag:yaml.org,2002:str"
_MAPPING: Final = Words("键和值（键: 值）", "a mapping (key: value)")
_KINDS: Final = {"list": "列表", "mapping": "键和值"}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_NEVER: Final[set[str]] = set()  # what only mappings keep: the keys they were asked for


def did_you_mean(word: str, known: Iterable[str]) -> Words | None:
    """A hint naming the known word closest to a wrong one, or None."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.7)
    return Words(f"是不是 {close[0]}？", f"did you mean {close[0]}?") if close else None


def one_of(names: Iterable[str]) -> Words:
    """A hint naming all choices."""
    listed = ", ".join(names)
    return Words(f"可用：{listed}", f"one of: {listed}")


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

    def problem(self, message: str | Words, hint: str | Words | None = None) -> None:
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
            self.problem(Words(f"缺少“{key}”", f"“{key}” is missing"))
        return found

    def has(self, key: str) -> bool:
        """Whether the mapping has the key (without asking for it)."""
        return self.kind == "mapping" and key in self.value

    def entries(self) -> dict[str, Node]:
        """All keys and values, where the keys are the writer's own."""
        if self.kind != "mapping":
            self._expected(_MAPPING)
            return {}
        self._asked.update(self.value)
        return dict(self.value)

    def close(self, also: Iterable[str] = ()) -> None:
        """Report the keys that nobody asked for (nor stand in ``also``)."""
        if self.kind != "mapping":
            self._expected(_MAPPING)
            return
        known = self._asked.union(also)
        for key, node in self.value.items():
            if node and key not in known:  # one without a value has been reported
                hint = did_you_mean(key, known - set(self.value)) or one_of(sorted(known))
                node.problem(Words(f"不认识的键“{key}”", f"unknown key “{key}”"), hint)

    # ---- lists ------------------------------------------------------------------------------------------------------

    def items(self) -> list[Node]:
        """The members of a list."""
        if self.kind != "list":
            self._expected(Words("一个列表（每行以“- ”开头）", "a list (lines that begin with “- ”)"))
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
            self._expected(Words("文字", "a text"))
            return default
        if self.plain and _RESOLVER.resolve(yaml.ScalarNode, self.value, (True, False)) != _TEXT_TAG:
            message = Words(f"YAML 不把 {self._named} 当作文字", f"YAML does not read {self._named} as a text")
            self.problem(message, Words(f'加上引号："{self.value}"', f'write "{self.value}" in quotes'))
        elif not self.value.strip():
            self.problem(Words(f"“{self.name}”是空的", f"“{self.name}” is an empty text"))
        return str(self.value)

    def number(self, default: float = 0.0, *, least: float | None = None, most: float | None = None) -> float:
        """A decimal number, within bounds where they are given."""
        if self.kind != "text" or not (self.plain and _NUMBER.fullmatch(self.value)):
            hint = Words("数字不加引号和单位", "numbers stand without quotes and units")
            self._expected(Words("数字", "a number"), hint)
            return default
        number = float(self.value)
        if (least is not None and number < least) or (most is not None and number > most):
            limits = ((("不小于", "at least"), least), (("不大于", "at most"), most))
            zh, en = zip(
                *((f"{z} {limit:g}", f"{e} {limit:g}") for (z, e), limit in limits if limit is not None), strict=True
            )
            hint = Words(f"应{'且'.join(zh)}", f"it must be {' and '.join(en)}")
            self.problem(Words(f"{self._named} 超出范围", f"{self._named} is out of range"), hint)
            return default
        return number

    def integer(self, default: int = 0, *, least: int | None = None, most: int | None = None) -> int:
        """A whole number, within bounds where they are given."""
        number = self.number(default, least=least, most=most)
        if number != int(number):
            self.problem(Words(f"{self._named} 不是整数", f"{self._named} is not a whole number"))
        return int(number)

    def flag(self, default: bool = False) -> bool:
        """``true`` or ``false``."""
        if self.is_flag:
            return bool(self.value == "true")
        self._expected(Words("true 或 false", "true or false"))
        return default

    def date(self, default: str | None = None) -> str | None:
        """A day, as ``2026-06-01``."""
        if self.kind == "text":
            try:
                return datetime.date.fromisoformat(self.value).isoformat()
            except ValueError:
                pass
        self._expected(Words("日期，如 2026-06-01", "a date such as 2026-06-01"))
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
            hint = did_you_mean(self.value, choices) or one_of(choices)
            self.problem(Words(f"{self._named} 不可用", f"{self._named} is not known"), hint)
        else:
            self._expected(one_of(choices))
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

    def _expected(self, wanted: Words, hint: Words | None = None) -> None:
        """Report that a node that is there is of another kind."""
        if self.kind == "text":
            zh, en = f"这里要{wanted.zh}，不是 {self._named}", f"{wanted.en} is wanted, not {self._named}"
            self.problem(Words(zh, en), hint)
        elif self:
            zh = f"“{self.name}”这里要{wanted.zh}，不是{_KINDS[self.kind]}"
            self.problem(Words(zh, f"{wanted.en} is wanted under “{self.name}”, not a {self.kind}"), hint)


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
        said = Words(f"不是有效的 YAML：{message}", f"not valid YAML: {message}")
        hint = Words("检查缩进和引号", "check indentation and quotes")
        problems.append(CsauditError(said, where=where, hint=hint))
        return _absent(path, problems)
    if top is None:
        return Node("mapping", {}, Location(path, 1), problems)
    if top.kind != "mapping":
        top.problem(Words("文件应由“键: 值”的行组成", "the file must hold “key: value” lines"))
        return _absent(path, problems)
    return top


def _absent(path: Path, problems: Problems) -> Node:
    return Node("absent", None, Location(path), problems)


def _read_text(path: Path, problems: Problems) -> str | None:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            hint = Words(f"最多 {MAX_BYTES:,}；请拆成几个文件", f"at most {MAX_BYTES:,}; split the file")
            said = Words(f"文件太大（{size:,} 字节）", f"the file is too large ({size:,} bytes)")
            problems.append(CsauditError(said, where=Location(path), hint=hint))
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        said, hint = (
            Words("文件不是 UTF-8 文本", "the file is not UTF-8 text"),
            Words("另存为 UTF-8", "save it as UTF-8"),
        )
        problems.append(CsauditError(said, where=Location(path), hint=hint))
    except FileNotFoundError:
        problems.append(CsauditError(Words("没有这个文件", "there is no such file"), where=Location(path)))
    except OSError as error:
        said = Words(f"文件读不了：{error.strerror}", f"the file cannot be read: {error.strerror}")
        problems.append(CsauditError(said, where=Location(path)))
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
                raise self._unused(event, f"别名（*{event.anchor}）", f"aliases (*{event.anchor})")
            elif isinstance(event, yaml.DocumentStartEvent) and self.top is not None:
                raise self._unused(event, "第二个文档（---）", "further documents (---)")
        return self.top

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._check(event)
        plain = event.implicit[0]
        if self.stack and self.stack[-1][0].kind == "mapping" and self.stack[-1][1] is None:
            self._key(event, plain)
        elif plain and event.value in ("", "null", "~", "Null", "NULL"):
            node = self._place("absent", None, event)
            said = Words(f"“{node.name}”没有值", f"“{node.name}” has no value")
            hint = "give it one; within { } a text with a comma needs quotes"
            node.problem(said, Words("补上；{ } 里带英文逗号的文字要加引号", hint))
        else:
            self._place("text", event.value, event, plain)

    def _key(self, event: yaml.ScalarEvent, plain: bool) -> None:
        if plain and event.value == "<<":
            raise self._unused(event, "合并键（<<）", "merge keys (<<)")
        owner, _ = self.stack[-1]
        if event.value in owner.value:
            first = owner.value[event.value].where.line
            zh, en = (
                f"“{event.value}”写了两次（先在第 {first} 行）",
                f"“{event.value}” is given twice (first in line {first})",
            )
            self.problems.append(self._refuse(event, Words(zh, en)))
        self.stack[-1] = (owner, event.value)

    def _open(self, kind: Kind, value: Any, event: Any) -> None:
        self._check(event)
        if len(self.stack) >= MAX_DEPTH:
            raise self._refuse(event, Words(f"嵌套超过 {MAX_DEPTH} 层", f"nested deeper than {MAX_DEPTH} levels"))
        if self.stack and self.stack[-1][0].kind == "mapping" and self.stack[-1][1] is None:
            said = Words("键应是一个词，不是列表或映射", "a key must be a word, not a list or a mapping")
            raise self._refuse(event, said)
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
            raise self._unused(event, f"锚点（&{event.anchor}）", f"anchors (&{event.anchor})")
        if event.tag:
            raise self._unused(event, f"标签（{event.tag}）", f"tags ({event.tag})")

    def _unused(self, event: Any, zh: str, en: str) -> CsauditError:
        return self._refuse(event, Words(f"这里不用{zh}", f"{en} are not used here"))

    def _refuse(self, event: Any, message: Words) -> CsauditError:
        return CsauditError(message, where=self._at(event))

    def _at(self, event: Any) -> Location:
        return Location(self.path, event.start_mark.line + 1)
