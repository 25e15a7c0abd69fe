"""Holds files whose names climb out of the folder, or begin at the root."""

import zipfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("right or refused", "climbs_out")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write a right answer, and programs beside it."""
    course = folder.parents[2]
    with zipfile.ZipFile(folder / "climbs_out.zip", "w") as archive:
        archive.writestr(f"{tag}.ipynb", kit.text(kit.answered(released, tag)))
        for name in ("nbgrader_config.py", "gradebook.db", "sitecustomize.py"):
            for path in (f"../../../../{name}", f"{course}/{name}", f"a/../../../../../{name}"):
                archive.writestr(path, "raise SystemExit")
