"""Holds the notebook twice, in two folders, by accident."""

import zipfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("right")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Pack a folder as some systems do, with a copy."""
    with zipfile.ZipFile(folder / "two_notebooks.zip", "w") as archive:
        for name in (f"{tag}.ipynb", f"__MACOSX/{tag}.ipynb", f"backup/{tag}.ipynb"):
            archive.writestr(name, kit.text(kit.answered(released, tag)))
