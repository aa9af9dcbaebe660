from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csaudit.report.text import excerpt, marked, visible


@pytest.mark.parametrize(
    ("chat", "shown"),
    [
        ("\x1b[31m红\x1b[0m", "␛[31m红␛[0m"),
        ("两\n行\t字", "两⏎行␉字"),
        ("淘\u200b宝", "淘‹200B›宝"),
        ("\u202e宝淘", "‹202E›宝淘"),
        ("V❤\ufe0f", "V❤"),
        ("[red]不是颜色[/red] :smile:", "[red]不是颜色[/red] :smile:"),
    ],
)
def test_what_would_steer_the_terminal_is_shown(chat: str, shown: str) -> None:
    assert visible(chat) == shown


@given(st.text(max_size=40))
@settings(max_examples=50)
def test_nothing_invisible_is_left(chat: str) -> None:
    assert all(char.isprintable() or char.isspace() for char in visible(chat) if ord(char) < 0x300)
    assert not set(visible(chat)) & set("\x1b\x07\r\n\u200b\u200e\u202e\u2066")


def test_spans_of_the_raw_text_stay_on_their_words() -> None:
    text = marked("a\x1bb去淘宝买", [(4, 6)], "bold")
    assert text.plain == "a␛b去淘宝买"
    assert [text.plain[span.start : span.end] for span in text.spans] == ["淘宝"]


def test_without_colours_the_words_stand_in_brackets() -> None:
    assert marked("去淘宝买", [(1, 3)], "bold", brackets=True).plain == "去【淘宝】买"


def test_overlapping_and_overlong_spans_are_one() -> None:
    assert marked("去淘宝买", [(1, 2), (1, 3), (3, 99)], "", brackets=True).plain == "去【淘宝买】"


def test_a_giant_message_is_cut_around_its_words() -> None:
    text, spans = excerpt("啊" * 1_000_000 + "淘宝" + "哦" * 1_000_000, [(1_000_000, 1_000_002)], 40)
    (span,) = spans
    assert text[slice(*span)] == "淘宝"
    assert len(text) == 42
    assert text[0] == text[-1] == "…"


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60), st.integers(1, 30))
@settings(max_examples=50)
def test_an_excerpt_keeps_the_beginning_of_the_words(chat: str, start: int, length: int, limit: int) -> None:
    words = chat[start : start + length]
    text, spans = excerpt(chat, [(start, start + len(words))], limit)
    if words:
        (begin, end), *_ = spans
        assert words.startswith(text[begin:end])
        assert end > begin
