"""Pages of administrators' requests: the list, one request with the rights it grants, its confirmation (N-H2)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.db.models import Case, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.accounts.views.credentials import MAX_CHAIRS, credentials_page
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.requests import ids_in, say_missing
from registry.states import allowed, refusal
from registry.views import (
    ActorRequest,
    ask,
    asks_again,
    load,
    needs,
    page_of,
    posted,
    run_action,
    say_violation,
    use_time_zone_of,
)

from . import queries, rules
from .enums import GrantState
from .forms import RefuseForm
from .models import GrantRequest, GrantRequestQuerySet
from .tasks import request_in_words
from .transitions import confirm_grant, refuse_grant, withdraw_grant

_WITH = ("account", "organization__federation", "asked_by", "asked_of", "decided_by")


@require_GET
@needs(Permission.MANAGE_ACCOUNTS)
def grant_list(request: ActorRequest) -> HttpResponse:
    """List the administrators' requests in the actor's scope, waiting ones first."""
    use_time_zone_of(request.actor.organization)
    request.stands_under = reverse("accounts:list")
    first = Case(When(state=GrantState.WAITING, then=Value(0)), default=Value(1))
    page = page_of(request, _visible(request).order_by(first, "-asked_at", "-pk"), MAX_CHAIRS)
    rows = list(page.object_list)
    chairs = rules.chairs_for_each(rows)
    shown = [
        (one, request_in_words(one), one.is_waiting and rules.may_confirm(one, found, request.actor))
        for one, found in zip(rows, chairs, strict=True)
    ]
    context = {"page": page, "rows": shown, "may_confirm": any(row[2] for row in shown)}
    return render(request, "registry/granting/list.html", context)


@require_GET
@needs(Permission.MANAGE_ACCOUNTS)
def detail(request: ActorRequest, pk: int) -> HttpResponse:
    """Show who requests what, where and since when, the rights it would grant, and the possible steps."""
    asked = _load(request, pk)
    chairs, today = rules.chairs_for(asked), timezone.localdate()
    own = asked.account_id == request.actor.account.pk  # type: ignore[union-attr]
    may_decide = rules.may_confirm(asked, chairs, request.actor)
    context = {
        "asked": asked,
        "what": request_in_words(asked),
        "term": queries.term_of(asked) if asked.starts_on else "",
        "opened": queries.opened_by(asked),
        "own": own,
        "confirming": queries.confirming(chairs) if asked.is_waiting else "",
        "refused": refusal(rules.check_can_confirm, asked, today) if may_decide else None,
        "may_confirm": may_decide and allowed(rules.check_can_confirm, asked, today),
        "may_refuse": (may_decide or own) and allowed(rules.check_can_refuse, asked),
        "may_withdraw": allowed(rules.check_may_withdraw, asked, request.actor)
        and allowed(rules.check_can_withdraw, asked),
    }
    return render(request, "registry/granting/detail.html", context)


@require_POST
@needs(Permission.MANAGE_ACCOUNTS)
@asks_again()
def confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm a request; a one-time password is shown once, in this response (U-2)."""
    asked = _load(request, pk)
    try:
        done = confirm_grant(asked.pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("granting:detail", asked.pk)
    if done.credentials is not None:
        return credentials_page(request, [done.credentials])
    messages.success(request, _("What the administrator has asked for is given."))
    return redirect("granting:detail", asked.pk)


@require_POST
@needs(Permission.MANAGE_ACCOUNTS)
@asks_again()
def confirm_many(request: ActorRequest) -> HttpResponse:
    """Confirm the chosen requests one by one; their one-time passwords are shown once, in this response (U-2)."""
    ids = ids_in(request.POST, "request", MAX_CHAIRS)
    chosen = list(_visible(request).filter(pk__in=ids).order_by("pk"))
    say_missing(request, ids, [asked.pk for asked in chosen])
    given, count = [], 0
    for asked in chosen:
        try:
            done = confirm_grant(asked.pk, by=request.actor)
        except NotAllowed:
            continue
        except RuleViolation as violation:
            messages.error(request, f"{asked.account.full_name}: {violation.message}")
        else:
            count += 1
            given += [done.credentials] if done.credentials is not None else []
    if given:
        return credentials_page(request, given)
    if count:
        said_ = ngettext("%(n)s request is confirmed.", "%(n)s requests are confirmed.", count) % {"n": count}
        messages.success(request, said_)
    else:
        messages.error(request, _("Nothing is confirmed: tick the requests that you confirm."))
    return redirect("granting:list")


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ACCOUNTS)
def refuse(request: ActorRequest, pk: int) -> HttpResponse:
    """Refuse a request with a reason."""
    asked = _load(request, pk)
    rules.check_may_refuse(asked, request.actor)
    back = reverse("granting:detail", args=[asked.pk])
    return ask(
        request,
        RefuseForm(posted(request)),
        partial(refuse_grant, asked.pk, by=request.actor),
        title=_("Refuse what an administrator asks for"),
        lead=f"{asked.account.full_name}: {request_in_words(asked)}",
        button=_("Refuse"),
        icon="x",
        section=(_("Requests of administrators"), reverse("granting:list")),
        done=_("The request is refused."),
        refused=refusal(rules.check_can_refuse, asked),
        to=back,
    )


@require_POST
@needs(Permission.MANAGE_ACCOUNTS)
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Withdraw the actor's own request."""
    asked = _load(request, pk)
    step = partial(withdraw_grant, asked.pk, by=request.actor)
    return run_action(request, step, _("The request is withdrawn."), reverse("granting:detail", args=[asked.pk]))


def _visible(request: ActorRequest) -> GrantRequestQuerySet:
    return GrantRequest.objects.visible_to(request.actor).select_related(*_WITH)


def _load(request: ActorRequest, pk: int) -> GrantRequest:
    asked = load(_visible(request), pk)
    use_time_zone_of(asked.organization)
    request.stands_under = reverse("accounts:list")
    return asked
