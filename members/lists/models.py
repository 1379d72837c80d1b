"""Uploaded lists: the batch, its rows until their people are registered, remembered columns."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.fields import EncryptedJSONField, EncryptedTextField
from registry.history import HistoricalRecords

from .enums import (
    CHECKED_BATCHES,
    LEFT_OVER,
    OPEN_BATCHES,
    BatchState,
    RowVerdict,
    UpdateState,
    UpdateVerdict,
)

if TYPE_CHECKING:
    from registry.access import Actor

#: Key in a row's corrections that means that the row is left out.
SKIPPED = "skipped"


def encode(value: Any) -> Any:
    """Convert a cell or value for JSON; dates and decimals are tagged for `decode`."""
    if isinstance(value, dt.datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return list(value) if isinstance(value, tuple) else value


def decode(value: Any) -> Any:
    """Convert back a value of `encode`."""
    if isinstance(value, dict):
        if "moment" in value:
            return dt.datetime.fromisoformat(value["moment"])
        if "date" in value:
            return dt.date.fromisoformat(value["date"])
        return Decimal(value["decimal"])
    return value


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, actor: Actor | None) -> ImportBatchQuerySet:
        """Return batches of the actor's own organisation; superiors do not see uploaded lists."""
        found = self.filter(in_scope(actor, "organization__"))
        if actor is not None and actor.organization is not None:
            found = found.filter(organization=actor.organization)
        return found

    def open(self) -> ImportBatchQuerySet:
        """Return batches from which nobody is registered yet, including those being read."""
        return self.filter(state__in={BatchState.READING, *OPEN_BATCHES})

    def unfinished(self) -> ImportBatchQuerySet:
        """Return the open batches, and those from which only some of the people are registered."""
        left = ImportRow.objects.filter(batch=models.OuterRef("pk"), verdict__in=LEFT_OVER)
        in_part = models.Q(models.Exists(left), state=BatchState.APPLIED)
        return self.filter(models.Q(state__in=OPEN_BATCHES) | in_part)


class ImportBatch(models.Model):
    """An uploaded list; can be undone as a whole as long as nothing depends on it (U-5)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="batches", verbose_name=_("organisation")
    )
    state = models.CharField(_("state"), max_length=10, choices=BatchState.choices, default=BatchState.UPLOADED)
    source = models.ForeignKey("registry.StoredFile", models.SET_NULL, null=True, related_name="+")
    #: Checksum of the file, to recognise a repeated upload.
    sha256 = models.CharField(max_length=64)
    #: Name of the file, encrypted because it may contain a person's name.
    name = EncryptedTextField(_("file"), blank=True)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    sheets = models.JSONField(default=list)
    #: Headings as in the file, by column.
    headings = models.JSONField(default=list)
    #: Column number → field name.
    mapping = models.JSONField(default=dict)
    #: Result of recognition for each column, for the screen.
    guesses = models.JSONField(default=list)
    #: First values of each column by its number, shown until its people are registered; encrypted personal data.
    samples = EncryptedJSONField(default=dict)
    #: Rows that are not people, with the reason.
    dropped = models.JSONField(default=list)
    #: Values for all rows: minutes of the decision, day of registration, cell.
    defaults = models.JSONField(default=dict)
    #: Kinds of remarks, «field:code», that the chair accepted for all rows.
    accepted = models.JSONField(default=list)
    #: Unknown names of cells → the cell that is meant, or none.
    cells = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey(
        "registry.Account", models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    applied_at = models.DateTimeField(_("registered at"), null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords(excluded_fields=["guesses", "samples", "dropped", "headings"])
    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import batch")
        verbose_name_plural = _("import batches")
        ordering = ["-uploaded_at"]
        indexes = [models.Index(fields=["organization", "sha256"], name="batch_same_file")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_applied(self) -> bool:
        """Return whether people of the list were registered."""
        return self.state == BatchState.APPLIED

    @property
    def is_being_read(self) -> bool:
        """Return whether a job has not read the file yet."""
        return self.state == BatchState.READING

    @property
    def is_checked(self) -> bool:
        """Return whether the rows were checked and the list is not closed."""
        return self.state in CHECKED_BATCHES

    @property
    def left(self) -> int:
        """Return the number of rows of a partly registered list that are neither registered nor left out."""
        return sum(self.counts.get(verdict, 0) for verdict in LEFT_OVER) if self.is_applied else 0


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def visible_to(self, actor: Actor | None) -> ImportRowQuerySet:
        """Return rows of the batches of the actor's own organisation."""
        return self.filter(batch__in=ImportBatch.objects.visible_to(actor))


