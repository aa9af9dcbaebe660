"""Signals: where the words are. MESSAGES with CONTEXT -> HITS, in one scan over the unique texts."""

from csaudit.signals.stage import find

__all__ = ["find"]
