"""Puts a NUL character into the answer."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(0, "does not run")
ANSWER = RIGHT + "\nx = '\0'\n"
