"""Replaces metadata by numbers, lists and texts, but for the answer's tag."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10, or_less=True, says="")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the type of all that can be changed."""
    notebook = kit.answered(released, tag)
    answer = kit.answer_cell(notebook, tag)
    for number, cell in enumerate(notebook.cells):
        if cell is not answer:
            cell.metadata = [7, [], "text", None, True][number % 5]
    answer.metadata = {"tags": [[], {}, 7, None, tag], "nbgrader": [tag], "name": {}}
    notebook.metadata = {"kernelspec": 7, "language_info": [], "rectify": {"problems": 7}}
    kit.write(folder, notebook)
