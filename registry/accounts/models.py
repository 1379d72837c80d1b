"""Models of accounts, appointments and saved filters, and counts of visitors without an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.enums import Digest, Permission, Role
from registry.history import HistoricalRecords
from registry.organizations.models import on_its_day
from registry.prepared import Given, Prepared
from registry.text import search_key, sort_key

if TYPE_CHECKING:
    from registry.access import Actor


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts; every view starts from `visible_to`."""

    def visible_to(self, actor: Actor | None) -> AccountQuerySet:
        """Return accounts whose home is in the actor's subtree, and those appointed into it from elsewhere (N-H2)."""
        scope = in_scope(actor, "home__")
        # An empty condition means the whole installation, but combining it with «or» would drop it.
        return self.filter(
            scope | Q(pk__in=Appointment.objects.visible_to(actor).not_over().values("account")) if scope else scope
        )

    def editable_by(self, actor: Actor, permission: Permission) -> AccountQuerySet:
        """Return the visible accounts without the actor's own."""
        if permission not in actor.permissions:
            return self.none()
        found = self.visible_to(actor)
        return found.exclude(pk=actor.account.pk) if actor.account else found


class AccountManager(BaseUserManager["Account"]):
    """Manager for accounts; they are created by the transition `create_account`."""

    def get_queryset(self) -> AccountQuerySet:
        return AccountQuerySet(self.model, using=self._db)

    def visible_to(self, actor: Actor | None) -> AccountQuerySet:
        return self.get_queryset().visible_to(actor)

    def editable_by(self, actor: Actor, permission: Permission) -> AccountQuerySet:
        return self.get_queryset().editable_by(actor, permission)


class Account(AbstractBaseUser, PermissionsMixin):
    """A personal account, created by the superior organisation and never by its holder (U-2)."""

    login = models.CharField(_("login"), max_length=40, unique=True)
    surname = models.CharField(_("surname"), max_length=100)
    given_name = models.CharField(_("given name"), max_length=100)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    #: The organisation of the account; its superiors manage the account.
    home = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, related_name="accounts", verbose_name=_("organisation")
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may use the administration pages"), default=False)
    must_change_password = models.BooleanField(_("must change the password"), default=True)
    password_given_at = models.DateTimeField(_("one-time password given at"), null=True, blank=True)
    blocked_at = models.DateTimeField(_("blocked at"), null=True, blank=True)
    blocked_reason = models.CharField(_("reason for blocking"), max_length=300, blank=True)
    name_checked_at = models.DateTimeField(_("checked the organisation's name at"), null=True, blank=True)
    large_type = models.BooleanField(_("larger type"), default=False)
    high_contrast = models.BooleanField(_("higher contrast"), default=False)
    language = models.CharField(_("language"), max_length=5, default="ru")
    digest = models.CharField(_("tasks by e-mail"), max_length=8, choices=Digest.choices, blank=True, default="")
    #: The day of the last e-mail with tasks; at most one is sent a day.
    digest_sent_on = models.DateField(null=True, editable=False)
    #: E-mails to the address came back, so nothing more is sent there (`registry.bounces`).
    email_refused_at = models.DateTimeField(_("e-mail refused since"), null=True, editable=False)
    #: Preferences such as selected columns, by screen; no personal data.
    preferences = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    #: Sessions started before this time are invalid; set when blocking, so that unblocking does not revive them.
    sessions_ended_at = models.DateTimeField(null=True, editable=False)
    search_key = models.CharField(max_length=500, editable=False, default="")
    sort_key = models.CharField(max_length=500, editable=False, default="")

    history = HistoricalRecords(
        excluded_fields=[
            "password",
            "last_login",
            "preferences",
            "digest_sent_on",
            "email_refused_at",
            "created_at",
            "search_key",
            "sort_key",
        ]
    )

    objects = AccountManager()

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ["surname", "given_name"]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=True, blocked_at__isnull=True) | Q(is_active=False, blocked_at__isnull=False),
                name="account_blocked_has_date",
            )
        ]
        # Words of `search_key` have a trigram index as well, on PostgreSQL.
        indexes = [
            models.Index(fields=["sort_key", "id"], name="account_by_name"),
            models.Index(fields=["id"], condition=~Q(digest=""), name="account_with_digest"),
            models.Index(fields=["id"], condition=Q(email_refused_at__isnull=False), name="account_email_refused"),
            models.Index(fields=["sort_key", "id"], condition=Q(is_active=False), name="account_blocked"),
            models.Index(
                fields=["sort_key", "id"],
                condition=Q(is_active=True, last_login__isnull=True),
                name="account_never_signed_in",
            ),
            models.Index(
                fields=["sort_key", "id"],
                condition=Q(is_active=True, must_change_password=True),
                name="account_password_to_change",
            ),
            models.Index(
                fields=["sort_key", "id"],
                condition=Q(is_active=True, last_login__isnull=False, must_change_password=False),
                name="account_in_use",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.given_name

    def set_keys(self) -> None:
        """Set search and sort keys; to be called after changing names or login."""
        self.search_key = search_key(self.surname, self.given_name, self.patronymic, self.login)
        self.sort_key = sort_key(self.surname, self.given_name, self.patronymic)

    def current_appointments(self) -> list[Appointment]:
        """Return the appointments in force today at their organisation, the latest first (N-H2).

        Their organisations and federations are loaded.
        """
        return [one for one in _APPOINTMENTS.rows(account=self.pk) if one.is_current]

    def get_session_auth_hash(self) -> str:
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None = None) -> str:
        """Return a hash that changes with the password and whenever all sessions are ended (U-2)."""
        stamp = self.sessions_ended_at.isoformat() if self.sessions_ended_at else ""
        return salted_hmac(
            "registry.session", f"{self.password}|{stamp}", secret=secret, algorithm="sha256"
        ).hexdigest()


def _not_over(day: dt.date) -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gte=day)


