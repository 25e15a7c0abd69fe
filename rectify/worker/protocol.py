"""Messages between the grader and a worker: framed JSON with bytes, over a Unix socket.

Both sides import this module; it needs the standard library only. Whoever receives measures
first and builds afterwards: a length above the limit, a header that is no JSON object or a
layout that does not add up ends the conversation with a `ProtocolError`.

A frame is two big-endian unsigned 32-bit lengths, a JSON object (the header) and raw bytes
(the payload). A file descriptor may travel with a frame, from the grader to the worker only.
"""

from __future__ import annotations

import array
import errno
import json
import math
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any, NoReturn

MAX_HEADER = 64 * 1024
MAX_PAYLOAD = 8 * 1024 * 1024
MAX_DIMENSIONS = 8
MAX_STORAGE = 64 * 1024 * 1024

ITEM_SIZES = {
    "float16": 2,
    "bfloat16": 2,
    "float32": 4,
    "float64": 8,
    "uint8": 1,
    "int8": 1,
    "int16": 2,
    "int32": 4,
    "int64": 8,
    "bool": 1,
}
"""The element types that tensors may have on the wire, with their size in bytes."""

_LENGTHS = struct.Struct(">II")


class ProtocolError(Exception):
    """The other side sent what no well-behaved peer sends."""


class Closed(Exception):
    """The other side is gone."""


class TimedOut(Exception):
    """The other side did not answer in time."""


@dataclass(frozen=True)
class Frame:
    """One message: a JSON object, raw bytes, and at most one file descriptor."""

    header: dict[str, Any]
    payload: bytes = b""
    fd: int | None = None


