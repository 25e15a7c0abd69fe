"""The checks that the peers run, and the three ways in which they are written down for them.

They are what an instructor would write without this course's grading: the four that students see,
and four hidden ones. `evaluation_cell` puts them into a notebook as plain asserts, `otter_tests`
into a test file of otter-grader; `!pytest` in the cell runs the course's visible suite instead.

The text of the checks is copied into notebooks, so they use nothing but their arguments, torch and
what `HEADER` imports.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import indent

import torch
from torch import nn

Formula = Callable[..., float]
"""What an exercise computes, for one number and the parameters of the class."""


def values(student: type[nn.Module], formula: Formula, **given: float) -> None:
    """Values follow the formula."""
    numbers = [-20.0, -1.0, -0.5, 0.0, 0.5, 1.0, 20.0]
    expected = torch.tensor([formula(number, **given) for number in numbers])
    assert torch.allclose(student(**given)(torch.tensor(numbers)), expected)


def shape_and_dtype(student: type[nn.Module], formula: Formula, **given: float) -> None:
    """The result has the shape and dtype of the input."""
    for dtype in (torch.float16, torch.float32, torch.float64):
        for shape in ((5,), (2, 3), (4, 1, 2)):
            result = student(**given)(torch.ones(shape, dtype=dtype))
            assert (result.shape, result.dtype) == (shape, dtype)


def not_in_place(student: type[nn.Module], formula: Formula, **given: float) -> None:
    """A new tensor comes back, and the input stays as it was."""
    numbers = [-2.0, -1.0, 0.0, 1.0, 2.0]
    x = torch.tensor(numbers)
    result = student(**given)(x)
    assert x.tolist() == numbers
    assert result.data_ptr() != x.data_ptr()


def in_place(student: type[nn.Module], formula: Formula, **given: float) -> None:
    """With inplace=True the input is overwritten, and it is what comes back."""
    numbers = [-2.0, -1.0, 0.0, 1.0, 2.0]
    x = torch.tensor(numbers)
    before = x.data_ptr()
    result = student(inplace=True, **given)(x)
    assert result is x
    assert result.data_ptr() == before
    assert torch.allclose(x, torch.tensor([formula(number, **given) for number in numbers]))


def other_numbers(student: type[nn.Module], formula: Formula, **given: float) -> None:
    """Random numbers, in every call."""
    module = student(**given)
    for seed in range(3):
        x = 3 * torch.randn(5, 7, generator=torch.Generator().manual_seed(seed))
        expected = torch.tensor([formula(number, **given) for number in x.flatten().tolist()])
        assert torch.allclose(module(x), expected.reshape(5, 7))


def not_a_number(student: type[nn.Module], formula: Formula, **given: float) -> None:
    """NaN stays NaN."""
    assert student(**given)(torch.tensor([float("nan")])).isnan().all()


def transposed(student: type[nn.Module], formula: Formula, **given: float) -> None:
    """A transposed tensor works, in place too."""
    x = torch.arange(-6.0, 6.0).reshape(3, 4).t()
    expected = torch.tensor([[formula(number, **given) for number in row] for row in x.tolist()])
    assert torch.allclose(student(**given)(x), expected)
    assert torch.allclose(student(inplace=True, **given)(x), expected)
    assert torch.allclose(x, expected)


def gradient(student: type[nn.Module], formula: Formula, **given: float) -> None:
    """The gradient is the slope of the formula, in place too."""
    numbers = [-3.0, -0.7, 0.2, 1.7, 5.0]
    step = 0.1
    slope = [
        (formula(number + step, **given) - formula(number - step, **given)) / (2 * step)
        for number in numbers
    ]
    for inplace in (False, True):
        x = torch.tensor(numbers, requires_grad=True)
        student(inplace=inplace, **given)(x + 0).sum().backward()
        assert x.grad is not None
        assert torch.allclose(x.grad, torch.tensor(slope), atol=1e-4)


VISIBLE = (values, shape_and_dtype, not_in_place, in_place)
HIDDEN = (other_numbers, not_a_number, transposed, gradient)


@dataclass(frozen=True)
class Exercise:
    """What an exercise asks for.

    `formula` is the text of a function; `settings` are the arguments that the class is tried with.
    """

    class_name: str
    formula: str
    settings: tuple[str, ...]

    def calls(self, check: Callable[..., None]) -> str:
        """Return the lines that call a check, one for each setting."""
        return "".join(
            f"{check.__name__}({', '.join(filter(None, (self.class_name, 'formula', given)))})\n"
            for given in self.settings
        )


EXERCISES = {
    "relu": Exercise("MyReLU", "lambda x: x if x > 0 else 0.0", ("",)),
    "leaky_relu": Exercise("MyLeakyReLU", "lambda x, n=0.1: x if x > 0 else n * x", ("", "n=0.3")),
    "thresholded_relu": Exercise(
        "MyThresholdedReLU",
        "lambda x, threshold=1.0: x - threshold if x > threshold else 0.0",
        ("", "threshold=0.5"),
    ),
}

HEADER = """\
from collections.abc import Callable

import torch
from torch import nn

Formula = Callable[..., float]
"""


def evaluation_cell(assignment: str) -> str:
    """Return the text of a grade cell that asserts: all points, or none."""
    exercise = EXERCISES[assignment]

    def block(group: tuple[Callable[..., None], ...]) -> str:
        definitions = [inspect.getsource(check) for check in group]
        return "\n\n".join([*definitions, "".join(map(exercise.calls, group))])

    return (
        f"{HEADER}\nformula = {exercise.formula}\n\n\n{block(VISIBLE)}\n"
        f"### BEGIN HIDDEN TESTS\n{block(HIDDEN)}### END HIDDEN TESTS"
    )


def otter_tests(assignment: str, points: float) -> str:
    """Return a test file of otter-grader in which all checks are worth the same."""
    exercise = EXERCISES[assignment]
    checks = (*VISIBLE, *HIDDEN)
    parts = [
        f"from otter.test_files import test_case\n{HEADER}\n"
        f'OK_FORMAT = False\nname = "test_{assignment}"\npoints = None\n'
        f"formula = {exercise.formula}\n"
    ]
    for check in checks:
        parts.append(inspect.getsource(check))
        parts.append(
            f"@test_case(points={points / len(checks)}, hidden={check in HIDDEN})\n"
            f"def test_{check.__name__}({exercise.class_name}):\n"
            + indent(exercise.calls(check), "    ")
        )
    return "\n\n".join(parts)
