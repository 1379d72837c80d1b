"""Drafts of forms: kept by the page while its owner types, shown when he opens the form again.

A view of a form: `draft = draft_for(request, key)` on GET, `fill_from_draft(form, draft)`, the note of the template
`registry/session/draft_note.html`, `{% draft_ticket key %}` within the form, and `forget_draft(request.actor.account, key)` once the form is saved.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from registry.navigation import safe_next
from registry.views import ActorRequest

from .models import Draft
from .transitions import KEPT, forget_draft, save_draft

#: Letters of one form.
SIZE_LIMIT = 200_000
#: Field of a form that says, signed, whose draft is its own (`carried.ticket`).
TICKET = "draft_of"
#: Never kept, whatever the form: the key of the form itself and secrets.
_LEFT_OUT = ("csrfmiddlewaretoken", "password", TICKET)


class DraftValues(QueryDict):
    """The values of a draft as a form takes them, with its key and the moment it was saved."""

    key: str
    saved_at: dt.datetime


def draft_for(request: HttpRequest, key: str) -> DraftValues | None:
    """The actor's own draft of that key, or None; a draft past its time is none."""
    actor = getattr(request, "actor", None)
    row = Draft.objects.visible_to(actor).filter(key=key, saved_at__gte=timezone.now() - KEPT).first()
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
    """Show the draft's values in a form that is not sent yet, without complaints about what is still missing."""
    if draft is None or form.is_bound:
        return
    for name, field in form.fields.items():
        prefixed = form.add_prefix(name)
        if isinstance(field.widget, forms.FileInput) or field.disabled:
            continue
        if not field.widget.value_omitted_from_data(draft, {}, prefixed):
            form.initial[name] = field.widget.value_from_datadict(draft, {}, prefixed)


@require_http_methods(["POST", "DELETE"])
def draft(request: ActorRequest, key: str) -> HttpResponse:
    """Save the form's fields as its draft, or drop it; answers when it was saved."""
    account = request.actor.account
    if request.method == "DELETE":
        forget_draft(account, key)
        return HttpResponse(status=204)
    values = values_of(request.POST)
    if length_of(values) > SIZE_LIMIT:
        return JsonResponse({"error": _("The form is too long to be kept as a draft.")}, status=413)
    saved = save_draft(account, key, values)  # type: ignore[arg-type]
    return JsonResponse({"saved_at": f"{timezone.localtime(saved.saved_at):%H:%M}"})


@require_POST
def discard(request: ActorRequest, key: str) -> HttpResponse:
    """Drop the draft at its owner's wish and go back to the form."""
    forget_draft(request.actor.account, key)
    return redirect(safe_next(request))


def values_of(data: Any) -> dict[str, list[str]]:
    """What of a sent form may be kept, by field."""
    return {
        _sound(name): [_sound(value) for value in values]
        for name, values in data.lists()
        if not any(part in name.lower() for part in _LEFT_OUT)
    }


def length_of(values: dict[str, list[str]]) -> int:
    """Letters of a form."""
    return sum(len(name) + sum(map(len, given)) for name, given in values.items())


def _sound(text: str) -> str:
    """Text without NULs and lone surrogates, which neither a database nor UTF-8 takes."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


__all__ = [
    "SIZE_LIMIT", "TICKET", "DraftValues", "discard", "draft", "draft_for", "fill_from_draft", "forget_draft", "length_of",
    "values_of",
]  # fmt: skip
