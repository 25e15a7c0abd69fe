"""Has an id that looks like a path upwards."""

from attacks.kit import Earns

OUTCOME = Earns(10)
STUDENT = "..up..dots"
