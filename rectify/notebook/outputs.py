"""A cell's outputs, built from what a worker sent: text and PNG images, and nothing else."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

import nbformat
from nbformat import NotebookNode

from rectify.faults import Misbehaved
from rectify.worker.cells import MAX_OUTPUTS
from rectify.worker.protocol import ProtocolError, parse_json

_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
"""How each PNG image begins (RFC 2083); its width and height follow, four bytes each."""

MAX_PIXELS = 4096
"""The width and height of an image that is kept."""


def size(output: NotebookNode) -> int:
    """Return the number of characters of an output."""
    return len(json.dumps(output))


def outputs_of(data: bytes, number: int) -> list[NotebookNode]:
    """Return a cell's outputs as notebooks store them, built from what a worker sent.

    Keeps text and PNG images; what is neither is dropped. Raises Misbehaved on anything that
    no worker sends.
    """
    try:
        records = parse_json(data)
    except ProtocolError:
        raise Misbehaved from None
    if not isinstance(records, list) or len(records) > MAX_OUTPUTS + 1:
        raise Misbehaved
    return [output_of(record, number) for record in records]


def output_of(record: Any, number: int) -> NotebookNode:
    """Return one output, built from what a worker sent. Raises Misbehaved."""
    kind = record.get("output_type") if isinstance(record, dict) else None
    if kind == "stream":
        name = "stderr" if record.get("name") == "stderr" else "stdout"
        return nbformat.v4.new_output("stream", name=name, text=text_of(record.get("text")))
    if kind == "error":
        lines = record.get("traceback")
        return nbformat.v4.new_output(
            "error",
            ename=text_of(record.get("ename")),
            evalue=text_of(record.get("evalue")),
            traceback=[text_of(line) for line in lines] if isinstance(lines, list) else [],
        )
    if kind not in ("display_data", "execute_result"):
        raise Misbehaved
    data = record.get("data") if isinstance(record.get("data"), dict) else {}
    kept = {"text/plain": text_of(data.get("text/plain", ""))}
    if "image/png" in data:
        image = _image(data["image/png"])
        width, height = (int.from_bytes(image[at : at + 4], "big") for at in (16, 20))
        if max(width, height) <= MAX_PIXELS:
            kept["image/png"] = base64.b64encode(image).decode()
        else:
            kept["text/plain"] += (
                f"\nA figure of {width} x {height} pixels was left out: "
                f"{MAX_PIXELS} are shown at most."
            )
    count = {"execution_count": number} if kind == "execute_result" else {}
    return nbformat.v4.new_output(kind, data=kept, **count)


def text_of(value: object) -> str:
    """Return a text that can be stored. Raises Misbehaved for what is none."""
    if not isinstance(value, str):
        raise Misbehaved
    # A lone surrogate could not be written to a file.
    return value.encode("utf-8", "replace").decode("utf-8")


def _image(value: object) -> bytes:
    """Return an image that a worker sent. Raises Misbehaved if it does not begin as a PNG does."""
    try:
        image = base64.b64decode(text_of(value), validate=False)
    except (binascii.Error, ValueError):
        raise Misbehaved from None
    if not image.startswith(_PNG):
        raise Misbehaved
    return image
