"""Leaves open files on their way in a socket, of which a user may have only so many."""

from attacks.kit import Lifted

LIFTED = Lifted(
    calls=("sendmsg", "sendmmsg"),
    apart_as_root="each sandbox has a user of its own",
)
_SEND = """
import array, errno, socket

def send(number):
    pair = socket.socketpair()
    rights = array.array("i", [pair[1].fileno()] * number)
    pair[0].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
    return pair
"""
SENDS = (
    _SEND
    + """
held = []

def on():
    if not held:
        held.append(send(60))
        held.append(send(60))

def off():
    while held:
        for one in held.pop():
            one.close()
"""
)
RECEIVES = (
    _SEND
    + """
def seen():
    try:
        pair = send(1)
    except OSError as error:
        if error.errno == errno.ETOOMANYREFS:
            return True
        raise
    for one in pair:
        one.close()
    return False
"""
)
