"""Grades notebooks with hidden pytest suites, in a sandbox, inside plain nbgrader."""
