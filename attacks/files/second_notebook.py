"""Hands in a hostile notebook beside the one that is asked for."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write others beside it."""
    kit.write(folder, kit.answered(released, tag))
    (folder / "another.ipynb").write_text("{")
    (folder / "a\nb.ipynb").write_text("{")
    (folder / ".ipynb").write_text("{")
