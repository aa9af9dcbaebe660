"""From findings to incidents: what a reader is told."""

from dataclasses import replace

import polars as pl

from builders import chat, has, hit, hits, hits_frame, lacks, messages, pack, pattern, together
from csaudit import schema
from csaudit.pack.model import All, Anchor, Pack, Scorecard, Term, Words
from csaudit.rules import judge, merge

ALWAYS = All(())


def incidents(frame: pl.DataFrame, found: pl.DataFrame, rules: Pack, lang: str = "zh") -> pl.DataFrame:
    return merge(judge(frame, found, rules).findings, frame, rules, lang)


def reason(text: str, frame: pl.DataFrame, found: pl.DataFrame, **changes: object) -> str:
    rules = pack(pattern("anchor", ALWAYS, reason=Words(text, text), **changes))
    return str(incidents(frame, found, rules)["reason"][0])


def test_findings_of_one_class_conversation_and_agent_are_one_incident() -> None:
    frame = chat("客: 投诉", "服@a: 随便你", "服@b: 您好", "服@a: 你去啊")
    found = hits(frame, dares=["随便", "去啊"], greets="您好")
    rules = pack(
        pattern("dares", ALWAYS, id="A6b-dares", confidence=0.7),
        pattern("dares", ALWAYS, "first", id="A6a-first", confidence=0.9),
        pattern("greets", ALWAYS, id="A6c-other-agent"),
        pattern("dares", ALWAYS, "first", id="B1a-other-class"),
    )
    result = incidents(frame, found, rules)
    assert result.select("class", "scenario", "agent_id", "rule_ids").rows() == [
        ("A6", "a", "a", ["A6a-first", "A6b-dares"]),
        ("A6", "c", "b", ["A6c-other-agent"]),
        ("B1", "a", "a", ["B1a-other-class"]),
    ]
    assert [entry["seq"] for entry in result["evidence"][0]] == [2, 4]
    assert round(result["confidence"][0], 4) == 0.9


def test_incidents_have_the_declared_columns() -> None:
    frame = chat("服: 滚")
    rules = pack(pattern("anchor", ALWAYS))
    assert incidents(frame, hits(frame, anchor="滚"), rules).schema == schema.INCIDENTS
    assert incidents(frame, hits(frame), rules).schema == schema.INCIDENTS


def test_evidence_joins_spans_that_touch() -> None:
    frame = chat("服: 您看不懂字，是吧")
    found = hits(frame, anchor=["看不懂", "不懂字", "您", "吧"])
    (message,) = incidents(frame, found, pack(pattern("anchor", ALWAYS)))["evidence"][0]
    assert message["spans"] == [{"start": 0, "end": 5}, {"start": 7, "end": 8}]
    assert message["text"] == "您看不懂字，是吧"


def test_evidence_says_what_a_view_undid() -> None:
    frame = chat("服: 桃宝上有")
    found = hits_frame([hit(0, "anchor", 0, 2, view="sound", matched="淘宝", strength=0.7)])
    result = incidents(frame, found, pack(pattern("anchor", ALWAYS, confidence=0.5)))
    assert result["evidence"][0][0]["undone"] == ["桃宝 → 淘宝 (sound)"]
    assert round(result["confidence"][0], 4) == 0.35  # a doubtful view is weaker evidence


def test_the_least_lossy_view_counts() -> None:
    frame = chat("服: 淘宝 桃宝")
    rows = [hit(0, "anchor", 3, 5, view="sound", matched="淘宝", strength=0.7), hit(0, "anchor", 0, 2, matched="淘宝")]
    result = incidents(frame, hits_frame(rows), pack(pattern("anchor", ALWAYS)))
    assert round(result["confidence"][0], 4) == 0.8


def test_an_omission_cites_the_message_it_is_about() -> None:
    frame = chat("客: 投诉你们", "服: 哦")
    rules = pack(pattern("", lacks("soothes"), id="A6a-x"))
    (message,) = incidents(frame, hits(frame), rules)["evidence"][0]
    assert (message["seq"], message["spans"], message["undone"]) == (2, [], [])


def test_evidence_is_bounded() -> None:
    frame = chat(*["服: 催 催 催"] * 300)
    rules = pack(pattern("anchor", has("anchor", times=100)))
    assert len(incidents(frame, hits(frame, anchor="催"), rules)["evidence"][0]) <= 20


# ---- reason and advice ----------------------------------------------------------------------------------------------


def test_a_reason_is_filled_in() -> None:
    frame = chat("客: 我要打12315", "服: 哦", "服: 嗯", agent="a1")
    found = hits(frame, anchor="12315", curt=["哦", "嗯"])
    text = "{agent}对{customer}的「{anchor}」只说{words}，{n}条"
    rules = pack(pattern("anchor", has("curt"), reason=Words(text, text)))
    assert incidents(frame, found, rules)["reason"].to_list() == ["a1对客户甲的「12315」只说12315、哦、嗯，3条"]


