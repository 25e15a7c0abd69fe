"""Collects a suite with pytest and keeps it ready. All use of pytest's private API is in this file.

pytest runs what it has collected once, and ends. To collect anew for each submission would double
the time, so a suite is collected once and its items are run as often as they are needed. Tried with
pytest 9.2.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from _pytest import config as internal

from rectify.faults import GraderError

_PLUGINS_LEFT_OUT = (
    *("terminal", "cacheprovider", "warnings", "logging", "faulthandler"),
    # These collect garbage after each run, which takes longer than the run: torch's heap is large.
    *("unraisableexception", "threadexception"),
)
_OPTIONS = (
    # Why an assertion fails reaches nobody, so nothing is spent on explaining it.
    *("--import-mode=importlib", "--noconftest", "--capture=no", "--assert=plain"),
    *("--disable-plugin-autoload", "-c", os.devnull),
    *(option for plugin in _PLUGINS_LEFT_OUT for option in ("-p", f"no:{plugin}")),
)


def collect(path: Path, plugin: object) -> pytest.Session:
    """Return a session that has collected the tests of one file, and has run none.

    `plugin` gets pytest's hooks. Raises GraderError where this pytest lacks what is used of it.
    """
    try:
        # What pytest.main does up to the running of tests.
        config = internal._prepareconfig(
            [*_OPTIONS, f"--rootdir={path.parent}", str(path)], plugins=[plugin]
        )
        config._do_configure()
        session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
        _ = session._setupstate.teardown_exact
    except AttributeError as error:
        raise GraderError(
            f"This pytest, {pytest.__version__}, is built in another way than the one that suites "
            f"are run with ({error}). Nothing was graded. Install a pytest that rectify-course "
            "allows: `pip install rectify-course`."
        ) from error
    config.hook.pytest_collection(session=session)
    return session


def end(session: pytest.Session) -> None:
    """Take down the fixtures that a run was interrupted before it could take down."""
    session._setupstate.teardown_exact(None)


@contextmanager
def own_environment() -> Iterator[None]:
    """Hide what is set for other pytest runs; what a run sets itself goes with it."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith("PYTEST_")]:
        del os.environ[name]
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        for name, value in before.items():
            if os.environ.get(name) != value:
                os.environ[name] = value
