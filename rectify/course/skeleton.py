"""Makes the skeleton of a new exercise: all its files, which work, with marks where to go on.

Until its author writes something better, the exercise asks for a function that doubles numbers.
The marks are lines with "To do:", and `make check` lists them.
"""

from __future__ import annotations

import keyword
import os
import re
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from rectify.settings import Course

_templates = Environment(
    loader=PackageLoader("rectify.course", "templates"),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    autoescape=False,  # notebooks and Python
    trim_blocks=True,
)

_FILES = {
    "visible.py.j2": "test_exercise/test_{name}.py",
    "answer.py.j2": "samples/{name}/10/right_answer.py",
    "right.py.j2": "mutants/{name}/right/expected.py",
    "always_in_place.py.j2": "mutants/{name}/wrong/always_in_place.py",
    "flag_ignored.py.j2": "mutants/{name}/wrong/flag_ignored.py",
    "stub.py.j2": "mutants/{name}/wrong/stub.py",
}
"""Templates, and where in the course folder the file lies that is made of each."""

_LINKS = ("assets", "test_exercise")


class Refused(Exception):
    """No exercise can have this name. The text says why, and which names will do."""


def make(course: Course, name: str, *, to_do: bool = True) -> list[Path]:
    """Write the files of a new exercise, and return their paths. Raises Refused.

    Without `to_do` it stays what it is, an exercise that asks to double numbers.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise Refused(
            f"{name!r} cannot be the name of an exercise. Use small letters, digits and _, "
            "beginning with a letter, such as leaky_relu."
        )
    source = course.folder(course.source, name)
    places = {
        "lesson.ipynb.j2": source / f"{name}.ipynb",
        "hidden.py.j2": course.suite(f"test_{name}"),
        **{template: course.root / place.format(name=name) for template, place in _FILES.items()},
    }
    folders = [source, course.folder(course.release, name)]
    folders += [course.root / place / name for place in ("samples", "mutants")]
    for path in (*folders, *places.values()):
        if path.exists():
            taken = course.label(path)
            raise Refused(f"The name {name} is taken: there is {taken}. Choose another one.")
    for template, path in places.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _templates.get_template(template).render(
            name=name, class_name=class_name(name), to_do=to_do
        )
        path.write_text(text, encoding="utf-8")
    for link in _LINKS:
        (source / link).symlink_to(os.path.relpath(course.root / link, source))
    return list(places.values())


def class_name(name: str) -> str:
    """Return the name of the class that students write: MyLeakyRelu for leaky_relu."""
    return "My" + "".join(part.capitalize() for part in name.split("_"))
