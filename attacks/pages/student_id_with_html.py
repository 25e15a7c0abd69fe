"""Has an id that is HTML, which formgrader puts into its pages as it is."""

from attacks.kit import Refused

OUTCOME = Refused(r"<img.* cannot be graded: formgrader would show")
STUDENT = "<img src=x onerror=alert(1)>"
