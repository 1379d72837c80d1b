"""Correction of values set on the card by a decision or a transfer (V-B1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry.access import require
from registry.enums import Permission
from registry.errors import RuleViolation, StaleVersion
from registry.views import ActorRequest, add_violation, needs

from ..forms.corrections import CorrectionForm
from ..transitions.cards import correct_decided
from .cards import load_card


@require_http_methods(["GET", "POST"])
@needs(Permission.EDIT_MEMBERS)
def correct(request: ActorRequest, pk: int) -> HttpResponse:
    """Correct the day of joining, the registration or its minutes, with reason and paper."""
    member = load_card(request, pk)
    require(request.actor, Permission.EDIT_MEMBERS, member.organization)
    form = CorrectionForm(request.POST if request.method == "POST" else None, member=member)
    if not form.names:
        messages.info(request, _("No decision has fixed anything on this card: change it on the card itself."))
        return redirect("members:edit", member.pk)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            correct_decided(
                member.pk, values=form.values, reason=data["reason"], paper=data["paper"], version=data["version"],
                by=request.actor,
            )  # fmt: skip
        except StaleVersion:
            form.add_error(None, _("Somebody else has saved this card meanwhile. Open the correction again."))
        except RuleViolation as refusal:
            add_violation(form, refusal)
        else:
            messages.success(request, _("The correction is recorded; a mark on the card names it."))
            return redirect("members:accounting", member.pk)
    context = {"member": member, "form": form, "heading": _("Correct what was decided")}
    return render(request, "members/card/mark.html", context)
