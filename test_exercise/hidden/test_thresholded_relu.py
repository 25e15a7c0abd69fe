"""The hidden suite of the exercise thresholded_relu: MyThresholdedReLU computes max(0, x - T).

Each group checks the values, too: an answer that computes something else, or nothing, earns no
points for its manners. The gated function of the same name (x where x > T, else 0) has the same
slope away from T: only values tell the two apart. Where right answers differ, nothing is asserted:
the gradient at T, the sign of zero, integers (minus a float, they become floats).
"""

import numpy as np
import pytest
import torch
from torch import Tensor

from rectify.suites import (
    FLOATS,
    Exercise,
    Raised,
    Student,
    assert_gradient,
    assert_in_place,
    assert_left_alone,
    assert_like,
    assert_values,
    dense_layouts,
    empty_layouts,
    finite_differences,
    group,
    layouts,
    numbers,
    numbers_of_all_sizes,
    shapes_off,
    with_special_values,
)

EXERCISE = Exercise(tag="thresholded_relu", class_name="MyThresholdedReLU")


def thresholded_relu(x: Tensor, threshold: float = 1.0) -> Tensor:
    """max(0, x - T), by NumPy in float64, rounded to the dtype of x."""
    return torch.as_tensor(np.maximum(x.double().numpy() - threshold, 0)).to(x.dtype)


def slope(x: Tensor, threshold: float) -> Tensor:
    """The derivative away from T: 1 to the right, 0 to the left."""
    return (x > threshold).to(x.dtype)


def random_threshold(rng: torch.Generator) -> float:
    """A threshold between 1 and 4, in odd eighths: never the default, never whole.

    Every dtype holds such a number, so right answers round x - T once, and all alike.
    """
    return (2 * torch.randint(4, 16, (), generator=rng).item() + 1) / 8


@group(
    "Values",
    points=1,
    hint="Compare your results with the formula and T = 1, for negative and positive numbers of "
    "any size. Call your module several times: it must not remember earlier calls.",
)
def test_values(student: Student, rng: torch.Generator) -> None:
    """The default T, for everyday, tiny and huge numbers, in every call, not only the first."""
    module = student.new()
    for _ in range(3):
        for x in (numbers(rng, 5, 7), numbers_of_all_sizes(rng, 40)):
            assert_values(module(x).value, thresholded_relu(x))


@group(
    "The threshold",
    points=1.5,
    hint="Make several modules with different thresholds and use them in turn: each keeps its own. "
    "Look at how __init__ keeps it: every number may be a threshold.",
)
def test_threshold(student: Student, rng: torch.Generator) -> None:
    """Each module uses its own T; 0 and negative numbers are thresholds too."""
    thresholds = (0, 0.0, -0.5, 0.25, random_threshold(rng), -random_threshold(rng))
    modules = [(threshold, student.new(threshold=threshold)) for threshold in thresholds]
    for _ in range(2):
        for threshold, module in modules:
            x = numbers(rng, 5, 6)
            assert_values(module(x).value, thresholded_relu(x, threshold))


@group(
    "Special values",
    points=0.5,
    hint="Give your module NaN, the two infinities, 0 and the threshold itself. NaN must stay NaN, "
    "so that a mistake made earlier in a network stays visible; the others follow the formula.",
)
def test_special_values(student: Student, rng: torch.Generator) -> None:
    """NaN passes through; infinity stays, minus infinity becomes 0 (times 0 it would be NaN)."""
    module = student.new()
    for _ in range(2):
        x = with_special_values(numbers(rng, 20), rng, 1)
        assert_values(module(x).value, thresholded_relu(x))


@group(
    "Floating-point types",
    points=0.5,
    hint="The result must have the dtype of the input, and all its digits. Look for constants, "
    "masks and conversions that bring in another dtype.",
)
def test_floating_point_types(student: Student, rng: torch.Generator) -> None:
    """Each floating-point dtype is kept; float64 to its last digits, not by way of float32."""
    module = student.new()
    for _ in range(2):
        for dtype in FLOATS:
            x = numbers(rng, 4, 5, dtype=dtype)
            assert_values(module(x).value, thresholded_relu(x))
        assert_values(module(x).value, thresholded_relu(x), rtol=1e-12)


@group(
    "Shapes and layouts",
    points=0.5,
    hint="Any shape may come in: a single number, nothing at all, a transposed or sliced tensor. "
    "The result has the same shape, and the input stays as it was.",
)
def test_shapes_and_layouts(student: Student, rng: torch.Generator) -> None:
    """From 0-dim to channels_last, of size 1, empty, expanded: the same shape, a new tensor."""
    module = student.new()
    for _ in range(2):
        for x in layouts(rng):
            out = module(x)
            assert_values(out.value, thresholded_relu(x))
            if x.numel():
                assert_left_alone(out, x)


@group(
    "Input left alone",
    points=1.5,
    hint="Unless inplace=True, your module returns a new tensor each time and changes nothing in "
    "the one it was given. Look at what happens when inplace is False.",
)
def test_input_left_alone(student: Student, rng: torch.Generator) -> None:
    """By default or by name, whatever the numbers, and though an in-place module exists."""
    by_default, by_name = student.new(), student.new(inplace=False)
    student.new(inplace=True)
    for _ in range(2):
        for module in (by_default, by_name):
            x = numbers(rng, 5, 6)
            for given in (x, x.abs(), -x.abs()):
                out = module(given)
                assert_values(out.value, thresholded_relu(given))
                assert_left_alone(out, given)


