"""The four checks of the exercise thresholded ReLU.

Run them in the folder of your notebook, after you have saved it:

    pytest -v test_exercise/test_thresholded_relu.py

Read them, too. When a check fails, you see what it is about, the values of its variables,
and what to look at.
"""

import pytest
import torch

TAG = "thresholded_relu"  # the cell with this tag is checked ...
CLASS_NAME = "MyThresholdedReLU"  # ... and must define this class


@pytest.fixture(scope="module")
def MyThresholdedReLU(student_class):
    """Your class, from the last save of your notebook."""
    return student_class


def test_values(MyThresholdedReLU):
    """Values: numbers above the threshold come back less the threshold, all others become 0."""
    numbers = [-20.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 20.0]
    for threshold, thresholded_relu in (
        (1.0, MyThresholdedReLU()),
        (0.5, MyThresholdedReLU(threshold=0.5)),
        (4.0, MyThresholdedReLU(threshold=4.0)),
    ):
        expected = [number - threshold if number > threshold else 0.0 for number in numbers]

        result = thresholded_relu(torch.tensor(numbers))

        assert result.tolist() == expected, (
            "The result has other numbers than expected.\n"
            "Look at the branch of forward for inplace=False, and at the formula in the lesson.\n"
            "Is the threshold the one that the object was created with, and 1.0 by default?"
        )


def test_shape_and_dtype(MyThresholdedReLU):
    """Shape and dtype: the result has those of the input."""
    for expected_dtype in (torch.float16, torch.float32, torch.float64):
        for expected_shape in ((5,), (2, 3), (4, 1, 2)):
            x = torch.ones(expected_shape, dtype=expected_dtype)

            result = MyThresholdedReLU()(x)
            shape, dtype = tuple(result.shape), result.dtype

            assert shape == expected_shape, (
                "The shape has changed.\n"
                "Look for what picks, adds or joins numbers: each number is treated by itself."
            )
            assert dtype == expected_dtype, (
                "The dtype has changed.\n"
                "Look for conversions such as .float(), and for tensors that you create yourself:\n"
                "threshold can stay a plain Python number."
            )


def test_not_in_place(MyThresholdedReLU):
    """Not in place: a new tensor comes back, and the input stays untouched."""
    numbers = [-1.0, 0.0, 0.75, 1.0, 3.0]
    for thresholded_relu in (MyThresholdedReLU(), MyThresholdedReLU(inplace=False)):
        x = torch.tensor(numbers)

        result = thresholded_relu(x)

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


def test_in_place(MyThresholdedReLU):
    """In place: with inplace=True the input is overwritten, and it is what comes back."""
    numbers = [-1.0, 0.0, 0.75, 1.0, 3.0]
    for threshold, thresholded_relu in (
        (1.0, MyThresholdedReLU(inplace=True)),
        (0.5, MyThresholdedReLU(threshold=0.5, inplace=True)),
    ):
        expected = [number - threshold if number > threshold else 0.0 for number in numbers]
        x = torch.tensor(numbers)
        id_before, data_ptr_before = id(x), x.data_ptr()

        result = thresholded_relu(x)
        id_after, data_ptr_after = id(result), result.data_ptr()

        assert id_after == id_before, (
            "Another tensor came back: its id() is not that of the input.\n"
            "Does __init__ store inplace? Then look at the branch of forward for inplace=True:\n"
            "it must change tinput itself and return it. A formula with - makes a new tensor."
        )
        assert data_ptr_after == data_ptr_before, (
            "The numbers have moved to other memory: data_ptr() has changed.\n"
            "Overwrite the numbers of tinput instead of giving it new ones."
        )
        assert result.tolist() == expected, (
            "The right tensor came back, with other numbers than expected.\n"
            "Look at the branch of forward for inplace=True, and at the order of its steps."
        )
