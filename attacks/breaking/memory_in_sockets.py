"""Takes memory in the buffers of sockets that nobody reads."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, r"more than the \d+ MB of memory|not permitted|Too many open files")
ANSWER = (
    """
import socket

held = []
while True:
    for one in (pair := socket.socketpair()):
        held.append(one)
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**22)
        try:
            while True:
                one.send(bytes(2**16))
        except BlockingIOError:
            pass
"""
    + WRONG
)
