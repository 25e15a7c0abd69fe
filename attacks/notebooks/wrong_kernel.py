"""Asks for a kernel that does not exist, of a language that is not Python."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the notebook's kernel."""
    notebook = kit.answered(released, tag)
    notebook.metadata["kernelspec"] = {
        "name": "../../bash",
        "language": "bash",
        "display_name": "x",
    }
    notebook.metadata["language_info"] = {"name": "R", "pygments_lexer": "nothing"}
    kit.write(folder, notebook)
