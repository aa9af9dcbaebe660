"""How exports were understood, on one screen, and the lines of csaudit.yaml that mend what was not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

import polars as pl
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from csaudit.report import mapping, personal, style
from csaudit.report.catalogue import Say, Texts
from csaudit.report.text import visible

MOST_FILES: Final = 20
MOST_LAYOUTS: Final = 4
MOST_COLUMNS: Final = 40
MOST_REASONS: Final = 10
MOST_NOTES: Final = 10
HEADER: Final = 24
SAMPLE: Final = 30
RAW: Final = 120

TEXTS: Final[Texts] = {
    "title": ("导出文件诊断", "How the exports were understood"),
    "files": ("文件", "Files"),
    "file": ("文件", "file"),
    "format": ("格式", "format"),
    "encoding": ("编码", "encoding"),
    "delimiter": ("分隔符", "delimiter"),
    "rows": ("行", "rows"),
    "messages": ("消息", "messages"),
    "rejects": ("无法读取", "unreadable"),
    "duplicates": ("重复", "duplicate"),
    "total": ("合计", "total"),
    "more": ("…… 另有 {n:,} 项", "… and {n:,} more"),
    "profile": ("读取方式", "Profile"),
    "period": ("期间", "Period"),
    "from-to": ("{start} — {end}（{zone}）", "{start} — {end} ({zone})"),
    "no-times": ("没有可读的时间：与时间有关的规则无法核查", "no readable times: what needs times is not checkable"),
    "untimed": ("其中 {n:,} 条没有时间", "{n:,} of them without a time"),
    "sessions": ("会话", "Sessions"),
    "conversations": ("{n:,} 个会话", "{n:,} conversation|{n:,} conversations"),
    "agents": ("{n:,} 名客服", "{n:,} agent|{n:,} agents"),
    "columns-of": ("列：{files}", "Columns of {files}"),
    "and-others": ("{file} 等 {total:,} 个文件", "{file} and {n:,} other|{file} and {n:,} others"),
    "header": ("表头", "header"),
    "field": ("字段", "field"),
    "confidence": ("把握", "sure"),
    "sample": ("例子", "sample"),
    "looks-like": ("像 {field}？", "{field}?"),
    "not-used": ("未使用", "not used"),
    "roles": ("谁在说话", "Who speaks"),
    "value": ("原值", "value"),
    "role": ("角色", "role"),
    "customer": ("客户", "customer"),
    "agent": ("客服", "agent"),
    "bot": ("机器人", "bot"),
    "system": ("系统", "system"),
    "unknown-role": ("不认识", "unknown"),
    "by-account": ("（按账号判断）", "(by account)"),
    "empty": ("（空）", "(empty)"),
    "reasons": ("无法读取的行", "Unreadable rows"),
    "first-at": ("最先在 {place}", "first at {place}"),
    "notes": ("注意", "Notes"),
    "paste": ("把下面几行放进 csaudit.yaml，再试一次：", "Put these lines into csaudit.yaml and try again:"),
    "all-well": ("全部认出，csaudit.yaml 不用改。", "Everything was understood; csaudit.yaml needs no change."),
    "pin-down": ("要固定下来，可写：", " To pin it down, write:"),
    "check-this": ("按内容猜的，请核对", "guessed from the contents: please check"),
    "choose-one": ("四选一", "keep one of the four"),
    "change-this": ("改成导出里的写法", "change it to the export's form"),
}

_DELIMITERS: Final = {"\t": "tab"}


class Diagnosed(Protocol):
    """The frames of `ingest.Diagnosis`."""

    @property
    def files(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def columns(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def voices(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def rejects(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def notes(self) -> Sequence[Noted]: ...  # noqa: D102
    @property
    def timezone(self) -> str: ...  # noqa: D102
    @property
    def profile(self) -> str: ...  # noqa: D102


class Noted(Protocol):
    """A note of reading."""

    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def file(self) -> str | None: ...  # noqa: D102
    def text(self, lang: str) -> str: ...  # noqa: D102


def render(diagnosis: Diagnosed, lang: str) -> RenderableType:
    """Draw a diagnosis in Chinese or English."""
    return Group(*_sections(diagnosis, Say(lang, TEXTS)))


def _sections(found: Diagnosed, say: Say) -> Iterator[RenderableType]:
    yield Text(say("title"), style.TITLE)
    yield Rule(style=style.FAINT)
    yield _facts(found, say)
    yield from _section(say("files"), _files(found.files, say))
    for names, columns in _layouts(found.columns):
        yield from _section(say("columns-of", files=_named(names, say)), _columns(columns, say))
    if found.voices.height:
        yield from _section(say("roles"), _voices(found.voices, say))
    if found.rejects.height:
        yield from _section(say("reasons"), _reasons(found.rejects, say))
    if found.notes:
        yield from _section(say("notes"), *_notes(found.notes, say))
    yield from _mapping(found, say)


def _section(heading: str, *body: RenderableType) -> Iterator[RenderableType]:
    yield Text("\n" + visible(heading), style.HEAD)
    for part in body:
        yield Padding(part, (0, 0, 0, 2))


# ---- files ----------------------------------------------------------------------------------------------------------


def _facts(found: Diagnosed, say: Say) -> Table:
    files, table = found.files, style.pairs()
    start, end = (files[name].drop_nulls().sort() for name in ("started_at", "ended_at"))
    untimed = int(files["untimed"].sum())
    period = say("no-times")
    if len(start):
        first, last = (f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (start[0], end[-1]))
        period = say("from-to", start=first, end=last, zone=found.timezone)
        period += f" · {say('untimed', n=untimed)}" if untimed else ""
    table.add_row(say("profile"), found.profile)
    table.add_row(say("period"), Text(period))
    counts = (say(name, n=int(files[name].sum())) for name in ("conversations", "agents"))
    table.add_row(say("sessions"), Text(" · ".join(counts)))
    return table


def _files(files: pl.DataFrame, say: Say) -> Table:
    table = style.plain_table()
    table.add_column(say("file"), overflow="fold", ratio=1)
    for name in ("format", "encoding", "delimiter"):
        table.add_column(say(name), no_wrap=True)
    numbers = ("rows", "messages", "rejects", "duplicates")
    for name in numbers:
        table.add_column(say(name), justify="right", no_wrap=True)
    for row in files.head(MOST_FILES).iter_rows(named=True):
        delimiter = _DELIMITERS.get(row["delimiter"], row["delimiter"]) or ""
        facts = (row["path"], row["format"], row["encoding"], delimiter)
        table.add_row(*(Text(visible(fact)) for fact in facts), *(f"{row[name]:,}" for name in numbers))
    if files.height > MOST_FILES:
        table.add_row(Text(say("more", n=files.height - MOST_FILES), style.FAINT))
    if files.height > 1:
        totals = (f"{int(files[name].sum()):,}" for name in numbers)
        table.add_row(Text(say("total"), style.FAINT), "", "", "", *totals)
    return table


# ---- columns and roles ----------------------------------------------------------------------------------------------


def _layouts(columns: pl.DataFrame) -> list[tuple[list[str], pl.DataFrame]]:
    """Files of the same columns together: their names, and the columns of the first."""
    shapes = columns.group_by("path", maintain_order=True).agg(shape=pl.struct("header", "field", "suggested"))
    together = shapes.group_by("shape", maintain_order=True).agg("path").head(MOST_LAYOUTS)
    return [(paths, columns.filter(pl.col("path") == paths[0])) for paths in together["path"].to_list()]


def _named(paths: list[str], say: Say) -> str:
    return paths[0] if len(paths) == 1 else say("and-others", file=paths[0], total=len(paths), n=len(paths) - 1)


def _columns(columns: pl.DataFrame, say: Say) -> Table:
    table = style.plain_table()
    table.add_column(say("header"), no_wrap=True, max_width=HEADER)
    table.add_column(say("field"), no_wrap=True)
    table.add_column(say("confidence"), justify="right", no_wrap=True)
    table.add_column(say("sample"), overflow="fold")
    shown = columns.head(MOST_COLUMNS).with_columns(sample=_hidden(columns["sample"]).head(MOST_COLUMNS))
    for row in shown.iter_rows(named=True):
        sure = "" if row["confidence"] is None else f"{row['confidence']:.0%}"
        sample = Text(visible((row["sample"] or "")[:SAMPLE]), style.FAINT)
        table.add_row(Text(visible(row["header"])), _field(row["field"], row["suggested"], say), sure, sample)
    if columns.height > MOST_COLUMNS:
        table.add_row(Text(say("more", n=columns.height - MOST_COLUMNS), style.FAINT))
    return table


def _field(name: str | None, suggested: str | None, say: Say) -> Text:
    if name:
        return Text(name)
    return Text(say("looks-like", field=suggested), style.WARNING) if suggested else Text(say("not-used"), style.FAINT)


def _hidden(texts: pl.Series) -> pl.Series:
    """Texts without phone numbers and the like."""
    words = personal.found(texts.drop_nulls())
    return texts.str.replace_many(list(words), list(words.values())) if words else texts


def _voices(voices: pl.DataFrame, say: Say) -> Table:
    table = style.plain_table()
    table.add_column(say("value"), overflow="fold")
    table.add_column(say("role"), no_wrap=True)
    table.add_column(say("rows"), justify="right", no_wrap=True)
    counted = voices.group_by("value", "role", maintain_order=True).agg(pl.col("rows").sum())
    for value, role, rows in counted.head(MOST_COLUMNS).iter_rows():
        said = value if value is not None else say("by-account" if role else "empty")
        told = Text(say(role)) if role else Text(say("unknown-role"), style.WARNING)
        table.add_row(Text(visible(said)), told, f"{rows:,}")
    return table


# ---- what is wrong --------------------------------------------------------------------------------------------------


def _reasons(rejects: pl.DataFrame, say: Say) -> Table:
    place = pl.concat_str("source_file", pl.col("source_line").cast(pl.String), separator=":", ignore_nulls=True)
    reasons = rejects.group_by("reason", maintain_order=True).agg(
        pl.len(), place.first().alias("place"), pl.first("raw")
    )
    table = style.plain_table(show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    shown = reasons.sort("len", descending=True, maintain_order=True).head(MOST_REASONS)
    for reason, number, place_, raw in shown.with_columns(raw=_hidden(shown["raw"])).iter_rows():
        said = Text(visible(reason), style.WARNING).append(f"\n{visible(say('first-at', place=place_))}", style.FAINT)
        table.add_row(f"{number:,}", said.append(f"\n{visible(raw[:RAW])}", style.FAINT) if raw else said)
    if reasons.height > MOST_REASONS:
        table.add_row("", Text(say("more", n=reasons.height - MOST_REASONS), style.FAINT))
    return table


def _notes(notes: Sequence[Noted], say: Say) -> Iterator[RenderableType]:
    for note in notes[:MOST_NOTES]:
        said = f"{note.file}: {note.text(say.lang)}" if note.file else note.text(say.lang)
        yield Text(visible(said), style.WARNING, overflow="fold")
    if len(notes) > MOST_NOTES:
        yield Text(say("more", n=len(notes) - MOST_NOTES), style.FAINT)


def _mapping(found: Diagnosed, say: Say) -> Iterator[RenderableType]:
    codes = {note.code for note in found.notes}
    lines = mapping.written(found.columns, found.voices, codes, say)
    done = mapping.complete(found.columns, found.voices, codes)
    if done and found.files["messages"].sum():
        yield Text("\n" + say("all-well") + (say("pin-down") if lines else ""), style.HEAD)
    elif lines:
        yield Text("\n" + say("paste"), style.HEAD)
    if lines:
        yield Text(lines, no_wrap=True, overflow="ignore")
