"""Entities: numbers and addresses of a known form, with checksums and values. One row of `FORMS` a way to write one.

Values are yuan for money (a dollar is taken as 7), seconds for a duration (the longer end of “3-5 天”), and for a date
the seconds from the beginning of the message's day to the end of the time named, where that does not need a calendar
(今天 86400, 明天上午 129600); null elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from csaudit.pack.compare import holds
from csaudit.pack.model import Entity
from csaudit.schema import View
from csaudit.signals import scan
from csaudit.signals.numerals import number
from csaudit.signals.spans import place
from csaudit.signals.views import CHAIN, Views

MATCHED = pl.col("matched")
_BEFORE, _AFTER = pl.col("before"), pl.col("after")  # up to eight characters beside the match
_NOTHING: Final = pl.lit(None, pl.Float64)
_TRUE: Final = pl.lit(value=True)

_NUM = r"(?:[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千万半几]+)"
_TO = r"(?:-|~|到|至)"
_GAP = r"(?:号码|号|码|群|id|账号)?(?:[ :是为()（）\-]|叫|都是|就是|加){0,4}"
_WECHAT = r"(?:微信|企微|[vw]x|[vw]信|[薇威维徽卫葳崴][信心芯❤]?|[vw微]❤|wei ?xin|we ?chat|绿泡泡|加 ?v|v号)"
_QQ = r"(?:qq|扣扣|企鹅|🐧|q群|q号)"
_ORDER = r"(?:订单|单号|运单|工单|流水号|交易号|快递号|order)(?:编号|号码|号|no|number|id)?[ :#.是为()（）]{0,4}"
_UNITS: Final = {
    "秒": 1,
    "分钟": 60,
    "min": 60,
    "刻钟": 900,
    "小时": 3600,
    "钟头": 3600,
    "h": 3600,
    "hour": 3600,
    "天": 86400,
    "工作日": 86400,
    "day": 86400,
    "周": 604800,
    "星期": 604800,
    "礼拜": 604800,
    "week": 604800,
    "月": 2592000,
    "month": 2592000,
    "年": 31536000,
    "year": 31536000,
}


# ---- what is kept ---------------------------------------------------------------------------------------------------


def _digit(text: pl.Expr, at: int) -> pl.Expr:
    return text.str.slice(at, 1).cast(pl.Int64, strict=False)


def _id_card() -> pl.Expr:
    """GB 11643: the check digit, and a month and day that exist."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = pl.sum_horizontal([_digit(MATCHED, i) * weight for i, weight in enumerate(weights)])
    check = pl.lit(pl.Series(list("10x98765432"))).gather(total % 11)
    born = MATCHED.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    return (check == MATCHED.str.slice(17, 1)) & born.is_not_null()


def _luhn() -> pl.Expr:
    """The check digit of a card number of 16 to 19 digits, unless the words before say that it is an order."""
    reverse = MATCHED.str.replace_all(r"[^0-9]", "").str.reverse()
    doubled = [(_digit(reverse, i) * 2 if i % 2 else _digit(reverse, i)) for i in range(19)]
    total = pl.sum_horizontal([digit - 9 * (digit > 9).cast(pl.Int64) for digit in doubled])
    return (total % 10 == 0) & ~_BEFORE.str.contains(r"单|编号|order")


def _dialled(said: pl.Expr) -> pl.Expr:
    """Digits apart that are meant as one number: words among them, one by one, or grouped as numbers are spoken."""
    words = said.str.contains(r"[一-鿿]")
    one_by_one = said.str.count_matches(r"[0-9][^0-9]+") >= 6
    grouped = said.str.contains(r"^[^0-9]*1[0-9]{2}[ .-]+[0-9]{4}[ .-]+[0-9]{4}[^0-9]*$|^1[0-9]{2}[ .-]+[0-9]{8}$")
    return words | one_by_one | grouped


