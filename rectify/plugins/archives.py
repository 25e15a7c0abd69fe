"""Unpacks collected archives with limits: a plugin for `nbgrader zip_collect`."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

from nbgrader.plugins import ExtractorPlugin
from nbgrader.utils import parse_utc, unzip
from traitlets import Integer

from rectify.faults import SHORT


class BoundedExtractor(ExtractorPlugin):
    """Unpacks each archive that is small enough when unpacked. Others are left out and named.

    Archives within archives stay packed, and links are not followed. Of what would end nbgrader's
    collecting for everybody, nothing is left: two notebooks for one place, a student id that is a
    path, a time that is none.
    """

    max_mb = Integer(100, help="Size of an archive when it is unpacked, in MB.").tag(config=True)
    max_files = Integer(1000, help="Files in an archive.").tag(config=True)

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack the archives in one folder into another, and copy what is no archive."""
        for folder, _, names in os.walk(archive_path, onerror=self._name):
            target = Path(extracted_path, os.path.relpath(folder, archive_path)).resolve()
            target.mkdir(parents=True, exist_ok=True)
            for path in (Path(folder, name) for name in sorted(names)):
                try:
                    self._take(path, target)
                except OSError as error:
                    if error.errno in SHORT:
                        raise
                    self._name(error)
                except (
                    ValueError,
                    EOFError,
                    zipfile.BadZipFile,
                    tarfile.TarError,
                ) as error:
                    self.log.error("%s is left out: %s", path, error or "it is damaged")
                except Exception as error:
                    # setuptools has errors of its own for archives that it does not know.
                    self.log.error("%s is left out: %s", path, error)
        self._settle(extracted_path)

    def _name(self, error: OSError) -> None:
        """Name what the system does not let be read or written."""
        self.log.error("%s is left out: %s", error.filename, error.strerror)

    def _take(self, path: Path, target: Path) -> None:
        if path.is_symlink() or not path.is_file():
            raise ValueError("it is no ordinary file")
        if path.suffix not in self.zip_ext:
            shutil.copy(path, target)
            return
        self._measure(path)
        self.log.info("Extracting %s", path)
        unzip(str(path), str(target), zip_ext=self.zip_ext, create_own_folder=True, tree=False)

    def _settle(self, extracted_path: str) -> None:
        """Remove what nbgrader would stop at. Of two notebooks for one place, one stays."""
        collector = getattr(self.parent, "collector_plugin_inst", None)
        found = [Path(top, name) for top, _, names in os.walk(extracted_path) for name in names]
        taken: dict[tuple[str, str], bool] = {}
        # The notebook that lies highest is the likeliest, and it is not in a folder of another's.
        for path in sorted(found, key=lambda path: (len(path.parts), path)):
            # As archives say, nobody might be allowed to read it.
            path.chmod(0o644)
            info = collector.collect(str(path)) if collector else None
            reason = "it is no student's" if "__MACOSX" in path.parts else _unfit(info or {}, taken)
            if reason:
                self.log.warning("%s is left out: %s", path, reason)
                path.unlink()

    def _measure(self, path: Path) -> None:
        """Raise ValueError when an archive unpacks to more than the limits."""
        files, size = 0, 0
        for files, member in enumerate(_sizes(path), start=1):
            size += member
            if files > self.max_files:
                raise ValueError(f"it holds more than {self.max_files} files")
            if size > self.max_mb * 10**6:
                raise ValueError(f"it unpacks to more than {self.max_mb} MB")


def _sizes(path: Path) -> list[int]:
    """Return the sizes of an archive's files, as unpacking would make them."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return [member.file_size for member in archive.infolist()]
    with tarfile.open(path) as archive:
        return [member.size for member in archive]


def _unfit(info: dict[str, Any], taken: dict[tuple[str, str], bool]) -> str:
    """Return why nbgrader would stop at a file, by what it reads from its path; or nothing.

    `taken` holds for each student and notebook whether a time says which one is newer.
    """
    if not isinstance(info.get("student_id"), str) or not isinstance(info.get("file_id"), str):
        return ""
    student, notebook = info["student_id"], Path(info["file_id"]).stem
    if "/" in student or student in ("", ".", ".."):
        return f"the student id {student!r} is a path"
    time = info.get("timestamp")
    if time:
        try:
            parse_utc(time)
        except (ValueError, OverflowError):
            return f"{time!r} is no time"
    place = (student, notebook)
    if place in taken and not (taken[place] and time):
        return f"there is another {notebook} of {student}"
    taken[place] = bool(time)
    return ""
