"""Adding records in the Django admin with our own form and a transition."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.accounts.forms.accounts import AccountForm, TermForm
from registry.accounts.models import Account, Appointment
from registry.enums import Role
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization
from registry.views import add_violation

from ..admin_site import actor_of, is_installation
from .base import ScopedAdmin


class AddingAdmin(ScopedAdmin):
    """A list to which administrators of the installation add.

    Administrators of a federation do the same on the registry's pages, linked by `links_of_list`.
    """

    #: Text above the form.
    before_adding: Any = ""

    @abstractmethod
    def adding_form(self, data: QueryDict | None, actor: Actor) -> forms.Form:
        """Return the form, bound to the submitted data."""

    @abstractmethod
    def add(self, request: HttpRequest, form: Any, actor: Actor) -> HttpResponse:
        """Call the transition and return the next page. Raises `RuleViolation`, `NotAllowed`."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request) and is_installation(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the form or add the record; show a refusal of the transition beside its field."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        actor = actor_of(request)
        form = self.adding_form(request.POST if request.method == "POST" else None, actor)
        if form.is_valid():
            try:
                return self.add(request, form, actor)
            except RuleViolation as violation:
                add_violation(form, violation)
            except NotAllowed:
                form.add_error(None, str(_("you have no right to do this.")))
        fields = {"fields": list(form.fields), "description": self.before_adding}
        shown = AdminForm(form, [(None, fields)], {}, (), model_admin=self)  # type: ignore[arg-type]
        context = {
            **self.admin_site.each_context(request),
            "title": capfirst(self.opts.verbose_name),
            "adminform": shown,
            "inline_admin_formsets": [],
            "errors": AdminErrorList(form, []),  # type: ignore[arg-type]
            "media": self.media + shown.media,
            "is_popup": False,
            "to_field": None,
            "preserved_filters": self.get_preserved_filters(request),
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
            **(extra_context or {}),
        }
        return self.render_change_form(request, context, add=True, form_url=form_url)


def choice(model: type[models.Model], name: str, chosen: models.QuerySet[Any], label: Any) -> forms.ModelChoiceField:
    """Return an autocomplete field for a foreign key of the model, limited to the given rows."""
    widget = AutocompleteSelect(model._meta.get_field(name), admin.site, attrs={"data-width": "26rem"})
    return forms.ModelChoiceField(queryset=chosen, label=label, widget=widget)


def organizations(actor: Actor) -> models.QuerySet[Organization]:
    """Return the working organisations in which the actor may appoint."""
    return Organization.objects.visible_to(actor).working()


class AddAccountForm(AccountForm):
    """A person's account with its first appointment; the rules say which roles an organisation may have."""

    field_order = ["organization", *AccountForm.field_order]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, roles=Role, **kwargs)
        self.fields["organization"] = choice(Account, "home", organizations(actor), _("Organisation"))
        self.order_fields(self.field_order)


class AddAppointmentForm(TermForm):
    """Another role for an existing account."""

    field_order = ["account", "organization"]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, roles=Role, **kwargs)
        # Administrators of the installation see no members, so they cannot grant a role that does.
        accounts = Account.objects.visible_to(actor).filter(is_superuser=False)
        self.fields["account"] = choice(Appointment, "account", accounts, _("Account"))
        self.fields["organization"] = choice(Appointment, "organization", organizations(actor), _("Organisation"))
        self.order_fields(self.field_order)


__all__ = ["AddAccountForm", "AddAppointmentForm", "AddingAdmin"]
