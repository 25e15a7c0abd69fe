"""What a hidden suite observes of a call is what the call did, told by the grader's memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from rectify.faults import StudentFault
from rectify.sandbox.process import Sandbox
from rectify.suites.student import Allowance, Module, NotATensor, Raised, Student, TooSlow

CELL = """
import torch
from torch import nn

class Answer(nn.Module):
    def __init__(self, do="new"):
        super().__init__()
        self.do = do
        if do == "refuse":
            raise ValueError(f"do is {do}")

    def forward(self, x):
        if self.do == "new":
            return x * 2
        if self.do == "in place":
            return x.mul_(2)
        if self.do == "copy":
            y = x * 2
            x.copy_(y)
            return y
        if self.do == "view":
            return x.view(-1)[1:]
        if self.do == "gaps":
            x.set_(x.untyped_storage(), 0, (x.untyped_storage().nbytes() // 4,), (1,))
            return x.zero_()
        if self.do == "data":
            return x.data * 2
        if self.do == "raise":
            raise KeyError("in here")
        return {"none": None, "complex": torch.ones(1) * 1j, "huge": torch.ones(2**22),
                "sparse": torch.ones(2).to_sparse()}[self.do]
"""


@pytest.fixture(scope="module")
def student(sandbox: Sandbox) -> Iterator[Student]:
    with sandbox.session("calls") as session:
        student = Student(session, 2, Allowance(100))
        assert student.load(CELL, "Answer", 2)
        yield student


def layouts() -> dict[str, torch.Tensor]:
    numbers = torch.arange(1.0, 25.0)
    return {
        "plain": numbers.clone(),
        "0-dim": torch.tensor(3.0),
        "empty": torch.empty(0, 3),
        "transposed": numbers.clone().view(4, 6).T,
        "strided": numbers.clone()[::3],
        "inner": numbers.clone().view(4, 6)[1:3, 1:4],
        "channels_last": torch.rand(2, 3, 2, 2).contiguous(memory_format=torch.channels_last),
        "float16": numbers.half(),
        "bfloat16": numbers.bfloat16(),
        "float64": numbers.double(),
        "int8": torch.arange(-5, 5, dtype=torch.int8),
        "nan": torch.tensor([float("nan"), float("inf"), -0.0]),
    }


@pytest.mark.parametrize("name", layouts())
def test_a_call_agrees_with_the_same_call_made_here(student: Student, name: str) -> None:
    for do in ("new", "in place"):
        x = layouts()[name]
        out = student.new(do=do)(x)
        here = x.clone() * 2
        assert out.value.dtype == here.dtype
        assert torch.equal(out.value.nan_to_num(7), here.nan_to_num(7))
        after = here if do == "in place" else x
        assert torch.equal(out.input.nan_to_num(7), after.nan_to_num(7))
        assert out.input.stride() == x.stride()
        assert out.is_input is (do == "in place")
        assert out.gaps_untouched


def test_a_call_leaves_the_suites_own_tensor_alone(student: Student) -> None:
    x = torch.ones(3)
    student.new(do="in place")(x)
    assert x.tolist() == [1, 1, 1]


def test_bool_and_expanded_inputs_arrive(student: Student) -> None:
    x = torch.tensor([[True], [False]]).expand(2, 3)
    assert student.new()(x).value.tolist() == [[2, 2, 2], [0, 0, 0]]


def test_copying_back_is_not_in_place(student: Student) -> None:
    out = student.new(do="copy")(torch.ones(3))
    assert not out.is_input
    assert not out.shares_memory
    assert out.input.tolist() == [2, 2, 2]


def test_a_view_shares_memory(student: Student) -> None:
    out = student.new(do="view")(torch.ones(3))
    assert not out.is_input
    assert out.shares_memory


def test_writing_beside_the_input_is_seen(student: Student) -> None:
    out = student.new(do="gaps")(torch.ones(8)[::2])
    assert not out.gaps_untouched


@pytest.mark.parametrize("do", ["new", "in place"])
def test_gradients_come_back(student: Student, do: str) -> None:
    out = student.new(do=do)(torch.ones(2, 3), grad=torch.full((2, 3), 5.0))
    assert out.gradient is not None
    assert out.gradient.tolist() == [[10] * 3] * 2
    assert out.is_input is (do == "in place")


def test_a_leaf_that_requires_grad_refuses_changes(student: Student) -> None:
    with pytest.raises(Raised) as caught:
        student.new(do="in place")(torch.ones(3), requires_grad=True)
    assert caught.value.type_name == "RuntimeError"
    assert caught.value.where == "forward"


def test_a_lost_gradient_is_an_error_in_backward(student: Student) -> None:
    with pytest.raises(Raised) as caught:
        student.new(do="data")(torch.ones(3), grad=torch.ones(3))
    assert caught.value.where == "backward"


def test_meta_tensors_work(student: Student) -> None:
    out = student.new()(torch.empty(2, 3, device="meta"))
    assert out.value.device.type == "meta"
    assert out.value.shape == (2, 3)


def test_a_module_is_described_copied_and_wrapped(student: Student) -> None:
    module = student.new(do="new")
    facts = module.facts()
    assert (facts.is_module, facts.parameters, facts.state_keys) == (True, 0, ())
    module.train(False)
    assert not module.facts().training
    for other in (module.deepcopy(), module.sequential()):
        assert isinstance(other, Module)
        assert other(torch.ones(1)).value.tolist() == [2]


def test_an_exception_is_told_by_place_and_line_without_its_words(student: Student) -> None:
    """What it says may hold the input of a hidden check."""
    with pytest.raises(Raised) as caught:
        student.new(do="raise")(torch.ones(3))
    assert str(caught.value) == "KeyError was raised in forward, at line 29 of your cell."
    with pytest.raises(Raised, match=r"ValueError was raised in __init__"):
        student.new(do="refuse")


def test_a_made_up_exception_name_is_not_repeated() -> None:
    report = {"type": "TheInputWas42", "where": "and here 43", "line": 10**9, "message": "44"}
    assert not set("234") & set(str(Raised(report)))


@pytest.mark.parametrize("do", ["none", "complex", "huge", "sparse"])
def test_what_is_no_ordinary_tensor_is_a_fault_of_the_student(student: Student, do: str) -> None:
    with pytest.raises(NotATensor):
        student.new(do=do)(torch.ones(3))


def test_time_for_all_calls_is_limited(student: Student) -> None:
    with pytest.raises(TooSlow, match="All checks together may take 0 s"):
        Student(student._session, 2, Allowance(0)).new()


def test_answers_that_no_worker_gives_are_a_fault_of_the_student(student: Student) -> None:
    """Student code can patch the worker around it; then what it claims must still add up."""
    liar = CELL + (
        "\nfrom rectify.worker import protocol\n"
        "send = protocol.send\n"
        "def lie(connection, header, payload=b'', fd=None):\n"
        "    if 'value' in header: header['value']['shape'] = [10**12]\n"
        "    send(connection, header, payload)\n"
        "protocol.send = lie\n"
    )
    assert student.load(liar, "Answer", 2)
    with pytest.raises(StudentFault, match="disturbed"):
        student.new()(torch.ones(3))
