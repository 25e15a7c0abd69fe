"""How nbgrader works in this course. docs/instructors.md lists the settings one may change."""

import os
import sys
from pathlib import Path

from traitlets.config import Config

from grading import steps

# traitlets puts get_config here. The function of that name that one can import is another one:
# with it, settings of nbgrader's commands would be lost.
c: Config = get_config()  # noqa: F821

# nbgrader starts `alembic` by its name when it makes a gradebook. It lies beside the Python that
# runs this, which need not be on the search path: an environment can be used without activation.
os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))

c.CourseDirectory.course_id = "rectify"

# Releases: nbgrader's own steps, then real copies of the figures and the visible suite. A new one
# takes the old one's place when it is whole.
c.GenerateAssignment.exporter_class = "grading.release.ReleaseExporter"
c.GenerateAssignment.preprocessors = steps.RELEASE.steps()

# Collecting: archives are unpacked with limits.
c.ZipCollectApp.extractor_plugin = "grading.archives.BoundedExtractor"

# Feedback pages do without hidden tests, and hold their figures: each can be handed out alone.
# Through the exchange, each goes to whoever handed in; one that has nobody to go to stops no other.
c.GenerateFeedback.preprocessors = steps.FEEDBACK.steps()
c.HTMLExporter.embed_images = True
c.ExchangeFactory.release_feedback = "grading.exchange.ReleaseFeedback"

# No cell of the lessons takes a second; five leave room for a student's own experiments.
c.Rectify.cell_seconds = 5

# Grading: student code runs in a sandbox, and hidden suites decide the grade.
c.Autograde.exporter_class = "grading.preprocessors.SubmissionExporter"
c.Autograde.sanitize_preprocessors = steps.SANITIZE.steps()
c.Autograde.autograde_preprocessors = steps.AUTOGRADE.steps()
