"""What workers of a cluster must agree on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import rectify


def test_a_worker_with_another_version_of_any_module_is_another_program(tmp_path: Path) -> None:
    package = tmp_path / "rectify"
    shutil.copytree(Path(rectify.__file__).parent, package)

    # Lines of the copy are no lines of the package.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV")}

    def program() -> str:
        code = "from rectify.batch import cluster; print(cluster.program(), cluster.__file__)"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=kept,
            capture_output=True,
            text=True,
            check=True,
        )
        digest, file = done.stdout.split()
        assert Path(file).is_relative_to(package)
        return digest

    seen = {program()}
    for changed in ("worker/seccomp.py", "suites/assertions.py", "limits.py"):
        with (package / changed).open("a") as file:
            file.write("# changed\n")
        seen.add(program())
    assert len(seen) == 4
