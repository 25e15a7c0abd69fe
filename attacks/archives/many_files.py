"""Holds five thousand files."""

import zipfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("refused", r"holds more than \d+ files")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Pack empty files."""
    with zipfile.ZipFile(folder / "many_files.zip", "w") as archive:
        for number in range(5000):
            archive.writestr(f"{number}/{tag}.ipynb", "")
