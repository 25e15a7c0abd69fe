"""Hands in conftest.py, torch.py, numpy.py, sitecustomize.py and more beside a wrong answer."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "Compare your results?")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write programs that end the process which imports them."""
    kit.write(folder, kit.answered(released, tag, kit.WRONG))
    program = "import os\nos.environ['LOOT'] = '1'\nprint(10)\nos._exit(0)\n"
    names = ("conftest", "torch", "numpy", "sitecustomize", "nbgrader_config", "rectify/__init__")
    for name in (*names, "test_exercise/conftest", f"test_exercise/test_{tag}"):
        path = folder / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(program)
    for name in ("pytest.ini", "pyproject.toml", "setup.cfg"):
        (folder / name).write_text("[tool.pytest.ini_options]\naddopts = '--collect-only'\n")
