"""An audit written by hand: three conversations, three incidents, one of each grade."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import polars as pl

from csaudit import metrics, schema
from csaudit.audit import Audit, Selection
from csaudit.errors import Location
from csaudit.pack.model import All, Anchor, IncidentClass, Pack, Pattern, Rule, Words

ZONE = schema.DEFAULT_ZONE
START = datetime(2026, 6, 3, 10, 2, 11, tzinfo=ZoneInfo(ZONE))
HERE = Location("rules/taxonomy.yaml", 1)

CLASSES = {
    "A5": ("A", Words("引流", "diverting customers")),
    "A8": ("A", Words("强行结束/转接", "forced ending or transfer")),
    "B1": ("B", Words("服务态度", "poor attitude")),
    "C4": ("C", Words("未执行流程（轻）", "process not executed (minor)")),
}


def pack(**points: float) -> Pack:
    """Four classes with one rule each, `A5-rule` …; A costs 100 points, B 20, C 5."""
    classes = {
        id_: IncidentClass(id_, grade, name, name, name, {}, {}, (), HERE) for id_, (grade, name) in CLASSES.items()
    }
    rules = {f"{id_}-rule": _rule(id_) for id_ in classes}
    return Pack(
        name="builtin",
        version="1.0",
        digest="0" * 64,
        grades=("A", "B", "C"),
        classes=classes,
        lexicons={},
        signals={},
        rules=rules,
        acts={},
        tables={},
        points=points or {"A": 100, "B": 20, "C": 5},
        targets={"first_response_s": 30},
        facts={},
    )


def _rule(class_id: str, status: str = "active") -> Rule:
    words = Words("规则", "rule")
    kind = Pattern(Anchor(), All(()))
    return Rule(
        f"{class_id}-rule",
        class_id,
        "a",
        words,
        words,
        words,
        "pattern",
        kind,
        0.9,
        status,
        (),
        HERE,  # type: ignore[arg-type]
    )


def messages(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """MESSAGES of (conversation, speaker, text): 客 is the customer, any other speaker an agent's id. Ten seconds apart."""
    frame = pl.DataFrame(
        [
            {
                "conversation_id": conversation,
                "role": "customer" if speaker == "客" else "agent",
                "agent_id": None if speaker == "客" else speaker,
                "agent": None if speaker == "客" else f"客服{speaker}",
                "customer": f"买家{conversation}",
                "platform": "京东",
                "shop": "示例店",
                "text": text,
                "source_file": "logs/jd.csv",
                "source_line": line,
                "sent_at": START + timedelta(seconds=10 * line),
            }
            for line, (conversation, speaker, text) in enumerate(rows, start=2)
        ]
    )
    by_conversation = {
        "seq": pl.int_range(1, pl.len() + 1),
        "customer_turn": (pl.col("role") == "customer").cum_sum(),
    }
    numbered = frame.with_columns(expr.over("conversation_id") for expr in _named(by_conversation))
    return schema.conform(numbered, schema.MESSAGES).sort("conversation_id", "seq")


def _named(exprs: dict[str, pl.Expr]) -> list[pl.Expr]:
    return [expr.alias(name) for name, expr in exprs.items()]


DIALOGUES = messages(
    ("c1", "客", "这件还有货吗"),
    ("c1", "a01", "没货了，您去桃宝搜我们店，加V：abc12345"),
    ("c2", "客", "我要投诉，电话13812345678"),
    ("c2", "a02", "哦"),
    ("c3", "客", "什么时候发货"),
    ("c3", "a01", "今天就发"),
)


def incident(class_: str, conversation: str, cited: dict[str, tuple[int, int]], **values: object) -> dict[str, object]:
    """A row of INCIDENTS that cites whole messages of `DIALOGUES` by a part of their text."""
    grade, name = CLASSES[class_]
    here = DIALOGUES.filter(conversation_id=conversation)
    evidence = [
        {
            **here.filter(pl.col("text") == text).select("seq", "sent_at", "role", "text").row(0, named=True),
            "spans": [{"start": start, "end": end}],
            "undone": ["桃宝 → 淘宝 (sound)"] if "桃宝" in text else [],
        }
        for text, (start, end) in cited.items()
    ]
    last = here.row(-1, named=True)
    return {
        "incident_id": f"{class_}{conversation}".encode().hex().ljust(16, "0"),
        "grade": grade,
        "class": class_,
        "class_name": name.zh,
        "scenario": "a",
        "rule_ids": [f"{class_}-rule"],
        "confidence": 0.9,
        "conversation_id": conversation,
        "agent_id": last["agent_id"],
        "agent": last["agent"],
        "shop": "示例店",
        "platform": "京东",
        "channel": None,
        "customer": last["customer"],
        "occurred_at": last["sent_at"],
        "evidence": evidence,
        "reason": "客服在京东会话里提到「桃宝」" if class_ == "A5" else "客服只回复了一个字",
        "advice": "留在本平台解决",
        "source_file": "logs/jd.csv",
        "source_line": last["source_line"],
        **values,
    }


INCIDENTS = (
    incident("A5", "c1", {"没货了，您去桃宝搜我们店，加V：abc12345": (5, 7)}),
    incident("B1", "c2", {"我要投诉，电话13812345678": (2, 4), "哦": (0, 1)}, confidence=0.72),
    incident("C4", "c2", {"哦": (0, 1)}, confidence=0.6),
)


def audit(*incidents: dict[str, object], lang: str = "zh", notes: tuple[object, ...] = ()) -> Audit:
    """The audit with these incidents, its roll-ups computed."""
    found = pl.DataFrame(list(incidents), schema=schema.INCIDENTS)
    unchecked = pl.DataFrame(
        {"rule_id": ["C4-rule"], "conversation_id": ["c3"], "agent_id": ["a01"], "reason": ["export_ends"]},
        schema=schema.UNCHECKED,
    )
    measures = metrics.measure(DIALOGUES, found, unchecked, pack(), list(CLASSES), lang)
    inputs = {"path": "logs/jd.csv", "format": "csv", "encoding": "gb18030", "bytes": 512, "sha256": "f" * 64}
    counts = {"rows": 8, "messages": 6, "rejects": 1, "duplicates": 1}
    rejects = {"source_file": "logs/jd.csv", "source_line": 9, "reason": "no text", "raw": "13812345678,,"}
    return Audit(
        messages=DIALOGUES,
        rejects=pl.DataFrame([rejects], schema=schema.REJECTS),
        inputs=pl.DataFrame([inputs | counts], schema=schema.INPUTS),
        notes=notes,  # type: ignore[arg-type]
        hits=schema.empty(schema.HITS),
        findings=schema.empty(schema.FINDINGS),
        unchecked=unchecked,
        incidents=found,
        conversations=measures.conversations,
        agents=measures.agents,
        grades=measures.grades,
        pack=pack(),
        selection=Selection(),
        zone=ZONE,
        lang=lang,
        seconds={"read": 0.1},
    )


def note(text: str, file: str | None = None) -> object:
    """Something like a note of reading."""
    return SimpleNamespace(file=file, text=lambda lang: text)
