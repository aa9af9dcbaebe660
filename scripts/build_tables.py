"""Rebuild the generated files of rules/tables/ from their sources.

    python scripts/build_tables.py SOURCES [--out DIR]

SOURCES is a folder with the files named in rules/tables/README.md (OpenCC, pinyin-data, chaizi). Tables written by hand
are left alone.
"""

from __future__ import annotations

import argparse
import html.entities
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

TABLES = Path(__file__).resolve().parent.parent / "rules" / "tables"
HAN = range(0x4E00, 0xA000)
PICTOGRAPHS = (range(0x1F000, 0x1FB00), range(0x2600, 0x27C0), range(0x2B00, 0x2C00), range(0x2300, 0x2400))
INVISIBLE = {0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFC}
STROKES = "丨丶亅〡"  # Han by name, used as separators
RADICALS = set(
    "亻氵扌犭木女口日月讠言钅金纟糸艹竹火土王石虫目禾衤礻饣食马鱼鸟车贝足米彳忄心阝疒宀广门页山手水人犬示衣辶辵走"
)
HARD = set("\n。!?;,:")  # what a disguise is never read across


# ---- the form of the files ------------------------------------------------------------------------------------------


def shown(text: str) -> str:
    """A text as a table writes it: code points that a reader or a parser would trip over as ``U+XXXX``."""
    if text and all(char.isprintable() and not char.isspace() and char != "#" for char in text) and "U+" not in text:
        return text
    return " ".join(f"U+{ord(char):04X}" for char in text)


def write(path: Path, comment: str, rows: Iterable[tuple[str, str]]) -> None:
    lines = [f"# {line}" for line in comment.strip().splitlines()]
    lines += [f"{key}\t{value}" for key, value in rows]
    path.with_suffix(".tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{path.name}: {len(lines)} lines")


