"""The same chat in every format, encoding and dialect gives the same messages."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import polars as pl
import pytest
import zstandard

from csaudit import ingest
from csaudit.config import Config
from exports import CHAT, HEADER, balanced, csv_text, said, texts, write

KEYS = ["conversation_id", "sent_at", "sender", "role", "text"]
ENGLISH = [dict(zip(KEYS, row, strict=True)) for row in CHAT]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    return said(ingest.read([write(tmp_path_factory.mktemp("plain") / "chat.csv", [HEADER, *CHAT])]).messages)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encodings_and_delimiters(
    tmp_path: Path, expected: list[tuple[object, ...]], encoding: str, delimiter: str
) -> None:
    read = ingest.read([write(tmp_path / "chat.csv", [HEADER, *CHAT], encoding, delimiter=delimiter)])
    assert said(read.messages) == expected
    assert balanced(read)
    assert read.inputs["encoding"].item() == encoding


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gz", "zst"])
def test_compressed(tmp_path: Path, expected: list[tuple[object, ...]], pack: object) -> None:
    path = tmp_path / "chat.csv.packed"
    path.write_bytes(pack(csv_text([HEADER, *CHAT]).encode("gb18030")))  # type: ignore[operator]
    assert said(ingest.read([path]).messages) == expected


def test_several_compressed_parts_in_one_file(tmp_path: Path, expected: list[tuple[object, ...]]) -> None:
    head, tail = csv_text([HEADER, *CHAT[:2]]).encode(), csv_text(CHAT[2:]).encode()
    for name, pack in (("a.csv.gz", gzip.compress), ("a.csv.zst", zstandard.ZstdCompressor().compress)):
        path = tmp_path / name
        path.write_bytes(pack(head) + pack(tail))
        assert said(ingest.read([path]).messages) == expected


def test_json_forms(tmp_path: Path, expected: list[tuple[object, ...]]) -> None:
    forms = {
        "lines.jsonl": "\n".join(json.dumps(row, ensure_ascii=False) for row in ENGLISH),
        "escaped.ndjson": "\n".join(json.dumps(row) for row in ENGLISH) + "\n",
        "array.json": json.dumps(ENGLISH, ensure_ascii=False),
        "pretty.json": json.dumps(ENGLISH, indent=2, ensure_ascii=False),
        "document.json": json.dumps({"exported_at": "2026-06-04", "messages": ENGLISH}, indent=1),
    }
    for name, text in forms.items():
        read = ingest.read([write(tmp_path / name, text)])
        assert said(read.messages) == expected, name
        assert balanced(read)


def test_parquet_with_typed_columns(tmp_path: Path, expected: list[tuple[object, ...]]) -> None:
    frame = pl.DataFrame(ENGLISH).with_columns(pl.col("sent_at").str.to_datetime(time_zone="Asia/Shanghai"))
    frame.write_parquet(tmp_path / "chat.parquet")
    assert said(ingest.read([tmp_path / "chat.parquet"]).messages) == expected


def test_a_list_may_be_inside_an_object_that_names_the_shop(tmp_path: Path) -> None:
    document = {"shop_name": "禾沐旗舰店", "data": ENGLISH}
    read = ingest.read([write(tmp_path / "chat.json", json.dumps(document))])
    assert read.messages["shop"].unique().to_list() == ["禾沐旗舰店"]


def test_nested_objects_are_columns_with_dots(tmp_path: Path) -> None:
    row = {"sid": "1", "time": 1780452131000, "from": {"nick": "小禾", "role": "客服"}, "msg": "好的", "tags": ["a"]}
    config = Config(columns={"role": "from.role", "sender": "from.nick"})
    read = ingest.read([write(tmp_path / "a.jsonl", json.dumps(row))], config)
    assert read.messages.select("role", "agent_id", "text").row(0) == ("agent", "小禾", "好的")


def test_standard_input() -> None:
    read = ingest.read(["-"], stdin=io.BytesIO(csv_text([HEADER, *CHAT]).encode("gb18030")))
    assert read.messages["source_file"].unique().to_list() == ["-"]
    assert read.messages.height == len(CHAT)


def test_lines_are_physical_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.csv", "本店聊天记录导出,,,,\r\n\r\n" + csv_text([HEADER, *CHAT]))
    assert ingest.read([path]).messages["source_line"].to_list() == [4, 5, 7, 8]


def test_lines_of_a_json_list(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.json", json.dumps(ENGLISH[:2], indent=1))
    assert ingest.read([path]).messages["source_line"].to_list() == [2, 9]


def test_line_separators_within_text_are_text(tmp_path: Path) -> None:
    odd = "一\x0b二\x85三\u2028四"
    assert texts(write(tmp_path / "chat.csv", [HEADER, [*CHAT[0][:4], odd], ["short"]])) == [odd]


def test_old_mac_line_ends(tmp_path: Path) -> None:
    rows = [HEADER, CHAT[0], CHAT[3]]
    assert texts(write(tmp_path / "chat.csv", csv_text(rows, lineterminator="\r"))) == ["在吗", "=1+1"]


def test_a_declaration_of_the_delimiter_is_no_header(tmp_path: Path) -> None:
    path = write(tmp_path / "chat.csv", "sep=;\n" + csv_text([HEADER, *CHAT], delimiter=";"))
    assert len(texts(path)) == len(CHAT)


def test_short_utf8_chinese_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    assert texts(write(tmp_path / "a.csv", "角色,内容\n客户,您好\n")) == ["您好"]


def test_gb18030_beyond_gbk(tmp_path: Path) -> None:
    assert texts(write(tmp_path / "a.csv", "角色,内容\n客户,好😀的€㊙\n", "gb18030")) == ["好😀的€㊙"]


def test_mixed_encodings_are_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("角色,内容\n客户,您好\n".encode() + "客户,这件有大码吗\n".encode("gb18030"))
    read = ingest.read([path])
    assert read.messages["text"].to_list() == ["您好", "这件有大码吗"]
    assert [note.code for note in read.notes] == ["mixed_encoding", "no_time_column"]


def test_doubtful_encoding_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("role,text\nbuyer,Größe für Mädchen\n".encode("latin-1"))
    assert "encoding_doubtful" in [note.code for note in ingest.read([path]).notes]


def test_a_declared_encoding_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "role,text\n客戶,請問有貨嗎\n", "big5")
    config = Config(encoding="big5", roles={"客戶": "customer"})
    assert texts(path, config) == ["請問有貨嗎"]


def test_a_key_that_only_comes_late_is_found(tmp_path: Path) -> None:
    rows = [{"role": "客服", "text": f"第{n}句"} for n in range(1500)]
    rows[1400]["recalled"] = "true"
    path = write(tmp_path / "a.jsonl", "\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    assert ingest.read([path]).messages.filter("recalled")["text"].to_list() == ["第1400句"]


def test_folders_are_searched_and_ours_left_out(tmp_path: Path) -> None:
    for name in ("a.csv", "deep/er/b.CSV", ".hidden/c.csv", "run/incidents.csv", "notes.md", "csaudit.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name, [HEADER, [name, *CHAT[0][1:]]])
    (tmp_path / "run/run.json").write_text("{}")
    read = ingest.read([tmp_path])
    assert [Path(path).name for path in read.inputs["path"]] == ["a.csv", "b.CSV"]


def test_two_files_with_different_columns(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", [HEADER, *CHAT])
    write(tmp_path / "b.csv", "speaker,content,order_id\nagent,好的,77\n")
    read = ingest.read([tmp_path])
    assert read.messages.height == len(CHAT) + 1
    assert read.messages.filter(pl.col("order_id") == "77")["text"].to_list() == ["好的"]
