"""Views of the register of consents and of marking them, one or many (U-6, U-7, N-C1)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents.printing.rules import prints_here
from documents.printing.transitions import CONSENT_FORM
from documents.printing.views import back_to_list, choice_context
from members.people.columns import cells_by_member, of_consents
from members.people.enums import USUAL_CONSENTS, ConsentState
from members.people.filters import FILTERS_OF_PURPOSES, MAX_FOUND, MemberFilter, chosen_ids, ids_in_order, selected_ids
from members.people.models import Member
from members.people.views.card_page import note_opening
from members.people.views.member_list import clean_query, purpose_in
from registry.access import Actor, require, require_reading
from registry.enums import DataClass, Permission
from registry.errors import NotAllowed, RuleViolation
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from registry.organizations.queries import recent_totals_of_children
from registry.requests import ids_in
from registry.states import refusal
from registry.views import ActorRequest, add_violation, addresses, load, needs, page_of, say_violation, scan_page

from ..enums import FORMS_OF_PURPOSES, ConsentPurpose
from ..forms import MarkManyForm, ScanForm, SignForm
from ..models import Consent
from ..queries import state_for, tick_of
from ..rules import can_be_marked, check_complete, check_is_signed, lacking
from ..transitions.consents import attach_scan, mark_many_signed, mark_signed, note_scan_opened, take_back_tick

#: Maximum number of people with separate date fields; beyond it all papers get the same date.
MAX_SEPARATE_DATES = 100
#: Maximum number of consents marked within the request; more are marked by a job.
MAX_MARKED_DIRECTLY = 200


@require_GET
@needs(Permission.VIEW_MEMBERS)
def register(request: ActorRequest) -> HttpResponse:
    """List members by the state of their consent; with subordinates, by organisation."""
    actor = request.actor
    if actor.organization is None:
        raise NotAllowed
    purpose = purpose_in(request)
    listing = MemberFilter(request.GET, actor=actor)
    place = listing.place or actor.organization
    wide = listing.reach > MAX_FOUND
    sums = _sums(listing.totals) if purpose == ConsentPurpose.PROCESSING else {}
    if not wide or not sums:
        sums |= _exact(place, purpose, actor)
    query = clean_query(request.GET)
    query["from"] = "consents"
    context: dict[str, Any] = {
        "purpose": purpose,
        "kept": [
            (name, value)
            for name in ("purpose", FILTERS_OF_PURPOSES[purpose], "organization")
            if (value := request.GET.get(name))
        ],
        "purposes": _purposes(request, purpose),
        "listing": listing,
        "form": listing.form,
        "place": place,
        "sums": sums,
        "below": _below(place, actor) if purpose == ConsentPurpose.PROCESSING else [],
        "states": _states(request, purpose, sums),
        "form_code": FORMS_OF_PURPOSES[purpose],
        "query": query.urlencode(),
        "may_print": actor.may(Permission.PRINT)
        and actor.reads(DataClass.IDENTITY)
        and prints_here(CONSENT_FORM, actor.organization),
        "may_mark": actor.organization.keeps_cards and actor.may(Permission.MARK_CONSENTS, actor.organization),
        "may_print_list": actor.may(Permission.PRINT),
        "may_export": actor.may(Permission.EXPORT),
        "wide": wide,
    }
    context["chooses"] = context["may_print"] or context["may_mark"]
    if not wide:
        count, columns = min(listing.count(), MAX_FOUND), of_consents(place, purpose)
        page = page_of(request, listing.found.values_list("pk", flat=True), count=count)
        members, card = Member.objects.visible_to(actor), addresses("members:detail")
        context |= {
            "page": page,
            "rows": [
                (member.pk, f"{card(member.pk)}#consent", member.full_name, cells)
                for member, cells in cells_by_member(list(page.object_list), columns, members)
            ],
            "labels": ["", *(str(column.label) for column in columns)],
        }
    return render(request, "documents/consents/register.html", context)


def _sums(figures: dict[str, int]) -> dict[str, int]:
    signed, printed = figures["consents_signed"], figures["consents_printed"]
    return {
        "all": figures["members"],
        "none": figures["members"] - printed - signed,
        "printed": printed,
        "signed": signed,
    }


def _exact(place: Organization, purpose: str, actor: Actor) -> dict[str, int]:
    """Count people by the state of their consent; stored figures only know printed and signed ones."""
    people = Member.objects.visible_to(actor).registered().filter(unit__path__startswith=place.path)
    known = F("consent_state") if purpose == ConsentPurpose.PROCESSING else state_for(purpose)
    rows = people.order_by().annotate(state_now=known).values_list("state_now").annotate(count=Count("pk"))
    counts = {str(state): count for state, count in rows}
    return {**dict.fromkeys(ConsentState.values, 0), **counts, "all": sum(counts.values())}


def _purposes(request: HttpRequest, present: str) -> list[tuple[Any, str, bool]]:
    """Return label and URL of each purpose of the charter, or nothing if there is only one."""
    charter = request.actor.organization.charter  # type: ignore[attr-defined]
    if len(charter.consents) < 2:
        return []
    base = clean_query(request.GET)
    for name in ("purpose", *FILTERS_OF_PURPOSES.values()):
        base.pop(name, None)
    found = []
    for purpose in charter.consents:
        query = base.copy()
        if purpose != ConsentPurpose.PROCESSING:
            query["purpose"] = purpose
        found.append((ConsentPurpose(purpose).label, f"?{query.urlencode()}", purpose == present))
    return found


def _below(place: Organization, actor: Actor) -> list[dict[str, Any]]:
    """Return the organisations directly below with their counts; cells of a keeper are a filter instead."""
    if place.keeps_cards:
        return []
    found = Organization.objects.visible_to(actor).filter(parent=place).working()
    children = list(found.order_by("sort_key", "pk")[:500])
    figures = recent_totals_of_children(place, children)
    return [{"organization": child, **_sums(figures[child.pk])} for child in children if child.pk in figures]


def _states(request: HttpRequest, purpose: str, sums: dict[str, int]) -> list[dict[str, Any]]:
    """Return the states with their counts and URLs."""
    base, filtered = clean_query(request.GET), FILTERS_OF_PURPOSES[purpose]
    present = base.pop(filtered, [""])[-1]
    # Rare states are shown only if somebody is in one of them.
    states = [state for state in ConsentState if state in USUAL_CONSENTS or sums.get(state.value)]
    shown = [("", _("All"), "all"), *((state.value, state.label, state.value) for state in states)]
    result = []
    for key, label, name in shown:
        query = base.copy()
        if key:
            query[filtered] = key
        result.append({"label": label, "count": sums[name], "url": f"?{query.urlencode()}", "current": key == present})
    return result


def load_member(request: ActorRequest, pk: int) -> Member:
    """Return a registered member whose consent the actor may mark."""
    members = Member.objects.visible_to(request.actor).registered().select_related("organization__federation")
    member = load(members, pk)
    require(request.actor, Permission.MARK_CONSENTS, member.organization)
    return member


@require_http_methods(["GET", "POST"])
@needs(Permission.MARK_CONSENTS)
def mark(request: ActorRequest, pk: int) -> HttpResponse:
    """Mark a consent as signed, with its date; errors are shown on a separate page with the typed values."""
    member, purpose = load_member(request, pk), purpose_in(request)
    tick = tick_of(purpose, member.organization.charter)  # type: ignore[union-attr]
    form = SignForm(request.POST or None, request.FILES or None, tick=tick, lacking=lacking(member))
    if request.method == "POST" and form.is_valid():
        try:
            mark_signed(
                member.pk,
                purpose=purpose,
                signed_on=form.cleaned_data["signed_on"],
                scan=form.scan_bytes,
                by_hand=form.cleaned_data.get("by_hand", False),
                by=request.actor,
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("%(name)s: the consent is marked as signed.") % {"name": member.full_name})
            return redirect(_card(member))
    context = {
        "member": member,
        "form": form,
        "card": _card(member),
        "purpose": ConsentPurpose(purpose).label if purpose != ConsentPurpose.PROCESSING else "",
        "markable": can_be_marked(member, _state(member, purpose, request.actor), by=request.actor),
    }
    return render(request, "documents/consents/mark.html", context, status=200)


def _refused_unsigned(request: ActorRequest, member: Member, purpose: str) -> HttpResponse | None:
    """Return to the card with a message unless the consent is marked as signed."""
    consent = Consent.objects.visible_to(request.actor).open().filter(member=member, purpose=purpose).first()
    refused = refusal(check_is_signed, consent, member)
    if refused is None:
        return None
    say_violation(request, refused)
    return redirect(_card(member))


def _state(member: Member, purpose: str, actor: Actor) -> str:
    return Member.objects.visible_to(actor).filter(pk=member.pk).values_list(state_for(purpose), flat=True).get()


def _card(member: Member) -> str:
    return reverse("members:detail", args=[member.pk]) + "#consent"


@require_http_methods(["GET", "POST"])
@needs(Permission.MARK_CONSENTS)
def take_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Undo a mark set by mistake, after confirmation."""
    member, purpose = load_member(request, pk), purpose_in(request)
    if (refused := _refused_unsigned(request, member, purpose)) is not None:
        return refused
    if request.method == "POST":
        try:
            take_back_tick(member.pk, purpose=purpose, by=request.actor)
        except RuleViolation as violation:
            say_violation(request, violation)
        else:
            messages.success(request, _("%(name)s: the mark is removed.") % {"name": member.full_name})
        return redirect(_card(member))
    return render(request, "documents/consents/take_back.html", {"member": member, "card": _card(member)})


