"""Times as exports write them -> instants. Expressions; the unusual forms are worked out once per different text."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from csaudit.schema import timestamp

FORMS: Final = pl.Enum(["offset", "plain", "minutes", "number", "clock"])
"""With an offset; with seconds; to the minute or day; epoch or Excel serial; a time of day only (no instant)."""

_USUAL: Final = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S%.f")
_OFFSET: Final = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_SAMPLE: Final = 50

CLOCK: Final = r"^\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2}(?:\.\d+)?)?\s*$"
_COMPACT: Final = r"^\s*(\d{4})(\d{2})(\d{2})[T\s]*(\d{2}):?(\d{2}):?(\d{2})(\D.*)?$"
_PARTS: Final = (
    r"^\s*(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s,，]*(?:(?:星期|周).)?\s*(?P<half>上午|下午|晚上|凌晨|早上|中午)?\s*"
    r"(?P<hour>\d{1,2})\s*[:：时点]\s*(?P<minute>\d{1,2})?"
    r"(?:\s*[:：分]\s*(?P<second>\d{1,2})(?:[.,:](?P<fraction>\d{1,9}))?)?\s*[分秒]?\s*(?P<ampm>[AaPp][Mm])?)?"
    r"\s*(?:(?P<utc>Z|UTC|GMT)|(?P<sign>[+-])(?P<off_h>\d{2}):?(?P<off_m>\d{2})?)?\s*$"
)
_EPOCHS: Final = ((1e9, 1e10, 1e3), (1e12, 1e13, 1.0), (1e15, 1e16, 1e-3), (1e18, 1e19, 1e-6))
"""Ranges of epoch seconds, milli-, micro- and nanoseconds, and what makes them milliseconds."""
_EXCEL_DAYS: Final = (20_000, 80_000)
_EXCEL_EPOCH_DAYS: Final = 25_569  # 1970-01-01 as an Excel serial


def parse(values: pl.Series, zone: str, time_format: str | None = None) -> pl.DataFrame:
    """Read a column of times.

    Args:
        values: Texts; null where there is none.
        zone: The zone of times without an offset, and of the result.
        time_format: A strptime pattern that is tried first.

    Returns:
        A frame as long as ``values``: ``at`` (null where it cannot be read) and ``form`` (FORMS, null likewise;
        a ``clock`` has a form and no instant).
    """
    usual = _usual(values, zone, time_format)
    rest = usual.filter(pl.col("at").is_null() & pl.col("value").is_not_null()).select("value").unique()
    if rest.is_empty():
        return usual.select("at", "form")
    unusual = _unusual(rest, zone)
    both = usual.join(unusual, on="value", how="left", maintain_order="left", suffix="_else")
    return both.select(pl.coalesce("at", "at_else").alias("at"), pl.coalesce("form", "form_else").alias("form"))


def _usual(values: pl.Series, zone: str, time_format: str | None) -> pl.DataFrame:
    """Read by the one form that the first values have; frame of value, at, form."""
    sample = values.drop_nulls().head(_SAMPLE)
    suffix = _OFFSET.search(sample[0]) if len(sample) else None
    offset = suffix.group() if suffix and sample.str.ends_with(suffix.group()).all() else ""
    strip = pl.col("value").str.strip_suffix(offset) if offset else pl.col("value")
    formats = (time_format, *_USUAL) if time_format else _USUAL
    pattern = max(formats, key=lambda each: _fits(sample.str.strip_suffix(offset), each))
    frame = pl.DataFrame({"value": values.cast(pl.String)})
    if not _fits(sample.str.strip_suffix(offset), pattern):
        return frame.with_columns(at=pl.lit(None, timestamp(zone)), form=pl.lit(None, FORMS))
    plain = strip.str.to_datetime(pattern, time_unit="ms", strict=False)
    if offset:
        plain = pl.when(pl.col("value").str.ends_with(offset)).then(plain)
        at = (plain - pl.lit(_minutes(offset)) * pl.duration(minutes=1)).dt.replace_time_zone("UTC")
    else:
        at = _in_zone(plain, zone)
    form = "offset" if offset else "plain" if "%S" in pattern or pattern == time_format else "minutes"
    return frame.with_columns(at=at.dt.convert_time_zone(zone).dt.cast_time_unit("ms")).with_columns(
        form=pl.when(pl.col("at").is_not_null()).then(pl.lit(form, FORMS))
    )


def _fits(sample: pl.Series, pattern: str) -> int:
    """How many of the sample a pattern reads."""
    try:
        return sample.str.to_datetime(pattern, strict=False, time_unit="ms").count()
    except pl.exceptions.PolarsError:  # a pattern that no time can be made of
        return 0


def _minutes(offset: str) -> int:
    """An offset such as +08:00 in minutes."""
    if offset == "Z":
        return 0
    digits = offset[1:].replace(":", "")
    return (1 if offset[0] == "+" else -1) * (int(digits[:2]) * 60 + int(digits[2:]))


def _in_zone(plain: pl.Expr, zone: str) -> pl.Expr:
    """Wall clock -> instant. Of an hour that comes twice the first counts; one that does not exist is unreadable."""
    return plain.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")


def _unusual(values: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Read different texts by all further forms; frame of value, at, form."""
    text = pl.col("value").str.replace(_COMPACT, "${1}-${2}-${3} ${4}:${5}:${6}${7}")
    parts = values.with_columns(text.str.extract_groups(_PARTS).alias("part")).unnest("part")
    number = pl.col("value").str.strip_chars().str.extract(r"^(\d+(?:\.\d+)?)$").cast(pl.Float64)
    by_number = _from_number(number)
    form = (
        pl.when(pl.col("at").is_not_null())
        .then(
            pl.when(number.is_not_null())
            .then(pl.lit("number"))
            .when(pl.col("utc").is_not_null() | pl.col("sign").is_not_null())
            .then(pl.lit("offset"))
            .when(pl.col("second").is_not_null())
            .then(pl.lit("plain"))
            .otherwise(pl.lit("minutes"))
        )
        .when(pl.col("value").str.contains(CLOCK))
        .then(pl.lit("clock"))
    )
    epoch = by_number.cast(pl.Int64).cast(pl.Datetime("ms", "UTC")).dt.convert_time_zone(zone)
    excel = _in_zone(_from_excel(number), zone)
    at = pl.coalesce(epoch, excel, _from_parts(zone)).dt.cast_time_unit("ms")
    return parts.with_columns(at=at).select("value", "at", form.cast(FORMS).alias("form"))


