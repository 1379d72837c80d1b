"""Pages of the Django admin: accounts and appointments."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registry.access import Actor, in_scope
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions.accounts import block_account, dismiss
from registry.days import day_text, moment_text
from registry.granting.transitions import (
    ask_for_account,
    ask_for_factor_reset,
    ask_for_password,
    ask_for_role,
    ask_for_unblocking,
)

from ..admin_site import actor_of, is_installation
from .adding import AddAccountForm, AddAppointmentForm, AddingAdmin
from .base import Link, ScopedFilter, SearchedByKey, do_each


def asked_text() -> str:
    """Return the message shown after a request is made."""
    return gettext("The request is made. It gives no rights until it is confirmed.")


@admin.register(Account)
class AccountAdmin(AddingAdmin, SearchedByKey):
    """Accounts of officers; blocking ends their sessions at once (U-2)."""

    list_display = ("name", "login", "place", "is_active", "signed_in")
    list_filter = ("is_active", "must_change_password", ScopedFilter.by("home__federation"))
    search_help_text = _("Words of the name, or the login.")
    fields = ("login", "surname", "given_name", "patronymic", "place", "is_active", "blocked_at", "blocked_reason",
              "must_change_password", "is_staff", "last_login", "created_at")  # fmt: skip
    readonly_fields = ("place",)
    actions = ("reissue", "reset_factor", "block", "unblock")
    before_adding = _(
        "The account is created without rights and without a password. Its role becomes a request: the nearest chair "
        "confirms it and hands the one-time password over; where there is no chair, a second administrator does."
    )

    def scoped(self, rows: Any, actor: Actor) -> models.QuerySet[Account]:
        """Return the accounts with the name of their organisation, if it belongs to the federation (N-H1)."""
        within = in_scope(actor, "home__") or Q(home__isnull=False)
        name = Case(When(within, then=F("home__short_name")), default=Value("—"), output_field=models.CharField())
        return rows.visible_to(actor).annotate(home_name=name)

    def suggested(self, obj: Account) -> str:
        return f"{obj} ({obj.login})"

    def counted(self, count: int) -> str:
        return ngettext("%(n)s account", "%(n)s accounts", count) % {"n": count}

    def links_of_list(self, request: HttpRequest) -> list[Link]:
        if is_installation(request):
            return []
        return [
            (gettext("New account"), reverse("accounts:add")),
            (gettext("Accounts in the registry"), reverse("accounts:list")),
        ]

    def links_of(self, obj: Account, request: HttpRequest) -> list[Link]:
        """Return the link to the page where an administrator of the federation issues a password, blocks or
        appoints.
        """
        if is_installation(request):
            return []
        return [(gettext("Open in the registry"), reverse("accounts:detail", args=[obj.pk]))]

    def adding_form(self, data: QueryDict | None, actor: Actor) -> AddAccountForm:
        return AddAccountForm(data, actor=actor)

    def add(self, request: HttpRequest, form: Any, actor: Actor) -> HttpResponse:
        """Create the account without rights, and request its role (U-2, N-H2)."""
        home = form.cleaned_data["organization"]
        asked = ask_for_account(
            organization_id=home.pk,
            person=form.person,
            namesake=form.cleaned_data["namesake"],
            by=actor,
            **form.term,
        )
        self.message_user(request, asked_text(), messages.SUCCESS)
        return redirect("admin:registry_grantrequest_change", asked.pk)

    @admin.display(description=_("surname, name, patronymic"), ordering="sort_key")
    def name(self, account: Account) -> str:
        return account.full_name

    @admin.display(description=_("last sign-in"), ordering="last_login")
    def signed_in(self, account: Account) -> str:
        return moment_text(account.last_login) if account.last_login else "—"

    @admin.display(description=_("organisation"), ordering="home_name")
    def place(self, account: Any) -> str:
        return account.home_name

    @admin.action(description=_("Ask for a new one-time password"), permissions=["view"])
    def reissue(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        """Request new passwords for officers; the administrators who confirm hand them over (U-2, N-H2)."""
        by = actor_of(request)
        do_each(self, request, chosen, lambda pk: ask_for_password(pk, by=by))

    @admin.action(description=_("Ask for the reset of the second factor"), permissions=["view"])
    def reset_factor(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        """Request a reset for people who lost their telephone; somebody else confirms it (U-2, N-H2)."""
        by = actor_of(request)
        do_each(self, request, chosen, lambda pk: ask_for_factor_reset(pk, by=by))

    @admin.action(description=_("Block the chosen accounts"), permissions=["view"])
    def block(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        by = actor_of(request)
        reason = str(
            _("Blocked by the administrator of the installation.")
            if by.is_system
            else _("Blocked by the administrator of the federation.")
        )
        do_each(self, request, chosen, lambda pk: block_account(pk, reason=reason, by=by))

    @admin.action(description=_("Ask for the unblocking of the chosen accounts"), permissions=["view"])
    def unblock(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        by = actor_of(request)
        do_each(self, request, chosen, lambda pk: ask_for_unblocking(pk, by=by))


@admin.register(Appointment)
class AppointmentAdmin(AddingAdmin, SearchedByKey):
    """Appointments of all accounts, past ones included (N-H2)."""

    list_display = ("account", "role", "organization", "term")
    list_filter = ("role", ScopedFilter.by("organization__federation"))
    keys = ("account__search_key", "organization__search_key")
    search_help_text = _("Words of the person's name or of the organisation's.")
    list_select_related = ("account", "organization")
    fields = ("account", "role", "organization", "term", "basis")
    readonly_fields = ("term",)
    actions = ("end",)

    def counted(self, count: int) -> str:
        return ngettext("%(n)s appointment", "%(n)s appointments", count) % {"n": count}

    def links_of_list(self, request: HttpRequest) -> list[Link]:
        if is_installation(request):
            return []
        return [(gettext("Appoint: choose the account"), reverse("accounts:list"))]

    before_adding = _(
        "The role becomes a request: the nearest chair confirms it; where there is no chair, a second administrator "
        "does."
    )

    def adding_form(self, data: QueryDict | None, actor: Actor) -> AddAppointmentForm:
        return AddAppointmentForm(data, actor=actor)

    def add(self, request: HttpRequest, form: Any, actor: Actor) -> HttpResponse:
        account, organization = form.cleaned_data["account"], form.cleaned_data["organization"]
        asked = ask_for_role(account.pk, organization_id=organization.pk, by=actor, **form.term)
        self.message_user(request, asked_text(), messages.SUCCESS)
        return redirect("admin:registry_grantrequest_change", asked.pk)

    @admin.display(description=_("term"), ordering="starts_on")
    def term(self, appointment: Appointment) -> str:
        first, last = day_text(appointment.starts_on), day_text(appointment.ends_on)
        return f"{first} – {last}" if last else gettext("from %(first)s") % {"first": first}

    def title_of(self, obj: Appointment) -> str:
        return f"{obj.account}: {obj}"

    def links_of(self, obj: Appointment, request: HttpRequest) -> list[Link]:
        """Return the link to the person's page, where they are appointed and dismissed."""
        if is_installation(request):
            return []
        return [(gettext("Open in the registry"), reverse("accounts:detail", args=[obj.account_id]))]

    @admin.action(description=_("End the chosen appointments today"), permissions=["view"])
    def end(self, request: HttpRequest, chosen: models.QuerySet[Appointment]) -> None:
        by, today = actor_of(request), timezone.localdate()

        def act(pk: int) -> None:
            dismiss(pk, last_day=today, by=by)

        do_each(self, request, chosen.select_related("account", "organization"), act)
        still = _("They still open everything until the end of today. To stop it at once, block the accounts.")
        self.message_user(request, still, messages.WARNING)
