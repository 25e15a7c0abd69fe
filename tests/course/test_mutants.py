"""The suites are tested: each wrong answer loses what it must, and each right one nothing."""

from __future__ import annotations

import dataclasses
import random
import shutil
from pathlib import Path
from types import ModuleType

import pytest
import torch

from rectify import settings
from rectify.cli import main
from rectify.course import mutants
from rectify.course.mutants import Mutant, Verdict
from rectify.faults import GraderError
from rectify.result import Group, Outcome, Result
from rectify.sandbox.process import Sandbox
from rectify.submission.rebuild import Answer
from rectify.suites import runner

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
RELU, LEAKY, THRESHOLDED = ASSIGNMENTS = ("relu", "leaky_relu", "thresholded_relu")
CLASSES = {RELU: "MyReLU", LEAKY: "MyLeakyReLU", THRESHOLDED: "MyThresholdedReLU"}
MUTANTS = mutants.find(ROOT / "mutants")
COURSE = settings.load(ROOT)

# What students get wrong, and the answers that stand for it in every assignment.
KINDS = {
    "nothing written": "stub only_init_written in_place_missing in_place_only",
    "does not run": "syntax_error no_super_init wrong_method_name not_a_module python_if",
    "flag ignored": "flag_ignored always_in_place in_place_only_without_grad",
    "flag inverted": "inverted_flag",
    "flag not stored": "flag_not_stored flag_stored_as_false flag_on_the_class flag_in_a_tuple",
    "a copy instead of in place": "in_place_rebinds_name in_place_returns_a_copy data_replaced",
    "in place for some tensors only": "in_place_flattened_reshape in_place_only_if_contiguous",
    "writes beside a slice": "in_place_storage",
    "hidden from autograd": "data_attribute in_place_detach in_place_no_grad in_place_by_numpy",
    "no gradient": "detached no_grad data_read numpy_result straight_through",
    "input changed": "mutates_then_returns_copy clears_its_input",
    "wrong dtype": "through_float through_double through_half through_float_and_back",
    "special values": "nan_to_num nan_swallowed_in_place infinity_clipped",
    "neighbouring functions": "abs elu relu6",
    "state": "first_call_only remembers_first_result remembers_by_shape",
    "mode-dependent": "only_in_training in_place_only_in_training evaluation_is_in_place",
    "memorised": "memorised_visible_examples",
    "registers": "parameters_registered buffer_registered",
    "one device": "to_cpu python_loop",
    "wrong shape": "flattens at_least_one_dimension indexes_first_dimension",
    "dimensions of size 1": "squeezes squeezes_the_first squeezes_the_last squeezes_the_middle "
    "squeezes_the_result unsqueezes unsqueezes_rows at_least_two_dimensions reshapes_to_rows "
    "flattens_columns views_columns mask_squeezed backward_squeezes in_place_squeezes "
    "in_place_unsqueezes in_place_column_as_a_view in_place_mask_squeezed",
    "single numbers and none": "single_number_without_dimensions single_number_as_a_row "
    "single_number_by_item in_place_single_number_by_item empty_as_a_row",
}
KINDS_OF_ONE = {
    RELU: "clamp_max multiply_mask half_sum where_positive float_zero leaky_relu",
    LEAKY: "n_or_default hard_coded_n n_not_stored n_on_the_class sign_flip wrong_branch "
    "relun_clip torch_default_slope multiply_masks larger_of_both",
    THRESHOLDED: "threshold_or_default hard_coded_threshold threshold_not_stored sign_flip "
    "gated_form gated_by_torch_threshold maximum_of_x_and_threshold half_sum",
}
RIGHT = {
    RELU: "expected clamp_min relu maximum where masked_fill index_assignment threshold",
    LEAKY: "clamps functional minimum_parts where masked_fill index_assign in_place_ops",
    THRESHOLDED: "expected relu maximum where masked_fill index_assignment threshold_function",
}
RIGHT_OF_ALL = "autograd_function helper_method copy_back clone_then_in_place slice_assignment"

