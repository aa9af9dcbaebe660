"""Texts like example phrases, and messages like the sender's own earlier ones."""

from csaudit.pack.model import Repeats, SimilarTo
from looking import find, said, signal

WAIT = SimilarTo(("请您耐心等待一下", "再等等吧"), 0.6)


def test_similar_texts_hit_as_a_whole():
    hits = find(said("请耐心等待一下哦", "再等等吧亲", "请您下单"), signal(WAIT))
    assert hits.select("msg", "said", "matched").rows() == [
        (0, "请耐心等待一下哦", "请您耐心等待一下"),
        (1, "再等等吧亲", "再等等吧"),
    ]


def test_spaces_and_punctuation_do_not_count():
    assert find(said("再 等 等 吧！！"), signal(WAIT))["strength"].to_list() == [1.0]


def repeats(*texts: str, look_back: int = 5, senders: str = "", conversations: str = "") -> list[int]:
    messages = said(
        *texts, conversation_id=list(conversations or "c" * len(texts)), sender=list(senders or "a" * len(texts))
    )
    return find(messages, signal(Repeats(0.8, look_back)))["msg"].to_list()


def test_repeats_are_found():
    assert repeats("亲，请您耐心等待一下", "好", "亲请您耐心等待一下哦") == [2]


def test_only_so_far_back():
    assert repeats("请等待", "一", "二", "请等待", look_back=2) == []
    assert repeats("请等待", "一", "二", "请等待", look_back=3) == [3]


def test_only_of_the_same_sender_and_conversation():
    assert repeats("请等待", "请等待", senders="ab") == []
    assert repeats("请等待", "请等待", conversations="cd") == []


def test_similar_length_is_not_enough():
    assert repeats("退款三天到账", "换货五天发出") == []
