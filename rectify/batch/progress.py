"""How far grading is: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

KINDS = ("full", "partial", "zero", "refused")
"""Full points, some, none, and no grade at all."""

SECONDS_BETWEEN_LINES = 5


def kind(score: float | None, maximum: float) -> str:
    """Return the kind of a result; a score of None stands for no grade."""
    if score is None:
        return "refused"
    return "full" if score >= maximum else "partial" if score > 0 else "zero"


class Report:
    """Counts results, shows them while they come in, and sums them up."""

    def __init__(self, total: int, console: Console | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._total = total
        self._console = console or Console()
        self._started = self._said = time.monotonic()
        self._bar = Progress(
            TextColumn("Grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=total, rate="", counts="")

    def __enter__(self) -> Report:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    @property
    def done(self) -> int:
        """How many submissions have a result."""
        return self.counts.total()

    @property
    def seconds(self) -> float:
        """The time since the start."""
        return time.monotonic() - self._started

    def add(self, kind: str) -> None:
        """Count one result."""
        self.counts[kind] += 1
        self._bar.update(self._task, advance=1, rate=self._rate(), counts=self._counted())
        if self._bar.disable and time.monotonic() - self._said >= SECONDS_BETWEEN_LINES:
            self._said = time.monotonic()
            left = self.seconds / self.done * (self._total - self.done)
            self._print(
                f"{self.done} of {self._total} graded, {self._rate()}, about {left:.0f} s left. "
                f"{self._counted()}"
            )

    def summary(self) -> Table:
        """Return how many results of each kind there were."""
        table = Table(title=f"{self.done} of {self._total} submissions in {self.seconds:.1f} s")
        for name in KINDS:
            table.add_column(name, justify="right")
        table.add_row(*(str(self.counts[name]) for name in KINDS))
        return table

    def show_summary(self) -> None:
        """Print it."""
        self._console.print(self.summary())

    def _rate(self) -> str:
        return f"{self.done / max(self.seconds, 1e-9) * 60:.0f} a minute"

    def _counted(self) -> str:
        return ", ".join(f"{self.counts[name]} {name}" for name in KINDS)

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
