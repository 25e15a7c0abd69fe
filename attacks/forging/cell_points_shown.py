"""Shows a number of points before the grade cell shows its own."""

from attacks.kit import PLAIN, PLAIN_WRONG, Earns

ASSIGNMENT = PLAIN
OUTCOME = Earns(1, flagged=True)
ANSWER = (
    PLAIN_WRONG
    + """
import sys

from IPython.display import display

shell = get_ipython()


def double(x):
    sys.displayhook(4)
    shell.displayhook(4)
    display(4)
    print(4)
    return x


shell.display_formatter.formatters["text/plain"].for_type(int, lambda n, p, c: p.text("4"))
"""
)
