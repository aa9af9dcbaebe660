"""``csaudit rules train``: acts from utterances, scorecards from labelled conversations."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from csaudit import pack
from csaudit.cli import app

pytest.importorskip("sklearn")

Train = Callable[..., Result]

THINGS = ("发货", "退款", "补差", "配件", "发票", "换货", "赠品", "安装")


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Train:
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(app, ["rules", "train", *map(str, args)])


def own_act(folder: Path) -> Path:
    (folder / "acts").mkdir(parents=True)
    entry = "acts:\n  - {id: brags, role: agent, title: {zh: 自夸, en: brags}}\n"
    (folder / "acts" / "acts.yaml").write_text(entry, encoding="utf-8")
    rows = [{"text": f"{thing}这块我们全行业最牛", "label": 1, "hold": i > 5} for i, thing in enumerate(THINGS)]
    rows += [{"text": f"{thing}行业里都差不多", "label": 0, "hold": i > 5} for i, thing in enumerate(THINGS)]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "acts" / "brags.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_an_act_of_ones_own_is_learned_beside_those_that_are_there(train, tmp_path):
    folder = own_act(tmp_path / "mine")
    done = train("--rules", folder)
    assert done.exit_code == 0 and done.stdout.startswith("brags: ")
    assert sorted(path.name for path in (folder / "acts" / "model").iterdir()) == ["brags.tsv", "brags.yaml"]
    learned = pack.load([folder]).acts
    assert "brags" in learned and "stall" in learned and learned["brags"].measured["positives"] == 2


def test_check_says_what_is_stale_and_writes_nothing(train, tmp_path):
    folder = own_act(tmp_path / "mine")
    assert train("--rules", folder, "--check").exit_code == 1
    assert not (folder / "acts" / "model").exists()
    train("--rules", folder)
    assert train("--rules", folder, "--check").exit_code == 0
    with (folder / "acts" / "brags.jsonl").open("a", encoding="utf-8") as file:
        file.write('\n{"text": "物流这块我们全行业最牛", "label": 1}\n')
    stale = train("--rules", folder, "--check")
    assert stale.exit_code == 1 and "brags.tsv" in stale.stderr


def test_the_models_that_come_with_csaudit_are_what_their_utterances_give(train):
    assert train("--act", "stall", "--act", "asks", "--check").exit_code == 0


def test_an_act_that_nobody_named_is_refused(train):
    refused = train("--act", "stal")
    assert refused.exit_code == 2 and "stal" in refused.stderr


# ---- scorecards -----------------------------------------------------------------------------------------------------

RULE = """\
id: B3c-worn-down
class: B3
scenario: c
title: {zh: 反复拖延, en: worn down}
why: {zh: 拖, en: stalls}
reason: {zh: 拖延, en: stalls}
status: active
confidence: 0.5
scorecard:
  threshold: 9          # guessed
  terms:
    - {has: t-waits, weight: 1, title: {zh: 让等, en: waits}, scale: times}   # the more the worse
    - {has: t-helps, weight: 1, title: {zh: 办, en: helps}}
"""
SIGNALS = """\
signals:
  - {id: t-waits, title: {zh: 等, en: waits}, role: agent, any_of: [再等等]}
  - {id: t-helps, title: {zh: 办, en: helps}, role: agent, any_of: [帮您办]}
"""


@pytest.fixture
def labelled(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of rules with a scorecard, and labelled conversations in which helping makes up for waiting."""
    mine, gold = tmp_path / "mine", tmp_path / "gold"
    for path, text in ((mine / "B3" / "B3c-worn-down.yaml", RULE), (mine / "signals" / "t.yaml", SIGNALS)):
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    gold.mkdir()
    chats = {"bad": ["再等等", "再等等", "再等等"], "helped": ["再等等", "帮您办"], "fine": ["好的"]}
    files: dict[str, list[dict[str, object]]] = {"messages": [], "labels": [], "kinds": []}
    for number in range(8):
        for kind, said in chats.items():
            name = f"{kind}-{number}"
            for seq, text in enumerate(["在吗", *said], start=1):
                role = "customer" if seq == 1 else "agent"
                sent_at = f"2026-06-01T10:0{seq}:00+08:00"
                row = {"conversation_id": name, "seq": seq, "sent_at": sent_at, "role": role, "sender": role}
                files["messages"].append(row | {"agent_id": "a1" if role == "agent" else None, "text": text})
            files["kinds"].append({"conversation_id": name, "kind": "incident" if kind == "bad" else "ordinary"})
            if kind == "bad":
                files["labels"].append({"conversation_id": name, "class": "B3", "evidence": [2]})
    for part, rows in files.items():
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (gold / f"own.{part}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return mine, gold


def test_a_scorecard_is_fitted_to_labelled_conversations(train, labelled):
    mine, gold = labelled
    rule = mine / "B3" / "B3c-worn-down.yaml"
    done = train("--rules", mine, "--scorecards", gold)
    assert done.exit_code == 0, done.output
    assert "24 " in done.stdout and "8 " in done.stdout
    text = rule.read_text(encoding="utf-8")
    waits, helps = (float(number) for number in re.findall(r"weight: (-?[0-9.]+)", text))
    threshold = float(re.findall(r"threshold: (-?[0-9.]+)", text)[0])
    assert waits > 0 > helps
    assert 3 * waits >= threshold > waits + helps and threshold > 0
    assert "# guessed" in text and "# the more the worse" in text
    assert train("--rules", mine, "--scorecards", gold, "--check").exit_code == 0


def test_a_folder_without_scorecards_is_told(train, labelled, tmp_path):
    refused = train("--rules", own_act(tmp_path / "other"), "--scorecards", labelled[1])
    assert refused.exit_code == 2 and "scorecard" in refused.stderr
