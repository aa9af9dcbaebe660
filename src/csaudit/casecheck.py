"""The cases in the rule files, all run in one audit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import polars as pl

from csaudit import rules, schema, signals
from csaudit.audit import Judged, judge_messages
from csaudit.pack import describe, walk
from csaudit.pack.model import Case, Line, Not, Pack, Pattern, Rule

CASES: Final[schema.Schema] = {
    "rule_id": pl.String,
    "case": pl.UInt32,  # 1..n within the rule: hits first, as in the file
    "expected": pl.Boolean,  # the rule must fire
    "fired": pl.Boolean,
    "unchecked": pl.String,  # why the rule could not be judged (a reason of UNCHECKED); null: it could
    "cited": pl.List(pl.String),  # signals cited where it fired
    "text": pl.String,  # the case, a line for each message
    "source_file": pl.String,
    "source_line": pl.UInt32,
}
"""One row a case. A case is right where ``expected`` equals ``fired``; not checkable counts as not fired."""

UNREACHED: Final[schema.Schema] = {
    "owner": pl.String,  # the signal whose matcher, or the rule whose condition it is
    "what": pl.String,  # never_hit: a matcher; never_true, never_false: a condition
    "zh": pl.String,
    "en": pl.String,
    "source_file": pl.String,
    "source_line": pl.UInt32,
}
"""One row a matcher or condition that no case tries."""

TESTED: Final = ("draft", "trial", "active")

_START: Final = "2026-01-05"  # a Monday
_OPENING: Final = 10  # o'clock
_GOES_ON: Final = 60 * 86400.0  # seconds for which the export goes on after a case that is not cut
_AGENT: Final = "小张"
_SPEAKER: Final = {"bot": "机器人", "system": "系统"}
_MARK: Final = {"customer": "客", "agent": "服", "bot": "机", "system": "系"}


def run(pack: Pack, rule_ids: Collection[str] | None = None) -> pl.DataFrame:
    """Judge the cases of these rules (default: all that are not retired) and compare with what they expect.

    Returns:
        CASES, in order of rule and case.
    """
    tested = _tested(pack, rule_ids)
    rows = [_row(rule, number, case) for rule in tested for number, case in enumerate(rule.cases, start=1)]
    cases = pl.DataFrame(
        rows, schema={name: CASES[name] for name in CASES if name not in ("fired", "unchecked", "cited")}
    )
    judged = judge(pack, tested)
    return schema.conform(
        cases.join(_fired(judged), on=["rule_id", "case"], how="left", maintain_order="left")
        .join(_unchecked(judged), on=["rule_id", "case"], how="left", maintain_order="left")
        .with_columns(pl.col("fired").fill_null(value=False)),
        CASES,
    )


def judge(pack: Pack, tested: Iterable[Rule]) -> Judged:
    """Audit the cases of rules with these rules, drafts among them, as conversations ``<rule>#<case>``."""
    trial = {rule.id: replace(rule, status="trial") for rule in tested}
    return judge_messages(messages(trial.values()), replace(pack, rules=trial))


def messages(tested: Iterable[Rule]) -> pl.DataFrame:
    """All cases of these rules as MESSAGES with CONTEXT."""
    lines = [
        line
        for rule in tested
        for number, case in enumerate(rule.cases, start=1)
        for line in _lines(rule, number, case)
    ]
    frame = pl.DataFrame({name: [line.get(name) for line in lines] for name in schema.MESSAGES}, schema=schema.MESSAGES)
    extra = dict.fromkeys(name for line in lines for name in line if name not in schema.MESSAGES and name != "cut")
    frame = frame.with_columns(_column(name, [line.get(name) for line in lines]) for name in extra)
    cut = pl.Series("cut", [line["cut"] for line in lines], dtype=pl.Boolean)
    frame = rules.with_context(frame.with_columns(cut).sort("conversation_id", "seq"))
    seen = (pl.col("sent_at").max().over("conversation_id") - pl.col("sent_at")).dt.total_milliseconds() / 1000
    after = seen + pl.when("cut").then(0.0).otherwise(_GOES_ON)
    return frame.with_columns(observed_after=after).drop("cut")


def _tested(pack: Pack, rule_ids: Collection[str] | None) -> list[Rule]:
    chosen = pack.rules if rule_ids is None else rule_ids
    return [pack.rules[id_] for id_ in sorted(chosen) if pack.rules[id_].status in TESTED]


def _row(rule: Rule, number: int, case: Case) -> dict[str, Any]:
    return {
        "rule_id": rule.id,
        "case": number,
        "expected": case.fires,
        "text": "\n".join(f"{_MARK[line.role]}: {line.text}" for line in case.lines),
        "source_file": str(case.where.path),
        "source_line": case.where.line,
    }


