"""Bytes -> UTF-8 bytes: unpacked, decoded, said in which encoding. Knows nothing of tables."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl
import zstandard

from csaudit.ingest.sentences import Note, Rejection, UnreadableFileError

HEAD: Final = 65_536
PLAUSIBLE: Final = 0.9
"""Share of everyday characters from which on a decoding makes sense."""

_UTF8_WORDS: Final = re.compile(rb"(?<![\x80-\xff])(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){2,}(?![\x80-\xff])")
"""Chinese in UTF-8 between ASCII; GB18030 has such a run by chance only."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC: Final = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"SQLite format 3", "SQLite"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
)


@dataclass(frozen=True)
class Decoded:
    """The text of a file as UTF-8 without BOM. ``rejections`` are lines that no encoding fits; they are left empty."""

    data: bytes
    encoding: str
    notes: tuple[Note, ...] = ()
    rejections: tuple[Rejection, ...] = ()


def unpack(data: bytes) -> tuple[bytes, str]:
    """Undo gzip or Zstandard, known by their first bytes; also gives ``.gz``, ``.zst`` or nothing.

    Raises:
        UnreadableFileError: If the packed data are damaged.
    """
    try:
        if data.startswith(b"\x1f\x8b"):
            return gzip.decompress(data), ".gz"
        if data.startswith(b"\x28\xb5\x2f\xfd"):
            with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True) as reader:
                return reader.read(), ".zst"
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise UnreadableFileError("damaged", problem=str(error)) from error
    return data, ""


def decode(data: bytes, file: str, encoding: str | None = None) -> Decoded:
    """Bring text to UTF-8: a BOM decides, then UTF-8 strictly, UTF-16, GB18030; lines of mixed files one by one.

    UTF-8 goes first because short Chinese UTF-8 also decodes as GB18030, as nonsense.

    Raises:
        UnreadableFileError: If it is no text.
    """
    if encoding:
        return _declared(data, encoding)
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _with_bom(data, bom, name, file)
    _refuse_binary(data)
    if is_utf8(data):
        return Decoded(data, "utf-8")
    if utf16 := _utf16_without_bom(data):
        return Decoded(data.decode(utf16, "replace").encode(), utf16, (_doubt(file, utf16),))
    return _as_gb18030(data, file)


def is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8, checked at the speed of Polars."""
    try:
        parts = pl.Series(list(pieces(data)), dtype=pl.Binary)
        return not parts.cast(pl.String, strict=False).has_nulls()
    except pl.exceptions.ComputeError:
        return False


def pieces(data: bytes, size: int = 1 << 30) -> Iterator[bytes]:
    """Cut text at line ends into pieces that Polars can hold in one cell."""
    start = 0
    while start < len(data):
        end = data.find(b"\n", start + size) + 1 or len(data)
        yield data[start:end]
        start = end


def commonness(text: str) -> float:
    """The share of non-ASCII characters that are in everyday use (GB2312): near 1 for Chinese, low for mojibake."""
    foreign = [char for char in text if char > "\x7f"]
    common = sum(1 for char in foreign if _common(char))
    return common / len(foreign) if foreign else 1.0


def _common(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return char > "\uffff" or char in "—…·～•"
    return True


def _with_bom(data: bytes, bom: bytes, name: str, file: str) -> Decoded:
    if name == "utf-8-sig":
        rest = data[len(bom) :]
        return Decoded(rest, name) if is_utf8(rest) else _by_line(rest, file)
    try:
        return Decoded(data.decode(name).encode(), name)
    except UnicodeDecodeError:
        return Decoded(data.decode(name, "replace").encode(), name, (_doubt(file, name),))


def _as_gb18030(data: bytes, file: str) -> Decoded:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return _by_line(data, file)
    return _by_line(data, file) if _UTF8_WORDS.search(data) else Decoded(text.encode(), "gb18030", _doubts(file, text))


def _doubts(file: str, text: str) -> tuple[Note, ...]:
    """What to say of text read as GB18030 that does not read as Chinese."""
    return () if commonness(text[:HEAD]) > PLAUSIBLE else (_doubt(file, "gb18030"),)


def _declared(data: bytes, encoding: str) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        problem = f"byte {error.start} is not {encoding}"
        raise UnreadableFileError("unreadable", problem=problem) from error
    return Decoded(text.removeprefix("\ufeff").encode("utf-8", "replace"), encoding)


def _utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 shows by NUL bytes on one side only: digits, commas and line ends have a zero half."""
    head = data[:HEAD]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) / 20 or min(even, odd) > max(even, odd) / 10:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _refuse_binary(data: bytes) -> None:
    for magic, looks in _MAGIC:
        if data.startswith(magic):
            raise UnreadableFileError("other_format", looks=looks)
    head = data[:HEAD]
    controls = sum(head.count(byte) for byte in range(32) if byte not in (0, 9, 10, 11, 12, 13, 27))
    zeros = head.count(0)
    if controls > len(head) / 20 or (zeros > len(head) / 10 and not _utf16_without_bom(data)):
        raise UnreadableFileError("binary")


def _by_line(data: bytes, file: str) -> Decoded:
    """Each line as UTF-8, else as GB18030 if that makes sense, else a reject.

    In a file that is mostly UTF-8 the other lines are more likely damaged than GB18030, so they must read as Chinese.
    """
    lines = data.split(b"\n")
    others = [number for number, line in enumerate(lines) if not _is_utf8_line(line)]
    in_utf8 = sum(not line.isascii() for line in lines) - len(others)
    rejections: list[Rejection] = []
    for number in others:
        text = _gb18030(lines[number], demanding=in_utf8 >= len(others))
        if text is None:
            rejections.append(Rejection("undecodable", number + 1, lines[number].decode("utf-8", "replace")))
        lines[number] = (text or "").encode()
    if len(rejections) > len(lines) / 2:
        raise UnreadableFileError("binary")
    read = len(others) - len(rejections)
    encoding = "utf-8" if not read else "mixed" if in_utf8 else "gb18030"
    whole = b"\n".join(lines)
    notes: dict[str, tuple[Note, ...]] = {
        "mixed": (Note("mixed_encoding", file, {"lines": str(read)}),),
        "gb18030": _doubts(file, whole[:HEAD].decode("utf-8", "ignore")),
    }
    return Decoded(whole, encoding, notes.get(encoding, ()), tuple(rejections))


def _is_utf8_line(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _gb18030(line: bytes, *, demanding: bool) -> str | None:
    try:
        text = line.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return text if not demanding or commonness(text) > PLAUSIBLE else None


def _doubt(file: str, encoding: str) -> Note:
    return Note("encoding_doubtful", file, {"encoding": encoding})
