"""The first minute: what doctor shows, and that the lines it prints do mend what was wrong."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from csaudit import config, ingest
from csaudit.cli import app
from csaudit.config import Config
from csaudit.report import doctor, mapping
from csaudit.report.formats import plain
from csaudit.yamlfile import parse
from exports import CHAT, HEADER, write


def screen(path: Path, settings: Config | None = None, lang: str = "en") -> str:
    return plain(doctor.render(ingest.diagnose([path], settings or Config()), lang))


def pasted(path: Path) -> str:
    """The lines to paste, as they stand at the end of the screen."""
    return screen(path).split("try again:\n")[1]


def test_what_was_understood(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [HEADER, *CHAT], "gb18030", delimiter=";")
    found = ingest.diagnose([path], Config())
    facts = ["format", "encoding", "delimiter", "rows", "messages", "conversations", "agents", "untimed"]
    assert found.files.select(facts).row(0) == ("csv", "gb18030", ";", 4, 4, 2, 1, 0)
    assert found.columns.select("header", "field", "confidence").rows() == [
        ("会话ID", "conversation_id", 1.0),
        ("发送时间", "sent_at", 1.0),
        ("发送者", "sender", 1.0),
        ("角色", "role", 1.0),
        ("消息内容", "text", 1.0),
    ]
    assert found.voices.select("value", "role", "rows").rows() == [("客户", "customer", 3), ("客服", "agent", 1)]


def test_the_screen_when_all_is_well(tmp_path: Path) -> None:
    shown = screen(write(tmp_path / "a.csv", [HEADER, *CHAT]), lang="zh")
    assert "2 个会话 · 1 名客服" in shown
    assert "全部认出，csaudit.yaml 不用改。" in shown
    assert "  text: 消息内容" in shown


def test_the_pasted_lines_mend_unknown_headers(tmp_path: Path) -> None:
    rows = [["何时", "谁", "说了什么"], *[[row[1], row[3], row[4]] for row in CHAT]]
    path = write(tmp_path / "a.csv", rows)
    assert ingest.read([path]).messages.is_empty()
    lines = pasted(path)
    assert "  text: 说了什么  # guessed from the contents: please check" in lines
    (tmp_path / "csaudit.yaml").write_text(lines, encoding="utf-8")
    read = ingest.read([path], config.load(tmp_path / "csaudit.yaml"))
    assert read.messages.height == len(CHAT)
    assert read.messages["sent_at"].null_count() == 0


def test_the_pasted_lines_ask_who_0_and_1_are_and_do_not_guess(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "角色,内容\n0,您好\n1,在吗\n")
    lines = pasted(path)
    assert '  "0": agent|customer|bot|system  # keep one of the four' in lines
    chosen = lines.replace("agent|customer|bot|system", "agent", 1).replace("agent|customer|bot|system", "customer")
    (tmp_path / "csaudit.yaml").write_text(chosen, encoding="utf-8")
    read = ingest.read([path], config.load(tmp_path / "csaudit.yaml"))
    assert read.messages["role"].to_list() == ["agent", "customer"]


def test_times_that_cannot_be_read_ask_for_their_form(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "角色,时间,内容\n客户,03.06.26 10h02,在吗\n")
    assert "time_format: '%Y-%m-%d %H:%M:%S'  # change it to the export's form" in pasted(path)


def test_a_file_whose_text_is_missing_still_shows_its_columns(tmp_path: Path) -> None:
    found = ingest.diagnose([write(tmp_path / "a.csv", "a,b\n1,你们这个什么时候发货\n")], Config())
    assert found.columns.select("header", "suggested").rows() == [("a", None), ("b", "text")]
    assert found.files["format"].item() == "csv"


def test_personal_data_and_escapes_do_not_reach_the_screen(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "角色,内容\n客户,电话13812345678\n客户,\x1b[31m[bold]红\n甲,x\n")
    shown = screen(path)
    assert "13812345678" not in shown
    assert "\x1b[31m" not in shown
    assert "␛[31m[bold]红" in shown


def test_many_files_and_columns_stay_on_a_screen(tmp_path: Path) -> None:
    for n in range(30):
        write(tmp_path / f"{n}.csv", [[*HEADER, *[f"列{k}" for k in range(100)]], [*CHAT[0], *["x"] * 100]])
    assert "… and 10 more" in screen(tmp_path)
    assert "… and 65 more" in screen(tmp_path)


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs"])))
def test_quoted_texts_are_yaml(text: str) -> None:
    problems: list[object] = []
    node = parse(f"key: {mapping.quoted(text)}\n", Path("a.yaml"), problems)  # type: ignore[arg-type]
    assert node.get("key").value == text
    assert problems == [] or not text.strip()


def test_the_command(tmp_path: Path) -> None:
    good = write(tmp_path / "a.csv", [HEADER, *CHAT])
    runner = CliRunner()
    done = runner.invoke(app, ["doctor", str(good), "--lang", "en"])
    assert (done.exit_code, "Everything was understood" in done.stdout) == (0, True)
    assert runner.invoke(app, ["doctor", str(tmp_path / "nowhere.csv")]).exit_code == 3
    assert runner.invoke(app, ["doctor", str(good), "--profile", "nope"]).exit_code == 2


def test_confidence_of_a_longer_header(tmp_path: Path) -> None:
    found = ingest.diagnose([write(tmp_path / "a.csv", "角色,消息内容（脱敏）\n客户,在吗\n")], Config())
    assert found.columns.filter(pl.col("field") == "text")["confidence"].item() == 0.6
