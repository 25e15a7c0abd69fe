"""Starts threads for ever, and each one keeps busy."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "did not finish|can't start new thread")
ANSWER = (
    """
import threading


def busy():
    while True:
        pass


while True:
    threading.Thread(target=busy, daemon=True).start()
"""
    + WRONG
)
