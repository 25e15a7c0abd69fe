"""Hands in a notebook without cells."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "has no code cell with the tag")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Empty the notebook."""
    kit.write(folder, {**released, "cells": []})
