"""Holds a notebook that nobody may read, in a tar file."""

import io
import tarfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("right")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Take all permissions away within the archive."""
    content = kit.text(kit.answered(released, tag)).encode()
    with tarfile.open(folder / "unreadable_notebook.tar.gz", "w:gz") as archive:
        notebook = tarfile.TarInfo(f"{tag}.ipynb")
        notebook.size, notebook.mode = len(content), 0
        archive.addfile(notebook, io.BytesIO(content))
