"""Ask for the password and code again before a dangerous step, and then continue with its data (U-2, ADR 6)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.errors import RuleViolation, ServerBusy
from registry.navigation import page_before
from registry.views import busy_if

from ..forms.second_factor import AgainForm
from ..models import Account
from ..proofs import is_proven, note_proven
from ..rules import attempts
from ..rules import second_factor as rules
from ..transitions import second_factor, sessions

#: Field with the method of the original request.
_METHOD = "again-for"


def ask_again(request: HttpRequest, account: Account) -> HttpResponse | None:
    """Return the page that asks for password and code, or None if the request may continue.

    The page holds the fields of the request and sends them to the same address with password and code.
    """
    sent = request.method == "POST" and _METHOD in request.POST
    if is_proven(request):
        # After a download the browser stays on this page, where the button can be clicked again.
        return redirect(request.get_full_path()) if sent and request.POST[_METHOD] == "get" else None
    with_code = rules.has_factor(account)
    form = AgainForm(request.POST if sent else None, with_code=with_code)
    if form.is_valid() and _is_holder(request, account, form):
        note_proven(request)
        return redirect(request.get_full_path()) if request.POST[_METHOD] == "get" else None
    by_post = request.method == "POST" and not request.FILES
    method = request.POST.get(_METHOD, "") if sent else "post" if by_post else "get"
    context = {
        "form": form,
        "with_code": with_code,
        "method": method,
        "fields": _fields(request) if method == "post" else [],
        "files": bool(request.FILES),
        "back": page_before(request),
        "minutes": int(rules.PROVEN_FOR.total_seconds() // 60),
    }
    return busy_if(form.busy, render(request, "registry/session/again.html", context, status=401))


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of the original request, without those of the page itself."""
    own = f"{AgainForm.prefix}-"
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not name.startswith(own)
        for value in values
    ]


def _is_holder(request: HttpRequest, account: Account, form: AgainForm) -> bool:
    """Return whether password and code are the account's; wrong ones are counted."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not _is_password(actor, account, form):
        return False
    if "code" in form.fields:
        try:
            checked = second_factor.check_code(code=form.cleaned_data["code"], by=Actor(account, actor.appointment))
            rules.check_accepted(checked)
        except RuleViolation as violation:
            form.add_error("code", str(violation.message))
            return False
        tell_left(request, checked)
    return True


def _is_password(actor: Actor, account: Account, form: AgainForm) -> bool:
    """Return whether the form has the account's password; otherwise add the error, and count the failure.

    They count together with failures of the password change, so that an open session cannot be used to guess.
    """
    try:
        attempts.check_may_prove_password(sessions.note_proof(by=actor))
    except RuleViolation as violation:
        form.add_error("password", str(violation.message))
        return False
    try:
        right = account.check_password(form.cleaned_data["password"])
    except ServerBusy:
        sessions.forget_proof(by=actor)
        form.say_busy()
        return False
    if right:
        sessions.forget_proof(by=actor)
        return True
    form.add_error("password", _("This is not your present password."))
    return False


def tell_left(request: HttpRequest, checked: rules.Checked) -> None:
    """Say how many recovery codes are left, if one was used or few are left."""
    left = checked.left
    if left > rules.FEW_CODES and not checked.recovery:
        return
    text = ngettext("%(count)s recovery code is left.", "%(count)s recovery codes are left.", left) % {"count": left}
    if checked.recovery:
        text = _("A recovery code was used: cross it out on the sheet, it is not valid any more.") + " " + text
    if left <= rules.FEW_CODES:
        text += " " + _("Make a new sheet in «My account», «Second factor».")
    messages.warning(request, text)
