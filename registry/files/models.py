"""Model of stored files (photographs, scans, lists, results of jobs)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.evidence import Attested, AttestedQuerySet

from .enums import FilePurpose

if TYPE_CHECKING:
    from registry.access import Actor


class StoredFileQuerySet(AttestedQuerySet["StoredFile"]):
    def visible_to(self, actor: Actor | None) -> StoredFileQuerySet:
        """Return the files in scope; results of jobs are visible to their owners only."""
        found = self.filter(in_scope(actor, "organization__"))
        if actor is None or actor.is_system:
            return found
        return found.filter(~Q(purpose=FilePurpose.JOB_RESULT) | Q(owner=actor.account))


class StoredFile(Attested):
    """A stored file; `registry.files.storage` reads and writes its contents."""

    #: The reference to a file changes often, its contents never.
    ATTESTED = ("id", "purpose", "size", "sha256", "created_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(_("purpose"), max_length=15, choices=FilePurpose.choices)
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, related_name="+", verbose_name=_("organisation")
    )
    owner = models.ForeignKey(
        "registry.Account", models.SET_NULL, null=True, related_name="+", verbose_name=_("stored by")
    )
    #: A neutral name for downloads; the original file name may be personal data and is not stored.
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        indexes = [models.Index(fields=["expires_at"], name="file_expiry")]

    def __str__(self) -> str:
        return self.name


class DroppedFile(models.Model):
    """A file whose row was deleted but which is still in the store: deleted after the commit, or by the sweep."""

    id = models.UUIDField(primary_key=True, editable=False)
    at = models.DateTimeField(_("moment"))

    class Meta:
        verbose_name = _("dropped file")
        verbose_name_plural = _("dropped files")

    def __str__(self) -> str:
        return str(self.pk)


class FileStore(models.Model):
    """The store of this installation's files, by the id that is also in its mark (`registry.files.marks`)."""

    #: There is only one row.
    only = models.BooleanField(default=True, unique=True, editable=False)
    number = models.UUIDField(_("number"), default=uuid.uuid4, editable=False)
    marked_at = models.DateTimeField(_("marked at"), null=True)
    #: Time until which a backup reads the files of a bucket.
    read_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("store of files")
        verbose_name_plural = _("stores of files")

    def __str__(self) -> str:
        return str(self.number)
