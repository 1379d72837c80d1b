"""`check_integrity` reports how much it read and decrypts samples of all encrypted data; emptiness is an error."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from registry import fields
from registry.drafts.models import Draft
from registry.fields import EncryptedTextField
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.management import samples
from tests.members import places
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.both]
EMPTY = "The registry is empty, so nothing was checked. Is it the right database?"


def check() -> tuple[list[str], str]:
    """Return the lines of the output without padding, and the error."""
    out, error = StringIO(), ""
    try:
        call_command("check_integrity", stdout=out)
    except CommandError as raised:
        error = str(raised)
    return [" ".join(line.split()) for line in out.getvalue().splitlines()], error


def scan() -> StoredFile:
    return storage.store_file(b"scan", purpose=FilePurpose.CONSENT_SCAN, name="a.pdf", content_type="application/pdf")


def test_an_empty_registry_is_not_called_fine() -> None:
    lines, error = check()
    assert (error, "Everything agrees." in lines) == (EMPTY, False)
    assert "0 rows of history" in lines


def test_it_says_how_many_of_each_kind_there_are() -> None:
    place = places.voi()
    for number in range(3):
        place.put(surname=f"Путникова{'а' * number}", snils="", ticket_number=str(number + 1), paper_number="")
    scan()
    lines, error = check()
    said = lines[lines.index("Looked at:") + 1 :]
    assert (error, said.pop()) == ("", "Everything agrees.")
    counted = {
        name: int(rows) for rows, name in (re.fullmatch(r"(\d+) (?:decrypted: )?(.+)", line).groups() for line in said)
    }  # type: ignore[union-attr]
    history = sum(m._base_manager.count() for m in apps.get_models() if hasattr(m, "history_type"))
    assert (counted["members.Member"], counted["rows of history"]) == (3, history)
    assert (counted["registry.StoredFile"], counted[samples.FILES]) == (1, 1)
    kinds = {model._meta.label for model in apps.get_models() if model._base_manager.exists()}
    own = {kind for kind in kinds if kind.partition(".")[0] in {"registry", "members", "dues", "documents"}}
    assert {kind for kind in own if "Historical" not in kind} == {kind for kind in counted if kind in own}


def test_every_encrypted_kind_with_a_value_is_opened() -> None:
    places.voi().put()
    filled = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField) and has_value(model, field)
    }
    assert filled == set(samples.open_sample().looked)
    assert len(filled) > 1


def has_value(model: Any, field: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT COUNT(*) FROM "{model._meta.db_table}" WHERE "{field.column}" <> %s', [""])
        return bool(cursor.fetchone()[0])


def test_a_value_of_another_key_is_found_among_the_oldest_and_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "EACH_END", 2)
    account = trees.account(trees.head())
    drafts = [
        Draft.objects.create(account=account, key=str(number), values={"number": number}, saved_at=timezone.now())
        for number in range(6)
    ]
    found = []
    for draft in drafts:
        with monkeypatch.context() as patch:
            patch.setattr(fields, "encrypt", lambda text: Fernet(Fernet.generate_key()).encrypt(text.encode()).decode())
            draft.save()
        found.append(samples.open_sample().faults)
        draft.save()
    said = ["registry.Draft.values: 1 of 4 cannot be opened with FIELD_KEYS"]
    assert found == [said, said, [], [], said, said]


def test_keys_of_another_registry_are_told(settings: Any) -> None:
    places.voi().put()
    scan()
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    lines, error = check()
    assert f"{samples.FILES}: 1 of 1 cannot be opened with FIELD_KEYS" in lines
    assert error.endswith("things are wrong.")


def test_a_file_with_other_contents_than_were_stored_is_told(own_files: Path) -> None:
    places.voi()
    changed, other = (
        scan(),
        storage.store_file(b"another", purpose=FilePurpose.CONSENT_SCAN, name="a.pdf", content_type="application/pdf"),
    )
    with storage.open_file(other.pk) as file:
        token = file.read()
    for path in own_files.rglob(str(changed.pk)):
        path.write_bytes(token)
    assert samples.open_sample().faults == [f"{samples.FILES}: 1 of 2 are not what was stored"]


def test_a_missing_table_is_named_and_nothing_else_is_asked() -> None:
    places.voi()
    name = Draft._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {name} RENAME TO elsewhere")
        try:
            lines, error = check()
        finally:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {name}")
    assert lines == ["WRONG All tables are there", f"the table {name} is missing"]
    assert error == "Nothing else was checked. If the release is new, run migrate; otherwise restore the last archive."
    assert check()[1] == ""
