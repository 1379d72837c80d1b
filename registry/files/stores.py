"""Stores of files: a directory, which is the default, or a bucket that speaks S3 (`registry.files.buckets`, ADR 22).

Both are storages of Django; what they add is what `registry.files.storage` needs of either: writing a file whole,
moving it, listing a folder, keeping dropped files while a backup reads, and the mark that names the installation.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol, cast

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages

#: The alias of STORAGES.
FILES = "files"
#: Files whose rows are not committed yet, and files that were dropped while a backup reads a directory.
NEW, DROPPED = "new", "dropped"
#: The file with the number of the installation to which the store belongs.
MARK = "registry-store"

Fill = Callable[[IO[bytes]], object]


class Store(Protocol):
    """The interface of both kinds of stores. A name is a path below it; a missing file is a `FileNotFoundError`."""

    def __str__(self) -> str: ...
    def read_from(self, name: str) -> IO[bytes]: ...
    def write_whole(self, name: str, fill: Fill) -> None: ...
    def move(self, name: str, target: str) -> None: ...
    def remove(self, name: str) -> None: ...
    def discard(self, *names: str) -> bool: ...
    def kept_while_read(self) -> Any: ...
    def forget_dropped(self) -> None: ...
    def listed(self, folder: str) -> Iterator[tuple[str, float]]: ...
    def in_place(self) -> Iterator[str]: ...
    def probe(self) -> None: ...
    def free_mb(self) -> int | None: ...
    def faults(self) -> Iterator[str]: ...
    def arriving(self) -> Path: ...
    def bring(self, arrived: Path) -> None: ...
    def changed_at(self, name: str) -> float: ...
    def change_places(self, arriving: Path, former: Path) -> None: ...
    def keeps_former(self) -> bool: ...


_instead: list[Store] = []


def own() -> Store:
    """Return the store of this installation."""
    return _instead[-1] if _instead else cast(Store, storages[FILES])


@contextmanager
def instead(directory: Path) -> Iterator[None]:
    """Read files that have arrived in a directory, and are not in the store."""
    _instead.append(ArrivedStore(directory))
    try:
        yield
    finally:
        _instead.pop()


class DirectoryStore(FileSystemStorage):
    """A directory of this computer, or one that several computers share; encrypted files in folders of two letters."""

    @property
    def base_location(self) -> Path:
        """The directory, asked each time: tests have one each."""
        return Path(settings.FILES_ROOT)

    @property
    def location(self) -> str:
        """The same as an absolute path."""
        return os.path.abspath(self.base_location)

    def __str__(self) -> str:
        return str(self.base_location)

    def read_from(self, name: str) -> IO[bytes]:
        """Open the file."""
        return self._at(name).open("rb")

    def write_whole(self, name: str, fill: Fill) -> None:
        """Write the file; nothing is left of one that could not be written to its end."""
        # Beside the new files, where the sweep finds what a killed process leaves.
        part = self._at(f"{NEW}/{Path(name).name}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                fill(file)
            target = self._at(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, target)
        except OSError:
            # Half a file would take the last of a full disk until the sweep.
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise

    def move(self, name: str, target: str) -> None:
        """Move the file."""
        self._at(target).parent.mkdir(parents=True, exist_ok=True)
        os.replace(self._at(name), self._at(target))

    def remove(self, name: str) -> None:
        """Delete the file, if it is there."""
        self._at(name).unlink(missing_ok=True)

    def discard(self, *names: str) -> bool:
        """Delete the files; while a backup reads, put them aside. Returns True: nothing is left to be done.

        Asked after the commit: a snapshot that still has the row was taken before it, under the lock.
        """
        while True:
            try:
                with self._lock(fcntl.LOCK_SH | fcntl.LOCK_NB):
                    for name in names:
                        self.remove(name)
                return True
            except BlockingIOError:
                self._at(DROPPED).mkdir(exist_ok=True)
            try:
                for name in names:
                    if self._at(name).exists():
                        os.replace(self._at(name), self._at(f"{DROPPED}/{Path(name).name}"))
                return True
            except FileNotFoundError:
                continue  # the backup has ended

    @contextmanager
    def kept_while_read(self) -> Iterator[None]:
        """Keep dropped files until the end; waits while another process does the same."""
        with self._lock(fcntl.LOCK_EX):
            try:
                yield
            finally:
                self._empty_dropped()

    def forget_dropped(self) -> None:
        """Delete what was dropped during a backup that was killed."""
        if not self._at(DROPPED).exists():
            return
        # Held by a backup, it is left.
        with suppress(BlockingIOError), self._lock(fcntl.LOCK_SH | fcntl.LOCK_NB):
            self._empty_dropped()

    def listed(self, folder: str) -> Iterator[tuple[str, float]]:
        """Yield the name of each file of the folder, and when it was changed."""
        for path in self._at(folder).glob("*"):
            with suppress(FileNotFoundError):  # another worker was quicker
                yield path.name, path.stat().st_mtime

    def in_place(self) -> Iterator[str]:
        """Yield the name of each file that is in its folder."""
        for path in self.base_location.glob("??/*"):
            yield f"{path.parent.name}/{path.name}"

    def probe(self) -> None:
        """Write something and forget it. Raises `OSError`."""
        self._at(NEW).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self._at(NEW)) as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())

    def free_mb(self) -> int | None:
        """Return the free space of the directory, or of its nearest existing parent."""
        return free_mb(self.base_location)

    def faults(self) -> Iterator[str]:
        """Yield nothing: a directory keeps no former versions."""
        yield from ()

    def arriving(self) -> Path:
        """Return where an archive is unpacked: in the directory itself, so that files are only renamed at the end."""
        self.base_location.mkdir(parents=True, exist_ok=True)
        return self.base_location

    def bring(self, arrived: Path) -> None:
        """Do nothing yet: renaming is quick."""

    def changed_at(self, name: str) -> float:
        """Return when the file was changed."""
        return self._at(name).stat().st_mtime

    def change_places(self, arriving: Path, former: Path) -> None:
        """Put the files of the one directory in the place of all files, which go into the other; both are hidden here.

        They are renamed within the directory, which may be a file system of its own. Can be repeated after an
        interruption.
        """
        root, leaving = self.base_location, former.with_name(f"{former.name}.part")
        if not former.exists():
            leaving.mkdir(exist_ok=True)
            for path in root.glob("[!.]*"):
                path.rename(leaving / path.name)
            leaving.rename(former)
        if arriving.exists():
            for path in arriving.iterdir():
                path.rename(root / path.name)
            arriving.rmdir()

    def keeps_former(self) -> bool:
        """Return False: the files of a registry that was replaced lie in a directory of their own."""
        return False

    def _at(self, name: str) -> Path:
        return self.base_location / name

    def _empty_dropped(self) -> None:
        shutil.rmtree(self._at(DROPPED), ignore_errors=True)

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        """Lock the directory: exclusively while a backup reads it, shared while a file is deleted.

        The system releases it when the process dies. Raises `BlockingIOError` with `LOCK_NB`.
        """
        self.base_location.mkdir(parents=True, exist_ok=True)
        directory = os.open(self.base_location, os.O_RDONLY)
        try:
            fcntl.flock(directory, kind)
            yield
        finally:
            os.close(directory)


class ArrivedStore(DirectoryStore):
    """A directory with files of an archive."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.directory = directory

    @property
    def base_location(self) -> Path:
        """The directory."""
        return self.directory


def free_mb(place: Path) -> int | None:
    """Return the free space of the directory, or of its nearest existing parent, in MB."""
    place = place.absolute()
    try:
        return shutil.disk_usage(next(path for path in [place, *place.parents] if path.exists())).free // 2**20
    except OSError:
        return None
