"""Write each rule's measured precision into its file as ``confidence``.

``csaudit eval GOLD --json figures.json``, then ``python scripts/set_confidence.py figures.json``.

Few finds say little, so a rule's precision is drawn towards that of all rules of its grade as if it had fired ``WEIGHT``
more times with that precision. A rule that never fired keeps what its author wrote, and so does one whose line ends in a
comment that says why. Measure on conversations that the rules were not made from: on others every rule looks perfect.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polars as pl

from csaudit import pack
from csaudit.evaluate import Evaluation

WEIGHT = 5
LINE = re.compile(r"^confidence: *[\d.]+ *$", re.MULTILINE)


def confidences(rules: pl.DataFrame, grade_of: dict[str, str]) -> dict[str, float]:
    """Shrunk precision by rule id, from RULES and the grade of each rule id; two decimals."""
    graded = rules.with_columns(grade=pl.col("rule_id").replace_strict(grade_of, default=None, return_dtype=pl.String))
    known = graded.filter(pl.col("grade").is_not_null())
    of_grade = (pl.col("right").sum() / pl.col("finds").sum()).over("grade")
    shrunk = (pl.col("right") + WEIGHT * of_grade) / (pl.col("finds") + WEIGHT)
    rated = known.select("rule_id", confidence=shrunk.clip(0.01, 0.99).round(2))
    return dict(zip(rated["rule_id"], rated["confidence"], strict=True))


def rewritten(text: str, confidence: float) -> str:
    """A rule file's text with another confidence; everything else stays as it is."""
    return LINE.sub(f"confidence: {confidence:.2f}", text, count=1)


def main(figures: Path) -> None:
    """Rewrite the files of the built-in rules that fired, and print what changed."""
    rules = pack.load()
    grade_of = {rule.id: rules.classes[rule.class_id].grade for rule in rules.rules.values()}
    for id_, confidence in confidences(Evaluation.from_json(figures).rules, grade_of).items():
        rule = rules.rules[id_]
        if rule.confidence != confidence:
            file = Path(rule.where.path)
            file.write_text(rewritten(file.read_text(encoding="utf-8"), confidence), encoding="utf-8")
            print(f"{id_:<40} {rule.confidence:.2f} -> {confidence:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
