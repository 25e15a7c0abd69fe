"""Has an id with brackets, which nbgrader takes for a pattern and skips without an error."""

from attacks.kit import Refused

OUTCOME = Refused(r"brack\[et\]s.* cannot be graded")
STUDENT = "brack[et]s"
