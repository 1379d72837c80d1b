"""Download of files of messages for the bonus programme (U-7)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.views import ActorRequest, load, needs, say_violation

from ..models import ExchangeFile
from ..transitions import files as transitions
from .messages import own_organization


@require_POST
@needs(Permission.EXPORT)
def pick_up(request: ActorRequest, pk: int) -> HttpResponse:
    """Download a file; its messages then count as confirmed."""
    own_organization(request)
    found = load(ExchangeFile.objects.visible_to(request.actor).select_related("organization"), pk)
    require(request.actor, Permission.EXPORT, found.organization)
    try:
        stored, data = transitions.pick_up(pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("documents:programme")
    return answers.file(data, stored.name, stored.content_type)
