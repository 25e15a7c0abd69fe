"""Has an id of two hundred letters."""

from attacks.kit import Earns

OUTCOME = Earns(10)
STUDENT = "long" * 50
