"""Holds the notebook three times, in folders, by accident."""

import zipfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("right", "two_notebooks.* is left out")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Pack a folder as some systems do, with an older copy."""
    older = kit.text(kit.answered(released, tag, kit.WRONG))
    with zipfile.ZipFile(folder / "two_notebooks.zip", "w") as archive:
        archive.writestr(f"{tag}.ipynb", kit.text(kit.answered(released, tag)))
        for name in (f"__MACOSX/{tag}.ipynb", f"backup/{tag}.ipynb"):
            archive.writestr(name, older)
