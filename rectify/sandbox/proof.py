"""Proves a sandbox: what is to be found inside and outside of one that keeps its promises."""

from __future__ import annotations

from typing import Any, Protocol

from rectify.limits import Limits
from rectify.sandbox import bubblewrap
from rectify.sandbox.witness import Witness
from rectify.worker import landlock, protocol

_EXPECTED = {
    "canary_visible": False,
    "network_reached": False,
    "interfaces": ["lo"],
    "root_writable": False,
    "devices_writable": False,
    "channels": [],
    "locks_seen": [],
    "init_environment": "",
    "pid_of_init": 1,
    "capabilities": "0000000000000000",
    "new_privileges": False,
    "new_namespace": False,
}
"""What a session of the self-test reports from inside."""

_SECONDS = 30


class Asked(Protocol):
    """A session of kind "selftest"."""

    def ask(self, header: dict[str, Any], *, seconds: float) -> protocol.Frame:
        """Return the answer to a request. Raises StudentFault."""


def wrong(session: Asked, witness: Witness, limits: Limits) -> list[str]:
    """Return what is not as it must be, by the names that docs/sandbox.md gives it.

    Raises StudentFault when the self-test does not come through.
    """
    report = session.ask(witness.question, seconds=_SECONDS).header
    felt = witness.locks()
    report |= session.ask({}, seconds=_SECONDS).header
    found = [name for name, value in _EXPECTED.items() if report.get(name) != value]
    found += [name for name in report.get("channels", ()) if isinstance(name, str)]
    found += [f"{name}_felt_outside" for name in felt]
    # Without Landlock they stay readable: docs/sandbox.md says what that lets through.
    if report.get("counters", True) and landlock.available():
        found.append("counters")
    if not 0 < report.get("processes", 0) <= limits.processes:
        found.append("processes")
    if report.get("user", 0) == 0:
        found.append("user")
    given = {variable.split("=")[0] for variable in bubblewrap.ENVIRONMENT} | {"HOME", "PWD", ""}
    if not set(report.get("environment", ["?"])) <= given:
        found.append("environment")
    return found
