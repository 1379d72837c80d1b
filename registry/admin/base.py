"""Base classes for all pages of the Django admin: scope, permissions, titles, search, history, links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.errors import NotAllowed, RuleViolation
from registry.journal.models import Event
from registry.organizations.models import Federation
from registry.searches import query_for
from registry.text import search_key

from ..admin_site import actor_of, is_installation
from .wording import EventInWords, in_words

#: Events shown on the history page of a record, the latest first.
MAX_EVENTS = 100
#: Lookups that Django's built-in filters add to the name of a field.
_LOOKUPS = {"", "exact", "in", "isnull", "gte", "lt"}

Link = tuple[str, str]


class ScopedList(ChangeList):
    """A change list whose rows are prepared before they are shown, and whose count includes the noun."""

    model_admin: ScopedAdmin

    def __init__(self, request: HttpRequest, *args: Any, **values: Any) -> None:
        self._request = request
        super().__init__(request, *args, **values)

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Return the query of a link, with a token instead of the words that are searched for (ADR 21)."""
        asked = query_for(self._request, QueryDict(super().get_query_string(new_params, remove)[1:]))
        return f"?{asked.urlencode()}"

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.model_admin.prepare(self.result_list, actor_of(request))
        self.counted = self.model_admin.counted(self.result_count)
        self.links = self.model_admin.links_of_list(request)


class ScopedAdmin(admin.ModelAdmin):
    """A list within the scope of the administrator, without any right to change it.

    Titles are the model's name, because Django's own sentences cannot decline a Russian noun.
    """

    list_per_page = 50
    show_full_result_count = False
    empty_value_display = "—"
    #: Whether administrators of federations see the list; others are only for administrators of the installation.
    for_federations = True

    def scoped(self, rows: Any, actor: Actor) -> models.QuerySet[Any]:
        """Return the rows that the administrator may see."""
        return rows.visible_to(actor)

    def prepare(self, rows: Sequence[Any], actor: Actor) -> None:
        """Load related data that the columns need, for all rows at once."""

    def counted(self, count: int) -> str:
        """Return the number of rows with the name of the model; a list may decline its own noun instead."""
        return f"{capfirst(self.opts.verbose_name_plural)}: {count}"

    def title_of(self, obj: Any) -> str:
        """Return the name of the record for headings."""
        return str(obj)

    def suggested(self, obj: Any) -> str:
        """Return the record as suggested during typing, with facts that distinguish namesakes."""
        return str(obj)

    def links_of_list(self, request: HttpRequest) -> list[Link]:
        """Return labels and addresses of the pages outside the admin where such records are made."""
        return []

    def links_of(self, obj: Any, request: HttpRequest) -> list[Link]:
        """Return labels and addresses of the pages outside the admin where the record is changed."""
        return []

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.scoped(super().get_queryset(request), actor_of(request))

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns; administrators of one federation need no column for it."""
        columns = super().get_list_display(request)
        return columns if is_installation(request) else [name for name in columns if name != "federation"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.prepare([found], actor_of(request))
        return found

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ScopedList

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.admin_site.has_permission(request) and (self.for_federations or is_installation(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow only the fields of the filters: others could be guessed character by character, such as a password."""
        name, _dash, rest = lookup.partition("__")
        filters = self.get_list_filter(request) if request is not None else self.list_filter
        own = {one.parameter_name for one in filters if isinstance(one, type) and issubclass(one, SimpleListFilter)}
        return lookup in own or (name in {one for one in filters if isinstance(one, str)} and rest in _LOOKUPS)

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Return the filters; administrators of one federation need no filter by it."""
        filters = super().get_list_filter(request)
        if is_installation(request):
            return filters
        return [one for one in filters if not (isinstance(one, type) and issubclass(one, ScopedFilter))]

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
        said: dict[str, Any] = {"title": capfirst(self.opts.verbose_name)}
        obj = self.get_object(request, object_id) if object_id else None
        if obj is not None:
            said |= {"subtitle": capfirst(self.title_of(obj)), "links": self.links_of(obj, request)}
        return super().changeform_view(request, object_id, form_url, said | (extra_context or {}))

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Answer 404 both for missing records and for records out of scope."""
        raise Http404

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the journal's events about the record; Django's own log is not kept."""
        obj = self.get_object(request, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        if obj is None:
            raise Http404
        actor = actor_of(request)
        about = Event.objects.visible_to(actor).filter(object_type=self.opts.model_name, object_id=str(obj.pk))
        events = list(about.select_related("account__home", "organization__federation").order_by("-pk")[:MAX_EVENTS])
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": capfirst(self.title_of(obj)),
            "object": obj,
            "opts": self.opts,
            "events": in_words(events, actor),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Do nothing: the journal already records the act."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Do nothing: the journal already records the change."""


class ReadOnlyAdmin(ScopedAdmin):
    """A read-only list of one federation's records that have no scope of their own."""

    #: Lookup that leads to the federation.
    federation = "federation"

    def scoped(self, rows: Any, actor: Actor) -> models.QuerySet[Any]:
        if actor.organization is None:
            return rows if actor.is_system else rows.none()
        return rows.filter(**{self.federation: actor.organization.federation_id})


class ScopedFilter(admin.SimpleListFilter):
    """A filter by federation, for administrators of the installation."""

    title: Any = ""
    parameter_name = "federation"
    #: Lookup from a row to the federation.
    leads_to = "federation"

    @classmethod
    def by(cls, lookup: str) -> type[ScopedFilter]:
        """Return the filter whose rows belong to a federation by this lookup."""
        return type("ScopedFilter", (cls,), {"leads_to": lookup})

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.title = capfirst(Federation._meta.verbose_name)
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        if not is_installation(request):
            return []
        return [(str(pk), name) for pk, name in Federation.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        chosen = self.value()
        if not chosen:
            return queryset
        return queryset.filter(**{self.leads_to: chosen}) if chosen in dict(self.lookup_choices) else queryset.none()


class SearchedByKey(ScopedAdmin):
    """A list searched by the stored key of names, which ignores case and «ё»."""

    #: Lookups of keys; every word must occur in one of them.
    keys: tuple[str, ...] = ("search_key",)
    search_fields = ("pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        for word in search_key(search_term).split():
            queryset = queryset.filter(Q(*((f"{key}__contains", word) for key in self.keys), _connector=Q.OR))
        return queryset, False


def do_each(
    page: admin.ModelAdmin,
    request: HttpRequest,
    chosen: Iterable[Any],
    act: Callable[[int], object],
) -> None:
    """Run the transition for each chosen row, and report the number of successes and the reasons of refusals."""
    done = 0
    for row in chosen:
        try:
            act(row.pk)
        except (RuleViolation, NotAllowed) as refusal:
            name = getattr(row, "login", str(row))
            page.message_user(request, f"{name}: {reason_of(refusal)}", messages.ERROR)
        else:
            done += 1
    if done:
        said = ngettext("Done for %(n)s row.", "Done for %(n)s rows.", done) % {"n": done}
        page.message_user(request, said, messages.SUCCESS)


def reason_of(refusal: RuleViolation | NotAllowed) -> str:
    """Return why a step was refused."""
    return str(refusal.message if isinstance(refusal, RuleViolation) else _("you have no right to do this."))


__all__ = [
    "EventInWords", "ReadOnlyAdmin", "ScopedAdmin", "ScopedFilter", "ScopedList", "SearchedByKey", "do_each",
    "reason_of",
]  # fmt: skip
