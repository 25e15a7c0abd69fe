"""A session that runs the one tagged cell and answers calls to the student's module.

It reports observations (bytes, element type, shape, strides, gradients, errors); the grader
compares. The input of a call lies in memory that the grader owns and maps here, so what a
call did to its input is not this process's to tell.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import copy
import inspect
import linecache
import mmap
import os
import re
import socket
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

import torch
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from torch import nn
from torch.fx.experimental import _config

from rectify.worker import protocol
from rectify.worker.protocol import ITEM_SIZES, Frame, Layout

CELL = "<your tagged cell>"
"""The file name that tracebacks show for the student's cell."""

_PROMPT = re.compile(r"\s*\[?In \[\d+\]: ")
"""What IPython takes for its prompt, though Python can read it as an annotation."""

_DTYPES: dict[str, torch.dtype] = {name: getattr(torch, name) for name in ITEM_SIZES}
_DTYPE_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


_FAMILIAR: tuple[Callable[[torch.Tensor], Any], ...] = (
    nn.functional.relu,
    nn.functional.leaky_relu,
    torch.relu_,
    nn.functional.leaky_relu_,
    lambda x: nn.functional.threshold(x - 1, 0, 0),
    lambda x: x.clamp(min=0) + 0.1 * x.clamp(max=0),
    lambda x: x.clamp_(min=0),
    lambda x: x.sub_(1).mul_(x > 0),
    lambda x: torch.where(x > 0, x, torch.zeros_like(x)),
    lambda x: torch.maximum(x, torch.tensor(0)) + torch.minimum(x, torch.tensor(0)),
    lambda x: x.masked_fill(x < 0, 0).copy_(x),
)
"""What answers to the exercises are made of. Some of it makes torch import more of itself."""


class _StudentError(Exception):
    """The student's code raised; holds what is reported of it."""

    def __init__(self, error: BaseException, where: str) -> None:
        self.report = {
            "type": type(error).__name__[:100],
            "message": _message(error)[:1000],
            "line": _line(error),
            "where": where,
        }


class _NotReadable(Exception):
    """What came back is no tensor that can be sent; holds a word or two on what it is."""


def warm_up() -> None:
    """Take the paths through torch that sessions take, so that no session pays for them."""
    TransformerManager().transform_cell("x = 1\n")
    # The other way of sharing tensors passes descriptors, which a session may not.
    torch.multiprocessing.set_sharing_strategy("file_system")
    # Without it, `x[mask] = 0` raises on the meta device, though it works on every real one.
    _config.meta_nonzero_assume_all_nonzero = True
    for device, dtypes in (("cpu", _DTYPES), ("meta", ("float16", "float32", "float64"))):
        for dtype in dtypes:
            x = torch.ones(2, 3, dtype=_DTYPES[dtype], device=device)
            for function in _FAMILIAR:
                with contextlib.suppress(RuntimeError, TypeError):
                    function(x.clone())
    module = nn.Sequential(copy.deepcopy(nn.ReLU()))
    leaf = torch.linspace(-1, 1, 4).requires_grad_()
    tensor = torch.zeros(4)
    tensor.copy_(leaf)
    module(tensor).backward(torch.ones(4))


def serve(connection: socket.socket) -> None:
    """Answer requests until the grader hangs up or breaks the protocol."""
    student = _Student()
    verbs = {
        "load": student.load,
        "new": student.new,
        "call": student.call,
        "deepcopy": student.deepcopy,
        "sequential": student.sequential,
        "train": student.train,
        "facts": student.facts,
    }
    while True:
        try:
            request = protocol.receive(connection, with_fd=True)
            verb = verbs[request.header["do"]]
        except (protocol.Closed, protocol.ProtocolError, KeyError):
            return
        try:
            header, payload = verb(request)
        except _StudentError as error:
            header, payload = {"raised": error.report}, b""
        except _NotReadable as error:
            header, payload = {"unreadable": str(error)}, b""
        protocol.send(connection, header, payload)


