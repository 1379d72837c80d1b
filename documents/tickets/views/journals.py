"""The ticket registration journal (V-C3)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from members.people.models import Member
from registry.enums import Permission
from registry.views import ActorRequest, needs, page_of

from ..forms import JournalForm
from ..queries import journal as queries
from .pages import kinds_of, own_organization, shown_kind


@require_GET
@needs(Permission.VIEW_MEMBERS)
def journal(request: ActorRequest) -> HttpResponse:
    """List the issued blanks by number, of the organisation and those below; search by number or name."""
    organization = own_organization(request)
    kind = shown_kind(request, organization)
    form = JournalForm(request.GET)
    asked = form.cleaned_data["q"] if form.is_valid() else ""
    page = page_of(request, queries.journal(request.actor, kind, asked))
    lines = list(page.object_list)
    void = queries.void_by(line.blank for line in lines)
    members = Member.objects.visible_to(request.actor).filter(pk__in=[line.member_id for line in lines])
    context = {
        "organization": organization,
        "kinds": kinds_of(organization, kind),
        "kind": kind,
        "form": form,
        "page": page,
        "rows": [(line, void.get(line.blank_id)) for line in lines],
        "seen": set(members.values_list("pk", flat=True)),
        "above": not organization.keeps_cards,
    }
    return render(request, "documents/tickets/journal.html", context)
