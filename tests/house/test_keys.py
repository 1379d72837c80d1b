"""Rotation of the key that encrypts identity papers, health data and files."""

import json
import uuid
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from registry.access import Actor
from registry.accounts.transitions.installation import create_administrator
from registry.drafts.models import Draft
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.journal.models import JournalChain
from registry.journal.queries import faults


def stored_token() -> str:
    """Return the stored value of the draft."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {connection.ops.quote_name('values')} FROM registry_draft")
        token: str = cursor.fetchone()[0]
        return token


@pytest.mark.django_db
def test_after_rotation_the_new_key_alone_opens_values_and_files(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    account = create_administrator(person={"surname": "Юн", "given_name": "Ян"}, by=Actor.system("test")).account
    Draft.objects.create(account=account, key="member-new", values={"diagnosis": "слово"}, saved_at=timezone.now())
    row = storage.store_file(b"scan", purpose=FilePurpose.JOB_RESULT, name="scan.pdf", content_type="application/pdf")
    lost = StoredFile.objects.get(pk=row.pk)
    lost.pk = uuid.uuid4()
    lost.save(force_insert=True)

    settings.FIELD_KEYS = [new, old]
    said = StringIO()
    call_command("rotate_keys", stdout=said)

    assert {"registry.Draft: 1 rows.", "Files: 1.", "Heads of the journal: 1."} <= set(said.getvalue().splitlines())
    settings.FIELD_KEYS = [new]
    assert Draft.objects.get().values == {"diagnosis": "слово"}
    assert storage.read(row) == b"scan"
    assert json.loads(Fernet(new).decrypt(stored_token().encode())) == {"diagnosis": "слово"}
    assert not storage.path_of(lost.pk).exists()


@pytest.mark.django_db
def test_after_rotation_the_new_key_alone_finds_the_journal_whole(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.EVIDENCE_KEYS = [old]
    create_administrator(person={"surname": "Юн", "given_name": "Ян"}, by=Actor.system("test"))
    settings.EVIDENCE_KEYS = [new]
    assert list(faults()) == ["chain 0: the head was not made by the registry"]
    settings.EVIDENCE_KEYS = [new, old]
    assert list(faults()) == []
    call_command("rotate_keys", stdout=StringIO())
    settings.EVIDENCE_KEYS = [new]
    assert list(faults()) == []


@pytest.mark.django_db
def test_rotation_does_not_make_a_changed_head_whole(settings: Any) -> None:
    create_administrator(person={"surname": "Юн", "given_name": "Ян"}, by=Actor.system("test"))
    JournalChain.objects.update(seal="0" * 64)
    settings.EVIDENCE_KEYS = [Fernet.generate_key().decode(), *settings.EVIDENCE_KEYS]
    with pytest.raises(CommandError, match="1 heads were not made by the registry and stay as they are: 0"):
        call_command("rotate_keys", stdout=StringIO())
    assert list(faults()) == ["chain 0: the head was not made by the registry"]
