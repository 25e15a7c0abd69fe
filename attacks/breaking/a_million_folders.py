"""Makes empty folders for ever, each within the other or beside it."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "did not finish|No space left")
ANSWER = (
    """
import itertools
import os

for number in itertools.count():
    os.makedirs(f"/tmp/{number}/" + "d/" * 30)
"""
    + WRONG
)
