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
from registry.accounts.transitions.accounts import (
    Credentials,
    appoint,
    block_account,
    create_account,
    dismiss,
    reissue_password,
    unblock_account,
)
from registry.accounts.transitions.second_factor import reset
from registry.accounts.views.credentials import credentials_page
from registry.days import day_text, moment_text
from registry.errors import NotAllowed, RuleViolation

from ..admin_site import actor_of, is_installation
from .adding import AddAccountForm, AddAppointmentForm, AddingAdmin
from .base import Link, ScopedFilter, SearchedByKey, do_each, reason_of


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
        "Login and one-time password are created by the registry and shown once, on the next page: have paper in the "
        "printer."
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
        """Return the page where an administrator of the federation issues a password, blocks, appoints."""
        if is_installation(request):
            return []
        return [(gettext("Open in the registry"), reverse("accounts:detail", args=[obj.pk]))]

    def adding_form(self, data: QueryDict | None, actor: Actor) -> AddAccountForm:
        return AddAccountForm(data, actor=actor)

    def add(self, request: HttpRequest, form: Any, actor: Actor) -> HttpResponse:
        """Create the account; its one-time password is shown once, in this response (U-2)."""
        home = form.cleaned_data["organization"]
        credentials = create_account(
            organization_id=home.pk,
            person=form.person,
            namesake=form.cleaned_data["namesake"],
            by=actor,
            **form.term,
        )
        return self._slip(request, credentials, actor)

    def _slip(self, request: HttpRequest, credentials: Credentials, by: Actor) -> HttpResponse:
        issuer = Actor.system("administrator", organization=credentials.account.home) if by.is_system else by
        back = reverse("admin:registry_account_changelist")
        return credentials_page(request, [credentials], by=issuer, back=back)  # type: ignore[arg-type]

    @admin.display(description=_("surname, name, patronymic"), ordering="sort_key")
    def name(self, account: Account) -> str:
        return account.full_name

    @admin.display(description=_("last sign-in"), ordering="last_login")
    def signed_in(self, account: Account) -> str:
        return moment_text(account.last_login) if account.last_login else "—"

    @admin.display(description=_("organisation"), ordering="home_name")
    def place(self, account: Any) -> str:
        return account.home_name

    @admin.action(description=_("Issue a new one-time password"), permissions=["view"])
    def reissue(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> HttpResponse | None:
        """Reissue the password of an officer who has no superior; it is shown once, in this response (U-2)."""
        account = chosen.first()
        if account is None or chosen.count() > 1:
            self.message_user(request, _("Choose one account: its slip is shown once."), messages.ERROR)
            return None
        by = actor_of(request)
        try:
            credentials = reissue_password(account.pk, by=by)
        except (RuleViolation, NotAllowed) as refusal:
            self.message_user(request, f"{account.login}: {reason_of(refusal)}", messages.ERROR)
            return None
        return self._slip(request, credentials, by)

    @admin.action(description=_("Reset the second factor"), permissions=["view"])
    def reset_factor(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        """Reset the second factor of people who have lost the telephone and have no superior (U-2)."""
        by = actor_of(request)
        do_each(self, request, chosen, lambda pk: reset(pk, by=by))

    @admin.action(description=_("Block the chosen accounts"), permissions=["view"])
    def block(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        by = actor_of(request)
        reason = str(
            _("Blocked by the administrator of the installation.")
            if by.is_system
            else _("Blocked by the administrator of the federation.")
        )
        do_each(self, request, chosen, lambda pk: block_account(pk, reason=reason, by=by))

    @admin.action(description=_("Unblock the chosen accounts"), permissions=["view"])
    def unblock(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        by = actor_of(request)
        do_each(self, request, chosen, lambda pk: unblock_account(pk, by=by))


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

    def adding_form(self, data: QueryDict | None, actor: Actor) -> AddAppointmentForm:
        return AddAppointmentForm(data, actor=actor)

    def add(self, request: HttpRequest, form: Any, actor: Actor) -> HttpResponse:
        account, organization = form.cleaned_data["account"], form.cleaned_data["organization"]
        appoint(account.pk, organization_id=organization.pk, by=actor, **form.term)
        self.message_user(request, _("The appointment is made."), messages.SUCCESS)
        return redirect("admin:registry_appointment_changelist")

    @admin.display(description=_("term"), ordering="starts_on")
    def term(self, appointment: Appointment) -> str:
        first, last = day_text(appointment.starts_on), day_text(appointment.ends_on)
        return f"{first} – {last}" if last else gettext("from %(first)s") % {"first": first}

    def title_of(self, obj: Appointment) -> str:
        return f"{obj.account}: {obj}"

    def links_of(self, obj: Appointment, request: HttpRequest) -> list[Link]:
        """Return the person's page, where they are appointed and dismissed."""
        if is_installation(request):
            return []
        return [(gettext("Open in the registry"), reverse("accounts:detail", args=[obj.account_id]))]

    @admin.action(description=_("End the chosen appointments today"), permissions=["view"])
    def end(self, request: HttpRequest, chosen: models.QuerySet[Appointment]) -> None:
        by, today = actor_of(request), timezone.localdate()

        def act(pk: int) -> None:
            dismiss(pk, last_day=today, by=by)

        do_each(self, request, chosen.select_related("account", "organization"), act)
