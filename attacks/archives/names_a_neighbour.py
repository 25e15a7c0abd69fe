"""Holds folders that make its notebook look like the work of another student."""

import zipfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("right", "names_a_neighbour.* is left out: there is another")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Pack a right answer, and a wrong one in the name of the honest student."""
    with zipfile.ZipFile(folder / "names_a_neighbour.zip", "w") as archive:
        archive.writestr(f"{tag}.ipynb", kit.text(kit.answered(released, tag)))
        wrong = kit.text(kit.answered(released, tag, kit.WRONG))
        archive.writestr(f"extracted/zz-honest/{tag}.ipynb", wrong)
