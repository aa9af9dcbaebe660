"""rules/profiles/*.yaml -> typed profiles: how one kind of export is read, as data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from csaudit import yamlfile
from csaudit.config import DEFAULTABLE, FIELDS, Config, ConfigFileError, builtin_rules
from csaudit.config import delimiter as delimiter_of
from csaudit.errors import ConfigError, CsauditError, Words
from csaudit.schema import ROLES
from csaudit.yamlfile import Node, did_you_mean, one_of

GENERIC: Final = "generic"


@dataclass(frozen=True)
class Profile:
    """How an export is read. What a profile does not say, generic says."""

    id: str
    title: Mapping[str, str]
    columns: Mapping[str, tuple[str, ...]]  # field -> headers it may have; positions as texts where header is False
    roles: Mapping[str, str] = field(default_factory=dict)  # folded value -> role
    senders: tuple[tuple[str, str], ...] = ()  # pattern of a sender's account -> role
    bots: tuple[str, ...] = ()
    flags: Mapping[str, bool] = field(default_factory=dict)
    platforms: Mapping[str, str] = field(default_factory=dict)  # folded name -> canonical name
    header: bool | None = None
    delimiter: str | None = None
    quote: bool = True
    defaults: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[tuple[str, int, str]]]:
        """Folded header -> (field, rank among the field's names, the name as written)."""
        found: dict[str, list[tuple[str, int, str]]] = {}
        for field_, names in self.columns.items():
            for rank, name in enumerate(names):
                found.setdefault(fold(name), []).append((field_, rank, name))
        return found

    @cached_property
    def longest_name(self) -> int:
        """Characters of the longest folded header."""
        return max(map(len, self.by_name), default=0)


def choose(config: Config) -> Profile:
    """The profile that ``config`` names, else generic.

    Raises:
        ConfigError: If there is none of that name.
    """
    profiles = load_all(builtin_rules() / "profiles")
    name = config.profile or GENERIC
    if name not in profiles:
        hint = did_you_mean(name, profiles) or one_of(sorted(profiles))
        raise ConfigError(Words(f"没有“{name}”这个 profile", f"there is no profile “{name}”"), hint=hint)
    return profiles[name]


@cache
def load_all(folder: Path) -> Mapping[str, Profile]:
    """Every profile of a folder, by id.

    Raises:
        ConfigFileError: With every error of every file.
    """
    problems: list[CsauditError] = []
    roots = [yamlfile.read(path, problems) for path in sorted(folder.glob("*.yaml"))]
    nodes = {root.need("id").text(): root for root in roots if root}
    base = _profile(GENERIC, nodes[GENERIC], None) if GENERIC in nodes else None
    found = {id_: _profile(id_, node, base) for id_, node in nodes.items() if id_ != GENERIC}
    if problems or base is None:
        raise ConfigFileError(problems or [CsauditError(f"{folder}/generic.yaml is missing")])
    return {GENERIC: base, **found}


def fold(name: str) -> str:
    """A name without what writers vary: case, spaces, punctuation, full-width forms."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name)).casefold()


def _profile(id_: str, root: Node, base: Profile | None) -> Profile:
    title = root.need("title").entries()
    columns = {name: _headers(node) for name, node in _known(root.need("columns"), FIELDS).items()}
    roles = _inverted(root.get("roles"), ROLES)
    senders = tuple(
        (each.need("pattern").text(), each.need("role").one_of(ROLES)) for each in root.get("senders").items()
    )
    flags = _inverted(root.get("flags"), ("true", "false"))
    platforms = _inverted(root.get("platforms"), None)
    profile = Profile(
        id=id_,
        title={lang: node.text() for lang, node in title.items()},
        columns=columns,
        roles={**(base.roles if base else {}), **roles},
        senders=senders or (base.senders if base else ()),
        bots=tuple(node.text() for node in root.get("bots").items()) or (base.bots if base else ()),
        flags={**(base.flags if base else {}), **{word: value == "true" for word, value in flags.items()}},
        platforms={**(base.platforms if base else {}), **platforms},
        header=root.get("header").flag() if root.get("header") else None,
        delimiter=delimiter_of(root.get("delimiter")) if root.get("delimiter") else None,
        quote=root.get("quote").flag(True),
        defaults={name: node.text() for name, node in _known(root.get("defaults"), DEFAULTABLE).items()},
    )
    root.close()
    return profile


def _known(node: Node, names: Sequence[str]) -> dict[str, Node]:
    entries = node.entries()
    for name, value in entries.items():
        if name not in names:
            value.problem(Words(f"这里没有“{name}”", f"“{name}” is not known here"), did_you_mean(name, names))
    return {name: value for name, value in entries.items() if name in names}


def _headers(node: Node) -> tuple[str, ...]:
    return tuple(str(each.integer()) if each.is_number else each.text() for each in node.one_or_more())


def _inverted(node: Node, names: Sequence[str] | None) -> dict[str, str]:
    """``{name: [alias, …]}`` as folded alias -> name; a name is its own alias."""
    entries = node.entries() if names is None else _known(node, names)
    pairs = {fold(name): name for name in entries} if names is None else {}
    for name, aliases in entries.items():
        pairs |= {fold(alias.text()): name for alias in aliases.items()}
    return pairs
