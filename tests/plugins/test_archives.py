"""Archives that students hand in are unpacked with limits, and none of them stops the others."""

from __future__ import annotations

import io
import logging
import tarfile
import zipfile
from pathlib import Path

import pytest
from nbgrader.apps import ZipCollectApp
from nbgrader.plugins import FileNameCollectorPlugin

from rectify.plugins.archives import BoundedExtractor


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    """A folder with one good archive, to which tests add bad ones."""
    folder = tmp_path / "archives"
    folder.mkdir()
    with zipfile.ZipFile(folder / "good.zip", "w") as archive:
        archive.writestr("relu.ipynb", "{}")
    (folder / "plain").mkdir()
    (folder / "plain" / "relu.ipynb").write_text("{}")
    return folder


def extract(archives: Path, caplog: pytest.LogCaptureFixture) -> tuple[set[str], str]:
    """Return the files that come out, and what is said of those that do not."""
    target = archives.parent / "extracted"
    app = ZipCollectApp(log=logging.getLogger("app"))
    pattern = r".*/extracted/(?P<student_id>.+)/(?P<file_id>\w+)(-(?P<timestamp>[\d-]+))?\.ipynb"
    app.collector_plugin_inst = FileNameCollectorPlugin(named_regexp=pattern)
    extractor = BoundedExtractor(parent=app)
    extractor.extract(str(archives), str(target))
    found = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert {"good/relu.ipynb", "plain/relu.ipynb"} <= found
    assert not [path for path in target.rglob("*") if path.is_symlink()]
    return found - {"good/relu.ipynb", "plain/relu.ipynb"}, caplog.text


def test_good_archives_are_unpacked(archives: Path, caplog: pytest.LogCaptureFixture) -> None:
    with tarfile.open(archives / "other.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("relu.ipynb"))
    assert extract(archives, caplog) == ({"other/relu.ipynb"}, "")


def test_of_two_notebooks_for_one_place_the_upper_one_is_kept(
    archives: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Two of them would end nbgrader's collecting."""
    with zipfile.ZipFile(archives / "twice.zip", "w") as archive:
        for name in ("extracted/twice/relu.ipynb", "__MACOSX/relu.ipynb", "relu.ipynb"):
            archive.writestr(name, name)
    found, said = extract(archives, caplog)
    assert found == {"twice/relu.ipynb"}
    assert (archives.parent / "extracted/twice/relu.ipynb").read_text() == "relu.ipynb"
    assert "extracted/twice/relu.ipynb is left out: there is another relu of twice" in said


def test_one_archive_can_hold_the_work_of_a_class(
    archives: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with zipfile.ZipFile(archives / "class.zip", "w") as archive:
        for name in ("extracted/ada/relu.ipynb", "extracted/bob/relu.ipynb"):
            archive.writestr(name, "{}")
        for time in ("2026-01-01", "2026-01-02"):
            archive.writestr(f"extracted/cem/relu-{time}.ipynb", "{}")
    found, said = extract(archives, caplog)
    names = ("ada/relu", "bob/relu", "cem/relu-2026-01-01", "cem/relu-2026-01-02")
    assert found == {f"class/extracted/{name}.ipynb" for name in names}
    assert "left out" not in said, "nbgrader takes the newer one by its time"


def test_what_nbgrader_would_stop_at_is_left_out_and_named(
    archives: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with zipfile.ZipFile(archives / "odd.zip", "w") as archive:
        for name in ("deeper/relu.ipynb", "relu-99-99.ipynb"):
            archive.writestr(name, "{}")
    found, said = extract(archives, caplog)
    assert found == set()
    assert "the student id 'odd/deeper' is a path" in said
    assert "'99-99' is no time" in said


def test_a_gigabyte_of_nothing_is_left_out(
    archives: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        zipfile.ZipFile(archives / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("relu.ipynb", "w", force_zip64=True) as file,
    ):
        for _ in range(150):
            file.write(bytes(10**6))
    found, said = extract(archives, caplog)
    assert found == set()
    assert "bomb.zip is left out: it unpacks to more than 100 MB" in said


def test_an_archive_of_many_files_is_left_out(
    archives: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with zipfile.ZipFile(archives / "many.zip", "w") as archive:
        for number in range(1001):
            archive.writestr(f"{number}.ipynb", "")
    found, said = extract(archives, caplog)
    assert found == set()
    assert "more than 1000 files" in said


def test_nothing_climbs_out_and_no_link_comes_in(
    archives: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with zipfile.ZipFile(archives / "climb.zip", "w") as archive:
        archive.writestr("../../climbed", "x")
        archive.writestr("/climbed", "x")
        archive.writestr("relu.ipynb", "{}")
    with tarfile.open(archives / "links.tar.gz", "w:gz") as archive:
        for name, kind, to in (
            ("secret.ipynb", tarfile.SYMTYPE, "/etc/passwd"),
            ("hard.ipynb", tarfile.LNKTYPE, "/etc/passwd"),
            ("pipe.ipynb", tarfile.FIFOTYPE, ""),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, to
            archive.addfile(member)
        member = tarfile.TarInfo("../climbed")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    (archives / "link.ipynb").symlink_to("/etc/passwd")
    found, said = extract(archives, caplog)
    assert found <= {"climb/relu.ipynb"}
    assert "link.ipynb is left out: it is no ordinary file" in said
    assert not list(archives.parent.rglob("climbed"))


def test_a_damaged_archive_is_named(archives: Path, caplog: pytest.LogCaptureFixture) -> None:
    (archives / "damaged.zip").write_bytes(b"PK\3\4 and no more")
    (archives / "damaged.gz").write_bytes(b"\x1f\x8b")
    found, said = extract(archives, caplog)
    assert found == set()
    assert "damaged.zip is left out" in said
    assert "damaged.gz is left out" in said
