"""Where the judgement is: who said what, to what, in which order, how soon, and what was missing.

MESSAGES -> CONTEXT (`with_context`); with HITS -> FINDINGS and UNCHECKED (`judge`) -> INCIDENTS (`merge`).
Rules see positions and hits, never text.
"""

from csaudit.rules.context import with_context
from csaudit.rules.incidents import merge
from csaudit.rules.judge import Judged, judge

__all__ = ["Judged", "judge", "merge", "with_context"]
