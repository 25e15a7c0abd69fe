"""`nbgrader autograde` for a class at once: the same steps, with the slow one done by many workers.

Sanitizing and recording stay in this process, which alone writes to the gradebook. Between them a
submission is a `Task`: a worker runs its cells and its hidden suites. A submission is recorded as
a whole: first in the gradebook, in one transaction, then by a rename of its finished folder. One
that was interrupted has no folder yet, so the same command grades it again, and only it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.autogradeapp import AutogradeApp
from nbgrader.apps.autogradeapp import aliases as autograde_aliases
from nbgrader.apps.autogradeapp import flags as autograde_flags
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import OperationalError
from traitlets import Bool, Integer, Unicode, default

from rectify.batch import progress
from rectify.batch.cluster import Workers, workers
from rectify.batch.entries import is_stale
from rectify.faults import GraderError, MachineShort
from rectify.notebook.task import Graded, Task
from rectify.plugins import guard
from rectify.plugins.exporter import SubmissionExporter
from rectify.plugins.gradebook import Recorder
from rectify.plugins.preprocessors import GRADED, Grade
from rectify.sandbox import environment, memory
from rectify.settings import Course

IN_FLIGHT = 3
"""Submissions handed over for each worker: one that it grades, and what keeps it from waiting."""


class BatchExporter(SubmissionExporter):
    """Reads notebooks as autograding does. The sandboxes are the workers' business."""

    def prepare(self) -> None:
        """Start no sandbox in this process."""


