"""Is a megabyte large and unpacks to a gigabyte."""

import zipfile
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Collected("refused", r"unpacks to more than \d+ MB")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Pack zeros."""
    path = folder / "unpacks_to_a_gigabyte.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(10):
            with archive.open(f"{number}.ipynb", "w") as member:
                for _ in range(100):
                    member.write(bytes(1_000_000))