class _Student:
    """The student's class and the modules made from it, by number."""

    def __init__(self) -> None:
        self._class: Any = None
        self._modules: list[Any] = []

    def load(self, request: Frame) -> tuple[dict[str, Any], bytes]:
        """Run the tagged cell and keep the class that the exercise asks for."""
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        try:
            _run(request.payload.decode("utf-8"), module)
        except BaseException as error:
            raise _StudentError(error, "load") from None
        self._class = module.__dict__.get(request.header["class"])
        return {"found": isinstance(self._class, type)}, b""

    def new(self, request: Frame) -> tuple[dict[str, Any], bytes]:
        """Construct the class with keyword arguments."""
        try:
            return self._keep(self._class(**request.header["kwargs"]))
        except BaseException as error:
            raise _StudentError(error, "__init__") from None

    def deepcopy(self, request: Frame) -> tuple[dict[str, Any], bytes]:
        """Copy a module deeply."""
        try:
            return self._keep(copy.deepcopy(self._module(request)))
        except BaseException as error:
            raise _StudentError(error, "deepcopy") from None

    def sequential(self, request: Frame) -> tuple[dict[str, Any], bytes]:
        """Put a module into an nn.Sequential."""
        try:
            return self._keep(nn.Sequential(self._module(request)))
        except BaseException as error:
            raise _StudentError(error, "nn.Sequential") from None

    def train(self, request: Frame) -> tuple[dict[str, Any], bytes]:
        """Switch between train and eval mode."""
        try:
            self._module(request).train(request.header["mode"])
        except BaseException as error:
            raise _StudentError(error, "train") from None
        return {}, b""

    def facts(self, request: Frame) -> tuple[dict[str, Any], bytes]:
        """Tell what kind of object a module is and what it registered."""
        module = self._module(request)
        if not isinstance(module, nn.Module):
            return {"is_module": False}, b""
        try:
            facts = {
                "is_module": True,
                "parameters": len(list(module.parameters())),
                "buffers": len(list(module.buffers())),
                "state_keys": [str(key)[:100] for key in module.state_dict()][:100],
                "training": bool(module.training),
            }
        except BaseException as error:
            raise _StudentError(error, "state_dict") from None
        return facts, b""

    def call(self, request: Frame) -> tuple[dict[str, Any], bytes]:
        """Call a module on a tensor in the grader's memory, and backward if asked to."""
        module = self._module(request)
        tensor = _tensor(Layout.from_json(request.header["input"]), request.fd)
        leaf = None
        if request.header["requires_grad"]:
            tensor.requires_grad_()
        elif request.header["grad"] is not None:
            # The input becomes a non-leaf in the grader's memory: a copy, so that an
            # operation in place is legal and nothing else needs the values it overwrites.
            leaf = tensor.clone().requires_grad_()
            tensor.copy_(leaf)
        storage = None if tensor.is_meta else tensor.untyped_storage().data_ptr()
        try:
            output = module(tensor)
        except BaseException as error:
            raise _StudentError(error, "forward") from None
        if not isinstance(output, torch.Tensor):
            raise _NotReadable(type(output).__name__[:100])
        if leaf is not None:
            layout = Layout.from_json(request.header["grad"])
            given = bytearray(request.payload) or bytearray(1)
            gradient = torch.frombuffer(given, dtype=torch.uint8)[: layout.nbytes]
            gradient = gradient.view(_DTYPES[layout.dtype]).reshape(layout.shape)
            try:
                output.backward(gradient)
            except BaseException as error:
                raise _StudentError(error, "backward") from None
        value_layout, value = _pack(output)
        grad_layout, grad = None, b""
        if leaf is not None and leaf.grad is not None:
            grad_layout, grad = _pack(leaf.grad)
        header = {
            "is_input": output is tensor,
            "shares_memory": not output.is_meta
            and storage is not None
            and output.untyped_storage().data_ptr() == storage,
            "requires_grad": bool(output.requires_grad),
            "value": value_layout,
            "gradient": grad_layout,
        }
        return header, value + grad

    def _keep(self, module: Any) -> tuple[dict[str, Any], bytes]:
        self._modules.append(module)
        return {"module": len(self._modules) - 1}, b""

    def _module(self, request: Frame) -> Any:
        return self._modules[request.header["module"]]


