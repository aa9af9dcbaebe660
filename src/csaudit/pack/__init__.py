"""The rule pack: YAML in, checked values out."""

from csaudit.pack.loader import examine, load
from csaudit.pack.model import Pack

__all__ = ["Pack", "examine", "load"]
