"""Puts the files that a released notebook uses beside it, as real copies.

In source/ they are reached through symbolic links, which nbgrader does not follow.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import NbGraderPreprocessor

_FILES = re.compile(r"\b(?:assets/[\w.-]+\.\w+|test_exercise/test_\w+\.py)")
_SHARED = "test_exercise/conftest.py"
"""What every visible suite needs beside it."""


def files_used(notebook: NotebookNode) -> list[str]:
    """Return the figures and visible suites that a notebook names, with what they need."""
    found = {name for cell in notebook.cells for name in _FILES.findall(cell.source)}
    if any(name.startswith("test_exercise/") for name in found):
        found.add(_SHARED)
    return sorted(found)


class BundleFiles(NbGraderPreprocessor):
    """Has nbgrader write the files that a notebook uses into its release folder."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Add the files to what is written. Raises NbGraderException when one is missing."""
        course = self.parent.parent.coursedir
        names = resources["nbgrader"]
        source = Path(course.format_path(course.source_directory, ".", names["assignment"]))
        outputs = resources.setdefault("outputs", {})
        for name in files_used(nb):
            path = source / name
            if not path.is_file() or not path.resolve().is_relative_to(course.root):
                raise NbGraderException(
                    f"{names['notebook']}.ipynb uses {name}, which is not in {source}. "
                    "Add the file, or take it out of the notebook."
                )
            outputs[name] = path.read_bytes()
        return nb, resources
