"""The Django admin of the installation's administrators: federations, charters, accounts, journals (practice 10).

It shows no members: administrators of the installation read neither cards nor questionnaires. Changes are made by the
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from members.people.rules.fields import label_of as label_of_field
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions.accounts import block_account, reissue_password, unblock_account
from registry.accounts.views.credentials import credentials_page
from registry.jobs.models import Job
from registry.journal.actions import label_of
from registry.journal.models import Event
from registry.organizations.models import Federation, Organization
from registry.organizations.rules.charters import NUMBERS
from registry.organizations.transitions.charters import change_charter

from .access import Actor
from .charters.base import Charter
from .errors import RuleViolation
from .templatetags.ui import document_in


def administrator(request: HttpRequest) -> Actor:
    """Return the system actor by which the journal names the administrator, with the id of their account."""
    return Actor.system(f"administrator#{request.user.pk}")


class TitledAdmin(admin.ModelAdmin):
    """Uses the model's name as title, because Django's own sentences cannot decline a Russian noun."""

    list_per_page = 50
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name)}
        return super().changeform_view(request, object_id, form_url, title | (extra_context or {}))


class ReadOnlyAdmin(TitledAdmin):
    """A read-only list."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class CharterForm(forms.ModelForm):
    """The values of a federation's charter that an administrator may change."""

    required = forms.MultipleChoiceField(
        label=_("Required fields of the card"), widget=forms.CheckboxSelectMultiple, required=False
    )
    minimum_age = forms.IntegerField(label=_("Minimum age of members, years"))
    retention_years = forms.IntegerField(label=_("Years for which closed cards and ended applications are kept"))

    class Meta:
        model = Federation
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        charter: Charter = self.instance.charter
        choices = [(name, capfirst(str(label_of_field(name, charter)))) for name in charter.fields]
        self.fields["required"].choices = choices  # type: ignore[attr-defined]
        self.initial["required"] = sorted(charter.required)
        for name, (least, most) in NUMBERS.items():
            self.fields[name].min_value, self.fields[name].max_value = least, most  # type: ignore[attr-defined]
            self.initial[name] = getattr(charter, name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, (least, most) in NUMBERS.items():
            if cleaned.get(name) is not None and not least <= cleaned[name] <= most:
                bounds = {"least": least, "most": most}
                self.add_error(name, _("A number from %(least)s to %(most)s is expected.") % bounds)
        return cleaned


@admin.register(Federation)
class FederationAdmin(TitledAdmin):
    """Federations and the changes made to their charters."""

    form = CharterForm
    list_display = ("name", "code", "charter_title")
    fields = ("name", "code", "charter_title", "required", "minimum_age", "retention_years")
    readonly_fields = ("name", "code", "charter_title")

    @admin.display(description=_("charter"))
    def charter_title(self, federation: Federation) -> str:
        return capfirst(str(federation.charter.title))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Federation, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in ("required", *NUMBERS)}
        change_charter(obj.pk, values=values, by=administrator(request))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Do nothing: the journal already records the change."""


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin):
    """The organisations of all federations; officers found and change them on their own pages."""

    list_display = ("short_name", "code", "level", "status", "parent", "federation")
    list_filter = ("federation", "level", "status")
    search_fields = ("search_key", "code")
    list_select_related = ("parent", "federation")
    fields = ("full_name", "short_name", "code", "level", "status", "parent", "federation")


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Accounts of officers; blocking ends their sessions at once (U-2)."""

    list_display = ("name", "login", "home", "is_active", "must_change_password", "last_login")
    list_filter = ("is_active", "is_staff", "home__federation")
    search_fields = ("search_key",)
    list_select_related = ("home",)
    fields = ("login", "surname", "given_name", "patronymic", "home", "is_active", "blocked_at", "blocked_reason",
              "must_change_password", "is_staff", "last_login", "created_at")  # fmt: skip
    actions = ("reissue", "block", "unblock")

    @admin.display(description=_("surname, name, patronymic"), ordering="sort_key")
    def name(self, account: Account) -> str:
        return account.full_name

    @admin.action(description=_("Issue a new one-time password"), permissions=["view"])
    def reissue(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> HttpResponse | None:
        """Reissue the password of an officer who has no superior; it is shown once, in this response (U-2)."""
        account = chosen.first()
        if account is None or chosen.count() > 1:
            self.message_user(request, _("Choose one account: its slip is shown once."), messages.ERROR)
            return None
        try:
            credentials = reissue_password(account.pk, by=administrator(request))
        except RuleViolation as refusal:
            self.message_user(request, f"{account.login}: {refusal.message}", messages.ERROR)
            return None
        issuer = Actor.system("administrator", organization=account.home)
        back = reverse("admin:registry_account_changelist")
        return credentials_page(request, [credentials], by=issuer, back=back)  # type: ignore[arg-type]

    @admin.action(description=_("Block the chosen accounts"), permissions=["view"])
    def block(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        reason = str(_("Blocked by the administrator of the installation."))
        self._each(request, chosen, lambda pk: block_account(pk, reason=reason, by=administrator(request)))

    @admin.action(description=_("Unblock the chosen accounts"), permissions=["view"])
    def unblock(self, request: HttpRequest, chosen: models.QuerySet[Account]) -> None:
        self._each(request, chosen, lambda pk: unblock_account(pk, by=administrator(request)))

    def _each(self, request: HttpRequest, chosen: models.QuerySet[Account], act: Any) -> None:
        done = 0
        for account in chosen:
            try:
                act(account.pk)
            except RuleViolation as refusal:
                self.message_user(request, f"{account.login}: {refusal.message}", messages.ERROR)
            else:
                done += 1
        if done:
            self.message_user(request, _("Done for %(n)s accounts.") % {"n": done}, messages.SUCCESS)


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    """Appointments of all accounts, past ones included (N-H2)."""

    list_display = ("account", "role", "organization", "starts_on", "ends_on")
    list_filter = ("role", "organization__federation")
    search_fields = ("account__search_key", "organization__search_key")
    list_select_related = ("account", "organization")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The append-only journal: ids and codes, and the document of the rule in words."""

    list_display = ("at", "what", "account", "acting", "organization", "ground")
    list_filter = ("at",)
    search_fields = ("=action", "=object_id")
    list_select_related = ("account", "organization__federation")
    fields = ("at", "what", "action", "ground", "account", "acting", "organization", "object_type", "object_id",
              "facts", "chain", "number")  # fmt: skip
    readonly_fields = ("what", "ground")

    @admin.display(description=_("action"))
    def what(self, event: Event) -> str:
        return capfirst(str(label_of(event.action)))

    @admin.display(description=_("ground"))
    def ground(self, event: Event) -> str:
        return document_in(event.rule, event.organization) or "—"


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Background jobs with their state and error."""

    list_display = ("created_at", "kind", "state", "account", "organization", "done", "total")
    list_filter = ("state", "kind")
    list_select_related = ("account", "organization")
    fields = (
        "kind",
        "state",
        "account",
        "organization",
        "done",
        "total",
        "attempts",
        "error",
        "created_at",
        "started_at",
    )
