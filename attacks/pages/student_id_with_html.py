"""Has an id that is HTML."""

from attacks.kit import Earns

OUTCOME = Earns(10)
STUDENT = "<img src=x onerror=alert(1)>"
