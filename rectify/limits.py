"""What a submission may use, and how a refusal names it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a submission may use. Each refusal names its limit."""

    cell_seconds: float = 10
    """For one cell of the notebook, and for running the tagged cell before its checks."""
    call_seconds: float = 3
    """For one call of the student's class."""
    suite_seconds: float = 15
    """For what the student's code takes in all hidden checks of one exercise together; what is left
    after that could not be checked."""
    notebook_seconds: float = 60
    """For all cells of the notebook together."""
    memory_mb: int = 2048
    """Memory of a session, and address space of each of its processes, beside what the warm process
    has, in MB."""
    processes: int = 64
    """Processes and threads of a session."""
    file_mb: int = 64
    """The size of a file, and of each of the three writable folders, in MB."""
    output_chars: int = 100_000
    """Characters that a cell may print."""
    notebook_mb: float = 10
    """The size of a notebook that is read, in MB."""


def limit_met(message: str, limits: Limits) -> str:
    """Name the limit that the system's own words speak of, or return an empty text."""
    if any(words in message for words in ("[Errno 27]", "[Errno 28]", "[Errno 122]")):
        return f"Grading allows {limits.file_mb} MB for a file and for each folder."
    if any(words in message for words in ("[Errno 11]", "can't start new thread")):
        return f"Grading allows {limits.processes} processes and threads."
    return ""