def _price() -> pl.Expr:
    """块 counts pieces, too (两块电池): with a small number it needs 钱, or nothing behind it."""
    return (
        ~MATCHED.str.contains(r"^[一二两三四123]块$") | (_AFTER == "") | _AFTER.str.contains(r"^[\s。,!?;~、…]")
    ) & ~MATCHED.str.contains(r"^[几万千百十半]+(?:元|块)")


def _span() -> pl.Expr:
    """2024年 is a date, 第3天 is no duration."""
    return ~MATCHED.str.contains(r"^(?:19|20)[0-9]{2} ?年") & ~_BEFORE.str.ends_with("第")


def _bare() -> pl.Expr:
    """A host that is not a part of an address written in full."""
    return ~_BEFORE.str.contains(r"[/@.]$")


# ---- what it is worth -----------------------------------------------------------------------------------------------


def _yuan() -> pl.Expr:
    scale = (
        pl.when(MATCHED.str.contains(r"[0-9.] ?(?:万|w)"))
        .then(1e4)
        .when(MATCHED.str.contains(r"[0-9.] ?(?:千|k)"))
        .then(1e3)
        .otherwise(1.0)
    )
    last = MATCHED.str.extract(rf"({_NUM})[^0-9零〇一二两三四五六七八九十百千万半几]*$")
    head = MATCHED.str.extract(rf"({_NUM}) ?(?:多|来|几)?(?:万|千|w|k)?多?个?(?:块|元|圆|毛|角)")
    tail = number(MATCHED.str.extract(r"块([0-9一二两三四五六七八九])$")) / 10
    jiao = pl.when(MATCHED.str.contains(r"[毛角]钱?$") & ~MATCHED.str.contains(r"[块元]")).then(0.1).otherwise(1.0)
    dollars = pl.when(MATCHED.str.contains(r"^\$|美元|美金|usd|dollar|刀")).then(7.0).otherwise(1.0)
    return (number(pl.coalesce(head, last)) * scale * jiao + tail.fill_null(0)) * dollars


def _seconds() -> pl.Expr:
    unit = MATCHED.str.extract(f"({'|'.join(sorted(_UNITS, key=len, reverse=True))})[^0-9]*$")
    size = unit.replace_strict(list(_UNITS), list(_UNITS.values()), default=None, return_dtype=pl.Float64)
    amount = MATCHED.str.extract(rf"({_NUM}) ?(?:个|多|来)*(?:半)?[^0-9零〇一二两三四五六七八九十百千万半几]*$")
    half = pl.when(MATCHED.str.contains(r"[^ 0-9]半[^0-9]*$") & ~amount.str.contains("半")).then(0.5).otherwise(0.0)
    return (number(amount) + half) * size


def _until() -> pl.Expr:
    days = (
        pl.when(MATCHED.str.contains(r"大后天"))
        .then(3)
        .when(MATCHED.str.contains(r"后[天日儿]"))
        .then(2)
        .when(MATCHED.str.contains(r"明|tomorrow"))
        .then(1)
        .when(MATCHED.str.contains(r"今|当[天日]|today|tonight|下班|睡前"))
        .then(0)
    )
    hour = number(MATCHED.str.extract(rf"({_NUM}) ?(?:点|:)"))
    late = MATCHED.str.contains(r"下午|晚|pm") & (hour < 12)
    part = (
        pl.when(hour.is_not_null())
        .then(hour + 12 * late.cast(pl.Int64))
        .when(MATCHED.str.contains(r"早|上午|中午|morning"))
        .then(12)
        .when(MATCHED.str.contains(r"下午|下班|afternoon"))
        .then(18)
        .otherwise(24)
    )
    return (days.fill_null(pl.when(hour.is_not_null()).then(0)) * 86400 + part * 3600).cast(pl.Float64)


