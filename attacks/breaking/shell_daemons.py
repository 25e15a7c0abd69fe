"""Starts programs in the background by IPython's magics."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import subprocess
import sys

for _ in range(5):
    program = "import time; time.sleep(1000)"
    subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
""",
    "print('still here')",
)
