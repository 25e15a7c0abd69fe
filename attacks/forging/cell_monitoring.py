"""Watches every line of the grade cell with sys.monitoring, to change it."""

from attacks.kit import PLAIN, PLAIN_WRONG, Earns

ASSIGNMENT = PLAIN
OUTCOME = Earns(1, flagged=True)
ANSWER = (
    PLAIN_WRONG
    + """
import sys


def change(code, line):
    frame = sys._getframe(1)
    frame.f_locals["result"] = 2 * frame.f_locals.get("x", 0)
    try:
        frame.f_lineno += 1
    except ValueError:
        pass


monitoring = getattr(sys, "monitoring", None)
if monitoring:
    monitoring.use_tool_id(3, "change")
    monitoring.register_callback(3, monitoring.events.LINE, change)
    monitoring.set_events(3, monitoring.events.LINE)
"""
)
