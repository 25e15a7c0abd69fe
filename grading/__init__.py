"""Grades the notebooks of the course: hidden pytest suites here, student code in a sandbox."""