@group(
    "In place",
    points=1.5,
    hint="With inplace=True, your module writes the result into the tensor it was given and "
    "returns that very tensor. Compare id and data_ptr before and after, as the lesson does.",
)
def test_in_place(student: Student, rng: torch.Generator) -> None:
    """The same object, the same memory, the right values, in every call."""
    module = student.new(inplace=True)
    student.new(inplace=False)
    for _ in range(3):
        x = numbers(rng, 5, 6)
        assert_in_place(module(x), thresholded_relu(x))


@group(
    "In place: every kind of tensor",
    points=0.5,
    hint="With inplace=True, try transposed and sliced tensors, other dtypes, NaN and infinity. "
    "Every element is written where it lies, and nothing beside it.",
)
def test_in_place_every_kind(student: Student, rng: torch.Generator) -> None:
    """On all layouts, with the gaps between elements untouched, and all kinds of numbers."""
    module = student.new(inplace=True)
    for x in (*dense_layouts(rng), *empty_layouts(rng)):
        assert_in_place(module(x), thresholded_relu(x))
    for dtype in FLOATS:
        x = with_special_values(numbers(rng, 20, dtype=dtype), rng, 1)
        assert_in_place(module(x), thresholded_relu(x))


@group(
    "In place: gradient",
    points=0.5,
    hint="With inplace=True and another T, call backward on a result. PyTorch must see the change, "
    "and the gradient must not need numbers that you have written over.",
)
def test_in_place_gradient(student: Student, rng: torch.Generator) -> None:
    """The gradient through an in-place call is the slope, as without inplace.

    It is not where the change is made behind autograd's back (.data, detach, no_grad). And backward
    raises where the result was computed, say by clamp, from numbers that copy_ then overwrote.
    """
    for threshold in (random_threshold(rng), 0.0, -random_threshold(rng)):
        module = student.new(threshold=threshold, inplace=True)
        for x in shapes_off(threshold, rng):
            upstream = numbers(rng, *x.shape, dtype=torch.float64)
            out = module(x, grad=upstream)
            assert out.is_input
            assert_values(out.value, thresholded_relu(x, threshold))
            assert_gradient(out, upstream * slope(x, threshold))


@group(
    "In place: where it is forbidden",
    points=0.5,
    hint="A tensor made with requires_grad=True may not be changed in place. PyTorch raises an "
    "error by itself, unless you hide the change from it.",
)
def test_in_place_where_forbidden(student: Student, rng: torch.Generator) -> None:
    """Works where it may; where the input is a leaf that requires grad, it raises."""
    module = student.new(inplace=True)
    x = numbers(rng, 5, 6)
    assert_in_place(module(x), thresholded_relu(x))
    with pytest.raises(Raised):
        module(numbers(rng, 5, 6), requires_grad=True)


@group(
    "Gradient",
    points=0.5,
    hint="Without inplace, the gradient must flow back through your module: on the right side of T "
    "only, and for every T. Build the result by tensor operations that autograd can follow.",
)
def test_gradient(student: Student, rng: torch.Generator) -> None:
    """Away from T, the gradient is the slope, by the formula and by finite differences."""
    for threshold in (random_threshold(rng), 0.0, -random_threshold(rng)):
        module = student.new(threshold=threshold)
        for x in shapes_off(threshold, rng):
            upstream = numbers(rng, *x.shape, dtype=torch.float64)
            assert module(x, requires_grad=True).requires_grad
            assert not module(x).requires_grad
            out = module(x, grad=upstream)
            assert_values(out.value, thresholded_relu(x, threshold))
            assert_gradient(out, upstream * slope(x, threshold))
            assert_gradient(out, upstream * finite_differences(module, x), rtol=1e-3)


@group(
    "Module manners",
    points=0.5,
    hint="Your class is an nn.Module that has nothing to learn and nothing to save: the threshold "
    "is a plain number. It works the same when copied, in both modes, and inside nn.Sequential.",
)
def test_module_manners(student: Student, rng: torch.Generator) -> None:
    """An nn.Module without state; copies, modes and containers make no difference."""
    threshold = random_threshold(rng)
    module = student.new(threshold=threshold)
    facts = module.facts()
    assert facts.is_module
    assert facts.parameters == 0
    assert facts.state_keys == ()
    in_place = student.new(threshold=threshold, inplace=True)
    for same in (module, module.deepcopy(), module.sequential(), in_place):
        manners = set()
        for training in (False, True):
            same.train(training)
            x = numbers(rng, 5, 6)
            out = same(x)
            assert_values(out.value, thresholded_relu(x, threshold))
            manners.add((out.is_input, torch.equal(out.input, x)))
        assert len(manners) == 1, "what happens to the input depends on the mode"


@group(
    "No device assumed",
    points=0.5,
    hint="Your module must also work on a GPU. Do not make tensors on a fixed device, convert to "
    "NumPy or lists, or ask for single elements.",
)
def test_no_device_assumed(student: Student, rng: torch.Generator) -> None:
    """A tensor on the meta device, which holds no data, comes back as one like it."""
    module = student.new()
    for dtype in FLOATS:
        x = torch.empty(3, 4, dtype=dtype, device="meta")
        out = module(x)
        assert_like(out.value, x)
        assert not out.is_input
    x = numbers(rng, 5, 6)
    assert_values(module(x).value, thresholded_relu(x))
