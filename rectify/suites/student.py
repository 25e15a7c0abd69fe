"""The student's class as a hidden suite sees it: constructed, called and inspected from afar.

The code runs in a worker process. What a call returned is the worker's word; what it did to
its input is read from memory that this process owns.
"""

from __future__ import annotations

import builtins
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from rectify.faults import Misbehaved, Stalled, StudentFault
from rectify.sandbox.process import Session
from rectify.worker.protocol import ITEM_SIZES, Frame, Layout, ProtocolError

_DTYPES: dict[str, torch.dtype] = {name: getattr(torch, name) for name in ITEM_SIZES}
_DTYPE_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_EXCEPTIONS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)


class Raised(StudentFault):
    """The student's code raised an exception.

    Attributes:
        type_name: the exception's class, or "an exception" if Python does not define it.
        where: what was running, such as "forward", "backward" or "__init__".
        line: the line of the tagged cell, counted from 1, or None.
        message: what the exception says. It may hold what the code was called with, so it is
            shown to students only for calls on a public example.
    """

    def __init__(self, report: object, lines: int = 10_000) -> None:
        if not isinstance(report, dict):
            raise Misbehaved
        name, where, line = report.get("type"), report.get("where"), report.get("line")
        self.type_name = name if isinstance(name, str) and name in _EXCEPTIONS else "an exception"
        self.where = where if isinstance(where, str) and where in _PLACES else "your code"
        self.line = line if type(line) is int and 0 < line <= lines else None
        self.message = str(report.get("message", ""))[:300]
        at = f", at line {self.line} of your cell" if self.line else ""
        super().__init__(f"{self.type_name} was raised in {self.where}{at}.")


class NotATensor(StudentFault):
    """What came back from a call is no tensor that can be compared."""

    def __init__(self) -> None:
        super().__init__("forward returned something that is no ordinary tensor.")


class TooSlow(StudentFault):
    """The checks of this exercise together took longer than they may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"All checks together may take {seconds:g} s, and your code took longer.")


class Allowance:
    """Time that a student's code may take in all, in s. What the grader itself takes is no part."""

    def __init__(self, seconds: float) -> None:
        self._seconds = self._left = seconds

    @contextmanager
    def spending(self, most: float) -> Iterator[float]:
        """Give the time that a request may take, `most` at the most, and count what it takes.

        Raises TooSlow when there is none left, or not enough.
        """
        left, started = self._left, time.monotonic()
        if left <= 0:
            raise TooSlow(self._seconds)
        try:
            yield min(most, left)
        except Stalled:
            if left < most:
                raise TooSlow(self._seconds) from None
            raise
        finally:
            self._left -= time.monotonic() - started


_PLACES = frozenset(
    ("load", "__init__", "forward", "backward", "deepcopy", "nn.Sequential", "train", "state_dict")
)


@dataclass(frozen=True)
class Output:
    """What one call of the student's module did.

    Attributes:
        value: what came back, packed; dtype and shape as they came. On meta: a meta tensor.
        stride: the strides of what came back, in elements.
        is_input: whether the very object that was passed came back.
        shares_memory: whether what came back lies in the input's storage.
        input: the input after the call, laid out as it was passed.
        gaps_untouched: whether the storage's elements outside the input are as they were.
        requires_grad: whether what came back requires grad.
        gradient: with respect to the leaf behind the input, if `grad` was given and it got one.
    """

    value: torch.Tensor
    stride: tuple[int, ...]
    is_input: bool
    shares_memory: bool
    input: torch.Tensor
    gaps_untouched: bool
    requires_grad: bool
    gradient: torch.Tensor | None


@dataclass(frozen=True)
class Facts:
    """What kind of object the student's module is, and what it registered."""

    is_module: bool
    parameters: int = 0
    buffers: int = 0
    state_keys: tuple[str, ...] = ()
    training: bool = True


