"""Pages of breach cards: the list, a card with its clocks and steps, its people and papers (V-C5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.papers import breach_notices
from documents.printing.core import batch_for
from documents.printing.transitions import record_other_print
from members.people.models import Member
from members.people.search import matching
from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.requests import id_in, ids_in, say_missing
from registry.states import allowed
from registry.views import (
    ActorRequest,
    add_violation,
    load,
    needs,
    page_of,
    posted,
    run_action,
    say_violation,
    use_time_zone_of,
)

from . import rules, transitions
from .forms import BreachForm, PeopleForm, SentForm, ToldForm, initial_of
from .models import Breach, BreachPerson
from .queries import clocks, named

#: Maximum number of members whose letters are printed at once.
MAX_LETTERS = 500


@require_GET
@needs(Permission.ERASE)
def breaches(request: ActorRequest) -> HttpResponse:
    """List the breach cards of the organisation, the newest first."""
    use_time_zone_of(request.actor.organization)
    page = page_of(request, Breach.objects.visible_to(request.actor).select_related("organization"))
    now = timezone.now()
    rows = [(one, next((c for c in clocks(one, now) if c.sent_at is None), None)) for one in page.object_list]
    return render(request, "registry/breaches/list.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "POST"])
@needs(Permission.ERASE)
def add(request: ActorRequest) -> HttpResponse:
    """Open the card of a breach."""
    use_time_zone_of(request.actor.organization)
    now = timezone.localtime()
    form = BreachForm(posted(request), initial={"noticed_on": now.date(), "noticed_time": now.time()})
    return _write(
        request, form, lambda: transitions.open_breach(values=form.facts, by=request.actor), _("The card is opened.")
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.ERASE)
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Change the facts of a card."""
    found = _load(request, pk)
    form = BreachForm(posted(request), initial=initial_of(found))
    return _write(
        request,
        form,
        lambda: transitions.change_breach(pk, values=form.facts, by=request.actor),
        _("The card is changed."),
        found,
    )


def _write(
    request: ActorRequest, form: BreachForm, step: Callable[[], Breach], said: str, found: Breach | None = None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            breach = step()
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, said)
            return redirect("breaches:detail", breach.pk)
    return render(request, "registry/breaches/edit.html", {"form": form, "breach": found})


@require_GET
@needs(Permission.ERASE)
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a card with its clocks, people and possible steps."""
    return _page(request, _load(request, pk))


def _load(request: ActorRequest, pk: int) -> Breach:
    found = load(Breach.objects.visible_to(request.actor).select_related("organization__federation"), pk)
    use_time_zone_of(found.organization)
    request.stands_under = reverse("breaches:list")
    return found


def _page(request: ActorRequest, found: Breach, **shown: forms.Form) -> HttpResponse:
    now = timezone.localtime()
    just_now = {"sent_on": now.date(), "sent_time": now.time()}
    people = BreachPerson.objects.visible_to(request.actor).filter(breach=found)
    page = page_of(request, people.select_related("member").order_by("member__sort_key", "pk"))
    changes = allowed(rules.check_can_change, found)
    context: dict[str, Any] = {
        "breach": found,
        "clocks": clocks(found, now),
        "page": page,
        "left": named(found).count() - page.paginator.count,
        "untold": people.filter(told_on__isnull=True).count(),
        "changes": changes,
        "may_close": allowed(rules.check_can_close, found),
        "may_dismiss": allowed(rules.check_can_dismiss, found),
        "first_form": SentForm(initial=just_now) if allowed(rules.check_first, found) else None,
        "second_form": SentForm(initial=just_now) if allowed(rules.check_second, found) else None,
        "told_form": ToldForm(initial={"told_on": now.date()}) if changes else None,
    }
    return render(request, "registry/breaches/detail.html", {**context, **shown})


@require_http_methods(["GET", "POST"])
@needs(Permission.ERASE)
def people(request: ActorRequest, pk: int) -> HttpResponse:
    """Choose the members whose data the breach concerns."""
    found = _load(request, pk)
    form = PeopleForm(request.GET)
    form.is_valid()
    listed = Member.objects.visible_to(request.actor).registered().exclude(pk__in=named(found).values("member"))
    condition = matching(form.cleaned_data.get("q"))
    listed = listed.filter(condition) if condition is not None else listed
    listed = listed.order_by("sort_key", "pk")
    if request.method == "POST":
        everybody = request.POST.get("all") == "1"
        chosen = (
            list(listed.values_list("pk", flat=True)[: rules.MAX_PEOPLE + 1]) if everybody else ids_in(request.POST)
        )
        try:
            count = transitions.name_people(pk, chosen, by=request.actor)
        except RuleViolation as violation:
            say_violation(request, violation)
            return redirect(request.get_full_path())
        if not everybody:
            say_missing(request, chosen, listed.filter(pk__in=chosen).values_list("pk", flat=True))
        said = ngettext("%(n)s person is put on the card.", "%(n)s people are put on the card.", count)
        messages.success(request, said % {"n": count})
        return redirect("breaches:detail", pk)
    page = page_of(request, listed.select_related("organization", "unit"))
    context = {"breach": found, "form": form, "page": page, "rows": page.object_list, "query": _without_page(request)}
    return render(request, "registry/breaches/people.html", context)


def _without_page(request: ActorRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


@require_POST
@needs(Permission.ERASE)
def unname(request: ActorRequest, pk: int) -> HttpResponse:
    """Remove a member from the card."""
    _load(request, pk)
    member = id_in(request.POST.get("member", ""))

    def step() -> None:
        try:
            transitions.unname_person(pk, member, by=request.actor)
        except BreachPerson.DoesNotExist as error:
            raise Http404 from error

    return run_action(request, step, _("The person is taken off the card."), reverse("breaches:detail", args=[pk]))


@require_POST
@needs(Permission.ERASE)
def told(request: ActorRequest, pk: int) -> HttpResponse:
    """Record the day on which the people were informed."""
    form = ToldForm(request.POST)
    return _run(
        request, pk, "told_form", form,
        lambda: transitions.record_told(pk, **form.cleaned_data, by=request.actor), _("The day is recorded."),
    )  # fmt: skip


@require_POST
@needs(Permission.ERASE)
def first(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that the first notice was sent."""
    form = SentForm(request.POST)
    return _run(
        request, pk, "first_form", form,
        lambda: transitions.send_first(pk, **form.facts, by=request.actor), _("The first notice is recorded."),
    )  # fmt: skip


