"""The benchmark: this course's grading beside nbgrader as delivered and otter-grader."""
