"""Has an id that ends a text in a script of formgrader's, and goes on as a program."""

from attacks.kit import Refused

OUTCOME = Refused(r"alert\(2\).* cannot be graded: formgrader would show")
STUDENT = '";alert(2);"'
