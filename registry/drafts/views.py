"""Views of drafts: saved by the page while typing, shown when the form is opened again.

A view of a form: `draft = draft_for(request, key)` on GET, `fill_from_draft(form, draft)`, the note of the template
`registry/session/draft_note.html`, `{% draft_ticket key %}` within the form, and `delete_draft(request.actor.account,
key)` once the form is saved. A view that only takes the form, and leads back when it refuses it, calls `keep_draft`.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from registry.accounts.transitions.visits import count_visit, visits, window_end
from registry.navigation import safe_next
from registry.views import ActorRequest, takes_at_most

from .models import LIFETIME, Draft
from .tokens import named_by
from .transitions import delete_draft, save_draft

#: Maximum number of characters in a draft.
MAX_LENGTH = 100_000
#: Maximum number of submitted bytes: two for a letter, plus the overhead of each field.
MAX_BYTES = 300_000
#: Maximum number of drafts that an account sends within a time window; a form saves one every three seconds while being
#: filled in.
MAX_IN_SPAN, SPAN = 20, dt.timedelta(seconds=10)
#: Field of a form with the signed ticket of its draft (`tokens.ticket`).
TICKET = "draft_of"
#: Fields that are never stored, by parts of their names.
_EXCLUDED = ("csrfmiddlewaretoken", "password", TICKET)


class DraftValues(QueryDict):
    """The values of a draft for a form, with its key and time of saving."""

    key: str
    saved_at: dt.datetime


def draft_for(request: HttpRequest, key: str) -> DraftValues | None:
    """Return the actor's draft with this key, or None if there is none or it has expired."""
    actor = getattr(request, "actor", None)
    row = Draft.objects.visible_to(actor).filter(key=key, saved_at__gte=timezone.now() - LIFETIME).first()
    if row is None:
        return None
    values = DraftValues(mutable=True)
    kept: dict[str, list[str]] = row.values
    for name, given in kept.items():
        values.setlist(name, given)
    values._mutable = False
    values.key, values.saved_at = row.key, row.saved_at
    return values


def fill_from_draft(form: forms.BaseForm, draft: QueryDict | None) -> None:
    """Fill an unbound form with the draft's values, without validating them."""
    if draft is None or form.is_bound:
        return
    for name, field in form.fields.items():
        prefixed = form.add_prefix(name)
        if isinstance(field.widget, forms.FileInput) or field.disabled:
            continue
        if not field.widget.value_omitted_from_data(draft, {}, prefixed):
            form.initial[name] = field.widget.value_from_datadict(draft, {}, prefixed)


@require_http_methods(["POST", "DELETE"])
@takes_at_most(MAX_BYTES)
def draft(request: ActorRequest, key: str) -> HttpResponse:
    """Save the form's fields as a draft and return the time, or delete the draft.

    Only forms shown to this account have a ticket for the key.
    """
    account = request.actor.account
    if request.method == "DELETE":
        delete_draft(account, key)
        return HttpResponse(status=204)
    if account is not None and _sends_too_many(f"account {account.pk}"):
        left = (window_end(SPAN) - timezone.now()).total_seconds()
        answer = JsonResponse({"error": _("Too many drafts were sent within some seconds.")}, status=429)
        answer["Retry-After"] = str(max(1, math.ceil(left)))
        return answer
    if account is None or named_by(request.POST.get(TICKET, "")) != (account.pk, key):
        return JsonResponse({"error": _("Open the form again: this page of it has expired.")}, status=403)
    values = values_of(request.POST)
    if length_of(values) > MAX_LENGTH:
        return JsonResponse({"error": _("The form is too long to be saved as a draft.")}, status=413)
    saved = save_draft(account, key, values)
    return JsonResponse({"saved_at": f"{timezone.localtime(saved.saved_at):%H:%M}"})


def keep_draft(request: ActorRequest, key: str) -> None:
    """Keep what was typed into a refused form whose page is opened again, unless it is too long for a draft."""
    account, values = request.actor.account, values_of(request.POST)
    if account is not None and length_of(values) <= MAX_LENGTH:
        save_draft(account, key, values)


def _sends_too_many(whose: str) -> bool:
    """Count a draft; drafts above the limit write nothing, so that a flood does not slow down others."""
    if visits("draft", whose, within=SPAN) >= MAX_IN_SPAN:
        return True
    return count_visit("draft", whose, within=SPAN) > MAX_IN_SPAN


@require_POST
def discard(request: ActorRequest, key: str) -> HttpResponse:
    """Delete the draft on request and return to the form."""
    delete_draft(request.actor.account, key)
    return redirect(safe_next(request))


def values_of(data: Any) -> dict[str, list[str]]:
    """Return the fields of a sent form that may be stored."""
    return {
        _storable(name): [_storable(value) for value in values]
        for name, values in data.lists()
        if not any(part in name.lower() for part in _EXCLUDED)
    }


def length_of(values: dict[str, list[str]]) -> int:
    """Return the number of characters in a form."""
    return sum(len(name) + sum(map(len, given)) for name, given in values.items())


def _storable(text: str) -> str:
    """Return the text without NULs and lone surrogates, which databases and UTF-8 reject."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


__all__ = [
    "MAX_LENGTH",
    "TICKET",
    "DraftValues",
    "delete_draft",
    "discard",
    "draft",
    "draft_for",
    "fill_from_draft",
    "keep_draft",
    "length_of",
    "values_of",
]  # fmt: skip
