"""Numbers as they are written: 1,280 · 3.5 · 三千二百 · 半."""

from __future__ import annotations

from typing import Final

import polars as pl

_HAN: Final = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2", "半": "0.5", "几": "5"}


def number(text: pl.Expr) -> pl.Expr:
    """Build an expression for the value of a number in digits or Han characters; 几 counts as five."""
    plain = text.str.replace_all(",", "").cast(pl.Float64, strict=False)
    return plain.fill_null(_han(text))


def _han(text: pl.Expr) -> pl.Expr:
    """Sections of 万, within them 千 百 十 and a rest; spelled-out digits (一二三) are read as written."""
    big, small = text.str.extract(r"^(.*)万"), text.str.extract(r"([^万]*)$")
    value = _section(big).fill_null(0) * 10_000 + _section(small).fill_null(0)
    return pl.when(text.str.contains(r"[千百十万]")).then(value).otherwise(_digits(text))


def _section(text: pl.Expr) -> pl.Expr:
    value = pl.lit(0.0)
    for unit, size in (("千", 1000), ("百", 100), ("十", 10)):
        given = _digits(text.str.extract(rf"([零〇一二两三四五六七八九几半]?){unit}"))
        value = value + pl.when(text.str.contains(unit)).then(given.fill_null(1) * size).otherwise(0)
    rest = _digits(text.str.extract(r"([一二两三四五六七八九几半]*)$"))
    tens = (
        pl.when(text.str.contains(r"百[一二三四五六七八九]$"))
        .then(10)
        .when(text.str.contains(r"千[一二三四五六七八九]$"))
        .then(100)
    )
    return pl.when(text.is_null() | (text == "")).then(None).otherwise(value + rest.fill_null(0) * tens.fill_null(1))


def _digits(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(list(_HAN), list(_HAN.values())).cast(pl.Float64, strict=False)
