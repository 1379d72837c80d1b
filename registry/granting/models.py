"""Requests of administrators, which grant nothing until somebody else confirms them (N-H2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.access import in_scope
from registry.enums import Permission, Role
from registry.history import HistoricalRecords

from .enums import GrantKind, GrantState

if TYPE_CHECKING:
    from registry.access import Actor


class GrantRequestQuerySet(models.QuerySet["GrantRequest"]):
    def visible_to(self, actor: Actor | None) -> GrantRequestQuerySet:
        """Return the requests about organisations in the subtree of an actor who manages accounts."""
        if actor is None or Permission.MANAGE_ACCOUNTS not in actor.permissions:
            return self.none()
        return self.filter(in_scope(actor, "organization__"))

    def waiting(self) -> GrantRequestQuerySet:
        """Return the requests that wait for confirmation."""
        return self.filter(state=GrantState.WAITING)


class GrantRequest(models.Model):
    """A role, one-time password, unblocking or reset of the second factor requested by an administrator."""

    kind = models.CharField(_("asked for"), max_length=10, choices=GrantKind.choices)
    state = models.CharField(_("state"), max_length=9, choices=GrantState.choices, default=GrantState.WAITING)
    account = models.ForeignKey(
        "registry.Account", models.CASCADE, related_name="grant_requests", verbose_name=_("account")
    )
    #: Organisation of the requested role, or of the widest role that the account has. None only for accounts of the
    #: installation.
    organization = models.ForeignKey(
        "registry.Organization",
        models.PROTECT,
        null=True,
        related_name="grant_requests",
        verbose_name=_("organisation"),
    )
    #: Empty if the account has no role.
    role = models.CharField(_("role"), max_length=15, choices=Role.choices, blank=True)
    starts_on = models.DateField(_("from"), null=True)
    ends_on = models.DateField(_("until"), null=True)
    basis = models.CharField(_("ground"), max_length=200, blank=True)
    asked_by = models.ForeignKey("registry.Account", models.PROTECT, related_name="+", verbose_name=_("requested by"))
    asked_at = models.DateTimeField(_("requested at"))
    #: The organisation whose chair has the task; None if a second administrator confirms.
    asked_of = models.ForeignKey(
        "registry.Organization", models.PROTECT, null=True, related_name="+", verbose_name=_("to be confirmed by")
    )
    #: The last day on which it can be confirmed.
    until = models.DateField(_("can be confirmed until"))
    decided_by = models.ForeignKey(
        "registry.Account", models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    #: Whether a second administrator confirmed it because there was no chair.
    by_administrator = models.BooleanField(_("confirmed by a second administrator"), default=False)
    reason = models.CharField(_("reason for refusal"), max_length=300, blank=True)

    history = HistoricalRecords()
    objects = GrantRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request of an administrator")
        verbose_name_plural = _("requests of administrators")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "organization", "role"],
                condition=Q(state=GrantState.WAITING),
                name="grant_request_waits_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind=GrantKind.ROLE) | (Q(starts_on__isnull=False) & ~Q(role="")),
                name="grant_request_of_a_role_has_a_term",
            ),
            models.CheckConstraint(
                condition=Q(state=GrantState.WAITING, decided_at__isnull=True)
                | (~Q(state=GrantState.WAITING) & Q(decided_at__isnull=False)),
                name="grant_request_decided_once_settled",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state=GrantState.WITHDRAWN) | ~Q(decided_by=F("asked_by")),
                name="grant_request_decided_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["until"], condition=Q(state=GrantState.WAITING), name="grant_request_waiting"),
            models.Index(fields=["organization", "asked_at"], name="grant_request_by_place"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_waiting(self) -> bool:
        """Return whether the request waits for confirmation."""
        return self.state == GrantState.WAITING
