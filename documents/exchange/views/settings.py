"""The settings of the exchange, for the administrator of the federation (U-7)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from registry.enums import Permission
from registry.errors import RuleViolation
from registry.views import ActorRequest, add_violation, asks_again, needs

from ..forms import SettingsForm
from ..models import ExchangeSettings
from ..queries import sent_labels
from ..transitions.settings import change_settings
from .messages import own_organization


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("new_secret")
@needs(Permission.ADMINISTER)
@asks_again()
def change(request: ActorRequest) -> HttpResponse:
    """Change the address and the secret, or switch the exchange on or off; a new secret is shown only once."""
    organization = own_organization(request)
    exchange = ExchangeSettings.objects.visible_to(request.actor).filter(federation=organization.federation_id).first()
    form = SettingsForm(request.POST or None, exchange=exchange)
    context = {
        "form": form, "exchange": exchange, "programme": organization.charter.programme_name,
        "fields": sent_labels(organization.charter),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            exchange = change_settings(**form.cleaned_data, by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            if "make_secret" in request.POST:
                return render(request, "documents/exchange/secret.html", {**context, "secret": exchange.secret})
            messages.success(request, _("The settings are saved."))
            return redirect("documents:programme_settings")
    return render(request, "documents/exchange/settings.html", context)
