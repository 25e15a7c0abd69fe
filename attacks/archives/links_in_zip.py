"""Holds a symbolic link to the folder above, and a file that is to be written through it."""

import stat
import zipfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("right or refused", "links_in_zip")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write a right answer, and a link as zip files keep them."""
    with zipfile.ZipFile(folder / "links_in_zip.zip", "w") as archive:
        link = zipfile.ZipInfo("up")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "../../../..")
        archive.writestr("up/nbgrader_config.py", "raise SystemExit")
        archive.writestr(f"{tag}.ipynb", kit.text(kit.answered(released, tag)))
