"""Hands in a file where grading puts the folder with the figures."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write files in place of folders."""
    kit.write(folder, kit.answered(released, tag))
    for name in ("assets", "test_exercise", f"{folder.name}_files"):
        (folder / name).write_text("no folder")
