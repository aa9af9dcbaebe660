"""Templates: words with gaps, choices and lexicons, compiled to linear-time regular expressions.

``(去|到)…<platform-taobao>`` stands for ``(?:去|到)[^。！？!?\\n]{0,8}?(?:淘宝|某宝|…)``. Every template is a plain
composition of literals, alternations and one bounded gap, so it cannot explode.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from csaudit.pack.model import Lexicon, Words

GAP: Final = r"[^。！？!?\n]{0,8}?"
"""What ``…`` stands for: a few characters of the same sentence, as few as will do."""

MAX_TERMS: Final = 2_000
"""A larger lexicon inside a template would make the expression too large; `lexicon:` has no such limit."""

_LOOKS = re.compile(r"…|\)\?|\([^()]*\||<[a-z0-9-]+>")
_TOKENS = re.compile(r"(?P<gap>…+)|(?P<open>\()|(?P<bar>\|)|(?P<maybe>\)\?)|(?P<close>\))|<(?P<lexicon>[a-z0-9-]+)>")
_EDGE: Final = r"(?-u:\b)"  # an ASCII word boundary: between 加 and vx, but not within avx512


class TemplateError(ValueError):
    """A template that cannot be used, and why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


def is_template(text: str) -> bool:
    """Whether a text is more than a phrase."""
    return _LOOKS.search(folded(text)) is not None


def lexicons_of(text: str) -> list[str]:
    """Ids of the lexicons a template names."""
    return re.findall(r"<([a-z0-9-]+)>", text)


def folded(text: str) -> str:
    """Words as the folded view has them, ``…`` kept; Traditional characters are lint's business."""
    return "…".join(unicodedata.normalize("NFKC", part) for part in text.split("…")).lower()


def compile_template(text: str, lexicons: Mapping[str, Lexicon]) -> str:
    """The regular expression a template stands for.

    Raises:
        TemplateError: with one sentence saying what is wrong with it.
    """
    parser = _Parser(text, lexicons)
    parts = parser.sequence()
    if parser.closed or parser.bars:
        raise TemplateError("“|”和“)”只能在括号里", "“|” and “)” stand inside parentheses only")
    if all(isinstance(part, _Gap) for part in parts):
        raise TemplateError("里面没有字", "there are no words in it")
    return _emit(parts, left=True, right=True)


@dataclass(frozen=True)
class _Gap:
    pass


@dataclass(frozen=True)
class _Choice:
    branches: list[_Parts]
    optional: bool


_Parts = list["str | _Gap | _Choice"]


class _Parser:
    """Recursive descent over the few tokens a template has."""

    def __init__(self, text: str, lexicons: Mapping[str, Lexicon]) -> None:
        self.text = folded(text)
        self.lexicons = lexicons
        self.at = 0
        self.bars = self.closed = self.optional = False  # how the last sequence ended

    def sequence(self) -> _Parts:
        """Read up to ``|``, ``)`` or the end."""
        parts: _Parts = []
        self.bars = self.closed = self.optional = False
        while self.at < len(self.text):
            token = _TOKENS.search(self.text, self.at)
            if token is None or token.start() > self.at:
                end = token.start() if token else len(self.text)
                parts.append(self.text[self.at : end])
                self.at = end
                continue
            self.at = token.end()
            if token["bar"] or token["close"] or token["maybe"]:
                self.bars, self.closed, self.optional = bool(token["bar"]), not token["bar"], bool(token["maybe"])
                return parts
            parts.append(self._part(token))
        return parts

    def _part(self, token: re.Match[str]) -> _Gap | _Choice:
        if token["gap"]:
            return _Gap()
        if token["lexicon"]:
            return _Choice([[term] for term in self._terms(token["lexicon"])], optional=False)
        branches = [self.sequence()]
        while self.bars:
            branches.append(self.sequence())
        if not self.closed:
            raise TemplateError("括号没有闭合", "a parenthesis is not closed")
        if not all(branches):
            en = "a choice is empty; write (…)? for words that may be missing"
            raise TemplateError("有一个选项是空的；可有可无的字写成 (…)?", en)
        optional = self.optional
        self.bars = self.closed = self.optional = False
        return _Choice(branches, optional)

    def _terms(self, name: str) -> list[str]:
        lexicon = self.lexicons.get(name)
        if lexicon is None:
            raise TemplateError(f"没有词表“{name}”", f"there is no lexicon “{name}”")
        if len(lexicon.terms) > MAX_TERMS:
            en = f"lexicon “{name}” has more than {MAX_TERMS:,} terms; use `lexicon:` as a matcher"
            raise TemplateError(f"词表“{name}”超过 {MAX_TERMS:,} 个词，请改用 lexicon: 单独一项", en)
        return sorted({folded(term) for term in lexicon.terms}, key=lambda term: (-len(term), term))


def _emit(parts: _Parts, *, left: bool, right: bool) -> str:
    """``left`` and ``right``: whether a Latin word must end at that side of the sequence."""
    out = []
    for i, part in enumerate(parts):
        open_left = left if i == 0 else isinstance(parts[i - 1], _Gap)
        open_right = right if i == len(parts) - 1 else isinstance(parts[i + 1], _Gap)
        if isinstance(part, _Gap):
            out.append(GAP)
        elif isinstance(part, _Choice):
            branches = "|".join(_emit(branch, left=open_left, right=open_right) for branch in part.branches)
            out.append(f"(?:{branches}){'?' if part.optional else ''}")
        else:
            out.append(_literal(part, open_left, open_right))
    return "".join(out)


def _literal(text: str, left: bool, right: bool) -> str:
    before = _EDGE if left and _is_latin(text[0]) else ""
    after = _EDGE if right and _is_latin(text[-1]) else ""
    return before + re.escape(text) + after


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
