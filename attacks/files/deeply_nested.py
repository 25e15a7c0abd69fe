"""Hands in JSON that is nested a hundred thousand times."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is damaged: it is not JSON text")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Open lists without closing them."""
    kit.write(folder, '{"metadata":{},"nbformat":4,"nbformat_minor":5,"cells":' + "[" * 100_000)
