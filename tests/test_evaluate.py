"""csaudit eval: counting pairs of conversation and class, and the figures made from them."""

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csaudit import evaluate, schema
from csaudit.errors import ConfigError
from csaudit.evaluate import interval

GRADE_OF = {"A5": "A", "A6": "A", "B3": "B"}


def incidents(*rows, gold="dev"):
    """INCIDENTS from (conversation, class, cited seqs, rule ids)."""
    return pl.DataFrame(
        [
            {
                "gold": gold,
                "incident_id": f"{conversation}{class_}{rules}",
                "conversation_id": conversation,
                "class": class_,
                "rule_ids": rules,
                "confidence": 0.8,
                "reason": "because",
                "evidence": [{"seq": seq, "text": "…", "spans": [], "undone": []} for seq in seqs],
            }
            for conversation, class_, seqs, rules in rows
        ],
        schema=schema.INCIDENTS | {"gold": pl.String},
    )


def labels(*rows, gold="dev"):
    """LABELS from (conversation, class, seqs) or (…, contested)."""
    return pl.DataFrame(
        [
            {
                "gold": gold,
                "conversation_id": row[0],
                "class": row[1],
                "evidence": row[2],
                "contested": len(row) > 3 and row[3],
            }
            for row in rows
        ],
        schema=evaluate.LABELS | {"gold": pl.String},
    )


def kinds(gold="dev", **of):
    return pl.DataFrame({"gold": gold, "conversation_id": list(of), "kind": list(of.values())})


def outcome(evaluation):
    return {(row[0], row[1]): row[2] for row in evaluation.pairs.select("conversation_id", "class", "outcome").rows()}


def figures(evaluation, name, *columns):
    return evaluation.scores.filter(pl.col("name") == name).select(columns).row(0)


def test_a_find_counts_when_conversation_and_class_agree():
    evaluation = evaluate.score(
        incidents(("c1", "A5", [3], ["A5a-x"]), ("c1", "B3", [4], ["B3a-x"])),
        labels(("c1", "A5", [3]), ("c2", "A6", [1])),
        kinds(c1="incident", c2="incident"),
        GRADE_OF,
    )
    assert outcome(evaluation) == {("c1", "A5"): "found", ("c1", "B3"): "false alarm", ("c2", "A6"): "missed"}
    assert figures(evaluation, "all", "labelled", "found", "missed", "false_alarms") == (2, 1, 1, 1)
    assert figures(evaluation, "all", "precision", "recall", "f1") == (0.5, 0.5, 0.5)
    assert figures(evaluation, "A", "precision", "recall") == (1.0, 0.5)
    assert figures(evaluation, "B", "false_alarms", "recall") == (1, None)


def test_two_incidents_of_a_class_by_two_agents_are_one_pair():
    evaluation = evaluate.score(
        incidents(("c1", "A5", [3], ["A5a-x"]), ("c1", "A5", [9], ["A5d-x"])),
        labels(("c1", "A5", [9])),
        kinds(c1="incident"),
        GRADE_OF,
    )
    assert figures(evaluation, "all", "found", "false_alarms", "evidence_met") == (1, 0, 1)
    assert evaluation.pairs["rule_ids"].to_list() == [["A5a-x", "A5d-x"]]


def test_evidence_is_met_by_one_shared_message():
    evaluation = evaluate.score(
        incidents(("c1", "A5", [3, 5], ["r"]), ("c2", "A5", [2], ["r"])),
        labels(("c1", "A5", [5, 7]), ("c2", "A5", [4])),
        kinds(c1="incident", c2="incident"),
        GRADE_OF,
    )
    assert figures(evaluation, "A5", "found", "evidence_met") == (2, 1)


