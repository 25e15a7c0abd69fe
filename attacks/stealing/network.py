"""Sends its loot out over the network, and asks services of this machine."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import socket

for address in (("192.0.2.1", 80), ("127.0.0.1", 8888), ("127.0.0.1", 22), ("::1", 80)):
    try:
        socket.create_connection(address, timeout=0.1)
        print("STO" "LEN", address)
    except OSError as error:
        print(error)
for line in open("/proc/net/unix").read().splitlines()[1:]:
    if len(line.split()) > 7:
        print("STO" "LEN", line)
try:
    print("STO" "LEN", socket.getaddrinfo("localhost.example.org", 80))
except OSError as error:
    print(error)
""",
)
