from __future__ import annotations

import io
import os
import sys

import pytest
from rich.text import Text

from csaudit.cli.console import emit, output


@pytest.mark.parametrize("report", ["text\n", b"bytes", Text("drawn")])
@pytest.mark.parametrize("color", ["always", "never"])
def test_a_reader_that_has_gone_is_no_error(
    report: str | bytes | Text, color: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, ours = os.pipe()
    os.close(theirs)
    with os.fdopen(ours, "w") as closed_pipe:
        monkeypatch.setattr(sys, "stdout", closed_pipe)
        emit(report, output(color))


def test_a_text_is_utf8_whatever_the_locale_says(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    emit('{"text": "引流"}\n', output())
    assert raw.getvalue() == '{"text": "引流"}\n'.encode()


def test_piped_output_has_a_fixed_width_and_no_padding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    piped = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", piped)
    emit(Text("x" * 150), output())
    piped.seek(0)
    assert [len(line) for line in piped.read().splitlines()] == [100, 50]
