"""Signals and lexicons: from YAML nodes to `model.Signal` and `model.Lexicon`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Literal, cast, get_args

import polars as pl

from csaudit.pack import templates
from csaudit.pack.model import (
    AtLeast,
    Comparison,
    Entity,
    InLexicon,
    LearnedAct,
    Lexicon,
    Matcher,
    Near,
    OfSignal,
    Phrase,
    Regex,
    Repeats,
    Signal,
    SimilarTo,
    Template,
    ViewName,
    Words,
)
from csaudit.pack.values import COMPARISONS, compare, words
from csaudit.schema import ROLES
from csaudit.yamlfile import Node, did_you_mean, one_of

VIEWS: Final = get_args(ViewName)
ENTITIES: Final = (
    "mobile",
    "id_card",
    "bank_card",
    "order_no",
    "wechat_id",
    "qq_id",
    "url",
    "email",
    "money",
    "date",
    "duration",
)
THRESHOLDS: Final = ("sure", "likely", "possible")

Lexicons = Mapping[str, Lexicon]


def lexicon(node: Node) -> Lexicon:
    """A lexicon file."""
    id_ = node.need("id").text()
    title = words(node.need("title"))
    notes: dict[str, str] = {}
    terms: dict[str, Path | str] = {}  # term -> the file that gives it
    for item in node.need("terms").items():
        entry = item.need("term") if item.kind == "mapping" else item
        term = entry.text()
        if terms.get(term) == entry.where.path:
            entry.problem(Words(f"“{term}”写了两次", f"the term “{term}” is given twice"))
        terms.setdefault(term, entry.where.path)
        if item.kind == "mapping":
            notes[term] = item.get("note").text()
            item.close()
    for entry in node.get("remove").one_or_more():
        if terms.pop(entry.text(), None) is None:
            message = Words(f"没有“{entry.value}”可去掉", f"there is no term “{entry.value}” to remove")
            entry.problem(message, did_you_mean(entry.text(), terms))
    node.close()
    return Lexicon(id_, title, tuple(terms), {term: note for term, note in notes.items() if note}, node.where)


def signal(node: Node, lexicons: Lexicons) -> Signal:
    """One entry of a signals file."""

    def listed(key: str) -> tuple[Matcher, ...]:
        return matchers(node.get(key), lexicons)

    result = Signal(
        id=node.need("id").text(),
        title=words(node.need("title")),
        role=tuple(role.one_of(ROLES) for role in node.need("role").one_or_more()),
        where=node.where,
        any_of=listed("any_of"),
        views=cast(tuple[ViewName, ...], tuple(view.one_of(VIEWS) for view in node.get("views").one_or_more()))
        or ("folded",),
        all_of=listed("all_of"),
        none_of=listed("none_of"),
        at_least=_at_least(node.get("at_least"), lexicons),
        except_=listed("except"),
        near=_near(node.get("near"), lexicons),
        not_near=_near(node.get("not_near"), lexicons),
        word=node.get("word").flag(),
        negation=cast(Literal["keep", "skip", "only"], node.get("negation").one_of(("keep", "skip", "only"), "keep")),
        length=_length(node.get("length")),
        field={name: found for name, entry in node.get("field").entries().items() if (found := compare(entry))},
    )
    node.close()
    return result


def matchers(node: Node, lexicons: Lexicons) -> tuple[Matcher, ...]:
    """A list of matchers; a single one may stand for a list of one."""
    found = (matcher(item, lexicons) for item in node.one_or_more())
    return tuple(one for one in found if one is not None)


def matcher(node: Node, lexicons: Lexicons) -> Matcher | None:
    """One matcher; None after a problem."""
    if node.kind == "text":
        return _words(node, lexicons)
    if node.kind != "mapping":
        said = "a text or a mapping such as {lexicon: insults} is wanted"
        node.problem(Words("这里要文字，或 {lexicon: insults} 这样的键和值", said))
        return None
    heads = [head for head in _FORMS if node.has(head)]
    if len(heads) != 1:
        node.problem(Words("每一项恰好有一种写法", "a matcher has exactly one kind"), one_of(_FORMS))
        return None
    result = _FORMS[heads[0]](node)
    node.close()
    return result


def _words(node: Node, lexicons: Lexicons) -> Matcher | None:
    text = node.text()
    if not templates.is_template(text):
        return Phrase(text)
    try:
        return Template(text, templates.compile_template(text, lexicons))
    except templates.TemplateError as error:
        zh, en = f"句式“{text}”用不了：{error.words.zh}", f"the template “{text}” cannot be used: {error.words.en}"
        node.problem(Words(zh, en))
        return None


def _regex(node: Node) -> Matcher | None:
    pattern = node.get("regex").text()
    try:
        pl.select(pl.lit("").str.contains(pattern))
    except pl.exceptions.ComputeError as error:
        zh, en = f"正则“{pattern}”用不了：", f"the regular expression “{pattern}” cannot be used: "
        node.problem(Words(zh + _reason(error), en + _reason(error)))
        return None
    if pl.select(pl.lit("").str.contains(pattern)).item():
        zh, en = f"正则“{pattern}”连空文本也匹配", f"the regular expression “{pattern}” matches the empty text"
        node.problem(Words(zh, en))
        return None
    return Regex(pattern)


def _reason(error: Exception) -> str:
    """The one line of a regex error that says what is wrong."""
    first, *lines = str(error).splitlines()
    return next((line.removeprefix("error: ") for line in lines if line.startswith("error: ")), first)


def _act(node: Node) -> Matcher:
    threshold = node.get("threshold")
    limit = threshold.number(least=0, most=1) if threshold.is_number else threshold.one_of(THRESHOLDS, "likely")
    return LearnedAct(node.get("act").text(), limit)


def _entity(node: Node) -> Matcher:
    entity = node.get("entity").one_of(ENTITIES)
    bounded = any(node.has(op) for op in COMPARISONS)
    return Entity(entity, compare(node, also=("entity",)) if bounded else None)


def _similar(node: Node) -> Matcher:
    examples = tuple(example.text() for example in node.get("similar_to").one_or_more())
    return SimilarTo(examples, node.get("at_least").number(0.6, least=0.1, most=1))


def _repeats(node: Node) -> Matcher:
    share = node.get("repeats").number(0.9, least=0.1, most=1)
    return Repeats(share, node.get("look_back").integer(5, least=1, most=50))


_FORMS: Final[dict[str, Callable[[Node], Matcher | None]]] = {
    "lexicon": lambda node: InLexicon(node.get("lexicon").text()),
    "regex": _regex,
    "signal": lambda node: OfSignal(node.get("signal").text()),
    "act": _act,
    "entity": _entity,
    "similar_to": _similar,
    "repeats": _repeats,
}


def _at_least(node: Node, lexicons: Lexicons) -> AtLeast | None:
    if not node:
        return None
    result = AtLeast(node.need("n").integer(1, least=1), matchers(node.need("of"), lexicons))
    node.close()
    return result


def _near(node: Node, lexicons: Lexicons) -> Near | None:
    if not node:
        return None
    result = Near(matchers(node.need("any_of"), lexicons), node.get("within").integer(10, least=1, most=200))
    node.close()
    return result


def _length(node: Node) -> dict[Comparison, float]:
    bounds = {
        op: node.get(op).number(least=0) for op in ("above", "below", "at_least", "at_most", "is") if node.has(op)
    }
    if node:
        node.close(COMPARISONS)
    return cast(dict[Comparison, float], bounds)
