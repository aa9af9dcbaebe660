"""A progress bar on standard error: on a terminal only, and only when the work is long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from csaudit.report.catalogue import Say

LONG = 1.0  # seconds
STAGES = ("read", "rules", "measures", "write")


@contextmanager
def stages(say: Say, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Give a function to call with the name of each stage as it begins."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda stage: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=console, transient=True)
    task = progress.add_task("", total=len(STAGES))
    timer = threading.Timer(LONG, progress.start)
    timer.daemon = True

    def begin(stage: str) -> None:
        done = STAGES.index(stage) if stage in STAGES else None
        progress.update(task, description=say(f"stage-{stage}"), completed=done)

    timer.start()
    try:
        yield begin
    finally:
        timer.cancel()
        progress.stop()
