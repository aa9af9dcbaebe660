from __future__ import annotations

import json

from csaudit.report import json as report
from report.by_hand import INCIDENTS, audit


def test_json_holds_the_summary_and_the_incidents_gravest_first() -> None:
    document = json.loads(report.render(audit(*reversed(INCIDENTS))))
    assert document["schema"] == "csaudit/1"
    assert document["masked"] is True
    assert document["summary"]["incidents"] == {"A": 1, "B": 1, "C": 1}
    assert document["summary"]["since"] == "2026-06-03T10:02:31+08:00"
    assert [(row["class"], row["agent_id"]) for row in document["incidents"]] == [
        ("A5", "a01"),
        ("B1", "a02"),
        ("C4", "a02"),
    ]
    evidence = document["incidents"][0]["evidence"]
    assert evidence == [
        {
            "seq": 2,
            "sent_at": "2026-06-03T10:02:41+08:00",
            "role": "agent",
            "text": "没货了，您去桃宝搜我们店，加V：abc12345",
            "spans": [{"start": 5, "end": 7}],
            "undone": ["桃宝 → 淘宝 (sound)"],
        }
    ]
    assert [row["class"] for row in document["grades"]] == ["A5", "A8", "B1", "C4"]


def test_nothing_found_is_still_a_whole_document() -> None:
    document = json.loads(report.render(audit()))
    assert document["incidents"] == []
    assert document["summary"]["unchecked"] == {"export_ends": 1}
