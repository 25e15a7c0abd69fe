"""How nbgrader works in this course. docs/instructors.md lists the settings one may change."""

from traitlets.config import Config

from rectify.plugins import config

# traitlets puts get_config here. The function of that name that one can import is another one:
# with it, settings of nbgrader's commands would be lost.
c: Config = get_config()  # noqa: F821

config.apply(c)
c.CourseDirectory.course_id = "rectify"

# No cell of the lessons takes a second; five leave room for a student's own experiments.
c.Rectify.cell_seconds = 5
