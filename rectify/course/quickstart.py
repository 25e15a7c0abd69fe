"""Makes a course of one's own in a new folder: one exercise, which is graded at once.

The exercise is the one that `rectify new` makes, without the marks of what is left to do.
"""

from __future__ import annotations

import re
from importlib import metadata, resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from rectify import settings
from rectify.course import skeleton

EXERCISE = "double"
"""The exercise of a new course."""

_templates = Environment(
    loader=PackageLoader("rectify.course", "quickstart_files"),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    autoescape=False,  # Python, Markdown and a Makefile
)

_FILES = {
    "nbgrader_config.py.j2": "nbgrader_config.py",
    "Makefile.j2": "Makefile",
    "README.md.j2": "README.md",
    "requirements.txt.j2": "requirements.txt",
    "gitignore.j2": ".gitignore",
    "keep.j2": "assets/.gitkeep",
}
"""Templates, and where in the course folder the file lies that is made of each."""

_SHARED = {
    "visible_conftest.py.txt": "test_exercise/conftest.py",
    "pytest.ini.txt": "test_exercise/pytest.ini",
    "hidden_conftest.py.txt": "test_exercise/hidden/conftest.py",
}
"""Files that each course has as they are, and where they lie there."""


class Refused(Exception):
    """No course can be made there. The text says why, and what to do."""


def make(folder: Path) -> list[Path]:
    """Write the files of a new course, and return their places in it. Raises Refused."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(
            f"{folder} is there already, and nothing in it is changed. Name a folder that is not "
            "there yet; `rectify adopt` is for a course that there is."
        )
    name = folder.resolve().name
    known = {
        "name": name,
        # nbgrader's exchange makes a folder of it.
        "course_id": re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") or "course",
        "exercise": EXERCISE,
        "class_name": skeleton.class_name(EXERCISE),
        "version": metadata.version("rectify-course"),
    }
    texts = {
        place: _templates.get_template(template).render(known) for template, place in _FILES.items()
    }
    shared = resources.files("rectify.course") / "shared"
    texts |= {place: (shared / name).read_text("utf-8") for name, place in _SHARED.items()}
    for place, text in texts.items():
        _write(folder / place, text)
    made = skeleton.make(settings.load(folder), EXERCISE, to_do=False)
    # An empty sample hands the released cell in as it is.
    not_started = folder / "samples" / EXERCISE / "0" / "not_started.py"
    _write(not_started, "")
    places = [path.resolve().relative_to(folder.resolve()) for path in (*made, not_started)]
    return sorted([*map(Path, texts), *places])


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