def test_a_contested_label_counts_neither_way():
    evaluation = evaluate.score(
        incidents(("c1", "A5", [3], ["r"])),
        labels(("c1", "A5", [3], True), ("c1", "A6", [2], True), ("c2", "B3", [2])),
        kinds(c1="ordinary", c2="incident"),
        GRADE_OF,
    )
    assert figures(evaluation, "all", "labelled", "found", "false_alarms") == (1, 0, 0)
    assert evaluation.alarms.filter(pl.col("kind") == "ordinary")["alarmed"].item() == 0
    assert evaluation.rules.is_empty()


def test_false_alarms_are_counted_by_kind_of_conversation():
    evaluation = evaluate.score(
        incidents(("h1", "A5", [1], ["r"]), ("h1", "A6", [1], ["r"])),
        labels(("i1", "A5", [1])),
        kinds(h1="hard_negative", h2="hard_negative", o1="ordinary", i1="incident"),
        GRADE_OF,
    )
    rates = {row[0]: row[1:] for row in evaluation.alarms.select("kind", "conversations", "alarmed", "rate").rows()}
    assert rates == {"hard_negative": (2, 1, 0.5), "ordinary": (1, 0, 0.0), "incident": (1, 0, 0.0)}


def test_each_rule_answers_for_its_own_finds():
    evaluation = evaluate.score(
        incidents(("c1", "A5", [1], ["A5a-x", "A5e-y"]), ("c2", "A5", [1], ["A5a-x"])),
        labels(("c1", "A5", [1])),
        kinds(c1="incident", c2="ordinary"),
        GRADE_OF,
    )
    assert evaluation.rules.select("rule_id", "finds", "right").rows() == [("A5a-x", 2, 1), ("A5e-y", 1, 1)]


def test_golds_are_told_apart_and_pooled():
    """The same conversation id in two golds is two conversations."""
    evaluation = evaluate.score(
        incidents(("c1", "A5", [1], ["r"])),
        pl.concat([labels(("c1", "A5", [1])), labels(("c1", "A5", [1]), gold="other")]),
        pl.concat([kinds(c1="incident"), kinds(gold="other", c1="incident")]),
        GRADE_OF,
    )
    overall = evaluation.scores.filter(pl.col("level") == "all").select("gold", "labelled", "recall")
    assert overall.rows() == [("dev", 1, 1.0), ("other", 1, 0.0), ("pooled", 2, 0.5)]


def test_macro_is_the_mean_over_labelled_classes():
    evaluation = evaluate.score(
        incidents(("c1", "A5", [1], ["r"]), ("c3", "B3", [1], ["r"])),
        labels(("c1", "A5", [1]), ("c2", "A6", [1])),
        kinds(c1="incident", c2="incident", c3="ordinary"),
        GRADE_OF,
    )
    assert figures(evaluation, "macro", "f1") == (0.5,)


def test_nothing_found_and_nothing_labelled_gives_no_scores():
    evaluation = evaluate.score(incidents(), labels(), kinds(c1="ordinary"), GRADE_OF)
    assert evaluation.scores.is_empty()
    assert evaluation.alarms["rate"].to_list() == [0.0]


@settings(max_examples=50, deadline=None)
@given(n=st.integers(1, 500), data=st.data())
def test_the_interval_holds_the_rate_and_stays_between_0_and_1(n, data):
    hits = data.draw(st.integers(0, n))
    low, share, high = (
        pl.DataFrame({"hits": [hits], "n": [n]})
        .select(**interval.rate("r", pl.col("hits"), pl.col("n")))
        .select("r_low", "r", "r_high")
        .row(0)
    )
    assert 0 <= low <= share + 1e-12 and share - 1e-12 <= high <= 1


def test_wilson_as_in_the_books():
    """8 of 10: 0.490 to 0.943 (Wilson 1927, z = 1.96)."""
    row = pl.select(**interval.rate("r", pl.lit(8), pl.lit(10))).row(0)
    assert row == pytest.approx((0.8, 0.490, 0.943), abs=0.001)


# ---- keeping, comparing, gating -------------------------------------------------------------------------------------


