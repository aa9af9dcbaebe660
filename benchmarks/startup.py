"""How long the command line takes from a standing start: ``python benchmarks/startup.py``.

Targets: ``--help`` in 0.4 s, the sample scan in 2.5 s (best of several runs, warm file cache).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGETS = {"--help": 0.4, "scan": 2.5}
RUNS = 5


def seconds(arguments: list[str]) -> float:
    """Wall time of the fastest of several runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "csaudit", *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> int:
    """Measure each command, print it beside its target, and give 1 where one is missed."""
    with tempfile.TemporaryDirectory() as folder:
        commands = {"--help": ["--help"], "scan": ["scan", str(ROOT / "sample_logs"), "--out", f"{folder}/out"]}
        taken = {name: seconds(arguments) for name, arguments in commands.items()}
    for name, time_taken in taken.items():
        print(f"csaudit {name:<8} {time_taken:5.2f} s   target {TARGETS[name]:.1f} s")
    return int(any(taken[name] > target for name, target in TARGETS.items()))


if __name__ == "__main__":
    sys.exit(main())
