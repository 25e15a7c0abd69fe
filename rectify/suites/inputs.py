"""Inputs that hidden suites call a student's module with."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


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
