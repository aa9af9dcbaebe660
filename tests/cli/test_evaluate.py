"""csaudit eval, as it is called: what it prints, and when it exits with 1."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from csaudit import audit, evaluate, pack
from csaudit.cli import app
from csaudit.config import Config

PACK = Path(__file__).parent / "pack"
TALKS = {
    "found": ["您去淘宝搜店名吧"],
    "missed": ["换个橙色软件买"],
    "innocent": ["不要去淘宝买，小心假货"],
    "ordinary": ["您好", "明天发货"],
}


@pytest.fixture
def gold(tmp_path):
    """Four conversations: an incident found, one missed, a hard negative that alarms, an ordinary one."""
    messages = [
        {"conversation_id": id_, "seq": seq, "sent_at": f"2026-06-03T10:00:0{seq}+08:00", "platform": "京东"}
        | {"shop": "店", "role": "agent", "sender": "甲", "agent_id": "a1", "text": text}
        for id_, texts in TALKS.items()
        for seq, text in enumerate(texts, 1)
    ]
    labels = [{"conversation_id": id_, "class": "A5", "evidence": [1]} for id_ in ("found", "missed")]
    kinds = {"found": "incident", "missed": "incident", "innocent": "hard_negative", "ordinary": "ordinary"}
    parts = {
        "messages": messages,
        "labels": labels,
        "kinds": [{"conversation_id": id_, "kind": kind} for id_, kind in kinds.items()],
    }
    for part, lines in parts.items():
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (tmp_path / f"dev.{part}.jsonl").write_text(text, encoding="utf-8")
    return tmp_path / "dev"


@pytest.fixture
def call(monkeypatch):
    """Call ``csaudit eval`` with the small pack in place of the built-in one."""
    monkeypatch.setattr("csaudit.pack.loader.builtin_rules", lambda: PACK)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments):
        return CliRunner().invoke(app, ["eval", *map(str, arguments), "--lang", "en"])

    return run


def lines(result):
    """What was printed, runs of spaces as one."""
    assert result.exit_code == 0, result.stderr
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_each_gold_is_audited_as_a_scan_would(gold):
    rules = pack.load([PACK], builtin=False)
    result, messages = evaluate.run(evaluate.read_gold(gold), rules, Config(), audit.Selection(grades=("A",)))
    outcomes = dict(result.pairs.select("conversation_id", "outcome").rows())
    assert outcomes == {"found": "found", "missed": "missed", "innocent": "false alarm"}
    assert messages["gold"].unique().to_list() == ["dev"]


def test_it_prints_the_figures_of_each_class_and_kind(call, gold):
    printed = lines(call(gold, "--class", "A5"))
    assert "A5 2 1 1 1 50.0 (9–91) 50.0 (9–91) 50.0 (12–88) 1/1" in printed
    assert "hard negatives 1 1 100.0 (21–100)" in printed
    assert "ordinary 1 0 0.0 (0–79)" in printed


def test_errors_come_with_their_dialogue(call, gold):
    printed = lines(call(gold, "--errors", "--class", "A5"))
    assert printed[printed.index("missed A5 missed (dev)") + 2] == "› 1 10:00:01 agent: 换个橙色软件买"
    assert (
        printed[printed.index("false alarm A5 innocent (dev) A5a-taobao") + 2]
        == "! 1 10:00:01 agent: 不要去淘宝买，小心假货"
    )


def test_an_unselected_class_counts_neither_way(call, gold):
    assert not [line for line in lines(call(gold, "--class", "B1")) if line.startswith("A5")]


@pytest.mark.parametrize(
    ("bound", "code", "said"),
    [
        (["--min-f1", "0.5"], 0, ""),
        (["--min-f1", "0.6"], 1, "f1 all 0.500 < 0.6"),
        (["--min-precision", "A=0.9"], 1, "precision A 0.500 < 0.9"),
        (["--min-recall", "A5=0.4"], 0, ""),
        (
            ["--max-false-alarms", "ordinary=0", "--max-false-alarms", "hard_negative=0.1"],
            1,
            "hard_negative 1.000 > 0.1",
        ),
    ],
)
def test_bounds_gate(call, gold, bound, code, said):
    result = call(gold, "--class", "A5", *bound)
    assert result.exit_code == code
    assert said in result.stderr


def test_compare_shows_what_a_change_of_the_rules_did(call, gold, tmp_path):
    before, more = tmp_path / "before.json", tmp_path / "more"
    assert call(gold, "--class", "A5", "--json", before).exit_code == 0
    (more / "signals").mkdir(parents=True)
    (more / "signals" / "more.yaml").write_text(
        "signals:\n- {id: orange, title: {zh: 橙色软件, en: orange app}, role: agent, any_of: [橙色软件]}\n",
        encoding="utf-8",
    )
    rule = (PACK / "A5" / "A5a-taobao.yaml").read_text(encoding="utf-8")
    (more / "A5").mkdir()
    (more / "A5" / "A5a-orange.yaml").write_text(
        rule.replace("A5a-taobao", "A5e-orange").replace("names-taobao", "orange"),
        encoding="utf-8",
    )
    printed = lines(call(gold, "--class", "A5", "--rules", more, "--compare", before))
    assert "dev missed A5 missed found" in printed
    assert not [line for line in printed if line.startswith("dev innocent")]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "give GOLD"),
        (["nowhere"], "no labelled conversations here"),
        (["GOLD", "--min-f1", "A5=high"], "“A5=high”"),
        (["GOLD", "--compare", "nowhere.json"], "cannot be compared with"),
        (["GOLD", "--json", "no/such/folder.json"], "folder.json"),
        (["GOLD", "--class", "Z9"], "Z9"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(call, gold, arguments, sentence):
    result = call(*[str(gold) if argument == "GOLD" else argument for argument in arguments])
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


# ---- single disguised messages --------------------------------------------------------------------------------------


UTTERANCES = [
    {"id": "1", "platform": "京东", "class": "A5", "device": "plain", "text": "您去淘宝搜吧"},
    {"id": "2", "platform": "京东", "class": "A5", "device": "nickname", "text": "去橙色软件搜"},
    {"id": "3", "platform": "京东", "class": None, "device": "nickname", "text": "橙色的还有货"},
    {"id": "4", "platform": "京东", "class": None, "device": "plain", "text": "不要去淘宝买"},
    {"id": "5", "platform": "京东", "class": None, "device": "plain", "text": "哦"},
]


def test_the_share_seen_through_is_counted_by_device():
    """哦 alone is a B1 in other places; here only the class of the disguised ones counts."""
    frame = pl.DataFrame(UTTERANCES, schema=evaluate.UTTERANCES)
    result = evaluate.evasion(frame, pack.load([PACK], builtin=False))
    counted = result.devices.select("device", "disguised", "found", "innocent", "alarmed").rows()
    assert counted == [("all", 2, 1, 3, 1), ("nickname", 1, 0, 1, 0), ("plain", 1, 1, 2, 1)]
    assert result.utterances["outcome"].to_list() == ["found", "missed", "passed", "false alarm", "passed"]


def test_evasion_needs_no_gold(call, tmp_path):
    file = tmp_path / "evasion.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in UTTERANCES), encoding="utf-8")
    assert "missed 2 A5 nickname 京东 去橙色软件搜" in lines(call("--evasion", file, "--errors"))
