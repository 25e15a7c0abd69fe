"""Where submissions are graded at once: processes of this machine, or a running Dask cluster."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import dask
from distributed import Client, Future, LocalCluster, Security, as_completed
from distributed.scheduler import KilledWorker

import rectify
from rectify import scratch
from rectify.faults import GraderError, MachineShort
from rectify.limits import Limits
from rectify.notebook.task import Graded, Task, perform
from rectify.sandbox import environment, memory
from rectify.sandbox.pool import Needs, shared

DEATHS = 3
"""A submission whose worker has died so often is reported, and not tried again."""


logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def program() -> str:
    """Return a digest of this package: machines that grade together must agree on it."""
    digest = hashlib.sha256()
    for path in sorted(Path(rectify.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def ready(isolation: str, limits: Limits, needs: Needs, expected: str) -> str:
    """Start the sandboxes of the worker that this runs on; return why it cannot grade, if so."""
    if program() != expected:
        return f"it has another version of this package ({program()}, not {expected})"
    try:
        environment.check(limits)
        shared(isolation, limits).start(needs)
    except GraderError as error:
        return str(error)
    return ""


def grade(tasks: list[Task], expected: str) -> list[Graded]:
    """Grade the notebooks of one submission on a worker. Raises GraderError.

    Where this machine is short, it raises MachineShort only after it has waited for memory: until
    then this worker takes no other submission.
    """
    if program() != expected:
        raise GraderError("A worker has another version of this package. Install the same one.")
    try:
        for task in tasks:
            environment.check(task.limits)
        return [perform(task) for task in tasks]
    except MachineShort as error:
        memory.outlast(max(task.limits.memory_mb for task in tasks) * 2**20)
        raise MachineShort(str(error)) from None
    except GraderError as error:
        problem = str(error)
    except Exception as error:
        logger.exception("A submission could not be graded")
        problem = f"It could not be graded: {type(error).__name__}: {error}"[:1000]
    # A plain one, raised here: a long traceback, or an exception with parts of its own, may not
    # come through to the other side, which would wait for it.
    raise GraderError(problem)


class Workers:
    """Grades submissions on many workers, and gives the results back as they come."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._completed = as_completed(loop=client.loop)
        self._names: dict[Future[Any], str] = {}

    def __len__(self) -> int:
        """The number of workers that there are now."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    @property
    def waiting(self) -> int:
        """How many submissions have been handed over and not come back."""
        return len(self._names)

    def check(self, isolation: str, limits: Limits, needs: Needs) -> None:
        """Make sure that every worker can grade. Raises GraderError."""
        self._client.wait_for_workers(1, timeout=60)
        answers = self._client.run(ready, isolation, limits, needs, program())
        for worker, problem in answers.items():
            if problem:
                raise GraderError(f"The worker {worker} cannot grade: {problem}")

    def submit(self, name: str, tasks: list[Task]) -> None:
        """Hand over the notebooks of one submission."""
        future = self._client.submit(grade, tasks, program(), pure=False)
        self._names[future] = name
        self._completed.add(future)

    def next(self) -> tuple[str, list[Graded] | GraderError]:
        """Wait for a submission; return its name and its notebooks, or why there are none."""
        future = next(self._completed)
        name = self._names.pop(future)
        try:
            return name, future.result()
        except KilledWorker:
            return name, GraderError(
                f"It was given up: the worker that graded it died {DEATHS} times."
            )
        except GraderError as error:
            return name, error
        except Exception as error:
            return name, GraderError(f"It could not be graded: {type(error).__name__}: {error}")


@contextmanager
def workers(count: int, scheduler: str = "") -> Iterator[Workers]:
    """Give the workers of the Dask cluster at an address, or else `count` on this machine.

    A local cluster talks TLS with a certificate of its own: whoever can talk to a scheduler can
    run code, and other users of this machine can reach its ports.
    """
    with dask.config.set(
        {
            "distributed.scheduler.allowed-failures": DEATHS - 1,
            # A worker has the submission that it grades, and no other: when it dies, that one
            # alone is suspected.
            "distributed.scheduler.worker-saturation": 1.0,
            "distributed.comm.timeouts.connect": 60,
            # A look at the stack every 10 ms, for a dashboard that nobody opens.
            "distributed.worker.profile.enabled": False,
            # Dask imports from there, and other users can write to the system's own folder.
            "temporary-directory": str(scratch.folder()),
        }
    ):
        if scheduler:
            with Client(scheduler, set_as_default=False) as client:
                yield Workers(client)
            return
        with (
            LocalCluster(
                n_workers=count,
                threads_per_worker=1,
                security=Security.temporary(),
                dashboard_address=None,
                worker_dashboard_address=None,
                # The sandbox limits what student code takes; the worker itself stays small.
                memory_limit=0,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield Workers(client)