def _run(cell: str, module: types.ModuleType) -> None:
    """Run a cell in a module as Jupyter does, with magics, get_ipython() and a top-level await."""
    source = _plain_python(cell)
    linecache.cache[CELL] = (len(source), None, source.splitlines(True), CELL)
    shell = InteractiveShell.instance()
    shell.user_module, shell.user_ns = module, module.__dict__
    shell.init_user_ns()
    for name in ("exit", "quit"):
        # IPython's own end nothing at once; Python's do, here and in the visible suite.
        del module.__dict__[name]
    result = eval(_compiled(source), module.__dict__)  # noqa: S307 - the student's cell
    if inspect.iscoroutine(result):
        asyncio.run(result)


def _compiled(source: str, flags: int = 0) -> Any:
    """Compile a cell without this file's `from __future__`, which would be inherited."""
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compile(source, CELL, "exec", flags, dont_inherit=True)


def _plain_python(cell: str) -> str:
    """Return a cell as Python reads it: magics and prompts become calls and go away."""
    if not _PROMPT.match(cell):
        # Most cells are plain Python, and to look for magics takes longer than to compile.
        with contextlib.suppress(SyntaxError, ValueError):
            _compiled(cell, ast.PyCF_ONLY_AST)
            return cell
    # IPython drops blank lines at the beginning; the lines keep their numbers.
    blank = re.match(r"(?:[ \t]*\n)*", cell)
    return "\n" * (blank[0].count("\n") if blank else 0) + TransformerManager().transform_cell(cell)


def _tensor(layout: Layout, fd: int | None) -> torch.Tensor:
    """Return a tensor with this layout whose storage is the memory behind `fd`."""
    dtype = _DTYPES[layout.dtype]
    if layout.meta:
        return torch.empty_strided(layout.shape, layout.stride, dtype=dtype, device="meta")
    if fd is None:
        raise protocol.ProtocolError("an input without memory")
    memory = mmap.mmap(fd, 0)
    os.close(fd)
    storage = torch.frombuffer(memory, dtype=torch.uint8).untyped_storage()
    tensor = torch.empty(0, dtype=dtype)
    return tensor.set_(storage, layout.offset, layout.shape, layout.stride)


def _pack(tensor: torch.Tensor) -> tuple[dict[str, Any], bytes]:
    """Return the layout of a tensor and its elements as packed bytes (none on meta)."""
    try:
        dtype = _DTYPE_NAMES[tensor.dtype]
        layout = Layout(
            dtype, tuple(tensor.shape), tuple(tensor.stride()), meta=bool(tensor.is_meta)
        )
        if layout.meta:
            return layout.to_json(), b""
        if layout.nbytes > protocol.MAX_PAYLOAD // 2:
            raise _NotReadable(f"a tensor of {layout.nbytes} bytes")
        packed = tensor.detach().contiguous().reshape(-1).view(torch.uint8)
        return layout.to_json(), packed.numpy().tobytes()
    except _NotReadable:
        raise
    except Exception as error:
        raise _NotReadable(f"a tensor of type {tensor.dtype}"[:100]) from error


def _message(error: BaseException) -> str:
    try:
        # A syntax error's text would repeat the file and the line.
        return str(error.msg if isinstance(error, SyntaxError) else error)
    except BaseException:
        return ""


def _line(error: BaseException) -> int | None:
    """Return the line of the student's cell at which the error arose, if it is known."""
    if isinstance(error, SyntaxError) and error.filename == CELL:
        return error.lineno
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == CELL
    ]
    return lines[-1] if lines else None
