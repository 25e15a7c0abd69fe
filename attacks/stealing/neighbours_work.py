"""Looks for other submissions and prints them."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import glob

for path in glob.glob("@COURSE@/submitted/*/*/*") + glob.glob("@COURSE@/autograded/*/*/*"):
    print("STO" "LEN", path, open(path).read())
""",
)
