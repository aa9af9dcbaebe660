"""Numbers and addresses: their forms, their checksums, their values."""

import pytest

from csaudit.pack.model import Compare, Entity
from looking import find, said, signal


def found(text: str, entity: str) -> list[str]:
    return find(said(text), signal(Entity(entity)))["said"].to_list()


@pytest.mark.parametrize(
    ("entity", "text", "words"),
    [
        ("mobile", "打我13800001234哈", ["13800001234"]),
        ("mobile", "打我１３８００００１２３４", ["１３８００００１２３４"]),
        ("mobile", "138-0000-1234", ["138-0000-1234"]),
        ("mobile", "幺三八零零零零一二三四，姓周", ["幺三八零零零零一二三四"]),
        ("mobile", "1 3 8 0 0 0 0 1 2 3 4 打我", ["1 3 8 0 0 0 0 1 2 3 4"]),
        ("mobile", "138四个零1234", ["138四个零1234"]),
        ("mobile", "单号213800001234567", []),
        ("mobile", "到手价1399/1299/999", []),
        ("mobile", "12800001234", []),
        ("id_card", "身份证11010519491231002X", ["11010519491231002X"]),
        ("id_card", "身份证110105194912310021", []),
        ("id_card", "110105194913310026", []),
        ("bank_card", "卡号6222021234567890128", ["6222021234567890128"]),
        ("bank_card", "4111 1111 1111 1111", ["4111 1111 1111 1111"]),
        ("bank_card", "6222021234567890129", []),
        ("bank_card", "订单号6222021234567890128", []),
        ("order_no", "订单号：JD123456789012", ["JD123456789012"]),
        ("order_no", "运单SF1234567890123到了", ["SF1234567890123"]),
        ("order_no", "一共12个", []),
        ("wechat_id", "加微信号：abc_12345", ["abc_12345"]),
        ("wechat_id", "薇❤ ly_12345", ["ly_12345"]),
        ("wechat_id", "vx13800001234", ["13800001234"]),
        ("wechat_id", "微信支付可用", []),
        ("qq_id", "QQ号是12345678", ["12345678"]),
        ("qq_id", "加🐧一二三零零四五六", ["一二三零零四五六"]),
        ("qq_id", "QQ糖70克", []),
        ("url", "看https://a.cn/1?b=2，谢谢", ["https://a.cn/1?b=2"]),
        ("url", "上taobao.com搜", ["taobao.com"]),
        ("url", "重3.5kg", []),
        ("email", "发到a.b@qq.com吧", ["a.b@qq.com"]),
        ("email", "a@b", []),
        ("date", "5月3日到", ["5月3日"]),
        ("duration", "2024年买的", []),
        ("duration", "第3天", []),
        ("money", "两块电池", []),
        ("money", "一块寄出", []),
    ],
)
def test_forms(entity: str, text: str, words: list[str]):
    assert found(text, entity) == words


@pytest.mark.parametrize(
    ("entity", "words", "value"),
    [
        ("money", "50元", 50),
        ("money", "¥1,299.00", 1299),
        ("money", "三千二百块钱", 3200),
        ("money", "一万五千元", 15_000),
        ("money", "一千零五元", 1005),
        ("money", "两百五元", 250),
        ("money", "3块5", 3.5),
        ("money", "5万元", 50_000),
        ("money", "2w元", 20_000),
        ("money", "八毛钱", 0.8),
        ("money", "3000多块", 3000),
        ("money", "10-20元", 20),
        ("money", "$20", 140),
        ("duration", "24小时", 86_400),
        ("duration", "三天", 259_200),
        ("duration", "半小时", 1800),
        ("duration", "一个半小时", 5400),
        ("duration", "3-5天", 432_000),
        ("duration", "48h", 172_800),
        ("duration", "十五分钟", 900),
        ("duration", "7个工作日", 604_800),
        ("duration", "两个月", 5_184_000),
        ("duration", "2 hours", 7200),
        ("date", "今晚", 86_400),
        ("date", "明天上午", 86_400 + 43_200),
        ("date", "今天下午5点前", 61_200),
        ("date", "后天", 259_200),
        ("date", "周五", None),
    ],
)
def test_values(entity: str, words: str, value: float | None):
    assert find(said(words), signal(Entity(entity))).select("said", "value").rows() == [(words, value)]


def test_a_value_is_compared():
    above = signal(Entity("money", Compare("above", 3000)))
    assert find(said("损失3000元", "损失3001元", "没有损失"), above)["msg"].to_list() == [1]


def test_a_disguised_number_is_weaker():
    hits = find(said("13800001234，幺三八零零零零一二三四"), signal(Entity("mobile")))
    assert [round(strength, 2) for strength in hits["strength"]] == [1.0, 0.7]
