"""Stores of files: a directory, which is the default, or a bucket that speaks S3 (`FILES_URL`, ADR 22).

Both are storages of Django; what they add is what `registry.files.storage` needs of either: writing a file whole,
moving it, listing a folder, keeping dropped files while a backup reads, and the mark that names the installation.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol, cast
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, storages
from storages.backends.s3 import S3Storage

from registry.errors import LostStore

from . import snapshots

#: The alias of STORAGES.
FILES = "files"
#: Files whose rows are not committed yet, and files that were dropped while a backup reads a directory.
NEW, DROPPED = "new", "dropped"
#: The file with the number of the installation to which the store belongs.
MARK = "registry-store"
#: Bytes above which what goes to a bucket, or comes from one, is kept in a temporary file: encrypted, without a name.
MAX_IN_MEMORY = 4 * 1024 * 1024
#: A large file is sent and fetched part by part, so that memory holds one of them: 8 MB.
_TRANSFER = TransferConfig(use_threads=False, multipart_chunksize=8 * 1024 * 1024)
#: Codes with which buckets say that there is no such file.
_MISSING = {"404", "NoSuchKey", "NotFound"}

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
    def replace_all(self, arrived: Path) -> None: ...


def own() -> Store:
    """Return the store of this installation."""
    return cast(Store, storages[FILES])


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

    def replace_all(self, arrived: Path) -> None:
        """Put the folders of `arrived`, which is somewhere below, in the place of all files that are there."""
        root = self.base_location
        # Renamed within the directory, which may be a file system of its own.
        former = Path(tempfile.mkdtemp(dir=root, prefix=".former-"))
        for path in set(root.iterdir()) - {former, *arrived.parents}:
            path.rename(former / path.name)
        for path in arrived.iterdir():
            path.rename(root / path.name)
        shutil.rmtree(former)

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


def free_mb(place: Path) -> int | None:
    """Return the free space of the directory, or of its nearest existing parent, in MB."""
    place = place.absolute()
    try:
        return shutil.disk_usage(next(path for path in [place, *place.parents] if path.exists())).free // 2**20
    except OSError:
        return None


@contextmanager
def _asking(name: str = "") -> Iterator[None]:
    """Turn the errors of the bucket into those of files. No message quotes what the server says: it may hold keys."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise FileNotFoundError(name) from None
        raise LostStore(f"The store of files refuses ({code or 'no code'}).") from None
    except BotoCoreError as error:
        raise LostStore(f"The store of files does not answer ({type(error).__name__}).") from None


