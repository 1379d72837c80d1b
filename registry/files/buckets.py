"""A store of files in an S3-compatible bucket (`FILES_URL`, ADR 22)."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from registry.errors import LostStore

from . import snapshots
from .stores import NEW, Fill, free_mb

#: Size in bytes above which files on their way to or from a bucket are kept in an encrypted, unnamed temporary file.
MAX_IN_MEMORY = 4 * 1024 * 1024
#: Large files are transferred in parts of 8 MB, so that memory holds one part.
_TRANSFER = TransferConfig(use_threads=False, multipart_chunksize=8 * 1024 * 1024)
_THIS_COMPUTER = {"127.0.0.1", "::1", "localhost"}
#: Error codes of buckets for a missing file.
_MISSING = {"404", "NoSuchKey", "NotFound"}


@contextmanager
def _asking(name: str = "") -> Iterator[None]:
    """Convert the bucket's errors to file errors. Messages do not quote the server, which may reveal keys."""
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
    """A private bucket without versions; our files are encrypted before upload."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **options,
            client_config=Config(
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                connect_timeout=5,
                read_timeout=60,
                retries={"max_attempts": 3, "mode": "standard"},
                # Other servers than Amazon's may not know newer checksums; the token has its own.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def get_default_settings(self) -> dict[str, Any]:
        """Return the library's settings, with those that we rely on: files are replaced, and not buffered whole."""
        found: dict[str, Any] = super().get_default_settings()
        return found | {"file_overwrite": True, "default_acl": None, "gzip": False, "transfer_config": _TRANSFER}

    def __str__(self) -> str:
        return f"{self.endpoint_url}/{self.bucket_name}"

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def read_from(self, name: str) -> IO[bytes]:
        """Open the file: fetched completely, small files into memory, others into a temporary file."""
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
        """Write the file; an interrupted upload leaves nothing in the bucket."""
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
        """Delete the files; return False during a backup, when the sweep does it afterwards."""
        if snapshots.is_being_read():
            return False
        for name in names:
            self.remove(name)
        return True

    def kept_while_read(self) -> Any:
        """Keep discarded files within the block; waits while another process does the same."""
        return snapshots.being_read()

    def forget_dropped(self) -> None:
        """Do nothing: files discarded during a backup have a row (`DroppedFile`)."""

    def listed(self, folder: str) -> Iterator[tuple[str, float]]:
        """Yield the name and modification time of each file in the folder."""
        for one in self._objects(f"{folder}/"):
            changed: dt.datetime = one["LastModified"]
            yield one["Key"].rpartition("/")[2], changed.timestamp()

    def in_place(self) -> Iterator[str]:
        """Yield the name of each file in its folder."""
        for one in self._objects(""):
            folder, _, rest = one["Key"].partition("/")
            if len(folder) == 2 and rest:
                yield one["Key"]

    def probe(self) -> None:
        """Write and delete a test file. Raises `OSError`."""
        name = f"{NEW}/probe-{os.getpid()}-{time.monotonic_ns()}"
        self.write_whole(name, lambda file: file.write(b"registry"))
        self.remove(name)

    def free_mb(self) -> int | None:
        """Return the free local space for files before upload; the bucket has no known limit."""
        return free_mb(Path(tempfile.gettempdir()))

    def faults(self) -> Iterator[str]:
        """Yield settings that would let files survive deletion or be sent unencrypted."""
        server = urlsplit(self.endpoint_url)
        if server.scheme != "https" and server.hostname not in _THIS_COMPUTER:
            yield "FILES_URL has tls=off: names of files and signatures travel in the open."
        with _asking():
            if self._client.get_bucket_versioning(Bucket=self.bucket_name).get("Status") == "Enabled":
                yield "The bucket keeps former versions, so erased files would survive: turn versioning off."

    def arriving(self) -> Path:
        """Return the directory where an archive is unpacked before upload."""
        return Path(settings.VAR_DIR)

    def bring(self, arrived: Path) -> None:
        """Upload the files; names are never reused, so none is overwritten."""
        for path in arrived.glob("*/*"):
            name = f"{path.parent.name}/{path.name}"
            with path.open("rb") as file, _asking(name):
                self.save(name, File(file, name))

    def changed_at(self, name: str) -> float:
        """Return the modification time of the file."""
        with _asking(name):
            changed: dt.datetime = self._client.head_object(Bucket=self.bucket_name, Key=name)["LastModified"]
        return changed.timestamp()

    def change_places(self, arriving: Path, former: Path) -> None:
        """Delete the directory of the unpacked archive: the files of both registries are in the bucket."""
        shutil.rmtree(arriving, ignore_errors=True)

    def keeps_former(self) -> bool:
        """Return True: the files of a replaced registry stay in the bucket, without rows."""
        return True

    def _has_versions(self) -> bool:
        """Return whether the bucket keeps versions or ever did; asked each time, because no version may survive."""
        return bool(self._client.get_bucket_versioning(Bucket=self.bucket_name).get("Status"))

    def _objects(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_objects_v2")
        with _asking(prefix):
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=prefix):
                yield from page.get("Contents", [])
