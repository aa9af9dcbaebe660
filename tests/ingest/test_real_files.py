"""Real and gold chats, where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from csaudit import ingest
from csaudit.config import Config
from exports import balanced

SHARED = Path(__file__).parents[3] / "shared"
GOLD = SHARED / "gold"
JDDC = SHARED / "data" / "jddc-real-dev.tsv"


@pytest.mark.parametrize("name", ["dev", "dev2"])
@pytest.mark.skipif(not GOLD.is_dir(), reason="the gold data are not beside this checkout")
def test_gold(name: str) -> None:
    path = GOLD / f"{name}.messages.jsonl"
    read = ingest.read([path])
    truth = pl.read_ndjson(path, schema_overrides={"seq": pl.UInt32}).sort("conversation_id", "seq")
    same = ["conversation_id", "seq", "platform", "shop", "channel", "role", "sender", "agent_id", "text"]
    assert read.messages.with_columns(pl.col("role").cast(pl.String)).select(same).equals(truth.select(same))
    assert balanced(read)
    assert read.notes == ()


@pytest.mark.skipif(not JDDC.is_file(), reason="JDDC's chats are not beside this checkout")
def test_jddc() -> None:
    read = ingest.read([JDDC], Config(profile="jddc"))
    assert read.rejects.is_empty()
    assert (read.messages.height, read.messages["conversation_id"].n_unique()) == (6547, 532)
    assert set(read.messages["role"].unique()) == {"customer", "agent"}
    first = read.messages.filter(source_line=1)
    assert first.select("role", "platform", "seq").row(0) == ("customer", "京东", 1)
