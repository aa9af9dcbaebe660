"""The run folder: an audit as Parquet and run.json, moved into place whole."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import polars as pl

from csaudit import __version__
from csaudit.audit import Audit
from csaudit.errors import ConfigError
from csaudit.report.catalogue import Say
from csaudit.report.summary import summarise, warnings

MARK: Final = "csaudit-run/1"
"""The ``schema`` of run.json: how a run folder is known."""

DEFAULT_FOLDER: Final = Path("csaudit-out")

TABLES: Final = ("incidents", "agents", "grades", "conversations", "rejects")


def check(folder: Path, lang: str = "en") -> None:
    """Refuse a place where a run cannot be written, before any long work.

    Raises:
        ConfigError: ``folder`` is a file, holds something that is no run, or cannot be made.
    """
    say = Say(lang)
    if folder.is_symlink() or folder.exists():
        if not folder.is_dir():
            raise ConfigError(say("out-is-file", path=folder), hint=say("out-elsewhere"))
        if any(folder.iterdir()) and not is_run(folder):
            raise ConfigError(say("out-is-foreign", path=folder), hint=say("out-elsewhere"))
    parent = _existing_parent(folder)
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise ConfigError(say("out-not-writable", path=folder, parent=parent), hint=say("out-elsewhere"))


def is_run(folder: Path) -> bool:
    """Tell whether ``folder`` holds a run of csaudit."""
    try:
        return bool(read_about(folder).get("schema") == MARK)
    except ConfigError:
        return False


def read_about(folder: Path, lang: str = "en") -> dict[str, Any]:
    """Read run.json.

    Raises:
        ConfigError: It is missing or is not JSON.
    """
    try:
        about = json.loads((folder / "run.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(Say(lang)("no-run", path=folder), hint=Say(lang)("no-run-hint")) from error
    return about if isinstance(about, dict) else {}


def read(folder: Path, table: str, lang: str = "en") -> pl.DataFrame:
    """Read one of ``TABLES`` of a run folder.

    Raises:
        ConfigError: ``folder`` holds no run, or the table is damaged.
    """
    if not is_run(folder):
        raise ConfigError(Say(lang)("no-run", path=folder), hint=Say(lang)("no-run-hint"))
    path = folder / f"{table}.parquet"
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ConfigError(Say(lang)("table-damaged", path=path), hint=Say(lang)("no-run-hint")) from error


def write(audit: Audit, folder: Path, *, options: Mapping[str, object], masked: bool) -> None:
    """Write a run folder, replacing an older run in one step.

    A reader sees the old run or the new one, never half of one; when writing fails the old run stays.

    Args:
        audit: with ``masked``, as `mask.masked` leaves it.
        folder: the run folder; folders above it are made.
        options: what the user asked for, for run.json.
        masked: whether personal data is hidden, for run.json.

    Raises:
        ConfigError: as `check`, or the disk refuses.
    """
    check(folder, audit.lang)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _moved_into_place(folder.resolve()) as new:
            for table in TABLES:
                _write_table(getattr(audit, table), new / f"{table}.parquet")
            about = json.dumps(_about(audit, options, masked=masked), ensure_ascii=False, indent=2, default=str)
            (new / "run.json").write_text(about + "\n", "utf-8")
    except OSError as error:
        raise ConfigError(Say(audit.lang)("out-failed", path=folder, problem=error.strerror or error)) from error


def _write_table(frame: pl.DataFrame, path: Path) -> None:
    """Write with a fixed layout, so that equal frames give equal files."""
    frame.rechunk().write_parquet(path, compression="zstd", compression_level=3, row_group_size=100_000)


def _about(audit: Audit, options: Mapping[str, object], *, masked: bool) -> dict[str, object]:
    figures = summarise(audit)
    return {
        "schema": MARK,
        "csaudit": __version__,
        "pack": {"name": audit.pack.name, "version": audit.pack.version, "sha256": audit.pack.digest},
        "options": {**options, **{k: v for k, v in asdict(audit.selection).items() if v}, "lang": audit.lang},
        "masked": masked,
        "timezone": audit.zone,
        "inputs": audit.inputs.to_dicts(),
        "counts": {
            "read": figures.rows,
            "audited": figures.messages,
            "rejected": figures.rejects,
            "duplicates": figures.duplicates,
            "files_unread": figures.files_unread,
            "conversations": figures.conversations,
            "agents": figures.agents,
            "incidents": figures.incidents,
            "conversations_unchecked": figures.conversations_unchecked,
            "unchecked": figures.unchecked,
            "idle": figures.idle,
        },
        "warnings": warnings(audit),
        "seconds": dict(audit.seconds),
    }


def _existing_parent(folder: Path) -> Path:
    return next(parent for parent in folder.absolute().parents if parent.exists())


@contextmanager
def _moved_into_place(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside ``folder`` that takes its place at the end; on an exception nothing has changed."""
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    new, old = beside / "new", beside / "old"
    try:
        new.mkdir()
        yield new
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            with suppress(OSError):
                old.rename(folder)
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
