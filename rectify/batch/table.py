"""The table of students and exercises: points, and the groups of checks that did not pass."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rectify.batch.entries import Entry
from rectify.notebook.feedback import points


def table(entries: list[Entry], assignments: list[str]) -> Table:
    """Return the table that `make grade` prints."""
    result = Table(title="Points, and the checks that did not pass", show_lines=True)
    result.add_column("Student", no_wrap=True)
    for assignment in assignments:
        result.add_column(assignment)
    by_place = {(entry.student, entry.assignment): entry for entry in entries}
    for student in dict.fromkeys(entry.student for entry in entries):
        row = [by_place.get((student, assignment)) for assignment in assignments]
        result.add_row(Text(student), *(_cell(entry) for entry in row))
    return result


def show(entries: list[Entry], assignments: list[str]) -> None:
    """Print the table, as wide as the terminal, or wide enough to read where there is none."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    console.print(table(entries, assignments))
    for entry in entries:
        for problem in entry.unread:
            print(f"{entry.assignment} of {entry.student}: {problem}")


def _cell(entry: Entry | None) -> Text:
    if entry is None:
        return Text("not handed in", style="dim")
    if entry.score is None:
        return Text("could not be graded", style="bold red")
    full = entry.score == entry.max_score
    style = "green" if full else "red" if entry.score == 0 else "yellow"
    text = Text(f"{points(entry.score)} / {points(entry.max_score)}", style=f"bold {style}")
    if entry.to_look_at:
        text.append("  please look", style="bold")
    if entry.newer:
        text.append("  newer checks", style="bold")
    if entry.stale:
        text.append("  older checks", style="bold")
    if not entry.sandboxed:
        text.append("  no sandbox", style="bold")
    if entry.score == 0:
        text.append("\nall checks", style="default")
    elif entry.missed:
        text.append("\n" + ", ".join(entry.missed), style="default not bold")
    return text
