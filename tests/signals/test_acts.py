"""Learned acts: what a text scores, what is cited, how models are learned and measured."""

import json
import math
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csaudit import pack
from csaudit.errors import CsauditError, PackError
from csaudit.pack.model import ActModel, Words
from csaudit.signals import acts, held_back, utterances

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import refresh_acts

BUILTIN = pack.load()


def model(folder: Path, weights: dict[str, float], bias: float = 0.0, name: str = "stall") -> ActModel:
    path = folder / f"{name}.tsv"
    path.write_text("ngram\tweight\n" + "".join(f"{k}\t{v}\n" for k, v in weights.items()), encoding="utf-8")
    acts.forget()
    thresholds = {"sure": 3.0, "likely": 2.0, "possible": 0.5}
    return ActModel(name, "agent", Words("拖延", "stalls"), bias, path, thresholds, {})


def texts(*said: str) -> pl.DataFrame:
    return pl.DataFrame({"text_id": range(len(said)), "text": said}, schema={"text_id": pl.UInt32, "text": pl.String})


def hits(said, models, *wanted):
    models = [models] if isinstance(models, ActModel) else models
    pairs = [w if isinstance(w, tuple) else (models[0].id, w) for w in wanted or ("likely",)]
    return acts.hits(texts(*said), {m.id: m for m in models}, pairs)


# ---- scoring --------------------------------------------------------------------------------------------------------


def test_the_weights_of_the_ngrams_in_a_text_are_summed(tmp_path):
    stall = model(tmp_path, {"再等": 1.5, "等吧": 1.25, "已发": -4.0}, bias=-0.5)
    found = hits(["亲再等等吧", "亲再等等吧已发出", "您好"], stall)
    assert found.select("text_id", "act", "threshold", "matched").rows() == [(0, "stall", "likely", "再等 等吧")]
    assert found["probability"].to_list() == [pytest.approx(1 / (1 + math.exp(-2.25)))]
    assert found.select("start", "end").rows() == [(1, 5)]


def test_an_ngram_counts_once_however_often_it_stands(tmp_path):
    assert hits(["等等等等等等"], model(tmp_path, {"等": 1.5})).is_empty()


def test_every_digit_is_the_same_and_the_ends_are_marked(tmp_path):
    leak = model(tmp_path, {"000": 3.0, "⊢嗯⊣": 3.0})
    assert hits(["尾号739", "嗯", "嗯嗯", "12"], leak)["text_id"].to_list() == [0, 1]


def test_a_hit_on_the_marks_alone_has_a_span_within_the_text(tmp_path):
    assert hits(["嗯", "好"], model(tmp_path, {"⊢嗯⊣": 3.0})).select("start", "end", "matched").rows() == [(0, 1, "嗯")]


def test_a_long_text_needs_more_than_a_short_one(tmp_path):
    stall = model(tmp_path, {"再等": 2.5})
    assert hits(["再等" + "好" * 18, "再等" + "好" * 78], stall)["text_id"].to_list() == [0]


def test_each_wanted_threshold_has_its_row(tmp_path):
    stall = model(tmp_path, {"再等": 2.5})
    assert hits(["再等"], stall, "sure", "likely", "possible", 0.9)["threshold"].to_list() == [
        "0.9",
        "likely",
        "possible",
    ]


def test_only_what_stands_near_the_heaviest_ngram_is_cited(tmp_path):
    stall = model(tmp_path, {"再等": 2.0, "等吧": 1.9, "稍安": 1.0, "好": 0.5}, bias=1.0)
    said = "好，" + "一" * 12 + "稍安再等等吧"
    row = hits([said], stall).row(0, named=True)
    assert said[row["start"] : row["end"]] == "稍安再等等吧"


def test_spans_count_characters_not_bytes(tmp_path):
    row = hits(["🌸亲🌸再等"], model(tmp_path, {"再等": 2.5})).row(0, named=True)
    assert (row["start"], row["end"]) == (3, 5)


def test_weights_that_cannot_be_read_are_one_clear_sentence(tmp_path):
    broken = model(tmp_path, {})
    broken.weights_file.write_text("ngram\tweight\n再等\theavy\n", encoding="utf-8")
    acts.forget()
    with pytest.raises(CsauditError, match=r"stall\.tsv: the weights cannot be read"):
        hits(["再等"], broken)


SAID = st.lists(st.text(alphabet="再等吧亲已发0 🌸", max_size=30), min_size=1, max_size=8, unique=True)