# Wrong only for some numbers or parameters: the random inputs decide whether they are caught.
BY_NUMBERS = {
    RELU: "relu6 rounded tiny_cut_off through_half square_root softplus "
    "infinity_clipped single_number_by_item in_place_single_number_by_item",
    LEAKY: "relu6 rounded tiny_cut_off through_half n_clamped hard_coded_n_in_place "
    "n_zero_means_identity larger_of_both",
    THRESHOLDED: "relu6 rounded through_half relu_first threshold_as_int hard_coded_in_place",
}


def mutant(assignment: str, name: str) -> Mutant:
    return next(
        m for m in MUTANTS if m.assignment == assignment and m.path.stem == name and not m.right
    )


def right(assignment: str, name: str) -> Mutant:
    return next(
        m for m in MUTANTS if m.assignment == assignment and m.path.stem == name and m.right
    )


def names(assignment: str, *, right: bool) -> set[str]:
    return {m.path.stem for m in MUTANTS if m.assignment == assignment and m.right == right}


@pytest.fixture(scope="module")
def verdicts(sandbox: Sandbox) -> list[Verdict]:
    """What both suites say of every answer."""
    return list(mutants.measure(COURSE, sandbox=sandbox))


# --- The answers ---


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_kind_of_mistake_and_every_way_to_be_right_is_there(assignment: str) -> None:
    wrong, good = names(assignment, right=False), names(assignment, right=True)
    assert len(wrong) >= 60
    assert len(good) >= 20
    assert set(" ".join(KINDS.values()).split()) <= wrong
    assert set(KINDS_OF_ONE[assignment].split()) <= wrong
    assert {*RIGHT[assignment].split(), *RIGHT_OF_ALL.split()} <= good


def test_every_wrong_answer_says_in_a_sentence_what_is_wrong() -> None:
    wrong = [m for m in MUTANTS if not m.right]
    assert [m.label for m in wrong if not m.mistake.endswith(".")] == []
    assert [m.label for m in wrong if m.source.splitlines()[2]] == []


def test_no_answer_is_there_twice() -> None:
    bodies = {}
    for m in MUTANTS:
        code = "\n".join(line for line in m.source.splitlines() if not line.startswith("#"))
        bodies.setdefault((m.assignment, code.strip()), []).append(m.label)
    assert [labels for labels in bodies.values() if len(labels) > 1] == []


def test_no_mutant_is_released() -> None:
    for path in (ROOT / "release").rglob("*"):
        assert "mutants" not in path.parts
        if path.suffix in (".py", ".ipynb"):
            text = path.read_text(encoding="utf-8")
            assert "# fails:" not in text, path
            assert "mutants" not in text, path


# --- What catches them ---


def test_every_answer_earns_what_it_must(verdicts: list[Verdict]) -> None:
    found = [finding for v in verdicts for finding in mutants.judge(v.mutant, v.result)]
    assert len(verdicts) == len(MUTANTS)
    assert "\n".join(map(str, found)) == ""


def test_right_answers_pass_the_visible_checks_too(verdicts: list[Verdict]) -> None:
    assert [v.mutant.label for v in verdicts if v.mutant.right and v.visible] == []


def test_the_page_is_what_is_measured(verdicts: list[Verdict]) -> None:
    written = (ROOT / mutants.PAGE).read_text(encoding="utf-8")
    measured = mutants.page(verdicts)
    assert written.startswith(f"{measured}\n## Mechanical"), "make mutants writes it again"


