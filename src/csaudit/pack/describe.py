"""Rules in plain words: conditions and kinds as indented lines, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any as Anything
from typing import Final

from csaudit.pack.model import (
    All,
    Anchor,
    Any,
    Compare,
    Condition,
    Entity,
    FactCheck,
    Has,
    InLexicon,
    Kind,
    LearnedAct,
    Matcher,
    Not,
    OfSignal,
    OtherContact,
    Pack,
    Pattern,
    Phrase,
    Promise,
    Regex,
    Repeats,
    Reply,
    Scorecard,
    Sequence,
    SimilarTo,
    Span,
    Template,
    Words,
)


@dataclass(frozen=True)
class Line:
    """One line of a description; ``depth`` 0 is the outermost."""

    depth: int
    text: Words


_PLACES: Final = {
    "same": Words("同一条消息里", "in the same message"),
    "turn": Words("同一轮里", "in the same turn"),
    "before": Words("之前", "before"),
    "after": Words("之后", "after"),
    "around": Words("前后", "before or after"),
    "anywhere": Words("整个会话里", "anywhere in the conversation"),
}
_SPEAKERS: Final = {
    "anyone": Words("", ""),
    "same_agent": Words("由同一客服", "by the same agent"),
    "other_agent": Words("由另一客服", "by another agent"),
}
_OPS: Final = {
    "is": Words("是", "is"),
    "not": Words("不是", "is not"),
    "in": Words("属于", "is one of"),
    "not_in": Words("不属于", "is none of"),
    "above": Words("大于", "is above"),
    "below": Words("小于", "is below"),
    "at_least": Words("不小于", "is at least"),
    "at_most": Words("不大于", "is at most"),
    "missing": Words("缺失", "is missing"),
}
_LIMITS: Final = {
    "messages": Words("{n} 条消息内", "{n} messages"),
    "turns": Words("{n} 轮内", "{n} turns"),
    "agent_turns": Words("客服 {n} 轮内", "{n} agent turns"),
    "customer_turns": Words("客户 {n} 轮内", "{n} customer turns"),
}
_STATES: Final = {
    "present": Words("做了", "done"),
    "absent": Words("没做", "absent"),
    "late": Words("做晚了", "late"),
    "out_of_order": Words("顺序不对", "out of order"),
}
_ROLES: Final = {"agent": Words("客服", "agent"), "customer": Words("客户", "customer")}
_PICKS: Final = {
    "each": Words("每处", "each"),
    "first": Words("首次", "the first"),
    "last": Words("最后一次", "the last"),
}


def rule_kind(kind: Kind, pack: Pack) -> list[Line]:
    """What a rule starts from and what must hold."""
    return _KINDS[type(kind)](kind, pack)


def condition(stated: Condition, pack: Pack, depth: int = 0) -> list[Line]:
    """A condition, its parts one step deeper."""
    if isinstance(stated, (All, Any)):
        return _several(stated, pack, depth)
    if isinstance(stated, Not):
        return [Line(depth, Words("并非：", "not:")), *_nested(stated.condition, pack, depth + 1)]
    if isinstance(stated, Has):
        return [Line(depth, _has(stated, pack))]
    if isinstance(stated, Reply):
        role, test = _ROLES[stated.role], _compared(stated.compare, duration)
        zh, en = f"{role.zh}下一次回复的等待时间{test.zh}", f"the time to the next reply of the {role.en} {test.en}"
        return [Line(depth, Words(zh, en))]
    test = _compared(stated.compare, _number)
    return [Line(depth, Words(f"{stated.column} {test.zh}", f"{stated.column} {test.en}"))]


def signals(names: Iterable[str], pack: Pack) -> Words:
    """Titles of signals, joined by or."""
    titles = [pack.signals[name].title for name in names if name in pack.signals]
    return Words("或".join(f"「{title.zh}」" for title in titles), " or ".join(f"“{title.en}”" for title in titles))


def duration(seconds: float) -> Words:
    """Seconds in the largest unit that keeps the number whole."""
    for size, zh, en in ((86400, "天", "d"), (3600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size and seconds % size == 0:
            return Words(f"{seconds / size:g} {zh}", f"{seconds / size:g} {en}")
    return Words(f"{seconds:g} 秒", f"{seconds:g} s")


def matcher(words: Matcher) -> Words:
    """What a matcher looks for."""
    if isinstance(words, (Phrase, Template)):
        return Words(f"“{words.text}”", f"“{words.text}”")
    if isinstance(words, Regex):
        return Words(f"正则 {words.regex}", f"regex {words.regex}")
    if isinstance(words, SimilarTo):
        return Words(f"近似“{'”“'.join(words.examples)}”", f"like “{'”, “'.join(words.examples)}”")
    if isinstance(words, Repeats):
        return Words("重复自己说过的话", "repeats what was said before")
    name, zh, en = {
        InLexicon: ("lexicon", "词表", "lexicon"),
        OfSignal: ("signal", "信号", "signal"),
        LearnedAct: ("act", "学到的行为", "learned act"),
        Entity: ("entity", "信息", "entity"),
    }[type(words)]
    return Words(f"{zh} {getattr(words, name)}", f"{en} {getattr(words, name)}")


def _several(stated: All | Any, pack: Pack, depth: int) -> list[Line]:
    if len(stated.of) == 1:
        return condition(stated.of[0], pack, depth)
    if isinstance(stated, All):
        head = Words("以下全部成立：", "all of these hold:")
    elif stated.n == 1:
        head = Words("以下任一成立：", "any of these holds:")
    else:
        head = Words(f"以下至少 {stated.n} 项成立：", f"at least {stated.n} of these hold:")
    return [Line(depth, head), *(line for part in stated.of for line in condition(part, pack, depth + 1))]


def _nested(stated: Condition, pack: Pack, depth: int) -> list[Line]:
    """A condition as a list: the parts of an outer “all” need no head of their own."""
    parts = stated.of if isinstance(stated, All) else (stated,)
    return [line for part in parts for line in condition(part, pack, depth)]


def _has(has: Has, pack: Pack) -> Words:
    named, place, speaker, span = signals(has.signals, pack), _PLACES[has.where], _SPEAKERS[has.by], _span(has.within)
    within = f"within {span.en} {place.en}" if span.en else place.en
    gap = " " if span.zh[:1].isdigit() else ""
    zh = f"{place.zh}{gap}{span.zh}{speaker.zh}{_how_often(has).zh}{named.zh}"
    return Words(zh, " ".join(filter(None, (f"{_how_often(has).en}{named.en}", speaker.en, within))))


def _how_often(has: Has) -> Words:
    if has.times == 1:
        return Words("没有", "no ") if has.negated else Words("有", "")
    if has.negated:
        return Words(f"不足 {has.times} 条消息有", f"fewer than {has.times} messages with ")
    return Words(f"至少 {has.times} 条消息有", f"at least {has.times} messages with ")


def _span(span: Span) -> Words:
    limits = [(_LIMITS[name], getattr(span, name)) for name in _LIMITS if getattr(span, name) is not None]
    parts = [Words(text.zh.format(n=n), text.en.format(n=n)) for text, n in limits]
    if span.seconds is not None:
        time = duration(span.seconds)
        parts.append(Words(f"{time.zh}内", time.en))
    return Words("且".join(part.zh for part in parts), " and ".join(part.en for part in parts))


def _compared(compare: Compare, show: Callable[[float], Words]) -> Words:
    op = _OPS[compare.op]
    if compare.column:
        return Words(f"{op.zh} {compare.column}", f"{op.en} {compare.column}")
    if compare.op == "missing":
        return op if compare.value else Words("不缺失", "is not missing")
    if isinstance(compare.value, tuple):
        return Words(f"{op.zh} {'、'.join(compare.value)}", f"{op.en} {', '.join(compare.value)}")
    if isinstance(compare.value, float):
        value = show(compare.value)
        return Words(f"{op.zh} {value.zh}", f"{op.en} {value.en}")
    return Words(f"{op.zh} {compare.value}", f"{op.en} {compare.value}")


def _number(value: float) -> Words:
    return Words(f"{value:g}", f"{value:g}")


# ---- kinds ----------------------------------------------------------------------------------------------------------


def _start(anchor: Anchor, pack: Pack, *, alone: bool = False) -> Line:
    if not anchor.signals:
        return Line(0, Words("对每位客服在会话中的部分：", "for each agent's part of a conversation:"))
    named = signals(anchor.signals, pack)
    if isinstance(anchor.pick, int):
        pick = Words(f"第 {anchor.pick} 次", f"number {anchor.pick} of")
    else:
        pick = _PICKS[anchor.pick]
    if alone:
        return Line(0, Words(f"{pick.zh}{named.zh}", f"{pick.en} {named.en}"))
    return Line(0, Words(f"从{pick.zh}{named.zh}看起：", f"starting from {pick.en} {named.en}:"))


def _pattern(kind: Pattern | FactCheck | OtherContact, pack: Pack) -> list[Line]:
    when = _nested(kind.when, pack, 1)
    return [_start(kind.anchor, pack, alone=isinstance(kind, Pattern) and not when), *when]


def _scorecard(kind: Scorecard, pack: Pack) -> list[Line]:
    lines = [_start(kind.anchor, pack), *_nested(kind.when, pack, 1)]
    total = Words(f"以下各项之和达到 {kind.threshold:g}：", f"these add up to {kind.threshold:g} or more:")
    lines.append(Line(1, total))
    for term in kind.terms:
        each = (
            Words(f"，每次计，最多 {term.cap} 次", f", for each, up to {term.cap}")
            if term.scale == "times"
            else Words("", "")
        )
        zh, en = f"{term.weight:+g} {term.title.zh}{each.zh}", f"{term.weight:+g} {term.title.en}{each.en}"
        lines += [Line(2, Words(zh, en)), *_nested(term.when, pack, 3)]
    return lines


def _sequence(kind: Sequence, pack: Pack) -> list[Line]:
    lines = [_start(kind.anchor, pack), Line(1, Words("之后应依次：", "there should follow, in order:"))]
    for step in kind.steps:
        named, span = signals(step.signals, pack), _span(step.within)
        within = Words(f"（{span.zh}）", f" (within {span.en})") if step.within else Words("", "")
        lines.append(Line(2, Words(f"{named.zh}{within.zh}", f"{named.en}{within.en}")))
    lines.append(Line(1, Words("出现以下情况时命中：", "it fires when:")))
    steps = {step.id: signals(step.signals, pack) for step in kind.steps}
    for name, states in kind.fires_on.items():
        zh, en = "或".join(_STATES[state].zh for state in states), " or ".join(_STATES[state].en for state in states)
        lines.append(Line(2, Words(f"{steps[name].zh}{zh}", f"{steps[name].en} is {en}")))
    return lines


def _promise(kind: Promise, pack: Pack) -> list[Line]:
    lines = [_start(kind.anchor, pack)]
    lines.append(Line(1, Words("话里承诺的期限过后，未兑现：", "the term in its words passes and it is not kept:")))
    if kind.silence:
        lines.append(Line(2, Words("到期客服没有任何消息", "nothing from the agent by then")))
    if kind.breach != Not(All(())):
        lines += _nested(kind.breach, pack, 2)
    if kind.kept != Not(All(())):
        lines += [Line(1, Words("以下情况算兑现：", "it counts as kept if:")), *_nested(kind.kept, pack, 2)]
    return lines


def _fact(kind: FactCheck, pack: Pack) -> list[Line]:
    op = _OPS[kind.compare]
    zh = f"说出的数值{op.zh}店铺事实表中的 {kind.fact}"
    said = Line(1, Words(zh, f"the value said {op.en} {kind.fact} of the shop's fact sheet"))
    first, *rest = _pattern(kind, pack)
    return [first, said, *rest]


def _contact(kind: OtherContact, pack: Pack) -> list[Line]:
    within = duration(kind.seconds)
    same = Words("订单", "order") if kind.same == "order_id" else Words("客户", "customer")
    when = {
        "earlier": Words("之前", "before"),
        "later": Words("之后", "after"),
        "either": Words("前后", "before or after"),
    }
    other, side = signals(kind.other, pack), when[kind.direction]
    with_ = Words(f"，其中有{other.zh}", f" with {other.en}") if kind.other else Words("", "")
    zh = f"同一{same.zh} {within.zh}内{side.zh}另有会话{with_.zh}"
    en = f"another conversation of the same {same.en} within {within.en} {side.en}{with_.en}"
    first, *rest = _pattern(kind, pack)
    return [first, Line(1, Words(zh, en)), *rest]


_KINDS: Final[dict[type, Callable[[Anything, Pack], list[Line]]]] = {
    Pattern: _pattern,
    Scorecard: _scorecard,
    Sequence: _sequence,
    Promise: _promise,
    FactCheck: _fact,
    OtherContact: _contact,
}
