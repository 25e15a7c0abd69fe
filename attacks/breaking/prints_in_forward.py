"""Prints its input in every call, by accident."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(10)
ANSWER = RIGHT.replace("        return", "        print(tinput, 'x' * 500)\n        return")
