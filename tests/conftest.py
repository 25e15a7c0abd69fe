"""What several test files need: the course's folders, one sandbox for all, and formgrader."""

from __future__ import annotations

import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from rectify.limits import Limits
from rectify.sandbox.process import Sandbox

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENTS = ("leaky_relu", "relu", "thresholded_relu")

LIMITS = Limits(cell_seconds=3, call_seconds=2, suite_seconds=10, output_chars=10_000)
"""Shorter than in grading, so that endless loops cost less."""


def pytest_configure() -> None:
    """Let processes be interrupted that tests start: below a shell's `&` they ignore it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_report_header() -> str:
    """Say in the first lines what runs on which Python."""
    here = platform.python_version()
    return (
        f"Rectify: all tests run on this Python, {here}; .github/workflows/ runs them on 3.10 to "
        "3.13, and the visible checks on macOS and Windows, too"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured: each `record_property("figure", …)` is a line."""
    reports = [r for found in terminalreporter.stats.values() for r in found]
    said = [r.user_properties for r in reports if isinstance(r, pytest.TestReport)]
    figures = [str(value) for properties in said for name, value in properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for figure in dict.fromkeys(figures):
            terminalreporter.write_line(figure)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the files that take longest, so that two cores finish together."""
    longest = (
        *("test_killed.py", "test_ordinary_user.py", "test_nbgrader_own.py", "test_installed.py"),
        *("test_app.py", "test_mutants.py", "test_nbgrader.py", "test_attacks.py"),
        *("test_hidden_suites.py", "test_skeleton.py", "test_check.py", "test_quickstart.py"),
        "test_adopt.py",
    )
    items.sort(key=lambda item: item.path.name not in longest)


@pytest.fixture(scope="session")
def root() -> Path:
    """The course folder."""
    return ROOT


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A warm sandbox with short limits."""
    with Sandbox(limits=LIMITS) as sandbox:
        yield sandbox


TOKEN = "t"
"""What a request to a Jupyter server has to know."""


class Server:
    """A Jupyter server with formgrader in a course folder."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, path: str, method: str = "GET") -> str:
        """Return what the server answers. Raises urllib's errors for what is no success."""
        request = urllib.request.Request(
            f"{self.address}{path}", method=method, headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return str(answer.read().decode())


@contextmanager
def _serve(course: Path) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyter", "server", "--no-browser", f"--port={port}"]
    command += [f"--IdentityProvider.token={TOKEN}", "--ServerApp.port_retries=0"]
    if os.geteuid() == 0:
        command.append("--allow-root")
    settings = course.parent / f"{course.name}-jupyter"
    environment = {**os.environ, "PATH": "/usr/bin:/bin", "JUPYTER_CONFIG_DIR": str(settings)}
    with (course.parent / f"{course.name}-server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=log, stderr=log)
    try:
        server = Server(f"http://127.0.0.1:{port}")
        for _ in range(200):
            try:
                server.ask("/api")
                break
            except OSError:
                time.sleep(0.3)
        yield server
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def serve() -> Callable[[Path], AbstractContextManager[Server]]:
    """Start a Jupyter server with formgrader in a course folder, for as long as it is used."""
    return _serve
