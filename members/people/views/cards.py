"""The tabs of the card, and the sections that are shown only on request (V-B2, V-C5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from documents.ecards.queries.showing import requests_of
from documents.exchange.queries import exchange_status
from documents.exchange.rules import check_can_be_replayed
from documents.printing.core import papers as all_papers
from documents.printing.core import title_of
from documents.printing.models import PrintRecord
from documents.tickets.queries.journal import blanks_of
from dues.ledger.models import LedgerEntry
from dues.ledger.queries.showing import amount_of, facts_of, lines, note_of, reduction_facts
from dues.ledger.rules.standing import standing
from dues.notices.models import DuesReminder
from dues.rates.models import Exemption
from dues.rates.rules.rates import is_charged, rates_in_force, rates_of
from dues.rates.rules.reductions import check_reduces, reductions_in
from members.admission.queries.belongings import scans_of, wards_context
from members.admission.rules.applications import represents
from members.book.models import Registration
from members.lists.models import ImportBatch
from registry.access import require_reading
from registry.days import whole_years
from registry.enums import DataClass, Permission
from registry.errors import NotAllowed
from registry.sizes import PAGE_LONG_ROWS
from registry.states import allowed
from registry.views import ActorRequest, needs, page_of

from ..models import CardMark, Member
from ..queries.history import CLOSED, card_history
from ..queries.showing import entry_in_words, entry_label, in_words
from ..rules.decided import fixed_fields
from ..rules.entries import readable_kinds
from ..rules.fields import label_of, told_alone
from ..rules.marks import check_can_be_taken_back, check_can_end
from ..rules.seniority import member_since
from ..transitions.cards import note_class_opened
from .card_page import card_context, consent_context, first_template, load_card, readable, show, with_values
from .facts import boxes

#: Maximum number of reminders of dues on the card, the newest first.
MAX_REMINDERS = 10


@require_GET
@needs(Permission.VIEW_MEMBERS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the tab «Общие»: the charter's sections, and the consent with its checkbox (U-7)."""
    return _general(request, load_card(request, pk))


