"""Displays a hundred thousand small things."""

from attacks.kit import Earns

OUTCOME = Earns(10, r"more than \d+ ")
CELLS = ("from IPython.display import display\nfor i in range(100_000):\n    display(i)",)
