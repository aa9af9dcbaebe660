"""How long the signals take: unique texts against literal terms and templates, and what doubling them adds.

    python benchmarks/scan.py [--texts 500000] [--terms 5000] [--templates 300] [FILE ...]

FILE: texts to make the corpus of, one a line (default: the sample logs). Each is varied by numbers until there are
enough different ones. Terms and templates are cut out of the corpus itself, so that they do hit.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from csaudit import pack as packs
from csaudit import signals
from csaudit.errors import Location
from csaudit.pack.model import InLexicon, Lexicon, Pack, Signal, Template, Words
from csaudit.schema import Role

HERE = Location("benchmark")
TITLE = Words("基准", "benchmark")
VIEWS = ("folded", "squeezed", "sound", "digits", "shapes", "emoji")


def corpus(files: Sequence[Path], size: int) -> list[str]:
    lines = [line for path in files for line in path.read_text(encoding="utf-8", errors="replace").split("\n")]
    texts = sorted({line.strip()[:200] for line in lines if len(line.strip()) > 3})
    chance = random.Random(1)
    return [f"{chance.choice(texts)}{chance.randint(0, 10**7)}" for _ in range(size)]


def bench_pack(texts: Sequence[str], terms: int, templates: int, disguised: int, tables: Pack) -> Pack:
    chance = random.Random(2)
    han = [run for text in texts[:20_000] for run in re.findall(r"[一-鿿]{2,}", text)]

    def cut(size: int) -> str:
        run = chance.choice(han)
        at = chance.randrange(max(1, len(run) - size + 1))
        return run[at : at + size]

    found: dict[str, None] = {}
    while len(found) < terms:
        found[cut(chance.choice((2, 3, 4)))] = None
    words = list(found)
    lexicons = {"plain": Lexicon("plain", TITLE, tuple(words[disguised:]), {}, HERE)}
    lexicons["disguised"] = Lexicon("disguised", TITLE, tuple(words[:disguised]), {}, HERE)
    found_signals = [
        Signal("plain", TITLE, ("agent",), HERE, any_of=(InLexicon("plain"),)),
        Signal("disguised", TITLE, ("agent",), HERE, any_of=(InLexicon("disguised"),), views=VIEWS),
    ]
    for i in range(templates):
        first, second = cut(2), "|".join(cut(2) for _ in range(4))
        regex = rf"{first}[^。！？!?\n]{{0,8}}?(?:{second})"
        found_signals.append(Signal(f"t{i}", TITLE, ("agent",), HERE, any_of=(Template("…", regex),)))
    return replace(tables, lexicons=lexicons, signals={signal.id: signal for signal in found_signals})


def measure(messages: pl.DataFrame, pack: Pack, label: str) -> float:
    begin = time.perf_counter()
    hits = signals.find(messages, pack)
    seconds = time.perf_counter() - begin
    print(f"{label:44} {seconds:6.2f} s  {hits.height:>9,} hits")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--texts", type=int, default=500_000)
    parser.add_argument("--terms", type=int, default=5_000)
    parser.add_argument("--templates", type=int, default=300)
    parser.add_argument("--disguised", type=int, default=500, help="terms looked for in every view")
    options = parser.parse_args()
    samples = Path(__file__).resolve().parent.parent / "sample_logs"
    files = options.files or [path for path in sorted(samples.rglob("*")) if path.suffix in {".csv", ".jsonl", ".txt"}]
    texts = corpus(files, options.texts)
    messages = pl.DataFrame({"text": texts}).select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("msg"), pl.lit("agent", Role).alias("role"), "text"
    )
    print(
        f"{len(texts):,} texts, {messages['text'].str.len_bytes().sum() / 1e6:.0f} MB, {pl.thread_pool_size()} threads"
    )
    builtin = packs.load()
    n, k, d = options.terms, options.templates, options.disguised
    measure(messages.head(1000), bench_pack(texts, n, k, d, builtin), "warming up")
    once = measure(messages, bench_pack(texts, n, k, d, builtin), f"{n:,} terms ({d:,} in every view), {k} templates")
    terms = measure(messages, bench_pack(texts, 2 * n, k, d, builtin), "twice the terms")
    both = measure(
        messages, bench_pack(texts, 2 * n, 2 * k, 2 * d, builtin), "twice the terms, disguises and templates"
    )
    measure(messages, bench_pack(texts, n, k, 0, builtin), "no disguises")
    print(f"twice the terms adds {terms / once - 1:.0%}, twice everything {both / once - 1:.0%}")


if __name__ == "__main__":
    main()
