"""The command `rotate_keys`: re-encrypts everything with the first of FIELD_KEYS and seals everything with the first of
EVIDENCE_KEYS, so that the others can be removed.
"""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from registry.files.models import StoredFile
from registry.journal.models import Attestation, JournalChain
from registry.sizes import CHUNK

from ...fields import EncryptedTextField
from ...files import storage
from ..recording import attested, record


class Command(BaseCommand):
    """Works while the registry is running and can be repeated; values do not change, so no history is written."""

    help = "Encrypt and seal what is stored again, with the first keys of FIELD_KEYS and EVIDENCE_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            fields = [field.attname for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
            if fields:
                self.stdout.write(f"{model._meta.label}: {_rotate_rows(model, fields)} rows.")
        self.stdout.write(f"Files: {_rotate_files()}.")
        sealed, broken = _seal_heads()
        self.stdout.write(f"Heads of the journal: {sealed}.")
        astray = [model._meta.db_table for model in attested() if record(model, accept=False) is None]
        _seal_attestations()
        self.stdout.write(
            "Everything is encrypted with the first key. The other keys still open older backups: keep them apart."
        )
        if astray:
            raise CommandError(
                f"Rows are not as attested, and stay so: {', '.join(astray)}. check_integrity names them. If they are "
                "right, record_evidence attests them."
            )
        if broken:
            chains = ", ".join(map(str, broken[:20]))
            raise CommandError(f"{len(broken)} heads were not made by the registry and stay as they are: {chains}.")


def _rotate_rows(model: type[models.Model], fields: list[str]) -> int:
    """Re-encrypt rows in chunks by primary key, each in its own transaction."""
    rows, last = 0, None
    while True:
        with transaction.atomic():
            queryset = model._base_manager.select_for_update().order_by("pk")
            chunk = list((queryset.filter(pk__gt=last) if last is not None else queryset).values("pk", *fields)[:CHUNK])
            for row in chunk:
                last = row.pop("pk")
                model._base_manager.filter(pk=last).update(**row)
        rows += len(chunk)
        if len(chunk) < CHUNK:
            return rows


def _seal_heads() -> tuple[int, list[int]]:
    """Seal the heads of the journal's chains again; return their number and the chains with a broken head."""
    sealed, broken, last = 0, list[int](), None
    while True:
        with transaction.atomic():
            heads = JournalChain.objects.select_for_update().order_by("key")
            chunk = list((heads.filter(key__gt=last) if last is not None else heads)[:CHUNK])
            for head in chunk:
                last = head.key
                if head.is_sealed:
                    head.move_to(head.number, head.digest)
                    sealed += 1
                else:
                    broken.append(head.key)
            JournalChain.objects.bulk_update(chunk, ["seal"], batch_size=CHUNK)
        if len(chunk) < CHUNK:
            return sealed, broken


def _seal_attestations() -> None:
    """Seal the valid attestations again; those that are not from the registry stay unchanged."""
    last = None
    while True:
        rows = Attestation.objects.order_by("pk")
        chunk = list((rows.filter(pk__gt=last) if last is not None else rows)[:CHUNK])
        for made in chunk:
            last = made.pk
            if made.is_sealed:
                made.seal_again()
        Attestation.objects.bulk_update(chunk, ["seal"], batch_size=CHUNK)
        if len(chunk) < CHUNK:
            return


def _rotate_files() -> int:
    """Re-encrypt files one by one under the lock of their rows, so that erased files do not reappear."""
    files = 0
    for pk in StoredFile.objects.values_list("pk", flat=True).order_by("pk").iterator(chunk_size=CHUNK):
        with transaction.atomic():
            if not StoredFile.objects.select_for_update().filter(pk=pk).exists():
                continue
            try:
                storage.encrypt_again(pk)
            except FileNotFoundError:
                continue
        files += 1
    return files
