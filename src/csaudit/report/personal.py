"""Where personal data stands in texts: phone, ID card and bank card numbers, e-mail, WeChat and QQ ids, addresses.

`found` lists what to hide, as a table from words to words of the same length, so that one pass of
``str.replace_many`` hides it in any column, and spans stay valid.
"""

from __future__ import annotations

from typing import Final

import polars as pl

HAN_DIGITS: Final = dict(
    zip("零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖幺", "0012234567891234567891", strict=False)
) | {
    "洞": "0",
    "拐": "7",
    "勾": "9",
}
_DIGIT: Final = "0-9０-９" + "".join(HAN_DIGITS)
_GAP: Final = r"[ \-.·*_~－—,，]"

_RUN: Final = "[0-9０-９]+"
_MIXED_RUN: Final = f"[{_DIGIT}]{{11,}}"
_ID_RUN: Final = "[0-9０-９]+[xXｘＸ]"
_SPACED_RUN: Final = f"[{_DIGIT}](?:{_GAP}{{0,2}}[{_DIGIT}]){{6,}}(?:{_GAP}?[xXｘＸ])?"
_GROUPED_MOBILE: Final = f"[1１一壹幺][{_DIGIT}]{{2}}{_GAP}+[{_DIGIT}]{{4}}{_GAP}+[{_DIGIT}]{{4}}"

_MOBILE: Final = r"^(?:(?:00)?86)?1[3-9]\d{9}$"
_LANDLINE: Final = r"^0\d{2,3}[2-9]\d{6,7}$"
_ID_CARD: Final = r"^[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dxX]$"
_BANK_CARD: Final = r"^[3-6]\d{15,18}$"

_EMAIL: Final = r"[A-Za-z0-9._%+\-]+[@＠][A-Za-z0-9\-]+(?:[.．][A-Za-z0-9\-]+)+"

_APP: Final = (
    r"(?i)(?:qq|扣扣|抠抠|企鹅|微信|weixin|wechat|wx|vx|v信|威信|薇信|微❤|v❤|绿泡泡|卫星|加我?[vq微薇]|的q|q号)"
)
_ID_CHAR: Final = r"[A-Za-z0-9_\-Ａ-Ｚａ-ｚ０-９]"
_NAMED_ID: Final = rf"({_APP}\s?(?:号码?|號|id)?\s?(?:[:：是为]|号)\s?)({_ID_CHAR}{{5,20}})"
_LOOSE_ID: Final = rf"({_APP}[^A-Za-z0-9\p{{Han}}]{{0,4}})({_ID_CHAR}*[0-9０-９]{_ID_CHAR}*)"

_PROVINCES: Final = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_NUMBER: Final = "[0-9０-９A-Za-z一二三四五六七八九十百\\-－—]{1,8}"
_HOUSE: Final = rf"{_NUMBER}(?:号楼?|弄|栋|幢|座|单元|室|楼|层|组|队)"
_STREET: Final = r"(?:路|街|大道|巷|胡同|村|镇|乡|街道|小区|花园|公寓|大厦|广场|苑|园区?)"
_ADDRESSES: Final = (
    rf"(?:{_PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?\s?\p{{Han}}{{1,10}}?[市州盟区县旗][\p{{Han}}\s]{{0,20}}?"
    rf"(?:{_STREET}|{_HOUSE})(?:[\p{{Han}}\s]{{0,12}}?{_HOUSE})*[0-9０-９]{{0,5}}",
    rf"[\p{{Han}}--[到在寄送至是]]{{2,4}}{_STREET}\s?(?:{_HOUSE}[\p{{Han}}\s]{{0,6}}?)+[0-9０-９]{{0,5}}",
    rf"{_NUMBER}(?:号楼|栋|幢|座)\s?(?:{_NUMBER}单元)?\s?{_NUMBER}(?:室|号|房)?",
)


def found(texts: pl.Series) -> dict[str, str]:
    """List the personal data in ``texts`` with what stands for it: letters and digits as ``*``, the same length.

    Runs of digits that are not personal map to themselves, so that a shorter number is never hidden inside a longer one.
    """
    unique = texts.drop_nulls().unique()
    plain = _matches(unique, _RUN)
    runs = pl.concat([plain, *(_matches(unique, pattern) for pattern in (_ID_RUN, _MIXED_RUN, _SPACED_RUN))])
    hidden = pl.concat([runs.filter(_is_personal(runs)), *(_matches(unique, pattern) for pattern in _WHOLE)])
    return dict(zip(plain, plain, strict=True)) | _starred(hidden.unique()) | _ids(unique)


def bare_ids(texts: pl.Series) -> dict[str, str]:
    """List WeChat and QQ ids without the words before them, for columns that quote only a part of a text."""
    tails = _id_parts(texts.drop_nulls().unique()).get_column("tail").unique()
    return _starred(tails)


_WHOLE: Final = (_GROUPED_MOBILE, _EMAIL, *_ADDRESSES)


def _matches(texts: pl.Series, pattern: str) -> pl.Series:
    return texts.str.extract_all(pattern).explode(empty_as_null=False).unique()


def _starred(words: pl.Series) -> dict[str, str]:
    return dict(zip(words, words.str.replace_all(r"[\p{L}\p{N}]", "*"), strict=True))


def _is_personal(runs: pl.Series) -> pl.Series:
    """Tell which runs of digits are a phone, ID card or bank card number, whatever their digits are written in."""
    plain = runs.str.normalize("NFKC").str.replace_many(HAN_DIGITS).str.replace_all("[^0-9xX]", "")
    return (
        plain.str.contains(_MOBILE)
        | plain.str.contains(_LANDLINE)
        | plain.str.contains(_ID_CARD)
        | (plain.str.contains(_BANK_CARD) & _luhn(plain))
    )


def _luhn(numbers: pl.Series) -> pl.Series:
    """Check the sum that bank card numbers must have; false for anything but digits."""
    digits = numbers.str.reverse().str.split("")
    digit = pl.element().cast(pl.Int32, strict=False)
    doubled = digit * (1 + (pl.int_range(pl.len()) % 2))
    total = digits.list.eval(doubled - 9 * (doubled > 9)).list.sum()
    return (total % 10 == 0).fill_null(value=False)


def _id_parts(texts: pl.Series) -> pl.DataFrame:
    """Split each id found behind the name of its app into that name (``head``) and the id (``tail``)."""
    parts = []
    for pattern in (_NAMED_ID, _LOOSE_ID):
        groups = _matches(texts, pattern).str.extract_groups(pattern)
        parts.append(groups.struct.rename_fields(["head", "tail"]).struct.unnest())
    return pl.concat(parts).filter(pl.col("tail").str.len_chars() >= 5)


def _ids(texts: pl.Series) -> dict[str, str]:
    parts = _id_parts(texts).with_columns(stars=pl.col("tail").str.replace_all(r"[\p{L}\p{N}]", "*"))
    whole = parts.select(words=pl.col("head") + pl.col("tail"), hidden=pl.col("head") + pl.col("stars"))
    return dict(zip(whole.get_column("words"), whole.get_column("hidden"), strict=True))