class Batch(Autograde):
    """Grades all submissions of an assignment with many workers."""

    workers = Integer(
        os.cpu_count() or 1, help="How many submissions are graded at once on this machine."
    ).tag(config=True)
    scheduler = Unicode(
        "", help="The address of a running Dask scheduler, whose workers grade instead."
    ).tag(config=True)
    stale = Bool(
        False, help="Also grade again what was graded with another suite or other points."
    ).tag(config=True)
    timings = Unicode("", help="A file to write to where the time went, as JSON.").tag(config=True)

    def start(self) -> None:
        """Grade. Raises NbGraderException when something could not be graded."""
        if self.coursedir.notebook_id != "*":
            raise NbGraderException(
                "Whole submissions are graded here. For one notebook of them, use "
                "`nbgrader autograde --notebook`."
            )
        self.exporter_class = BatchExporter
        super().start()

    def init_notebooks(self) -> None:
        """List nothing yet: the exporter's guard does, and names what it may not open."""
        self.assignments: dict[str, list[str]] = {}
        self.notebooks: list[str] = []

    def convert_notebooks(self) -> None:
        """Grade what is new, as nbgrader's method of this name does one by one."""
        if not self.assignments:
            # nbgrader's own method says that nothing matched, and suggests names.
            super().init_notebooks()
            self.assignments = {}
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._phases: dict[bool, list[Any]] = {}
        self._known: dict[str, set[str]] = {}
        self._again: dict[str, list[Task]] = {}
        self._tries: defaultdict[str, int] = defaultdict(int)
        todo = sorted(filter(self._is_wanted, self.assignments), key=self._names)
        skipped = len(self.assignments) - len(todo)
        if skipped:
            print(f"{skipped} submissions have been graded already.")
        if not todo:
            print("There is nothing new to grade.")
            return
        with closing(Recorder(self.coursedir.db_url)) as self._recorder:
            self.report = progress.Report(len(todo))
            try:
                with workers(min(self.workers, len(todo)), self.scheduler) as pool:
                    self._check(pool)
                    with self.report:
                        self._grade(todo, pool)
            finally:
                self.report.show_summary()
                self._write_timings()
        if self.report.counts["refused"]:
            raise NbGraderException(
                f"{self.report.counts['refused']} submissions could not be graded: see above. "
                "Mend the cause and run the same command again: it grades what is missing."
            )

    def _check(self, pool: Workers) -> None:
        """Make sure of the workers before anything is touched."""
        exporter = self.exporter
        try:
            environment.check(exporter.limits)
            pool.check(exporter.isolation, exporter.limits, exporter.needs())
        except (GraderError, TimeoutError) as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from error

    def _grade(self, todo: list[str], pool: Workers) -> None:
        """Keep the workers busy, and record what comes back."""
        for folder in todo:
            while pool.waiting >= IN_FLIGHT * max(1, len(pool)):
                self._take(pool)
            try:
                tasks = self._sanitize(folder)
            except Exception as error:
                self._fail(folder, error)
            else:
                self._submit(pool, folder, tasks)
        while pool.waiting:
            self._take(pool)

    def _submit(self, pool: Workers, folder: str, tasks: list[Task]) -> None:
        """Hand a submission over, and keep it until it has come back with a grade."""
        self._again[folder] = tasks
        self._tries[folder] += 1
        pool.submit(folder, tasks)

    def _take(self, pool: Workers) -> None:
        """Wait for one submission to come back, and record it."""
        started = time.monotonic()
        folder, graded = pool.next()
        self._seconds["waiting"] += time.monotonic() - started
        tasks = self._again.pop(folder)
        if isinstance(graded, MachineShort) and self._tries[folder] < memory.TRIES:
            # Behind all the others: the worker has waited for memory meanwhile.
            self._submit(pool, folder, tasks)
            return
        if isinstance(graded, GraderError):
            self._fail(folder, graded)
            return
        self._seconds["notebook"] += sum(one.notebook_seconds for one in graded)
        self._seconds["suite"] += sum(one.suite_seconds for one in graded)
        started = time.monotonic()
        try:
            kind = self._record(folder, graded)
        except Exception as error:
            self._fail(folder, error)
        else:
            self.report.add(kind)
        self._seconds["nbgrader"] += time.monotonic() - started

    def _sanitize(self, folder: str) -> list[Task]:
        """Return what there is to grade in a submission."""
        started = time.monotonic()
        self._use_phase(sanitizing=True)
        tasks = []
        for notebook in self._notebooks(folder):
            resources = self.init_single_notebook_resources(notebook)
            text, resources = self.exporter.from_filename(notebook, resources=resources)
            grade = Grade(parent=self.exporter)
            tasks.append(grade.task(text, resources["nbgrader"]))
        self._seconds["nbgrader"] += time.monotonic() - started
        return tasks

    def _record(self, folder: str, graded: list[Graded]) -> str:
        """Write the grades to the gradebook and the notebooks to their folder; return the kind."""
        assignment, student = self._names(folder)
        final = Path(super()._format_dest(assignment, student))
        parts = Path(self._format_dest(assignment, student))
        _remove(parts)
        with self._recorder.transaction():
            self.notebooks = sorted(self.assignments[folder])
            self.init_assignment(assignment, student)
            self._use_phase(sanitizing=False)
            for notebook, one in zip(self.notebooks, graded, strict=True):
                resources = self.init_single_notebook_resources(notebook)
                resources[GRADED] = one
                resources["outputs"] = Grade(parent=self.exporter).figures(resources["nbgrader"])
                # `Grade` puts the graded notebook in its place.
                empty = nbformat.v4.new_notebook()
                output, resources = self.exporter.from_notebook_node(empty, resources)
                self.write_single_notebook(output, resources)
            self.set_permissions(assignment, student)
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                submission = gradebook.find_submission(assignment, student)
                kind = progress.kind(submission.score, submission.max_score)
        _remove(final)
        parts.rename(final)
        return kind

    def _is_wanted(self, folder: str) -> bool:
        """Return whether a submission is new, newer than its grade, or asked for."""
        try:
            return self._is_new(folder)
        except GraderError:
            return True  # then grading it meets the same error, and names it

    def _is_new(self, folder: str) -> bool:
        assignment, student = self._names(folder)
        if student in self.coursedir.student_id_exclude.split(","):
            return False
        final = Path(super()._format_dest(assignment, student))
        released = guard.release_folder(self.coursedir, assignment)
        if self.force or not final.is_dir():
            return True
        if guard.outdated(
            *(self.assignments[folder], final, released, self.exporter.wanted(assignment)),
            lambda graded: bool(self.exporter.records.hold(assignment, student, graded)),
        ):
            return True
        new, old = map(self.coursedir.get_existing_timestamp, (folder, str(final)))
        if new is not None and old is not None and new > old:
            return True
        return self.stale and is_stale(final, released, self._hidden)

    def _fail(self, folder: str, error: Exception) -> None:
        """Name a submission that could not be graded, and leave no grade of it to be shown."""
        assignment, student = self._names(folder)
        self.log.error("%s of %s could not be graded. %s", assignment, student, error)
        if not isinstance(error, (GraderError, NbGraderException)):
            self.log.error("Where it happened:", exc_info=error)
        _remove(Path(self._format_dest(assignment, student)))
        if isinstance(error, OperationalError):
            raise NbGraderException(
                "The gradebook cannot be used. What has been recorded is safe. Mend the cause and "
                "run the same command again."
            ) from error
        _remove(Path(super()._format_dest(assignment, student)))
        self.report.add("refused")

    def _format_dest(self, assignment_id: str, student_id: str, escape: bool = False) -> str:
        """Return where a submission's files are put together: beside their place, hidden."""
        final = Path(super()._format_dest(assignment_id, student_id, escape))
        return str(final.with_name(f".{final.name}.part"))

    def _names(self, folder: str) -> tuple[str, str]:
        """Return the assignment and the student of a submitted folder."""
        pattern = self._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
        found = re.match(pattern, folder)
        if found is None:
            raise NbGraderException(f"{folder} is not named as submissions are: {pattern}")
        return found["assignment"], found["student"]

    def _notebooks(self, folder: str) -> list[str]:
        """Return the notebooks of a submission that its assignment has."""
        assignment, _ = self._names(folder)
        if assignment not in self._known:
            self._known[assignment] = self._names_of_notebooks(assignment)
        known = self._known[assignment]
        return [path for path in sorted(self.assignments[folder]) if Path(path).stem in known]

    def _names_of_notebooks(self, assignment: str) -> set[str]:
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                return {one.name for one in gradebook.find_assignment(assignment).notebooks}
            except MissingEntry:
                raise NbGraderException(
                    f"The gradebook has no assignment {assignment}. "
                    f"Run `nbgrader generate_assignment {assignment}` first."
                ) from None

    @property
    def _hidden(self) -> Path:
        return Course.of(self.coursedir, self.exporter).hidden

    def _use_phase(self, *, sanitizing: bool) -> None:
        """Have the exporter run the steps before grading, or those from grading on."""
        if sanitizing not in self._phases:
            self._sanitizing = sanitizing
            self._init_preprocessors()
            self._sanitizing = True
            self._phases[sanitizing] = self.exporter._preprocessors
        self.exporter._preprocessors = self._phases[sanitizing]

    def _write_timings(self) -> None:
        """Write where the time went, in s: of this process, and of all workers together."""
        if self.timings:
            record = {"submissions": self.report.done, "wall": self.report.seconds}
            Path(self.timings).write_text(json.dumps({**record, **self._seconds}) + "\n")


