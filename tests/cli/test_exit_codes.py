"""The exit codes of docs/exit-codes.md, each with its sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import CHATS, HEADER, Csaudit
from csaudit import audit


@pytest.mark.parametrize(
    ("gate", "code"), [("never", 0), ("C", 1), ("b", 1), ("A", 1), ("A --class B1", 0), ("B --class B1", 1)]
)
def test_the_gate_fails_on_its_grade_or_a_graver_one(csaudit: Csaudit, gate: str, code: int) -> None:
    assert csaudit("scan", "jd.csv", "--fail-on", *gate.split()).exit_code == code


@pytest.mark.parametrize("form", ["terminal", "json", "json=x.json"])
def test_the_format_does_not_change_the_code(csaudit: Csaudit, form: str) -> None:
    assert csaudit("scan", "jd.csv", "--fail-on", "A", "--format", form).exit_code == 1


def test_a_file_that_cannot_be_read_makes_the_audit_incomplete(csaudit: Csaudit) -> None:
    result = csaudit("scan", "jd.csv", "missing.csv")
    assert result.exit_code == 3
    assert "1 unreadable file" in result.stdout
    assert "missing.csv: there is no such file or folder" in result.stderr
    assert csaudit("scan", "jd.csv", "missing.csv", "--fail-on", "A").exit_code == 1


def test_very_many_unreadable_files_are_not_all_warned_of(csaudit: Csaudit) -> None:
    Path("csaudit.yaml").write_text("reject_limit: 1\n")
    result = csaudit("scan", "jd.csv", *(f"missing{n}.csv" for n in range(30)))
    assert len(result.stderr.splitlines()) == 21
    assert result.stderr.splitlines()[-1] == "csaudit: warning: 10 more, see run.json"


def test_nothing_usable(csaudit: Csaudit) -> None:
    Path("empty").mkdir()
    Path("header.csv").write_text(HEADER)
    for path in ("missing.csv", "empty", "header.csv"):
        result = csaudit("scan", path)
        assert (path, result.exit_code, result.stdout) == (path, 3, "")
        assert result.stderr.startswith("csaudit: error: no usable message in the input")
    result = csaudit("scan", "jd.csv", "--since", "2027-01-01")
    assert result.exit_code == 3
    assert "no message is of the selected time, agents or shops" in result.stderr


def test_more_rejects_than_the_limit(csaudit: Csaudit) -> None:
    silent = "".join(f"c{n},2026-06-04 09:00:00,路人,,王五,嗯\n" for n in range(6))
    Path("jd.csv").write_text(HEADER + CHATS + silent, "utf-8")
    result = csaudit("scan", "jd.csv", "--fail-on", "A")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "6 of 11 rows could not be read" in result.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--grade", "D"], "“D” is not a grade (choose from A, B, C)"),
        (["--class", "A55"], "“A55” is not a class (did you mean A5?)"),
        (["--class", "B1", "--grade", "A"], "none of the classes B1 is of grade A"),
        (["--fail-on", "nevr"], "“nevr” is not a grade (did you mean never?)"),
        (["--format", "jsn"], "“jsn” is not a report format (did you mean json?)"),
        (["--format", "json", "--format", "terminal"], "only one format can go to standard output, not json, terminal"),
        (["--format", "json=x", "--format", "terminal=x"], "two reports would be written to x"),
        (["--format", "json=./jd.csv"], "jd.csv is to be audited; no report may replace it"),
        (["--lang", "fr"], "“fr” is not a language (choose from zh, en)"),
        (["--color", "blue"], "“blue” is not a colour choice"),
        (["--since", "yesterday"], "“yesterday” is not a date or time (such as 2026-06-01"),
        (["--since", "2026-06-02", "--until", "2026-06-01"], "--since is not before --until"),
        (["--min-confidence", "2"], "--min-confidence"),
        (["--config", "none.yaml"], "none.yaml: there is no such file"),
        (["--rules", "nowhere"], "nowhere"),
        (["--profile", "jindong"], "jindong"),
        (["--out", "jd.csv"], "jd.csv is a file, not a folder (choose another folder with --out)"),
        (["--out", "."], "is not empty and holds no run of csaudit"),
        (["--graed", "A"], "No such option: --graed"),
        (["--format", "json=no/such/folder/x.json"], "no/such/folder/x.json could not be written"),
    ],
)
def test_a_wrong_option_is_one_sentence(csaudit: Csaudit, options: list[str], sentence: str) -> None:
    result = csaudit("scan", "jd.csv", *options)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def spoken(*args: str, locale: str) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-m", "csaudit", *args],
        env=os.environ | {"LC_ALL": locale, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return run.returncode, run.stderr or run.stdout


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["scan", "x.csv", "--grade", "Z"], "“Z”不是等级（可选：A, B, C）"),
        (["scna", "x.csv"], "没有命令 scna（是不是 scan？）（用法见 csaudit --help）"),
        (["scan"], "缺少 PATH...（用法见 csaudit scan --help）"),
        (["scan", "x.csv", "--graed", "A"], "没有选项 --graed（是不是 --grade？）（用法见 csaudit scan --help）"),
        (["scan", "x.csv", "--min-confidence", "2"], "--min-confidence 的值不能用（用法见 csaudit scan --help）"),
        (["scan", "x.csv", "--grade"], "选项 --grade 后面要写一个值"),
        (["show", "a", "b"], "多写了 b（用法见 csaudit show --help）"),
    ],
)
def test_a_wrong_command_line_is_told_in_chinese(args: list[str], sentence: str) -> None:
    assert spoken(*args, locale="zh_CN.UTF-8") == (2, f"csaudit: 错误：{sentence}\n")


def test_lang_goes_before_the_locale_in_errors_and_help() -> None:
    wrong = ["scan", "x.csv", "--grade", "Z", "--lang"]
    assert spoken(*wrong, "zh", locale="C.UTF-8")[1].startswith("csaudit: 错误：")
    assert spoken(*wrong, "en", locale="zh_CN.UTF-8")[1].startswith("csaudit: error: ")
    assert spoken("scan", "--lang=zh", "--help", locale="C.UTF-8")[1].count("─ 选项 ─") == 1
    assert "Options" in spoken("scan", "--lang", "en", "--help", locale="zh_CN.UTF-8")[1]


def test_an_unknown_command_and_none_at_all(csaudit: Csaudit) -> None:
    result = csaudit("scna", "jd.csv")
    assert result.exit_code == 2
    assert "Did you mean" in result.stderr
    assert csaudit().exit_code == 2
    assert "scan" in csaudit().output


def test_an_internal_error_is_one_line(csaudit: Csaudit, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(audit, "run", broken)
    result = csaudit("scan", "jd.csv")
    assert result.exit_code == 2
    assert result.stderr.startswith("csaudit: error: internal error: ZeroDivisionError: oh. Please report it")
    assert isinstance(csaudit("--debug", "scan", "jd.csv").exception, ZeroDivisionError)


def test_a_broken_rule_file_names_file_and_line(csaudit: Csaudit) -> None:
    Path("team/signals").mkdir(parents=True)
    Path("team/signals/mine.yaml").write_text("signals:\n  - id: x\n    any: [a]\n")
    result = csaudit("scan", "jd.csv", "--rules", "team")
    assert result.exit_code == 2
    assert "team/signals/mine.yaml:3" in result.stderr
    assert "Traceback" not in result.stderr


def test_interrupted(csaudit: Csaudit, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(audit, "run", stop)
    result = csaudit("scan", "jd.csv")
    assert (result.exit_code, result.stderr) == (130, "csaudit: error: interrupted; nothing was written\n")
    assert not Path("csaudit-out").exists()


@pytest.mark.skipif(os.name == "nt", reason="pipes and signals of POSIX")
def test_a_reader_that_goes_away_is_no_error() -> None:
    run = subprocess.Popen(
        [sys.executable, "-m", "csaudit", "scan", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert run.stdout and run.stderr
    run.stdout.close()
    assert run.stderr.read() == b""
    run.stderr.close()
    assert run.wait(20) in (0, -signal.SIGPIPE)
