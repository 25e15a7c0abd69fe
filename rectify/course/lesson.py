"""What a solved notebook must be: stored clean, with its ids, tags, figures and links in order."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
from nbformat import NotebookNode
from nbgrader import utils

from rectify import reading
from rectify.course.finding import Finding
from rectify.faults import GraderError
from rectify.plugins.release import files_used
from rectify.settings import Course
from rectify.submission.cells import classes, tags
from rectify.suites import runner

_IMAGES = {".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp"}
_DESCRIPTION = 20
"""Characters that the description of a figure has at least: fewer say nothing."""

_CODE = re.compile(r"```.*?```|~~~.*?~~~|(`+).*?\1", re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(\s*<?([^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?[^)]*\)")
_IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(src|alt)\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?", re.ASCII)
_TO_DO = re.compile(r"\bTo do: (\S.*)")


@dataclass(frozen=True)
class Lesson:
    """A solved notebook in source/."""

    assignment: str
    path: Path
    file: str
    notebook: NotebookNode
    ids: tuple[str, ...]
    """The cells' ids as they are stored: reading would make up those that are missing."""


def find(course: Course) -> tuple[list[Lesson], list[Finding]]:
    """Return the solved notebooks, and what keeps others from being read."""
    lessons, findings = [], []
    for path, assignment in [
        (path, assignment)
        for folder, _, assignment in course.folders(course.source)
        for path in reading.notebooks(folder)
    ]:
        file = course.label(path)
        try:
            text = path.read_text(encoding="utf-8")
            ids = tuple(cell.get("id", "") for cell in json.loads(text)["cells"])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                notebook = nbformat.reads(text, as_version=4)
                nbformat.validate(notebook)
            for cell in notebook.cells:
                cell.setdefault("id", "")
            lessons.append(Lesson(assignment, path, file, notebook, ids))
        except (ValueError, KeyError, nbformat.ValidationError) as error:
            fact = f"It is no notebook: {str(error).splitlines()[0]}"
            findings.append(Finding(file, fact, "Save it again from JupyterLab."))
    return lessons, findings


def stored_clean(lesson: Lesson) -> Iterator[Finding]:
    """A notebook holds no outputs, no counts and nothing that an editor has left behind."""
    notebook = lesson.notebook
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        fact = "Its format is older than 4.5, so its cells have no ids that stay."
        yield Finding(lesson.file, fact, "Save it again from JupyterLab.")
    known = {"kernelspec": {"display_name", "language", "name"}, "language_info": {"name"}}
    for key, value in notebook.metadata.items():
        for extra in sorted(value.keys() - known[key]) if key in known else [""]:
            name = f"{key}.{extra}" if extra else key
            fact = f"Its metadata holds {name}, which an editor or a kernel has left there."
            yield Finding(lesson.file, fact, "Take the entry out.")
    for name, count in Counter(lesson.ids).items():
        if not name or count > 1:
            fact = f"{count} cells have {'one id' if name else 'no id'}."
            yield Finding(lesson.file, fact, "Give each cell an id of its own.", name)
    for cell in notebook.cells:
        if cell.get("outputs") or cell.get("execution_count") is not None:
            fact = "It is stored with outputs or with an execution count."
            yield Finding(lesson.file, fact, "Clear all outputs, and save.", cell.get("id", ""))
        if cell.get("attachments"):
            fact = f"It has attachments: {', '.join(sorted(cell.attachments))}."
            mend = "Put figures into assets/, and show them from there."
            yield Finding(lesson.file, fact, mend, cell.get("id", ""))
        for key in sorted(cell.metadata.keys() - {"nbgrader", "tags"}):
            fact = f"Its metadata holds {key}, which no release needs."
            yield Finding(lesson.file, fact, "Take the entry out.", cell.get("id", ""))


