"""Makes folders so deep that a path to the last one is too long."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(10)
ANSWER = RIGHT
CELLS = (
    """
import os

os.chdir("/tmp")
for _ in range(2000):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
""",
    "print('still here')",
)
