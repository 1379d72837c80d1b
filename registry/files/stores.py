"""Stores of files: a directory (the default), or an S3-compatible bucket (`registry.files.buckets`, ADR 22).

Both are Django storages with the additional operations of `registry.files.storage`: writing a whole file, moving it,
listing a folder, keeping discarded files during a backup, and the mark that identifies the installation.
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
#: Folders of files whose rows are not committed yet, and of files discarded while a backup reads a directory.
NEW, DROPPED = "new", "dropped"
#: The file with the id of the installation that owns the store.
MARK = "registry-store"

Fill = Callable[[IO[bytes]], object]


class Store(Protocol):
    """The interface of both kinds of stores. Names are paths below it; a missing file raises `FileNotFoundError`."""

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
    """Read files unpacked in a directory that are not in the store yet."""
    _instead.append(ArrivedStore(directory))
    try:
        yield
    finally:
        _instead.pop()


class DirectoryStore(FileSystemStorage):
    """A directory of this computer, or one shared by several; encrypted files in folders of two letters."""

    @property
    def base_location(self) -> Path:
        """The directory, read each time because each test has its own."""
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
        """Write the file; an interrupted write leaves nothing."""
        # Written beside the new files, where the sweep finds leftovers of a killed process.
        part = self._at(f"{NEW}/{Path(name).name}.part")
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                fill(file)
            target = self._at(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, target)
        except OSError:
            # Half a file would occupy the rest of a full disk until the sweep.
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
        """Delete the files, or set them aside during a backup. Returns True: nothing is left to do.

        Call it after the commit: a snapshot that still has the row was taken before, under the lock.
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
        """Keep discarded files within the block; waits while another process does the same."""
        with self._lock(fcntl.LOCK_EX):
            try:
                yield
            finally:
                self._empty_dropped()

    def forget_dropped(self) -> None:
        """Delete the files discarded during a backup that was killed."""
        if not self._at(DROPPED).exists():
            return
        # A running backup keeps it locked.
        with suppress(BlockingIOError), self._lock(fcntl.LOCK_SH | fcntl.LOCK_NB):
            self._empty_dropped()

    def listed(self, folder: str) -> Iterator[tuple[str, float]]:
        """Yield the name and modification time of each file in the folder."""
        for path in self._at(folder).glob("*"):
            with suppress(FileNotFoundError):  # another worker was quicker
                yield path.name, path.stat().st_mtime

    def in_place(self) -> Iterator[str]:
        """Yield the name of each file in its folder."""
        for path in self.base_location.glob("??/*"):
            yield f"{path.parent.name}/{path.name}"

    def probe(self) -> None:
        """Write and delete a test file. Raises `OSError`."""
        self._at(NEW).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self._at(NEW)) as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())

    def free_mb(self) -> int | None:
        """Return the free space of the directory, or of its nearest existing parent."""
        return free_mb(self.base_location)

    def faults(self) -> Iterator[str]:
        """Yield nothing: a directory keeps no old versions."""
        yield from ()

    def arriving(self) -> Path:
        """Return where an archive is unpacked: inside the directory, so that files only have to be renamed at the
        end.
        """
        self.base_location.mkdir(parents=True, exist_ok=True)
        return self.base_location

    def bring(self, arrived: Path) -> None:
        """Do nothing: renaming is quick."""

    def changed_at(self, name: str) -> float:
        """Return the modification time of the file."""
        return self._at(name).stat().st_mtime

    def change_places(self, arriving: Path, former: Path) -> None:
        """Swap the files of one directory with all present files; both directories are hidden here.

        They are renamed within the directory, which may be a separate file system. Can be repeated after an
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
        """Return False: the files of a replaced registry are in a separate directory."""
        return False

    def _at(self, name: str) -> Path:
        return self.base_location / name

    def _empty_dropped(self) -> None:
        shutil.rmtree(self._at(DROPPED), ignore_errors=True)

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        """Lock the directory: exclusively while a backup reads it, shared while a file is deleted.

        The system releases the lock when the process dies. Raises `BlockingIOError` with `LOCK_NB`.
        """
        self.base_location.mkdir(parents=True, exist_ok=True)
        directory = os.open(self.base_location, os.O_RDONLY)
        try:
            fcntl.flock(directory, kind)
            yield
        finally:
            os.close(directory)


class ArrivedStore(DirectoryStore):
    """A directory with the files of an archive."""

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
