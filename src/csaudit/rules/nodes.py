"""A rule as a tree of questions, each with its answer and what decided it at every anchor: the material of explanations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any as Anything
from typing import Final

import polars as pl

from csaudit.errors import Words
from csaudit.pack import describe
from csaudit.pack.model import All, Any, Condition, Has, Kind, Not, Pack, Reply, Scorecard
from csaudit.pack.model import Sequence as Steps
from csaudit.rules.citing import Citation, citations
from csaudit.rules.conditions import Verdict, View, judge
from csaudit.rules.kinds.ruling import Part
from csaudit.rules.scene import Scene

_PARTS: Final = {
    "breach": Words("承诺没有兑现的迹象", "signs that the promise was not kept"),
    "kept": Words("期限内已兑现", "it was kept in time"),
    "silence": Words("期限已过，客服没有再回来", "its term passed and the agent did not come back"),
    "fact": Words("说出的数值与店铺事实表不符", "the value said contradicts the shop's fact sheet"),
    "contact": Words("同一客户或订单另有会话", "the customer or order has another conversation"),
}
_STATES: Final = {
    "present": Words("{}出现了", "{} is there"),
    "absent": Words("{}没有出现", "{} is absent"),
    "late": Words("{}来晚了", "{} is late"),
    "out_of_order": Words("{}顺序不对", "{} is out of order"),
}

Row = Mapping[str, Anything]
"""An anchor with the columns that `answers` gives."""


@dataclass(frozen=True)
class Node:
    """A question: a condition, or a part of a rule that is one of its own; ``part`` is the rule's part it belongs to."""

    number: int
    depth: int
    text: Words
    part: str
    verdict: Verdict
    condition: Condition | None = None
    view: View | None = None
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def state(self, row: Row) -> bool | None:
        """The answer at an anchor."""
        return row[f"holds {self.number}"]  # type: ignore[no-any-return]


def trees(parts: Iterable[Part], kind: Kind, pack: Pack) -> list[Node]:
    """The questions of a rule, without those that are always answered alike."""
    numbers = count()
    idle = (All(()), Any(()), Not(All(())))
    return [_tree(part, kind, pack, numbers) for part in parts if part.condition not in idle]


def answers(frame: pl.DataFrame, nodes: Sequence[Node]) -> list[dict[str, Anything]]:
    """Per anchor and node ``holds``, ``why``; for a condition that looks ahead or waits the position that comes too
    late (``next``), and the seconds from the anchor to it (``after``)."""
    columns = []
    for node in nodes:
        columns += [node.verdict.holds.alias(f"holds {node.number}"), node.verdict.why().alias(f"why {node.number}")]
        next_ = _next(node)
        if next_ is not None and node.view:
            sent = pl.lit(node.view.scene.messages["sent_at"])
            after = (sent.gather(next_) - sent.gather(node.view.stand.at())).dt.total_milliseconds() / 1000
            columns += [next_.alias(f"next {node.number}"), after.alias(f"after {node.number}")]
    return frame.with_columns(columns).to_dicts()


def evidence(frame: pl.DataFrame, nodes: Sequence[Node], scene: Scene) -> Mapping[tuple[int, int], list[Row]]:
    """What decided each condition: by (anchor's position, number of the node) its messages with their spans."""
    looked = [
        cited.of(frame).with_columns(number=pl.lit(node.number))
        for node in nodes
        if (cited := _cited(node)) is not None
    ]
    replies = [
        frame.select("at", position=next_, signals=pl.lit([], dtype=pl.List(pl.String)), number=pl.lit(node.number))
        for node in nodes
        if isinstance(node.condition, Reply) and (next_ := _next(node)) is not None
    ]
    rows = pl.concat([*looked, *replies]).drop_nulls("position") if looked or replies else None
    found: dict[tuple[int, int], list[Row]] = defaultdict(list)
    if rows is not None:
        for row in with_spans(rows, ["at", "number"], scene).iter_rows(named=True):
            found[row["at"], row["number"]].append({**row, "undone": []})
    return found


