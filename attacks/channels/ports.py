"""Listens on a port of this machine, for another sandbox to knock at."""

from attacks.kit import Lifted

LIFTED = Lifted(rules=("socket",), namespaces=("--unshare-net",))
SENDS = """
import socket

held = []

def on():
    if not held:
        held.append(socket.socket())
        held[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held[0].bind(("127.0.0.1", PORT))
        held[0].listen()

def off():
    while held:
        held.pop().close()
"""
RECEIVES = """
import socket

def seen():
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", PORT)) == 0
"""