@settings(max_examples=25, deadline=None)
@given(said=SAID, cut=st.integers(0, 8))
def test_a_text_is_judged_alike_alone_in_batches_and_beside_other_acts(said, cut, tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    stall = model(folder, {"再等": 1.3, "等吧": 0.7, "亲": 0.4, "吧": 0.3, "已": -0.6})
    other = model(folder, {"亲": 3.0, "吧": -1.0}, name="other")
    together = acts.hits(texts(*said), {"stall": stall, "other": other}, [("stall", "possible"), ("other", "likely")])
    frame = texts(*said)
    parts = [acts.hits(part, {"stall": stall}, [("stall", "possible")]) for part in (frame[cut:], frame[:cut])]
    assert together.filter(act="stall").equals(pl.concat(parts).sort("text_id"))


# ---- the acts that come with csaudit --------------------------------------------------------------------------------


def test_acts_are_heard_in_words_that_were_never_learned():
    said = {
        "threaten_authority": "再拖我就去消协告你们，顺便找律师",
        "leak_personal": "她的手机号是13900000000，住幸福里5号楼",
        "pay_review": "把差评删了，给您返二十块红包",
    }
    for act, text in said.items():
        assert acts.hits(texts(text), BUILTIN.acts, [(act, "likely")])["act"].to_list() == [act], text


def test_ordinary_service_does_no_fault():
    said = [
        "亲，您要的L码有现货，今天发出",
        "请问您这边方便几点收货呢",
        "Hello, your parcel was shipped yesterday.",
        "[图片]",
    ]
    faults = [(name, "likely") for name in ("insult", "dare", "divert", "pay_review", "shift_blame", "private_contact")]
    assert acts.hits(texts(*said), BUILTIN.acts, faults).is_empty()


def test_the_figures_in_the_models_are_what_the_held_back_utterances_give():
    measured = held_back.measure(BUILTIN)
    assert measured["act"].to_list() == list(dict.fromkeys(measured["act"])) and measured.height == len(BUILTIN.acts)
    for row in measured.iter_rows(named=True):
        figures = {key: round(value, 3) for key, value in row.items() if isinstance(value, int | float)}
        assert figures == pytest.approx(dict(BUILTIN.acts[row["act"]].measured)), row["act"]


def test_every_act_is_better_than_chance_by_far():
    measured = held_back.measure(BUILTIN).with_columns(
        chance=pl.col("positives") / (pl.col("positives") + pl.col("innocent"))
    )
    assert measured.filter(pl.col("average_precision") < pl.col("chance") + 0.25)["act"].to_list() == []


# ---- learning -------------------------------------------------------------------------------------------------------


def examples(folder: Path, **files: list[tuple[str, int, bool]]) -> Path:
    (folder / "acts" / "model").mkdir(parents=True)
    entries = [f"  - {{id: {name}, role: agent, title: {{zh: 甲, en: A}}}}" for name in files]
    (folder / "acts" / "acts.yaml").write_text("acts:\n" + "\n".join(entries) + "\n", encoding="utf-8")
    for name, rows in files.items():
        lines = [
            json.dumps({"text": t, "label": y} | ({"hold": True} if h else {}), ensure_ascii=False) for t, y, h in rows
        ]
        (folder / "acts" / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def small_pack(folder: Path) -> Path:
    things = ["发货", "退款", "补差", "配件", "发票", "换货", "赠品", "安装"]
    stalls = [(f"{thing}的事您再等等", 1, i % 4 == 0) for i, thing in enumerate(things)]
    near = [(f"{thing}今天办好", 0, i % 4 == 1) for i, thing in enumerate(things)]
    dares = [(f"{thing}不给办，你去告啊", 1, i % 4 == 2) for i, thing in enumerate(things)]
    return examples(folder, stall=stalls + near, dare=dares + [(f"{thing}帮您办", 0, False) for thing in things])


def learned(folder: Path, **options):
    learning = pytest.importorskip("csaudit.signals.train")
    known = utterances.acts([folder])
    spoken = utterances.load([folder], known, BUILTIN.tables)
    return {one.act.id: one for one in learning.fit(spoken, known.values(), list(known), **options)}


def test_what_is_learned_tells_new_wordings_apart(tmp_path):
    learning = pytest.importorskip("csaudit.signals.train")
    folder = small_pack(tmp_path)
    out = folder / "acts" / "model"
    stall = learning.write(learned(folder)["stall"], utterances.load([folder], {}, {}), (), out)
    scores = acts.scores(texts("运费您再等等哈", "运费今天打给您"), {"stall": stall}).sort("text_id")["stall"]
    assert scores[0] > 0 > scores[1]
    written = (out / "stall.yaml").read_text(encoding="utf-8")
    assert "weights: stall.tsv" in written and "thresholds: {sure: " in written


def test_learning_twice_gives_the_same_to_the_bit(tmp_path):
    folder = small_pack(tmp_path)
    assert learned(folder) == learned(folder)


def test_held_back_utterances_are_not_learned_from(tmp_path):
    folder = small_pack(tmp_path)
    before = learned(folder)["stall"].weights
    with (folder / "acts" / "stall.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(f'{{"text": "鹦鹉再等等{n}", "label": 1, "hold": true}}\n' for n in range(5))
    assert learned(folder)["stall"].weights == before


def test_real_messages_teach_but_are_not_kept(tmp_path):
    folder = small_pack(tmp_path)
    real = pl.DataFrame({"role": ["agent"] * 40, "text": [f"鹦鹉您再等等{n}号" for n in range(40)]})
    with_real = learned(folder, negatives=real)["stall"].weights
    assert with_real != learned(folder)["stall"].weights
    assert not any("鹦" in ngram for ngram in with_real)


def test_lines_that_are_no_utterances_are_named_all_at_once(tmp_path):
    folder = small_pack(tmp_path)
    with (folder / "acts" / "dare.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"text": "随便你", "label": "yes"}\nnot json\n')
    with pytest.raises(PackError) as error:
        utterances.load([folder], utterances.acts([folder]), {})
    assert [line.split(": ")[0].rsplit("/", 1)[-1] for line in str(error.value).splitlines()] == [
        "dare.jsonl:17",
        "dare.jsonl:18",
    ]


def test_the_page_shows_the_figures_of_the_models():
    """Stale? Run python scripts/refresh_acts.py."""
    page = refresh_acts.PAGE.read_text(encoding="utf-8")
    assert refresh_acts.refreshed(page) == page
