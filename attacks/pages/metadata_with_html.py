"""Puts HTML into the metadata of the notebook and of its cells: titles, authors, ids, classes."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)
HTML = "\"'></title></style><script>alert(1)</script>"


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change all metadata but the tag."""
    notebook = kit.answered(released, tag)
    notebook.metadata |= {"title": HTML, "authors": [{"name": HTML}], "nbconvert": {"x": HTML}}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"x": HTML}}
    notebook.metadata["language_info"] = {"name": HTML, "pygments_lexer": HTML}
    notebook.cells += kit.code("1")
    for cell in notebook.cells:
        cell.metadata |= {"name": HTML, "slideshow": {"slide_type": HTML}, "cssclass": HTML}
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), HTML]
        cell.id = HTML
    kit.write(folder, notebook)
