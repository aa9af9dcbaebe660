"""Each kind of rule, on conversations one can read."""

import polars as pl

from builders import chat, has, hit, hits, hits_frame, lacks, messages, pack, pattern, rule, together
from csaudit.errors import Location
from csaudit.pack.model import (
    All,
    Anchor,
    Any,
    Entity,
    FactCheck,
    Kind,
    OtherContact,
    Promise,
    Scorecard,
    Sequence,
    Signal,
    Span,
    Step,
    Term,
    Words,
)
from csaudit.rules import Judged, judge

TITLE = Words("甲", "a")


def judged(frame: pl.DataFrame, found: pl.DataFrame, kind: Kind, **parts: object) -> Judged:
    return judge(frame, found, pack(rule(kind), **parts))


def fired(result: Judged) -> bool:
    """Whether the rule fired; it must have been checkable."""
    assert result.unchecked.is_empty(), result.unchecked
    return not result.findings.is_empty()


# ---- pattern without an anchor --------------------------------------------------------------------------------------


def test_without_an_anchor_each_agent_answers_for_their_own_part() -> None:
    frame = chat("客: 在吗", "服@a: 您好", "客: 退货", "服@b: 抱歉", "客: 好的", "服@b: 再见")
    found = hits(frame, soothes="抱歉", asks="退货")
    result = judge(frame, found, pack(pattern("", lacks("soothes"), id="B1a-x"), pattern("", has("asks"), id="B1b-y")))
    assert result.findings.select("rule_id", "agent_id", "anchor").rows() == [("B1a-x", "a", 1), ("B1b-y", "b", 3)]


def test_agents_without_an_id_are_one_unit() -> None:
    frame = chat("客: 在吗", "服: 您好", "客: 退货", "服: 抱歉", agent=None)
    result = judge(frame, hits(frame, soothes="抱歉"), pack(pattern("", has("soothes"))))
    assert result.findings["agent_id"].to_list() == [None]


def test_a_conversation_without_an_agent_has_no_unit() -> None:
    frame = chat("客: 在吗", "机: 您好")
    assert judge(frame, hits(frame), pack(pattern("", lacks("soothes")))).findings.is_empty()


# ---- scorecard ------------------------------------------------------------------------------------------------------

STALLS = Term(has("stalls"), 1.2, Words("拖延", "stalls"), scale="times", cap=3)
REPEATS = Term(has("repeats"), 0.8, Words("客户追问", "customer repeats"))
SOOTHES = Term(has("soothes"), -1.5, Words("安抚", "soothes"))


def card(threshold: float, *terms: Term, when: object = All(())) -> Scorecard:
    return Scorecard(Anchor(), terms or (STALLS, REPEATS, SOOTHES), threshold, when)  # type: ignore[arg-type]


def test_a_scorecard_adds_up_what_holds() -> None:
    frame = chat("客: 退款", "服: 再等等", "客: 还没好吗", "服: 再等等", "服: 抱歉")
    found = hits(frame, stalls="再等等", repeats="还没", soothes="抱歉")
    assert fired(judged(frame, found, card(1.7)))
    assert not fired(judged(frame, found, card(1.8)))
    assert judged(frame, found, card(1.7)).findings["terms"].to_list() == ["0=2.4;1=0.8;2=-1.5"]


def test_a_scaled_term_counts_up_to_its_cap() -> None:
    frame = chat(*["服: 再等等"] * 5)
    found = hits(frame, stalls="再等等")
    assert fired(judged(frame, found, card(3.6))) and not fired(judged(frame, found, card(3.7)))


def test_a_scorecard_that_an_open_term_decides_is_open() -> None:
    frame = chat("服: 再等等")
    found = hits_frame([hit(0, "stalls"), hit(0, "repeats", missing="platform")])
    assert fired(judged(frame, found, card(1.2)))
    assert not fired(judged(frame, found, card(2.1)))
    assert judged(frame, found, card(1.9)).unchecked["reason"].to_list() == ["platform"]


def test_a_scorecard_cites_what_speaks_for_it() -> None:
    frame = chat("服: 再等等", "服: 抱歉")
    (cited,) = judged(frame, hits(frame, stalls="再等等", soothes="抱歉"), card(-1)).findings["cited"]
    assert [entry["signal"] for entry in cited] == ["stalls"]


def test_a_scorecard_needs_its_when() -> None:
    frame = chat("服: 再等等")
    assert not fired(judged(frame, hits(frame, stalls="再等等"), card(1, when=has("repeats"))))


# ---- sequence -------------------------------------------------------------------------------------------------------


def steps(**fires_on: tuple[str, ...]) -> Sequence:
    return Sequence(
        Anchor(("complains",)),
        (Step("soothe", ("soothes",), Span(agent_turns=1)), Step("propose", ("proposes",), Span(agent_turns=2))),
        fires_on,  # type: ignore[arg-type]
    )