def _in_force(day: dt.date) -> Q:
    return _not_over(day) & Q(starts_on__lte=day)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments, filtered by time and scope."""

    def current(self, on: dt.date | None = None) -> AppointmentQuerySet:
        """Return appointments in force on the day, by default today at their organisation (N-H2)."""
        if on is None:
            return self.filter(on_its_day(_in_force, "organization__"))
        return self.filter(_in_force(on))

    def not_over(self, on: dt.date | None = None) -> AppointmentQuerySet:
        """Return appointments in force on the day, by default today at their organisation, or beginning later."""
        if on is None:
            return self.filter(on_its_day(_not_over, "organization__"))
        return self.filter(_not_over(on))

    def visible_to(self, actor: Actor | None) -> AppointmentQuerySet:
        return self.filter(in_scope(actor, "organization__"))


class Appointment(models.Model):
    """A person's role in an organisation with its first and last day (N-H2)."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="appointments", verbose_name=_("account"))
    organization = models.ForeignKey(
        "registry.Organization", models.PROTECT, related_name="appointments", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=15, choices=Role.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty while it goes on."))
    basis = models.CharField(_("ground"), max_length=200, blank=True, help_text=_("Minutes or order, number and date."))

    history = HistoricalRecords()

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "organization", "role"],
                condition=Q(ends_on__isnull=True),
                name="appointment_open_once",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(role=Role.CHAIR, ends_on__isnull=True),
                name="appointment_one_open_chair",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="appointment_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=["role", "organization"], name="appointment_by_role")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.organization}"

    @property
    def is_current(self) -> bool:
        """Return whether the appointment is in force today at its organisation (N-H2)."""
        return self.starts_on <= self.organization.today <= (self.ends_on or dt.date.max)

    @property
    def is_last_day(self) -> bool:
        """Return whether the appointment ends today at its organisation (N-H2)."""
        return self.ends_on == self.organization.today


#: Loaded with it, because every request and every actor needs them.
_APPOINTMENTS = Prepared(
    lambda: (
        Appointment.objects.filter(account=Given("account", models.BigIntegerField()))
        .select_related("organization__federation")
        .order_by("-starts_on", "pk")
    )
)


class SavedFilter(models.Model):
    """A named filter of a list."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="saved_filters")
    screen = models.CharField(max_length=30)
    name = models.CharField(_("name"), max_length=60)
    #: The filter's values without search text, which is personal data.
    values = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["account", "screen", "name"], name="saved_filter_once")]

    def __str__(self) -> str:
        return self.name


class VisitCount(models.Model):
    """Number of requests for a public page from one address within a time window.

    Stored in the database, so that all workers share the count; it contains no address.
    """

    #: Keyed digest of the page and of the visitor's address.
    key = models.CharField(max_length=64)
    #: End of the time window, after which the row is not needed.
    ends_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("count of visits")
        verbose_name_plural = _("counts of visits")
        constraints = [models.UniqueConstraint(fields=["key", "ends_at"], name="visit_count_once")]

    def __str__(self) -> str:
        return str(self.pk)


class KnownPlace(models.Model):
    """A network that an account has signed in from; contains no address (ADR 19)."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("account"))
    #: Keyed digest of the account and of the network.
    key = models.CharField(max_length=64)
    first_on = models.DateField(_("first signed in on"))
    last_on = models.DateField(_("last signed in on"), db_index=True)

    class Meta:
        verbose_name = _("place of signing in")
        verbose_name_plural = _("places of signing in")
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="known_place_once")]

    def __str__(self) -> str:
        return str(self.pk)
