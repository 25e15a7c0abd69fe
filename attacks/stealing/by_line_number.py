"""Has the worker report line numbers that spell the inputs of hidden checks."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "^(?s:(?!.*line 7\\d\\d\\d).)*$")
ANSWER = (
    WRONG
    + """

from rectify.worker import protocol

send = protocol.send


def report(connection, header, payload=b"", fd=None):
    if "value" in header:
        header = {"raised": {"type": "ValueError", "where": "forward", "line": 7000 + payload[0]}}
    send(connection, header, b"", fd)


protocol.send = report
"""
)
