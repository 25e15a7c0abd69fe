"""One notebook from bytes to bytes: its cells are run, its suites asked, its feedback written."""
