"""A session that runs the cells of one notebook in order, as a kernel would.

It uses IPython's own shell, without the messaging around it: a process that forks must hold
no threads and no sockets. Outputs keep plain text and PNG images; nothing else is sent.
"""

from __future__ import annotations

import base64
import io
import json
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure
from IPython.utils.text import LSString, SList
from traitlets import Type
from traitlets.config import Config

from rectify.worker import protocol

KEPT_TYPES = ("text/plain", "image/png")

COMMAND_NOT_FOUND = 127
"""The exit code of shells where a command is missing (POSIX)."""

MAX_OUTPUTS = 1000
"""How many outputs a cell may have."""


class OutputLimitExceeded(Exception):
    """A cell printed or showed more than it may."""


class _Outputs(list[dict[str, Any]]):
    """The outputs of the running cell, and how many characters of text they may still take."""

    limit = room = 0

    def start(self, limit: int) -> None:
        """Forget the last cell's outputs."""
        self.clear()
        self.limit = self.room = limit

    def cut(self, text: object) -> str:
        """Return as much of a text as there is room for."""
        kept = str(text)[: self.room]
        self.room -= len(kept)
        return kept

    def append(self, output: dict[str, Any]) -> None:
        """Add an output. Raises OutputLimitExceeded when there are too many."""
        if len(self) >= MAX_OUTPUTS:
            raise OutputLimitExceeded(f"this cell has more than {MAX_OUTPUTS} outputs")
        super().append(output)


_outputs = _Outputs()
"""IPython makes its hooks itself, so they share this list."""


class _Result(DisplayHook):
    """Records the value of a cell's last expression."""

    def write_output_prompt(self) -> None:
        """Print no prompt: the number is part of the output."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Record the value as an output of type execute_result."""
        _outputs.append(
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": _kept(format_dict),
                "metadata": {},
            }
        )

    def finish_displayhook(self) -> None:
        """Print no newline."""


class _Displays(DisplayPublisher):
    """Records what a cell displays."""

    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:  # type: ignore[override]
        """Record displayed data."""
        kept = _kept(data)
        if kept:
            _outputs.append({"output_type": "display_data", "data": kept, "metadata": {}})

    def clear_output(self, wait: bool = False) -> None:
        """Forget the outputs of the running cell so far."""
        _outputs.clear()


_PIXEL = 1 / 72
"""A pixel of a figure in inches, at least as large as matplotlib's own."""

_TOO_LARGE = {
    "output_type": "error",
    "ename": "OutputLimitExceeded",
    "evalue": f"this cell shows more than {protocol.MAX_PAYLOAD >> 20} MB",
    "traceback": [],
}


_DRAW = """
import matplotlib.pyplot as plt
figure, (one, other) = plt.subplots(1, 2, layout="constrained")
one.semilogy(x, 10**-x, marker="o", label="$x^2$"); one.legend(); one.grid()
other.contourf(n.outer(x, x)); other.scatter(x, x, label="a"); other.legend()
other.set(title="a", xlabel="b", ylabel="c")
plt.show()
"""
"""What figures in lessons are made of."""


class _Shell(InteractiveShell):
    """IPython's shell with those two hooks, recording errors too."""

    displayhook_class = Type(_Result)
    display_pub_class = Type(_Displays)

    def enable_gui(self, gui: Any = None) -> None:
        """Do nothing: there are no windows. `%matplotlib inline` asks for none, too."""

    def system(self, cmd: str) -> None:
        """Run a command of the system's shell, as far as the sandbox has one."""
        try:
            self.system_piped(cmd)  # type: ignore[no-untyped-call]
        except OSError as error:
            # As in Jupyter, where a command that is not found is no error of the cell.
            print(f"{cmd}: {error}", file=sys.stderr)
            self.user_ns["_exit_code"] = COMMAND_NOT_FOUND

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """Return what such a command prints."""
        try:
            return super().getoutput(cmd, split, depth + 1)  # type: ignore[no-untyped-call]
        except OSError as error:
            return SList([f"{cmd}: {error}"]) if split else LSString(f"{cmd}: {error}")

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        # A cell that has used up its room still says what ended it.
        _outputs.room = max(_outputs.room, 10_000)
        # Not through _Outputs.append: what is too much has to end somewhere.
        list.append(
            _outputs,
            {
                "output_type": "error",
                "ename": _outputs.cut(getattr(etype, "__name__", etype)),
                "evalue": _outputs.cut(evalue),
                "traceback": [_outputs.cut(line) for line in stb],
            },
        )


class _Stream(io.TextIOBase):
    """Stands in for stdout or stderr, and records what is printed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def writable(self) -> bool:
        """Return True: this stream is for printing."""
        return True

    def write(self, text: str) -> int:
        """Record printed text. Raises OutputLimitExceeded past the limit."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        kept = _outputs.cut(text)
        if kept:
            last = _outputs[-1] if _outputs else {}
            if last.get("output_type") == "stream" and last.get("name") == self.name:
                last["text"].append(kept)
            else:
                _outputs.append({"output_type": "stream", "name": self.name, "text": [kept]})
        if len(kept) < len(text):
            raise OutputLimitExceeded(f"this cell printed more than {_outputs.limit} characters")
        return len(text)


