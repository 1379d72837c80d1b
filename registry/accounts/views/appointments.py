"""Views in which superiors make and end appointments (N-H2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.granting import transitions as granting
from registry.granting.rules import asking_days
from registry.views import ActorRequest, add_violation, asks_again, load, needs, say_violation, use_time_zone_of

from ..forms.accounts import AppointmentForm, EndForm
from ..models import Account, Appointment
from ..rules import accounts as rules
from ..transitions import accounts
from .credentials import asked_for, choose_organization, chosen_organization


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
@asks_again()
def appoint(request: ActorRequest, pk: int) -> HttpResponse:
    """Give an account one more role, in the actor's organisation or below it."""
    account = load(Account.objects.visible_to(request.actor).select_related("home"), pk)
    if account == request.actor.account:
        raise NotAllowed
    organization = chosen_organization(request)
    if organization is None:
        return choose_organization(request, _("Appointment: in which organisation?"), account)
    use_time_zone_of(organization)
    form = AppointmentForm(request.POST or None, roles=rules.grantable_roles(request.actor, organization))
    if form.is_valid():
        where = {"organization_id": organization.pk, "by": request.actor, **form.term}
        try:
            if request.actor.asks_others:
                return asked_for(request, granting.ask_for_role(account.pk, **where))
            accounts.appoint(account.pk, **where)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The appointment is made."))
            return redirect("accounts:detail", account.pk)
    context = {
        "account": account,
        "organization": organization,
        "form": form,
        "asks": asking_days(request.actor),
    }
    return render(request, "registry/accounts/appoint.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def dismiss(request: ActorRequest, pk: int) -> HttpResponse:
    """End an appointment by its last day."""
    appointment = _ending(request, pk)
    form = EndForm(appointment, request.POST or None)
    if form.is_valid():
        try:
            ended = accounts.dismiss(appointment.pk, last_day=form.cleaned_data["last_day"], by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            messages.success(request, _("The last day of the appointment is set; its rights end with it."))
            if ended.is_last_day:
                messages.warning(request, ends_today(ended))
            return _back(request, appointment)
    context = {"appointment": appointment, "form": form, "may_withdraw": rules.can_withdraw(appointment)}
    return render(request, "registry/accounts/dismiss.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Withdraw an appointment made by mistake."""
    appointment = _ending(request, pk)
    if request.method == "POST":
        try:
            accounts.withdraw_appointment(appointment.pk, by=request.actor)
        except RuleViolation as violation:
            say_violation(request, violation)
        else:
            messages.success(request, _("The appointment is withdrawn."))
        return _back(request, appointment)
    return render(request, "registry/accounts/withdraw.html", {"appointment": appointment})


def ends_today(appointment: Appointment) -> str:
    """Return the time until which an appointment that ends today still gives access."""
    return _(
        "The appointment still opens everything until the end of today: until 24:00, %(zone)s. To stop it at once, "
        "block the account."
    ) % {"zone": appointment.organization.time_zone_name}


def _ending(request: ActorRequest, pk: int) -> Appointment:
    found = Appointment.objects.visible_to(request.actor).select_related("account", "organization__federation")
    appointment = load(found, pk)
    rules.check_ends(appointment, by=request.actor)
    use_time_zone_of(appointment.organization)
    return appointment


def _back(request: ActorRequest, appointment: Appointment) -> HttpResponse:
    """Redirect to the account, unless it is no longer visible without the appointment."""
    if Account.objects.visible_to(request.actor).filter(pk=appointment.account_id).exists():
        return redirect("accounts:detail", appointment.account_id)
    return redirect("accounts:list")