@dataclass(frozen=True)
class Layout:
    """How a tensor lies in its storage.

    `shape` and `stride` count elements, `offset` is the first element's index in the storage
    and `length` the number of elements of the storage. On the meta device there is no storage:
    `meta` is true and `length` is 0.
    """

    dtype: str
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int = 0
    length: int = 0
    meta: bool = False

    @property
    def elements(self) -> int:
        """The number of elements of the tensor (not of its storage)."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """The size of the tensor's elements, packed, in bytes."""
        return self.elements * ITEM_SIZES[self.dtype]

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` reads."""
        return {
            "dtype": self.dtype,
            "shape": list(self.shape),
            "stride": list(self.stride),
            "offset": self.offset,
            "length": self.length,
            "meta": self.meta,
        }

    @staticmethod
    def from_json(value: object) -> Layout:
        """Return the layout that a peer described, or raise ProtocolError if it cannot be one."""
        if not isinstance(value, dict):
            raise ProtocolError("a layout is a JSON object")
        dtype, meta = value.get("dtype"), value.get("meta")
        if not isinstance(dtype, str) or dtype not in ITEM_SIZES:
            raise ProtocolError("unknown element type")
        if not isinstance(meta, bool):
            raise ProtocolError("meta is true or false")
        shape = _whole_numbers(value.get("shape"))
        stride = _whole_numbers(value.get("stride"))
        offset, length = _whole_numbers([value.get("offset"), value.get("length")])
        if len(shape) != len(stride):
            raise ProtocolError("shape and stride differ in length")
        layout = Layout(dtype, shape, stride, offset, length, meta)
        if not meta and max(layout.nbytes, length * ITEM_SIZES[dtype]) > MAX_STORAGE:
            raise ProtocolError(f"a tensor of more than {MAX_STORAGE} bytes")
        return layout


def _whole_numbers(value: object) -> tuple[int, ...]:
    """Return a short JSON list of non-negative integers as a tuple, or raise ProtocolError."""
    if not isinstance(value, list) or len(value) > MAX_DIMENSIONS:
        raise ProtocolError(f"a list of at most {MAX_DIMENSIONS} numbers was expected")
    for number in value:
        if type(number) is not int or not 0 <= number < 2**48:
            raise ProtocolError("a non-negative whole number was expected")
    return tuple(value)


_SHORT = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ETOOMANYREFS)
"""Errors by which this system has too little of something: the other side may well be there."""


def _gone(error: OSError) -> Exception:
    """Return what an error of a socket means: the other side is gone, or the error itself."""
    return error if error.errno in _SHORT else Closed()


def send(
    connection: socket.socket,
    header: dict[str, Any],
    payload: bytes = b"",
    fd: int | None = None,
) -> None:
    """Send one frame, with one file descriptor if `fd` is given. Raises Closed."""
    head = _ENCODER.encode(header).encode()
    if len(head) > MAX_HEADER or len(payload) > MAX_PAYLOAD:
        raise ProtocolError(f"a frame of {len(head)} + {len(payload)} bytes is too large")
    frame = _LENGTHS.pack(len(head), len(payload)) + head + payload
    try:
        # In one piece, so that the reader wakes once. It finds the descriptor with its first byte.
        if fd is None:
            # A session may not use sendmsg(2).
            sent = connection.send(frame)
        else:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))]
            sent = connection.sendmsg([frame], rights)
        if sent < len(frame):
            connection.sendall(frame[sent:])
    except TimeoutError:
        raise TimedOut from None
    except OSError as error:
        raise _gone(error) from None


def receive(
    connection: socket.socket, *, seconds: float | None = None, with_fd: bool = False
) -> Frame:
    """Receive one frame within `seconds` (without limit if None).

    Only a worker passes `with_fd`: descriptors that a worker might send to the grader are
    dropped by the kernel, because the grader's reads have no room for them.

    Raises TimedOut, Closed or ProtocolError.
    """
    deadline = None if seconds is None else time.monotonic() + seconds
    fd = None
    if with_fd:
        lengths, fd = _first_bytes(connection, deadline)
        lengths += _exactly(connection, _LENGTHS.size - len(lengths), deadline)
    else:
        lengths = _exactly(connection, _LENGTHS.size, deadline)
    head_length, payload_length = _LENGTHS.unpack(lengths)
    if head_length > MAX_HEADER or payload_length > MAX_PAYLOAD:
        raise ProtocolError(f"a frame of {head_length} + {payload_length} bytes is too large")
    body = _exactly(connection, head_length + payload_length, deadline)
    return Frame(_parse(body[:head_length]), body[head_length:], fd)


def parse_json(data: bytes) -> Any:
    """Return what `data` says in strict JSON, or raise ProtocolError."""
    try:
        return _DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {type(error).__name__}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_ENCODER = json.JSONEncoder(allow_nan=False)
_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _parse(data: bytes) -> dict[str, Any]:
    header = parse_json(data)
    if not isinstance(header, dict):
        raise ProtocolError("a header is a JSON object")
    return header


def _first_bytes(connection: socket.socket, deadline: float | None) -> tuple[bytes, int | None]:
    """Read the start of a frame and the file descriptor that came with it, if any."""
    connection.settimeout(_remaining(deadline))
    room = socket.CMSG_SPACE(array.array("i").itemsize)
    try:
        data, ancillary, _, _ = connection.recvmsg(_LENGTHS.size, room)
    except TimeoutError:
        raise TimedOut from None
    except OSError as error:
        raise _gone(error) from None
    if not data:
        raise Closed
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            return data, array.array("i", content)[0]
    return data, None


def _exactly(connection: socket.socket, count: int, deadline: float | None) -> bytes:
    """Read `count` bytes before the deadline."""
    buffer = bytearray()
    while len(buffer) < count:
        connection.settimeout(_remaining(deadline))
        try:
            chunk = connection.recv(min(count - len(buffer), 1 << 16))
        except TimeoutError:
            raise TimedOut from None
        except OSError as error:
            raise _gone(error) from None
        if not chunk:
            raise Closed
        buffer += chunk
    return bytes(buffer)


def _remaining(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimedOut
    return remaining
