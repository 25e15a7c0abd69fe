"""Hands in a timestamp that is no text."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write bytes that are no UTF-8."""
    kit.write(folder, kit.answered(released, tag))
    (folder / "timestamp.txt").write_bytes(b"\xff\xfe\x00")
