"""The four checks of the exercise leaky ReLU.

Run them in the folder of your notebook, after you have saved it:

    pytest -v test_exercise/test_leaky_relu.py

Read them, too. When a check fails, you see what it is about, the values of its variables,
and what to look at.
"""

import pytest
import torch

TAG = "leaky_relu"  # the cell with this tag is checked ...
CLASS_NAME = "MyLeakyReLU"  # ... and must define this class


@pytest.fixture(scope="module")
def MyLeakyReLU(student_class):
    """Your class, from the last save of your notebook."""
    return student_class


def test_values(MyLeakyReLU):
    """Values: positive numbers stay as they are, negative numbers are multiplied by n."""
    numbers = [-20.0, -1.0, -0.5, 0.0, 0.5, 1.0, 20.0]
    for n, leaky_relu in (
        (0.1, MyLeakyReLU()),
        (0.5, MyLeakyReLU(n=0.5)),
        (2.0, MyLeakyReLU(n=2.0)),
    ):
        expected = [number if number > 0 else n * number for number in numbers]

        result = leaky_relu(torch.tensor(numbers))

        assert result.tolist() == pytest.approx(expected), (
            "The result has other numbers than expected.\n"
            "Look at the branch of forward for inplace=False, and at the formula in the lesson.\n"
            "Is n the one that the object was created with, and 0.1 by default?"
        )


def test_shape_and_dtype(MyLeakyReLU):
    """Shape and dtype: the result has those of the input."""
    for expected_dtype in (torch.float16, torch.float32, torch.float64):
        for expected_shape in ((5,), (2, 3), (4, 1, 2)):
            x = torch.ones(expected_shape, dtype=expected_dtype)

            result = MyLeakyReLU()(x)
            shape, dtype = tuple(result.shape), result.dtype

            assert shape == expected_shape, (
                "The shape has changed.\n"
                "Look for what picks, adds or joins numbers: each number is treated by itself."
            )
            assert dtype == expected_dtype, (
                "The dtype has changed.\n"
                "Look for conversions such as .float(), and for tensors that you create yourself:\n"
                "n can stay a plain Python number."
            )


def test_not_in_place(MyLeakyReLU):
    """Not in place: a new tensor comes back, and the input stays untouched."""
    numbers = [-2.0, -1.0, 0.0, 1.0, 2.0]
    for leaky_relu in (MyLeakyReLU(), MyLeakyReLU(inplace=False)):
        x = torch.tensor(numbers)

        result = leaky_relu(x)

        assert x.tolist() == numbers, (
            "The input x has changed.\n"
            "Look at the branch of forward for inplace=False. A method whose name ends in _\n"
            "changes its tensor. Is inplace False by default, and is the if the right way round?"
        )
        assert result is not x, "The input itself came back. Return a new tensor."
        assert result.data_ptr() != x.data_ptr(), (
            "The result shares its memory with the input: both have the same data_ptr().\n"
            "Return a tensor that has memory of its own."
        )


def test_in_place(MyLeakyReLU):
    """In place: with inplace=True the input is overwritten, and it is what comes back."""
    numbers = [-2.0, -1.0, 0.0, 1.0, 2.0]
    for n, leaky_relu in (
        (0.1, MyLeakyReLU(inplace=True)),
        (0.5, MyLeakyReLU(n=0.5, inplace=True)),
    ):
        expected = [number if number > 0 else n * number for number in numbers]
        x = torch.tensor(numbers)
        id_before, data_ptr_before = id(x), x.data_ptr()

        result = leaky_relu(x)
        id_after, data_ptr_after = id(result), result.data_ptr()

        assert id_after == id_before, (
            "Another tensor came back: its id() is not that of the input.\n"
            "Does __init__ store inplace? Then look at the branch of forward for inplace=True:\n"
            "it must change tinput itself and return it. A formula with + or * makes a new tensor."
        )
        assert data_ptr_after == data_ptr_before, (
            "The numbers have moved to other memory: data_ptr() has changed.\n"
            "Overwrite the numbers of tinput instead of giving it new ones."
        )
        assert result.tolist() == pytest.approx(expected), (
            "The right tensor came back, with other numbers than expected.\n"
            "Look at the branch of forward for inplace=True. Once a step has overwritten tinput,\n"
            "the next step no longer sees the numbers that came in."
        )