def lines_of(path: Path) -> Iterator[list[str]]:
    """Tab-separated fields of the lines that are not comments."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip() and not line.startswith("#"):
            yield line.split("\t")


# ---- folding --------------------------------------------------------------------------------------------------------


def folded(char: str) -> str:
    """One code point without width, case, marks and invisible parts."""
    code, category = ord(char), unicodedata.category(char)
    if char in "\n\v\f\u0085\u2028\u2029":
        return "\n"
    if category == "Zs" or char == "\t":
        return " "
    if category in {"Cc", "Cf", "Mn", "Me"} or code in INVISIBLE:
        return ""
    if char == "…":  # three full stops would be three separators
        return char
    plain = unicodedata.normalize("NFKC", char).lower().replace("\u2044", "/")
    return "".join(bare(part) for part in plain)


def bare(char: str) -> str:
    """A letter without its diacritics; ü, as pinyin is typed, is v."""
    parts = unicodedata.normalize("NFD", char)
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return ""
    if len(parts) > 1 and parts[0].isascii() and parts[0].isalpha():
        return "v" if parts[0] == "u" and "\u0308" in parts else parts[0]
    return char


def fold_rows() -> Iterator[tuple[str, str]]:
    gone: list[int] = []
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if unicodedata.category(char) in {"Cs", "Cn", "Co"}:
            continue
        result = folded(char)
        if result == "":
            gone.append(code)
        elif result != char:
            yield shown(char), shown(result)
    yield from ((span, "") for span in ranges(gone))


def ranges(codes: list[int]) -> Iterator[str]:
    """Code points as ``U+XXXX`` and ``U+XXXX..U+YYYY``."""
    start = None
    for code, following in zip(codes, [*codes[1:], -1], strict=True):
        start = code if start is None else start
        if following != code + 1:
            yield f"U+{start:04X}" if start == code else f"U+{start:04X}..U+{code:04X}"
            start = None


def entity_rows() -> Iterator[tuple[str, str]]:
    known = {name: chr(code) for name, code in html.entities.name2codepoint.items()}
    for name, char in sorted(known.items()):
        if not char.isalpha():
            yield f"&{name};", shown(folded(char))
            yield f"&amp;{name};", shown(folded(char))
    for code in [0xA0, *range(0x20, 0x7F)]:
        for form in sorted({f"&#{code};", f"&#x{code:x};", f"&#x{code:X};", f"&#{code:03};"}):
            yield shown(form), shown(folded(chr(code)))


def squeeze_rows() -> Iterator[tuple[str, str]]:
    dropped = []
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        separates = unicodedata.category(char)[0] in "PSZ" or any(code in block for block in PICTOGRAPHS)
        if (separates or char in STROKES) and char not in HARD:
            dropped.append(code)
    yield from ((span, "") for span in ranges(dropped))


def traditional(sources: Path) -> dict[str, str]:
    rows: dict[str, str] = {}
    for name in ("CJK_Compatibility_Ideographs.txt", "TSCharacters.txt"):
        for key, values, *_ in lines_of(sources / name):
            value = values.split(" ")[0]
            if len(key) == 1 and len(value) == 1 and key != value:
                rows[key] = value
    return {key: rows.get(value, value) for key, value in rows.items()}


# ---- sound ----------------------------------------------------------------------------------------------------------


def pinyin(sources: Path) -> dict[str, str]:
    rows = {}
    for line in (sources / "kMandarin_8105.txt").read_text(encoding="utf-8").split("\n"):
        if line.startswith("U+"):
            code, rest = line.split(":", 1)
            syllable = rest.split("#")[0].split()[0]
            rows[chr(int(code[2:], 16))] = "".join(bare(char) for char in unicodedata.normalize("NFC", syllable))
    return rows


# ---- shape ----------------------------------------------------------------------------------------------------------


def parts_of(sources: Path) -> dict[str, list[list[str]]]:
    """Character -> its decompositions, each a list of parts."""
    return {
        key: [choice.split() for choice in choices if choice]
        for key, *choices in lines_of(sources / "chaizi-jt.txt")
        if len(key) == 1
    }


def split(parts: Mapping[str, list[list[str]]]) -> dict[str, str]:
    """Character -> the ways to write it as two or three others side by side (海: 水每/氵每)."""
    rows = {
        key: "/".join(dict.fromkeys("".join(choice) for choice in choices if 2 <= len(choice) <= 3))
        for key, choices in parts.items()
    }
    return {key: value for key, value in rows.items() if value}


def lookalike(parts: Mapping[str, list[list[str]]], known: Iterable[str]) -> dict[str, str]:
    """Character -> those that differ in the smaller part only: 淘 has 掏萄陶 and 匋, 刷 has 涮."""
    common = set(known)
    families: dict[str, set[str]] = {}
    for key in common & parts.keys():
        for choice in parts[key]:
            if len(choice) == 2 and choice[0] in RADICALS and len(choice[1]) == 1 and is_composed(choice[1], parts):
                families.setdefault(choice[1], set()).add(key)
    rows: dict[str, set[str]] = {}
    for body, family in families.items():
        members = family | ({body} & common)
        for char in members:
            rows.setdefault(char, set()).update(members - {char})
    return {char: "".join(sorted(alike)) for char, alike in rows.items() if alike}


def is_composed(char: str, parts: Mapping[str, list[list[str]]]) -> bool:
    """Whether a character is more than a few strokes, so that sharing it makes two characters look alike."""
    return any(
        len(choice) > 1 and any(len(parts.get(part, [[]])[0]) > 1 for part in choice) for choice in parts.get(char, ())
    )


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--out", type=Path, default=TABLES)
    options = parser.parse_args(argv)
    sources, out = options.sources, options.out
    write(out / "fold", "width, case, marks, invisible characters\nsource: Unicode Character Database", fold_rows())
    write(out / "entities", "HTML entities\nsource: the HTML standard, by Python's html.entities", entity_rows())
    write(out / "squeeze", "spaces, punctuation, symbols, emoji\nsource: Unicode Character Database", squeeze_rows())
    simplified = traditional(sources)
    write(out / "traditional", "Traditional -> Simplified\nsource: OpenCC, Apache-2.0", sorted_rows(simplified))
    syllables, parts = pinyin(sources), parts_of(sources)
    write(out / "pinyin", "character -> toneless syllable\nsource: pinyin-data, MIT", sorted_rows(syllables))
    known = {key: choices for key, choices in parts.items() if key in syllables}
    write(
        out / "split",
        "character -> its parts side by side\nsource: chaizi, CC BY 3.0, changed",
        sorted_rows(split(known)),
    )
    alike = lookalike(parts, syllables)
    write(out / "lookalike", "character -> alike in shape\nsource: chaizi, CC BY 3.0, changed", sorted_rows(alike))


def sorted_rows(rows: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((shown(key), shown(value)) for key, value in sorted(rows.items()))


if __name__ == "__main__":
    main()
