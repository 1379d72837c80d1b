"""Stored files: encrypted, one row each, nothing left after a rollback (invariant 8)."""

import os
import time
from pathlib import Path

import pytest
from django.db import transaction

from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile


def keep(data: bytes = b"secret scan") -> StoredFile:
    return storage.store_file(data, purpose=FilePurpose.PHOTO, name="photo.jpg", content_type="image/jpeg")


@pytest.mark.usefixtures("several_connections")
def test_invariant_8_a_file_is_encrypted_on_the_disk_and_reads_back(own_files: Path) -> None:
    row = keep()
    assert b"secret" not in storage.path_of(row.pk).read_bytes()
    assert storage.read(row) == b"secret scan"
    assert storage.orphans() == ([], [])


@pytest.mark.usefixtures("several_connections")
def test_invariant_8_a_file_is_readable_before_its_transaction_ends() -> None:
    with transaction.atomic():
        row = keep()
        assert storage.read(row) == b"secret scan"
        assert storage.orphans() == ([], [])


@pytest.mark.usefixtures("several_connections")
def test_invariant_8_files_of_a_rolled_back_transaction_are_deleted(own_files: Path) -> None:
    with transaction.atomic():
        row = keep()
        transaction.set_rollback(True)
    left = own_files / "new" / str(row.pk)
    assert left.exists()
    # File times do not follow the moved clock of the test.
    os.utime(left, (time.time(), time.time()))
    storage.sweep_uncommitted()
    assert left.exists()
    hour_ago = time.time() - storage.MAX_UNCOMMITTED_SECONDS - 1
    os.utime(left, (hour_ago, hour_ago))
    storage.sweep_uncommitted()
    assert not left.exists()
    assert storage.orphans() == ([], [])


@pytest.mark.usefixtures("several_connections")
def test_invariant_8_a_crash_after_the_commit_is_repaired(own_files: Path) -> None:
    row = keep()
    new = own_files / "new" / str(row.pk)
    os.replace(storage.path_of(row.pk), new)
    assert storage.read(row) == b"secret scan"
    os.utime(new, (0, 0))
    storage.sweep_uncommitted()
    assert storage.path_of(row.pk).exists()


@pytest.mark.usefixtures("several_connections")
def test_invariant_8_row_and_bytes_go_together_and_only_with_the_commit() -> None:
    row = keep()
    path = storage.path_of(row.pk)
    with transaction.atomic():
        storage.delete_file(row)
        assert path.exists()
    assert not path.exists()
    assert StoredFile.objects.count() == 0


@pytest.mark.usefixtures("several_connections")
def test_invariant_8_a_missing_file_and_a_stray_one_are_named() -> None:
    missing, stray = keep(), keep()
    storage.path_of(missing.pk).unlink()
    StoredFile.objects.filter(pk=stray.pk).delete()
    assert storage.orphans() == ([str(missing.pk)], [storage.place_of(stray.pk)])
