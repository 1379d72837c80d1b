"""Helpers for all views: loading in scope, permissions, pagination, messages of refused steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import EmptyPage, Page, Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from . import answers, replicas
from .access import Actor
from .enums import Permission
from .errors import NotAllowed, RuleViolation, ServerBusy
from .files import storage
from .files.models import StoredFile
from .jobs.models import Job
from .organizations.models import Organization
from .requests import number_in
from .sizes import PAGE_ROWS

APPOINTMENT_KEY = "appointment"
#: When the session began, in seconds since 1970.
BEGUN_KEY = "signed_in_at"
#: The position in the database log after the session's last change; only with a replica.
CHANGED_KEY = "changed_at_position"


M = TypeVar("M", bound=models.Model)
View = Callable[..., HttpResponse]

MAX_PAGE = 100_000
MAX_PAGE_DIGITS = 6
_ANY_ID = 9_999_999_999


class ActorRequest(HttpRequest):
    """A request after the middleware; for annotations of views."""

    actor: Actor
    #: URL of the navigation's entry to mark, if the page's own URL does not begin with it.
    stands_under: str
    #: Whether the page made the request by itself: the session is then neither prolonged nor saved.
    quiet: bool


def load(queryset: models.QuerySet[M], pk: Any) -> M:
    """Return the object of the scoped queryset. Raises `Http404` if it does not exist."""
    try:
        return queryset.get(pk=pk)
    except (ObjectDoesNotExist, ValueError, OverflowError) as error:
        raise Http404 from error


def busy_if(busy: bool, response: HttpResponse) -> HttpResponse:
    """Return the page, with 503 and the time to try again if the server was too busy for the request."""
    if busy:
        response.status_code = 503
        response["Retry-After"] = str(ServerBusy.RETRY_AFTER)
    return response


def scan_page(scan: StoredFile | None, note_opened: Callable[[], object]) -> HttpResponse:
    """Return the scan, to be shown by the browser. Raises `Http404` if there is none, or its file is missing.

    `note_opened` records in the journal that it was opened (V-C5); it is called after the file was read.
    """
    if scan is None:
        raise Http404
    try:
        data = storage.read(scan)
    except FileNotFoundError as error:
        raise Http404 from error
    note_opened()
    return answers.scan(data, scan.name, scan.content_type)


def use_time_zone_of(organization: Organization | None) -> None:
    """Use the date and time zone of the page's organisation in the rest of the request."""
    if organization is not None:
        timezone.activate(organization.tz)


def needs(permission: Permission) -> Callable[[View], View]:
    """Require an appointment with the permission (403 without); the view checks the object's scope itself."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.actor is None or not request.actor.may(permission):
                raise NotAllowed
            return view(request, *args, **kwargs)

        return inner

    return wrap


def may_lag(view: View) -> View:
    """Mark a read-only view; it uses the replica if that has all changes of its user (ADR 24).

    It may be called a second time, so at most it records in the journal what was shown.
    """

    @wraps(view)
    def inner(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def ask() -> HttpResponse:
            return view(request, *args, **kwargs)

        if not replicas.is_there() or _ended_a_job(request):
            return ask()
        # The primary server may have rows that the replica does not have yet.
        return replicas.read(ask, after=request.session.get(CHANGED_KEY, 0), again=(Http404,))

    return inner


def _ended_a_job(request: ActorRequest) -> bool:
    """Return whether a job of the user has ended so recently that the replica may lack its changes."""
    since = timezone.now() - dt.timedelta(seconds=settings.REPLICA_MAX_LAG + replicas.ASK_SECONDS)
    return Job.objects.visible_to(request.actor).filter(finished_at__gte=since).exists()


def seconds_left(request: HttpRequest) -> int:
    """Return the seconds until the session ends, regardless of activity."""
    now = timezone.now().timestamp()
    begun: float = request.session.get(BEGUN_KEY, now)
    return max(0, int(begun + settings.SESSION_LIFETIME - now))


def by_post(request: HttpRequest, *_args: Any, **_kwargs: Any) -> bool:
    """Return whether the request is an act, as opposed to a page that leads to it."""
    return request.method == "POST"


def every_request(request: HttpRequest, *_args: Any, **_kwargs: Any) -> bool:
    """Return True: every request is an act, for pages that show a secret or return a file."""
    return True


def asks_again(when: Callable[..., bool] = by_post) -> Callable[[View], View]:
    """Mark a dangerous act: the middleware asks for password and second factor again before it (U-2).

    `when` decides from the request and the view's arguments whether the request is one.
    """

    def mark(view: View) -> View:
        view.asks_again = when  # type: ignore[attr-defined]
        return view

    return mark


def takes_at_most(count: int) -> Callable[[View], View]:
    """Mark a frequently called view: the middleware refuses larger requests before reading them."""

    def mark(view: View) -> View:
        view.takes_at_most = count  # type: ignore[attr-defined]
        return view

    return mark


def add_violation(form: Any, violation: RuleViolation) -> None:
    """Add a rule's refusal to its field, or to the whole form."""
    field = violation.field if violation.field in form.fields else None
    form.add_error(field, str(violation.message))


