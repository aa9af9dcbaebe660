"""Every keyword in every disguise, and what the lossy views cost on clean text."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from builders import chat
from csaudit import evasion, pack
from csaudit.cli import app
from csaudit.config import builtin_rules
from packs import TINY, write

SIGNALS = """\
    signals:
      - id: insults
        add: {any_of: [淘宝, vx, "315"]}
        views: [folded, squeezed, sound, shapes, digits, emoji]
    """


@pytest.fixture
def loaded(tmp_path: Path) -> pack.Pack:
    """The tiny pack, with all views for its insults and the built-in tables."""
    tables = {
        f"tables/{path.name}": path.read_text(encoding="utf-8") for path in (builtin_rules() / "tables").glob("*.tsv")
    }
    return pack.load([TINY, write(tmp_path, {"signals/more.yaml": SIGNALS, **tables})], builtin=False)


def disguised(loaded: pack.Pack, term: str) -> dict[str, str]:
    keywords = evasion.keywords(loaded)
    return dict(keywords.filter(pl.col("term") == term).select("device", "text").rows())


def test_a_word_is_disguised_in_every_way_that_changes_it(loaded: pack.Pack) -> None:
    found = disguised(loaded, "淘宝")
    assert {name: found[name] for name in ("spaces", "symbols", "flowers", "pinyin", "half-pinyin", "initials")} == {
        "spaces": "淘 宝",
        "symbols": "淘*宝",
        "flowers": "淘🌸宝",
        "pinyin": "taobao",
        "half-pinyin": "tao宝",
        "initials": "tb",
    }
    assert found["traditional"] == "淘寶"
    assert found["homophone"].endswith("宝")
    assert found["homophone-end"].startswith("淘")
    assert found["split"].endswith("匋宝")
    assert "width" not in found  # it has no letter to widen
    assert disguised(loaded, "vx")["width"] == "ｖｘ"
    assert disguised(loaded, "vx")["circled"] == "ⓥⓧ"
    assert "digits" in disguised(loaded, "315")


def test_only_ways_that_a_signals_views_claim_to_undo_count(loaded: pack.Pack) -> None:
    keywords = evasion.keywords(loaded)
    assert set(keywords.get_column("signal")) == {"insults"}  # the others look at folded text only
    assert {name: keywords.schema[name] for name in evasion.KEYWORDS} == evasion.KEYWORDS


def test_folding_and_squeezing_see_through_their_disguises(loaded: pack.Pack) -> None:
    keywords = evasion.keywords(loaded).filter(pl.col("term").is_in(["淘宝", "白痴"]))
    surely = keywords.filter(pl.col("device").is_in(["traditional", "spaces", "symbols", "flowers", "pinyin"]))
    assert surely.height >= 9
    assert surely.filter(~pl.col("caught")).is_empty()


def test_hits_of_lossy_views_on_clean_text_are_counted(loaded: pack.Pack) -> None:
    added = evasion.added_hits(loaded, chat("服: 您好", "服: 淘 宝", "服: 淘宝", "服: 淘-宝"))
    assert {name: added.schema[name] for name in evasion.ADDED} == evasion.ADDED
    assert added.rows() == [("squeezed", "insults", 2, 2, 500.0, "淘 宝 → 淘宝")]
    assert evasion.added_hits(loaded, chat("服: 您好")).is_empty()


def test_lint_evasion_prints_shares_and_added_hits(
    loaded: pack.Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("csaudit.pack.loader.builtin_rules", lambda: TINY)
    clean = tmp_path / "clean.csv"
    clean.write_text("会话ID,角色,内容\nc1,客服,您好\nc1,客服,淘 宝\n", encoding="utf-8")
    asked = ["rules", "lint", "--evasion", "--rules", str(tmp_path), "--corpus", str(clean)]
    shown = CliRunner().invoke(app, [*asked, "--lang", "zh"])
    assert shown.exit_code == 0
    assert "insults 淘宝 没识破：initials" in shown.stdout
    assert "淘 宝 → 淘宝" in shown.stdout
    document = json.loads(CliRunner().invoke(app, [*asked, "--format", "json"]).stdout)
    assert {row["device"] for row in document["keywords"]} <= set(evasion.DEVICES)
    assert document["added"][0]["hits"] == 1
    assert CliRunner().invoke(app, ["rules", "lint", "--corpus", str(clean)]).exit_code == 2
