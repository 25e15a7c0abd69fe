"""Has the worker send the values that it was given as results, and claim that all went well."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "Compare your results?|disturbed")
ANSWER = (
    WRONG
    + """

from rectify.worker import protocol

send = protocol.send


def forge(connection, header, payload=b"", fd=None):
    header = {name: value for name, value in header.items() if name != "raised"}
    header |= {"is_input": True, "shares_memory": True, "requires_grad": True, "passed": True}
    header |= {"score": 10, "points": 10, "ok": True}
    send(connection, header, payload, fd)


protocol.send = forge
"""
)
