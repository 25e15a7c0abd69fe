"""What hidden suites assert of a result: values, what was done to the input, gradients."""

import torch
from torch import Tensor
from torch.testing import assert_close

from rectify.suites.student import Module, Output

# Right answers round differently: one computes in the dtype of its input, another in float32 and
# casts back; one adds terms that almost cancel, another multiplies once. So much of a difference is
# no mistake, and no random numbers bring a usual formula near this bound.
RELATIVE_TOLERANCE = {
    torch.float16: 8 * torch.finfo(torch.float16).eps,
    torch.bfloat16: 8 * torch.finfo(torch.bfloat16).eps,
    torch.float32: 1e-5,
    torch.float64: 1e-5,
}


def assert_like(actual: Tensor, expected: Tensor) -> None:
    """Assert shape, dtype and device, before one computes with a student's result."""
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype
    assert actual.device == expected.device


def assert_values(actual: Tensor, expected: Tensor, *, rtol: float | None = None) -> None:
    """Assert shape, dtype and values. NaN equals NaN; the sign of zero does not matter."""
    if _same(actual, expected):
        return
    if expected.dtype.is_floating_point:
        kind = torch.finfo(expected.dtype)
        rtol = RELATIVE_TOLERANCE[expected.dtype] if rtol is None else rtol
        assert_close(actual, expected, rtol=rtol, atol=4 * kind.tiny * kind.eps, equal_nan=True)
    else:
        assert_close(actual, expected, rtol=0, atol=0)


def assert_left_alone(out: Output, x: Tensor) -> None:
    """Assert that the result is a new tensor, and the input and what lies around it as before."""
    assert not out.is_input, "the module returned its input"
    assert not out.shares_memory, "the result lies in the memory of the input"
    if not _same(out.input, x):
        assert_close(out.input, x, rtol=0, atol=0, equal_nan=True)
    assert out.gaps_untouched, "the module wrote beside its input"


def assert_in_place(out: Output, expected: Tensor) -> None:
    """Assert that the module wrote into its input and nowhere else, and returned that tensor."""
    assert out.is_input, "the module returned another tensor"
    assert out.shares_memory, "the result lies in new memory"
    assert_values(out.value, expected)
    assert_values(out.input, expected)
    assert out.gaps_untouched, "the module wrote beside its input"


def assert_gradient(out: Output, expected: Tensor, *, rtol: float = 1e-5) -> None:
    """Assert the gradient that reached the leaf behind the input; a zero may be off by rounding."""
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
    """Whether two tensors are equal in all that is asserted. It takes a tenth of `assert_close`."""
    kinds = [(x.dtype, x.device, x.shape, x.layout) for x in (actual, expected)]
    return kinds[0] == kinds[1] and torch.equal(actual, expected)
