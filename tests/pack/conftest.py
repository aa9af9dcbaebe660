from pathlib import Path

import pytest

from csaudit import pack
from packs import TINY, Examine, write


@pytest.fixture
def examine(tmp_path: Path) -> Examine:
    """Lay files over the tiny pack and load both."""
    return lambda files: pack.examine([TINY, write(tmp_path, files)], builtin=False)
