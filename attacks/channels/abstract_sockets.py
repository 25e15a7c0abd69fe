"""Listens on a socket whose name is in no folder, for another sandbox to knock at."""

from attacks.kit import Lifted

LIFTED = Lifted(namespaces=("--unshare-net",))
SENDS = """
import socket

held = []

def on():
    if not held:
        held.append(socket.socket(socket.AF_UNIX))
        held[0].bind("\\0wire")
        held[0].listen()

def off():
    while held:
        held.pop().close()
"""
RECEIVES = """
import socket

def seen():
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex("\\0wire") == 0
"""
