"""Rows that come twice from the same export count once; people who say the same twice did say it twice."""

from __future__ import annotations

from pathlib import Path

from csaudit import ingest
from exports import CHAT, HEADER, balanced, write


def counts(*paths: Path) -> list[tuple[int, int, int, int]]:
    read = ingest.read(paths)
    assert balanced(read)
    return read.inputs.select("rows", "messages", "rejects", "duplicates").rows()


def test_a_file_given_twice(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [HEADER, *CHAT, ["S9", "x", "y", "客户", "z"]])
    assert counts(path, tmp_path) == [(5, 4, 1, 0), (5, 0, 0, 5)]


def test_a_copy_of_a_file_without_times_or_ids(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write(tmp_path / name, "角色,内容\n客户,在吗\n客服,在的\n")
    read = ingest.read([tmp_path])
    assert read.messages.height == 2
    assert "same_file" in [note.code for note in read.notes]


def test_exports_that_overlap(tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv", [HEADER, *CHAT[:3]])
    second = write(tmp_path / "b.csv", [HEADER, *CHAT[1:]], "gb18030", delimiter=";")
    assert counts(second, first) == [(3, 3, 0, 0), (3, 1, 0, 2)]


def test_the_same_words_twice_in_a_second_are_two_messages(tmp_path: Path) -> None:
    rows = [HEADER, CHAT[0], CHAT[0], CHAT[1]]
    assert counts(write(tmp_path / "a.csv", rows)) == [(3, 3, 0, 0)]
    assert counts(tmp_path / "a.csv", write(tmp_path / "b.csv", [*rows, CHAT[0]])) == [(3, 3, 0, 0), (4, 1, 0, 3)]


def test_ids_of_messages_settle_it(tmp_path: Path) -> None:
    head = ["消息ID", *HEADER]
    twice = [["m1", *CHAT[0]], ["m1", *CHAT[0]], ["m2", *CHAT[0]]]
    assert counts(write(tmp_path / "a.csv", [head, *twice])) == [(3, 2, 0, 1)]


def test_rows_without_time_cannot_be_known_again(tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv", "会话ID,角色,内容\nS1,客户,好的\nS1,客服,嗯\n")
    second = write(tmp_path / "b.csv", "会话ID,角色,内容\nS1,客户,好的\n")
    assert counts(first, second) == [(2, 2, 0, 0), (1, 1, 0, 0)]


def test_numbered_rows_can(tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv", "会话ID,消息序号,角色,内容\nS1,1,客户,好的\nS1,2,客户,好的\n")
    second = write(tmp_path / "b.csv", "会话ID,消息序号,角色,内容\nS1,2,客户,好的\nS1,3,客户,好的\n")
    assert counts(first, second) == [(2, 2, 0, 0), (2, 1, 0, 1)]


def test_different_shops_are_different_rows(tmp_path: Path) -> None:
    head = "店铺,买家,角色,时间,内容\n"
    first = write(tmp_path / "a.csv", head + "甲,c,客户,2026-06-03 10:00:00,在吗\n")
    second = write(tmp_path / "b.csv", head + "乙,c,客户,2026-06-03 10:00:00,在吗\n")
    assert counts(first, second) == [(1, 1, 0, 0), (1, 1, 0, 0)]


def test_a_greeting_of_a_second_to_nobody_in_particular_is_not_the_same(tmp_path: Path) -> None:
    head = "角色,时间,内容\n"
    first = write(tmp_path / "a.csv", head + "客服,2026-06-03 10:00:00,您好\n客服,2026-06-03 10:00:02,亲\n")
    second = write(tmp_path / "b.csv", head + "客服,2026-06-03 10:00:00,您好\n")
    assert counts(first, second) == [(2, 2, 0, 0), (1, 1, 0, 0)]
