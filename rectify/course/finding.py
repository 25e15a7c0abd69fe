"""Something in the course that must be mended before it is released."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Where it is, what is wrong, and what to mend.

    Attributes:
        file: the path in the course folder.
        cell: the id of the notebook's cell, where it is one cell.
    """

    file: str
    fact: str
    mend: str
    cell: str = ""

    def __str__(self) -> str:
        cell = f", cell {self.cell}" if self.cell else ""
        return f"{self.file}{cell}: {self.fact} {self.mend}"
