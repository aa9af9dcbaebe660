"""The file a new rule starts as: complete, commented, valid."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from csaudit.errors import CsauditError, Location, Words

_ID = re.compile(r"([A-Z][0-9]+)([a-z])-[a-z0-9]+(?:-[a-z0-9]+)*")

TEXT: Final = """\
# 一条规则：哪句话（或哪种先后）算事故。写法见 docs/rule-language.md；改好后删去注释。
# One rule. See docs/rule-language.md; delete these comments when it is filled in.
id: {id}
class: {class_id}
scenario: {letter}
title: {{zh: 规则名称, en: name of the rule}}
why: {{zh: 为什么这算事故，写给被质检的客服看。, en: "Why it is an incident, for the agent who reads it."}}
# {{anchor}} 是触发的词，{{words}} 是全部证据里的词。
# {{anchor}} are the words it starts from, {{words}} those of all evidence.
reason: {{zh: "客服说了“{{words}}”", en: "the agent said “{{words}}”"}}
confidence: 0.5        # 命中有多少是真的，0-1；由 csaudit eval 测出 / share of finds that are right, as measured
status: draft          # draft 只跑用例 / only its cases; trial 报告不计分 / reported, not scored; active; retired
pattern:
  anchor: {signal}
cases:                 # 命中与放行各写至少两条，写别的店、别的说法 / at least two of each, from other shops and writers
  hits:
    - 这里换成一句应当命中的话
    - - 客: 客户的话
      - 服: 再换一句应当命中的话
  passes:
    - 与它相似但不算事故的话
    - - 客: 客户的话
      - 服: 处理得当的回复
"""

SIGNAL: Final = """\
signals:
  - id: {signal}
    title: {{zh: 它说的是什么, en: what it says}}
    role: agent
    any_of:
      - 应当命中的话      # 短语 / a phrase
      # - (去|到)…<platform-taobao>…(买|拍)      # 句式 / a template
      # - lexicon: platform-taobao               # 词表 / a lexicon
    # except: [不算的说法]
"""


def split(id_: str) -> tuple[str, str]:
    """Class and scenario letter of a rule's id; empty texts if it is none."""
    match = _ID.fullmatch(id_)
    return (match[1], match[2]) if match else ("", "")


def write(id_: str, folder: Path) -> Path:
    """Write the rule's file, and a file with the signal it starts from, into a folder of rules.

    Raises:
        CsauditError: If one of the files is there already or cannot be written.
    """
    class_id, letter = split(id_)
    signal = f"{id_.lower()}-words"
    values = {"id": id_, "class_id": class_id, "letter": letter, "signal": signal}
    path = folder / class_id / f"{id_}.yaml"
    _create(folder / "signals" / f"{id_}.yaml", SIGNAL.format(**values))
    return _create(path, TEXT.format(**values))


def _create(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        message = Words(f"文件写不了：{error.strerror}", f"the file cannot be written: {error.strerror}")
        raise CsauditError(message, where=Location(path)) from error
    return path
