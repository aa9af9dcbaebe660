import polars as pl

from builders import chat, messages, together
from csaudit import schema
from csaudit.rules.context import with_context


def column(frame: pl.DataFrame, name: str) -> list[object]:
    return frame.get_column(name).to_list()


def test_adds_the_declared_columns_and_keeps_the_others() -> None:
    frame = chat("客: 在吗", "服: 在的", loss_amount=12.5)
    assert frame.columns[-len(schema.CONTEXT) :] == list(schema.CONTEXT)
    assert {name: frame.schema[name] for name in schema.CONTEXT} == schema.CONTEXT
    assert column(frame, "loss_amount") == [12.5, 12.5]


def test_turns_are_runs_of_one_side_and_bots_take_none() -> None:
    frame = chat(
        "机: 欢迎", "客: 在吗", "客: 有人吗", "机: 请稍等", "服: 在的", "系: 客服已接入", "服: 您说", "客: 退货"
    )
    assert column(frame, "turn") == [1, 1, 1, 1, 2, 2, 2, 3]
    assert column(frame, "agent_turn") == [0, 0, 0, 0, 1, 1, 1, 1]
    assert column(frame, "customer_turn") == [0, 1, 1, 1, 1, 1, 1, 2]


def test_a_new_conversation_starts_afresh() -> None:
    frame = together(messages("客: 在吗", "服: 在"), messages("服: 您好", "客: 在吗", conversation="c2"))
    assert column(frame, "turn") == [1, 2, 1, 2]
    assert column(frame, "silence_after") == [10, None, 10, None]
    assert column(frame, "of_role") == [1, 1, 1, 1]


def test_numbers_messages_of_a_role_and_marks_the_last() -> None:
    frame = chat("客: 一", "服: 二", "客: 三", "系: 会话超时")
    assert column(frame, "of_role") == [1, 1, 2, 1]
    assert column(frame, "last_of_role") == [False, True, True, True]
    assert column(frame, "last") == [False, False, True, False]


def test_a_reply_is_timed_from_the_first_message_it_answers() -> None:
    frame = chat("服: 欢迎", "客: 在吗", "客 +30: 人呢", "机 +1: 请稍候", "服 +60: 在", "服 +5: 您说")
    assert column(frame, "reply_after") == [None, None, None, None, 91, None]
    assert column(frame, "silence_after") == [10, 30, 61, 60, 5, None]


def test_without_times_nothing_is_timed() -> None:
    frame = with_context(messages("客: 在吗", "服: 在", times=False))
    for name in ("reply_after", "silence_after", "observed_after"):
        assert column(frame, name) == [None, None]


def test_observed_to_the_end_of_the_whole_export() -> None:
    frame = together(messages("客: 在吗"), messages("客: 在吗", conversation="c2", start=300))
    assert column(frame, "observed_after") == [300, 0]


def test_a_line_that_closes_the_conversation_ends_the_watch() -> None:
    frame = with_context(messages("客: 在吗", "系: 会话已自动关闭", "客: 又来了"))
    assert column(frame, "observed_after") == [float("inf"), 10, 0]


def test_the_agent_in_charge_is_the_next_one_else_the_one_before() -> None:
    frame = chat("客: 在吗", "服@a: 在", "客: 换人", "服@b: 我是小李", "客: 哦")
    assert column(frame, "unit_agent") == ["a", "a", "b", "b", "b"]


def test_an_unnamed_agent_is_nobody_else() -> None:
    assert column(chat("客: 在吗", "服@: 在", "服@b: 您好"), "unit_agent") == [None, None, "b"]
