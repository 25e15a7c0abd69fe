"""Is no archive, whatever its name says."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("refused", "damaged.* is left out")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write text."""
    (folder / "damaged.zip").write_text("PK\x03\x04 and so on")
