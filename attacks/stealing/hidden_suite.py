"""Looks for the hidden suite and prints it."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import glob
import sys

for root in ("@COURSE@", sys.prefix + "/..", "/w", ".", "..", "../..", "/work", "/srv"):
    for path in glob.glob(root + "/test_exercise/hidden/*") + glob.glob(root + "/hidden/*"):
        print("STO" "LEN", path, open(path).read())
""",
)
