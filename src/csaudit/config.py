"""csaudit.yaml as one frozen value; docs/input.md describes every key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from csaudit import yamlfile
from csaudit.errors import ConfigError, CsauditError, Words, all_of
from csaudit.schema import DEFAULT_ZONE, EXTRA, MESSAGES, ROLES
from csaudit.yamlfile import Node, did_you_mean, one_of

FILE_NAME: Final = "csaudit.yaml"

OWN_FIELDS: Final = (
    "sent_date",  # the day, where the time column holds times of day only
    "from_agent",  # true on agents' messages, false on customers'
    "from_customer",  # the other way round
    "receiver",
    "message_id",
    "message_seq",  # the export's own numbering within a conversation
)
"""What a column may mean to reading alone; MESSAGES and EXTRA name the rest."""

FIELDS: Final = (
    *(name for name in MESSAGES if name not in ("seq", "source_file", "source_line")),
    *EXTRA,
    *OWN_FIELDS,
)
"""Everything a column of an export may be mapped to."""

DEFAULTABLE: Final = ("platform", "shop", "channel")

_UNITS: Final = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
}
_DELIMITERS: Final = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


class ConfigFileError(ConfigError):
    """csaudit.yaml has errors: all of them, each with file and line."""

    def __init__(self, problems: list[CsauditError]) -> None:
        self.problems = problems
        super().__init__(all_of(problems))


@dataclass(frozen=True)
class Config:
    """How exports are read and what a run defaults to. ``Config()`` is what holds without csaudit.yaml."""

    timezone: str = DEFAULT_ZONE
    session_gap: float = 1800.0  # seconds
    columns: Mapping[str, str | int] = field(default_factory=dict)  # field -> header, or position counted from 1
    header: bool | None = None  # None: as the profile says, else found out
    delimiter: str | None = None
    encoding: str | None = None
    time_format: str | None = None  # strptime pattern, tried before the usual forms
    roles: Mapping[str, str] = field(default_factory=dict)  # value of the export -> role
    agents: tuple[str, ...] = ()  # senders that are agents
    roster: Path | None = None  # CSV: agent_id, name, group …
    defaults: Mapping[str, str] = field(default_factory=dict)  # platform, shop, channel of rows without one
    profile: str | None = None
    keep_columns: tuple[str, ...] = ()  # headers kept as x_<header>
    rules: tuple[Path, ...] = ()  # folders of further rule packs
    targets: Mapping[str, float] = field(default_factory=dict)
    reject_limit: float = 0.5
    lang: str | None = None
    path: Path | None = None  # the file this was read from


def builtin_rules() -> Path:
    """The folder of the rules that come with csaudit: in the wheel, or beside an editable install's source.

    Raises:
        ConfigError: If neither is there.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "builtin_rules", here.parents[1] / "rules"):
        if (folder / "pack.yaml").is_file():
            return folder
    raise ConfigError(
        Words("找不到内置规则", "the built-in rules are missing"),
        hint=Words("请重新安装 csaudit", "install csaudit again"),
    )


def load(path: Path | None = None, cwd: Path | None = None) -> Config:
    """Read ``path``, or csaudit.yaml in the working folder if there is one, else the defaults.

    Relative paths in the file are relative to the file.

    Raises:
        ConfigFileError: With every error of the file.
    """
    if path is None:
        path = (cwd or Path.cwd()) / FILE_NAME
        if not path.is_file():
            return Config()
    problems: list[CsauditError] = []
    root = yamlfile.read(path, problems)
    config = _config(root, path) if root else Config()
    if problems:
        raise ConfigFileError(sorted(problems, key=lambda problem: problem.where.line or 0 if problem.where else 0))
    return config


def _config(root: Node, path: Path) -> Config:
    base = path.parent
    values: dict[str, Any] = {}

    def take(key: str, convert: Callable[[Node], Any]) -> None:
        node = root.get(key)
        if node:
            values[key] = convert(node)

    take("timezone", _zone)
    take("session_gap", _seconds)
    take("columns", _columns)
    take("header", lambda node: node.flag())
    take("delimiter", delimiter)
    take("encoding", _encoding)
    take("time_format", lambda node: node.text())
    take("roles", lambda node: {value: role.one_of(ROLES) for value, role in node.entries().items()})
    take("agents", lambda node: tuple(_plain(item) for item in node.one_or_more()))
    take("roster", lambda node: _existing(node, base))
    take("defaults", _defaults)
    take("profile", lambda node: node.text())
    take("keep_columns", lambda node: tuple(item.text() for item in node.one_or_more()))
    take("rules", lambda node: tuple(_existing(item, base) for item in node.one_or_more()))
    take("targets", lambda node: {name: value.number() for name, value in node.entries().items()})
    take("reject_limit", lambda node: node.number(0.5, least=0, most=1))
    take("lang", lambda node: node.one_of(("zh", "en")))
    root.close()
    return Config(**values, path=path)


def _plain(node: Node) -> str:
    """An id as it is written, whether YAML would see a number or a text."""
    return str(node.value) if node.is_number else node.text()


def _zone(node: Node) -> str:
    name = node.text()
    if name in available_timezones():
        return ZoneInfo(name).key
    hint = did_you_mean(name, available_timezones()) or Words("如 Asia/Shanghai", "such as Asia/Shanghai")
    node.problem(Words(f"“{name}”不是时区", f"“{name}” is not a time zone"), hint)
    return DEFAULT_ZONE


def _seconds(node: Node) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]+?)s?", str(node.value).strip())
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        node.problem(
            Words(f"“{node.value}”不是时长", f"“{node.value}” is not a length of time"),
            Words("写成 30 min、90 s 或 2 h", "write it as 30 min, 90 s or 2 h"),
        )
        return 1800.0
    return float(match[1]) * unit


def _columns(node: Node) -> dict[str, str | int]:
    columns: dict[str, str | int] = {}
    for name, value in node.entries().items():
        if name not in FIELDS:
            hint = did_you_mean(name, FIELDS) or one_of(FIELDS)
            value.problem(Words(f"没有“{name}”这个字段", f"“{name}” is not a field"), hint)
        elif value.is_number:
            columns[name] = value.integer(1, least=1)
        else:
            columns[name] = value.text()
    return columns


def delimiter(node: Node) -> str:
    """A delimiter as the user writes it: the character itself, or tab, comma, semicolon, pipe."""
    text = str(node.value)
    delimiter = _DELIMITERS.get(text, text)
    if len(delimiter.encode()) != 1 or delimiter in '"\n\r':
        node.problem(
            Words(f"“{text}”不能做分隔符", f"“{text}” is not a delimiter"),
            Words("写一个字符，或 tab", "one character, or tab"),
        )
        return ","
    return delimiter


def _encoding(node: Node) -> str:
    try:
        "".encode(node.text())
    except LookupError:
        node.problem(
            Words(f"“{node.value}”不是编码", f"“{node.value}” is not an encoding"),
            Words("如 utf-8、gb18030、utf-16", "such as utf-8, gb18030 or utf-16"),
        )
    return node.text()


def _defaults(node: Node) -> dict[str, str]:
    for name, value in node.entries().items():
        if name not in DEFAULTABLE:
            value.problem(Words(f"“{name}”不能设默认值", f"“{name}” cannot have a default"), one_of(DEFAULTABLE))
    return {name: value.text() for name, value in node.entries().items() if name in DEFAULTABLE}


def _existing(node: Node, base: Path) -> Path:
    path = base / node.text()
    if not path.exists():
        node.problem(Words(f"{path} 不存在", f"{path} does not exist"))
    return path
