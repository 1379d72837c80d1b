"""View of the name check at the first sign-in (U-3)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry.accounts.forms.session import AskRenameForm, CorrectNameForm
from registry.errors import RuleViolation, StaleVersion
from registry.requests import VERSION_DIGITS, number_in
from registry.views import ActorRequest, add_violation, load

from ..models import Organization
from ..rules.names import needs_name_check
from ..transitions import renames

OUTCOMES = ("right", "mistake", "wrong")


@require_http_methods(["GET", "POST"])
def name_check(request: ActorRequest) -> HttpResponse:
    """Let the chair confirm the name, correct its spelling, or report a wrong one to the superior (U-3)."""
    if not needs_name_check(request.actor):
        return redirect("start")
    own = request.actor.organization
    organization = load(Organization.objects.visible_to(request.actor).select_related("parent"), own.pk if own else 0)
    way = request.POST.get("way") or request.GET.get("way") or ""
    form = _form(way, request, organization)
    if request.method == "POST" and way in OUTCOMES and (form is None or form.is_valid()):
        try:
            _save(way, organization, form, request)
        except RuleViolation as violation:
            if form is None:
                messages.error(request, str(violation.message))
            else:
                add_violation(form, violation)
        except StaleVersion:
            messages.warning(request, _("Somebody has changed the name in the meantime. Check it once more."))
            return redirect("name-check")
        else:
            return redirect("organizations:passport", organization.pk)
    # The form has changed its instance; the page shows the stored name.
    shown = load(Organization.objects.visible_to(request.actor).select_related("parent"), organization.pk)
    context = {"organization": shown, "corrects": way == "mistake", "reports": way == "wrong", "form": form}
    return render(request, "registry/session/name_check.html", context)


def _form(way: str, request: ActorRequest, organization: Organization) -> Any:
    data = request.POST if request.method == "POST" else None
    if way == "mistake":
        return CorrectNameForm(data, instance=organization)
    if way == "wrong":
        return AskRenameForm(data, initial={"full_name": organization.full_name, "short_name": organization.short_name})
    return None


def _save(way: str, organization: Organization, form: Any, request: ActorRequest) -> None:
    by = request.actor
    if way == "right":
        renames.confirm_name(organization.pk, by=by)
        messages.success(request, _("Thank you: the name is confirmed. Now fill in the passport, the tab ИНПО first."))
    elif way == "mistake":
        shown = number_in(request.POST.get("version", ""), VERSION_DIGITS)
        version = organization.version if shown is None else shown
        values = form.cleaned_data
        renames.correct_name(organization.pk, **values, by=by, version=version)
        messages.success(request, _("The name is corrected. Now fill in the passport, the tab ИНПО first."))
    else:
        renames.ask_rename(organization.pk, **form.cleaned_data, by=by)
        messages.success(
            request,
            _("The superior organisation will decide on the name. Meanwhile you can continue: fill in the passport."),
        )
