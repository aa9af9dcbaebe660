"""Write sample_logs/ and tests/samples/ from the transcripts in scripts/samples/.

A transcript is made of::

    平台 京东                                  applies to what follows
    店铺 沐野户外京东自营旗舰店
    === ID DATE TIME 顾客 NAME 客服 NAME/ID    a conversation begins
    @A5a 7,9 why                               its incidents: class, scenario, seq of the evidence
    @ordinary | @hard_negative why             or its kind, where there are none
    +12 客: text                               seconds (or 5m, 2h, 1d) after the line before; 客 服 机 系
    +8 服(NAME/ID): text                       another agent

Run it again after a change: ``python scripts/make_samples.py``; with ``--check`` it only says whether that is needed.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from generated import ROOT, deliver

TRANSCRIPTS = ("jingdong", "tianmao", "pinduoduo-douyin")
HEAD = re.compile(r"=== (\S+) (\S+ \S+) 顾客 (\S+) 客服 (\S+)/(\S+)")
LABEL = re.compile(r"@([ABC]\d)([a-e]?) ([\d,]+) (.+)")
KIND = re.compile(r"@(ordinary|hard_negative)(?: (.+))?")
LINE = re.compile(r"\+(\d+)([smhd]?) ([客服机系])(?:\((\S+)/(\S+)\))?: (.*)")
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
ROLES = {"客": "customer", "服": "agent", "机": "bot", "系": "system"}


@dataclass
class Message:
    """One line of a conversation."""

    sent_at: datetime
    role: str
    sender: str
    agent_id: str
    text: str


@dataclass
class Conversation:
    """One conversation with what it shows."""

    id: str
    platform: str
    shop: str
    customer: str
    kind: str = "incident"
    note: str = ""
    labels: list[dict[str, object]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def read(path: Path) -> list[Conversation]:
    """Read one transcript file."""
    talks: list[Conversation] = []
    platform = shop = agent = agent_id = ""
    now = datetime.min
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("# "):
            continue
        if line.startswith("平台 "):
            platform = line.split()[1]
        elif line.startswith("店铺 "):
            shop = line.split()[1]
        elif head := HEAD.fullmatch(line):
            id_, start, customer, agent, agent_id = head.groups()
            now = datetime.fromisoformat(start)
            talks.append(Conversation(id_, platform, shop, customer))
        elif label := LABEL.fullmatch(line):
            class_, scenario, evidence, why = label.groups()
            seqs = [int(seq) for seq in evidence.split(",")]
            talks[-1].labels.append({"class": class_, "scenario": scenario or None, "evidence": seqs, "why": why})
        elif kind := KIND.fullmatch(line):
            talks[-1].kind, talks[-1].note = kind[1], kind[2] or ""
        elif said := LINE.fullmatch(line):
            count, unit, mark, other, other_id, text = said.groups()
            now += timedelta(seconds=int(count) * SECONDS[unit])
            role = ROLES[mark]
            names = {"客": talks[-1].customer, "服": other or agent, "机": "智能客服", "系": "系统"}
            talks[-1].messages.append(
                Message(now, role, names[mark], (other_id or agent_id) if role == "agent" else "", text)
            )
        else:
            raise ValueError(f"{path}:{number}: cannot be read: {line}")
    return talks


def rows(talks: list[Conversation]) -> list[tuple[Conversation, Message]]:
    """All messages as an export lists them: by time, conversations interleaved."""
    pairs = [(talk, message) for talk in talks for message in talk.messages]
    return sorted(pairs, key=lambda pair: (pair[1].sent_at, pair[0].id))


def jingdong(talks: list[Conversation], *, broken: int | None = None) -> bytes:
    """A GB18030 CSV; after row ``broken`` comes one with an impossible time."""
    roles = {"customer": "客户", "agent": "客服", "bot": "机器人", "system": "系统"}
    lines = [
        {
            "会话ID": talk.id,
            "发送时间": f"{at:%Y}/{at.month}/{at.day} {at:%H:%M:%S}",
            "发送者": message.sender,
            "角色": roles[message.role],
            "内容": message.text,
            "客服ID": message.agent_id,
            "顾客": talk.customer,
            "店铺": talk.shop,
            "平台": talk.platform,
        }
        for talk, message in rows(talks)
        for at in [message.sent_at]
    ]
    if broken:
        lines.insert(broken, {**lines[broken], "发送时间": "2026/6/31 10:61:00", "内容": "（导出时损坏的一行）"})
    return table(lines).encode("gb18030")


def tianmao(talks: list[Conversation]) -> bytes:
    """A UTF-8 CSV with BOM."""
    roles = {"customer": "买家", "agent": "卖家", "bot": "机器人", "system": "系统"}
    lines = [
        {
            "会话编号": talk.id,
            "日期": f"{message.sent_at:%Y-%m-%d}",
            "时间": f"{message.sent_at:%H:%M:%S}",
            "发送人": message.sender,
            "发送人类型": roles[message.role],
            "消息内容": message.text,
            "客服账号": message.agent_id,
            "买家昵称": talk.customer,
            "店铺名称": talk.shop,
            "平台": talk.platform,
        }
        for talk, message in rows(talks)
    ]
    return table(lines).encode("utf-8-sig")


def pinduoduo_douyin(talks: list[Conversation]) -> bytes:
    """A JSONL with English keys; one line is cut off."""
    lines = [
        json.dumps(
            {
                "conversation_id": talk.id,
                "sent_at": f"{message.sent_at.isoformat()}+08:00",
                "platform": talk.platform,
                "shop": talk.shop,
                "role": message.role,
                "sender": message.sender,
                "agent_id": message.agent_id or None,
                "customer": talk.customer,
                "text": message.text,
            },
            ensure_ascii=False,
        )
        for talk, message in rows(talks)
    ]
    lines.insert(40, lines[39][:70])
    return ("\n".join(lines) + "\n").encode()


def table(lines: list[dict[str, str]]) -> str:
    """A CSV with CRLF, as spreadsheets write it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()


