"""Sends its answer a byte at a time, for ever."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, r"did not finish within \d")
ANSWER = (
    WRONG
    + """

import time

from rectify.worker import protocol


def drip(connection, header, payload=b"", fd=None):
    connection.send(b"\\0\\0\\xff\\xff\\0\\0\\0\\0")
    while True:
        connection.send(b" ")
        time.sleep(0.1)


protocol.send = drip
"""
)
