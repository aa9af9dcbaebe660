from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from csaudit import schema
from csaudit.errors import ConfigError
from csaudit.report import run_folder
from csaudit.report.mask import masked
from report.by_hand import INCIDENTS, audit

AUDIT = masked(audit(*INCIDENTS))


def write(folder: Path) -> None:
    run_folder.write(AUDIT, folder, options={"paths": ["logs"]}, masked=True)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_run_folder_holds_the_frames_and_what_was_asked(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    write(out)
    assert names(out) == [
        "agents.parquet",
        "conversations.parquet",
        "grades.parquet",
        "incidents.parquet",
        "rejects.parquet",
        "run.json",
    ]
    assert_frame_equal(run_folder.read(out, "incidents"), AUDIT.incidents)
    assert run_folder.read(out, "incidents").schema == pl.Schema(schema.INCIDENTS)
    about = json.loads((out / "run.json").read_text("utf-8"))
    assert about["counts"] == {
        "read": 8,
        "audited": 6,
        "rejected": 1,
        "duplicates": 1,
        "files_unread": 0,
        "conversations": 3,
        "agents": 2,
        "incidents": {"A": 1, "B": 1, "C": 1},
        "conversations_unchecked": 1,
        "unchecked": {"export_ends": 1},
        "idle": {},
    }
    assert about["inputs"][0]["sha256"] == "f" * 64
    assert about["options"]["paths"] == ["logs"]


def test_the_same_audit_gives_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path / "a")
    write(tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_an_older_run_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out)
    (out / "left over from an older version").touch()
    write(out)
    assert "left over from an older version" not in files(out)
    assert names(tmp_path) == ["out"]


def test_a_crash_in_the_middle_leaves_the_old_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    write(out)
    before = files(out)

    def full(*args: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(ConfigError, match="No space left on device"):
        write(out)
    assert files(out) == before
    assert names(tmp_path) == ["out"]


def test_a_failed_move_puts_the_old_run_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    write(out)
    before = files(out)
    rename = Path.rename

    def refuse_new(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError(16, "Device or resource busy")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse_new)
    with pytest.raises(ConfigError, match="busy"):
        write(out)
    assert files(out) == before


def test_what_is_not_ours_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "run.json").write_text('{"schema": "something else"}')
    for name in ("file", "folder", "file/below"):
        with pytest.raises(ConfigError):
            run_folder.check(tmp_path / name)
        with pytest.raises(ConfigError):
            write(tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"
    assert names(tmp_path / "folder") == ["run.json"]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    run_folder.check(tmp_path / "out")
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    assert run_folder.is_run(tmp_path / "out")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission_is_refused_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match="not writable"):
        run_folder.check(tmp_path / "out")


def test_reading_what_is_no_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no run of csaudit"):
        run_folder.read(tmp_path, "incidents")
    write(tmp_path / "out")
    (tmp_path / "out" / "incidents.parquet").write_bytes(b"PAR1 damaged")
    with pytest.raises(ConfigError, match="missing or damaged"):
        run_folder.read(tmp_path / "out", "incidents")