@pytest.mark.parametrize("seed", ["one", "two", "three"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_seed_lets_a_mutant_through(sandbox: Sandbox, assignment: str, seed: str) -> None:
    """Random numbers fall into each part of their range, so the mistake meets some of them."""
    for name in BY_NUMBERS[assignment].split():
        m = mutant(assignment, name)
        result = mutants.grade(m, COURSE, sandbox=sandbox, seed=seed)
        assert list(mutants.judge(m, result)) == []


def without_times(result: Result) -> Result:
    groups = tuple(dataclasses.replace(group, seconds=0.0) for group in result.groups)
    return dataclasses.replace(result, groups=groups)


def until(condition: str, assignment: str) -> Mutant:
    """A right answer, but forward returns nothing where the condition holds."""
    answer = right(assignment, "expected")
    name = CLASSES[assignment]
    return Mutant(
        answer.path,
        f"""{answer.source}

right = {name}.forward


def forward(self, tinput):
    return None if {condition} else right(self, tinput)


{name}.forward = forward
""",
    )


BY_CHANCE = "tinput.detach().double().abs().sum() * 1000 % 8 < 1"
"""Holds for one input in eight: which groups fail depends on the random numbers alone."""


@pytest.mark.parametrize(
    "answer",
    [
        mutant(RELU, "stub"),
        mutant(RELU, "first_call_only"),
        until(BY_CHANCE, RELU),
        right(LEAKY, "expected"),
        mutant(THRESHOLDED, "flag_on_the_class"),
    ],
    ids=["stub", "first_call_only", "wrong_by_chance", "right", "flag_on_the_class"],
)
def test_twenty_runs_give_one_result(sandbox: Sandbox, answer: Mutant) -> None:
    first, *others = (
        without_times(mutants.grade(answer, COURSE, sandbox=sandbox)) for _ in range(20)
    )
    assert [other for other in others if other != first] == []


@pytest.mark.parametrize("order", ["reversed", "shuffled"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_order_of_the_checks_makes_no_difference(
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    assignment: str,
    order: str,
) -> None:
    """By group, down to the random inputs: they hang on its name, not on what ran before it."""
    monkeypatch.setattr(runner, "version_of", lambda text: "the same for both orders")
    path = ROOT / "test_exercise" / "hidden" / f"test_{assignment}.py"
    head, *groups = path.read_text(encoding="utf-8").split("\n\n\n@group(")
    if order == "reversed":
        groups.reverse()
    else:
        random.Random(0).shuffle(groups)
    other = tmp_path / path.name
    other.write_text("\n\n\n@group(".join([head, *groups]), encoding="utf-8")
    by_chance = until(BY_CHANCE, assignment)
    stateful = [mutant(assignment, name) for name in ("first_call_only", "flag_on_the_class")]
    for answer in (right(assignment, "expected"), *stateful, by_chance):
        usual = mutants.grade(answer, COURSE, sandbox=sandbox)
        answers = {assignment: Answer(answer.source)}
        result = runner.grade(other, answers, sandbox=sandbox, seed="mutants")
        assert [g.name for g in result.groups] != [g.name for g in usual.groups]
        assert {g.name: g.outcome for g in result.groups} == {
            g.name: g.outcome for g in usual.groups
        }


# --- What is not graded ---


def module(answer: Mutant) -> torch.nn.Module:
    """The class of a right answer, made in this process."""
    loaded = ModuleType("answer")
    exec(compile(answer.source, answer.label, "exec"), loaded.__dict__)  # noqa: S102 - our own
    made = getattr(loaded, CLASSES[answer.assignment])()
    assert isinstance(made, torch.nn.Module)
    return made


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_right_answers_differ_in_the_gradient_at_the_kink(assignment: str) -> None:
    """And yet all earn full points: at a kink, frameworks and versions pick different slopes."""
    kink = 1.0 if assignment == THRESHOLDED else 0.0
    slopes = {}
    for answer in MUTANTS:
        if answer.assignment == assignment and answer.right:
            x = torch.tensor([kink], requires_grad=True)
            module(answer)(x).sum().backward()
            assert x.grad is not None
            slopes[answer.path.stem] = round(x.grad.item(), 3)
    assert len(set(slopes.values())) >= 2, slopes


def test_right_answers_differ_in_the_sign_of_zero() -> None:
    """And yet all earn full points: -0.0 equals 0.0."""
    zeros = {
        answer.path.stem: module(answer)(torch.tensor([-0.0])).signbit().item()
        for answer in MUTANTS
        if answer.assignment == RELU and answer.right
    }
    assert zeros["expected"] != zeros["where_at_most_zero"]


# --- The findings ---


def answered(folder: Path, first: str, kind: str = "wrong") -> Mutant:
    return Mutant(folder / "mutants" / "double" / kind / "answer.py", f"{first}\n# It is odd.\n")


def graded(*failed: str) -> Result:
    groups = tuple(
        Group(name, name, 1.0, "", Outcome.FAILED if name in failed else Outcome.PASSED)
        for name in ("test_a", "test_b")
    )
    return Result("test_double", "1", "none", groups)


@pytest.mark.parametrize(
    ("first", "failed", "finding"),
    [
        ("# fails: test_a", ["test_a"], ""),
        ("# fails: test_a", ["test_a", "test_b"], ""),
        ("# fails: all", ["test_a", "test_b"], ""),
        ("# fails: test_a", [], "It is not caught: every group of the hidden suite passes."),
        ("# fails: test_a, test_b", ["test_a"], "The group test_b passes, though it must fail."),
        ("# fails: all", ["test_a"], "The group test_b passes, though it must fail."),
        ("# fails: test_c", ["test_a"], "The hidden suite has no group test_c."),
        ("import torch", ["test_a"], "Its first line does not say what must fail."),
    ],
)
def test_a_wrong_answer_must_fail_the_groups_that_it_names(
    first: str, failed: list[str], finding: str
) -> None:
    found = list(mutants.judge(answered(Path("course"), first), graded(*failed)))
    assert [f.fact for f in found] == ([finding] if finding else [])
    assert all(f.file == "mutants/double/wrong/answer.py" and f.mend for f in found)


@pytest.mark.parametrize(
    ("first", "failed", "finding"),
    [
        ("import torch", [], ""),
        ("import torch", ["test_b"], "A right answer fails test_b."),
        ("# fails: test_b", [], "It is in the folder right, and its first line begins"),
    ],
)
def test_a_right_answer_must_fail_nothing(first: str, failed: list[str], finding: str) -> None:
    found = list(mutants.judge(answered(Path("course"), first, "right"), graded(*failed)))
    assert [f.fact[: len(finding)] for f in found] == ([finding] if finding else [])


def test_the_command_writes_the_page_and_names_what_is_not_caught(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("source", "test_exercise"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "docs").mkdir()
    for kind, name in (("right", "expected"), ("wrong", "zeros")):
        (tmp_path / "mutants" / RELU / kind).mkdir(parents=True)
        answer = ROOT / "mutants" / RELU / kind / f"{name}.py"
        shutil.copy(answer, tmp_path / "mutants" / RELU / kind)
    missed = tmp_path / "mutants" / RELU / "wrong" / "missed.py"
    source = right(RELU, "expected").source
    missed.write_text(f"# fails: test_values\n# Nothing is wrong.\n\n{source}", encoding="utf-8")

    assert main(["--course", str(tmp_path), "mutants"]) == 1
    said = capfd.readouterr().out
    assert "mutants/relu/wrong/missed.py: It is not caught" in said
    assert "Add a check to the hidden suite test_relu.py." in said
    page = (tmp_path / mutants.PAGE).read_text(encoding="utf-8")
    assert "| relu | 2 | 1 of 2 | 1 of 2 | 1 | 1 of 1 |" in page
    assert "| `zeros` | Always zeros. | values, in_place | **all** | 0 |" in page
    assert "| `missed` | Nothing is wrong. | none | none | 10 |" in page
    assert "Right answers: `expected`." in page


def test_the_command_is_content_where_each_answer_earns_what_it_must(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source").symlink_to(ROOT / "source")
    (tmp_path / "docs").mkdir()
    verdict = Verdict(answered(tmp_path, "# fails: test_a"), (), graded("test_a"))
    monkeypatch.setattr(mutants, "measure", lambda *_, **__: [verdict])
    assert main(["--course", str(tmp_path), "mutants"]) == 0
    assert "1 answers and 0 changes, each as it must be." in capfd.readouterr().out
    page = (tmp_path / mutants.PAGE).read_text(encoding="utf-8")
    assert "| `answer` | It is odd. | none | **a** | 1 |" in page


def test_visible_checks_that_do_not_run_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="The visible checks did not run"):
        mutants.visible([right(RELU, "expected")], settings.load(tmp_path))
