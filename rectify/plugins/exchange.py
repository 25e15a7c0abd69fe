"""`nbgrader release_feedback` where some pages have no recipient in the exchange.

A page goes to the student whose submission holds a secret of `nbgrader submit`. nbgrader's own
command stops for everybody at the first submission without one: handed in by hand, or changed.
"""

from __future__ import annotations

import glob
import re
from pathlib import Path

from nbgrader.exchange.default.release_feedback import ExchangeReleaseFeedback

from rectify import reading
from rectify.submission import bookkeeping


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Releases the pages of all who have handed in through the exchange, and names the others."""

    src_path: str

    def copy_files(self) -> None:
        """Copy the pages, student by student. Ends the command with an error if any is left."""
        pages = self.src_path
        found, closed = reading.search(pages)
        left = [str(fault) for fault in closed]
        for folder in found:
            if self._excluded(folder):
                continue
            if missing := _missing(Path(folder)):
                left.append(
                    f"{folder} is not released: {' and '.join(missing)} is not beside the page, "
                    "so the work was not collected from the exchange. Hand out the page yourself."
                )
                continue
            self.src_path = glob.escape(folder)
            super().copy_files()
        self.src_path = pages
        for reason in left:
            self.log.error("%s", reason)
        if left:
            self.fail(f"{len(left)} folders of feedback were not released: see above.")

    def _excluded(self, folder: str) -> bool:
        """Tell whether a folder's student is named in nbgrader's `student_id_exclude`."""
        course = self.coursedir
        pattern = course.format_path(
            course.feedback_directory, "(?P<student>.*)", course.assignment_id, escape=True
        )
        match = re.fullmatch(pattern, folder)
        return match is not None and match["student"] in course.student_id_exclude.split(",")


def _missing(folder: Path) -> list[str]:
    """Return which of nbgrader's own files are not beside a page, or are not as it writes them."""
    try:
        return [name for name in bookkeeping.NAMES if name not in bookkeeping.files(folder)]
    except reading.Closed as error:
        return [str(error)]
