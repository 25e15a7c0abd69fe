"""What runs inside the sandbox, here without one, so that its lines can be counted.

Worker processes are killed when their work is done, and cannot write outside the sandbox. The ones
here are asked to end, may write, and may lock files, without which coverage's database cannot be
written. What a sandbox keeps from them is for tests/sandbox/.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest
import torch

from rectify.faults import Crashed, Misbehaved
from rectify.notebook import execution
from rectify.sandbox import bubblewrap, process
from rectify.sandbox.process import Sandbox, Session
from rectify.submission.rebuild import Answer
from rectify.suites import runner
from rectify.suites.student import Allowance, NotATensor, Raised, Student
from rectify.worker import protocol, seccomp, selftest

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENTS = ("leaky_relu", "relu", "thresholded_relu")


def use(student: Student, *, backward: bool) -> None:
    """Do all that can be done with a module."""
    module = student.new()
    if backward:
        module(torch.ones(3), grad=torch.ones(3))
    module.deepcopy()
    module.train(True)
    module.facts()


UNFILTERED = """
import sys; sys.path[:0] = sys.argv[2:]
from rectify.worker import seccomp, zygote
seccomp.refuse = lambda: None
zygote.main(sys.argv[1])
"""
"""What the warm process runs here: all that it runs elsewhere, but for the system-call filter."""


class Patient(Sandbox):
    """A warm process whose sessions, and which itself, may end before they are killed."""

    @contextmanager
    def _forked(self, kind: str) -> Iterator[Session]:
        with super()._forked(kind) as session:
            yield session
            session._connection.shutdown(socket.SHUT_RDWR)
            assert self._process is not None
            self._wait_for([child.pid for child in psutil.Process(self._process.pid).children()])

    def close(self) -> None:
        """Let the warm process see that nobody gives it orders any more, and end it."""
        if self._control is not None and self._process is not None:
            self._control.shutdown(socket.SHUT_RDWR)
            self._wait_for([self._process.pid])
        super().close()

    @staticmethod
    def _wait_for(processes: list[int]) -> None:
        deadline = time.monotonic() + 60
        for number in processes:
            while time.monotonic() < deadline and psutil.pid_exists(number):
                if psutil.Process(number).status() == psutil.STATUS_ZOMBIE:
                    break
                time.sleep(0.01)


@pytest.fixture(scope="module")
def patient() -> Iterator[Patient]:
    """A warm process that counts lines if this one does."""
    counting = [f"{k}={v}" for k, v in os.environ.items() if k.startswith("COVERAGE_")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bubblewrap, "ENVIRONMENT", (*bubblewrap.ENVIRONMENT, *counting))
        patch.setattr(process, "_RUN", UNFILTERED)
        with Patient("none") as patient:
            patient.start()
            yield patient


@contextmanager
def loaded(patient: Patient, source: str) -> Iterator[Student]:
    with patient.session("calls") as session:
        student = Student(session, call_seconds=5, allowance=Allowance(60))
        assert student.load(source, "Module", 5)
        yield student


MODULE = """
import torch
class Module(torch.nn.Module):
    def __init__(self, answer=None):
        super().__init__()
        self.answer = answer
    def forward(self, x):
        return {}
"""


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_right_answer_earns_full_points(patient: Patient, assignment: str) -> None:
    source = (ROOT / f"samples/{assignment}/10/right_answer.py").read_text(encoding="utf-8")
    path = ROOT / "test_exercise" / "hidden" / f"test_{assignment}.py"
    result = runner.grade(path, {assignment: Answer(source)}, sandbox=patient, seed="1")
    assert (result.score, result.isolation) == (10, "none")


@pytest.mark.parametrize(
    ("returned", "error"),
    [
        ("1 / 0", Raised),
        ("'text'", NotATensor),
        ("[x]", NotATensor),
        ("torch.quantize_per_tensor(x, 0.1, 0, torch.qint8)", NotATensor),
        ("x.to_sparse()", NotATensor),
        ("x.to(torch.complex64)", NotATensor),
        ("__import__('os')._exit(3)", Crashed),
    ],
)
def test_what_is_no_tensor_is_reported(
    patient: Patient, returned: str, error: type[Exception]
) -> None:
    with loaded(patient, MODULE.format(returned)) as student:
        module = student.new()
        with pytest.raises(error):
            module(torch.ones(3))


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("def __init__(self): 1 / 0", "__init__"),
        ("def __deepcopy__(self, memo): 1 / 0", "deepcopy"),
        ("def train(self, mode=True): 1 / 0", "train"),
        ("def state_dict(self): 1 / 0", "state_dict"),
        ("def forward(self, x): return Wrong.apply(x)", "backward"),
    ],
)
def test_an_error_is_told_with_its_place_and_line(
    patient: Patient, method: str, place: str
) -> None:
    source = f"""
