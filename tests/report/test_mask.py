from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csaudit.report.mask import masked, pseudonyms
from report.by_hand import DIALOGUES, audit, incident


def hide(text: str) -> str:
    """What is left of a text as evidence of an incident."""
    row = incident("B1", "c2", {"哦": (0, 1)})
    row["evidence"][0]["text"] = text  # type: ignore[index]
    return masked(audit(row)).incidents.item(0, "evidence")[0]["text"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13812345678。", "电话***********。"),
        ("打138-1234-5678吧", "打***-****-****吧"),
        ("138 1234 5678或139 8765 4321", "*** **** ****或*** **** ****"),
        ("１３８１２３４５６７８", "***********"),
        ("一三八一二三四五六七八", "***********"),
        ("我在3楼 13812345678", "我在3楼 ***********"),
        ("座机010-62345678", "座机***-********"),
        ("身份证11010519491231002X", "身份证******************"),
        ("卡号6222021234567890128", "卡号*******************"),
        ("发到wang.li@example.com", "发到****.**@*******.***"),
        ("加我微信：abc_12345", "加我微信：***_*****"),
        ("QQ 123456789 联系", "QQ ********* 联系"),
        ("寄到北京市朝阳区望京街道10号院3号楼501室，谢谢", "寄到*********************，谢谢"),
        ("送到幸福小区3栋2单元501", "送到************"),
        ("浙江省杭州市余杭区文一西路969号", "*****************"),
    ],
)
def test_personal_data_is_hidden_character_by_character(text: str, shown: str) -> None:
    assert len(hide(text)) == len(text)
    assert hide(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "订单号123456789012345678",
        "单号 300012345678 三天没动",
        "一共1999元，2026年6月3日发货",
        "打12315投诉，客服400电话",
        "微信支付可以用",
        "去淘宝搜路亚竿",
        "iPhone13 256G还有货吗",
        "这条路不通，请走大道",
        "我在成都市武侯区，能到吗",
        "这款在北京市场卖得好，山东省内包邮",
    ],
)
def test_what_is_nobodys_is_left(text: str) -> None:
    assert hide(text) == text


def luhn(number: str) -> str:
    """The number with the digit that bank cards end in."""
    digits = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number))]
    return number + str(-sum(digit - 9 * (digit > 9) for digit in digits) % 10)


NUMBERS = st.one_of(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{5}19[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9])[0-9]{3}[0-9X]", fullmatch=True),
    st.from_regex(r"62[0-9]{16}", fullmatch=True).map(luhn),
)
AROUND = st.text("您好的电话是：, ，请记一下两点xab", max_size=8)


@given(AROUND, NUMBERS, AROUND)
@settings(max_examples=40, deadline=None)
def test_no_digit_of_a_number_leaks_and_the_length_stays(before: str, number: str, after: str) -> None:
    text = before + number + after
    shown = hide(text)
    assert len(shown) == len(text)
    assert not re.search("[0-9X]", shown)
    assert shown.startswith(before)
    assert shown.endswith(after)


def test_a_quoted_id_is_hidden_in_the_reason_too() -> None:
    row = incident("B1", "c2", {"哦": (0, 1)}, reason="客服给出「abc12345」，客户是买家c2")
    row["evidence"][0]["text"] = "加微信：abc12345"  # type: ignore[index]
    shown = masked(audit(row)).incidents
    assert shown.item(0, "reason") == "客服给出「********」，客户是客户-0002"


def test_a_customer_has_the_same_pseudonym_everywhere() -> None:
    names = pseudonyms(DIALOGUES.get_column("customer").reverse(), "zh")
    assert dict(names.iter_rows()) == {"买家c1": "客户-0001", "买家c2": "客户-0002", "买家c3": "客户-0003"}
    shown = masked(audit(incident("B1", "c2", {"哦": (0, 1)})))
    assert shown.incidents.get_column("customer").to_list() == ["客户-0002"]
    assert shown.conversations.get_column("customer").to_list() == ["客户-0001", "客户-0002", "客户-0003"]


def test_rows_that_could_not_be_read_are_masked() -> None:
    assert masked(audit()).rejects.get_column("raw").to_list() == ["***********,,"]


def test_an_empty_audit_and_nulls_are_masked() -> None:
    row = incident("B1", "c2", {"哦": (0, 1)}, customer=None, advice=None)
    assert masked(audit(row)).incidents.get_column("customer").to_list() == [None]
    assert masked(audit()).incidents.height == 0
    frame = audit().rejects.with_columns(raw=pl.lit(None, pl.String))
    assert frame.get_column("raw").null_count() == 1
