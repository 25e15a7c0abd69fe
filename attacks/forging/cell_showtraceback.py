"""Keeps the shell from showing any error, as nbgrader's own tests try it."""

from attacks.kit import PLAIN, PLAIN_WRONG, Earns

ASSIGNMENT = PLAIN
OUTCOME = Earns(1, "kept from being shown", flagged=True)
ANSWER = (
    PLAIN_WRONG
    + """
import IPython.core.interactiveshell
from IPython.core.interactiveshell import InteractiveShell

InteractiveShell.showtraceback = lambda *args, **kwargs: None
InteractiveShell.showsyntaxerror = None
type(get_ipython())._showtraceback = lambda *args, **kwargs: None
"""
)
