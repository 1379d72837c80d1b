"""Views of the versions of the consent's text (K1)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from documents.papers.consent import clauses
from members.people.views.member_list import purpose_in
from registry.access import Actor
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Federation
from registry.views import ActorRequest, add_violation, load, needs

from ..enums import ConsentPurpose
from ..forms import TextForm
from ..models import ConsentText
from ..rules import distributes
from ..transitions.texts import issue_text

DISTRIBUTES = gettext_lazy(
    "This wording allows distribution. The law requires a separate consent for it (152-ФЗ, article 10.1); "
    "here it has no effect."
)


def _federation(actor: Actor) -> Federation:
    if actor.federation is None:
        raise NotAllowed
    return actor.federation


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def versions(request: ActorRequest) -> HttpResponse:
    """List the versions of the federation's text, the latest first."""
    federation, purpose = _federation(request.actor), purpose_in(request)
    texts = list(ConsentText.objects.filter(federation=federation, purpose=purpose).order_by("-version"))
    issued = ConsentText.history.filter(id__in=[text.pk for text in texts], history_type="+")
    first = {row.id: row for row in issued.select_related("history_user")}
    today = timezone.localdate()
    current = next((text for text in texts if text.valid_from <= today), None)
    context = {
        "texts": [(text, first.get(text.pk), text.of_charter) for text in texts],
        "current": current,
        "purpose": purpose,
        "purposes": [
            (ConsentPurpose(key).label, f"?purpose={key}", key == purpose) for key in federation.charter.consents
        ],
        "may_change": request.actor.may(Permission.ADMINISTER),
    }
    return render(request, "documents/texts/list.html", context)


@require_GET
@needs(Permission.VIEW_ORGANIZATIONS)
def show(request: ActorRequest, pk: int) -> HttpResponse:
    """Show one version in full."""
    federation = _federation(request.actor)
    text = load(ConsentText.objects.filter(federation=federation), pk)
    return render(request, "documents/texts/text.html", {"text": text, **wording_of(text)})


def wording_of(text: ConsentText) -> dict[str, Any]:
    """Return the context of the template that shows a full text."""
    wording, charter = text.wording, text.federation.charter
    return {
        "wording": wording,
        "distributes": DISTRIBUTES if distributes(wording, text.purpose) else "",
        "method": wording["methods"][wording["method"]],
        "data": [*clauses(wording["data"], charter), *clauses(wording["other_data"], charter)],
    }


@require_http_methods(["GET", "POST"])
@needs(Permission.ADMINISTER)
def new(request: ActorRequest) -> HttpResponse:
    """Issue a new version, starting from the latest one or from a wording of the charter."""
    federation, purpose = _federation(request.actor), purpose_in(request)
    charter, today = federation.charter, timezone.localdate()
    last = ConsentText.objects.latest_of(federation, purpose)
    own, variants = charter.consent_for(purpose), charter.consent_variants(purpose)
    starts = {"charter": own, **variants}
    latest = last.wording if last and not last.of_charter else own
    wording = starts.get(request.GET.get("start", ""), latest)
    form = TextForm(request.POST or None, wording=wording, valid_from=today)
    if request.method == "POST" and form.is_valid():
        try:
            text = issue_text(
                purpose=purpose,
                wording=form.new_wording,
                valid_from=form.cleaned_data["valid_from"],
                by=request.actor,
            )
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("Version %(number)s of the consent is saved.") % {"number": text.version})
            if distributes(text.wording, purpose):
                messages.warning(request, DISTRIBUTES)
            other = f"?purpose={purpose}" if purpose != ConsentPurpose.PROCESSING else ""
            return redirect(f"{reverse('documents:texts')}{other}")
    context = {"form": form, "variants": variants, "purpose": purpose, "label": ConsentPurpose(purpose).label}
    return render(request, "documents/texts/new.html", context)