def test_a_reason_cites_words_that_run_into_each_other_as_one() -> None:
    frame = chat("服: 随便你打，谁怕谁，去吧")
    found = hits(frame, anchor=["随便你", "便你打", "去"], x=["打，谁怕谁"])
    assert reason("{anchor}|{words}", frame, found) == "随便你打、去|随便你打、去"
    rules = pack(pattern("anchor", has("x", where="here"), reason=Words("{anchor}|{words}", "")))
    assert incidents(frame, found, rules)["reason"][0] == "随便你打、去|随便你打，谁怕谁、去"


def test_a_placeholder_without_a_value_reads_as_a_general_word() -> None:
    frame = chat("服: 滚", agent=None, customer=None, times=False)
    text = "{agent}对{customer}{terms}{undone}{unknown}{minutes}"
    assert reason(text, frame, hits(frame, anchor="滚")) == "客服对客户若干"


def test_words_of_a_chat_are_never_a_template() -> None:
    frame = chat("服: {agent}{0.__class__}")
    assert reason("「{anchor}」", frame, hits(frame, anchor="{agent}{0.__class__}")) == "「{agent}{0.__class__}」"


def test_minutes_the_customer_waited() -> None:
    frame = chat("客: 在吗", "服 +420: 在")
    assert reason("{minutes}", frame, hits(frame, anchor="在吗")) == "7"
    assert reason("{minutes}", frame, hits_frame([hit(1, "anchor")])) == "7"


def test_a_scorecards_sum_is_written_out() -> None:
    frame = chat("服: 再等等", "服: 抱歉")
    terms = (Term(has("stalls"), 1.2, Words("拖延", "stalls")), Term(has("soothes"), -0.5, Words("安抚", "soothes")))
    kind = Scorecard(Anchor(), terms, 0.5)
    rules = pack(replace(pattern("", ALWAYS, reason=Words("{terms}", "{terms}")), kind=kind))
    found = hits(frame, stalls="再等等", soothes="抱歉")
    assert incidents(frame, found, rules)["reason"].to_list() == ["拖延 +1.2、安抚 -0.5 = 0.7 ≥ 0.5"]
    assert incidents(frame, found, rules, "en")["reason"].to_list() == ["stalls +1.2, soothes -0.5 = 0.7 ≥ 0.5"]


def test_advice_is_the_rules_else_the_scenarios_else_the_classs() -> None:
    frame = chat("服: 滚")
    found = hits(frame, anchor="滚")

    def advice(rules: Pack) -> str:
        return str(incidents(frame, found, rules)["advice"][0])

    plain = pack(pattern("anchor", ALWAYS))
    scenario = replace(plain.classes["A6"], scenario_advice={"a": Words("场景", "scenario")})
    assert advice(plain) == "先安抚"
    assert advice(replace(plain, classes={"A6": scenario})) == "场景"
    own = pack(pattern("anchor", ALWAYS, advice=Words("规则", "rule")), classes={"A6": scenario})
    assert advice(own) == "规则"


# ---- ids and order --------------------------------------------------------------------------------------------------


def ids(*conversations: pl.DataFrame) -> list[str]:
    frame = together(*conversations)
    return incidents(frame, hits(frame, anchor="滚"), pack(pattern("anchor", ALWAYS)))["incident_id"].to_list()


def test_an_id_does_not_depend_on_files_lines_or_other_conversations() -> None:
    one = messages("客: 在", "服: 滚")
    (id_,) = ids(one)
    assert len(id_) == 16
    assert ids(one.with_columns(source_file=pl.lit("x.csv"), source_line=pl.lit(99, dtype=pl.UInt32))) == [id_]
    assert id_ in ids(messages("服: 滚", conversation="c0"), one)
    assert ids(messages("客: 在", "服: 滚", conversation="c2")) != [id_]
    assert ids(messages("客: 在", "服: 滚", agent="a2")) != [id_]
    assert ids(messages("客: 在", "服: 滚蛋")) != [id_]


def test_gravest_first_then_surest_then_earliest() -> None:
    frame = together(
        messages("服: 一"),
        messages("服: 二", conversation="c2", start=60),
        messages("服: 一", conversation="c3", start=30),
    )
    rules = pack(
        pattern("one", ALWAYS, id="B1a-x"),
        pattern("two", ALWAYS, id="A1a-x", confidence=0.1),
        pattern("two", ALWAYS, id="B2a-x", confidence=0.9),
    )
    result = incidents(frame, hits(frame, one="一", two="二"), rules)
    assert result.select("class", "conversation_id").rows() == [("A1", "c2"), ("B2", "c2"), ("B1", "c1"), ("B1", "c3")]


def test_where_and_when_it_happened() -> None:
    frame = chat("客: 在", "服: 滚")
    row = incidents(frame, hits(frame, anchor="滚"), pack(pattern("anchor", ALWAYS))).row(0, named=True)
    assert (row["source_file"], row["source_line"]) == ("chat.csv", 3)
    assert row["occurred_at"] == frame["sent_at"][1]
    assert (row["platform"], row["shop"], row["customer"], row["agent"]) == ("京东", "示例店", "客户甲", "a1")
