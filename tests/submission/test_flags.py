"""A human is asked to look at what no honest answer needs, and at nothing else."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader import utils

from rectify.course import samples
from rectify.submission import flags

ROOT = Path(__file__).resolve().parents[2]
HONEST = [sample for sample in samples.find(ROOT / "samples") if sample.source]


def released() -> NotebookNode:
    return nbformat.read(ROOT / "release" / "relu" / "relu.ipynb", as_version=4)


@pytest.mark.parametrize("sample", HONEST, ids=lambda s: f"{s.assignment}-{s.name}")
def test_no_sample_is_flagged(sample: samples.Sample) -> None:
    assert flags.code(sample.source) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import os", "os"),
        ("from rectify.worker import protocol", "rectify.worker"),
        ("import torch, subprocess as s", "subprocess"),
        ("__import__('os')", "__import__"),
        ("eval('1')", "eval"),
        ("open('/etc/passwd')", "open"),
        ("import torch\ntorch.relu = None", "torch.relu"),
        ("from torch import nn\nnn.Module.__call__ = None", "nn.Module.__call__"),
        ("().__class__.__bases__", "().__class__.__bases__"),
        ("f.__globals__", "f.__globals__"),
    ],
)
def test_code_that_reaches_beyond_an_answer_is_named(source: str, name: str) -> None:
    (note,) = flags.code(source)
    assert note == f"The cell uses {name}, which no answer needs. A human should look at it."


def test_what_an_exercise_forbids_is_named() -> None:
    forbidden = frozenset({"leaky_relu"})
    for source in ("F.leaky_relu(x)", "from torch.nn.functional import leaky_relu", "leaky_relu"):
        assert "asks to leave aside" in flags.code(source, forbidden)[0]
    assert flags.code("class MyLeakyReLU: pass  # leaky_relu", forbidden) == []


@pytest.mark.parametrize("source", ["def f(:", "x = " + "(" * 5000, "\0"])
def test_what_does_not_parse_is_not_flagged(source: str) -> None:
    assert flags.code(source) == []


def test_an_answered_notebook_with_cells_of_its_own_is_not_flagged() -> None:
    answered = samples.notebook(released(), "relu", "class MyReLU: pass")
    answered.cells.insert(2, nbformat.v4.new_code_cell("mine = 1"))
    answered.cells = [cell for cell in answered.cells if cell.id != "title"]
    assert flags.structure(answered, released()) == flags.Structure([], [])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"points": 1000}, "the settings of the cell test_relu were changed"),
        ({"locked": False}, "the settings of the cell test_relu were changed"),
        ({"schema_version": 99}, "the settings of the cell test_relu were changed"),
        ({"grade_id": "other"}, "the cell test_relu is missing"),
        ({"grade_id": ["test_relu"]}, "cells with grade ids of their own were added"),
    ],
)
def test_changed_settings_are_named(change: dict[str, object], what: str) -> None:
    notebook = released()
    cell = next(c for c in notebook.cells if c.id == "evaluation")
    cell.metadata.nbgrader.update(change)
    found = flags.structure(notebook, released())
    (note,) = found.changed
    assert found.older == []
    assert what in note
    assert "The released cells were graded instead." in note


@pytest.mark.parametrize("change", ["text", "points"])
@pytest.mark.parametrize("locked", [True, False])
def test_a_notebook_of_another_release_is_told_from_a_changed_one(
    change: str, locked: bool
) -> None:
    """nbgrader overwrites each grade cell, whether it is marked as locked or not."""
    both = [released(), released()]
    for notebook in both:
        found = next(c for c in notebook.cells if c.id == "evaluation")
        found.metadata.nbgrader.locked = locked
    notebook, present = both
    cell = next(c for c in notebook.cells if c.id == "evaluation")
    if change == "text":
        cell.source = "assert 'as it was once' # in an older release"
    else:
        cell.metadata.nbgrader.points = 5
    edited = flags.structure(notebook, present)
    assert "changed" in edited.changed[0]
    assert edited.older == []
    # nbgrader writes it when it makes a release.
    cell.metadata.nbgrader.checksum = utils.compute_checksum(cell)
    assert flags.structure(notebook, present) == flags.Structure([], ["test_relu"])


@pytest.mark.parametrize("kept", [None, "", 5, ["a"]])
def test_a_checksum_that_is_none_fits_nothing(kept: object) -> None:
    notebook = released()
    cell = next(c for c in notebook.cells if c.id == "evaluation")
    cell.source = "assert True"
    cell.metadata.nbgrader.checksum = kept
    cell.metadata.nbgrader.points = "many"
    found = flags.structure(notebook, released())
    assert "test_relu" in found.changed[0]
    assert found.older == []


def test_edited_doubled_retyped_and_deleted_cells_are_named() -> None:
    def changed(edit: str) -> str:
        notebook = released()
        place = next(i for i, c in enumerate(notebook.cells) if c.id == "evaluation")
        cell = notebook.cells[place]
        if edit == "edited":
            cell.source = "assert True"
        elif edit == "doubled":
            notebook.cells.append(copy.deepcopy(cell))
        elif edit == "retyped":
            notebook.cells[place] = nbformat.v4.new_markdown_cell("", metadata=cell.metadata)
        else:
            del notebook.cells[place]
        return flags.structure(notebook, released()).changed[0]

    assert "the locked cell test_relu was edited" in changed("edited")
    assert "the cell test_relu is there 2 times" in changed("doubled")
    assert "the cell test_relu has another type" in changed("retyped")
    assert "the cell test_relu is missing" in changed("deleted")


@pytest.mark.parametrize(
    ("source", "magic"),
    [
        ("    import os\n    os.getcwd()", False),
        (">>> import os\n>>> os.getcwd()", False),
        ("In [1]: import os\n   ...: os.getcwd()", False),
        ("%matplotlib inline\nimport os", False),
        ("%%time\nimport os", False),
        ("%cd ..\nimport os", True),
        ("files = !ls\nimport os", True),
        ("os?\nimport os", True),
        ("if True:\n    os.path?\nimport os", True),
        (";exec import sys\nimport os", True),
        ("/exec text\nimport os", True),
    ],
)
def test_code_that_only_jupyter_reads_is_looked_through_as_well(source: str, magic: bool) -> None:
    notes = flags.code(source)
    assert "The cell uses os, which no answer needs. A human should look at it." in notes
    assert any("get_ipython" in note for note in notes) == magic


@pytest.mark.parametrize("source", ["!ls \\\n -l", "%%bash\ncat x | sort"])
def test_a_magic_before_what_is_no_python_is_named(source: str) -> None:
    (note,) = flags.code(source)
    assert "get_ipython" in note


@pytest.mark.parametrize(
    "source", ["    x = 1\n    # why?\n", ">>> x = 1", "%matplotlib inline\nx = 1", "def f(:\n"]
)
def test_what_is_only_written_as_for_jupyter_is_not_flagged(source: str) -> None:
    assert flags.code(source) == []


def test_a_cell_of_magics_is_read_without_ipythons_slow_search() -> None:
    # IPython begins anew after each magic, and gives up with a RuntimeError after 500 of them.
    (note,) = flags.code("\n".join(["%a"] * 1000))
    assert "get_ipython" in note
