"""Puts IPython's magics and shell commands into the answer, by accident."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(10, flagged=True)
ANSWER = RIGHT + "\n\n%matplotlib inline\n!ls\n"
