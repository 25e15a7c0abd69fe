"""Bytes from a worker are measured and validated before anything is built from them."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

import pytest

from rectify.worker import protocol
from rectify.worker.protocol import Layout, ProtocolError

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def test_a_frame_arrives_as_it_was_sent(pair: Pair) -> None:
    protocol.send(pair[0], {"do": "load", "class": "MyReLU"}, b"\0\xff")
    frame = protocol.receive(pair[1], seconds=1)
    assert frame == protocol.Frame({"do": "load", "class": "MyReLU"}, b"\0\xff")


def test_a_descriptor_reaches_a_reader_that_asks_for_it(pair: Pair) -> None:
    memory = os.memfd_create("test")
    os.write(memory, b"shared")
    protocol.send(pair[0], {}, b"", memory)
    frame = protocol.receive(pair[1], with_fd=True)
    assert frame.fd is not None
    assert os.pread(frame.fd, 6, 0) == b"shared"
    os.close(frame.fd)
    os.close(memory)


def test_a_descriptor_never_reaches_the_grader(pair: Pair) -> None:
    before = len(os.listdir("/proc/self/fd"))
    memory = os.memfd_create("test")
    protocol.send(pair[0], {}, b"", memory)
    os.close(memory)
    assert protocol.receive(pair[1], seconds=1).fd is None
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">II", protocol.MAX_HEADER + 1, 0),
        struct.pack(">II", 2, protocol.MAX_PAYLOAD + 1) + b"{}",
        struct.pack(">II", 0xFFFFFFFF, 0xFFFFFFFF),
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 4, 0) + b"\xff\xff\xff\xff",
        struct.pack(">II", 11, 0) + b'{"x": NaN }',
        struct.pack(">II", 60_000, 0) + b"[" * 60_000,
        struct.pack(">II", 60_000, 0) + b"1" * 60_000,
    ],
    ids=["header", "payload", "both", "list", "utf-8", "nan", "nesting", "digits"],
)
def test_what_no_worker_sends_is_refused(pair: Pair, data: bytes) -> None:
    pair[0].setblocking(False)
    with suppress(BlockingIOError):
        pair[0].sendall(data)
    with pytest.raises(ProtocolError):
        protocol.receive(pair[1], seconds=1)


def test_silence_and_half_a_frame_time_out(pair: Pair) -> None:
    with pytest.raises(protocol.TimedOut):
        protocol.receive(pair[1], seconds=0.05)
    pair[0].sendall(b"\0\0")
    with pytest.raises(protocol.TimedOut):
        protocol.receive(pair[1], seconds=0.05)


def test_a_peer_that_hangs_up_is_noticed(pair: Pair) -> None:
    pair[0].sendall(b"\0\0")
    pair[0].close()
    with pytest.raises(protocol.Closed):
        protocol.receive(pair[1], seconds=1)


GOOD = Layout("float32", (2, 3), (3, 1), 0, 6).to_json()


def test_a_layout_survives_the_wire() -> None:
    assert Layout.from_json(json.loads(json.dumps(GOOD))) == Layout("float32", (2, 3), (3, 1), 0, 6)


@pytest.mark.parametrize(
    "change",
    [
        {"dtype": "complex64"},
        {"dtype": ["float32"]},
        {"dtype": None},
        {"shape": [10**6, 10**6]},
        {"shape": [-1, 3]},
        {"shape": [2.0, 3]},
        {"shape": [True, 3]},
        {"shape": "23"},
        {"shape": [1] * 9, "stride": [1] * 9},
        {"stride": [1]},
        {"length": 10**12},
        {"offset": None},
        {"meta": 0},
    ],
    ids=str,
)
def test_a_layout_that_does_not_add_up_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ProtocolError):
        Layout.from_json({**GOOD, **change})


def test_a_claim_of_many_elements_allocates_nothing() -> None:
    """A worker that claims 10¹² elements is refused by arithmetic alone."""
    with pytest.raises(ProtocolError, match="more than"):
        Layout.from_json({**GOOD, "shape": [10**12], "stride": [1]})
