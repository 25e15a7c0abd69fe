"""Hands in a folder that is named like the notebook, with a program in it."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is no ordinary file")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Make the folder."""
    inside = folder / f"{folder.name}.ipynb"
    inside.mkdir()
    (inside / "__init__.py").write_text("raise SystemExit")
