"""Raises through a thousand frames with long lines."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    "def f(n):\n    if n: f(n - 1)\n    else: raise ValueError\n" + "#" * 4000 + "\nf(900)",
    "exec('raise ValueError' + ' ' * 10**6)",
)