def _lines(rule: Rule, number: int, case: Case) -> Iterator[dict[str, Any]]:
    """The rows of one case, each further contact of the customer a conversation of its own."""
    day = datetime.fromisoformat(rule.valid_from or rule.valid_to or _START)
    clock = day.replace(hour=_OPENING, tzinfo=ZoneInfo(schema.DEFAULT_ZONE))
    name = f"{rule.id}#{number}"
    for seq, line in enumerate(case.lines, start=1):
        clock += timedelta(seconds=line.gap or 0.0)
        yield {
            "conversation_id": f"{name}+{line.contact}" if line.contact else name,
            "seq": seq,
            "sent_at": None if line.gap is None else clock,
            "role": line.role,
            **_people(line, customer=name),
            "platform": case.platform,
            "shop": case.shop,
            "text": line.text,
            "source_file": str(case.where.path),
            "source_line": case.where.line,
            "cut": case.cut,
            **line.fields,
        }


def _people(line: Line, customer: str) -> dict[str, str | None]:
    agent = (line.agent or _AGENT) if line.role == "agent" else None
    sender = agent or _SPEAKER.get(line.role, customer)
    return {"sender": sender, "agent_id": agent, "agent": agent, "customer": customer}


def _column(name: str, values: list[Any]) -> pl.Series:
    """A further column: of its declared type, else of numbers, flags or texts, whichever all values are."""
    if name in schema.EXTRA:
        return pl.Series(name, values, dtype=schema.EXTRA[name], strict=False)
    kinds = {type(value) for value in values if value is not None}
    return pl.Series(name, values if len(kinds) == 1 else [None if v is None else str(v) for v in values])


def _of_case(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows about a rule in one of its own cases, with ``case``."""
    parts = pl.col("conversation_id").str.splitn("#", 2)
    number = parts.struct[1].str.split("+").list.first()
    return frame.filter(parts.struct[0] == pl.col("rule_id")).with_columns(case=number.cast(pl.UInt32))


def _fired(judged: Judged) -> pl.DataFrame:
    named = pl.col("cited").list.eval(pl.element().struct.field("signal")).list.explode().drop_nulls()
    return (
        _of_case(judged.findings)
        .group_by("rule_id", "case", maintain_order=True)
        .agg(cited=named.unique(maintain_order=True), fired=pl.lit(value=True).first())
    )


def _unchecked(judged: Judged) -> pl.DataFrame:
    reasons = pl.col("reason").unique().sort().str.join(", ")
    return _of_case(judged.unchecked).group_by("rule_id", "case").agg(unchecked=reasons)


# ---- what no case tries ---------------------------------------------------------------------------------------------


def coverage(pack: Pack, rule_ids: Collection[str] | None = None) -> pl.DataFrame:
    """Name the matchers that hit in no case, and the conditions that hold, or fail, at no anchor of their rule's cases.

    Returns:
        UNREACHED, sorted by file and line.
    """
    tested = _tested(pack, rule_ids)
    rows = [*_idle_matchers(pack, tested), *_idle_conditions(pack, tested)]
    return pl.DataFrame(rows, schema=UNREACHED, orient="row").sort("source_file", "source_line", maintain_order=True)


def _idle_matchers(pack: Pack, tested: list[Rule]) -> Iterator[tuple[Any, ...]]:
    """Each matcher alone as a signal of its own, found in all cases."""
    names = walk.closure({name for rule in tested for name in walk.signals_of(rule.kind)}, pack.signals)
    alone = {
        f"{name}|{i}": replace(pack.signals[name], id=f"{name}|{i}", any_of=(matcher,))
        for name in sorted(names)
        for i, matcher in enumerate(pack.signals[name].any_of)
    }
    hits = signals.find(messages(tested), replace(pack, signals={**pack.signals, **alone}), frozenset(alone))
    reached = set(hits.get_column("signal").cast(pl.String).unique())
    for id_, signal in alone.items():
        if id_ not in reached:
            text = describe.matcher(signal.any_of[0])
            yield id_.partition("|")[0], "never_hit", text.zh, text.en, str(signal.where.path), signal.where.line


def _idle_conditions(pack: Pack, tested: list[Rule]) -> Iterator[tuple[Any, ...]]:
    """Each condition alone, and its negation, as the pattern of a rule with the same anchor."""
    stated = {
        (rule.id, i): leaf
        for rule in tested
        for i, leaf in enumerate(leaf for part in walk.stated_by(rule.kind) for leaf in walk.leaves(part))
    }
    alone = [
        replace(
            pack.rules[rule],
            id=f"{rule}|{i}|{what}",
            kind_name="pattern",
            kind=Pattern(pack.rules[rule].kind.anchor, when),
        )
        for (rule, i), leaf in stated.items()
        for what, when in (("never_true", leaf), ("never_false", Not(leaf)))
    ]
    trial = {rule.id: replace(rule, status="trial", cases=()) for rule in alone}
    found = judge_messages(messages(tested), replace(pack, rules=trial)).findings
    own = pl.col("rule_id").str.split("|").list.first() == pl.col("conversation_id").str.split("#").list.first()
    reached = set(found.filter(own).get_column("rule_id"))
    for rule in alone:
        owner, i, what = rule.id.split("|")
        if rule.id not in reached:
            text = describe.condition(stated[owner, int(i)], pack)[0].text
            yield owner, what, text.zh, text.en, str(rule.where.path), rule.where.line
