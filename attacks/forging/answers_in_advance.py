"""Puts answers to questions that were not asked yet into the socket."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "disturbed|Compare your results?")
ANSWER = (
    WRONG
    + """

import gc
import socket

from rectify.worker import protocol

value = {"dtype": "float32", "shape": [9], "stride": [1], "offset": 0, "length": 0, "meta": False}
answer = {"is_input": False, "shares_memory": False, "requires_grad": False}
answer |= {"value": value, "gradient": None}
for found in gc.get_objects():
    if type(found) is socket.socket:
        protocol.send(found, {"found": True})
        for _ in range(20):
            protocol.send(found, {"module": 0})
            protocol.send(found, answer, bytes(36))
"""
)