@pytest.fixture
def evaluation():
    return evaluate.score(
        incidents(("c1", "A5", [3], ["A5a-x"]), ("c3", "A5", [1], ["A5a-x"])),
        labels(("c1", "A5", [3]), ("c2", "A6", [1])),
        kinds(c1="incident", c2="incident", c3="ordinary"),
        GRADE_OF,
    )


def test_json_gives_back_the_same_frames(evaluation, tmp_path):
    file = tmp_path / "eval.json"
    file.write_text(evaluation.to_json(), encoding="utf-8")
    again = evaluate.Evaluation.from_json(file)
    for name, frame in vars(evaluation).items():
        assert getattr(again, name).equals(frame), name


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pairs": 3}', json.dumps({"pairs": [{"gold": 1}]})])
def test_another_file_is_refused_in_one_sentence(content, tmp_path):
    file = tmp_path / "eval.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be compared with"):
        evaluate.Evaluation.from_json(file)


def test_compare_lists_what_changed(evaluation):
    later = evaluate.score(
        incidents(("c1", "A5", [3], ["A5a-x"]), ("c2", "A6", [1], ["A6a-x"]), ("c4", "B3", [1], ["B3a-x"])),
        labels(("c1", "A5", [3]), ("c2", "A6", [1])),
        kinds(c1="incident", c2="incident"),
        GRADE_OF,
    )
    changed = evaluate.compare(later, evaluation).select("conversation_id", "class", "before", "now").rows()
    assert changed == [
        ("c2", "A6", "missed", "found"),
        ("c3", "A5", "false alarm", None),
        ("c4", "B3", None, "false alarm"),
    ]


def test_gates_name_what_fell_short(evaluation):
    assert evaluate.below(evaluation, "f1", {"all": 0.5}) == []
    assert evaluate.below(evaluation, "precision", {"A": 0.9}) == ["precision A 0.500 < 0.9"]
    assert evaluate.below(evaluation, "recall", {"B3": 0.1}) == ["recall B3 – < 0.1"]
    assert evaluate.above(evaluation, {"ordinary": 0.5}) == ["false alarms ordinary 1.000 > 0.5"]


# ---- files ----------------------------------------------------------------------------------------------------------


def write_gold(folder: Path, name="dev"):
    for part, line in {
        "messages": {"conversation_id": "c1", "seq": 1, "role": "agent", "text": "亲"},
        "labels": {"conversation_id": "c1", "class": "A5", "evidence": [1]},
        "kinds": {"conversation_id": "c1", "kind": "incident"},
    }.items():
        (folder / f"{name}.{part}.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")


def test_gold_is_a_folder_or_a_prefix(tmp_path):
    write_gold(tmp_path, "dev")
    write_gold(tmp_path, "dev2")
    assert [gold.name for gold in evaluate.read_gold(tmp_path)] == ["dev", "dev2"]
    for given_as in ("dev", "dev.", "dev.messages.jsonl"):
        assert [gold.name for gold in evaluate.read_gold(tmp_path / given_as)] == ["dev"]


def test_labels_without_contested_are_certain(tmp_path):
    write_gold(tmp_path)
    assert evaluate.read_gold(tmp_path)[0].labels["contested"].to_list() == [False]


def test_a_missing_companion_or_a_broken_line_is_one_sentence(tmp_path):
    with pytest.raises(ConfigError, match="no labelled conversations") as caught:
        evaluate.read_gold(tmp_path / "nowhere")
    assert "这里没有标注过的会话（给出有 NAME.messages.jsonl" in caught.value.told("zh")
    write_gold(tmp_path)
    (tmp_path / "dev.kinds.jsonl").write_text('{"conversation_id": "c1"}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"dev\.kinds\.jsonl:1: a line lacks"):
        evaluate.read_gold(tmp_path)
    (tmp_path / "dev.labels.jsonl").write_text("{broken\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"dev\.labels\.jsonl: not in the form"):
        evaluate.read_gold(tmp_path)
    (tmp_path / "dev.labels.jsonl").unlink()
    with pytest.raises(ConfigError, match="missing"):
        evaluate.read_gold(tmp_path)
