"""Holds symbolic and hard links to the solution, the gradebook and system files, in a tar file."""

import io
import tarfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("right")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write a right answer, and links beside it."""
    course = folder.parents[2]
    content = kit.text(kit.answered(released, tag)).encode()
    targets = ("/etc/passwd", f"{course}/secret.txt", f"../../../../source/{tag}/{tag}.ipynb")
    with tarfile.open(folder / "links.tar.gz", "w:gz") as archive:
        for number, target in enumerate(targets):
            for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                link = tarfile.TarInfo(f"loot{number}{kind.decode()}.ipynb")
                link.type, link.linkname = kind, target
                archive.addfile(link)
        notebook = tarfile.TarInfo(f"{tag}.ipynb")
        notebook.size = len(content)
        archive.addfile(notebook, io.BytesIO(content))
