"""Fills /tmp, /dev/shm and its home with files."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "No space left on device|File too large")
ANSWER = (
    """
errors = []
for folder in ("/dev/shm", "/home/u", "/tmp"):
    try:
        for number in range(100):
            with open(f"{folder}/{number}", "wb") as file:
                file.write(bytes(2**24))
    except OSError as error:
        errors.append(error)
if errors:
    raise errors[-1]
"""
    + WRONG
)
