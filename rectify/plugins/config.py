"""What nbgrader_config.py sets so that nbgrader grades as Rectify does: call `apply` there.

    from rectify.plugins import config

    c = get_config()
    config.apply(c)

What comes behind it in that file has the last word.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from traitlets.config import Config

from rectify.plugins import steps


def settings() -> dict[tuple[str, str], object]:
    """Return what is set, by the class and the name of each setting of nbgrader's."""
    return {
        # Releases: nbgrader's own steps, then real copies of the figures and the visible suite. A
        # new one takes the old one's place when it is whole.
        ("GenerateAssignment", "exporter_class"): "rectify.plugins.release.ReleaseExporter",
        ("GenerateAssignment", "preprocessors"): steps.RELEASE.steps(),
        # Collecting: archives are unpacked with limits.
        ("ZipCollectApp", "extractor_plugin"): "rectify.plugins.archives.BoundedExtractor",
        # Grading: student code runs in a sandbox, and hidden suites decide the grade.
        ("Autograde", "exporter_class"): "rectify.plugins.exporter.SubmissionExporter",
        ("Autograde", "sanitize_preprocessors"): steps.SANITIZE.steps(),
        ("Autograde", "autograde_preprocessors"): steps.AUTOGRADE.steps(),
        # Feedback pages do without hidden tests, and hold their figures: each can be handed out
        # alone. Through the exchange, each goes to whoever handed in; one that has nobody to go to
        # stops no other.
        ("GenerateFeedback", "preprocessors"): steps.FEEDBACK.steps(),
        ("HTMLExporter", "embed_images"): True,
        ("ExchangeFactory", "release_feedback"): "rectify.plugins.exchange.ReleaseFeedback",
    }


def apply(c: Config) -> None:
    """Change a config of nbgrader's so that its commands grade as Rectify does."""
    # nbgrader starts `alembic` by its name when it makes a gradebook. It lies beside the Python
    # that runs this, which need not be on the search path: an environment can be used without
    # activation.
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    for (section, name), value in settings().items():
        c[section][name] = value