# ---- the forms ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """One way to write an entity.

    ``regex`` is searched in ``column``; ``part`` (a capture group) is what of the match counts; ``keep`` and ``value``
    see it as ``matched``, with ``before`` and ``after`` it.
    """

    entity: str
    regex: str
    part: str = ""
    column: str = "folded"
    keep: Callable[[], pl.Expr] = lambda: _TRUE
    value: Callable[[], pl.Expr] = lambda: _NOTHING


_MOBILE = r"1[3-9][0-9]{9}"
_DIGITS = r"[1-9一二三四五六七八九幺][0-9零〇一二三四五六七八九幺]{4,10}"
_DOMAIN = r"(?:com|cn|net|org|cc|top|shop|vip|xyz|io|me|link|club|ltd|store|app|info|ru|uk|de|us)"

FORMS: Final = (
    Form("mobile", _MOBILE),
    Form("mobile", _MOBILE, column="digits"),
    Form("id_card", r"[1-9][0-9]{16}[0-9x]", keep=_id_card),
    Form("bank_card", r"(?:62|4[0-9]|5[1-5]|3[5-7]|60)[0-9]{2}(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{1,3})?", keep=_luhn),
    Form("order_no", _ORDER + r"[a-z]{0,4}[0-9][0-9-]{7,26}", part=r"([a-z]{0,4}[0-9][0-9-]{7,26})$"),
    Form("order_no", r"[0-9]{6}-[0-9]{15}"),
    Form("wechat_id", _WECHAT + _GAP + r"[a-z][a-z0-9_-]{5,19}", part=r"([a-z][a-z0-9_-]{5,19})$"),
    Form("wechat_id", _WECHAT + _GAP + _MOBILE, part=f"({_MOBILE})$"),
    Form("qq_id", _QQ + _GAP + _DIGITS, part=f"({_DIGITS})$"),
    Form("url", r"(?:https?://|www\.)[a-z0-9][!-+\--~]*[a-z0-9/]"),
    Form("url", rf"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.{_DOMAIN}(?:\.cn)?(?:/[!-+\--~]*)?", keep=_bare),
    Form("email", r"[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)+"),
    Form("money", rf"[¥$] ?{_NUM} ?(?:万|千|w|k)?(?:元|块)?", value=_yuan),
    Form(
        "money",
        rf"(?:{_NUM}{_TO})?{_NUM} ?(?:多|来|几)?(?:万|千|w|k)?(?:多)?个?"
        r"(?:元|块钱|块[0-9一二两三四五六七八九]?|圆|毛钱|毛|角钱|美元|美金|人民币|rmb|usd|dollars?|yuan)",
        keep=_price,
        value=_yuan,
    ),
    Form(
        "duration",
        rf"(?:{_NUM} ?(?:个)?{_TO})?{_NUM} ?(?:多|来)?(?:个)?半?"
        r"(?:秒钟?|分钟|mins?(?:utes?)?|刻钟|小时|钟头|hours?|h|天|工作日|days?|周|星期|礼拜|weeks?|年|years?|months?)半?",
        keep=_span,
        value=_seconds,
    ),
    Form("duration", rf"(?:{_NUM}{_TO})?{_NUM} ?(?:多)?个半?月", value=_seconds),
    Form("date", r"(?:20[0-9]{2}(?:年|-|/|\.))?[0-9]{1,2}(?:月|-|/)[0-9]{1,2}(?:日|号)"),
    Form(
        "date",
        r"20[0-9]{2}(?:年|-|/|\.)[0-9]{1,2}(?:月|-|/|\.)[0-9]{1,2}(?:日|号)?|[0-9]{1,2}(?:日|号)(?:之前|前|晚|早|上午|下午)",
    ),
    Form(
        "date",
        rf"(?:今天|今日|今晚|今早|明天|明日|明早|明晚|后天|大后天|当天|当日)(?:早上|上午|中午|下午|晚上|晚|早|夜里)?(?:{_NUM}点半?)?(?:之前|以前|前|内)?",
        value=_until,
    ),
    Form(
        "date",
        rf"(?:早上|上午|中午|下午|晚上){_NUM}点半?(?:之前|以前|前)?|下班前|睡前|today|tomorrow|tonight",
        value=_until,
    ),
    Form(
        "date",
        r"(?:本|这|下)(?:个)?(?:周|星期|礼拜|月)(?:[一二三四五六日天底末]|之?内|前)?|周[一二三四五六日末]|星期[一二三四五六日天]|月底|年底|周末",
    ),
)
ENTITIES: Final = tuple(dict.fromkeys(form.entity for form in FORMS))


def columns(entities: set[str]) -> set[str]:
    """The views in which some entities are looked for."""
    return {form.column for form in FORMS if form.entity in entities}


def find(texts: pl.DataFrame, matchers: list[tuple[int, Entity]], views: Views) -> pl.DataFrame:
    """Every entity that a matcher asks for and whose value compares.

    Args:
        texts: text_id, raw and the views of `columns`.
        matchers: numbers and matchers.
        views: the tables.

    Returns:
        text_id, matcher, view, matched, start, end, value.
    """
    entities = {entity.entity for _, entity in matchers}
    found = [_form(texts.filter(CHAIN[form.column].only), form) for form in FORMS if form.entity in entities]
    placed = place(pl.concat(found), texts, views).join(texts.select("text_id", "raw"), on="text_id")
    said = pl.col("raw").str.slice("start", pl.col("end") - pl.col("start"))
    sure = (pl.col("view") != "digits") | _dialled(said)
    return _wanted(placed.filter(sure).drop("raw"), matchers)


def _form(texts: pl.DataFrame, form: Form) -> pl.DataFrame:
    found = scan.unmarked(scan.expression(texts[form.column], None, form.regex))
    found = found.with_columns(texts["text_id"].gather(found["row"]))
    if form.part:
        found = found.with_columns(MATCHED.str.extract(form.part)).with_columns(
            (pl.col("to") - MATCHED.str.len_chars()).alias("from")
        )
    text = pl.col(form.column)
    begin = pl.col("from").cast(pl.Int64)
    return (
        found.join(texts.select("text_id", pl.col(form.column)), on="text_id")
        .with_columns(
            text.str.slice((begin - 8).clip(0), begin.clip(0, 8)).alias("before"),
            text.str.slice(pl.col("to"), 8).alias("after"),
        )
        .filter(~_cut(after_cue=bool(form.part)) & form.keep())
        .select(
            "text_id",
            pl.lit(form.column).alias("column"),
            pl.lit(form.entity).alias("entity"),
            pl.lit("digits" if form.column == "digits" else "folded", View).alias("view"),
            "matched",
            "from",
            "to",
            form.value().cast(pl.Float64).alias("value"),
        )
    )


def _cut(*, after_cue: bool) -> pl.Expr:
    """Whether the match is a piece of a longer number or word; a point and a digit make it longer, too."""
    cut_before = MATCHED.str.contains(r"^[a-z0-9]") & _BEFORE.str.contains(r"[a-z0-9_]$|[0-9]\.$") & (not after_cue)
    cut_after = MATCHED.str.contains(r"[a-z0-9]$") & _AFTER.str.contains(r"^[a-z0-9_]|^\.[0-9]")
    return cut_before | cut_after


def _wanted(hits: pl.DataFrame, matchers: list[tuple[int, Entity]]) -> pl.DataFrame:
    """Hits of entities as hits of the matchers that ask for them and whose comparison holds, the longest of nested ones."""
    parts = [
        hits.filter((pl.col("entity") == entity.entity) & _compares(entity)).with_columns(
            pl.lit(matcher, pl.UInt32).alias("matcher")
        )
        for matcher, entity in matchers
    ]
    ranked = (
        pl.concat(parts)
        .drop("entity")
        .sort("text_id", "matcher", "start", "end", descending=[False, False, False, True])
    )
    reach = pl.col("end").cum_max().shift(1).over("text_id", "matcher")
    inside = (pl.col("end") <= reach).fill_null(value=False)
    same = (pl.col("start") == pl.col("start").shift(1).over("text_id", "matcher")) & (pl.col("end") == reach)
    return ranked.filter(~inside | same.fill_null(value=False))


def _compares(entity: Entity) -> pl.Expr:
    return holds(pl.col("value"), entity.compare).fill_null(value=False) if entity.compare else _TRUE
