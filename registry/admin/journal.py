"""Pages of the Django admin: the journal and the background jobs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.access import Actor, in_scope
from registry.days import moment_text
from registry.jobs.kinds import kinds, title_of
from registry.jobs.models import Job
from registry.journal.actions import ACTIONS, label_of
from registry.journal.models import Event
from registry.requests import number_in

from ..admin_site import is_installation
from .base import Link, ScopedAdmin, ScopedFilter
from .wording import about_of, in_words, name_of


@admin.register(Event)
class EventAdmin(ScopedAdmin):
    """The append-only journal in words, with the document of the rule."""

    list_display = ("when", "what", "who", "capacity", "organization")
    list_filter = ("at", ScopedFilter.by("organization__federation"))
    search_fields = ("action",)
    search_help_text = _("Words of the action, or the number of the record.")
    list_select_related = ("account__home", "organization__federation")
    fields = ("at", "what", "who", "capacity", "organization", "about", "said", "ground", "number")
    readonly_fields = ("what", "who", "capacity", "about", "said", "ground")

    def prepare(self, rows: Sequence[Any], actor: Actor) -> None:
        for row, words in zip(rows, in_words(rows, actor), strict=True):
            row.words = words

    def counted(self, count: int) -> str:
        return ngettext("%(n)s event", "%(n)s events", count) % {"n": count}

    def title_of(self, obj: Event) -> str:
        return str(label_of(obj.action))

    def links_of_list(self, request: HttpRequest) -> list[Link]:
        return (
            [] if is_installation(request) else [(str(_("Journal in the registry")), reverse("organizations:journal"))]
        )

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Event], search_term: str
    ) -> tuple[models.QuerySet[Event], bool]:
        """Search by words of the action as it is shown."""
        words = search_term.casefold().split()
        if not words:
            return queryset, False
        found = [key for key, label in ACTIONS.items() if all(word in str(label).casefold() for word in words)]
        number = number_in(search_term.strip())
        return queryset.filter(Q(action__in=found) | Q(object_id=str(number or "—"))), False

    @admin.display(description=_("at"), ordering="at")
    def when(self, event: Event) -> str:
        return moment_text(event.at)

    @admin.display(description=_("action"), ordering="action")
    def what(self, event: Any) -> str:
        return event.words.what

    @admin.display(description=_("who"))
    def who(self, event: Any) -> str:
        return event.words.who

    @admin.display(description=_("acting as"))
    def capacity(self, event: Any) -> str:
        return event.words.capacity or "—"

    @admin.display(description=_("record"))
    def about(self, event: Event) -> str:
        return about_of(event) or "—"

    @admin.display(description=_("facts"))
    def said(self, event: Any) -> str:
        return event.words.facts or "—"

    @admin.display(description=_("ground"))
    def ground(self, event: Any) -> str:
        return event.words.ground or "—"


class KindFilter(admin.SimpleListFilter):
    """Jobs by the title of their kind."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return sorted(((kind, str(title_of(kind))) for kind in kinds()), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Job]) -> models.QuerySet[Job]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(ScopedAdmin):
    """Background jobs with their state and error."""

    list_display = ("when", "title", "state", "who", "organization", "done", "total")
    list_filter = ("state", KindFilter, ScopedFilter.by("organization__federation"))
    list_select_related = ("account__home", "organization")
    fields = ("title", "state", "who", "organization", "done", "total", "attempts", "error", "created_at",
              "started_at", "finished_at")  # fmt: skip
    readonly_fields = ("title", "who")

    def scoped(self, rows: Any, actor: Actor) -> models.QuerySet[Job]:
        return rows.filter(in_scope(actor, "organization__"))

    def prepare(self, rows: Sequence[Any], actor: Actor) -> None:
        for row in rows:
            row.owner = name_of(row.account, actor)

    def counted(self, count: int) -> str:
        return ngettext("%(n)s job", "%(n)s jobs", count) % {"n": count}

    def title_of(self, obj: Job) -> str:
        return str(title_of(obj.kind))

    @admin.display(description=_("requested at"), ordering="created_at")
    def when(self, job: Job) -> str:
        return moment_text(job.created_at)

    @admin.display(description=_("kind"), ordering="kind")
    def title(self, job: Job) -> str:
        return capfirst(str(title_of(job.kind)))

    @admin.display(description=_("requested by"))
    def who(self, job: Any) -> str:
        return job.owner
