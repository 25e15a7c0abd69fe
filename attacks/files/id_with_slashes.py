"""Has an id with slashes as some systems write them, and with dots: a path upwards."""

from attacks.kit import Refused

OUTCOME = Refused(r"up.* cannot be graded: formgrader would show")
STUDENT = "..\\..\\up"
