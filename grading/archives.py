"""Unpacks collected archives with limits: a plugin for `nbgrader zip_collect`."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from pathlib import Path

from nbgrader.plugins import ExtractorPlugin
from nbgrader.utils import unzip
from traitlets import Integer


class BoundedExtractor(ExtractorPlugin):
    """Unpacks each archive that is small enough when unpacked. Others are left out and named.

    Archives within archives stay packed, and links are not followed.
    """

    max_mb = Integer(100, help="Size of an archive when it is unpacked, in MB.").tag(config=True)
    max_files = Integer(1000, help="Files in an archive.").tag(config=True)

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack the archives in one folder into another, and copy what is no archive."""
        for folder, _, names in os.walk(archive_path):
            target = Path(extracted_path, os.path.relpath(folder, archive_path)).resolve()
            target.mkdir(parents=True, exist_ok=True)
            for path in (Path(folder, name) for name in sorted(names)):
                try:
                    self._take(path, target)
                except (
                    OSError,
                    ValueError,
                    EOFError,
                    zipfile.BadZipFile,
                    tarfile.TarError,
                ) as error:
                    self.log.error("%s is left out: %s", path, error or "it is damaged")
                except Exception as error:
                    # setuptools has errors of its own for archives that it does not know.
                    self.log.error("%s is left out: %s", path, error)

    def _take(self, path: Path, target: Path) -> None:
        if path.is_symlink() or not path.is_file():
            raise ValueError("it is no ordinary file")
        if path.suffix not in self.zip_ext:
            shutil.copy(path, target)
            return
        self._measure(path)
        self.log.info("Extracting %s", path)
        unzip(str(path), str(target), zip_ext=self.zip_ext, create_own_folder=True, tree=False)
        name = path.name.removesuffix(path.suffix).removesuffix(".tar")
        self._keep_one_of_each_name(target / name)

    def _keep_one_of_each_name(self, folder: Path) -> None:
        """Remove copies further down: two files of one name would end nbgrader's collecting."""
        seen = set()
        for path in sorted(folder.rglob("*"), key=lambda path: (len(path.parts), path)):
            if path.is_file() and (path.name in seen or "__MACOSX" in path.parts):
                self.log.warning("%s is left out: there is another %s", path, path.name)
                path.unlink()
            elif path.is_file():
                seen.add(path.name)

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
