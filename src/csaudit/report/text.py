"""Chat text on a screen: what is invisible or would steer the terminal is shown, never sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich.text import Text

_HIDDEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, terminal escapes
    "\u00ad\u061c\u180e\u200b-\u200f\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero width, marks of direction
    "\u2028-\u202e"  # line separators, overrides of direction
    "\ufe00-\ufe0f"  # how an emoji is drawn: nothing to see, and terminals disagree on its width
    "\ud800-\udfff"  # bytes of a file name that are no UTF-8
    "\U000e0000-\U000e0fff"  # invisible copies of letters
    "]"
)
_DRAWING_MARKS = range(0xFE00, 0xFE10)

Spans = Sequence[tuple[int, int]]
"""Pairs of start and end, in characters."""


def visible(text: str) -> str:
    """Show control characters, escapes, marks of direction and zero-width characters: ESC as ␛, U+202E as ‹202E›."""
    return _HIDDEN.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code == 0x0A:
        return "⏎"
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return "" if code in _DRAWING_MARKS else f"‹{code:04X}›"


def marked(text: str, spans: Spans, style: str, *, brackets: bool = False) -> Text:
    """Make a visible text with ``spans`` of the raw text in ``style``, and in 【】 where colours are not seen.

    Markup in the text stays text.
    """
    before, after = ("【", "】") if brackets else ("", "")
    result = Text()
    end = 0
    for start, stop in _merged(spans, len(text)):
        result.append(visible(text[end:start])).append(before + visible(text[start:stop]) + after, style)
        end = stop
    return result.append(visible(text[end:]))


def excerpt(text: str, spans: Spans, limit: int) -> tuple[str, Spans]:
    """Cut a long text to ``limit`` characters around the first span; ``…`` stands where something is left out."""
    if len(text) <= limit:
        return text, spans
    first = min((start for start, _ in spans), default=0)
    begin = max(0, min(first - limit // 4, len(text) - limit))
    head, tail = "…" * (begin > 0), "…" * (begin + limit < len(text))
    shift = len(head) - begin
    moved = [
        (max(start, begin) + shift, min(end, begin + limit) + shift)
        for start, end in spans
        if start < begin + limit and end > begin
    ]
    return head + text[begin : begin + limit] + tail, moved


def _merged(spans: Spans, length: int) -> Iterable[tuple[int, int]]:
    """Sorted, within the text, overlaps joined."""
    result: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        elif start < end:
            result.append((start, end))
    return result
