"""Has the worker report exceptions whose place is a list and whose line is a dictionary."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "raised in|raised an exception|disturbed")
ANSWER = (
    WRONG
    + """

from rectify.worker import protocol

send = protocol.send
raised = {"type": {}, "where": [[]], "line": {}, "message": [[[]]]}
protocol.send = lambda connection, *_, **__: send(connection, {"raised": raised})
"""
)
