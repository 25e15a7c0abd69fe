"""Sends answers without end, faster than they can be read."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "disturbed|did not finish")
ANSWER = (
    WRONG
    + """

from rectify.worker import protocol


def flood(connection, header, payload=b"", fd=None):
    while True:
        connection.sendall(b"{" * 2**20)


protocol.send = flood
"""
)
