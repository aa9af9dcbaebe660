"""Signals: where the words are. MESSAGES with CONTEXT -> HITS, in one scan over the unique texts."""

from csaudit.signals.find import find

__all__ = ["find"]