def names(course: Course, lessons: Sequence[Lesson]) -> Iterator[Finding]:
    """Each answer has its tag, each grade cell its suites, and all of them one name."""
    used: dict[str, str] = {}
    graded = set()
    for lesson in lessons:
        answers = {}
        for cell in lesson.notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            own = [grade_id] if grade_id else []
            if utils.is_solution(cell):
                answers[grade_id] = cell.source
                if tags(cell) != own:
                    fact = f"The answer cell {grade_id} has the tags {tags(cell)}."
                    yield Finding(lesson.file, fact, f"Give it one tag: {grade_id}.", cell.id)
            elif tags(cell):
                fact = f"It has the tags {tags(cell)}, and is no answer cell."
                yield Finding(lesson.file, fact, "Take the tags out.", cell.id)
            for name in own:
                if name in used:
                    fact = f"The name {name} is taken by {used[name]}."
                    yield Finding(lesson.file, fact, "Choose another one.", cell.id)
                used[name] = f"{lesson.file}, cell {cell.id}"
            if _has_suite(cell):
                graded.add(grade_id)
                yield from _suites_of(course, lesson, cell, answers)
    for path in sorted({p for top in _suites(course) for p in top.glob("test_*.py")}):
        if path.stem not in graded:
            fact = f"No notebook in source/ has a grade cell named {path.stem}."
            yield Finding(course.label(path), fact, "Name a cell so, or remove the suite.")


def _has_suite(cell: NotebookNode) -> bool:
    """Whether a cell is graded by a suite, and not by hand."""
    return cell.cell_type == "code" and utils.is_grade(cell) and not utils.is_solution(cell)


def _suites_of(
    course: Course, lesson: Lesson, cell: NotebookNode, answers: dict[str, str]
) -> Iterator[Finding]:
    """The suites of a grade cell are there, and about one answer that stands above it."""
    name = cell.metadata.nbgrader.grade_id
    hidden = course.suite(name)
    visible = course.root / "test_exercise" / f"{name}.py"
    for path in (hidden, visible):
        if not path.is_file():
            fact = f"Its suite {course.label(path)} is missing."
            yield Finding(lesson.file, fact, "Add the file, or rename the cell.", cell.id)
    if f"test_exercise/{name}.py" not in cell.source:
        fact = "It does not run its visible suite."
        yield Finding(lesson.file, fact, f"Have it run test_exercise/{name}.py.", cell.id)
    if not hidden.is_file():
        return
    file = course.label(hidden)
    try:
        exercise, points = runner.describe(hidden)
    except GraderError as error:
        yield Finding(file, str(error), "Mend the suite.")
        return
    if name != f"test_{exercise.tag}" or exercise.tag not in answers:
        fact = f"It grades the tag {exercise.tag}, and {lesson.file} names it from {name}."
        yield Finding(file, fact, "Let tag, suite and grade cell have one name.")
        return
    defined = classes(answers[exercise.tag])
    if exercise.class_name not in defined:
        fact = f"The answer cell {exercise.tag} defines no class {exercise.class_name}."
        yield Finding(lesson.file, fact, f"Let it define the class that {file} names.", cell.id)
    elif defined[-1] != exercise.class_name:
        # By its last class, grading tells an answer from other cells with the tag.
        fact = f"The last class of the answer cell {exercise.tag} is {defined[-1]}."
        yield Finding(lesson.file, fact, f"Put {exercise.class_name} behind it.", cell.id)
    if points != cell.metadata.nbgrader.get("points"):
        worth = cell.metadata.nbgrader.get("points")
        fact = f"It is worth {worth:g} points, and the groups of {file} {points:g}."
        yield Finding(lesson.file, fact, "Make both the same.", cell.id)
    if visible.is_file():
        seen = _constants(visible)
        if seen != (exercise.tag, exercise.class_name):
            fact = f"It checks {seen[1]} in the cell tagged {seen[0]}; the hidden suite differs."
            mend = f'Set TAG = "{exercise.tag}" and CLASS_NAME = "{exercise.class_name}".'
            yield Finding(course.label(visible), fact, mend)


def _constants(path: Path) -> tuple[object, object]:
    """Return TAG and CLASS_NAME of a visible suite."""
    found: dict[str, object] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found.update({t.id: node.value.value for t in node.targets if isinstance(t, ast.Name)})
    return found.get("TAG"), found.get("CLASS_NAME")