def states(*lines: str) -> dict[str, str]:
    """The state of each step in a conversation that goes on after ``lines``."""
    frame = chat(*lines)
    found = hits(frame, complains="投诉", soothes="抱歉", proposes="补发")
    names = ("present", "late", "out_of_order", "absent")
    result = {
        step: [name for name in names if fired(judged(frame, found, steps(**{step: (name,)})))]
        for step in ("soothe", "propose")
    }
    assert all(len(found) == 1 for found in result.values()), result
    return {step: found[0] for step, found in result.items()}


def test_steps_in_order_and_in_time() -> None:
    assert states("客: 投诉", "服: 抱歉", "服: 给您补发") == {"soothe": "present", "propose": "present"}


def test_a_step_that_never_comes() -> None:
    assert states("客: 投诉", "服: 哦") == {"soothe": "absent", "propose": "absent"}


def test_a_step_that_comes_too_late() -> None:
    late = ("客: 投诉", "服: 哦", "客: 什么态度", "服: 抱歉", "客: 然后呢", "服: 给您补发")
    assert states(*late) == {"soothe": "late", "propose": "present"}


def test_a_step_that_comes_before_its_turn() -> None:
    assert states("客: 投诉", "服: 给您补发", "服: 抱歉") == {"soothe": "present", "propose": "out_of_order"}


def test_the_end_of_the_export_leaves_a_step_open() -> None:
    frame = chat("客: 投诉", observed=None)
    result = judged(frame, hits(frame, complains="投诉"), steps(soothe=("absent", "late")))
    assert result.unchecked["reason"].to_list() == ["export_ends"]


# ---- promise --------------------------------------------------------------------------------------------------------

NEVER = Any(())


def promise(breach: object = NEVER, kept: object = NEVER, *, silence: bool = True) -> Promise:
    return Promise(Anchor(("promises",)), breach, kept, silence)  # type: ignore[arg-type]


def promised(frame: pl.DataFrame, seconds: float | None, **words: str) -> pl.DataFrame:
    """HITS with the promise in the messages that say 之内, its term in ``seconds``."""
    made = frame.filter(pl.col("text").str.contains("之内"))["msg"].to_list()
    found = hits(frame, **words)
    return pl.concat([hits_frame([hit(msg, "promises", 0, 2, value=seconds) for msg in made]), found]).sort("msg")


def test_a_promise_is_broken_when_the_customer_comes_back_after_its_term() -> None:
    kind = promise(has("not-yet"), has("sent"), silence=False)
    late = chat("客: 多久", "服: 十分钟之内回复", "客 +2100: 怎么还没回")
    assert fired(judged(late, promised(late, 600, not_yet="还没"), kind))
    early = chat("客: 多久", "服: 十分钟之内回复", "客 +60: 怎么还没回")
    assert not fired(judged(early, promised(early, 600, not_yet="还没"), kind))


def test_a_promise_kept_in_time_is_kept() -> None:
    kind = promise(has("not-yet"), has("sent"))
    words = {"not_yet": "还没", "sent": "已发"}
    kept = chat("服: 十分钟之内发", "服 +300: 已发出", "客 +1200: 怎么还没到")
    assert not fired(judged(kept, promised(kept, 600, **words), kind))
    too_late = chat("服: 十分钟之内发", "客 +1200: 怎么还没发", "服: 已发出")
    assert fired(judged(too_late, promised(too_late, 600, **words), kind))


def test_without_a_term_or_times_any_later_breach_counts() -> None:
    kind = promise(has("not-yet"))
    frame = chat("服: 之内发", "客: 怎么还没发")
    assert fired(judged(frame, promised(frame, None, not_yet="还没"), kind))
    untimed = chat("服: 之内发", "客: 怎么还没发", times=False)
    assert fired(judged(untimed, promised(untimed, 600, not_yet="还没"), kind))
    before = chat("客: 怎么还没发", "服: 之内发")
    assert not fired(judged(before, promised(before, None, not_yet="还没"), kind))


def test_a_term_that_passes_in_silence_breaks_a_promise() -> None:
    silent = chat("客: 多久", "服: 一小时之内答复您", "客: 好", "服: 感谢等待", observed=7200)
    assert fired(judged(silent, promised(silent, 3600), promise()))
    assert not fired(judged(silent, promised(silent, 3600), promise(silence=False)))
    answered = chat("客: 多久", "服: 一小时之内答复您", "客: 好", "服 +1800: 查到了", observed=7200)
    assert not fired(judged(answered, promised(answered, 3600), promise()))
    thanked = chat("服: 一小时之内答复您", "客: 不用了谢谢", observed=7200)
    assert not fired(judged(thanked, promised(thanked, 3600, settled="不用了"), promise(kept=has("settled"))))


