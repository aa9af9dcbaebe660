"""The scripts that write into the repository: confidence from measured precision."""

import sys
from pathlib import Path

import polars as pl

from csaudit.evaluate import scores

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import set_confidence  # noqa: E402


def rules(*rows):
    return pl.DataFrame(rows, schema={name: scores.RULES[name] for name in ("rule_id", "finds", "right")}, orient="row")


def test_much_evidence_speaks_for_itself_and_little_leans_on_the_grade():
    measured = rules(("A5a-x", 95, 95), ("A5b-y", 1, 0), ("A5c-z", 4, 0))
    got = set_confidence.confidences(measured, {"A5a-x": "A", "A5b-y": "A", "A5c-z": "A"})
    assert got == {"A5a-x": 0.99, "A5b-y": 0.79, "A5c-z": 0.53}


def test_grades_do_not_vouch_for_each_other_and_removed_rules_are_passed_over():
    measured = rules(("A5a-x", 10, 10), ("B1a-y", 10, 2), ("gone", 3, 3))
    assert set_confidence.confidences(measured, {"A5a-x": "A", "B1a-y": "B"}) == {"A5a-x": 0.99, "B1a-y": 0.2}


def test_only_the_confidence_of_the_file_changes():
    text = "id: A5a-x\nconfidence: 0.8\ncases:\n  hits: ['confidence: 0.8']\n"
    assert set_confidence.rewritten(text, 0.936) == text.replace("confidence: 0.8\n", "confidence: 0.94\n", 1)


def test_a_confidence_that_gives_its_reason_stays():
    text = "id: A5c-x\nconfidence: 0.4  # a risk by definition\n"
    assert set_confidence.rewritten(text, 0.936) == text
