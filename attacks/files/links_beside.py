"""Hands in links to the hidden suite, the gradebook, secrets and a device beside the notebook."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Link to all that is worth a look."""
    kit.write(folder, kit.answered(released, tag))
    course = folder.parents[2]
    for number, name in enumerate(
        (f"test_exercise/hidden/test_{tag}.py", "gradebook.db", ".course_secret", "secret.txt")
    ):
        (folder / f"loot{number}.txt").symlink_to(course / name)
        (folder / f"more{number}.png").symlink_to(Path("../../..") / name)
    (folder / "source").symlink_to(course / "source")
    (folder / "assets").symlink_to(course / "test_exercise" / "hidden")
