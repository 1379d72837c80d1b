"""Tasks for requests about personal data, with their terms (152-ФЗ art. 20, 21, V-C5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission
from registry.tallies import Scope, Tallying, tally
from registry.tasks import Task, Waiting, keeps, provider

from .enums import RequestKind, RequestState
from .models import SubjectRequest


def _open(kind: str) -> Tallying:
    def count(scope: Scope) -> object:
        found = SubjectRequest.objects.visible_to(scope.actor).open().filter(kind=kind, organization=scope.own)
        return tally(found, first=Min("answer_by"), one=Min("pk"))

    return count  # type: ignore[return-value]


_KINDS: Any = {kind: _open(kind) for kind in RequestKind.values}


@provider(keeps(Permission.MARK_CONSENTS), **_KINDS)
def requests_to_answer(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield tasks for unanswered requests (V-C5)."""
    details = {
        RequestKind.ACCESS: _("The person gets an extract of everything stored about them."),
        RequestKind.CORRECTION: _("The card is corrected, or the refusal says why not."),
        RequestKind.STOPPING: _("The consents end, the card is blocked and the person is notified."),
    }
    for kind in RequestKind:
        found = waiting[kind.value]
        if found.count:
            yield Task(
                text=_words(kind, found.count) % {"n": found.count},
                detail=str(details[kind]),
                due=found.first,
                action=_("Answer"),
                action_url=reverse("documents:request", args=[found.one])
                if found.count == 1
                else f"{reverse('documents:requests')}?state={RequestState.RECEIVED.value}&kind={kind.value}",
            )


def _words(kind: RequestKind, count: int) -> str:
    if kind == RequestKind.ACCESS:
        return ngettext(
            "Answer %(n)s request for access to one's own data",
            "Answer %(n)s requests for access to one's own data",
            count,
        )
    if kind == RequestKind.CORRECTION:
        return ngettext(
            "Answer %(n)s request for a correction of data", "Answer %(n)s requests for a correction of data", count
        )
    return ngettext(
        "Answer %(n)s request to stop the processing", "Answer %(n)s requests to stop the processing", count
    )
