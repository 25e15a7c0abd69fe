"""Has an id with a newline in it, on which nbgrader stops the whole class."""

from attacks.kit import Refused

OUTCOME = Refused("control character. Rename the folder")
STUDENT = "new\nline"