def test_silence_that_the_export_does_not_show_is_open() -> None:
    for frame, reason in [
        (chat("服: 一小时之内答复", "客: 好", observed=1800), "export_ends"),
        (chat("服: 一小时之内答复", "客: 好", times=False), "sent_at"),
        (chat("服: 一小时之内答复", "客: 好", "系 +600: 会话已关闭"), "export_ends"),
    ]:
        assert judged(frame, promised(frame, 3600), promise()).unchecked["reason"].to_list() == [reason]
    closed = chat("服: 一小时之内答复", "客: 好", "系 +7200: 会话已关闭")
    assert fired(judged(closed, promised(closed, 3600), promise()))


def test_a_date_counts_from_the_beginning_of_the_day() -> None:
    today = Signal("promises", TITLE, ("agent",), Location("x"), any_of=(Entity("date"),))
    signals = {"promises": today}
    frame = chat("服: 今日之内发", "客 +36000: 还没发")  # 10:00 and 20:00
    kind = promise(has("late"), silence=False)
    assert not fired(judged(frame, promised(frame, 86400, late="还没"), kind, signals=signals))
    next_day = chat("服: 今日之内发", "客 +54000: 还没发")  # 1:00
    assert fired(judged(next_day, promised(next_day, 86400, late="还没"), kind, signals=signals))


# ---- fact -----------------------------------------------------------------------------------------------------------

SHIPS = FactCheck(Anchor(("states-shipping",)), "ship_hours", "above")


def stated(*values: float | None) -> pl.DataFrame:
    return hits_frame([hit(0, "states-shipping", n, n + 1, value=value) for n, value in enumerate(values)])


def test_a_statement_is_held_against_the_shops_own_facts_first() -> None:
    frame = chat("服: 72小时发货")
    assert fired(judged(frame, stated(72.0), SHIPS, facts={"*": {"ship_hours": 48.0}}))
    facts = {"*": {"ship_hours": 48.0}, "示例店": {"ship_hours": 96.0}}
    assert not fired(judged(frame, stated(72.0), SHIPS, facts=facts))


def test_one_right_value_in_the_message_is_enough() -> None:
    frame = chat("服: 24小时发货，三天到")
    assert not fired(judged(frame, stated(24.0, 72.0), SHIPS, facts={"*": {"ship_hours": 48.0}}))


def test_an_unknown_fact_cannot_be_checked() -> None:
    frame = chat("服: 72小时发货")
    result = judged(frame, stated(72.0), SHIPS, facts={"别的店": {"ship_hours": 48.0}})
    assert result.unchecked["reason"].to_list() == ["facts"]
    assert not fired(judged(frame, stated(None), SHIPS))


# ---- contact --------------------------------------------------------------------------------------------------------


def contact(direction: str = "later", other: tuple[str, ...] = ("again",), same: str = "customer") -> OtherContact:
    return OtherContact(Anchor(("refuses",)), same, 86400.0, direction, other)  # type: ignore[arg-type]


def contacts(*, start: float, **fields: str) -> pl.DataFrame:
    return together(
        messages("客: 能退吗", "服: 不退"),
        messages("客: 又来问退货", "服: 您说", conversation="c2", start=start, **fields),
    )


def meets(frame: pl.DataFrame, kind: OtherContact) -> bool:
    return fired(judged(frame, hits(frame, refuses="不退", again="又"), kind))


def test_the_same_customer_comes_again_in_time() -> None:
    assert meets(contacts(start=3600), contact())
    assert not meets(contacts(start=90000), contact())
    assert not meets(contacts(start=3600, customer="客户乙"), contact())
    assert not meets(contacts(start=3600, shop="别的店"), contact())


def test_direction_of_the_other_contact() -> None:
    earlier, later = contacts(start=-3600), contacts(start=3600)
    assert meets(earlier, contact("earlier")) and not meets(later, contact("earlier"))
    assert meets(earlier, contact("either")) and meets(later, contact("either"))
    assert not meets(earlier, contact("later"))


def test_the_other_contact_must_say_so() -> None:
    assert not meets(contacts(start=3600), contact(other=("praises",)))
    assert meets(contacts(start=3600), contact(other=()))


def test_ones_own_conversation_is_no_other() -> None:
    frame = together(messages("客: 能退吗", "服: 不退", "客: 又不退"))
    assert not meets(frame, contact())


def test_the_same_order() -> None:
    frame = together(
        messages("客: 能退吗", "服: 不退", order_id="7"),
        messages("客: 又来了", conversation="c2", start=60, order_id="7", customer="家人"),
    )
    assert meets(frame, contact(same="order_id"))


def test_without_customer_or_time_a_contact_cannot_be_checked() -> None:
    nobody = together(messages("服: 不退", customer=None))
    assert judged(nobody, hits(nobody, refuses="不退"), contact()).unchecked["reason"].to_list() == ["customer"]
    no_order = together(messages("服: 不退"))
    result = judged(no_order, hits(no_order, refuses="不退"), contact(same="order_id"))
    assert result.unchecked["reason"].to_list() == ["order_id"]
    untimed = together(messages("服: 不退", times=False))
    assert judged(untimed, hits(untimed, refuses="不退"), contact()).unchecked["reason"].to_list() == ["sent_at"]