def say_violation(request: HttpRequest, violation: RuleViolation) -> None:
    """Show a rule's refusal as a message on the next page, with its blockers."""
    lines = [str(violation.message), *(str(b) for b in getattr(violation, "blockers", []))]
    messages.error(request, "\n".join(lines))


class CountedPaginator(Paginator):
    """A paginator that takes its count from stored figures, so that pages need not count rows."""

    def __init__(self, object_list: Any, per_page: int, *, count: int | None = None) -> None:
        super().__init__(object_list, per_page)
        if count is not None:
            self.count = count


def page_number(request: HttpRequest, last: int) -> int:
    """Return the number in `?page=`, from 1 to `last`; other text gives the first page."""
    return max(1, min(number_in(request.GET.get("page", "1"), MAX_PAGE_DIGITS) or 1, last))


def addresses(name: str) -> Callable[[int], str]:
    """Return a function from the id of a record to the address of its page `name`, which is resolved once for all
    rows.
    """
    before, _, after = reverse(name, args=[_ANY_ID]).partition(str(_ANY_ID))
    return lambda pk: f"{before}{pk}{after}"


def seen_among(visible: models.QuerySet[Any], ids: Iterable[int | None]) -> set[int]:
    """Return the ids that the actor may see; pages do not link to others, which give 404."""
    asked = {pk for pk in ids if pk is not None}
    return set(visible.filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()


def page_of(request: HttpRequest, queryset: Any, per_page: int = PAGE_ROWS, *, count: int | None = None) -> Page:
    """Return the page in `?page=`; invalid values give the first page, too large ones the last."""
    paginator = CountedPaginator(queryset, per_page, count=count)
    try:
        return paginator.page(page_number(request, MAX_PAGE))
    except EmptyPage:
        return paginator.page(paginator.num_pages)


def posted(request: HttpRequest) -> Any:
    """Return the submitted data, or None for a GET request."""
    return request.POST if request.method == "POST" else None


def run_action(request: HttpRequest, step: Callable[[], object], done: Any, to: str) -> HttpResponse:
    """Run the transition, add a message about success or refusal, and redirect to `to`."""
    try:
        step()
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, done)
    return redirect(to)


def take_step(request: HttpRequest, form: Any, step: Callable[..., object], done: Any, to: str) -> HttpResponse | None:
    """Take a step with the values of one of several forms on a page, and redirect to `to`.

    Return None for a form with errors, including a rule's refusal: the page is then shown with the typed text.
    """
    if not form.is_valid():
        return None
    try:
        step(**form.cleaned_data)
    except RuleViolation as violation:
        add_violation(form, violation)
        return None
    messages.success(request, done)
    return redirect(to)


def ask(
    request: HttpRequest,
    form: Any,
    step: Callable[..., object],
    *,
    title: Any,
    done: Any,
    to: str | Callable[[Any], str],
    button: Any = "",
    section: tuple[Any, str] = ("", ""),
    back: str = "",
    refused: RuleViolation | None = None,
    lead: Any = "",
    template: str = "ask.html",
    **shown: Any,
) -> HttpResponse:
    """Show the form; if valid data are submitted, run the transition with them and redirect to `to`.

    `to` is an address, or a function that makes it from the transition's result; «Cancel» leads to `back`, or else to
    `to`. `section` is the label and address of the parent page in the breadcrumbs. `refused` is the reason why the step
    is not possible, for example because it was already done: redirect to `back` and show it. `shown` is additional
    context for the template, such as `facts`, pairs of label and value, and the `icon` of the button.
    """
    back = back or str(to)
    if refused is not None:
        say_violation(request, refused)
        return redirect(back)
    if request.method == "POST" and form.is_valid():
        try:
            result = step(**form.cleaned_data)
        except RuleViolation as violation:
            if hasattr(violation, "blockers"):
                say_violation(request, violation)
            else:
                add_violation(form, violation)
        else:
            messages.success(request, done)
            return redirect(to(result) if callable(to) else to)
    context = {"form": form, "title": title, "lead": lead, "button": button, "back": back, "section": section, **shown}
    return render(request, template, context)
