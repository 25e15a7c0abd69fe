"""Hands in a timestamp that is a link to a secret, for the text of the error."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Link to the secret."""
    kit.write(folder, kit.answered(released, tag))
    (folder / "timestamp.txt").symlink_to(folder.parents[2] / "secret.txt")
