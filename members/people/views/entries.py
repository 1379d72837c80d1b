"""Adding, changing and deleting repeated entries of the card (practice 3.2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry.access import require
from registry.charters.base import Entry
from registry.drafts.views import delete_draft, draft_for, fill_from_draft
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.views import ActorRequest, add_violation, needs

from ..forms.entries import EntryForm
from ..models import CardEntry, Member
from ..queries.history import CLOSED
from ..queries.showing import entry_in_words, entry_label
from ..rules.entries import entry_kind
from ..transitions.cards import add_entry, delete_entry, edit_entry, note_class_opened
from .card_page import load_card


def _editable(request: ActorRequest, pk: int, key: str = "") -> tuple[Member, Entry | None]:
    member = load_card(request, pk)
    require(request.actor, Permission.EDIT_MEMBERS, member.organization)
    return member, _kind(request, member, key) if key else None


def _kind(request: ActorRequest, member: Member, key: str) -> Entry:
    try:
        return entry_kind(member.organization.charter, key, request.actor)  # type: ignore[union-attr]
    except RuleViolation as unknown:
        raise Http404 from unknown


def _entry(request: ActorRequest, pk: int, entry_pk: int) -> tuple[Member, Entry, CardEntry]:
    member, _nothing = _editable(request, pk)
    entry = member.entries.filter(pk=entry_pk).first()
    if entry is None:
        raise Http404
    kind = _kind(request, member, entry.kind)
    if kind.data_class in CLOSED:
        note_class_opened(member, kind.data_class, by=request.actor)
    return member, kind, entry


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def add(request: ActorRequest, pk: int, kind: str) -> HttpResponse:
    """Add an entry of the kind."""
    member, found = _editable(request, pk, kind)
    assert found is not None  # noqa: S101 — asked for by its key
    draft_key = f"members-entry-{pk}-{kind}"
    form = EntryForm(request.POST if request.method == "POST" else None, kind=found)
    draft = draft_for(request, draft_key)
    fill_from_draft(form, draft)
    if form.is_valid():
        try:
            add_entry(member.pk, kind=kind, values=form.cleaned_data, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            delete_draft(request.actor.account, draft_key)
            messages.success(request, _("The entry is saved."))
            return redirect("members:questionnaire", member.pk)
    context = {"member": member, "form": form, "kind": found, "draft": draft, "key": draft_key}
    return render(request, "members/card/entry.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def edit(request: ActorRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Change an entry."""
    member, kind, entry = _entry(request, pk, entry_pk)
    form = EntryForm(request.POST if request.method == "POST" else None, kind=kind, entry=entry)
    if form.is_valid():
        try:
            edit_entry(entry.pk, member_id=member.pk, values=form.cleaned_data, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The entry is saved."))
            return redirect("members:questionnaire", member.pk)
    return render(request, "members/card/entry.html", {"member": member, "form": form, "kind": kind, "entry": entry})


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def delete(request: ActorRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Delete an entry after confirmation."""
    member, kind, entry = _entry(request, pk, entry_pk)
    if request.method == "POST":
        delete_entry(entry.pk, member_id=member.pk, by=request.actor)
        messages.success(request, _("The entry was removed from the card."))
        return redirect("members:questionnaire", member.pk)
    facts = [(entry_label(name), entry_in_words(entry, name)) for name in kind.columns]
    return render(request, "members/card/delete_entry.html", {"member": member, "kind": kind, "facts": facts})
