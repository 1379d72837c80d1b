"""Files in a bucket: encrypted before sending, deleted with their rows, readable during a move (invariant 8)."""

from __future__ import annotations

import datetime as dt
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from registry.environment import store_of
from registry.errors import LostStore, lost_disk
from registry.files import buckets, snapshots, storage, stores
from registry.files.enums import FilePurpose
from registry.files.models import DroppedFile, FileStore, StoredFile
from registry.upkeep import doctor

from .bucket import Bucket, bucket, s3_server

__all__ = ["bucket", "s3_server"]


def keep(data: bytes | io.BytesIO = b"secret scan") -> StoredFile:
    return storage.store_file(data, purpose=FilePurpose.PHOTO, name="photo.jpg", content_type="image/jpeg")


@pytest.mark.usefixtures("several_connections")
def test_invariant_8_a_file_leaves_encrypted_lies_in_the_bucket_alone_and_reads_back(
    bucket: Bucket, own_files: Path, settings: Any
) -> None:
    row = keep()
    assert bucket.names() == [storage.place_of(row.pk)]
    sealed = bucket.bytes_of(storage.place_of(row.pk))
    assert (b"secret" in sealed, Fernet(settings.FIELD_KEYS[0]).decrypt(sealed)) == (False, b"secret scan")
    assert (storage.read(row), storage.orphans(), own_files.exists()) == (b"secret scan", ([], []), False)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(InvalidToken):
        storage.read(row)


