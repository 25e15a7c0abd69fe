"""Has an id that is a pattern for all students."""

from attacks.kit import Refused

OUTCOME = Refused(r"star\*.* cannot be graded")
STUDENT = "star*"
