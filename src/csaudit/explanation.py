"""Why rules fired, or did not, in one conversation of an export."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from csaudit import ingest, rules, signals
from csaudit.errors import ConfigError, Words
from csaudit.pack.model import OtherContact, Pack, Rule
from csaudit.pack.walk import signals_of
from csaudit.rules.explain import explain
from csaudit.yamlfile import did_you_mean


@dataclass(frozen=True)
class Explanation:
    """One rule in one conversation; ``explained`` is EXPLAINED of `rules.explain`."""

    rule: Rule
    conversation_id: str
    explained: pl.DataFrame


def explanations(
    read: ingest.Ingested, conversation_id: str, rule_ids: Collection[str], pack: Pack, lang: str
) -> Iterator[Explanation]:
    """Explain rules in a conversation of what was read.

    Raises:
        ConfigError: The conversation is not in it.
    """
    messages = rules.with_context(read.messages)
    known = messages["conversation_id"]
    if not (known == conversation_id).any():
        raise ConfigError(
            Words(f"没有会话“{conversation_id}”", f"there is no conversation “{conversation_id}”"),
            hint=did_you_mean(conversation_id, known.unique().sort().to_list()),
        )
    for id_ in rule_ids:
        rule = pack.rules[id_]
        # NOTE: one conversation is enough, and quick, for all but the rules that look at a customer's others.
        seen = messages if isinstance(rule.kind, OtherContact) else _renumbered(messages, conversation_id)
        hits = signals.find(seen, pack, signals_of(rule.kind))
        yield Explanation(rule, conversation_id, explain(rule, conversation_id, seen, hits, pack, lang))


def _renumbered(messages: pl.DataFrame, conversation_id: str) -> pl.DataFrame:
    one = messages.filter(pl.col("conversation_id") == conversation_id)
    return one.with_columns(msg=pl.int_range(pl.len(), dtype=pl.UInt32))
