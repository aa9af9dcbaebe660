"""The sample logs: made from their transcripts, read whole, and audited to what their labels say."""

import sys
from pathlib import Path

import polars as pl
import pytest

from csaudit import audit, evaluate, pack
from csaudit.config import Config

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import make_samples  # noqa: E402

LABELS = Path(__file__).parent / "samples"


@pytest.fixture(scope="module")
def talks():
    return [
        talk for name in make_samples.TRANSCRIPTS for talk in make_samples.read(ROOT / f"scripts/samples/{name}.txt")
    ]


@pytest.fixture(scope="module")
def scanned():
    return audit.run([ROOT / "sample_logs"], pack.load(), Config())


@pytest.fixture(scope="module")
def evaluation(scanned):
    gold = pl.lit("samples").alias("gold")
    labels = evaluate.read_lines(LABELS / "samples.labels.jsonl", evaluate.LABELS, required=["conversation_id"])
    kinds = evaluate.read_lines(LABELS / "samples.kinds.jsonl", evaluate.KINDS, required=["conversation_id"])
    labels = labels.with_columns(gold, pl.col("contested").fill_null(False))
    grade_of = {id_: class_.grade for id_, class_ in scanned.pack.classes.items()}
    return evaluate.score(scanned.incidents.with_columns(gold), labels, kinds.with_columns(gold), grade_of)


@pytest.mark.parametrize("path", make_samples.outputs(), ids=lambda path: path.name)
def test_files_are_in_step_with_the_transcripts(path):
    """Stale? Run python scripts/make_samples.py."""
    assert path.read_bytes() == make_samples.outputs()[path]


def test_every_class_is_shown_and_every_label_points_at_a_message(talks, scanned):
    shown = {label["class"] for talk in talks for label in talk.labels}
    assert shown == set(scanned.pack.classes)
    for talk in talks:
        assert talk.labels or talk.kind != "incident", talk.id
        for label in talk.labels:
            assert all(1 <= seq <= len(talk.messages) for seq in label["evidence"]), talk.id


def test_all_three_formats_are_read_as_they_were_written(talks, scanned):
    """Every message of every transcript, in its order, by the right role and agent; the broken rows are rejects."""
    written = [
        (talk.id, seq, message.text, message.role, message.agent_id or None, message.sent_at, talk.shop, talk.platform)
        for talk in talks
        for seq, message in enumerate(talk.messages, 1)
    ]
    columns = ["conversation_id", "seq", "text", "role", "agent_id", "sent_at", "shop", "platform"]
    read = scanned.messages.with_columns(pl.col("sent_at").dt.replace_time_zone(None)).select(columns).rows()
    assert read == sorted(written)
    assert scanned.inputs["duplicates"].sum() == 6
    assert scanned.rejects.select("source_file", "source_line").rows() == [
        (str(ROOT / "sample_logs/jingdong-20260603.csv"), 62),
        (str(ROOT / "sample_logs/pinduoduo-douyin-202606.jsonl"), 41),
    ]


def test_every_grade_a_incident_is_found_with_its_evidence(evaluation):
    grave = evaluation.pairs.filter(pl.col("class").str.starts_with("A"))
    assert grave.filter(pl.col("outcome") == "missed").select("conversation_id", "class").rows() == []
    assert grave.filter(~pl.col("evidence_met")).select("conversation_id", "class").rows() == []


def test_innocent_conversations_are_left_alone(evaluation, talks):
    innocent = [talk.id for talk in talks if talk.kind != "incident"]
    alarms = evaluation.pairs.filter(pl.col("conversation_id").is_in(innocent))
    assert alarms.select("conversation_id", "class", "rule_ids").rows() == []
