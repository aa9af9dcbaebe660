"""The cases of rules are run as conversations and compared with what they expect."""

import datetime as dt
from pathlib import Path

import polars as pl

from csaudit import casecheck, pack, schema
from packs import TINY, write

RULE = """\
    id: A1a-twice
    class: A1
    scenario: a
    title: {zh: 两次, en: twice}
    why: {zh: 因为, en: because}
    reason: {zh: 说了, en: said it}
    confidence: 0.7
    status: draft
    pattern:
      anchor: insults
      when: {has: insults, where: after}
    cases:
      hits:
        - - 服: 白痴
          - 服: 白痴
        - 白痴
      passes:
        - - 服: 白痴
          - 服: 你有病
        - 您好
    """


def tiny(folder: Path, rule: str = RULE) -> pack.Pack:
    return pack.load([TINY, write(folder, {"A1/A1a-twice.yaml": rule})], builtin=False)


def test_the_cases_of_the_tiny_pack_are_right() -> None:
    cases = casecheck.run(pack.load([TINY], builtin=False))
    assert {name: cases.schema[name] for name in casecheck.CASES} == casecheck.CASES
    assert cases.group_by("rule_id").len().sort("rule_id").rows() == [("A1a-insult", 4), ("A6a-ignored", 4)]
    assert cases.filter(pl.col("expected") != pl.col("fired")).is_empty()


def test_a_case_that_goes_wrong_says_where_it_stands_and_what_fired(tmp_path: Path) -> None:
    cases = casecheck.run(tiny(tmp_path), ["A1a-twice"])
    wrong = cases.filter(pl.col("expected") != pl.col("fired"))
    assert wrong.select("case", "expected", "fired", "cited", "text", "source_line").to_dicts() == [
        {"case": 2, "expected": True, "fired": False, "cited": None, "text": "服: 白痴", "source_line": 16},
        {
            "case": 3,
            "expected": False,
            "fired": True,
            "cited": ["insults"],
            "text": "服: 白痴\n服: 你有病",
            "source_line": 18,
        },
    ]


def test_a_retired_rule_is_not_tested(tmp_path: Path) -> None:
    retired = tiny(tmp_path, RULE.replace("status: draft", "status: retired"))
    assert casecheck.run(retired).get_column("rule_id").unique().sort().to_list() == ["A1a-insult", "A6a-ignored"]


def test_a_cut_case_is_not_checkable() -> None:
    cases = casecheck.run(pack.load([TINY], builtin=False), ["A6a-ignored"])
    assert cases.get_column("unchecked").to_list() == [None, None, None, "export_ends"]


def test_lines_become_messages(tmp_path: Path) -> None:
    rule = (
        RULE[: RULE.index("cases:")]
        + """\
cases:
      hits:
        - platform: 淘宝
          fields: {order_id: "8", x_组: 二组}
          dialogue:
            - 客: 在吗
            - 服: 白痴
              after: 5 min
              agent: 小王
              fields: {loss_amount: 20}
            - 客: 还在吗
              contact: 2 d
        - times: false
          cut: true
          dialogue: [{服: 白痴}]
    """
    )
    frame = casecheck.messages([tiny(tmp_path, rule).rules["A1a-twice"]])
    assert {name: frame.schema[name] for name in schema.CONTEXT} == schema.CONTEXT
    told = ["conversation_id", "role", "agent_id", "platform", "order_id", "x_组", "loss_amount", "observed_after"]
    assert frame.select(told).rows() == [
        ("A1a-twice#1", "customer", None, "淘宝", "8", "二组", None, 300.0 + 60 * 86400),
        ("A1a-twice#1", "agent", "小王", "淘宝", "8", "二组", 20.0, 60.0 * 86400),
        ("A1a-twice#1+1", "customer", None, "淘宝", "8", "二组", None, 60.0 * 86400),
        ("A1a-twice#2", "agent", "小张", "京东", None, None, None, None),
    ]
    times = frame.get_column("sent_at")
    assert (times[1] - times[0], times[2] - times[1]) == (dt.timedelta(minutes=5), dt.timedelta(days=2))
    assert frame.get_column("customer").unique(maintain_order=True).to_list() == ["A1a-twice#1", "A1a-twice#2"]
    assert times[3] is None


def test_coverage_names_the_words_and_conditions_no_case_tries() -> None:
    told = casecheck.coverage(pack.load([TINY], builtin=False)).select("owner", "what", "zh", "source_line")
    assert told.rows() == [
        ("A6a-ignored", "never_false", "之后 10 分钟内有「客服说话」", 1),
        ("threatens-authority", "never_hit", "“投诉到底”", 2),
        ("soothes", "never_hit", "“对不起”", 8),
    ]
