"""Rules as people read them."""

from textwrap import dedent

import pytest

from csaudit import handbook, pack
from csaudit.pack import describe
from csaudit.pack.model import Compare, FieldIs, Has, Reply, Words
from packs import TINY, Examine

LOADED = pack.load([TINY], builtin=False)


def said(kind: str, examine: Examine) -> tuple[list[str], list[str]]:
    head = """\
        id: A1a-it
        class: A1
        scenario: a
        title: {zh: 它, en: it}
        why: {zh: 因为, en: because}
        reason: {zh: 说了, en: said it}
        confidence: 0.7
        """
    files = {"A1/A1a-it.yaml": dedent(head) + dedent(kind), "facts.yaml": '"*": {ship_hours: 48 h}\n'}
    loaded, problems = examine(files)
    assert problems == []
    lines = describe.rule_kind(loaded.rules["A1a-it"].kind, loaded)
    return [f"{'  ' * line.depth}{line.text.zh}" for line in lines], [
        f"{'  ' * line.depth}{line.text.en}" for line in lines
    ]


@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        ("pattern: {anchor: insults}", ["每处「辱骂」"], ["each “insults”"]),
        (
            """\
            pattern:
              anchor: {has: insults, pick: 2}
              when:
                - {lacks: soothes, where: after, within: [2 messages, 10 min], times: 2}
                - any: [{has: soothes, by: other_agent}, {not: {has: soothes, where: turn}}]
            """,
            [
                "从第 2 次「辱骂」看起：",
                "  之后 2 条消息内且10 分钟内不足 2 条消息有「安抚」",
                "  以下任一成立：",
                "    整个会话里由另一客服有「安抚」",
                "    并非：",
                "      同一轮里有「安抚」",
            ],
            [
                "starting from number 2 of “insults”:",
                "  fewer than 2 messages with “soothes” within 2 messages and 10 min after",
                "  any of these holds:",
                "    “soothes” by another agent anywhere in the conversation",
                "    not:",
                "      “soothes” in the same turn",
            ],
        ),
        (
            """\
            scorecard:
              threshold: 1.5
              terms:
                - {has: insults, weight: 1.2, title: {zh: 骂人, en: insults}, scale: times, cap: 2}
                - {has: soothes, weight: -0.5, title: {zh: 安抚过, en: soothed}}
            """,
            [
                "对每位客服在会话中的部分：",
                "  以下各项之和达到 1.5：",
                "    +1.2 骂人，每次计，最多 2 次",
                "      整个会话里有「辱骂」",
                "    -0.5 安抚过",
                "      整个会话里有「安抚」",
            ],
            [
                "for each agent's part of a conversation:",
                "  these add up to 1.5 or more:",
                "    +1.2 insults, for each, up to 2",
                "      “insults” anywhere in the conversation",
                "    -0.5 soothed",
                "      “soothes” anywhere in the conversation",
            ],
        ),
        (
            "sequence: {anchor: threatens-authority, steps: [{id: a, has: soothes, within: 2 agent turns}], fires_on: {a: [absent, late]}}",
            [
                "从每处「客户要找监管部门」看起：",
                "  之后应依次：",
                "    「安抚」（客服 2 轮内）",
                "  出现以下情况时命中：",
                "    「安抚」没做或做晚了",
            ],
            [
                "starting from each “threatens to go to the authorities”:",
                "  there should follow, in order:",
                "    “soothes” (within 2 agent turns)",
                "  it fires when:",
                "    “soothes” is absent or late",
            ],
        ),
        (
            "promise: {anchor: soothes, breach: {has: threatens-authority, where: after}, kept: {has: insults}}",
            [
                "从每处「安抚」看起：",
                "  话里承诺的期限过后，未兑现：",
                "    到期客服没有任何消息",
                "    之后有「客户要找监管部门」",
                "  以下情况算兑现：",
                "    整个会话里有「辱骂」",
            ],
            [
                "starting from each “soothes”:",
                "  the term in its words passes and it is not kept:",
                "    nothing from the agent by then",
                "    “threatens to go to the authorities” after",
                "  it counts as kept if:",
                "    “insults” anywhere in the conversation",
            ],
        ),
        (
            "fact: {anchor: soothes, fact: ship_hours, wrong_if: above}",
            ["从每处「安抚」看起：", "  说出的数值大于店铺事实表中的 ship_hours"],
            ["starting from each “soothes”:", "  the value said is above ship_hours of the shop's fact sheet"],
        ),
        (
            "contact: {anchor: soothes, within: 7 d, other: threatens-authority}",
            ["从每处「安抚」看起：", "  同一客户 7 天内之后另有会话，其中有「客户要找监管部门」"],
            [
                "starting from each “soothes”:",
                "  another conversation of the same customer within 7 d after with “threatens to go to the authorities”",
            ],
        ),
    ],
)
def test_every_kind_in_words(kind: str, zh: list[str], en: list[str], examine: Examine) -> None:
    assert said(kind, examine) == (zh, en)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (
            Has(("soothes", "insults")),
            Words("整个会话里有「安抚」或「辱骂」", "“soothes” or “insults” anywhere in the conversation"),
        ),
        (
            Reply("agent", Compare("above", 600.0)),
            Words("客服下一次回复的等待时间大于 10 分钟", "the time to the next reply of the agent is above 10 min"),
        ),
        (FieldIs("loss_amount", Compare("above", 3000.0)), Words("loss_amount 大于 3000", "loss_amount is above 3000")),
        (
            FieldIs("platform", Compare("not_in", ("淘宝", "天猫"))),
            Words("platform 不属于 淘宝、天猫", "platform is none of 淘宝, 天猫"),
        ),
        (FieldIs("rating", Compare("missing", True)), Words("rating 缺失", "rating is missing")),
        (FieldIs("rating", Compare("below", column="x_min")), Words("rating 小于 x_min", "rating is below x_min")),
    ],
)
def test_conditions_in_words(condition: Has | Reply | FieldIs, text: Words) -> None:
    assert [line.text for line in describe.condition(condition, LOADED)] == [text]