def with_spans(rows: pl.DataFrame, keys: Sequence[str], scene: Scene) -> pl.DataFrame:
    """Add the message at each ``position`` and the spans of hits of its ``signals`` there."""
    hits = scene.hits.filter(pl.col("missing").is_null(), pl.col("end") > pl.col("start")).select(
        "start", "end", signal=pl.col("signal").cast(pl.String), position="at"
    )
    spans = (
        rows.explode("signals")
        .join(hits, left_on=["position", "signals"], right_on=["position", "signal"])
        .group_by(*keys, "position")
        .agg(spans=pl.struct("start", "end").unique().sort())
    )
    said = scene.messages.select("seq", "sent_at", "role", "text", position=pl.int_range(pl.len(), dtype=pl.Int64))
    return (
        rows.select(*keys, "position")
        .unique()
        .join(spans, on=[*keys, "position"], how="left")
        .join(said, on="position")
        .with_columns(pl.col("spans").fill_null([]), pl.col("role").cast(pl.String))
        .sort(*keys, "position")
    )


def _tree(part: Part, kind: Kind, pack: Pack, numbers: Iterator[int]) -> Node:
    if part.name == "when" and part.condition and part.view:
        return _condition(part.condition, part.view, pack, numbers, "when", 1)
    number = next(numbers)
    below: tuple[Node, ...] = ()
    if part.condition and part.view:
        below = (_condition(part.condition, part.view, pack, numbers, part.name, 2),)
    return Node(number, 1, _named(part.name, kind, pack), part.name, part.verdict, children=below)


def _named(name: str, kind: Kind, pack: Pack) -> Words:
    key, _, rest = name.partition(" ")
    if key == "term" and isinstance(kind, Scorecard):
        term = kind.terms[int(rest)]
        return Words(f"{term.title.zh} {term.weight:+g}", f"{term.title.en} {term.weight:+g}")
    if key == "step" and isinstance(kind, Steps):
        id_, _, state = rest.rpartition(" ")
        (step,) = (step for step in kind.steps if step.id == id_)
        signals = describe.signals(step.signals, pack)
        return Words(_STATES[state].zh.format(signals.zh), _STATES[state].en.format(signals.en))
    return _PARTS[key]


def _condition(stated: Condition, view: View, pack: Pack, numbers: Iterator[int], part: str, depth: int) -> Node:
    number = next(numbers)
    below = stated.of if isinstance(stated, (All, Any)) else (stated.condition,) if isinstance(stated, Not) else ()
    if len(below) == 1 and isinstance(stated, (All, Any)):
        return _condition(below[0], view, pack, numbers, part, depth)
    children = tuple(_condition(each, view, pack, numbers, part, depth + 1) for each in below)
    text = describe.condition(stated, pack)[0].text
    return Node(number, depth, text, part, judge(stated, view), stated, view, children)


def _cited(node: Node) -> Citation | None:
    """The messages a condition saw, whether it asks for them or for their absence."""
    if not isinstance(node.condition, Has) or not node.view:
        return None
    (cited,) = citations(replace(node.condition, negated=False, times=1, cite=True), node.view)
    return cited


def _next(node: Node) -> pl.Expr | None:
    """The message that a wait ends with, or the first with a hit behind the stretch a condition looks at."""
    if isinstance(node.condition, Reply) and node.view:
        return node.view.stand.at(f"next_{node.condition.role}")
    if not isinstance(node.condition, Has) or not node.view or node.condition.where not in {"after", "around"}:
        return None
    positions, end = node.view.scene.marks(node.condition.signals).sure, node.view.stand.window(node.condition).hi
    if positions.is_empty():
        return None
    place = pl.lit(positions).search_sorted(end, side="right").clip(0, positions.len() - 1)
    found = pl.lit(positions).gather(place)
    return pl.when((found > end) & (found <= node.view.stand.at("final"))).then(found)
