"""Pages of the Django admin: requests of administrators, confirmed by a second one if there is no chair (N-H2)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.accounts.transitions.accounts import Credentials
from registry.accounts.views.credentials import credentials_page
from registry.days import moment_text
from registry.errors import NotAllowed, RuleViolation
from registry.granting import queries, rules
from registry.granting.models import GrantRequest
from registry.granting.tasks import request_in_words
from registry.granting.transitions import confirm_grant, refuse_grant, withdraw_grant

from ..admin_site import actor_of, is_installation
from .base import Link, ScopedAdmin, ScopedFilter, do_each, reason_of


@admin.register(GrantRequest)
class GrantRequestAdmin(ScopedAdmin):
    """Requests of administrators; where there is no chair, a second administrator confirms them here."""

    list_display = ("account", "what", "asked_by", "when", "until", "state")
    list_filter = ("state", "kind", ScopedFilter.by("organization__federation"))
    list_select_related = ("account", "organization__federation", "asked_by", "decided_by")
    fields = ("account", "what", "opens", "basis", "asked_by", "when", "confirming", "until", "state", "decided_by",
              "decided_at", "by_administrator", "reason")  # fmt: skip
    readonly_fields = ("what", "opens", "when", "confirming")
    actions = ("confirm", "refuse", "withdraw")

    def counted(self, count: int) -> str:
        return ngettext("%(n)s request", "%(n)s requests", count) % {"n": count}

    def title_of(self, obj: GrantRequest) -> str:
        return f"{obj.account}: {request_in_words(obj)}"

    def links_of_list(self, request: HttpRequest) -> list[Link]:
        return [] if is_installation(request) else [(gettext("Open in the registry"), reverse("granting:list"))]

    def links_of(self, obj: GrantRequest, request: HttpRequest) -> list[Link]:
        if is_installation(request):
            return []
        return [(gettext("Open in the registry"), reverse("granting:detail", args=[obj.pk]))]

    @admin.display(description=_("asked for"))
    def what(self, asked: GrantRequest) -> str:
        return capfirst(request_in_words(asked))

    @admin.display(description=_("what it opens"))
    def opens(self, asked: GrantRequest) -> str:
        rows = [
            f"{capfirst(one.role)}, {one.place.short_name} ({one.term}): {one.data or '—'}"
            for one in queries.opened_by(asked)
        ]
        return "; ".join(rows) or "—"

    @admin.display(description=_("to be confirmed by"))
    def confirming(self, asked: GrantRequest) -> str:
        return queries.confirming(rules.chairs_for(asked)) if asked.is_waiting else "—"

    @admin.display(description=_("requested at"), ordering="asked_at")
    def when(self, asked: GrantRequest) -> str:
        return moment_text(asked.asked_at)

    @admin.action(description=_("Confirm the chosen request"), permissions=["view"])
    def confirm(self, request: HttpRequest, chosen: models.QuerySet[GrantRequest]) -> HttpResponse | None:
        """Confirm another administrator's request; a one-time password is shown once, in this response (U-2)."""
        asked = chosen.first()
        if asked is None or chosen.count() > 1:
            self.message_user(request, _("Choose one request: its slip is shown once."), messages.ERROR)
            return None
        by = actor_of(request)
        try:
            done = confirm_grant(asked.pk, by=by)
        except (RuleViolation, NotAllowed) as refusal:
            self.message_user(request, f"{asked.account}: {reason_of(refusal)}", messages.ERROR)
            return None
        if done.credentials is not None:
            return self._slip(request, done.credentials, by)
        self.message_user(request, _("What the administrator has asked for is given."), messages.SUCCESS)
        return None

    def _slip(self, request: HttpRequest, credentials: Credentials, by: Actor) -> HttpResponse:
        issuer = Actor.system("administrator", organization=credentials.account.home) if by.is_system else by
        back = reverse("admin:registry_grantrequest_changelist")
        return credentials_page(request, [credentials], by=issuer, back=back)  # type: ignore[arg-type]

    @admin.action(description=_("Refuse the chosen requests"), permissions=["view"])
    def refuse(self, request: HttpRequest, chosen: models.QuerySet[Any]) -> None:
        by, reason = actor_of(request), gettext("Refused by a second administrator.")
        do_each(self, request, chosen, lambda pk: refuse_grant(pk, reason=reason, by=by))

    @admin.action(description=_("Withdraw my own chosen requests"), permissions=["view"])
    def withdraw(self, request: HttpRequest, chosen: models.QuerySet[Any]) -> None:
        by = actor_of(request)
        do_each(self, request, chosen, lambda pk: withdraw_grant(pk, by=by))