@pytest.mark.usefixtures("several_connections")
def test_invariant_8_what_is_rolled_back_is_swept_and_what_was_not_moved_is_moved(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        undone = keep()
        assert (storage.read(undone), bucket.names()) == (b"secret scan", [storage.new_place_of(undone.pk)])
        transaction.set_rollback(True)
    with monkeypatch.context() as patched:
        patched.setattr(storage, "_move_into_place", lambda file_id: None)
        done = keep(b"done")
    storage.sweep_uncommitted()
    both = sorted([storage.new_place_of(undone.pk), storage.new_place_of(done.pk)])
    assert (bucket.names(), storage.read(done)) == (both, b"done")
    monkeypatch.setattr(storage, "MAX_UNCOMMITTED_SECONDS", -5)
    storage.sweep_uncommitted()
    assert (bucket.names(), storage.read(done)) == ([storage.place_of(done.pk)], b"done")


@pytest.mark.usefixtures("several_connections")
@pytest.mark.parametrize("status", ["", "Enabled", "Suspended"])
def test_an_erased_file_survives_nowhere_whatever_the_bucket_keeps(bucket: Bucket, status: str) -> None:
    if status:
        bucket.keep_versions()
    row, other = keep(), keep(b"other")
    storage.encrypt_again(row.pk)
    if status == "Suspended":
        bucket.keep_versions(status)
    storage.delete_file(row)
    assert (bucket.names(), bucket.versions(), DroppedFile.objects.count()) == ([storage.place_of(other.pk)], 1, 0)
    with pytest.raises(FileNotFoundError):
        storage.read(row)


@pytest.mark.usefixtures("several_connections")
def test_a_file_that_the_store_could_not_delete_is_deleted_by_the_sweep(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = keep()

    def lost(*_names: str) -> bool:
        raise LostStore("The store of files does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(buckets.BucketStore, "discard", lambda self, *names: lost(*names))
        storage.delete_file(row)
    assert (bucket.names(), DroppedFile.objects.count(), storage.orphans()) == (
        [storage.place_of(row.pk)], 1, ([], []),
    )  # fmt: skip
    storage.sweep_uncommitted()
    assert len(bucket.names()) == 1, "its own process may still be at it"
    DroppedFile.objects.update(at=timezone.now() - dt.timedelta(minutes=1, seconds=1))
    storage.sweep_uncommitted()
    assert (bucket.names(), DroppedFile.objects.count()) == ([], 0)


@pytest.mark.usefixtures("several_connections")
def test_what_is_dropped_while_a_backup_reads_is_there_until_its_end(bucket: Bucket) -> None:
    row = keep()
    with storage.dropped_files_kept():
        assert (snapshots.is_being_read(), snapshots._begin()) == (True, False)
        storage.delete_file(row)
        with storage.open_file(row.pk) as file:
            assert file.read(5) == b"gAAAA"
    assert snapshots.is_being_read() is False
    DroppedFile.objects.update(at=timezone.now() - dt.timedelta(minutes=2))
    storage.sweep_uncommitted()
    assert (bucket.names(), DroppedFile.objects.count()) == ([], 0)
    # A killed process sends no signs of life.
    FileStore.objects.update(read_until=timezone.now() - dt.timedelta(seconds=1))
    assert (snapshots.is_being_read(), snapshots._begin()) == (False, True)


@pytest.mark.usefixtures("several_connections")
def test_after_a_rotation_the_new_key_opens_what_lies_in_the_bucket(bucket: Bucket, settings: Any) -> None:
    row, old, new = keep(), settings.FIELD_KEYS[0], Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, old]
    storage.encrypt_again(row.pk)
    settings.FIELD_KEYS = [new]
    assert (storage.read(row), len(bucket.names())) == (b"secret scan", 1)


@pytest.mark.usefixtures("several_connections")
def test_a_large_file_goes_and_comes_in_pieces(bucket: Bucket, tmp_path: Path) -> None:
    size = 96 * 2**20
    with (tmp_path / "large").open("w+b") as large:
        large.truncate(size)
        tracemalloc.start()
        row = storage.store_file(large, purpose=FilePurpose.JOB_RESULT, name="x.zip", content_type="application/zip")
        got = sum(len(piece) for piece in storage.pieces(row))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (got, row.size) == (size, size)
    assert most < size, "some parts of 8 MB, whatever the size of the file"


def test_a_server_that_does_not_answer_has_the_page_of_a_full_disk_and_no_key_in_its_words(settings: Any) -> None:
    url = "s3://key:verysecret@127.0.0.1:9/files?tls=off"
    settings.STORAGES = settings.STORAGES | {"files": store_of(url, settings.FILES_ROOT)[1]}
    with pytest.raises(LostStore) as lost:
        stores.own().probe()
    assert (str(lost.value), lost_disk(lost.value)) == (
        "The store of files does not answer (EndpointConnectionError).", True,
    )  # fmt: skip
    assert [(one.words, one.stops) for one in doctor.run_preflight("files")] == [(str(lost.value), True)]


def test_a_bucket_that_is_not_there_or_keeps_versions_stops_the_preflight(bucket: Bucket, settings: Any) -> None:
    def said() -> list[str]:
        return [one.words for one in doctor.run_preflight("files") if one.stops]

    assert said() == []
    bucket.keep_versions()
    assert said() == ["The bucket keeps former versions, so erased files would survive: turn versioning off."]
    bucket.keep_versions("Suspended")
    assert said() == []
    gone = bucket.url.replace(bucket.name, "elsewhere")
    settings.STORAGES = settings.STORAGES | {"files": store_of(gone, settings.FILES_ROOT)[1]}
    assert said() == ["The store of files refuses (NoSuchBucket)."]


def test_another_computer_is_asked_by_tls(settings: Any) -> None:
    entry = store_of("s3://key:secret@10.0.0.9/files?tls=off", settings.FILES_ROOT)[1]
    settings.STORAGES = settings.STORAGES | {"files": entry}
    words = "FILES_URL has tls=off: names of files and signatures travel in the open."
    assert next(stores.own().faults()) == words


@pytest.mark.parametrize(
    ("url", "root", "options"),
    [
        ("", "var", None),
        ("file:///srv/shared%20files", "/srv/shared files", None),
        ("s3://k:s%2F%40@s3.example.org/files", "var", ("https://s3.example.org", "us-east-1", "k", "s/@", "files")),
        ("s3://127.0.0.1:9000/a-b?region=ru&tls=off", "var", ("http://127.0.0.1:9000", "ru", None, None, "a-b")),
    ],
)
def test_the_address_of_the_files_is_read(url: str, root: str, options: tuple[str | None, ...] | None) -> None:
    found, entry = store_of(url, Path("var"))
    names = ("endpoint_url", "region_name", "access_key", "secret_key", "bucket_name")
    read = tuple(entry["OPTIONS"][name] for name in names) if "OPTIONS" in entry else None
    assert (str(found), read) == (root, options)


@pytest.mark.parametrize("url", ["/srv/files", "file://host/srv", "s3://host", "s3://host/a/b", "https://host/files"])
def test_an_address_of_another_kind_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        store_of(url, Path("var"))
    assert str(refused.value) == "FILES_URL must be file:///directory or s3://key:secret@host/bucket."