class Student:
    """The student's class, loaded in a worker of its own."""

    def __init__(self, session: Session, call_seconds: float, allowance: Allowance) -> None:
        self._session = session
        self._call_seconds = call_seconds
        self._allowance = allowance
        self._lines = 0

    def load(self, source: str, class_name: str, seconds: float) -> bool:
        """Run the tagged cell; return whether it defines the class. Raises StudentFault."""
        self._lines = source.count("\n") + 1
        with self._allowance.spending(seconds) as seconds:
            answer = self._session.ask(
                {"do": "load", "class": class_name}, source.encode(), seconds=seconds
            )
        return self._checked(answer).header.get("found") is True

    def new(self, **kwargs: bool | int | float | str) -> Module:
        """Construct the class. Raises Raised, or another StudentFault."""
        return self._module({"do": "new", "kwargs": kwargs})

    def _ask(self, header: dict[str, Any], payload: bytes = b"", fd: int | None = None) -> Frame:
        with self._allowance.spending(self._call_seconds) as seconds:
            answer = self._session.ask(header, payload, seconds=seconds, fd=fd)
        return self._checked(answer)

    def _checked(self, answer: Frame) -> Frame:
        """Return an answer, or raise what it reports instead."""
        if "raised" in answer.header:
            raise Raised(answer.header["raised"], self._lines)
        if "unreadable" in answer.header:
            raise NotATensor
        return answer

    def _module(self, header: dict[str, Any]) -> Module:
        number = self._ask(header).header.get("module")
        if type(number) is not int:
            raise Misbehaved
        return Module(self._ask, self._module, number)


class Module:
    """One object of the student's class."""

    def __init__(
        self,
        ask: Callable[..., Frame],
        make: Callable[[dict[str, Any]], Module],
        number: int,
    ) -> None:
        self._ask = ask
        self._make = make
        self._number = number

    def __call__(
        self,
        x: torch.Tensor,
        *,
        requires_grad: bool = False,
        grad: torch.Tensor | None = None,
    ) -> Output:
        """Call the module on a tensor with the layout and the values of `x`.

        Args:
            x: any of the element types in `protocol.ITEM_SIZES`, any layout, CPU or meta.
            requires_grad: make the input a leaf that requires grad.
            grad: make the input a non-leaf that requires grad, and call `backward(grad)` on
                what comes back.

        Raises Raised, NotATensor, or another StudentFault.
        """
        layout = _layout(x)
        header = {
            "do": "call",
            "module": self._number,
            "input": layout.to_json(),
            "requires_grad": requires_grad,
            "grad": None if grad is None else _layout(grad.contiguous()).to_json(),
        }
        given = b"" if grad is None else _bytes(grad.contiguous().reshape(-1))
        if layout.meta:
            return _output(self._ask(header, given), layout, b"", b"")
        before = _storage_bytes(x)
        memory = _share(before)
        try:
            answer = self._ask(header, given, memory)
            after = os.pread(memory, len(before), 0)
        finally:
            os.close(memory)
        return _output(answer, layout, before, after)

    def deepcopy(self) -> Module:
        """Return `copy.deepcopy` of the module."""
        return self._make({"do": "deepcopy", "module": self._number})

    def sequential(self) -> Module:
        """Return an `nn.Sequential` that holds the module."""
        return self._make({"do": "sequential", "module": self._number})

    def train(self, mode: bool) -> None:
        """Switch the module to train mode, or to eval mode if `mode` is false."""
        self._ask({"do": "train", "module": self._number, "mode": mode})

    def facts(self) -> Facts:
        """Return what kind of object the module is and what it registered."""
        facts = self._ask({"do": "facts", "module": self._number}).header
        if facts.get("is_module") is not True:
            return Facts(is_module=False)
        parameters, buffers, keys = (facts.get(k) for k in ("parameters", "buffers", "state_keys"))
        if type(parameters) is not int or type(buffers) is not int or not isinstance(keys, list):
            raise Misbehaved
        return Facts(
            True, parameters, buffers, tuple(map(str, keys)), facts.get("training") is True
        )


