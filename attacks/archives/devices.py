"""Holds a FIFO, a device and folders that nobody may enter, in a tar file."""

import io
import tarfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("right")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write a right answer, and what is no file beside it."""
    content = kit.text(kit.answered(released, tag)).encode()
    with tarfile.open(folder / "devices.tar.gz", "w:gz") as archive:
        for kind in (tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE):
            member = tarfile.TarInfo(f"kind{kind.decode()}")
            member.type, member.mode = kind, 0
            member.devmajor, member.devminor = 1, 5
            archive.addfile(member)
        notebook = tarfile.TarInfo(f"{tag}.ipynb")
        notebook.size = len(content)
        archive.addfile(notebook, io.BytesIO(content))
