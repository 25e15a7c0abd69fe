"""How nbgrader works in this course. docs/instructors.md lists the settings one may change."""

import os
import sys
from pathlib import Path

from traitlets.config import Config

# traitlets puts get_config here. The function of that name that one can import is another one:
# with it, settings of nbgrader's commands would be lost.
c: Config = get_config()  # noqa: F821

# nbgrader starts `alembic` by its name when it makes a gradebook. It lies beside the Python that
# runs this, which need not be on the search path: an environment can be used without activation.
os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))

c.CourseDirectory.course_id = "rectify"

# Releases: nbgrader's own steps, then real copies of the figures and the visible suite.
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.LockCells",
    "nbgrader.preprocessors.ClearSolutions",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    "grading.release.BundleFiles",
]

# Collecting: archives are unpacked with limits.
c.ZipCollectApp.extractor_plugin = "grading.archives.BoundedExtractor"

# Feedback pages hold their figures, so that a page can be handed out by itself.
c.HTMLExporter.embed_images = True

# No cell of the lessons takes a second; five leave room for a student's own experiments.
c.Rectify.cell_seconds = 5

# Grading: student code runs in a sandbox, and hidden suites decide the grade.
c.Autograde.exporter_class = "grading.preprocessors.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "grading.preprocessors.Rebuild",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "grading.preprocessors.Grade",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "grading.preprocessors.FlagForReview",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
