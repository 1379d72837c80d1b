"""Pages of the Django admin: organisations, accounts and appointments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registry.access import Actor, in_scope
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions.accounts import block_account, dismiss, reissue_password, unblock_account
from registry.accounts.views.credentials import credentials_page
from registry.days import day_text, moment_text
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization
from registry.text import search_key

from ..admin_site import actor_of, is_installation
from .base import Link, ScopedAdmin, ScopedFilter


class SearchedByKey(ScopedAdmin):
    """A list that is searched by the stored key of its names, which knows neither case nor «ё»."""

    #: Lookups of keys, in any of which every word must occur.
    keys: tuple[str, ...] = ("search_key",)
    search_fields = ("pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        for word in search_key(search_term).split():
            queryset = queryset.filter(Q(*((f"{key}__contains", word) for key in self.keys), _connector=Q.OR))
        return queryset, False


@admin.register(Organization)
class OrganizationAdmin(SearchedByKey):
    """The organisations; officers found and change them on their own pages."""

    list_display = ("short_name", "code", "level", "status", "parent", "federation")
    list_filter = (ScopedFilter, "level", "status")
    keys = ("search_key", "code")
    search_help_text = _("Words of the name, or the code.")
    list_select_related = ("parent", "federation")
    fields = ("full_name", "short_name", "code", "level", "status", "parent", "federation")

    def counted(self, count: int) -> str:
        return ngettext("%(n)s organisation", "%(n)s organisations", count) % {"n": count}

    def links_of_list(self, request: HttpRequest) -> list[Link]:
        if is_installation(request):
            return []
        return [(gettext("Organisations in the registry"), reverse("organizations:tree"))]

    def links_of(self, obj: Organization, request: HttpRequest) -> list[Link]:
        if is_installation(request):
            return []
        return [(gettext("Open in the registry"), reverse("organizations:detail", args=[obj.pk]))]


@admin.register(Account)
class AccountAdmin(SearchedByKey):
    """Accounts of officers; blocking ends their sessions at once (U-2)."""

    list_display = ("name", "login", "place", "is_active", "signed_in")
    list_filter = ("is_active", "must_change_password", ScopedFilter.by("home__federation"))
    search_help_text = _("Words of the name, or the login.")
    fields = ("login", "surname", "given_name", "patronymic", "place", "is_active", "blocked_at", "blocked_reason",
              "must_change_password", "is_staff", "last_login", "created_at")  # fmt: skip
    readonly_fields = ("place",)
    actions = ("reissue", "block", "unblock")

    def scoped(self, rows: Any, actor: Actor) -> models.QuerySet[Account]:
        """Return the accounts with the name of their organisation, if it belongs to the federation (N-H1)."""
        within = in_scope(actor, "home__") or Q(home__isnull=False)
        name = Case(When(within, then=F("home__short_name")), default=Value("—"), output_field=models.CharField())
        return rows.visible_to(actor).annotate(home_name=name)

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
            self.message_user(request, f"{account.login}: {_reason(refusal)}", messages.ERROR)
            return None
        issuer = Actor.system("administrator", organization=account.home) if by.is_system else by
        back = reverse("admin:registry_account_changelist")
        return credentials_page(request, [credentials], by=issuer, back=back)  # type: ignore[arg-type]

    @admin.action(description=_("Block the chosen accounts"), permissions=["view"])
    def block(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        by = actor_of(request)
        reason = str(
            _("Blocked by the administrator of the installation.")
            if by.is_system
            else _("Blocked by the administrator of the federation.")
        )
        _each(self, request, chosen, lambda pk: block_account(pk, reason=reason, by=by))

    @admin.action(description=_("Unblock the chosen accounts"), permissions=["view"])
    def unblock(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        by = actor_of(request)
        _each(self, request, chosen, lambda pk: unblock_account(pk, by=by))


@admin.register(Appointment)
class AppointmentAdmin(SearchedByKey):
    """Appointments of all accounts, past ones included (N-H2)."""

    list_display = ("account", "role", "organization", "term")
    list_filter = ("role", ScopedFilter.by("organization__federation"))
    keys = ("account__search_key", "organization__search_key")
    search_help_text = _("Words of the person's name or of the organisation's.")
    list_select_related = ("account", "organization")
    fields = ("account", "role", "organization", "starts_on", "ends_on", "basis")
    actions = ("end",)

    def counted(self, count: int) -> str:
        return ngettext("%(n)s appointment", "%(n)s appointments", count) % {"n": count}

    @admin.display(description=_("term"), ordering="starts_on")
    def term(self, appointment: Appointment) -> str:
        return f"{day_text(appointment.starts_on)} – {day_text(appointment.ends_on)}".strip()

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

        _each(self, request, chosen.select_related("account", "organization"), act)


def _each(
    page: admin.ModelAdmin,
    request: HttpRequest,
    chosen: models.QuerySet[Any],
    act: Callable[[int], object],
) -> None:
    """Do the transition for each of the chosen rows and say how many it was done for, and why not for the others."""
    done = 0
    for row in chosen:
        try:
            act(row.pk)
        except (RuleViolation, NotAllowed) as refusal:
            name = row.login if isinstance(row, Account) else str(row)
            page.message_user(request, f"{name}: {_reason(refusal)}", messages.ERROR)
        else:
            done += 1
    if done:
        said = ngettext("Done for %(n)s row.", "Done for %(n)s rows.", done) % {"n": done}
        page.message_user(request, said, messages.SUCCESS)


def _reason(refusal: RuleViolation | NotAllowed) -> str:
    return str(refusal.message if isinstance(refusal, RuleViolation) else _("you have no right to do this."))