def labels(talks: list[Conversation]) -> bytes:
    """The labels in the form `csaudit eval` reads."""
    found = [{"conversation_id": talk.id, **label} for talk in talks for label in talk.labels]
    return "".join(json.dumps(label, ensure_ascii=False) + "\n" for label in found).encode()


def kinds(talks: list[Conversation]) -> bytes:
    """The kind of each conversation, likewise."""
    return "".join(json.dumps({"conversation_id": talk.id, "kind": talk.kind}) + "\n" for talk in talks).encode()


def readme(talks: list[Conversation]) -> bytes:
    """What is in the samples, for people."""
    marked = [
        f"| {talk.id} | {talk.shop} | {label['class']}{label['scenario'] or ''} | {label['why']} |"
        for talk in talks
        for label in talk.labels
    ]
    innocent = [f"| {talk.id} | {talk.shop} | – | {talk.note} |" for talk in talks if talk.kind == "hard_negative"]
    ordinary = sum(talk.kind == "ordinary" for talk in talks)
    return f"""# 示例聊天记录 · Sample logs

{len(talks)} 通虚构的会话，人名、店名、号码都是编的。由 `python scripts/make_samples.py` 从 scripts/samples/ 的文字稿生成，请改文字稿，不要改这里。
{len(talks)} invented conversations. Written by `python scripts/make_samples.py` from the transcripts in scripts/samples/.

| 文件 file | 格式 format |
| --- | --- |
| jingdong-20260603.csv | CSV，GB18030，中文表头；有一行时间损坏 · Chinese headers, one row with a broken time |
| jingdong-20260604.csv | 第二天的导出，前一天最后一通又导了一次 · the next day, which repeats the last conversation of the day before |
| tianmao-20260608.csv | CSV，UTF-8 带 BOM，日期和时间分两列 · with BOM, date and time in two columns |
| pinduoduo-douyin-202606.jsonl | JSONL，英文字段；有一行被截断 · English keys, one line cut off |

## 有事故的会话 · With incidents

| 会话 | 店铺 | 类别 | 说明 |
| --- | --- | --- | --- |
{chr(10).join(marked)}

## 有敏感词但没有事故的会话 · The words without the incident

| 会话 | 店铺 | 类别 | 说明 |
| --- | --- | --- | --- |
{chr(10).join(innocent)}

其余 {ordinary} 通是普通会话。The other {ordinary} are ordinary.
""".encode()


def outputs() -> dict[Path, bytes]:
    """Every file this script writes, with its content."""
    files = {name: read(ROOT / "scripts/samples" / f"{name}.txt") for name in TRANSCRIPTS}
    talks = [talk for file in files.values() for talk in file]
    third = [talk for talk in files["jingdong"] if talk.messages[0].sent_at.day == 3]
    fourth = [talk for talk in files["jingdong"] if talk not in third]
    return {
        ROOT / "sample_logs/jingdong-20260603.csv": jingdong(third, broken=60),
        ROOT / "sample_logs/jingdong-20260604.csv": jingdong([third[-1], *fourth]),  # the last talk is exported again
        ROOT / "sample_logs/tianmao-20260608.csv": tianmao(files["tianmao"]),
        ROOT / "sample_logs/pinduoduo-douyin-202606.jsonl": pinduoduo_douyin(files["pinduoduo-douyin"]),
        ROOT / "sample_logs/README.md": readme(talks),
        ROOT / "tests/samples/samples.labels.jsonl": labels(talks),
        ROOT / "tests/samples/samples.kinds.jsonl": kinds(talks),
    }


if __name__ == "__main__":
    deliver(outputs(), check="--check" in sys.argv)
