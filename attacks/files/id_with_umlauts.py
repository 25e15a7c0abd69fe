"""Has an id with letters beyond ASCII and with a space."""

from attacks.kit import Earns

OUTCOME = Earns(10)
STUDENT = "Jürgen Müller-Ødegård"
