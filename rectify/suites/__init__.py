"""What hidden suites are written with. A hidden suite imports from here, and from nowhere else.

A hidden suite is a pytest file. It names its exercise, and each of its test functions is a
group of checks with points and a hint:

    EXERCISE = Exercise(tag="relu", class_name="MyReLU")

    @group("Values", points=2, hint="Compare your result with the formula.")
    def test_values(student: Student, rng: torch.Generator) -> None:
        x = numbers(rng, 7)
        assert_values(student.new()(x).value, reference(x))

`student` is the class that the student wrote, in a process of its own; `rng` gives random numbers
that are this student's own, and the same again at a regrade.
"""

from rectify.suites.assertions import (
    RELATIVE_TOLERANCE,
    assert_gradient,
    assert_in_place,
    assert_left_alone,
    assert_like,
    assert_values,
    finite_differences,
)
from rectify.suites.exercise import Exercise, group
from rectify.suites.inputs import (
    FLOATS,
    dense_layouts,
    empty_layouts,
    layouts,
    numbers,
    numbers_of_all_sizes,
    numbers_off,
    shapes_off,
    with_special_values,
)
from rectify.suites.student import Facts, Module, NotATensor, Output, Raised, Student

__all__ = [
    "FLOATS",
    "RELATIVE_TOLERANCE",
    "Exercise",
    "Facts",
    "Module",
    "NotATensor",
    "Output",
    "Raised",
    "Student",
    "assert_gradient",
    "assert_in_place",
    "assert_left_alone",
    "assert_like",
    "assert_values",
    "dense_layouts",
    "empty_layouts",
    "finite_differences",
    "group",
    "layouts",
    "numbers",
    "numbers_of_all_sizes",
    "numbers_off",
    "shapes_off",
    "with_special_values",
]
