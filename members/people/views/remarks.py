"""A remark for each organisation whose members are selected in the list (N-S1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from registry.enums import Permission
from registry.errors import RuleViolation
from registry.organizations.models import names_of
from registry.remarks.enums import INCOMPLETE, RemarkKind
from registry.remarks.forms import RemarkForm
from registry.remarks.queries import by_organization
from registry.remarks.rules import check_many, check_people, is_many
from registry.remarks.transitions import make_remarks
from registry.remarks.views import started
from registry.states import refusal
from registry.views import ActorRequest, add_violation, needs, say_violation

from ..filter_fields import NOT_GIVEN, optional_columns
from ..filters import selected_ids
from .bulk import back, say_nobody, selection_context

#: Maximum number of organisations named before the remarks are made.
_MAX_NAMED = 20


@require_POST
@needs(Permission.REMARK)
def remark(request: ActorRequest) -> HttpResponse:
    """Ask for the text and the term, then make one remark for each organisation about its own selected people."""
    ids = selected_ids(request, request.actor)
    if not ids:
        return say_nobody(request)
    people = by_organization(ids, request.actor)
    count = sum(map(len, people.values()))
    many = is_many(len(people), count)
    hindrance = refusal(check_many, len(people), count) if many else refusal(check_people, count, len(people))
    if hindrance is not None:
        say_violation(request, hindrance)
        return redirect(back(request))
    asked = request.POST.get("send") == "1"
    form = RemarkForm({}, timezone.localdate(), request.POST if asked else None)
    if asked and form.is_valid():
        try:
            if many:
                places = sorted(people.items())
                return started(request, RemarkKind.PEOPLE, places, **form.cleaned_data, field=gap_of(request))
            made = make_remarks(ids, **form.cleaned_data, field=gap_of(request), by=request.actor)
        except RuleViolation as violation:
            add_violation(form, violation)
        else:
            said = ngettext("%(n)s remark is made.", "%(n)s remarks are made.", len(made)) % {"n": len(made)}
            messages.success(request, said)
            return redirect(f"{reverse('remarks:list')}?side=written")
    most = sorted(people, key=lambda pk: (-len(people[pk]), pk))[:_MAX_NAMED]
    names = names_of(most)
    context = {
        **selection_context(request, ids),
        "form": form,
        "cards": count,
        "organizations": len(people),
        "rows": [(names[pk], len(people[pk])) for pk in most],
        "others": len(people) - len(most),
        "left_out": len(ids) - count,
        "button": ngettext("Make %(n)s remark", "Make %(n)s remarks", len(people)) % {"n": len(people)},
        "title": _("Remark for many cards"),
    }
    return render(request, "members/list/remark.html", context)


def gap_of(request: HttpRequest) -> str:
    """Return the field of the list's filter for empty values, or `INCOMPLETE`; empty for other filters."""
    asked = request.GET
    if asked.get("empty", "") in optional_columns():
        return asked["empty"]
    for name in ("category", "education", "worker_category", "dues_form"):
        if asked.get(name) == NOT_GIVEN:
            return name
    return INCOMPLETE if asked.get("complete") == "no" else ""