class Shell:
    """IPython's shell, with the outputs of each cell recorded.

    `limit` is the number of characters that a cell may print and show.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.cache_size = 100
        self._shell = _Shell.instance(config=config)

    def warm_up(self, modules: Collection[str]) -> None:
        """Take the paths that cells take through modules, so that no session pays for them.

        With matplotlib, figures are drawn: that takes imports, fonts and formulas.
        """
        self._run("1")
        if "matplotlib" in modules:
            numbers = "torch" if "torch" in modules else "numpy"
            self._run(f"import {numbers} as n\nx = n.arange(1.0, 4.0)\n{_DRAW}")
            figure_class = sys.modules["matplotlib.figure"].Figure
            formatter = self._shell.display_formatter
            assert formatter is not None
            formatter.formatters["image/png"].for_type(figure_class, _png)
        self._shell.reset()  # type: ignore[no-untyped-call]
        self._shell.execution_count = 1

    def serve(self, connection: socket.socket) -> None:
        """Run cells until the grader hangs up or breaks the protocol."""
        while True:
            try:
                request = protocol.receive(connection)
            except (protocol.Closed, protocol.ProtocolError):
                return
            protocol.send(connection, {}, self.run(request.payload))

    def run(self, source: bytes) -> bytes:
        """Run one cell and return its outputs, as a JSON list."""
        return _json(self._run(source.decode("utf-8")))

    # --- The parts of a run, for a session that runs the cell itself ---

    @property
    def namespace(self) -> dict[str, Any]:
        """The global variables of the cells."""
        names: dict[str, Any] = self._shell.user_ns
        return names

    @property
    def run_async(self) -> Callable[[Awaitable[None]], None]:
        """What runs a cell that awaits something."""
        runner: Callable[[Awaitable[None]], None] = self._shell.loop_runner
        return runner

    def begin(self, source: str) -> str:
        """Start a cell, and return the name that tracebacks know its lines by."""
        self._start()
        shell = self._shell
        number = shell.execution_count
        assert shell.history_manager is not None
        shell.history_manager.store_inputs(number, source, source)
        shell.execution_count = number + 1
        return str(shell.compile.cache(source, number))

    def failed(self, error: BaseException) -> None:
        """Record the error that ended the cell. Its traceback begins with who ran the cell."""
        place = error.__traceback__ and error.__traceback__.tb_next
        self._shell.showtraceback((type(error), error, place), tb_offset=0)

    def show(self, value: object) -> None:
        """Record the value of the cell's last expression."""
        self._shell.displayhook(value)

    def outputs(self) -> bytes:
        """End the cell, and return its outputs as `run` does."""
        self._shell.events.trigger("post_execute")
        return _json(_recorded())

    def _start(self) -> None:
        _outputs.start(self._limit)
        sys.stdout, sys.stderr = _Stream("stdout"), _Stream("stderr")

    def _run(self, source: str) -> list[dict[str, Any]]:
        self._start()
        self._shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        return _recorded()


def _recorded() -> list[dict[str, Any]]:
    """Return the outputs of the cell that has ended."""
    for output in _outputs:
        if output["output_type"] == "stream":
            output["text"] = "".join(output["text"])
    return list(_outputs)


def _json(outputs: list[dict[str, Any]]) -> bytes:
    payload = json.dumps(outputs).encode()
    return payload if len(payload) <= protocol.MAX_PAYLOAD else json.dumps([_TOO_LARGE]).encode()


def _png(figure: Any) -> str | None:
    """Return an image of a matplotlib figure in base64, or None if there is nothing on it.

    IPython trims a figure's margins, and draws it twice for that. Here it is drawn once, and again
    only where something stands out beyond the margins and would be cut off.
    """
    image: str | None = print_figure(figure, bbox_inches=None, base64=True)
    if image is not None:
        drawn = figure.get_tightbbox(figure.canvas.get_renderer())
        if (drawn.min < -_PIXEL).any() or (drawn.max > figure.bbox_inches.max + _PIXEL).any():
            image = print_figure(figure, base64=True)
    return image


def _kept(data: Any) -> dict[str, str]:
    """Return the plain text and the image of a display, as notebooks store them."""
    kept = {kind: data[kind] for kind in KEPT_TYPES if kind in data}
    if "text/plain" in kept:
        whole = str(kept["text/plain"])
        kept["text/plain"] = _outputs.cut(whole)
        if len(kept["text/plain"]) < len(whole):
            kept["text/plain"] += f"... (cut: a cell shows {_outputs.limit} characters)"
    if isinstance(kept.get("image/png"), bytes):
        kept["image/png"] = base64.b64encode(kept["image/png"]).decode()
    return kept
