"""Hands in metadata that is nested as deep as JSON can be read, but not walked through."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is damaged|is no Jupyter notebook")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Nest the notebook's metadata."""
    nested = '{"a":' * 940 + "1" + "}" * 940
    kit.write(folder, f'{{"metadata":{nested},"nbformat":4,"nbformat_minor":5,"cells":[]}}')
