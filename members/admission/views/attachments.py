"""Scans of applications and cards: adding, opening, deleting (V-A4, V-C5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members.people.models import Member
from members.people.views.card_page import load_card, note_opening
from registry.access import require, require_reading
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.views import ActorRequest, add_violation, load, needs, say_violation, scan_page

from ..forms.applications import AttachmentForm
from ..models import Application, Attachment
from ..rules.scans import class_of_scan
from ..transitions.attachments import attach, note_attachment_opened, remove_attachment
from .applications import load_application


@require_http_methods(["GET", "POST"])
@needs(Permission.FILE_APPLICATIONS)
def add(request: ActorRequest, pk: int) -> HttpResponse:
    """Add a scan to an application."""
    application = load_application(request, pk)
    require(request.actor, Permission.FILE_APPLICATIONS, application.organization)
    return _add(request, application, reverse("applications:detail", args=[pk]), application_id=pk)


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def add_to_member(request: ActorRequest, pk: int) -> HttpResponse:
    """Add a scan to a card."""
    member = load_card(request, pk)
    require(request.actor, Permission.EDIT_MEMBERS, member.organization)
    return _add(request, member, reverse("members:papers", args=[pk]), member_id=pk)


def _add(request: ActorRequest, person: Application | Member, back: str, **owner: Any) -> HttpResponse:
    if request.method == "POST":
        form = AttachmentForm(request.POST, request.FILES, actor=request.actor)
    else:
        form = AttachmentForm(actor=request.actor, initial={"kind": request.GET.get("kind", "")})
    if form.is_valid():
        try:
            attach(**owner, kind=form.cleaned_data["kind"], data=form.cleaned_data["file"].read(), by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The scan is saved."))
            return redirect(back)
    return render(request, "members/applications/attach.html", {"person": person, "form": form, "back": back})


@require_GET
@needs(Permission.VIEW_MEMBERS)
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """Return the scan to those who may read its data; recorded in the journal (V-C5)."""
    scans = Attachment.objects.visible_to(request.actor).select_related("file__organization", "member", "application")
    scan = load(scans, pk)
    require_reading(request.actor, class_of_scan(scan.kind))
    if scan.member is not None:
        note_opening(request, scan.member)
    return scan_page(scan.file, lambda: note_attachment_opened(scan, by=request.actor))


@require_POST
@needs(Permission.FILE_APPLICATIONS)
def delete(request: ActorRequest, pk: int) -> HttpResponse:
    """Delete a scan added by mistake."""
    scan = load(Attachment.objects.visible_to(request.actor), pk)
    back = (
        reverse("members:papers", args=[scan.member_id])
        if scan.member_id
        else reverse("applications:detail", args=[scan.application_id])
    )
    try:
        remove_attachment(pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
    else:
        messages.success(request, _("The scan is deleted."))
    return redirect(back)
