from __future__ import annotations

import re

import pytest

from csaudit.cli.words import WORDS
from csaudit.report.catalogue import TEXTS, Say, language

FIELDS = re.compile(r"\{(\w+)")


@pytest.mark.parametrize("texts", [TEXTS, WORDS])
def test_both_languages_say_the_same(texts: dict[str, tuple[str, str]]) -> None:
    differing = {key for key, (zh, en) in texts.items() if set(FIELDS.findall(zh)) != set(FIELDS.findall(en))}
    assert not differing


def test_english_tells_one_from_many() -> None:
    say = Say("en")
    assert [say("incidents", n=n) for n in (0, 1, 2000)] == ["0 incidents", "1 incident", "2,000 incidents"]
    assert Say("zh")("incidents", n=2000) == "事故 2,000 起"


def test_a_missing_column_is_named() -> None:
    assert Say("en").missing("sent_at") == "no time"
    assert Say("en").missing("loss_amount") == "no loss_amount"


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_locale_chooses_the_language(environ: dict[str, str], lang: str) -> None:
    assert language(environ) == lang
