"""JSON lines and JSON lists -> Table. Polars reads; blocks with broken lines are gone through line by line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from csaudit.ingest.decode import Decoded, pieces
from csaudit.ingest.sentences import RAW_LIMIT, Rejection, UnreadableFileError
from csaudit.ingest.table import LINE, Table, unique_headers

SLOW_BYTES: Final = 1 << 20
"""Lines are read one by one in stretches of this size around a broken one."""
SAMPLE_LINES: Final = 1_000
"""Lines whose keys become columns; keys that only come later do so if they are ``names``."""

_SEPARATOR: Final = "."
_BROKEN: Final = (ValueError, RecursionError)
"""What json raises: the latter where brackets are nested by the thousand."""
_DECODER: Final = json.JSONDecoder()
_GAP: Final = re.compile(r"[\s,]*")
_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half an emoji, as writers leave it that cut texts; Polars reads a lone one as NUL."""
_NEXT_OBJECT: Final = re.compile(r"[,\n]\s*(?=\{)")


@dataclass(frozen=True)
class _Objects:
    """JSON objects, one a line; ``numbers`` says where each began, if not in that very line."""

    data: bytes
    numbers: Sequence[int] | None = None
    rejections: tuple[Rejection, ...] = ()
    shared: Mapping[str, str] = field(default_factory=dict)  # what the object around the list says of all of them


def read(decoded: Decoded, names: Sequence[str]) -> Table:
    """Read JSON lines, a JSON list of objects, or one object that holds such a list.

    Nested objects become columns with a dotted name (``from.role``); lists stay as JSON text.

    Args:
        decoded: The file's text.
        names: Keys to look for in all lines.

    Raises:
        UnreadableFileError: If it is JSON without a list of objects.
    """
    objects = _Objects(decoded.data) if _is_lines(decoded.data) else _document(decoded.data.decode("utf-8", "replace"))
    schema = _schema(objects.data, names)
    parts = list(_parts(objects.data, schema, 0))
    frames = [part.frame for part in parts]
    frame = pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame(schema={LINE: pl.UInt32})
    rejections = [*decoded.rejections, *objects.rejections, *(bad for part in parts for bad in part.rejections)]
    if objects.numbers is not None:
        begun = pl.Series(objects.numbers, dtype=pl.UInt32)
        frame = frame.with_columns(begun.gather(frame[LINE] - 1).alias(LINE))
    shared = {key: pl.lit(value) for key, value in objects.shared.items() if key not in frame.columns}
    form = "jsonl" if objects.numbers is None else "json"
    return Table(frame.with_columns(**shared), form, decoded.encoding, None, tuple(rejections), decoded.notes)


def _is_lines(data: bytes) -> bool:
    """Whether the first two lines are objects of their own: else it is one document."""
    first, second = [*[line.strip() for line in data[: 4 << 20].split(b"\n") if line.strip()][:2], b"", b""][:2]
    if second:
        return first.startswith(b"{") and second.startswith(b"{")
    try:
        return isinstance(document := json.loads(first), dict) and not _lists(document)
    except _BROKEN:
        return first.startswith(b"{") and first.endswith(b"}")


def _document(text: str) -> _Objects:
    """A JSON document as objects, one a line."""
    start = text.find("[") if text.lstrip().startswith("[") else -1
    if start >= 0:
        return _elements(text, start + 1, {})
    try:
        document = json.loads(text)
    except _BROKEN as error:
        raise UnreadableFileError("not_json", problem=str(error)) from error
    lists = _lists(document)
    if not lists:
        raise UnreadableFileError("no_list")
    key = max(lists, key=lambda name: len(lists[name]))
    place = re.search(rf"{re.escape(json.dumps(key, ensure_ascii=False))}\s*:\s*\[", text)
    if place is None:
        raise UnreadableFileError("no_list")
    shared = {name: said for name, value in document.items() if (said := _as_text(value)) and name not in lists}
    return _elements(text, place.end(), shared)


def _lists(document: Any) -> dict[str, list[Any]]:
    """The lists of objects within an object."""
    if not isinstance(document, dict):
        return {}
    return {
        key: value
        for key, value in document.items()
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value[:20])
    }


def _elements(text: str, position: int, shared: Mapping[str, str]) -> _Objects:
    """The elements of a list that begins at ``position``; behind a broken one, reading goes on at the next object."""
    lines: list[str] = []
    numbers: list[int] = []
    rejections: list[Rejection] = []
    line, counted = 1, 0
    while True:
        gap = _GAP.match(text, position)
        position = gap.end() if gap else position
        if position >= len(text) or text[position] == "]":
            break
        line += text.count("\n", counted, position)
        counted = position
        try:
            element, end = _DECODER.raw_decode(text, position)
        except _BROKEN as error:
            following = _NEXT_OBJECT.search(text, position + 1)
            end = following.end() if following else len(text)
            rejections.append(_broken(line, text[position:end], error))
        else:
            if isinstance(element, dict):
                lines.append(text[position:end].replace("\n", " "))
                numbers.append(line)
            else:
                rejections.append(_broken(line, text[position:end], None))
        position = end
    return _Objects("\n".join(lines).encode(), numbers, tuple(rejections), shared)


