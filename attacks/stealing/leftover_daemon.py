"""Leaves a daemon with an abstract socket that hands data to the next session."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(10)
ANSWER = (
    RIGHT
    + """

import os
import socket
import time

with socket.socket(socket.AF_UNIX) as client:
    try:
        client.connect("\\0loot")
        raise ValueError("STO" + "LEN by a daemon")
    except OSError:
        pass
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 256)
        server = socket.socket(socket.AF_UNIX)
        server.bind("\\0loot")
        server.listen()
        time.sleep(1000)
    os._exit(0)
"""
)