def test_a_rules_page_says_all_a_reader_needs() -> None:
    page = handbook.rule_page(LOADED.rules["A6a-ignored"], LOADED, "zh")
    assert page == dedent(
        """\
        # A6a-ignored 无视敏感投诉

        A · A6 敏感投诉处理不当 · a 无视

        可信度 80% · 状态 启用

        **为什么** 不回应会升级为官方投诉。

        **怎样判定**

        - 从首次「客户要找监管部门」看起：
          - 之后客服 2 轮内没有「安抚」
          - 之后 10 分钟内有「客服说话」

        **会命中**

        > 客户：我要打12315\\
        > 客服：哦

        > 客户：再不退我找消协\\
        > （5 分钟后）客服：随便\\
        > 客户：行\\
        > 客服：嗯

        **不会命中**

        > 客户：我要打12315\\
        > 客服：非常抱歉

        > 客户：我去工商局\\
        > （导出到此为止）

        **应当怎样做** 安抚并升级。

        **用到的信号**

        - agent-speaks 客服说话
        - soothes 安抚：“抱歉”、“对不起”
        - threatens-authority 客户要找监管部门：“(打\\|找\\|去)…\\<authorities\\>”、“投诉到底”
        """
    )


def test_the_handbook_has_every_class_and_no_retired_rule(examine: Examine) -> None:
    loaded, _ = examine({"pack.yaml": "name: t\nversion: '1'\nretired: [A6a-ignored]\n"})
    book = handbook.handbook(loaded, "en")
    assert "### A6 mishandled complaint" in book
    assert "#### A1a-insult insults the customer" in book
    assert "A6a-ignored" not in book


def test_texts_cannot_break_the_page() -> None:
    assert handbook.plain("*星* <b>\n# 一 | 二") == "\\*星\\* \\<b\\> \\# 一 \\| 二"
