"""Is named so that the student's id is the folder above."""

import zipfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("refused", "is left out")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Pack a right answer."""
    with zipfile.ZipFile(folder / "...zip", "w") as archive:
        archive.writestr(f"{tag}.ipynb", kit.text(kit.answered(released, tag)))
