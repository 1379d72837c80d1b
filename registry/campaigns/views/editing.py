"""Pages that change a draft of a report form: its title and period, its lines and checks (N-S3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from registry.errors import RuleViolation, StaleVersion
from registry.requests import number_in
from registry.states import refusal
from registry.views import ActorRequest, add_violation, ask, load, needs, posted, say_violation

from ..forms.editing import CheckForm, LineForm, ReportFormForm
from ..indicators import Indicator, indicators_for
from ..models import ReportForm, ReportLine
from ..rules import forms as rules
from ..transitions import forms as steps
from .forms import FORM_ROWS, RUN, own_form, units_of

VERSION_DIGITS = 6


@require_http_methods(["GET", "POST"])
@needs(RUN)
def change_form(request: ActorRequest, pk: int) -> HttpResponse:
    """Change title, explanation, period and levels of a draft."""
    found = own_form(request, pk)
    initial = {name: getattr(found, name) for name in ("title", "description", "period_kind", "levels")}
    form = ReportFormForm(found.organization, posted(request), initial=initial)

    def save(values: dict[str, Any], version: int | None) -> str:
        steps.change_form(found.pk, **values, version=version, by=request.actor)
        return reverse("campaigns:form", args=[found.pk])

    return _edit(request, found, form, save, title=_("Title and period"))


@require_http_methods(["GET", "POST"])
@needs(RUN)
def add_line(request: ActorRequest, pk: int) -> HttpResponse:
    """Add a line to a draft, by default after the last one."""
    found = own_form(request, pk)
    lines = list(found.lines.all())
    asked = number_in(request.GET.get("after", ""))
    before = next((line for line in lines if line.pk == asked), lines[-1] if lines else None)
    initial = {"after": before.pk, "section": before.section, "unit": before.unit} if before else {}
    return _edit_line(request, found, ReportLine(form=found), lines, initial)


@require_http_methods(["GET", "POST"])
@needs(RUN)
def line(request: ActorRequest, pk: int, line_id: int) -> HttpResponse:
    """Change a line of a draft."""
    found = own_form(request, pk)
    lines = list(found.lines.all())
    at = next((at for at, one in enumerate(lines) if one.pk == line_id), None)
    if at is None:
        raise Http404
    chosen = lines.pop(at)
    return _edit_line(request, found, chosen, lines, {"after": lines[at - 1].pk if at else None})


def _edit_line(
    request: ActorRequest, found: ReportForm, chosen: ReportLine, others: list[ReportLine], initial: dict[str, Any]
) -> HttpResponse:
    indicators: Mapping[str, Indicator] = indicators_for(found.organization.charter)
    form = LineForm(indicators, others, posted(request), instance=chosen, initial=initial)

    def save(values: dict[str, Any], version: int | None) -> str:
        after = values.pop("after")
        saved = steps.save_line(
            found.pk,
            line_id=chosen.pk,
            values=values,
            after=after,
            units=units_of(found.organization),
            version=version,
            by=request.actor,
        )
        if "onward" in request.POST:
            return f"{reverse('campaigns:add_line', args=[found.pk])}?after={saved.pk}"
        page = (saved.position - 1) // FORM_ROWS + 1
        return f"{reverse('campaigns:form', args=[found.pk])}?page={page}#line-{saved.pk}"

    title = _("Line %(code)s") % {"code": chosen.code} if chosen.pk else _("New line")
    delete = reverse("campaigns:delete_line", args=[found.pk, chosen.pk]) if chosen.pk else ""
    template = "registry/campaigns/form_line.html"
    return _edit(request, found, form, save, title=title, delete=delete, template=template)


@require_http_methods(["GET", "POST"])
@needs(RUN)
def add_check(request: ActorRequest, pk: int) -> HttpResponse:
    """Add a check to a draft."""
    return _edit_check(request, own_form(request, pk), None)


@require_http_methods(["GET", "POST"])
@needs(RUN)
def check(request: ActorRequest, pk: int, check_id: int) -> HttpResponse:
    """Change a check of a draft."""
    return _edit_check(request, own_form(request, pk), check_id)


def _edit_check(request: ActorRequest, found: ReportForm, check_id: int | None) -> HttpResponse:
    form = CheckForm(posted(request), instance=load(found.checks.all(), check_id) if check_id else None)

    def save(values: dict[str, Any], version: int | None) -> str:
        steps.save_check(found.pk, check_id=check_id, values=values, version=version, by=request.actor)
        name = "campaigns:add_check" if "onward" in request.POST else "campaigns:checks"
        return reverse(name, args=[found.pk])

    title = pgettext("report form", "Check") if check_id else _("New check")
    delete = reverse("campaigns:delete_check", args=[found.pk, check_id]) if check_id else ""
    template = "registry/campaigns/form_check.html"
    back = reverse("campaigns:checks", args=[found.pk])
    lines = found.lines.all()
    return _edit(request, found, form, save, title=title, delete=delete, template=template, lines=lines, back=back)


def _edit(
    request: ActorRequest,
    found: ReportForm,
    form: forms.BaseForm,
    save: Callable[[dict[str, Any], int | None], str],
    *,
    template: str = "registry/campaigns/form_change.html",
    **shown: Any,
) -> HttpResponse:
    """Show the form of a draft or of a part of it; save valid data and redirect to the address that `save` returns.

    The typed text stays on the page if a rule refuses it or somebody else has saved meanwhile.
    """
    if request.method == "GET" and (refused := refusal(rules.check_can_change, found)):
        say_violation(request, refused)
        return redirect("campaigns:form", found.pk)
    if request.method == "POST" and form.is_valid():
        try:
            to = save(form.cleaned_data, number_in(request.POST.get("version", ""), VERSION_DIGITS))
        except RuleViolation as violation:
            add_violation(form, violation)
        except StaleVersion:
            message = _("Somebody has changed this form in the meantime. Look at it, then save once more.")
            form.add_error(None, message)
        else:
            messages.success(request, _("Saved."))
            return redirect(to)
    # Use the present version, not the submitted one, so that saving again is possible.
    shown.setdefault("back", reverse("campaigns:form", args=[found.pk]))
    return render(request, template, {"report_form": found, "form": form, **shown})


@require_POST
@needs(RUN)
def move_line(request: ActorRequest, pk: int, line_id: int, way: str) -> HttpResponse:
    """Move a line of a draft up or down; redirect to the button, so that it can be clicked again."""
    found = own_form(request, pk)
    load(found.lines.all(), line_id)
    if way not in {"up", "down"}:
        raise Http404
    try:
        moved = steps.move_line(found.pk, line_id=line_id, up=way == "up", by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("campaigns:form", found.pk)
    # The first line has no button to move up, the last none to move down.
    ends = {"up": found.lines.first(), "down": found.lines.last()}
    if ends[way] == moved:
        way = "down" if way == "up" else "up"
    page = (moved.position - 1) // FORM_ROWS + 1
    return redirect(f"{reverse('campaigns:form', args=[found.pk])}?page={page}#{way}-{line_id}")


@require_http_methods(["GET", "POST"])
@needs(RUN)
def delete_line(request: ActorRequest, pk: int, line_id: int) -> HttpResponse:
    """Delete a line of a draft, after confirmation."""
    found = own_form(request, pk)
    chosen = load(found.lines.all(), line_id)
    others = [one for one in found.lines.all() if one.pk != line_id]
    return ask(
        request,
        forms.Form(posted(request)),
        lambda: steps.delete_line(found.pk, line_id=line_id, by=request.actor),
        title=_("Delete line %(code)s?") % {"code": chosen.code},
        lead=chosen.title,
        button=_("Delete the line"),
        done=_("The line is deleted."),
        to=reverse("campaigns:form", args=[found.pk]),
        back=reverse("campaigns:line", args=[found.pk, line_id]),
        section=(found.title, reverse("campaigns:form", args=[found.pk])),
        refused=refusal(rules.check_can_change, found)
        or refusal(rules.check_can_delete_line, chosen, others, found.checks.all()),
        icon="trash-2",
    )


@require_http_methods(["GET", "POST"])
@needs(RUN)
def delete_check(request: ActorRequest, pk: int, check_id: int) -> HttpResponse:
    """Delete a check of a draft, after confirmation."""
    found = own_form(request, pk)
    chosen = load(found.checks.all(), check_id)
    return ask(
        request,
        forms.Form(posted(request)),
        lambda: steps.delete_check(found.pk, check_id=check_id, by=request.actor),
        title=_("Delete the check?"),
        lead=chosen.sentence,
        button=_("Delete the check"),
        done=_("The check is deleted."),
        to=reverse("campaigns:checks", args=[found.pk]),
        section=(found.title, reverse("campaigns:checks", args=[found.pk])),
        refused=refusal(rules.check_can_change, found),
        icon="trash-2",
    )
