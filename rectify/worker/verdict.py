"""A session that runs cells, and decides itself whether each grade cell succeeded.

Student code runs in this process. It can replace every function that is written in Python, and
every name in `builtins`. So one frame, entered before any student code runs, finds out whether a
grade cell ended without an error and which number its last expression is. It uses its own local
variables only, and functions written in C that it took when it was entered. What a cell shows goes
through IPython, which a student may have changed: nothing is concluded from that.

What reaches into this frame all the same is named in docs/sandbox.md. No answer needs it, and
grading asks a human to look at cells that use it.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from rectify.worker.cells import Shell

GRADE = {"do": "grade"}
"""The header of a request to run a grade cell. Its payload is made by `request`."""

_GRADE = b'{"do": "grade"}'
"""The same as it is sent: whoever compares it needs nothing to read JSON with."""


def request(token: str, last: int | None, source: str) -> bytes:
    """Return the payload of a request.

    `token` comes back with the answer. `last` is where the expression begins whose value is
    the cell's, if there is one.
    """
    return b"\0".join(
        (token.encode(), b"" if last is None else str(last).encode(), source.encode())
    )


def serve(shell: Shell, connection: socket.socket) -> None:
    """Run cells until the grader hangs up.

    The answer to a grade cell has in its header the token, whether the cell `ended` without an
    error, and the `number` that its value is, if it is one.
    """
    length, total, kind, text, whole, real = len, sum, type, repr, int, float
    evaluate, compiled, anything, awaited = eval, compile, BaseException, _awaited
    receive, send = connection.recv, connection.sendall
    number_of_bytes = whole.to_bytes
    from_bytes = whole.from_bytes
    names, pristine, module = builtins.__dict__, dict(builtins.__dict__), builtins
    user, run, run_async = shell.namespace, shell.run, shell.run_async
    begin, failed, show, outputs_of = shell.begin, shell.failed, shell.show, shell.outputs
    await_anywhere, coroutine = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, inspect.CO_COROUTINE
    _refuse_tracing()
    while True:
        frame = b""
        while length(frame) < 8 or length(frame) < 8 + total(
            (from_bytes(frame[:4], "big"), from_bytes(frame[4:8], "big"))
        ):
            chunk = receive(65536)
            if not chunk:
                return
            frame += chunk
        end = 8 + from_bytes(frame[:4], "big")
        head, outputs = b"{}", b"[]"
        if frame[8:end] == _GRADE:
            token, last, code = frame[end:].split(b"\0", 2)
            ended, number, value, raised = False, None, None, None
            try:
                source = code.decode()
                name = begin(source)
                start = whole(last) if last else length(source)
                # What comes last is compiled by itself, and keeps its line.
                expression = "\n" * source[:start].count("\n") + source[start:]
                # The cell's own words mean what they mean in Python.
                names.update(pristine)
                user["__builtins__"] = module
                for part, mode in ((source[:start], "exec"), (expression, "eval")):
                    if mode == "exec" or last:
                        program = compiled(part, name, mode, await_anywhere, True)
                        value = evaluate(program, user)
                        if program.co_flags & coroutine:
                            results: list[Any] = []
                            run_async(awaited(value, results.append))
                            # There is none, unless it was awaited to its end.
                            value = results.pop()
                if kind(value) is whole or kind(value) is real:
                    number = text(value)
                ended = True
            except anything as error:
                raised = error
            try:
                if raised is None:
                    show(value)
                else:
                    failed(raised)
                # A copy, unless they are plain bytes: a class of its own could add differently.
                outputs = b"".join((outputs_of(),))
            except anything:
                ended = False
            head = b'{"token": "' + token + b'", "ended": ' + (b"true" if ended else b"false")
            head += b"}" if number is None else b', "number": "' + number.encode() + b'"}'
        else:
            outputs = run(frame[end:])
        send(
            number_of_bytes(length(head), 4, "big")
            + number_of_bytes(length(outputs), 4, "big")
            + head
            + outputs
        )


async def _awaited(result: Awaitable[Any], keep: Callable[[Any], None]) -> None:
    """Await the code of a cell, and keep what it returns."""
    keep(await result)


def _refuse_tracing() -> None:
    """Have this process refuse what could change another function's variables, or its next line.

    A hook like this cannot be taken back, and none that a student adds can keep it from being
    called.
    """

    def refuse(event: str, _: object) -> None:
        if event in ("sys.settrace", "sys.setprofile"):
            raise RuntimeError("Code is neither traced nor profiled while it is graded.")

    def settrace(function: object) -> None:
        # Some ask for none where there is none, as doctest does.
        if function is not None:
            original(function)

    original: Callable[[Any], None] = sys.settrace
    sys.settrace = settrace
    sys.addaudithook(refuse)
