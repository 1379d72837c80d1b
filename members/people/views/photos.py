"""The photograph of a card: shown in scope, uploaded and cropped to 3×4, removed (V-B1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry import answers
from registry.access import require
from registry.enums import Permission
from registry.files import storage
from registry.views import ActorRequest, needs

from ..forms.photos import PhotoForm
from ..transitions.cards import note_photo_opened, put_photo, remove_photo
from .card_page import load_card


@require_GET
@needs(Permission.VIEW_MEMBERS)
def photo(request: ActorRequest, pk: int) -> HttpResponse:
    """Return the picture to people who may see the card. Raises `AnotherPageFirst` as the card does (N-S1)."""
    member = load_card(request, pk)
    if member.photo is None:
        raise Http404
    try:
        data = storage.read(member.photo)
    except FileNotFoundError as missing:
        raise Http404 from missing
    note_photo_opened(member, by=request.actor)
    return answers.picture(data, "photo.jpg")


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def change_photo(request: ActorRequest, pk: int) -> HttpResponse:
    """Upload a photograph, cropped to the frame or the middle."""
    member = load_card(request, pk)
    require(request.actor, Permission.EDIT_MEMBERS, member.organization)
    form = PhotoForm(request.POST, request.FILES) if request.method == "POST" else PhotoForm()
    if form.is_valid():
        put_photo(member.pk, jpeg=form.jpeg, by=request.actor)
        messages.success(request, _("The photograph is saved."))
        return redirect("members:detail", member.pk)
    return render(request, "members/card/photo.html", {"member": member, "form": form})


@require_POST
@needs(Permission.EDIT_MEMBERS)
def delete_photo(request: ActorRequest, pk: int) -> HttpResponse:
    """Remove the photograph from the card."""
    member = load_card(request, pk)
    remove_photo(member.pk, by=request.actor)
    messages.success(request, _("The photograph was removed."))
    return redirect("members:detail", member.pk)
