"""Pages of remarks: the list, a remark with its trail and possible steps, a new remark (N-S1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.people.filter_fields import is_empty, optional_columns
from members.people.models import Member
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.organizations.queries import incomplete_passports
from registry.organizations.views.tree import visible
from registry.states import allowed, refusal
from registry.supervision.columns import behind_figure
from registry.views import (
    ActorRequest,
    add_violation,
    load,
    needs,
    page_of,
    posted,
    run_action,
    say_violation,
    take_step,
    use_time_zone_of,
)

from . import queries, rules
from .enums import BY_ID, INCOMPLETE, RemarkKind
from .forms import DAYS_PROPOSED, AnswerForm, ListFilter, RemarkForm, ReturnForm, WithdrawForm
from .jobs import start_remarks_job
from .models import Remark, RemarkPerson, RemarkQuerySet, RemarkStep
from .transitions import accept_answer, answer_remark, make_remark, make_remarks_on, return_answer, withdraw_remark

#: Maximum number of organisations listed without unfolding.
MAX_UNFOLDED = 20
SIDES = ("all", "received", "written")


@require_GET
@needs(Permission.REMARK)
def remarks(request: ActorRequest) -> HttpResponse:
    """List the remarks of the actor's scope, those their organisation has to answer, or those it has made."""
    form, side = ListFilter(request.GET), request.GET.get("side", "all")
    chosen = form.cleaned_data if form.is_valid() else {}
    found = _of_side(request, side)
    for name in ("state", "kind"):
        found = found.filter(**{name: chosen[name]}) if chosen.get(name) else found
    if chosen.get("overdue"):
        found = found.open().filter(term__lt=timezone.localdate())
    page = page_of(request, found.select_related("organization__federation", "made_by").order_by("-made_on", "-pk"))
    places = queries.places_of(page.object_list, request.actor)
    labels = {
        "all": pgettext("remarks", "All"),
        "received": pgettext("remarks", "Received"),
        "written": pgettext("remarks", "Written"),
    }
    context = {
        "page": page,
        "rows": [(one, places[one.pk], one.is_overdue(timezone.localdate())) for one in page.object_list],
        "form": form,
        "side": side,
        "sides": [(labels[key], f"?side={key}", key == side) for key in SIDES],
        "filtered": any(chosen.values()),
    }
    return render(request, "registry/remarks/list.html", context)


def _of_side(request: ActorRequest, side: str) -> RemarkQuerySet:
    found, own = Remark.objects.visible_to(request.actor), request.actor.organization
    if side == "received":
        return found.filter(organization=own)
    return found.filter(made_by=own) if side == "written" else found


