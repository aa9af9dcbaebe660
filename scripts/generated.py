"""Files that scripts make: written, or with ``--check`` compared."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def deliver(files: Mapping[Path, bytes], *, check: bool) -> None:
    """Write what differs; where ``check``, name it instead and leave with 1."""
    stale = [path for path, content in files.items() if not path.is_file() or path.read_bytes() != content]
    for path in stale:
        print(f"{path.relative_to(ROOT)} {'is stale: run ' + sys.argv[0] if check else 'written'}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path])
    if stale and check:
        sys.exit(1)
