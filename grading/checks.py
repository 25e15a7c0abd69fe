"""What the hidden suites share: inputs to call a student's module with, and what they hold."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.testing import assert_close

from grading.student import Module, Output

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)

# Right answers round differently: one computes in the dtype of its input, another in float32 and
# casts back; one adds terms that almost cancel, another multiplies once. So much of a difference is
# no mistake, and no random numbers bring a usual formula near this bound.
RELATIVE_TOLERANCE = {
    torch.float16: 8 * torch.finfo(torch.float16).eps,
    torch.bfloat16: 8 * torch.finfo(torch.bfloat16).eps,
    torch.float32: 1e-5,
    torch.float64: 1e-5,
}


def numbers(rng: torch.Generator, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Random numbers of both signs, 0.01 to 100 in size, with all the digits that dtype holds."""
    return _spread(rng, shape, -2, 2).to(dtype)


def numbers_of_all_sizes(rng: torch.Generator, *shape: int) -> Tensor:
    """Random numbers of both signs, from very small to very large ones: 1e-20 to 1e20."""
    return _spread(rng, shape, -20, 20).float()


def numbers_off(kink: float, rng: torch.Generator, *shape: int) -> Tensor:
    """Random float64 numbers on both sides of a kink, none nearer to it than 0.1."""
    distance = numbers(rng, *shape, dtype=torch.float64)
    return kink + distance + 0.1 * distance.sign()


def shapes_off(kink: float, rng: torch.Generator) -> Iterator[Tensor]:
    """The same in several shapes, and single numbers on each side of the kink.

    A gradient that has lost or won a dimension of size 1 is summed or spread without a word.
    """
    for shape in ((5, 6), (3, 1), (1, 2, 1)):
        yield numbers_off(kink, rng, *shape)
    distance = numbers_off(0, rng, 1).abs()
    yield kink + distance
    yield kink - distance


def with_special_values(x: Tensor, rng: torch.Generator, kink: float = 0) -> Tensor:
    """The numbers of x with NaN, the infinities, both zeros and the kink strewn in."""
    values = [torch.nan, torch.inf, -torch.inf, 0.0, -0.0, kink]
    both = torch.cat([x.flatten(), torch.tensor(values, dtype=x.dtype)])
    return both[torch.randperm(len(both), generator=rng)]


def dense_layouts(rng: torch.Generator) -> Iterator[Tensor]:
    """Tensors whose elements each have a place of their own: fit to be changed in place.

    Many have a dimension of size 1: what squeezes, flattens or adds dimensions is found out there.
    """
    for shape in ((), (1,), (1, 1)):  # a single number, of each sign
        yield numbers(rng, *shape).abs()
        yield -numbers(rng, *shape).abs()
    yield numbers(rng, 9)
    yield numbers(rng, 1, 5)
    yield numbers(rng, 5, 1)
    yield numbers(rng, 2, 1, 3)
    yield numbers(rng, 1, 2, 1, 3)
    yield numbers(rng, 3, 2, 4)
    yield numbers(rng, 4, 6).T
    yield numbers(rng, 3, 1, 4).transpose(0, 2)
    yield numbers(rng, 5, 8)[:, ::2]  # gaps inside each row
    yield numbers(rng, 5, 8)[:, 2:3]  # one column
    yield numbers(rng, 6, 7)[1:-1, 2:]  # starts inside its storage, gaps between rows
    yield numbers(rng, 2, 3, 4, 5).contiguous(memory_format=torch.channels_last)


def empty_layouts(rng: torch.Generator) -> Iterator[Tensor]:
    """Tensors without an element. Whose memory they lie in cannot be told: they have none."""
    for shape in ((0,), (0, 3), (1, 0), (2, 0, 1)):
        yield numbers(rng, *shape)


def layouts(rng: torch.Generator) -> Iterator[Tensor]:
    """Tensors of many shapes and layouts, empty and expanded ones among them."""
    yield from dense_layouts(rng)
    yield from empty_layouts(rng)
    yield numbers(rng, 4, 1).expand(4, 3)
    yield numbers(rng, 1, 1).expand(1, 3)


def assert_like(actual: Tensor, expected: Tensor) -> None:
    """Hold shape, dtype and device: to be sure before one computes with a student's result."""
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype
    assert actual.device == expected.device


def assert_values(actual: Tensor, expected: Tensor, *, rtol: float | None = None) -> None:
    """Hold shape, dtype and values. NaN equals NaN; the sign of zero does not matter."""
    if _same(actual, expected):
        return
    if expected.dtype.is_floating_point:
        kind = torch.finfo(expected.dtype)
        rtol = RELATIVE_TOLERANCE[expected.dtype] if rtol is None else rtol
        assert_close(actual, expected, rtol=rtol, atol=4 * kind.tiny * kind.eps, equal_nan=True)
    else:
        assert_close(actual, expected, rtol=0, atol=0)


def assert_left_alone(out: Output, x: Tensor) -> None:
    """Hold that the result is a new tensor, and the input and what lies around it as before."""
    assert not out.is_input, "the module returned its input"
    assert not out.shares_memory, "the result lies in the memory of the input"
    if not _same(out.input, x):
        assert_close(out.input, x, rtol=0, atol=0, equal_nan=True)
    assert out.gaps_untouched, "the module wrote beside its input"


def assert_in_place(out: Output, expected: Tensor) -> None:
    """Hold that the module wrote into its input, returned that very tensor, wrote nowhere else."""
    assert out.is_input, "the module returned another tensor"
    assert out.shares_memory, "the result lies in new memory"
    assert_values(out.value, expected)
    assert_values(out.input, expected)
    assert out.gaps_untouched, "the module wrote beside its input"


def assert_gradient(out: Output, expected: Tensor, *, rtol: float = 1e-5) -> None:
    """Hold the gradient that reached the leaf behind the input; a zero may carry rounding noise."""
    assert out.gradient is not None, "no gradient came back"
    assert_close(out.gradient, expected, rtol=rtol, atol=1e-6)


def finite_differences(module: Module, x: Tensor) -> Tensor:
    """The slope of an elementwise module at x, from its values a little to either side.

    No kink may lie within 0.1 of x. Where the slope is constant, a large step is as exact as a
    small one and loses fewer digits: compare with rtol=1e-3.
    """
    step = 0.05
    left, right = module(x - step).value, module(x + step).value
    assert_like(left, x)
    assert_like(right, x)
    return (right - left) / (2 * step)


def _same(actual: Tensor, expected: Tensor) -> bool:
    """Whether two tensors are equal in all that is held. It takes a tenth of `assert_close`."""
    kinds = [(x.dtype, x.device, x.shape, x.layout) for x in (actual, expected)]
    return kinds[0] == kinds[1] and torch.equal(actual, expected)


def _spread(rng: torch.Generator, shape: tuple[int, ...], low: float, high: float) -> Tensor:
    """Random float64 numbers of both signs, their sizes spread evenly over 10**low to 10**high.

    One number falls into each equal part of the range: so a wrong answer is found out by any seed.
    """
    count = math.prod(shape)
    parts = torch.arange(count)
    sizes = (parts + torch.rand(count, generator=rng, dtype=torch.float64)) / count
    signs = 1 - 2 * ((parts + torch.randint(2, (), generator=rng)) % 2)
    spread = signs * 10 ** (low + (high - low) * sizes)
    return spread[torch.randperm(count, generator=rng)].reshape(shape)
