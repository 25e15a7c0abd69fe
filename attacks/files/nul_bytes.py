"""Hands in a notebook in which NUL bytes follow each other."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is damaged: it is not JSON text")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Put NUL bytes behind the notebook."""
    kit.write(folder, kit.answered(released, tag))
    with (folder / f"{folder.name}.ipynb").open("ab") as file:
        file.write(bytes(1000))
