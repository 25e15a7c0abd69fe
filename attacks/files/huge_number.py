"""Hands in a number of a million digits, which takes Python long to read."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is damaged: it is not JSON text")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write the number in place of the format."""
    kit.write(folder, f'{{"metadata":{{}},"nbformat":{"9" * 1_000_000},"cells":[]}}')
