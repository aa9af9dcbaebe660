"""What holds for every audit: the same incidents, ids included, however the rows are ordered and cut into files."""

import json
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from csaudit import audit, pack
from csaudit.config import Config

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import make_samples  # noqa: E402

TALKS = make_samples.read(ROOT / "scripts/samples/jingdong.txt")[:13]
ROWS = [
    {
        "conversation_id": talk.id,
        "sent_at": message.sent_at.isoformat(),
        "platform": talk.platform,
        "shop": talk.shop,
        "role": message.role,
        "sender": message.sender,
        "agent_id": message.agent_id or None,
        "customer": talk.customer,
        "text": message.text,
    }
    for talk in TALKS
    for message in talk.messages
]


@cache  # not fixtures: hypothesis prints a test's arguments, and a pack is long
def rules():
    return pack.load()


def scan(files):
    """Audit lists of rows, each list as a file of its own; the places in files are left out of the result."""
    with TemporaryDirectory() as folder:
        for number, rows in enumerate(files):
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (Path(folder) / f"{number}.jsonl").write_text(lines, encoding="utf-8")
        run = audit.run([Path(folder)], rules(), Config())
    places = ["source_file", "source_line"]
    return run.incidents.drop(places), run.conversations, run.agents, run.messages.drop(places)


@cache
def whole():
    """The result for all rows in one file."""
    result = scan([ROWS])
    assert result[0].height > 0
    return result


@settings(max_examples=6, deadline=None)
@given(order=st.permutations(range(len(ROWS))), files=st.integers(1, 5), data=st.data())
def test_any_order_and_any_cut_into_files_gives_the_same(order, files, data):
    of = data.draw(st.lists(st.integers(0, files - 1), min_size=len(ROWS), max_size=len(ROWS)))
    parts = [[ROWS[row] for row in order if of[row] == number] for number in range(files)]
    for again, before in zip(scan([part for part in parts if part]), whole(), strict=True):
        assert_frame_equal(again, before)


@settings(max_examples=4, deadline=None)
@given(kept=st.sets(st.sampled_from([talk.id for talk in TALKS]), min_size=1))
def test_a_conversation_is_audited_alone(kept):
    """Leaving other conversations out changes nothing in those that stay, as long as the export ends when it did."""
    kept = kept | {max(ROWS, key=lambda row: row["sent_at"])["conversation_id"]}
    some = scan([[row for row in ROWS if row["conversation_id"] in kept]])[0]
    assert_frame_equal(some, whole()[0].filter(pl.col("conversation_id").is_in(kept)))


def test_rows_exported_twice_count_once():
    assert_frame_equal(scan([ROWS, ROWS[10:40]])[0], whole()[0])


def test_without_times_what_needs_none_is_still_found():
    """Row order stands in for time; what timing would show is not checkable, never clean."""
    timeless = [{key: value for key, value in row.items() if key != "sent_at"} for row in ROWS]
    incidents = scan([timeless])[0]
    insults = incidents.filter(pl.col("class") == "A1")["conversation_id"].to_list()
    assert insults == whole()[0].filter(pl.col("class") == "A1")["conversation_id"].to_list() != []


@settings(max_examples=15, deadline=None)
@given(texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=1, max_size=6))
def test_any_text_is_audited_without_a_crash_and_kept_as_it_is(texts):
    """A text is kept to the letter or stands among the rejects (a NUL byte); spans of evidence lie within the raw text."""
    rows = [{**ROWS[0], "text": text, "role": "agent", "agent_id": "a"} for text in [*texts, "您好"]]
    incidents, *_, messages = scan([rows])
    assert set(messages["text"]) <= {row["text"] for row in rows}
    assert {text for text in texts if text.isprintable() and text.strip()} <= set(messages["text"])
    cited = incidents.explode("evidence").select(pl.col("evidence").struct.unnest()).explode("spans")
    ends = cited.select(end=pl.col("spans").struct.field("end"), length=pl.col("text").str.len_chars()).drop_nulls()
    assert ends.filter(pl.col("end") > pl.col("length")).is_empty()
