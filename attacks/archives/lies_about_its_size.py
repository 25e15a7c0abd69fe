"""Says that it unpacks to a few bytes, and unpacks to 300 MB."""

import struct
import zipfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("refused", "lies_about_its_size.* is left out")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the size in both places where a zip file keeps it."""
    path = folder / "lies_about_its_size.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(f"{tag}.ipynb", bytes(300_000_000))
    size = struct.pack("<I", 300_000_000)
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<I", 100)))
