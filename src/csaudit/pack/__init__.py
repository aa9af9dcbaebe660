"""The rule pack: YAML in, checked values out."""

from csaudit.pack.checks import lint
from csaudit.pack.issue import Issue
from csaudit.pack.loader import examine, load
from csaudit.pack.model import Pack

__all__ = ["Issue", "Pack", "examine", "lint", "load"]
