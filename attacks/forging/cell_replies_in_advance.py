"""Puts answers to the grade cells into every socket before they are asked for."""

from attacks.kit import PLAIN, PLAIN_WRONG, Earns

ASSIGNMENT = PLAIN
OUTCOME = Earns(0, "disturbed", flagged=True)
ANSWER = (
    PLAIN_WRONG
    + """
import os
import struct

head = b'{"ended": true, "number": "4", "token": ""}'
for descriptor in range(3, 64):
    try:
        for number in range(4):
            os.write(descriptor, struct.pack(">II", len(head), 2) + head + b"[]")
    except OSError:
        pass
"""
)