def _schema(data: bytes, names: Sequence[str]) -> dict[str, pl.DataType]:
    """The columns: every key of the first lines, and the ``names`` that stand as keys further down."""
    head = data[: _after(data, SAMPLE_LINES)]
    try:
        found = pl.read_ndjson(head, infer_schema_length=None).schema
    except pl.exceptions.PolarsError:
        objects = [_parsed(line) for line in head.split(b"\n")]
        keys = dict.fromkeys(key for each in objects if each for key in _flat(each))
        found = pl.Schema({key: pl.String() for key in keys})
    schema = {name: _texts(dtype) for name, dtype in found.items()}
    later = [name for name in names if name not in schema] if len(head) < len(data) else []
    return schema | {name: pl.String() for name in _keys_in(data, later)}


def _keys_in(data: bytes, names: Sequence[str]) -> list[str]:
    """Those of some names that are keys anywhere in JSON text."""
    marks = {json.dumps(name, ensure_ascii=False) + ":": name for name in names}
    if not marks:
        return []
    texts = pl.Series(list(pieces(data)), dtype=pl.Binary).cast(pl.String, strict=False)
    found = texts.filter(texts.str.contains_any(list(marks)).fill_null(False)).str.extract_many(list(marks))
    return [marks[mark] for mark in found.explode().unique().sort().drop_nulls()]


def _after(data: bytes, lines: int) -> int:
    """The position behind the first lines."""
    position = 0
    for _ in range(lines):
        position = data.find(b"\n", position) + 1
        if not position:
            return len(data)
    return position


def _texts(dtype: pl.DataType) -> pl.DataType:
    """All values as texts; only objects keep their shape."""
    if isinstance(dtype, pl.Struct):
        return pl.Struct({name: _texts(inner) for name, inner in pl.Schema(dtype.to_schema()).items()})
    return pl.String()


@dataclass(frozen=True)
class _Part:
    """Some lines that were read: the frame with line numbers, and the broken ones."""

    frame: pl.DataFrame
    rejections: Sequence[Rejection] = ()


def _parts(data: bytes, schema: Mapping[str, pl.DataType], before: int) -> Iterator[_Part]:
    """Read lines at once; where that fails, halve them until the broken ones are few, and read those one by one.

    Args:
        data: The lines.
        schema: The columns to read.
        before: How many lines stand before them.
    """
    frame = _at_once(data, schema, before)
    middle = data.find(b"\n", len(data) // 2) + 1
    if frame is not None:
        yield _Part(frame)
    elif len(data) <= SLOW_BYTES or not 0 < middle < len(data):
        yield _line_by_line(data, before)
    else:
        first = data[:middle]
        yield from _parts(first, schema, before)
        yield from _parts(data[middle:], schema, before + first.count(b"\n"))


def _at_once(data: bytes, schema: Mapping[str, pl.DataType], before: int) -> pl.DataFrame | None:
    """Polars' reading, with line numbers; None where a line is broken."""
    try:
        frame = pl.read_ndjson(data, schema=dict(schema)) if schema else None
    except pl.exceptions.PolarsError:
        return None
    if frame is None:
        return None
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    numbers = pl.int_range(1, frame.height + 1, dtype=pl.UInt32, eager=True)
    if frame.height != lines:
        filled = [number for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
        if frame.height != len(filled):
            return None
        numbers = pl.Series(filled, dtype=pl.UInt32)
    flat = _flattened(frame)
    if _HALF.search(data) and flat.filter(pl.any_horizontal(pl.all().str.contains("\0", literal=True))).height:
        return None
    return flat.with_columns((numbers + before).alias(LINE))


def _flattened(frame: pl.DataFrame) -> pl.DataFrame:
    while nested := [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Struct)]:
        frame = frame.unnest(*nested, separator=_SEPARATOR)
    return frame.rename(dict(zip(frame.columns, unique_headers(frame.columns), strict=True)))


def _line_by_line(data: bytes, before: int) -> _Part:
    """Read every line by itself."""
    rows: list[dict[str, str | None]] = []
    numbers: list[int] = []
    rejections: list[Rejection] = []
    for number, line in enumerate(data.split(b"\n"), before + 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except _BROKEN as error:
            rejections.append(_broken(number, line.decode("utf-8", "replace"), error))
            continue
        if isinstance(value, dict):
            rows.append(_flat(value))
            numbers.append(number)
        else:
            rejections.append(_broken(number, line.decode("utf-8", "replace"), None))
    keys = list(dict.fromkeys(key for row in rows for key in row))
    columns = dict(zip(keys, unique_headers(keys), strict=True))
    frame = pl.DataFrame({columns[key]: pl.Series([row.get(key) for row in rows], dtype=pl.String) for key in keys})
    return _Part(frame.with_columns(pl.Series(LINE, numbers, dtype=pl.UInt32)), rejections)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except _BROKEN:
        return None
    return value if isinstance(value, dict) else None


def _flat(value: Mapping[str, Any], prefix: str = "") -> dict[str, str | None]:
    """An object's values as texts, those of nested objects under dotted names."""
    flat: dict[str, str | None] = {}
    for key, each in value.items():
        if isinstance(each, dict):
            flat |= _flat(each, f"{prefix}{key}{_SEPARATOR}")
        else:
            flat[prefix + key] = _as_text(each)
    return flat


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value and value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.dumps(value, ensure_ascii=False)


def _broken(line: int, raw: str, error: Exception | None) -> Rejection:
    problem = getattr(error, "msg", "") or str(error or "not an object")
    return Rejection("broken_json", line, raw[:RAW_LIMIT], {"problem": problem})