def _from_number(number: pl.Expr) -> pl.Expr:
    """Epoch milliseconds of a number in the range of one of the epochs."""
    return pl.coalesce(
        *[
            pl.when(number.is_between(low, high, "left")).then((number * factor).round())
            for low, high, factor in _EPOCHS
        ]
    )


def _from_excel(number: pl.Expr) -> pl.Expr:
    """Wall clock of an Excel serial, to the second."""
    seconds = ((number - _EXCEL_EPOCH_DAYS) * 86_400).round()
    return pl.when(number.is_between(*_EXCEL_DAYS)).then((seconds * 1000).cast(pl.Int64).cast(pl.Datetime("ms")))


def _from_parts(zone: str) -> pl.Expr:
    """Instant from the parts of a written-out time; 24:00 is the next day's midnight."""
    numbers = {
        name: pl.col(name).cast(pl.Int64).fill_null(0) for name in ("hour", "minute", "second", "off_h", "off_m")
    }
    hour = _by_half(numbers["hour"])
    day = pl.concat_str("year", "month", "day", separator="-").str.to_datetime("%Y-%m-%d", time_unit="ms", strict=False)
    millis = (pl.lit("0.") + pl.col("fraction").fill_null("0")).cast(pl.Float64) * 1000
    within = pl.duration(
        hours=hour, minutes=numbers["minute"], seconds=numbers["second"], milliseconds=millis.round().cast(pl.Int64)
    )
    sane = (
        ((hour < 24) | ((hour == 24) & (numbers["minute"] == 0) & (numbers["second"] == 0)))
        & (numbers["minute"] < 60)
        & (numbers["second"] <= 60)
    )
    plain = pl.when(sane).then(day + within)
    sign = pl.when(pl.col("sign") == "-").then(-1).otherwise(1)
    offset = sign * (numbers["off_h"] * 60 + numbers["off_m"])
    shifted = (plain - pl.duration(minutes=offset)).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    has_offset = pl.col("utc").is_not_null() | pl.col("sign").is_not_null()
    return pl.when(has_offset).then(shifted).otherwise(_in_zone(plain, zone))


def _by_half(hour: pl.Expr) -> pl.Expr:
    """Hours of a twelve-hour clock as hours of the day."""
    late = pl.col("half").is_in(["下午", "晚上", "中午"]) | pl.col("ampm").str.to_lowercase().eq("pm")
    early = pl.col("half").is_in(["上午", "凌晨", "早上"]) | pl.col("ampm").str.to_lowercase().eq("am")
    return (
        pl.when(late.fill_null(False) & (hour < 12) & ~((pl.col("half") == "中午").fill_null(False) & (hour == 11)))
        .then(hour + 12)
        .when(early.fill_null(False) & (hour == 12))
        .then(0)
        .otherwise(hour)
    )
