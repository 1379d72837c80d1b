"""The rows of a list: verdicts, remarks, corrections, the workbook of remarks (U-5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from members.people.models import Member
from members.people.queries.showing import in_words
from members.people.rules.fields import card_fields, label_of
from members.people.rules.person import cells_of
from registry import answers
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import Organization
from registry.sizes import PAGE_LONG_ROWS
from registry.states import allowed
from registry.views import ActorRequest, asks_again, every_request, load, needs, page_of, say_violation, seen_among

from .. import batches
from ..enums import CHECKED_BATCHES, REGISTERED, VERDICT_TONES, WAITING, RowVerdict
from ..forms import RowForm, values_offered
from ..models import ImportBatch, ImportRow, ImportRowQuerySet
from ..preview import Preview
from ..reading.fields import FIELDS
from ..reading.issues import KIND_TONES, KIND_WORDS, Issue, Kind
from ..reading.records import NOT_THEIRS
from ..remarks import remarks_workbook
from ..rules import check_file_is_stored, check_not_registered
from ..transitions.openings import note_remarks_downloaded
from ..verdicts import ONE_BY_ONE, awaits_a_word, key_of
from .upload import load_batch

#: Maximum number of rows whose remarks are summarised.
MAX_SUMMED = 1000
#: Maximum number of names of unknown cells asked for at once.
_MAX_UNKNOWN = 20
#: Fields shown for a row in addition to the name.
_SHOWN = ("birth_date", "sex", "ticket_number", "position", "category", "registered_on")
_ORDER = (
    RowVerdict.WRONG, RowVerdict.DUPLICATE, RowVerdict.UNSURE, RowVerdict.READY, RowVerdict.SKIPPED, RowVerdict.DONE,
)  # fmt: skip


@require_GET
@needs(Permission.IMPORT_MEMBERS)
def rows(request: ActorRequest, pk: int) -> HttpResponse:
    """Show every row with its verdict and remarks before anybody is registered; problems first."""
    batch = load_batch(request, pk)
    if batch.is_being_read:
        return redirect("imports:detail", batch.pk)
    show = request.GET.get("show", "")
    verdict = show if show in RowVerdict.values else ""
    found = ImportRow.objects.visible_to(request.actor).filter(batch=batch)
    chosen = (found.filter(verdict=verdict) if verdict else found.exclude(verdict=RowVerdict.DONE)).order_by("number")
    counts = batch.counts
    total = counts.get(verdict, 0) if verdict else counts.get("rows", 0) - counts.get(RowVerdict.DONE, 0)
    about, first = request.GET.get("about", ""), request.GET.get("page", "1") == "1"
    # The remarks are encrypted, so they are counted and filtered here.
    read = chosen.only("number", "verdict", "issues")[:MAX_SUMMED] if first or about else []
    preview = Preview(batch, request.actor)
    told = [(row, batches.issues_of(row)) for row in read]
    if about:
        named = [row.pk for row, issues in told if any(key_of(issue) == about for issue in issues)]
        chosen, total = chosen.filter(pk__in=named), len(named)
    page = page_of(request, chosen, PAGE_LONG_ROWS, count=total)
    summary = _summary(told, batch) if page.number == 1 else []
    unknown = Counter(issue.params["text"] for _row, issues in told for issue in issues if issue.code == "unknown_cell")
    open_batch = batch.state in CHECKED_BATCHES
    context = {
        "batch": batch,
        "page": page,
        "rows": [_row(row, batch.organization, preview) for row in page],
        "seen": seen_among(Member.objects.visible_to(request.actor), (row.member_id for row in page)),
        "lacking": preview.lacking(_to_be_registered(found)) if first and batch.is_checked else [],
        "verdict": verdict,
        "tabs": [(RowVerdict(v).label, counts.get(v, 0), v) for v in _ORDER if counts.get(v, 0) and open_batch],
        "counts": counts,
        "summary": [item for item in summary if not about or item["key"] == about],
        "assumed": any(i["asks"] and not i["accepted"] and i["kind"] == Kind.ASSUMPTION for i in summary),
        "carried": any(issue.carried for _row, issues in told for issue in issues),
        "about": next((item["message"] for item in summary if item["key"] == about), about and "—"),
        "unknown_cells": unknown.most_common(_MAX_UNKNOWN) if open_batch and page.number == 1 else [],
        "own_cells": cells_of(batch.organization) if unknown else [],
        "may_found": request.actor.may(Permission.FOUND_ORGANIZATIONS),
        "found_url": reverse("organizations:add", args=[batch.organization_id]),
        "waiting": sum(counts.get(v, 0) for v in WAITING),
        "open": open_batch,
        "all_known": 0 < counts.get("rows", 0) == counts.get(RowVerdict.DUPLICATE, 0),
        "earlier": batches.same_file_before(batch),
        "file_stored": allowed(check_file_is_stored, batch),
    }
    return render(request, "members/imports/rows.html", context)


def _to_be_registered(found: ImportRowQuerySet) -> ImportRowQuerySet:
    return found.filter(verdict__in=REGISTERED).only("number", "values")


def _row(row: ImportRow, organization: Organization, preview: Preview) -> dict[str, Any]:
    person = row.person
    name = " ".join(str(person[part]) for part in ("surname", "given_name", "patronymic") if person.get(part))
    if not name:
        texts = batches.row_texts(row)
        name = " ".join(texts[part] for part in ("surname", "given_name", "patronymic") if texts.get(part))
    facts = [
        (
            f"{capfirst(str(label_of(field, organization.charter)))}: "
            f"{in_words(field, person[field], organization.charter)}"
        )
        for field in _SHOWN
        if person.get(field) not in (None, "")
    ]
    return {
        "row": row,
        "name": name,
        "facts": "; ".join(facts),
        "lines": [] if row.is_done else preview.lines(row),
        "missing": ", ".join(preview.missing(row)) if row.verdict in REGISTERED else "",
        "tone": VERDICT_TONES[RowVerdict(row.verdict)],
        "issues": [_issue(issue, organization) for issue in batches.issues_of(row)],
    }


def _issue(issue: Issue, organization: Organization) -> dict[str, Any]:
    return {
        "field": "surname" if issue.field == "full_name" else issue.field,
        "label": field_label(issue.field, organization),
        "message": issue.message,
        "original": issue.original,
        "tone": KIND_TONES[issue.kind],
        "kind": issue.kind.value,
        "carried": issue.carried,
    }


def field_label(name: str, organization: Organization) -> str:
    """Return the label of a field of a list or of the card; empty for remarks on the whole row."""
    if name in FIELDS:
        return capfirst(str(FIELDS[name].label))
    return capfirst(str(label_of(name, organization.charter))) if name in card_fields() else ""


def _summary(told: Iterable[tuple[ImportRow, list[Issue]]], batch: ImportBatch) -> list[dict[str, Any]]:
    """Return the remarks counted by kind, such as «year of two digits: 12 rows»."""
    counted: Counter[str] = Counter()
    asked: set[str] = set()
    examples: dict[str, Issue] = {}
    for _row, issues in told:
        for issue in issues:
            counted[key_of(issue)] += 1
            examples.setdefault(key_of(issue), issue)
            if not issue.carried:
                asked.add(key_of(issue))
    order = [Kind.ERROR, Kind.WARNING, Kind.ASSUMPTION]
    keys = sorted(counted, key=lambda key: (order.index(examples[key].kind), -counted[key]))
    return [
        {
            **_issue(examples[key], batch.organization),
            "key": key,
            "mark": _mark(examples[key], accepted=key in batch.accepted, carried=key not in asked),
            "count": counted[key],
            "asks": (key in asked and awaits_a_word(examples[key]) and examples[key].code not in ONE_BY_ONE)
            or key == NOT_THEIRS,
            "accepted": key in batch.accepted,
            "whose": examples[key].code in {"group_of_represented", "child_group_adult"},
        }
        for key in keys
    ]


def _mark(issue: Issue, *, accepted: bool, carried: bool) -> tuple[str, str]:
    """Return the advice about remarks of this kind, and its tone."""
    if accepted:
        return _("looked at"), "ok"
    if carried:
        return _("answered before"), "ok"
    if issue.code == "duplicate_person":
        return _("left out"), ""
    return str(KIND_WORDS[issue.kind]), KIND_TONES[issue.kind]


@require_http_methods(["GET", "POST"])
@needs(Permission.IMPORT_MEMBERS)
def row(request: ActorRequest, pk: int, row_pk: int) -> HttpResponse:
    """Correct one row, leave it out, or confirm that it is another person."""
    batch = load_batch(request, pk)
    found = load(ImportRow.objects.visible_to(request.actor).filter(batch=batch), row_pk)
    if not allowed(check_not_registered, found):
        return redirect("imports:rows", batch.pk)
    texts = batches.row_texts(found, batch)
    shown = _row(found, batch.organization, Preview(batch, request.actor))
    duplicate = any(issue.code == "on_account" for issue in batches.issues_of(found))
    data = request.POST if request.method == "POST" else None
    initial = {"word": "skip" if found.verdict == RowVerdict.SKIPPED else "take"}
    notes = _notes_of_fields(shown["issues"], texts)
    form = RowForm(texts, batch.organization, data, duplicate=duplicate, notes=notes, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            found = _correct(request, found, form)
        except RuleViolation as refusal:
            say_violation(request, refusal)
            return redirect("imports:rows", batch.pk)
        if found.verdict in {RowVerdict.READY, RowVerdict.SKIPPED}:
            messages.success(request, _("Row %(n)s is settled.") % {"n": found.number})
            return redirect(_next(request, batch, found))
        messages.warning(request, _("The row is saved, but something is still to be looked at."))
        return redirect("imports:row", batch.pk, found.pk)
    context = {
        "batch": batch,
        "row": found,
        "form": form,
        "shown": shown,
        "carried": any(issue["carried"] for issue in shown["issues"]),
        "options": _options(form.names, batch.organization),
        "back": _back(batch, found),
    }
    return render(request, "members/imports/row.html", context)


def _notes_of_fields(issues: list[dict[str, Any]], texts: dict[str, str]) -> dict[str, SafeString]:
    """Return the remarks on each field as HTML for the form, and set their anchors."""
    notes: dict[str, list[tuple[str, str]]] = {}
    for issue in issues:
        if issue["field"] in texts:
            issue["anchor"] = f"id_text_{issue['field']}"
            notes.setdefault(issue["field"], []).append((issue["tone"], issue["message"]))
    return {name: format_html_join("", '<span class="remark {}">{}</span>', told) for name, told in notes.items()}


def _correct(request: ActorRequest, found: ImportRow, form: RowForm) -> ImportRow:
    skip = form.cleaned_data["word"] == "skip"
    return batches.correct_row(
        found.pk,
        values=form.values,
        accepted=not skip,
        skip=skip,
        confirm_duplicate=bool(form.cleaned_data.get("confirm_duplicate")),
        by=request.actor,
    )


def _next(request: ActorRequest, batch: ImportBatch, done: ImportRow) -> str:
    """Return the address of the next row that needs the chair, or of the list of rows."""
    waiting = ImportRow.objects.visible_to(request.actor).filter(batch=batch, verdict__in=WAITING)
    after = waiting.filter(number__gt=done.number).order_by("number").values_list("pk", flat=True).first()
    if after is None:
        return reverse("imports:rows", args=[batch.pk])
    return reverse("imports:row", args=[batch.pk, after])


def _back(batch: ImportBatch, found: ImportRow) -> str:
    return f"{reverse('imports:rows', args=[batch.pk])}?show={found.verdict}"


def _options(names: list[str], organization: Organization) -> list[tuple[str, list[str]]]:
    """Return the fields with values to choose from."""
    return [(name, offered) for name in names if (offered := values_offered(name, organization))]


@require_GET
@needs(Permission.IMPORT_MEMBERS)
@asks_again(every_request)
def remarks(request: ActorRequest, pk: int) -> HttpResponse:
    """Download the incorrect rows as a workbook, to be corrected and uploaded again."""
    batch = load_batch(request, pk)
    found = ImportRow.objects.visible_to(request.actor).filter(batch=batch)
    waiting = found.exclude(verdict__in=[RowVerdict.DONE, RowVerdict.SKIPPED]).order_by("number")
    data = remarks_workbook(batch, list(waiting), field_label)
    note_remarks_downloaded(batch, by=request.actor)
    return answers.workbook(data, _("list-with-remarks") + ".xlsx")