@require_http_methods(["GET", "POST"])
@needs(Permission.REMARK)
def add(request: ActorRequest, kind: str, pk: int) -> HttpResponse:
    """Make a remark on a card, a passport, an organisation, a payment register or an act."""
    record, organization = _subject(request, kind, pk)
    fields = queries.fields_of(kind, organization, request.actor)
    form = RemarkForm(fields, timezone.localdate(), posted(request), request.GET.get("field", ""))
    if request.method == "POST" and form.is_valid():
        try:
            made = make_remark(kind, record.pk, **form.cleaned_data, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The remark is made. It is among the tasks of the organisation."))
            return redirect("remarks:detail", made.pk)
    sample = Remark(kind=kind, organization=organization, member=record if kind == RemarkKind.CARD else None)
    sample.about_id = record.pk if kind in BY_ID else None
    place = queries.places_of([sample], request.actor)[sample.pk]
    context = {"form": form, "organization": organization, "place": place}
    return render(request, "registry/remarks/add.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.REMARK)
def add_many(request: ActorRequest, pk: int, figure: str) -> HttpResponse:
    """Make a remark on each organisation behind a figure of the overview, or on its passport."""
    at, actor = load(visible(request.actor), pk), request.actor
    use_time_zone_of(at)
    request.stands_under = reverse("supervision:own")
    found = behind_figure(at, actor, figure)
    if found is None:
        raise Http404
    kind, ids = RemarkKind.ORGANIZATION, set(found[2])
    if figure == "passport_incomplete":
        # The figure counts a cell with the keeper of its cards, but a cell has its own passport.
        kind, ids = RemarkKind.PASSPORT, set(incomplete_passports(at, actor).values_list("pk", flat=True))
    asked = queries.addressed(ids, actor)
    addressed = list(asked.order_by("pk").values_list("pk", flat=True))
    hindrance = refusal(rules.check_many, len(addressed))
    back = reverse("supervision:behind", args=[at.pk, figure])
    if hindrance is not None:
        say_violation(request, hindrance)
        return redirect(back)
    form = RemarkForm({}, timezone.localdate(), posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            if rules.is_many(len(addressed)):
                return started(request, kind, [(place, ()) for place in addressed], **form.cleaned_data)
            made = make_remarks_on(kind, addressed, **form.cleaned_data, by=actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            said = ngettext("%(n)s remark is made.", "%(n)s remarks are made.", len(made)) % {"n": len(made)}
            messages.success(request, said)
            return redirect(f"{reverse('remarks:list')}?side=written")
    places = list(asked.select_related("parent").order_by("sort_key", "pk")[: rules.MAX_AT_ONCE])
    context = {
        "form": form,
        "figure": found[1].label,
        "places": places,
        "count": len(addressed),
        "others": len(addressed) - len(places),
        "few": len(addressed) <= MAX_UNFOLDED,
        "kind": capfirst(str(kind.label)),
        "back": back,
        "button": ngettext("Make %(n)s remark", "Make %(n)s remarks", len(addressed)) % {"n": len(addressed)},
    }
    return render(request, "registry/remarks/many.html", context)


def started(
    request: ActorRequest, kind: str, places: Sequence[tuple[int, Sequence[int]]], *, text: str, term: dt.date,
    field: str = "",
) -> HttpResponse:  # fmt: skip
    """Start the job that makes remarks on many organisations and redirect to its page. Raises `RuleViolation`."""
    with transaction.atomic():
        job = start_remarks_job(kind, places, text=text, term=term, field=field, by=request.actor)
    if job is not None:
        return redirect("jobs:detail", job.pk)
    messages.info(request, _("These remarks are being made already."))
    return redirect("jobs:list")


def _subject(request: ActorRequest, kind: str, pk: int) -> tuple[Any, Organization]:
    """Return the record and the organisation that has to answer. Raises `Http404`, `NotAllowed`."""
    try:
        record = load(queries.records(kind, request.actor), pk)
    except KeyError as error:
        raise Http404 from error
    organization = queries.answering(kind, record, request.actor)
    if organization is None or not request.actor.reaches(organization):
        raise Http404
    use_time_zone_of(organization)
    request.stands_under = reverse("remarks:list")
    require(request.actor, Permission.REMARK, organization)
    return record, organization


@require_GET
@needs(Permission.REMARK)
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a remark with its trail and the forms of the possible steps."""
    return _page(request, _load(request, pk))


def _load(request: ActorRequest, pk: int) -> Remark:
    related = ("organization__federation", "made_by", "member", "raised_to")
    found = load(Remark.objects.visible_to(request.actor).select_related(*related), pk)
    use_time_zone_of(found.organization)
    return found


def _page(request: ActorRequest, found: Remark, **shown: forms.Form) -> HttpResponse:
    actor, today = request.actor, timezone.localdate()
    may_answer = actor.may(Permission.ANSWER_REMARKS, found.organization)
    proposed = {"term": today + dt.timedelta(days=DAYS_PROPOSED)}
    offered: dict[str, tuple[bool, Callable[[], forms.Form]]] = {
        "answer_form": (may_answer and allowed(rules.check_can_answer, found, actor), AnswerForm),
        "return_form": (allowed(rules.check_can_return, found, actor), lambda: ReturnForm(initial=proposed)),
        "withdraw_form": (allowed(rules.check_can_withdraw, found, actor), WithdrawForm),
    }
    steps = RemarkStep.objects.visible_to(actor).filter(remark=found).select_related("organization")
    context: dict[str, Any] = {name: make() for name, (may, make) in offered.items() if may}
    context |= {
        "remark": found,
        "place": queries.places_of([found], actor)[found.pk],
        "overdue": found.is_overdue(today),
        "may_accept": allowed(rules.check_can_accept, found, actor),
        "trail": list(steps.order_by("pk")),
    }
    if found.kind == RemarkKind.PEOPLE:
        context |= _people(request, found)
    return render(request, "registry/remarks/detail.html", {**context, **shown})


def _people(request: ActorRequest, found: Remark) -> dict[str, Any]:
    """Return a page of the visible members in the remark, and how many still lack the field."""
    people, left = RemarkPerson.objects.visible_to(request.actor).filter(remark=found), 0
    lacking = _lacking(found)
    if lacking is not None:
        cards = Member.objects.visible_to(request.actor).filter(lacking)
        left = people.filter(member__in=cards).count()
        people = people.annotate(lacks=Exists(cards.filter(pk=OuterRef("member"))))
    page = page_of(request, people.select_related("member").order_by("member__sort_key", "pk"))
    return {
        "page": page,
        "counts_lacking": lacking is not None,
        "lacking": left,
        "named": page.paginator.count,
    }


def _lacking(found: Remark) -> Q | None:
    """Return the condition for cards that still lack what the remark asks for; None if it cannot be checked."""
    if found.field == INCOMPLETE:
        return Q(missing__gt=0)
    return is_empty(found.field) if found.field in optional_columns() else None


@require_POST
@needs(Permission.ANSWER_REMARKS)
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """Record the answer of the organisation."""
    form = AnswerForm(request.POST)
    return _run(request, pk, "answer_form", form, answer_remark, _("The answer is sent to the author of the remark."))


@require_POST
@needs(Permission.REMARK)
def accept(request: ActorRequest, pk: int) -> HttpResponse:
    """Accept the answer."""
    found = _load(request, pk)
    require(request.actor, Permission.REMARK, found.organization)
    to = reverse("remarks:detail", args=[pk])
    return run_action(request, lambda: accept_answer(pk, by=request.actor), _("The answer is accepted."), to)


@require_POST
@needs(Permission.REMARK)
def return_it(request: ActorRequest, pk: int) -> HttpResponse:
    """Return the answer with a sentence and a new term."""
    form = ReturnForm(request.POST)
    return _run(request, pk, "return_form", form, return_answer, _("The answer is returned with the new term."))


@require_POST
@needs(Permission.REMARK)
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Withdraw the remark."""
    form = WithdrawForm(request.POST)
    return _run(request, pk, "withdraw_form", form, withdraw_remark, _("The remark is withdrawn."))


def _run(
    request: ActorRequest, pk: int, name: str, form: forms.Form, step: Callable[..., object], said: str
) -> HttpResponse:
    """Call the transition with the form's values, or show the page again with the typed text."""
    found = _load(request, pk)
    to = reverse("remarks:detail", args=[pk])
    return take_step(request, form, partial(step, pk, by=request.actor), said, to) or _page(
        request, found, **{name: form}
    )
