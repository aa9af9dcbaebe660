"""Times in every form that exports have."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csaudit import ingest
from csaudit.config import Config
from csaudit.ingest.times import parse
from exports import write

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 6, 3, 10, 2, 11, tzinfo=SHANGHAI)


def at(*values: str | None, zone: str = "Asia/Shanghai", time_format: str | None = None) -> list[datetime | None]:
    return parse(pl.Series(values, dtype=pl.String), zone, time_format)["at"].to_list()


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-03 10:02:11",
        "2026/6/3 10:02:11",
        "2026.6.3 10:02:11",
        "2026-6-3  10:2:11",
        "2026年6月3日 10:02:11",
        "2026年06月03日 10时02分11秒",
        "2026年6月3日 上午10:02:11",
        "2026-06-03T10:02:11",
        "2026-06-03T10:02:11+08:00",
        "2026-06-03T10:02:11.000+0800",
        "2026-06-03T02:02:11Z",
        "2026-06-03 02:02:11 UTC",
        "2026-06-03T03:02:11+01:00",
        "2026-06-03T10:02:11.000",
        "20260603100211",
        "20260603 10:02:11",
        "2026-06-03 星期三 10:02:11",
        "2026-06-03 10:02:11 AM",
        "1780452131",
        "1780452131.0",
        "1780452131000",
        "1780452131000000",
        "46176.418182870",
    ],
)
def test_one_moment_in_many_forms(text: str) -> None:
    assert at(text) == [TEN]
    assert at("2026-01-01 00:00:00", text)[1] == TEN, "also where the file begins with another form"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-03 24:00:00", datetime(2026, 6, 4)),
        ("2026-06-03", datetime(2026, 6, 3)),
        ("2026/6/3 9:03", datetime(2026, 6, 3, 9, 3)),
        ("2026年6月3日 下午2点", datetime(2026, 6, 3, 14)),
        ("2026-06-03 12:30 AM", datetime(2026, 6, 3, 0, 30)),
        ("2026-06-03 12:30 PM", datetime(2026, 6, 3, 12, 30)),
        ("2026-06-03 10:02:11.250", datetime(2026, 6, 3, 10, 2, 11, 250_000)),
        ("46176", datetime(2026, 6, 3)),
    ],
)
def test_further_moments(text: str, moment: datetime) -> None:
    assert at(text) == [moment.replace(tzinfo=SHANGHAI)]


@pytest.mark.parametrize(
    "text",
    ["昨天 10:02", "2026-13-01 10:00:00", "2026-06-31 10:00:00", "2026-06-03 25:00:00", "12", "时间", "1.78E+12"],
)
def test_what_is_no_time(text: str) -> None:
    assert at(text) == [None]


def test_nothing_is_nothing() -> None:
    assert at(None, None) == [None, None]
    assert at() == []


def test_a_zone_of_ones_own() -> None:
    (moment,) = at("2026-06-03 10:02:11", zone="America/New_York")
    assert moment == datetime(2026, 6, 3, 10, 2, 11, tzinfo=ZoneInfo("America/New_York"))


def test_an_hour_that_comes_twice_and_one_that_does_not_exist() -> None:
    twice, never = at("2026-10-25 02:30:00", "2026-03-29 02:30:00", zone="Europe/Berlin")
    assert twice == datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=0)
    assert never is None


def test_a_form_given_in_the_configuration() -> None:
    read = at("03/06/2026 10:02:11", "2026-06-03 10:02:11", "?", time_format="%d/%m/%Y %H:%M:%S")
    assert read == [TEN, TEN, None]


@given(st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)), st.sampled_from(["s", "ms", "excel", "iso", "zh"]))
def test_round_trip(moment: datetime, form: str) -> None:
    moment = moment.replace(microsecond=0, tzinfo=SHANGHAI)
    written = {
        "s": f"{moment.timestamp():.0f}",
        "ms": f"{moment.timestamp() * 1000:.0f}",
        "excel": repr((moment.replace(tzinfo=None) - datetime(1899, 12, 30)).total_seconds() / 86_400),
        "iso": moment.isoformat(),
        "zh": f"{moment.year}年{moment.month}月{moment.day}日 {moment.hour}:{moment.minute:02}:{moment.second:02}",
    }[form]
    if form not in ("s", "ms") or moment.timestamp() >= 1e9:
        assert at(written) == [moment]


# ---- in files -------------------------------------------------------------------------------------------------------


def chat(path: Path, *times: str, header: str = "时间") -> Path:
    return write(path, [["角色", header, "内容"], *[["客户", time, str(n)] for n, time in enumerate(times)]])


def codes(read: ingest.Ingested) -> list[str]:
    return [note.code for note in read.notes]


def test_an_unreadable_time_is_a_reject_and_an_empty_one_is_not(tmp_path: Path) -> None:
    read = ingest.read([chat(tmp_path / "a.csv", "2026-06-03 10:02:11", "", "那天")])
    assert read.messages["text"].to_list() == ["0", "1"]
    assert read.messages["sent_at"].null_count() == 1
    assert read.rejects["reason"].to_list() == [
        "the time “那天” cannot be read; say its form in csaudit.yaml under time_format"
    ]


def test_no_readable_time_at_all_is_said_once_and_nothing_is_lost(tmp_path: Path) -> None:
    path = chat(tmp_path / "a.csv", "03.06.26 10h02", "03.06.26 10h03")
    read = ingest.read([path])
    assert read.messages["text"].to_list() == ["0", "1"]
    assert read.messages["sent_at"].null_count() == 2
    assert codes(read) == ["times_unread"]
    assert "“时间” can be read (such as “03.06.26 10h02”)" in read.notes[0].text("en")
    assert ingest.read([path], Config(time_format="%d.%m.%y %Hh%M")).messages["sent_at"].null_count() == 0


def test_no_time_column(tmp_path: Path) -> None:
    read = ingest.read([write(tmp_path / "a.csv", "角色,内容\n客户,一\n客服,二\n")])
    assert read.messages["text"].to_list() == ["一", "二"]
    assert codes(read) == ["no_time_column"]


def test_times_of_day_need_a_date(tmp_path: Path) -> None:
    assert codes(ingest.read([chat(tmp_path / "a.csv", "10:02:11", "10:02:12")])) == ["times_of_day"]
    path = write(tmp_path / "b.csv", "角色,日期,时间,内容\n客户,2026/6/3,10:02:11,一\n")
    assert ingest.read([path]).messages["sent_at"].to_list() == [TEN]


def test_a_column_called_date_may_hold_the_whole_time(tmp_path: Path) -> None:
    assert ingest.read([chat(tmp_path / "a.csv", "2026-06-03 10:02:11", header="日期")]).messages["sent_at"][0] == TEN


def test_minutes_only_and_mixed_zones_are_said(tmp_path: Path) -> None:
    minutes = chat(tmp_path / "a.csv", *[f"2026-06-03 10:0{n}" for n in range(6)])
    mixed = chat(tmp_path / "b.csv", "2026-06-03 10:02:11", "2026-06-03T10:02:11Z")
    assert codes(ingest.read([minutes])) == ["minute_precision"]
    assert codes(ingest.read([mixed])) == ["mixed_zones"]
