"""What templates stand for, shown by what they hit."""

import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csaudit.errors import Location
from csaudit.pack.model import Lexicon, Words
from csaudit.pack.templates import compile_template, is_template, lexicons_of

APPS = Lexicon("apps", Words("软件", "apps"), ("淘宝", "TB", "vx"), {}, Location(Path("apps.yaml"), 1))


def found(template: str, text: str) -> str | None:
    regex = compile_template(template, {"apps": APPS})
    return pl.Series([text]).str.extract(f"({regex})").item()


@pytest.mark.parametrize(
    ("template", "text", "hit"),
    [
        ("不归(我|我们)管", "这事不归我们管", "不归我们管"),
        ("不归(我|我们)管", "不归他管", None),
        ("(请)?稍等", "请稍等", "请稍等"),
        ("(请)?稍等", "稍等", "稍等"),
        ("去…<apps>", "去那个淘宝吧", "去那个淘宝"),
        ("去…<apps>", "去了。淘宝", None),  # a gap does not leave the sentence
        ("去…<apps>", "去了很久很久很久很久淘宝", None),  # nor grow beyond 8 characters
        ("去…买…买", "去买一个买一个买", "去买一个买"),  # and takes as little as will do
        ("加…<apps>", "加我VX".lower(), "加我vx"),
        ("加…<apps>", "加avx512", None),  # Latin terms stand alone
        ("加…vx", "加个vx吧", "加个vx"),
        ("加…vx", "加个vxi", None),
        ("（是|不是）吗？…", "不是吗?", "不是吗?"),  # full-width marks are read as the folded view has them
        ("1+1(个|只)", "1+1个", "1+1个"),
    ],
)
def test_what_a_template_hits(template: str, text: str, hit: str | None) -> None:
    assert found(template, text) == hit


@pytest.mark.parametrize("text", ["不归我管", "(微笑)", "有吗?", "50%-60%", "<3"])
def test_plain_phrases_are_no_templates(text: str) -> None:
    assert not is_template(text)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("去(买|拍", "a parenthesis is not closed"),
        ("去…买)", "“|” and “)” stand inside parentheses only"),
        ("去…|买", "“|” and “)” stand inside parentheses only"),
        ("去(买|)", "a choice is empty; write (…)? for words that may be missing"),
        ("去…<shops>", "there is no lexicon “shops”"),
        ("……", "there are no words in it"),
    ],
)
def test_a_wrong_template_is_one_sentence(template: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        compile_template(template, {"apps": APPS})


def test_lexicons_of_a_template() -> None:
    assert lexicons_of("去…<apps>…<shops>") == ["apps", "shops"]


PIECES = st.sampled_from(
    ["买", "淘宝", "vx", "…", "(去|到)", "(请)?", "<apps>", "a.b", "[x", "*", "\\", "((一|二)三|四)?"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6))
def test_every_template_compiles_to_linear_time(pieces: list[str]) -> None:
    template = "买" + "".join(pieces)
    regex = compile_template(template, {"apps": APPS})
    assert pl.Series([""]).str.contains(regex).to_list() == [False]