class BucketStore(S3Storage):
    """A bucket of a server that speaks S3, private and without versions; our files are encrypted before they leave."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **options,
            client_config=Config(
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                connect_timeout=5,
                read_timeout=60,
                retries={"max_attempts": 3, "mode": "standard"},
                # Servers that are not Amazon's do not all know the newer checksums; ours is in the token.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def get_default_settings(self) -> dict[str, Any]:
        """Return the settings of the library, with those on which we rely: files are replaced, and not held whole."""
        found: dict[str, Any] = super().get_default_settings()
        return found | {"file_overwrite": True, "default_acl": None, "gzip": False, "transfer_config": _TRANSFER}

    def __str__(self) -> str:
        return f"{self.endpoint_url}/{self.bucket_name}"

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def read_from(self, name: str) -> IO[bytes]:
        """Open the file: fetched whole, small ones into memory, others into a temporary file."""
        found = tempfile.SpooledTemporaryFile(MAX_IN_MEMORY)  # noqa: SIM115 - the caller closes it
        try:
            with _asking(name):
                self._client.download_fileobj(self.bucket_name, name, found, Config=_TRANSFER)
        except OSError:
            found.close()
            raise
        found.seek(0)
        return cast(IO[bytes], found)

    def write_whole(self, name: str, fill: Fill) -> None:
        """Write the file; what could not be sent to its end is not in the bucket."""
        with tempfile.SpooledTemporaryFile(MAX_IN_MEMORY) as part:
            fill(cast(IO[bytes], part))
            part.seek(0)
            with _asking(name):
                self.save(name, File(cast(IO[bytes], part), name))

    def move(self, name: str, target: str) -> None:
        """Move the file, within the server."""
        with _asking(name):
            self._client.copy({"Bucket": self.bucket_name, "Key": name}, self.bucket_name, target)
        self.remove(name)

    def remove(self, name: str) -> None:
        """Delete the file with all its versions, if it is there."""
        with _asking(name):
            if not self._has_versions():
                self._client.delete_object(Bucket=self.bucket_name, Key=name)
                return
            pages = self._client.get_paginator("list_object_versions")
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=name):
                for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                    if one["Key"] == name:
                        self._client.delete_object(Bucket=self.bucket_name, Key=name, VersionId=one["VersionId"])

    def discard(self, *names: str) -> bool:
        """Delete the files; return False while a backup reads, and the sweep does it afterwards."""
        if snapshots.is_being_read():
            return False
        for name in names:
            self.remove(name)
        return True

    def kept_while_read(self) -> Any:
        """Keep dropped files until the end; waits while another process does the same."""
        return snapshots.being_read()

    def forget_dropped(self) -> None:
        """Do nothing: what was dropped during a backup has a row (`DroppedFile`)."""

    def listed(self, folder: str) -> Iterator[tuple[str, float]]:
        """Yield the name of each file of the folder, and when it was changed."""
        for one in self._objects(f"{folder}/"):
            changed: dt.datetime = one["LastModified"]
            yield one["Key"].rpartition("/")[2], changed.timestamp()

    def in_place(self) -> Iterator[str]:
        """Yield the name of each file that is in its folder."""
        for one in self._objects(""):
            folder, _, rest = one["Key"].partition("/")
            if len(folder) == 2 and rest:
                yield one["Key"]

    def probe(self) -> None:
        """Write something and delete it. Raises `OSError`."""
        name = f"{NEW}/probe-{os.getpid()}-{time.monotonic_ns()}"
        self.write_whole(name, lambda file: file.write(b"registry"))
        self.remove(name)

    def free_mb(self) -> int | None:
        """Return the free space for what is made here before it is sent; the bucket has no bound that we know."""
        return free_mb(Path(tempfile.gettempdir()))

    def faults(self) -> Iterator[str]:
        """Yield what would let files survive their deletion, or travel in the open."""
        with _asking():
            if self._client.get_bucket_versioning(Bucket=self.bucket_name).get("Status") == "Enabled":
                yield "The bucket keeps former versions, so erased files would survive: turn versioning off."
        if urlsplit(self.endpoint_url).scheme != "https" and not settings.DEMO:
            yield "FILES_URL has tls=off: names of files and signatures travel in the open."

    def arriving(self) -> Path:
        """Return where an archive is unpacked before its files are sent."""
        return Path(settings.VAR_DIR)

    def bring(self, arrived: Path) -> None:
        """Send the files; none of another one's name is there, for a name is given once."""
        for path in arrived.glob("*/*"):
            name = f"{path.parent.name}/{path.name}"
            with path.open("rb") as file, _asking(name):
                self.save(name, File(file, name))

    def replace_all(self, arrived: Path) -> None:
        """Delete all files but those that were brought."""
        brought = {f"{path.parent.name}/{path.name}" for path in arrived.glob("*/*")}
        for name in [one["Key"] for one in self._objects("") if one["Key"] not in brought]:
            self.remove(name)

    def _has_versions(self) -> bool:
        """Return whether the bucket keeps former versions, or did: asked each time, for nothing may survive."""
        return bool(self._client.get_bucket_versioning(Bucket=self.bucket_name).get("Status"))

    def _objects(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_objects_v2")
        with _asking(prefix):
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=prefix):
                yield from page.get("Contents", [])
