"""Searches the frames above it and all objects for expected values, and raises what it finds."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "Compare your results?")
ANSWER = (
    WRONG
    + """

import gc
import sys


def search(self, tinput):
    frame = sys._getframe()
    while frame is not None:
        for name, value in frame.f_locals.items():
            if name in ("expected", "reference", "rng", "suite", "secret", "student"):
                if not type(value).__module__.startswith("rectify.worker"):
                    raise ValueError("STO" + "LEN " + repr(value))
        frame = frame.f_back
    for found in gc.get_objects():
        known = ("rectify.suites.runner", "rectify.suites.student", "_pytest.nodes")
        if type(found).__module__ in known:
            raise ValueError("STO" + "LEN " + repr(found))
    return tinput


MyReLU.forward = search
"""
)