class BatchApp(AutogradeApp):
    """The command `rectify autograde`, with the options of `nbgrader autograde`."""

    name = "rectify-autograde"
    # What happens is shown as progress; the log is for what needs a look.
    log_level = logging.WARNING
    description = "Grade all submissions of an assignment at once"
    examples = "rectify autograde relu --workers 4"
    aliases: ClassVar[dict[str, str]] = {
        **autograde_aliases,
        "workers": "Batch.workers",
        "scheduler": "Batch.scheduler",
        "timings": "Batch.timings",
    }
    flags: ClassVar[dict[str, Any]] = {
        **autograde_flags,
        "stale": ({"Batch": {"stale": True}}, "Also grade again what an older suite has graded."),
    }

    @default("classes")
    def _classes_default(self) -> list[type]:
        return [*super()._classes_default(), Batch]

    def load_config_file(self, **kwargs: Any) -> None:
        """Load the settings. nbgrader warns of a missing file, and then looks in the course."""
        root = self.config.CourseDirectory.get("root")
        log = self.log
        if isinstance(root, str) and Path(root, "nbgrader_config.py").is_file():
            log.addFilter(_is_no_false_alarm)
        try:
            super().load_config_file(**kwargs)
        finally:
            log.removeFilter(_is_no_false_alarm)

    def start(self) -> None:
        """Grade, and exit with 1 when something could not be graded, 130 when interrupted."""
        NbGrader.start(self)
        named = [*self.extra_args, *filter(None, [self.coursedir.assignment_id])]
        if len(named) != 1:
            self.fail("Name one assignment, or '*' for all: %s", self.examples)
        self.coursedir.assignment_id = named[0]
        try:
            Batch(coursedir=self.coursedir, parent=self).start()
        except NbGraderException as problem:
            print(problem, file=sys.stderr)
            sys.exit(1)
        except OperationalError as problem:
            print(f"The gradebook cannot be used: {problem.orig}.", file=sys.stderr)
            sys.exit(1)
        except KeyboardInterrupt:
            print("Interrupted. What was graded is recorded; the same command goes on from there.")
            sys.exit(130)


def _is_no_false_alarm(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith("No nbgrader_config.py file found")


def _remove(folder: Path) -> None:
    """Remove a folder that may be there; its files may be read-only."""
    if folder.is_dir():
        utils.rmtree(str(folder))