class ImportRow(models.Model):
    """A row of a list; its content is encrypted, and emptied once the person is registered."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    #: Row number in the file.
    number = models.PositiveIntegerField()
    cells = EncryptedJSONField(default=list)
    #: Corrections made on the screen: field → text.
    corrections = EncryptedJSONField(default=dict)
    #: Formatting of the row in the file: columns struck through, hidden.
    look = models.JSONField(default=dict)
    #: Digests of questions answered when the list was uploaded before.
    carried = models.JSONField(default=list)
    #: Parsed values and all remarks: errors, assumptions, warnings, duplicates.
    values = EncryptedJSONField(default=dict)
    issues = EncryptedJSONField(default=list)
    verdict = models.CharField(max_length=10, choices=RowVerdict.choices)
    #: Whether the chair accepted the assumptions about this row.
    accepted = models.BooleanField(default=False)
    member = models.ForeignKey("members.Member", models.SET_NULL, null=True, related_name="+")

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["batch", "verdict", "number"], name="import_row_verdict")]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def is_done(self) -> bool:
        """Return whether the person of the row is registered."""
        return self.verdict == RowVerdict.DONE

    @property
    def person(self) -> dict[str, Any]:
        """Return the parsed values as Python objects, in the form for `register_many`."""
        return {name: decode(value) for name, value in self.values.items()}


class ColumnMapping(models.Model):
    """The meaning of columns with given headings, remembered for the organisation's next list."""

    organization = models.ForeignKey("registry.Organization", models.CASCADE, related_name="+")
    #: Hash of the normalised headings.
    signature = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints = [models.UniqueConstraint(fields=["organization", "signature"], name="mapping_once")]

    def __str__(self) -> str:
        return str(self.pk)


class CardUpdateQuerySet(models.QuerySet["CardUpdate"]):
    def visible_to(self, actor: Actor | None) -> CardUpdateQuerySet:
        """Return changes of the actor's own organisation, like its lists."""
        found = self.filter(in_scope(actor, "organization__"))
        if actor is not None and actor.organization is not None:
            found = found.filter(organization=actor.organization)
        return found


class CardUpdate(models.Model):
    """A change of many cards, from a workbook or of chosen members; confirmed and undone as a whole (U-5)."""

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="card_updates", verbose_name=_("organisation")
    )
    state = models.CharField(_("state"), max_length=10, choices=UpdateState.choices, default=UpdateState.CHECKED)
    #: Name of the workbook, encrypted because it may contain a person's name; empty for chosen members.
    name = EncryptedTextField(_("file"), blank=True)
    #: Fields that differ from the cards, and those of them that are left out.
    fields = models.JSONField(default=list)
    left_out = models.JSONField(default=list)
    #: Headings of columns that were not read.
    ignored = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        "registry.Account", models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))
    applied_at = models.DateTimeField(_("applied at"), null=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = CardUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of many cards")
        verbose_name_plural = _("changes of many cards")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Return whether it waits for confirmation."""
        return self.state == UpdateState.CHECKED

    @property
    def is_applied(self) -> bool:
        """Return whether cards were changed."""
        return self.state == UpdateState.APPLIED


class CardUpdateRowQuerySet(models.QuerySet["CardUpdateRow"]):
    def visible_to(self, actor: Actor | None) -> CardUpdateRowQuerySet:
        """Return rows of visible changes about cards that the actor still sees, and rows without a card."""
        own = self.filter(batch__in=CardUpdate.objects.visible_to(actor))
        return own.filter(models.Q(member=None) | in_scope(actor, "member__unit__"))


class CardUpdateRow(models.Model):
    """A card in a change of many cards, with former and new values."""

    batch = models.ForeignKey(CardUpdate, models.CASCADE, related_name="rows")
    member = models.ForeignKey("members.Member", models.CASCADE, null=True, related_name="+")
    #: Row number in the workbook, or the position among the chosen members.
    number = models.PositiveIntegerField()
    #: Version of the card that was compared.
    seen = models.PositiveIntegerField(default=0)
    verdict = models.CharField(max_length=10, choices=UpdateVerdict.choices)
    chosen = models.BooleanField(default=True)
    #: Field → before, after, problem.
    changes = EncryptedJSONField(default=dict)
    #: Sentences about the whole row.
    remarks = EncryptedJSONField(default=list)

    objects = CardUpdateRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("card in a change of many cards")
        verbose_name_plural = _("cards in a change of many cards")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="card_update_row_once")]

    def __str__(self) -> str:
        return str(self.number)
