"""Whose fault it is: the student's, with a reason the student can act on, or the grader's.

A `StudentFault` costs points and its text goes to the student. A `GraderError` costs nothing:
it stops the grading of this submission, leaves the old grade alone and tells the instructor.
"""

from __future__ import annotations

import errno


class GraderError(Exception):
    """Grading could not be done, and it is not the student's doing."""


class MachineShort(GraderError):
    """The machine has too little of something, such as memory. Later it may have enough."""


SHORT = frozenset(
    (
        *(errno.EAGAIN, errno.EDQUOT, errno.EMFILE, errno.ENFILE),
        *(errno.ENOBUFS, errno.ENOMEM, errno.ENOSPC, errno.ETOOMANYREFS),
    )
)
"""The errors by which the system says that it has too little of something."""


class StudentFault(Exception):
    """The student's code did something that costs points. The text is the reason, for students.

    What a worker reports during hidden checks never becomes part of the text: a submission
    could otherwise carry the checks' inputs out to its feedback page.
    """


class Stalled(StudentFault):
    """The code did not come back in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"Your code did not finish within {seconds:g} s. "
            "Look for a loop that never ends, and for input()."
        )


class Crashed(StudentFault):
    """The process that ran the code ended before it answered."""

    def __init__(self, how: str) -> None:
        super().__init__(
            f"The Python process that ran your code {how}. "
            "Look for calls that end the process, such as exit(), and for very deep recursion."
        )


class OutOfMemory(StudentFault):
    """The code took more memory than a session may."""

    def __init__(self, limit_mb: int) -> None:
        super().__init__(
            f"Your code used more than the {limit_mb} MB of memory that grading allows. "
            "Look for tensors or lists that grow without end."
        )


class Misbehaved(StudentFault):
    """The process that ran the code sent what it never sends by itself."""

    def __init__(self) -> None:
        super().__init__(
            "Your code disturbed the process that runs it. "
            "Use plain Python and torch, and change nothing outside your class."
        )
