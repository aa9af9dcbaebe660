"""Which messages belong together and in which order: the same whatever file, and whatever place in it, a row had."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from csaudit import ingest
from csaudit.config import Config
from exports import balanced, said, write

HEADER = ["店铺", "买家", "角色", "时间", "内容"]
START = datetime(2026, 6, 3, 23, 30)


def chat(path: Path, *rows: tuple[str, str, int]) -> Path:
    """Rows of (customer, role, minutes after the start) in a file without conversation ids."""
    lines = [
        ["甲店", customer, role, (START + timedelta(minutes=minute)).isoformat(" "), f"{customer}{minute}"]
        for customer, role, minute in rows
    ]
    return write(path, [HEADER, *lines])


def sessions(*paths: Path, config: Config | None = None) -> list[list[str]]:
    messages = ingest.read(paths, config).messages
    groups = messages.group_by("conversation_id", maintain_order=True).agg("text")
    return sorted(groups["text"].to_list())


# ---- with ids -------------------------------------------------------------------------------------------------------


def test_ids_are_kept_and_rows_put_in_order_of_time(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        "会话ID,角色,时间,内容\nS1,客服,2026-06-03 10:00:09,二\nS2,客户,2026-06-03 10:00:05,甲\nS1,客户,2026-06-03 10:00:01,一\n",
    )
    assert ingest.read([path]).messages.select("conversation_id", "seq", "text").rows() == [
        ("S1", 1, "一"),
        ("S1", 2, "二"),
        ("S2", 1, "甲"),
    ]


def test_equal_times_keep_the_order_of_the_file(tmp_path: Path) -> None:
    rows = [["S1", "客户", "2026-06-03 10:00:01", text] for text in "丁丙乙甲"]
    path = write(tmp_path / "a.csv", [["会话ID", "角色", "时间", "内容"], *rows])
    assert ingest.read([path]).messages["text"].to_list() == list("丁丙乙甲")


def test_a_number_within_the_conversation_decides_among_equal_times(tmp_path: Path) -> None:
    rows = [["S1", "客户", "2026-06-03 10:00:01", str(seq), f"第{seq}"] for seq in (10, 9, 11)]
    path = write(tmp_path / "a.csv", [["会话ID", "角色", "时间", "消息序号", "内容"], *rows])
    assert ingest.read([path]).messages["text"].to_list() == ["第9", "第10", "第11"]


def test_a_row_without_time_stays_among_its_neighbours(tmp_path: Path) -> None:
    times = ["", "2026-06-03 10:00:05", "", "2026-06-03 10:00:09", "2026-06-03 10:00:01"]
    rows = [["S1", "客户", time, str(n)] for n, time in enumerate(times)]
    path = write(tmp_path / "a.csv", [["会话ID", "角色", "时间", "内容"], *rows])
    assert ingest.read([path]).messages["text"].to_list() == ["4", "0", "1", "2", "3"]


def test_a_conversation_over_midnight_and_over_files_is_one(tmp_path: Path) -> None:
    head = ["会话ID", "角色", "时间", "内容"]
    first = write(tmp_path / "06-03.csv", [head, ["S1", "客户", "2026-06-03 23:59:58", "在吗"]])
    second = write(tmp_path / "06-04.csv", [head, ["S1", "客服", "2026-06-04 00:00:03", "在的"]])
    assert sessions(second, first) == [["在吗", "在的"]]


def test_the_same_id_in_two_shops_is_two_conversations(tmp_path: Path) -> None:
    head = "会话ID,店铺,角色,内容\n"
    path = write(tmp_path / "a.csv", head + "1,甲店,客户,甲\n1,乙店,客户,乙\n1,,系统,丙\n2,甲店,客户,丁\n2,,系统,戊\n")
    read = ingest.read([path]).messages
    assert read.select("conversation_id", "text").rows() == [
        ("1@?/?", "丙"),
        ("1@?/乙店", "乙"),
        ("1@?/甲店", "甲"),
        ("2", "丁"),
        ("2", "戊"),
    ]
    assert read.filter(conversation_id="2")["shop"].to_list() == ["甲店", "甲店"]


def test_the_customer_is_known_in_the_whole_conversation(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "会话ID,角色,发送者,内容\nS1,客服,小禾,您好\nS1,客户,c1,在吗\n")
    assert ingest.read([path]).messages["customer"].to_list() == ["c1", "c1"]


# ---- without ids ----------------------------------------------------------------------------------------------------


def test_a_silence_ends_a_session(tmp_path: Path) -> None:
    path = chat(tmp_path / "a.csv", ("c", "客户", 0), ("c", "客服", 30), ("c", "客户", 61))
    assert sessions(path) == [["c0", "c30"], ["c61"]]
    assert sessions(path, config=Config(session_gap=60)) == [["c0"], ["c30"], ["c61"]]


def test_customers_are_told_apart(tmp_path: Path) -> None:
    path = chat(tmp_path / "a.csv", ("c", "客户", 0), ("d", "客户", 1), ("c", "客服", 2), ("d", "客服", 3))
    assert sessions(path) == [["c0", "c2"], ["d1", "d3"]]


def test_agents_part_sessions_where_every_row_names_one(tmp_path: Path) -> None:
    rows = "买家,客服,角色,时间,内容\nc,甲,客户,2026-06-03 10:00,一\nc,甲,客服,2026-06-03 10:01,二\nc,乙,客户,2026-06-03 10:02,三\n"
    assert sessions(write(tmp_path / "a.csv", rows)) == [["一", "二"], ["三"]]
    assert sessions(write(tmp_path / "b.csv", rows.replace("c,甲,客户", "c,,客户"))) == [["一", "二", "三"]]


def test_a_file_of_one_chat_without_customer_on_the_agents_rows(tmp_path: Path) -> None:
    rows = "发送者,时间,内容\n店:小禾,2026-06-03 10:00:00,您好\nc,2026-06-03 10:00:05,在吗\n店:小禾,2026-06-03 10:00:09,在的\n"
    first, second = write(tmp_path / "a.csv", rows), write(tmp_path / "b.csv", rows.replace("c,", "d,"))
    assert sessions(first, second) == [["您好", "在吗", "在的"], ["您好", "在吗", "在的"]]


def test_without_ids_and_times_a_customer_has_one_conversation_a_file(tmp_path: Path) -> None:
    head = "买家,角色,内容\n"
    first = write(tmp_path / "a.csv", head + "c,客户,在吗\nd,客户,你好\nc,客服,在的\n")
    second = write(tmp_path / "b.csv", head + "c,客户,在吗\n")
    assert sessions(first, second) == [["你好"], ["在吗"], ["在吗", "在的"]]


def test_names_of_sessions_do_not_depend_on_where_the_file_lies(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    content = "买家,角色,内容\nc,客户,在吗\n"
    first, second = write(tmp_path / "a.csv", content), write(tmp_path / "deep/b.csv", content)
    ids = [ingest.read([path]).messages["conversation_id"].item() for path in (first, second)]
    assert ids[0] == ids[1]


# ---- properties -----------------------------------------------------------------------------------------------------

MESSAGE = st.tuples(st.sampled_from("abc"), st.sampled_from("甲乙"), st.sampled_from(["客户", "客服", "系统"]))


@settings(max_examples=40, deadline=None)
@given(st.lists(MESSAGE, min_size=1, max_size=30), st.randoms(use_true_random=False), st.booleans())
def test_order_and_split_of_rows_do_not_matter(
    rows: list[tuple[str, str, str]], chance: random.Random, ids: bool
) -> None:
    """With distinct times, any order of rows, any cut into files and any order of files give the same messages."""
    minute = 0
    lines = []
    for number, (customer, shop, role) in enumerate(rows):
        minute += chance.choice([1, 5, 40])
        id_ = f"{customer}{number // 10}" if ids else ""
        lines.append([id_, shop, customer, role, (START + timedelta(minutes=minute)).isoformat(" "), f"第{number}句"])
    head = ["会话ID", "店铺", "买家", "角色", "时间", "内容"]
    with TemporaryDirectory() as name:
        folder = Path(name)
        whole = ingest.read([write(folder / "whole.csv", [head, *lines])])
        shuffled = chance.sample(lines, len(lines))
        parts = [shuffled[n::3] for n in range(3)]
        paths = [write(folder / f"{n}.csv", [head, *part]) for n, part in enumerate(parts)]
        split = ingest.read(chance.sample(paths, 3))
    assert said(split.messages) == said(whole.messages)
    assert balanced(split)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet='客服户,"\n\r\t;|x1\0 ', max_size=12), min_size=1, max_size=12))
def test_every_row_is_accounted_for_whatever_stands_in_a_file(lines: list[str]) -> None:
    with TemporaryDirectory() as name:
        path = write(Path(name) / "a.csv", "角色,内容\n" + "\n".join(lines))
        assert balanced(ingest.read([path, path]))
