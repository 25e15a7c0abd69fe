"""Has a profiler change the variables of who runs the grade cell."""

from attacks.kit import PLAIN, PLAIN_WRONG, Earns

ASSIGNMENT = PLAIN
OUTCOME = Earns(1, flagged=True)
ANSWER = (
    PLAIN_WRONG
    + """
import sys


def change(frame, event, arg):
    if "ended" in frame.f_locals:
        frame.f_locals.update({"ended": True, "raised": None, "number": "4"})


try:
    sys.setprofile(change)
except RuntimeError:
    pass


def double(x):
    try:
        sys.setprofile(change)
    except RuntimeError:
        pass
    return x
"""
)
