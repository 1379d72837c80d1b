"""A foreign store is refused at the start and before the first write, and can be adopted on purpose (invariant 8)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from registry.environment import store_of
from registry.errors import ForeignStore
from registry.files import marks, storage, stores
from registry.files.enums import FilePurpose
from registry.files.models import FileStore, StoredFile
from registry.system_checks import check_store
from registry.upkeep import doctor

from .bucket import Bucket, bucket, made, s3_server

__all__ = ["bucket", "s3_server"]

pytestmark = pytest.mark.usefixtures("several_connections", "asked")
_CHECK = marks.check_own


@pytest.fixture
def asked(nobody_asks_whose_the_store_is: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check stores as a real installation does, in a process that has not checked one yet."""
    monkeypatch.setattr(marks, "check_own", _CHECK)
    monkeypatch.setattr(marks, "BELIEVED_SECONDS", 0)
    marks._believed.clear()
    yield
    marks._believed.clear()


def keep() -> StoredFile:
    return storage.store_file(b"scan", purpose=FilePurpose.PHOTO, name="photo.jpg", content_type="image/jpeg")


def said() -> list[str]:
    """Return the results of the preflight, the system check, `/readyz` and the first write."""
    found = [one.words for one in doctor.run_preflight("store")]
    found += [str(one.msg) for one in check_store(None, databases=["default"])] or [""]
    answer = Client().get("/readyz")
    assert answer.status_code == (503 if found[0] else 200)
    found.append(found[0] if answer.json()["store"] is False else "")
    try:
        with transaction.atomic():
            keep()
            transaction.set_rollback(True)
    except ForeignStore as refused:
        return [*found, str(refused)]
    return [*found, ""]


def there() -> str:
    return marks._read()


def test_invariant_8_the_first_file_of_a_new_registry_marks_its_store(own_files: Path) -> None:
    assert (said(), there()) == ([""] * 4, "")
    keep()
    row = FileStore.objects.get()
    assert (there(), row.marked_at is not None) == (str(row.number), True)
    assert said() == [""] * 4


def test_invariant_8_what_is_rolled_back_marks_nothing() -> None:
    with transaction.atomic():
        keep()
        transaction.set_rollback(True)
    assert (there(), FileStore.objects.count()) == ("", 0)


def test_invariant_8_an_empty_store_where_files_were_is_refused_until_it_is_adopted(
    settings: Any, tmp_path: Path
) -> None:
    keep()
    first, settings.FILES_ROOT = settings.FILES_ROOT, tmp_path / "empty"
    words = marks.EMPTY.format(tmp_path / "empty")
    assert said() == [words] * 4
    assert [path for path in (tmp_path / "empty").rglob("*") if path.is_file()] == []
    out, err = StringIO(), StringIO()
    call_command("adopt_store", stdout=out, stderr=err)
    assert out.getvalue() == f"{tmp_path / 'empty'} is the store of this registry: 1 files, 1 of them missing.\n"
    assert err.getvalue().startswith("Files are missing there: check_integrity names them.")
    assert said() == [""] * 4
    # Now the former directory would be a second store.
    settings.FILES_ROOT = first
    assert said() == [marks.FOREIGN.format(first)] * 4


def test_invariant_8_the_store_of_another_registry_is_refused(settings: Any) -> None:
    keep()
    FileStore.objects.update(number=uuid.uuid4())
    assert said() == [marks.FOREIGN.format(settings.FILES_ROOT)] * 4


def test_invariant_8_a_new_registry_refuses_a_store_with_a_mark_or_with_files(settings: Any) -> None:
    keep()
    StoredFile.objects.all().delete()
    FileStore.objects.all().delete()
    assert said() == [marks.FOREIGN.format(settings.FILES_ROOT)] * 4
    stores.own().remove(stores.MARK)
    assert said() == [marks.UNKNOWN.format(settings.FILES_ROOT)] * 4


def test_invariant_8_a_registry_from_before_the_marks_goes_on_with_its_store_only(
    settings: Any, tmp_path: Path
) -> None:
    row = keep()
    stores.own().remove(stores.MARK)
    FileStore.objects.all().delete()
    assert said() == [""] * 4
    first, settings.FILES_ROOT = settings.FILES_ROOT, tmp_path / "empty"
    assert said() == [marks.EMPTY.format(tmp_path / "empty")] * 4
    settings.FILES_ROOT = first
    keep()
    assert (there(), storage.read(row)) == (str(FileStore.objects.get().number), b"scan")


def test_invariant_8_of_two_nodes_with_private_directories_one_is_refused(
    settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic():
        keep()  # checks the store before the other process has marked its own
        one, settings.FILES_ROOT = settings.FILES_ROOT, tmp_path / "other"
        FileStore.objects.create()
        marks._take()
        settings.FILES_ROOT = one
    assert said() == [marks.EMPTY.format(one)] * 4
    assert "files were stored where the other nodes do not look" in caplog.text
    settings.FILES_ROOT = tmp_path / "other"
    assert said() == [""] * 4


def test_invariant_8_a_bucket_is_marked_and_refused_in_the_same_way(
    bucket: Bucket, s3_server: str, settings: Any
) -> None:
    keep()
    assert (said(), there()) == ([""] * 4, str(FileStore.objects.get().number))
    settings.STORAGES = settings.STORAGES | {"files": store_of(made(s3_server), settings.FILES_ROOT)[1]}
    assert said() == [marks.EMPTY.format(stores.own())] * 4
    call_command("adopt_store", stdout=StringIO(), stderr=StringIO())
    assert said() == [""] * 4


def test_a_process_believes_what_it_has_found_for_half_a_minute(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    keep()
    keep()
    monkeypatch.setattr(marks, "BELIEVED_SECONDS", 30)
    marks.check_own()
    with django_assert_num_queries(0):
        marks.check_own()
