"""Displays a text of nine million characters."""

from attacks.kit import Earns

OUTCOME = Earns(10, "goes on")
CELLS = ("from IPython.display import display\ndisplay('x' * 9_000_000)", "print('goes on')")
