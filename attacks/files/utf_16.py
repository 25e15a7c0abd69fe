"""Hands in a notebook that was saved as UTF-16."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is damaged: it is not JSON text")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Encode the text anew."""
    kit.write(folder, kit.answered(released, tag))
    path = folder / f"{folder.name}.ipynb"
    path.write_bytes(path.read_text("utf-8").encode("utf-16"))
