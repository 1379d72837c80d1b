"""Models of federations, the tree of their organisations, passports and figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import charters
from registry.access import in_scope
from registry.enums import Level, Permission
from registry.history import HistoricalRecords

from ..enums import EmployerKind, OrganizationKind, OrganizationStatus, Ownership, TimeZone

if TYPE_CHECKING:
    from registry.access import Actor


class Federation(models.Model):
    """A tree of organisations under one charter; federations in one installation never see each other."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=250)
    charter_key = models.CharField(_("charter"), max_length=40)
    #: Charter values that an administrator has changed; the rest come from the charter's module.
    charter_values = models.JSONField(_("changed charter values"), default=dict, blank=True)
    last_code = models.PositiveIntegerField(_("last organisation code given"), default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("federation")
        verbose_name_plural = _("federations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def charter(self) -> charters.Charter:
        """The charter with the administrator's changes applied."""
        return charters.get(self.charter_key).changed(self.charter_values)


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Organisations; every view starts from `visible_to`."""

    def visible_to(self, actor: Actor | None) -> OrganizationQuerySet:
        """Return the actor's own organisation and everything below it (N-H1)."""
        return self.filter(in_scope(actor))

    def editable_by(self, actor: Actor, permission: Permission) -> OrganizationQuerySet:
        """Return the organisations in which the actor has the permission."""
        if permission not in actor.permissions:
            return self.none()
        found = self.visible_to(actor)
        if actor.organization is None or actor.may(permission, actor.organization):
            own = Q()
        else:
            own = ~Q(pk=actor.organization.pk)
        return found.filter(own)

    def under(self, organization: Organization) -> OrganizationQuerySet:
        """Return the organisation and everything below it."""
        return self.filter(federation_id=organization.federation_id, path__startswith=organization.path)

    def working(self) -> OrganizationQuerySet:
        """Return the organisations that have not ended."""
        return self.exclude(status=OrganizationStatus.ENDED)


class Organization(models.Model):
    """An organisation: a node of the federation's tree."""

    federation = models.ForeignKey(
        Federation, models.PROTECT, related_name="organizations", verbose_name=_("federation")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("superior organisation")
    )
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    #: Ids of the ancestors and its own, each followed by a slash; all paths of the subtree begin with it.
    path = models.CharField(max_length=120, db_index=True, editable=False, default="")
    code = models.CharField(_("code (ИНПО)"), max_length=20)
    full_name = models.CharField(_("full name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=150)
    genitive_name = models.CharField(
        _("name in the genitive case"),
        max_length=300,
        blank=True,
        help_text=_("As it appears after «chair of …» on papers."),
    )
    dative_name = models.CharField(
        _("name in the dative case"),
        max_length=300,
        blank=True,
        help_text=_("Only if the papers decline the name wrongly."),
    )
    search_key = models.CharField(max_length=500, editable=False, db_index=True, default="")
    sort_key = models.CharField(max_length=500, editable=False, default="")
    #: Search key of the chair's name in the passport, for organisations whose chair has no account.
    chair_key = models.CharField(max_length=500, editable=False, default="", db_default="")
    status = models.CharField(
        _("status"), max_length=12, choices=OrganizationStatus.choices, default=OrganizationStatus.ACTIVE
    )
    is_legal_entity = models.BooleanField(_("is a legal entity"), default=False)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    ogrn = models.CharField(_("OGRN"), max_length=13, blank=True)
    legal_address = models.CharField(_("registered address"), max_length=300, blank=True)
    postal_address = models.CharField(_("postal address"), max_length=300, blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    chair_name = models.CharField(_("chair"), max_length=200, blank=True, help_text=_("Surname, name, patronymic."))
    chair_sex = models.CharField(
        _("sex of the chair"), max_length=6, blank=True, choices=[("male", _("male")), ("female", _("female"))]
    )
    chair_dative = models.CharField(
        _("chair in the dative case"),
        max_length=200,
        blank=True,
        help_text=_("Surname and initials; only if the papers decline the name wrongly."),
    )
    time_zone = models.CharField(
        _("time zone of its own"), max_length=40, choices=TimeZone.choices, blank=True, default=""
    )
    #: The time zone of its dates: its own or that of the nearest superior with one; empty for the installation's.
    zone = models.CharField(max_length=40, editable=False, default="")
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("successor")
    )
    name_checked_at = models.DateTimeField(_("name checked at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    history = HistoricalRecords(excluded_fields=["search_key", "sort_key", "chair_key", "zone", "created_at"])

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["federation", "code"], name="organization_code_once"),
            models.UniqueConstraint(
                fields=["federation"], condition=Q(parent__isnull=True), name="organization_one_root"
            ),
            models.CheckConstraint(
                condition=Q(level=Level.FEDERAL, parent__isnull=True)
                | (~Q(level=Level.FEDERAL) & Q(parent__isnull=False)),
                name="organization_root_is_federal",
            ),
            models.CheckConstraint(
                condition=Q(status=OrganizationStatus.ENDED, ended_on__isnull=False)
                | (~Q(status=OrganizationStatus.ENDED) & Q(ended_on__isnull=True)),
                name="organization_ended_has_date",
            ),
        ]
        # Words of `search_key` and `chair_key` have trigram indexes as well, on PostgreSQL.
        indexes = [
            models.Index(fields=["parent", "sort_key"], name="organization_children"),
            models.Index(fields=["federation", "sort_key", "id"], name="organization_by_name"),
            models.Index(fields=["federation", "level", "sort_key", "id"], name="organization_by_level"),
            models.Index(fields=["federation", "status", "sort_key", "id"], name="organization_by_status"),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def is_active(self) -> bool:
        """Return whether the organisation works and is not being liquidated."""
        return self.status == OrganizationStatus.ACTIVE

    @property
    def has_ended(self) -> bool:
        """Return whether the organisation was liquidated or merged."""
        return self.status == OrganizationStatus.ENDED

    @property
    def tz(self) -> ZoneInfo:
        """The time zone of its dates and terms."""
        return ZoneInfo(self.zone or settings.TIME_ZONE)

    @property
    def time_zone_name(self) -> str:
        """The name of its time zone, for screens."""
        zone = self.zone or settings.TIME_ZONE
        return str(TimeZone(zone).label) if zone in TimeZone.values else zone

    @property
    def today(self) -> dt.date:
        """Today's date there."""
        return timezone.localdate(timezone=self.tz)

    @property
    def charter(self) -> charters.Charter:
        return self.federation.charter

    def within(self, prefix: str) -> Q:
        """Return the condition that an organisation is in the subtree; `prefix` is a lookup to the organisation."""
        return Q(**{f"{prefix}path__startswith": self.path})

    @property
    def keeps_cards(self) -> bool:
        """Return whether the member cards are kept at this level (V-H1, U-H1)."""
        return self.charter.keeps_cards(self.level)

    @property
    def card_keeper(self) -> Organization | None:
        """The organisation that keeps the cards of this one's people: itself, or the superior of a cell."""
        return self if self.keeps_cards else self.parent

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids of the superiors, from the top."""
        return [int(part) for part in self.path.strip("/").split("/")[:-1]]

    def ancestors(self) -> list[Organization]:
        """Return the superiors from the top; subordinates may see only their names (N-H1)."""
        found = {o.pk: o for o in Organization.objects.filter(pk__in=self.ancestor_ids)}
        return [found[pk] for pk in self.ancestor_ids if pk in found]

    def page(self) -> str:
        """Return the organisation's website from its passport, or an empty string."""
        passport = getattr(self, "passport", None)
        return (passport.site or passport.page) if passport is not None else ""

    def operator(self) -> Organization:
        """Return the operator of personal data: itself or the nearest superior that
        is a legal entity (practice 2.1).
        """
        if self.is_legal_entity:
            return self
        return next((o for o in reversed(self.ancestors()) if o.is_legal_entity), self)


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Return short names by id; actors may see nothing else of organisations above their own (N-H1)."""
    return dict(Organization.objects.filter(pk__in=set(ids)).values_list("pk", "short_name"))


class OrganizationPassport(models.Model):
    """Passport data besides the requisites: employer, head count, partnership,
    bank, territory; tabs by charter (U-4).
    """

    organization = models.OneToOneField(
        Organization, models.CASCADE, related_name="passport", verbose_name=_("organisation")
    )
    okpo = models.CharField(_("OKPO"), max_length=10, blank=True)
    oktmo = models.CharField(_("OKTMO"), max_length=11, blank=True)
    site = models.URLField(_("web site"), blank=True)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    kind = models.CharField(_("kind of organisation"), max_length=20, choices=OrganizationKind.choices, blank=True)
    employer_name = models.CharField(_("employer"), max_length=300, blank=True)
    employer_inn = models.CharField(_("INN of the employer"), max_length=12, blank=True)
    employer_kind = models.CharField(
        _("kind of educational institution"), max_length=20, choices=EmployerKind.choices, blank=True
    )
    ownership = models.CharField(_("form of ownership"), max_length=20, choices=Ownership.choices, blank=True)
    chair_position = models.CharField(_("main position of the chair"), max_length=150, blank=True)
    chair_phone = models.CharField(_("telephone of the chair"), max_length=60, blank=True)
    chair_email = models.EmailField(_("e-mail of the chair"), blank=True)
    chair_elected_on = models.DateField(_("chair elected on"), null=True, blank=True)
    chair_until = models.DateField(_("term of the chair ends on"), null=True, blank=True)
    chair_basis = models.CharField(_("minutes of the election"), max_length=150, blank=True)
    chair_released = models.BooleanField(_("chair is released from main work"), null=True, blank=True)
    employees = models.PositiveIntegerField(_("employees in total"), null=True, blank=True)
    teachers = models.PositiveIntegerField(_("teachers among the employees"), null=True, blank=True)
    young = models.PositiveIntegerField(_("employees under 35"), null=True, blank=True)
    students = models.PositiveIntegerField(_("students"), null=True, blank=True)
    counted_on = models.DateField(_("counted on"), null=True, blank=True)
    count_source = models.CharField(_("source of the figures"), max_length=150, blank=True)
    agreement_number = models.CharField(_("collective agreement №"), max_length=60, blank=True)
    agreement_on = models.DateField(_("agreement concluded on"), null=True, blank=True)
    agreement_until = models.DateField(_("agreement valid until"), null=True, blank=True)
    agreement_registration = models.CharField(_("notification of registration № and date"), max_length=150, blank=True)
    page = models.URLField(_("page of the organisation"), blank=True)
    # The percent sign is not a placeholder: xgettext:no-python-format
    dues_percent = models.DecimalField(_("dues, % of pay"), max_digits=4, decimal_places=2, null=True, blank=True)
    payee = models.CharField(_("payee"), max_length=300, blank=True)
    bank = models.CharField(_("bank"), max_length=200, blank=True)
    bik = models.CharField(_("BIC"), max_length=9, blank=True)
    account = models.CharField(_("settlement account"), max_length=20, blank=True)
    correspondent_account = models.CharField(_("correspondent account"), max_length=20, blank=True)
    territory = models.TextField(
        _("territory served"), blank=True, help_text=_("Districts and settlements, one a line.")
    )
    #: Percentage of the required passport fields that are filled in, 0–100; set by the transition.
    completeness = models.PositiveSmallIntegerField(default=0, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("organisation passport")
        verbose_name_plural = _("organisation passports")

    def __str__(self) -> str:
        return str(self.organization)


#: A date before all appointments.
NEVER = dt.date(1900, 1, 1)


class Figures(models.Model):
    """Stored counts of one organisation's own members; counts of a subtree are sums of its rows, not of members."""

    organization = models.OneToOneField(
        Organization, models.CASCADE, related_name="figures", primary_key=True, verbose_name=_("organisation")
    )
    members = models.PositiveIntegerField(_("registered members"), default=0)
    consents_printed = models.PositiveIntegerField(_("consents printed, not signed"), default=0)
    consents_signed = models.PositiveIntegerField(_("consents signed"), default=0)
    incomplete = models.PositiveIntegerField(_("cards not complete"), default=0)
    #: Cards in transit that have left this unit and not arrived elsewhere; counted only here.
    in_transit = models.PositiveIntegerField(_("in transit"), default=0)
    applications = models.PositiveIntegerField(_("applications not decided"), default=0)
    #: Last day of the chairs appointed so far: `dt.date.max` if one has no end, `NEVER` without any.
    led_until = models.DateField(default=NEVER, db_index=True, editable=False)
    #: Last numbers used in the registration book and in the list of destruction acts.
    last_book_line = models.PositiveIntegerField(default=0, editable=False)
    last_destruction = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("figures of an organisation")
        verbose_name_plural = _("figures of organisations")
        constraints = [
            models.CheckConstraint(
                condition=Q(consents_signed__lte=models.F("members")), name="figures_signed_within_members"
            )
        ]

    def __str__(self) -> str:
        return str(self.organization)
