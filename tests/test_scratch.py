"""Temporary files go away with their process, also where it was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HOLD = "from rectify import scratch; print(scratch.folder(), flush=True); input()"


def hold(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process that has a folder below `temporary`, and return both."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_the_folder_of_a_killed_process_is_removed_by_the_next_one(tmp_path: Path) -> None:
    first, abandoned = hold(tmp_path)
    (abandoned / "hidden.py").write_text("points = 10")
    assert abandoned.stat().st_mode & 0o777 == 0o700
    with first:
        first.kill()
    assert (abandoned / "hidden.py").is_file()
    second, held = hold(tmp_path)
    third, another = hold(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {held.name, another.name}
    for process in (second, third):
        process.communicate("\n")
    assert list(tmp_path.iterdir()) == []


def test_what_only_has_the_name_stays(tmp_path: Path) -> None:
    (tmp_path / "rectify-notes").write_text("a file")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "rectify-link").symlink_to(tmp_path / "elsewhere")
    process, _ = hold(tmp_path)
    process.communicate("\n")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"rectify-notes", "elsewhere", "rectify-link"}
