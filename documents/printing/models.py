"""Models of print records and of printers."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.history import HistoricalRecords

if TYPE_CHECKING:
    from registry.access import Actor


class PrintRecordQuerySet(models.QuerySet["PrintRecord"]):
    def visible_to(self, actor: Actor | None) -> PrintRecordQuerySet:
        """Return prints in the actor's subtree, except prints about members who have left it (V-B10)."""
        here, card = in_scope(actor, "organization__"), in_scope(actor, "member__unit__")
        # For an actor of the whole installation the condition is empty and would be dropped by «or».
        return self.filter(here, Q(member__isnull=True) | card) if card else self.filter(here)


class PrintRecord(models.Model):
    """One printed paper; blank forms and papers not about a member have no member."""

    form = models.CharField(_("form"), max_length=40)
    member = models.ForeignKey(
        "members.Member", models.CASCADE, null=True, blank=True, related_name="prints", verbose_name=_("member")
    )
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    printed_at = models.DateTimeField(_("printed at"))
    printed_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("printed by")
    )
    job = models.ForeignKey("registry.Job", models.SET_NULL, null=True, related_name="+", verbose_name=_("job"))
    #: Version of the printed card; a later one must be printed again (V-B2).
    card_version = models.PositiveIntegerField(_("version of the card"), null=True, blank=True)
    #: Name of the model that the paper is about, if not a member; empty for blank forms.
    about = models.CharField(_("what it is about"), max_length=40, blank=True, default="")
    #: Lines of the tables on the paper card, ids by table; the next printing adds the others (V-B2).
    lines = models.JSONField(default=dict, blank=True)
    #: Verification code in the footer; empty for blank forms and for papers printed before codes existed.
    code = models.CharField(_("verification code"), max_length=16, null=True, unique=True, editable=False)
    #: Id of the record of the model `about`.
    about_id = models.PositiveBigIntegerField(null=True, editable=False)

    objects = PrintRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("print record")
        verbose_name_plural = _("print records")
        ordering = ["-printed_at"]
        indexes = [
            models.Index(fields=["member", "form", "-printed_at"], name="print_of_member"),
            models.Index(fields=["-printed_at", "-id"], name="print_by_time"),
        ]

    def __str__(self) -> str:
        return self.form

    @property
    def printed_for(self) -> str:
        """Return the member's name, or the subject of the paper in words; applicants are not named."""
        if self.member is not None:
            return self.member.full_name
        labels = {"": _("empty form"), "application": _("applicant"), "representation": _("represented person")}
        return str(labels.get(self.about, self.organization.short_name))


#: Maximum shift of a printer in millimetres, in each direction.
MAX_SHIFT = Decimal(20)
#: Fields of the shifts to the right and down, for the front and the back of a sheet.
SHIFTS = ("front_x", "front_y", "back_x", "back_y")


class PrinterCalibrationQuerySet(models.QuerySet["PrinterCalibration"]):
    def visible_to(self, actor: Actor | None) -> PrinterCalibrationQuerySet:
        """Return the printers of organisations in the actor's subtree."""
        return self.filter(in_scope(actor, "organization__"))


class PrinterCalibration(models.Model):
    """A printer of an organisation, with the shifts that compensate its offset (V-B2).

    The shifts are millimetres to the right and down. They apply to prints onto existing cards, tickets and blanks.
    """

    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="printers", verbose_name=_("organisation")
    )
    name = models.CharField(_("printer"), max_length=60)
    front_x = models.DecimalField(_("front: to the right, mm"), max_digits=3, decimal_places=1, default=Decimal(0))
    front_y = models.DecimalField(_("front: down, mm"), max_digits=3, decimal_places=1, default=Decimal(0))
    back_x = models.DecimalField(_("back: to the right, mm"), max_digits=3, decimal_places=1, default=Decimal(0))
    back_y = models.DecimalField(_("back: down, mm"), max_digits=3, decimal_places=1, default=Decimal(0))
    version = models.PositiveIntegerField(default=1, editable=False)

    history = HistoricalRecords()
    objects = PrinterCalibrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("printer")
        verbose_name_plural = _("printers")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="printer_name_once"),
            models.CheckConstraint(
                condition=Q(**{f"{name}__range": (-MAX_SHIFT, MAX_SHIFT) for name in SHIFTS}), name="printer_shifts"
            ),
        ]

    def __str__(self) -> str:
        return self.name
