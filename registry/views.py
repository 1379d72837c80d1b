"""What every view uses: loading in scope, permission on the door, refusals as sentences."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import EmptyPage, Page, Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse

from .access import Actor
from .enums import Permission
from .errors import NotAllowed, RuleViolation
from .requests import number_in

APPOINTMENT_KEY = "appointment"


M = TypeVar("M", bound=models.Model)
View = Callable[..., HttpResponse]

MAX_PAGE = 100_000
PAGE_DIGITS = 6


class ActorRequest(HttpRequest):
    """A request after the middleware: somebody acts. For annotations of views."""

    actor: Actor
    #: The address in the navigation that the page belongs under, where its own does not say it.
    stands_under: str
    #: The page asked by itself: the session is neither prolonged nor written.
    quiet: bool


def load(queryset: models.QuerySet[M], pk: Any) -> M:
    """The object of the scoped queryset; what is outside the scope does not exist (404)."""
    try:
        return queryset.get(pk=pk)
    except (ObjectDoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error


def needs(permission: Permission) -> Callable[[View], View]:
    """The door of a view: an appointment with the permission, 403 without; the object's scope is checked inside."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.actor is None or not request.actor.may(permission):
                raise NotAllowed
            return view(request, *args, **kwargs)

        return inner

    return wrap


def add_violation(form: Any, violation: RuleViolation) -> None:
    """Show a rule's refusal beside its field, or on top of the form."""
    field = violation.field if violation.field in form.fields else None
    form.add_error(field, str(violation.message))


def say_violation(request: HttpRequest, violation: RuleViolation) -> None:
    """Show a rule's refusal as a message on the next page, with what blocks it."""
    lines = [str(violation.message), *(str(b) for b in getattr(violation, "blockers", []))]
    messages.error(request, "\n".join(lines))


class CountedPaginator(Paginator):
    """A paginator whose count is known from stored figures, or not asked for: pages never scan to count."""

    def __init__(self, object_list: Any, per_page: int, *, count: int | None = None) -> None:
        super().__init__(object_list, per_page)
        if count is not None:
            self.count = count


def page_number(request: HttpRequest, last: int) -> int:
    """Return the number that `?page=` asks for, from 1 to `last`; other text is the first page."""
    return max(1, min(number_in(request.GET.get("page", "1"), PAGE_DIGITS) or 1, last))


def page_of(request: HttpRequest, queryset: Any, per_page: int = 50, *, count: int | None = None) -> Page:
    """The page that `?page=` asks for; nonsense is the first page, beyond the end the last one."""
    paginator = CountedPaginator(queryset, per_page, count=count)
    try:
        return paginator.page(page_number(request, MAX_PAGE))
    except EmptyPage:
        return paginator.page(paginator.num_pages)