@require_GET
@needs(Permission.VIEW_MEMBERS)
def questionnaire(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the tab «Анкета»: questions of the charter beyond the card, and the repeated entries."""
    return _questionnaire(request, load_card(request, pk))


@require_GET
@needs(Permission.VIEW_MEMBERS)
def accounting(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the tab «Учёт»: registrations as in section 2 of the paper card (V-B1, V-B9)."""
    member = load_card(request, pk)
    registrations = Registration.objects.visible_to(request.actor).filter(member=member)
    context = card_context(request, member, "accounting")
    context["registrations"] = list(registrations.select_related("organization").order_by("started_on", "pk"))
    since = member_since(member, context["registrations"])
    context["since"], context["years"] = since, whole_years(since, timezone.localdate()) if since else None
    marks = CardMark.objects.visible_to(request.actor).filter(member=member).order_by("made_on", "pk")
    context["marks"] = [
        (mark, allowed(check_can_end, mark, timezone.localdate()), allowed(check_can_be_taken_back, mark))
        for mark in marks
    ]
    context["batch"] = ImportBatch.objects.visible_to(request.actor).filter(members=member).first()
    context["may_correct"] = context["may_edit"] and bool(fixed_fields(member))
    context |= wards_context(request.actor, member)
    return show(request, "accounting", context)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def dues(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the tab «Взносы»: form of payment, standing, charges and payments, rates in force (U-D1, V-D1)."""
    member = load_card(request, pk)
    context = card_context(request, member, "dues")
    require_reading(request.actor, DataClass.MONEY)
    charter = context["charter"]
    names = [n for n in ("dues_form", "dues_percent", "dues_statement_on") if n in charter.fields]
    context["facts"] = [
        (capfirst(str(label_of(n, charter))), in_words(n, getattr(member, n), charter), n in charter.required)
        for n in names
    ]
    entries = list(
        LedgerEntry.objects.visible_to(request.actor)
        .filter(account__member=member)
        .select_related("organization", "contribution")
    )
    rates = rates_of(member.federation)
    may_pay = request.actor.may(Permission.RECORD_DUES, member.unit)
    charges = is_charged(rates)
    sums = [(_("Charged, ₽"), True)] if charges else []
    columns = [(_("Kind of dues"), False), *sums, (_("Paid, ₽"), True), (_("Paper"), False)]
    context |= {
        "columns": columns,
        "labels": ["", *(label for label, _is_sum in columns)],
        "standing": facts_of(standing(entries), rates, context["today"]),
        "page": page_of(request, lines(entries, of=member if may_pay else None)),
        "rates": [(rate, amount_of(rate)) for rate in rates_in_force(rates, context["today"])],
        "charges": charges,
        "note": "" if charges else note_of(member),
        "may_pay": may_pay,
        "may_reduce": member.organization is not None
        and allowed(check_reduces, member.organization)
        and request.actor.may(Permission.RECORD_DUES, member.organization),
        "reminders": DuesReminder.objects.visible_to(request.actor)
        .filter(member=member)
        .select_related("sent_by")[:MAX_REMINDERS],
    }
    if charges and member.organization is not None:
        context["reductions"] = reduction_facts(
            reductions_in(member.organization).of(member, context["today"]),
            Exemption.objects.visible_to(request.actor)
            .filter(account__member=member)
            .select_related("reduction")[:MAX_REMINDERS],
        )
    context["own_percent"] = getattr(getattr(member.organization, "passport", None), "dues_percent", None)
    return show(request, "dues", context)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def papers(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the tab «Документы»: consents with the version of their text, and printed papers."""
    member = load_card(request, pk)
    context = card_context(request, member, "papers") | consent_context(request, member)
    records = PrintRecord.objects.visible_to(request.actor).filter(member=member)
    page = page_of(request, records.select_related("printed_by").order_by("-printed_at", "-pk"), PAGE_LONG_ROWS)
    context |= {"page": page, "records": [(record, title_of(record.form)) for record in page]}
    context["scans"] = scans_of(request.actor, member=member)
    return show(request, "papers", context)


@require_GET
@needs(Permission.VIEW_MEMBERS)
def history(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the tab «История»: changes with actor, time and rule, openings and prints."""
    return _history(request, load_card(request, pk))


@require_POST
@needs(Permission.VIEW_MEMBERS)
def show_closed(request: ActorRequest, pk: int, tab: str, part: str) -> HttpResponse:
    """Show the identity paper, the health data, or both in the history, once; the opening is recorded (V-C5)."""
    wanted = {"identity": {DataClass.IDENTITY}, "health": {DataClass.HEALTH}, "closed": set(CLOSED)}.get(part)
    if wanted is None or tab not in _TABS:
        raise Http404
    member = load_card(request, pk)
    opened = readable(request.actor, wanted)
    if not opened:
        raise NotAllowed
    for data_class in sorted(opened):
        note_class_opened(member, data_class, by=request.actor)
    return _TABS[tab](request, member, opened)


def _general(request: ActorRequest, member: Member, opened: Iterable[DataClass] = ()) -> HttpResponse:
    context = card_context(request, member, "general") | consent_context(request, member)
    _add_boxes(request, context, opened)
    if context["charter"].blanks:
        context["blanks"] = blanks_of(member, request.actor)
        context["may_write_off"] = request.actor.may(Permission.WRITE_OFF_BLANKS, member.organization)
    if context["charter"].electronic_cards is not None:
        context["card_requests"] = requests_of(member, request.actor)
        context["may_order_cards"] = request.actor.may(Permission.ORDER_CARDS, member.organization)
    if context["charter"].programme_site:
        context["exchange"] = exchange_status(member)
        entry = context["exchange"].entry
        context["may_send_again"] = (
            entry is not None
            and request.actor.may(Permission.EXPORT, member.organization)
            and allowed(check_can_be_replayed, entry)
        )
    if represents(member.category, context["charter"]):
        context |= wards_context(request.actor, member)
    context["consent_template"] = first_template("documents/consent_panel.html", "members/card/consent.html")
    return show(request, "general", context)


def _questionnaire(request: ActorRequest, member: Member, opened: Iterable[DataClass] = ()) -> HttpResponse:
    context = card_context(request, member, "questionnaire")
    _add_boxes(request, context, opened)
    context["kinds"] = list(_entries(request, member, set(opened)))
    return show(request, "questionnaire", context)


def _history(request: ActorRequest, member: Member, opened: Iterable[DataClass] = ()) -> HttpResponse:
    context = card_context(request, member, "history")
    titles = {code: paper.title for code, paper in all_papers().items()}
    acts = card_history(member, request.actor, opened=opened, form_titles=titles)
    page = page_of(request, acts, PAGE_LONG_ROWS, count=len(acts))
    hidden = any(change.hidden for act in page for change in act.changes)
    may_open = bool(readable(request.actor, set(CLOSED)) - set(opened))
    context |= {"page": page, "hidden": hidden, "may_open": hidden and may_open}
    return show(request, "history", context)


def _add_boxes(request: ActorRequest, context: dict[str, Any], opened: Iterable[DataClass]) -> None:
    values, missing = with_values(context)
    member, charter, tab = context["member"], context["charter"], context["tab"]
    context["boxes"] = boxes(
        member, values, actor=request.actor, charter=charter, tab=tab, opened=set(opened), missing=missing,
        today=context["today"],
    )  # fmt: skip
    context["missing"] = [capfirst(str(told_alone(name, charter))) for name in missing]
    name = "members:edit" if tab == "general" else "members:edit_questionnaire"
    context["edit_url"] = reverse(name, args=[member.pk])


def _entries(request: ActorRequest, member: Member, opened: set[DataClass]) -> Iterable[dict[str, Any]]:
    entries = list(member.entries.order_by("kind", "-year", "-started_on", "-pk"))
    for kind in readable_kinds(member.organization.charter, request.actor):  # type: ignore[union-attr]
        closed = kind.data_class in CLOSED and kind.data_class not in opened
        rows = [e for e in entries if e.kind == kind.key]
        yield {
            "kind": kind,
            "closed": closed,
            "count": len(rows),
            "labels": [entry_label(name) for name in kind.columns],
            "rows": []
            if closed
            else [(e, [(entry_label(n), entry_in_words(e, n)) for n in kind.columns]) for e in rows],
        }


_TABS = {"general": _general, "questionnaire": _questionnaire, "history": _history}