@require_POST
@needs(Permission.ERASE)
def second(request: ActorRequest, pk: int) -> HttpResponse:
    """Record that the second notice was sent."""
    form = SentForm(request.POST)
    return _run(
        request, pk, "second_form", form,
        lambda: transitions.send_second(pk, **form.facts, by=request.actor), _("The second notice is recorded."),
    )  # fmt: skip


def _run(
    request: ActorRequest, pk: int, name: str, form: forms.Form, step: Callable[[], object], said: str
) -> HttpResponse:
    """Call the transition with the form's values, or show the page again with the typed text."""
    found = _load(request, pk)
    if form.is_valid():
        try:
            step()
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, said)
            return redirect("breaches:detail", pk)
    return _page(request, found, **{name: form})


@require_POST
@needs(Permission.ERASE)
def close(request: ActorRequest, pk: int) -> HttpResponse:
    """Close the card."""
    _load(request, pk)
    to = reverse("breaches:detail", args=[pk])
    return run_action(request, lambda: transitions.close_breach(pk, by=request.actor), _("The card is closed."), to)


@require_POST
@needs(Permission.ERASE)
def dismiss(request: ActorRequest, pk: int) -> HttpResponse:
    """Settle a card that turned out to be no breach."""
    _load(request, pk)
    to = reverse("breaches:detail", args=[pk])
    said = _("The card is settled: there was no breach.")
    return run_action(request, lambda: transitions.dismiss_breach(pk, by=request.actor), said, to)


@require_POST
@needs(Permission.ERASE)
def print_paper(request: ActorRequest, pk: int, paper: str) -> HttpResponse:
    """Print a notice to Roskomnadzor, or the letters to the people on the card."""
    found = _load(request, pk)
    require(request.actor, Permission.PRINT, found.organization)
    form = {"first": breach_notices.FIRST, "second": breach_notices.SECOND, "letters": breach_notices.LETTER}.get(paper)
    if form is None:
        raise Http404
    batch = batch_for(request.actor, found.organization)
    if form is breach_notices.LETTER:
        named = BreachPerson.objects.visible_to(request.actor).filter(Q(breach=found)).select_related("member")
        some = [one.member for one in named.order_by("member__sort_key", "pk")[:MAX_LETTERS]]
        if not some:
            messages.error(request, _("Nobody is on the card. Put the people on it first."))
            return redirect("breaches:detail", pk)
        data = breach_notices.render_letters(found, some, batch)
    else:
        data = breach_notices.render_notice(form, found, batch)
    record_other_print(
        form.code, found, organization=found.organization, code=batch.code, by=request.actor, rule=rules.RULE
    )
    return answers.paper(data, form.code)