import torch
class Wrong(torch.autograd.Function):
    forward = staticmethod(lambda context, x: x * 2)
    backward = staticmethod(lambda context, x: 1 / 0)
class Module(torch.nn.Module):
    {method}
"""
    with loaded(patient, source) as student, pytest.raises(Raised) as caught:
        use(student, backward=place == "backward")
    assert (caught.value.where, caught.value.type_name) == (place, "ZeroDivisionError")
    assert caught.value.line == (5 if place == "backward" else 7)


def test_a_cell_that_does_not_run_is_told_with_its_line(patient: Patient) -> None:
    for source, line in (("x = 1\n1 / 0", 2), ("x = 1\ndef f(:\n  pass", 2), ("%time x = y", None)):
        with patient.session("calls") as session:
            student = Student(session, call_seconds=5, allowance=Allowance(60))
            with pytest.raises(Raised) as caught:
                student.load(source, "Module", 5)
        assert (caught.value.where, caught.value.line) == ("load", line or caught.value.line)


def test_a_call_reports_gradient_memory_and_facts(patient: Patient) -> None:
    with loaded(patient, MODULE.format("x.mul_(2) if self.answer else x * 2")) as student:
        x = torch.arange(6.0).reshape(2, 3).T
        out = student.new(answer=True)(x, grad=torch.ones(3, 2))
        assert out.is_input
        assert out.gradient is not None
        assert out.gradient.tolist() == [[2, 2]] * 3
        module = student.new().deepcopy().sequential()
        module.train(False)
        assert (module.facts().is_module, module.facts().training) == (True, False)
        assert module(torch.empty(2, device="meta")).value.is_meta


def test_a_request_that_no_grader_sends_ends_the_session(patient: Patient) -> None:
    with patient.session("calls") as session, pytest.raises((Crashed, Misbehaved)):
        session.ask({"do": "dance"}, seconds=5)


def test_cells_show_what_they_show_in_jupyter(patient: Patient) -> None:
    sources = (
        "import matplotlib.pyplot as plt\nprint('hello')\n6 * 7",
        "plt.plot([1, 2]); plt.show()",
        "import sys; print('careful', file=sys.stderr)",
        "%time x = 1",
        "!echo from the shell; exit 3",
        "_exit_code",
        "from IPython.display import display, HTML; display(HTML('<b>bold</b>'))",
        "display(1, display_id='a'); plt.figure()",
        "print('x' * 200_000)",
        "1 / 0",
        "def f(:",
    )
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    execution.run(nbformat.v4.new_notebook(cells=cells), patient, skip=set())
    shown = [json.dumps(cell.outputs) for cell in cells]
    assert "hello" in shown[0]
    assert '"text/plain": "42"' in shown[0]
    assert "image/png" in shown[1]
    assert "careful" in shown[2]
    assert "from the shell" in shown[4]
    assert '"text/plain": "3"' in shown[5]
    assert "ZeroDivisionError" in shown[9]
    assert "SyntaxError" in shown[10]
    assert len(shown[8]) < 150_000


def test_a_lesson_is_run_once_for_all_sessions(patient: Patient) -> None:
    with patient.session("calls"):
        pass  # its end empties the folders, which warming up has filled
    lesson = ("x = 6", "print(x)")
    patient.prepare(lesson)
    cells = [nbformat.v4.new_code_cell(source) for source in (*lesson, "x * 7")]
    execution.run(nbformat.v4.new_notebook(cells=cells), patient, skip=set())
    assert cells[1].outputs[0].text == "6\n"
    assert cells[2].outputs[0].data["text/plain"] == "42"


# --- Parts that a session without a sandbox must not run on this machine ---


def test_the_self_test_sees_what_is_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert selftest._reaches(port, "nobody listens")
    assert not selftest._reaches(port, "nobody listens")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0rectify-listens")
        server.listen()
        assert selftest._reaches(port, "rectify-listens")
    assert selftest._writes(str(tmp_path / "file"))
    assert not selftest._writes(str(tmp_path / "no" / "file"))
    (tmp_path / "text").write_text("A=1")
    assert selftest._read(str(tmp_path / "text")) == "A=1"
    assert selftest._read(str(tmp_path / "none")) == ""


def test_the_filter_is_a_program_of_the_kernels_kind() -> None:
    assert len(seccomp.program()) > 0


def test_frames_are_measured_before_they_are_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        protocol.send(ours, {"a": 1}, b"payload")
        frame = protocol.receive(theirs)
        assert (frame.header, frame.payload) == ({"a": 1}, b"payload")
        ours.sendall(b"\xff" * 64)
        with pytest.raises(protocol.ProtocolError):
            protocol.receive(theirs)