def figures(course: Course, lessons: Iterable[Lesson]) -> Iterator[Finding]:
    """Each figure that is used is there and described, and none lies there unused."""
    used = set()
    for lesson in lessons:
        here = {name for name in files_used(lesson.notebook) if name.startswith("assets/")}
        used |= here
        for cell in lesson.notebook.cells:
            named = {name for name in here if name in cell.source}
            for name in sorted(named):
                if not (course.root / name).is_file():
                    fact = f"It uses {name}, which is not there."
                    yield Finding(lesson.file, fact, "Add the file, or take it out.", cell.id)
            described = dict(_images(cell.source)) if cell.cell_type == "markdown" else {}
            for name in sorted({*named, *described}):
                if Path(name).suffix not in _IMAGES:
                    continue
                if len(described.get(name, "")) < _DESCRIPTION:
                    fact = f"The figure {name} has no description that says what it shows."
                    mend = f"Write ![what one sees]({name})."
                    yield Finding(lesson.file, fact, mend, cell.id)
    for path in sorted((course.root / "assets").rglob("*")):
        name = course.label(path)
        plain = path.suffix != ".py" and not path.name.startswith(".")
        if path.is_file() and plain and name not in used:
            yield Finding(name, "No notebook uses it.", "Use it, or remove it.")


def _images(text: str) -> Iterator[tuple[str, str]]:
    """Yield place and description of each image in a markdown text."""
    for mark, description, target in _LINK.findall(_CODE.sub("code", text)):
        if mark:
            yield target, description
    for tag in _IMG.findall(text):
        attributes = {key.lower(): value for key, value in _ATTRIBUTE.findall(tag)}
        yield attributes.get("src", ""), attributes.get("alt", "")


def links(lessons: Iterable[Lesson]) -> Iterator[Finding]:
    """Links to pages are well-formed, and links to files lead to what students have, too."""
    for lesson in lessons:
        released = {f"{lesson.path.name}", *files_used(lesson.notebook)}
        for cell in lesson.notebook.cells:
            if cell.cell_type != "markdown":
                continue
            text = _CODE.sub("code", cell.source)
            targets = [(label, target) for _, label, target in _LINK.findall(text)]
            targets += [(source, source) for source, _ in _images(text) if _IMG.search(text)]
            for label, target in targets:
                why = _broken(target, released)
                if not label.strip() and target not in dict(_images(text)):
                    why = "has no text."
                if why:
                    fact = f"The link to {target or 'nothing'} {why}"
                    yield Finding(lesson.file, fact, "Mend the link.", cell.id)


def _broken(target: str, released: set[str]) -> str:
    """Return what is wrong with the target of a link, or nothing."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return "is no address."
    if parts.scheme in ("http", "https"):
        fine = _HOST.fullmatch(parts.netloc) and not re.search(r"[\s\\^`{|}<>\"]", target)
        return "" if fine else "is no address of a page."
    if parts.scheme or parts.netloc:
        return "" if parts.scheme == "mailto" and "@" in parts.path else "is no address of a page."
    if not parts.path:
        return "" if parts.fragment else "leads nowhere."
    return "" if unquote(parts.path) in released else "leads to no file of the release."


def to_dos(course: Course, lessons: Iterable[Lesson]) -> Iterator[Finding]:
    """What a skeleton has left for its author, marked by "To do:"."""
    fact = "Something is left to do."
    for lesson in lessons:
        for cell in lesson.notebook.cells:
            for text in _TO_DO.findall(cell.source):
                yield Finding(lesson.file, fact, text[0].upper() + text[1:], cell.id)
    tops = (*_suites(course), course.root / "samples", course.root / "mutants")
    for path in dict.fromkeys(path for top in tops for path in sorted(top.rglob("*.py"))):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            for text in _TO_DO.findall(line):
                mend = text[0].upper() + text[1:]
                yield Finding(f"{course.label(path)}:{number}", fact, mend)


def _suites(course: Course) -> tuple[Path, Path]:
    """Return the folders of the visible and of the hidden suites."""
    return course.root / "test_exercise", course.hidden