@require_http_methods(["GET", "POST"])
@needs(Permission.MARK_CONSENTS)
def add_scan(request: ActorRequest, pk: int) -> HttpResponse:
    """Add a scan to a consent that is marked already."""
    member, purpose = load_member(request, pk), purpose_in(request)
    if (refused := _refused_unsigned(request, member, purpose)) is not None:
        return refused
    form = ScanForm(request.POST or None, request.FILES or None) if request.method == "POST" else ScanForm()
    if request.method == "POST" and form.is_valid():
        try:
            attach_scan(member.pk, purpose=purpose, scan=form.scan_bytes, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The scan is saved."))
            return redirect(_card(member))
    return render(request, "documents/consents/scan.html", {"member": member, "form": form, "card": _card(member)})


@require_GET
@needs(Permission.VIEW_MEMBERS)
def scan(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a scan to actors who may read identity papers; recorded in the journal (V-C5)."""
    consents = Consent.objects.visible_to(request.actor).select_related("scan", "member__organization", "member__unit")
    consent = load(consents, pk)
    require_reading(request.actor, DataClass.IDENTITY)
    note_opening(request, consent.member)
    return scan_page(consent.scan, lambda: note_scan_opened(consent, by=request.actor))


@require_POST
@needs(Permission.MARK_CONSENTS)
def mark_many(request: ActorRequest) -> HttpResponse:
    """Ask for the dates of the selected people's papers, then mark the consents."""
    actor, purpose = request.actor, purpose_in(request)
    require(actor, Permission.MARK_CONSENTS, actor.organization)
    marking = request.POST.get("marking") == "1"
    chosen = marking and request.POST.get("all") != "1"
    ids = chosen_ids(request, actor) if chosen else selected_ids(request, actor)
    # People whose checkbox was unticked on the page stay on it.
    listed = ids_in_order(ids_in(request.POST, "listed"), actor)[:MAX_SEPARATE_DATES] if chosen else []
    if not ids and not listed:
        messages.warning(request, _("Nobody is selected. Tick the people first."))
        return redirect(back_to_list(request))
    waiting = _waiting(ids, purpose, actor)
    if not waiting and not listed:
        messages.info(request, _("All the chosen consents are already marked."))
        return redirect(back_to_list(request))
    shown = _waiting(listed, purpose, actor) or waiting
    separate = len(shown) <= MAX_SEPARATE_DATES
    form = MarkManyForm(
        request.POST if marking else None,
        members=shown if separate else [],
        chosen={m.pk for m in waiting},
        lacking={m.pk: points for m in shown if (points := lacking(m))},
    )
    if form.is_bound and form.is_valid():
        response = _mark(request, form, waiting, purpose, separate)
        if response is not None:
            return response
    context = {**choice_context(request, [m.pk for m in waiting]), "form": form, "apart": separate}
    context |= {"already": len(ids) - len(waiting), "tick": tick_of(purpose, actor.organization.charter)}  # type: ignore[union-attr]
    return render(request, "documents/consents/mark_many.html", context)


def _waiting(ids: list[int], purpose: str, actor: Actor) -> list[Member]:
    """Return those whose consent is not marked, in the given order, with their identity papers."""
    found: dict[int, Member] = {}
    for start in range(0, len(ids), 1000):
        people = Member.objects.visible_to(actor).registered().select_related("identity")
        part = people.filter(pk__in=ids[start : start + 1000])
        found |= {m.pk: m for m in part.alias(state_now=state_for(purpose)).exclude(state_now=ConsentState.SIGNED)}
    return [found[pk] for pk in ids if pk in found]


def _mark(
    request: ActorRequest, form: MarkManyForm, waiting: list[Member], purpose: str, separate: bool
) -> HttpResponse | None:
    """Mark the consents, directly or by a job. Return None if a date is refused, with the error on the form."""
    signed_on, by_hand = form.cleaned_data["signed_on"], form.cleaned_data.get("by_hand", False)
    dates = form.dates if separate else dict.fromkeys((m.pk for m in waiting), signed_on)
    try:
        if len(dates) <= MAX_MARKED_DIRECTLY:
            count = mark_many_signed(dates, purpose=purpose, by_hand=by_hand, by=request.actor)
        else:
            check_complete(waiting, by_hand=by_hand)
            with transaction.atomic():
                params = {"ids": list(dates), "signed_on": signed_on.isoformat(), "by_hand": by_hand}
                params["purpose"] = purpose
                job = start_job("documents.mark_consents", params, by=request.actor)
            return redirect("jobs:detail", job.pk)
    except RuleViolation as violation:
        add_violation(form, violation)
        return None
    text = ngettext("%(count)s consent is marked as signed.", "%(count)s consents are marked as signed.", count)
    messages.success(request, text % {"count": count})
    return redirect(back_to_list(request))
