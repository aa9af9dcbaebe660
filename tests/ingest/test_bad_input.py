"""What is wrong costs its own row or file, and is said in one sentence with its line."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from csaudit import ingest
from csaudit.config import Config
from exports import CHAT, HEADER, balanced, csv_text, rejected, texts, write

GOOD = csv_text([HEADER, *CHAT])


def reasons(path: Path, config: Config | None = None) -> str:
    return " / ".join(reason for _, reason in rejected(path, config))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \r\n\n", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "binary data, not text (it looks like PNG)"),
        (random.Random(1).randbytes(5000), "binary data, not text; export it again"),
        (b"PK\x03\x04" + bytes(60), "damaged"),
        (b"\x1f\x8b\x08\x00damaged", "damaged"),
        (b"PAR1 not really", "damaged"),
        (b"{ not json", "not JSON"),
        (b'{"a": 1,\n "b": 2}', "no list of messages"),
        (b"a,b\n1,2\n", "the headers are: a, b. Name it in csaudit.yaml: columns: {text: YOUR HEADER}"),
        ("时间,内容\n2026-06-03 10:00:00,在吗\n".encode(), "nothing tells agents from customers"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_and_the_others_go_on(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    write(tmp_path / "good.csv", GOOD)
    read = ingest.read([tmp_path])
    assert read.messages.height == len(CHAT)
    ((line, reason),) = read.rejects.select("source_line", "reason").rows()
    assert line is None
    assert says in reason
    assert balanced(read)


def test_no_such_path_and_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    read = ingest.read([tmp_path / "nowhere.csv", tmp_path / "empty"])
    assert read.messages.is_empty()
    assert read.rejects["reason"].str.head(13).to_list() == ["the folder ho", "there is no s"]
    assert balanced(read)


def test_reasons_in_chinese(tmp_path: Path) -> None:
    assert reasons(write(tmp_path / "a.csv", "a,b\n1,2\n"), Config(lang="zh")).startswith(
        "找不到消息内容列；表头是：a, b"
    )


def test_a_file_cut_within_a_quoted_cell(tmp_path: Path) -> None:
    cut = GOOD[: GOOD.index("有什么可以") + 2]
    path = write(tmp_path / "a.csv", cut)
    assert texts(path) == ["在吗"]
    assert rejected(path)[0] == (
        3,
        "a quote opens in this row and never closes (the file is cut, or a quote is missing)",
    )
    assert balanced(ingest.read([path]))


def test_a_lost_quote_swallows_nothing(tmp_path: Path) -> None:
    """Without care this is one row of three, and no error."""
    rows = '会话ID,角色,内容\n1,客服,"您好\n2,客户,在吗\n3,客服,好的"\n4,客户,谢谢\n'
    path = write(tmp_path / "a.csv", rows)
    assert texts(path) == ["在吗", '好的"', "谢谢"]
    assert [line for line, _ in rejected(path)] == [2]


def test_a_lost_closing_quote_before_quoted_rows(tmp_path: Path) -> None:
    rows = '"会话ID","角色","内容"\n"1","客服","您好\n"2","客户","在吗"\n"3","客服","好的"\n'
    path = write(tmp_path / "a.csv", rows)
    assert texts(path) == ["在吗", "好的"]
    assert [line for line, _ in rejected(path)] == [2]


def test_a_cell_of_several_lines_may_hold_delimiters(tmp_path: Path) -> None:
    said = "清单:\n一,二,三\n四,五"
    rows = [["会话ID", "角色", "内容"], ["S1", "客户", said], ["S1", "客服", "好"]]
    path = write(tmp_path / "a.csv", rows)
    assert texts(path) == [said, "好"]


def test_quotes_that_are_ordinary_characters(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", '角色,内容\n客户,5" 的屏幕\n客户,"大号"的有吗\n客服,有\n')
    assert texts(path) == ['5" 的屏幕', '"大号"的有吗', "有"]


def test_tab_separated_text_may_begin_with_a_quote(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", '角色\t内容\n客户\t"大号有吗\n客服\t有\n')
    assert texts(path) == ['"大号有吗', "有"]


def test_rows_with_too_few_or_too_many_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", GOOD + "S3,2026-06-03 11:00:00\r\n\r\nS3,2026-06-03 11:00:00,c,客户,a,b\r\n")
    assert len(texts(path)) == len(CHAT)
    assert rejected(path) == [
        (7, "this row has 2 cells, the header has 5"),
        (9, "this row has 6 cells, the header has 5"),
    ]


def test_one_short_row_among_quoted_commas(tmp_path: Path) -> None:
    """A count of commas alone would add up here."""
    path = write(tmp_path / "a.csv", '角色,内容,备注\n客户,"在,吗",\n客服\n')
    assert texts(path) == ["在,吗"]
    assert rejected(path) == [(3, "this row has 1 cells, the header has 3")]


def test_broken_lines_of_json(tmp_path: Path) -> None:
    lines = '{"role":"客户","text":"一"}\n{"role":"客户","te\n\n[1]\nnull\n{"role":"客服","text":"二","n":NaN}\n'
    path = write(tmp_path / "a.jsonl", lines)
    assert texts(path) == ["一", "二"]
    assert [line for line, _ in rejected(path)] == [2, 4, 5]
    assert rejected(path)[1][1] == "this line is not a whole JSON object: not an object"
    assert balanced(ingest.read([path]))


def test_json_lines_that_are_all_broken(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"role":"客户","te}\n{"role":}\n')
    assert [line for line, _ in rejected(path)] == [1, 2]


def test_brackets_by_the_thousand(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"role":"客户","text":"一"}\n{"role":"客户","text":' + "[" * 100_000)
    assert texts(path) == ["一"]
    assert "recursion" in reasons(path)
    assert "not JSON" in reasons(write(tmp_path / "b.json", '{"a":' * 100_000))


def test_a_delimiter_too_many_at_the_end_of_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "角色,内容\n客户,一,\n客服,二,,\n客户,三,四\n")
    assert texts(path) == ["一", "二"]
    assert rejected(path) == [(4, "this row has 3 cells, the header has 2")]


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.csv")
    write(path, GOOD)
    assert ingest.read([tmp_path]).inputs["path"].item().endswith("/\ufffd.csv")


def test_a_json_list_that_breaks_off(tmp_path: Path) -> None:
    text = '[{"role":"客户","text":"一"},\n{"role":"客户","text":},\n{"role":"客服","text":"二"},\n{"role":"客'
    path = write(tmp_path / "a.json", text)
    assert texts(path) == ["一", "二"]
    assert [line for line, _ in rejected(path)] == [2, 4]


def test_half_an_emoji_in_json(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl", '{"role":"客户","text":"好的\\ud83d"}\n{"role":"客户","text":"\\ud83d\\ude0a"}\n'
    )
    assert texts(path) == ["好的\ufffd", "😊"]


def test_a_nul_byte(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", GOOD + "S3,2026-06-03 11:00:00,c,客户,a\0b\r\n")
    assert len(texts(path)) == len(CHAT)
    assert rejected(path) == [(7, "the row holds a NUL byte: it is damaged")]


def test_a_line_in_no_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("角色,内容\n客户,一\n".encode() + b"\xff\xfe\xff,x\n" + "客户,二\n".encode())
    assert texts(path) == ["一", "二"]
    assert rejected(path) == [(3, "this line is neither UTF-8 nor GB18030")]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_fifty_megabytes(tmp_path: Path, quote: str) -> None:
    path = write(tmp_path / "a.csv", f"角色,内容\n客户,一\n客户,{quote}{'x' * 50_000_000}{quote}\n客服\n客户,二\n")
    assert texts(path) == ["一", "二"]
    read = ingest.read([path])
    assert read.rejects["reason"][0] == "the text is longer than 100,000 characters, which is no chat message"
    assert read.rejects["raw"].str.len_chars().max() == 500


def test_ten_thousand_columns(tmp_path: Path) -> None:
    names = [f"c{n}" for n in range(10_000)]
    path = write(tmp_path / "a.csv", [[*names, "角色", "内容"], [*["1"] * 10_000, "客户", "在吗"], ["2"]])
    assert texts(path) == ["在吗"]
    assert rejected(path) == [(3, "this row has 1 cells, the header has 10002")]


def test_a_text_column_that_is_missing_among_many(tmp_path: Path) -> None:
    reason = reasons(write(tmp_path / "a.csv", [[f"c{n}" for n in range(10_000)]]))
    assert len(reason) < 400


def test_total_rows_are_rejects(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", GOOD + "合计,,,,4条\r\n")
    assert rejected(path) == [(7, "nothing in this row says who speaks")]


def test_the_raw_row_is_shown(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", GOOD + "S3,not a time,c,客户,哎\r\n")
    assert ingest.read([path]).rejects["raw"].to_list() == ["S3 | not a time | c | 客户 | 哎"]


def test_a_header_and_nothing_else(tmp_path: Path) -> None:
    read = ingest.read([write(tmp_path / "a.csv", [HEADER])])
    assert (read.messages.height, read.rejects.height, read.inputs["rows"].item()) == (0, 0, 0)