def _layout(x: torch.Tensor) -> Layout:
    dtype = _DTYPE_NAMES[x.dtype]
    length = 0 if x.is_meta else x.untyped_storage().nbytes() // ITEM_SIZES[dtype]
    return Layout(
        dtype, tuple(x.shape), tuple(x.stride()), int(x.storage_offset()), length, x.is_meta
    )


def _bytes(x: torch.Tensor) -> bytes:
    """Return the elements of a contiguous tensor of one dimension."""
    data: bytes = x.detach().view(torch.uint8).numpy().tobytes()
    return data


def _storage_bytes(x: torch.Tensor) -> bytes:
    return _bytes(torch.empty(0, dtype=torch.uint8).set_(x.detach().untyped_storage()))


def _share(data: bytes) -> int:
    """Return a file descriptor of memory that holds `data` and whose size nobody can change."""
    memory = os.memfd_create("input", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    # A mapping cannot be empty.
    os.write(memory, data or b"\0")
    fcntl.fcntl(
        memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
    )
    return memory


def _laid_out(data: bytes, layout: Layout) -> torch.Tensor:
    """Return a tensor whose storage is a copy of `data`."""
    storage = torch.frombuffer(bytearray(data or b"\0"), dtype=torch.uint8).untyped_storage()
    tensor = torch.empty(0, dtype=_DTYPES[layout.dtype])
    return tensor.set_(storage, layout.offset, layout.shape, layout.stride)


def _gaps_untouched(layout: Layout, before: bytes, after: bytes) -> bool:
    if before == after:
        return True
    gap = torch.ones(layout.length, dtype=torch.bool)
    torch.as_strided(gap, layout.shape, layout.stride, layout.offset).fill_(False)
    width = ITEM_SIZES[layout.dtype]
    old, new = (
        torch.frombuffer(bytearray(data or b"\0"), dtype=torch.uint8)[: layout.length * width]
        for data in (before, after)
    )
    return torch.equal(old.view(-1, width)[gap], new.view(-1, width)[gap])


def _output(answer: Frame, layout: Layout, before: bytes, after: bytes) -> Output:
    """Build an Output from a worker's answer and the grader's own memory."""
    header = answer.header
    flags = {name: header.get(name) for name in ("is_input", "shares_memory", "requires_grad")}
    if not all(isinstance(flag, bool) for flag in flags.values()):
        raise Misbehaved
    try:
        value_layout = Layout.from_json(header.get("value"))
        grad_layout = None
        if header.get("gradient") is not None:
            grad_layout = Layout.from_json(header["gradient"])
        cut = 0 if value_layout.meta else value_layout.nbytes
        value = _packed(value_layout, answer.payload[:cut])
        gradient = None if grad_layout is None else _packed(grad_layout, answer.payload[cut:])
    except (ProtocolError, RuntimeError, ValueError, TypeError, OverflowError):
        raise Misbehaved from None
    return Output(
        value=value,
        stride=value_layout.stride,
        input=value if layout.meta else _laid_out(after, layout),
        gaps_untouched=layout.meta or _gaps_untouched(layout, before, after),
        gradient=gradient,
        **{name: bool(flag) for name, flag in flags.items()},
    )


def _packed(layout: Layout, data: bytes) -> torch.Tensor:
    """Return a contiguous tensor of the bytes that a worker sent for it."""
    dtype = _DTYPES[layout.dtype]
    if layout.meta:
        return torch.empty(layout.shape, dtype=dtype, device="meta")
    if len(data) != layout.nbytes:
        raise ProtocolError("the bytes do not fit the layout")
    elements = torch.frombuffer(bytearray(data or b"\0"), dtype=torch.uint8)[: len(data)]
    return elements.view(dtype).reshape(layout.shape)
