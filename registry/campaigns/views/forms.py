"""Pages of report forms: the list, a form with its lines and checks, the preview, and changes of state (N-S3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.access import require
from registry.charters.texts import read_reports
from registry.enums import Permission
from registry.errors import NotAllowed, RuleViolation
from registry.organizations.models import Organization
from registry.states import allowed, refusal
from registry.views import ActorRequest, ask, load, needs, page_of, posted, say_violation, use_time_zone_of

from ..enums import PeriodKind
from ..forms.editing import ReportFormForm
from ..indicators import Indicator, indicators_for
from ..models import ReportForm, ReportLine
from ..rules import forms as rules
from ..rules.reports import check_form_is_issued, check_runs
from ..transitions import forms as steps

RUN = Permission.RUN_CAMPAIGNS
#: Lines on a page of a form, each with its buttons.
FORM_ROWS = 30


@require_GET
@needs(RUN)
def report_forms(request: ActorRequest) -> HttpResponse:
    """List the report forms of the actor's scope, and the examples that their organisation can use."""
    own = _home(request)
    found = ReportForm.objects.visible_to(request.actor).select_related("organization__federation")
    page = page_of(request, found.annotate(number=Count("lines")).order_by("title", "-edition", "pk"))
    refused = refusal(check_runs, own)
    examples = []
    if refused is None:
        taken = set(ReportForm.objects.visible_to(request.actor).filter(organization=own).values_list("key", flat=True))
        examples = [
            (key, one, len(one["lines"]), PeriodKind(one["period_kind"]).label)
            for key, one in read_reports(own.federation.charter_key).items()
            if allowed(rules.check_example_is_new, taken, key)
        ]
    context = {"page": page, "examples": examples, "refused": refused, "own": own}
    return render(request, "registry/campaigns/forms.html", context)


@require_http_methods(["GET", "POST"])
@needs(RUN)
def add_form(request: ActorRequest) -> HttpResponse:
    """Create the draft of a form."""
    own = _home(request)
    back = reverse("campaigns:forms")
    return ask(
        request,
        ReportFormForm(own, posted(request), initial={"levels": [str(level) for level in rules.levels_for(own)]}),
        lambda **values: steps.create_form(own.pk, **values, by=request.actor),
        title=_("New report form"),
        lead=_("Lines and checks are added on the next page."),
        button=_("Make the form"),
        done=_("The form is a draft. Add its lines."),
        to=lambda form: reverse("campaigns:form", args=[form.pk]),
        back=back,
        section=_section(),
        refused=refusal(check_runs, own),
    )


@require_POST
@needs(RUN)
def take_example(request: ActorRequest, key: str) -> HttpResponse:
    """Create the draft of a form from an example of the charter."""
    own = _home(request)
    if key not in read_reports(own.federation.charter_key):
        raise Http404
    try:
        form = steps.take_example(own.pk, key=key, units=units_of(own), by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("campaigns:forms")
    messages.success(request, _("The example is a draft of yours. Look at its lines before you issue it."))
    return redirect("campaigns:form", form.pk)


@require_GET
@needs(RUN)
def report_form(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a form with its lines."""
    form = load_form(request, pk)
    page = page_of(request, form.lines.all(), FORM_ROWS)
    sections = sections_of(form, page.object_list)
    context = _context(request, form) | {"page": page, "sections": sections, "on_lines": True}
    if context["changes"]:
        context |= _ends(form)
    return render(request, "registry/campaigns/form.html", context)


@require_GET
@needs(RUN)
def checks(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a form with its checks."""
    form = load_form(request, pk)
    context = _context(request, form) | {"page": page_of(request, form.checks.all()), "on_checks": True}
    return render(request, "registry/campaigns/form_checks.html", context)


@require_GET
@needs(RUN)
def preview(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a form as it looks to people who fill it in."""
    form = load_form(request, pk)
    page = page_of(request, form.lines.all())
    sections = sections_of(form, page.object_list)
    context = _context(request, form) | {"page": page, "sections": sections, "on_preview": True}
    return render(request, "registry/campaigns/form_preview.html", context)


def sections_of(
    form: ReportForm, lines: Iterable[ReportLine]
) -> list[tuple[str, list[tuple[ReportLine, Indicator | None]]]]:
    """Return the lines by section, each with its indicator if the charter still has it."""
    indicators = indicators_for(form.organization.charter)
    return [
        (section, [(line, indicators.get(line.indicator)) for line in some])
        for section, some in groupby(lines, key=lambda line: line.section)
    ]


def _home(request: ActorRequest) -> Organization:
    if request.actor.organization is None:
        raise NotAllowed
    return request.actor.organization


def load_form(request: ActorRequest, pk: int) -> ReportForm:
    """Return a form in the actor's scope. Raises `Http404`."""
    form = load(ReportForm.objects.visible_to(request.actor).select_related("organization__federation"), pk)
    use_time_zone_of(form.organization)
    return form


def own_form(request: ActorRequest, pk: int) -> ReportForm:
    """Return a form that the actor's organisation has defined. Raises `Http404`, `NotAllowed`."""
    form = load_form(request, pk)
    require(request.actor, RUN, form.organization)
    return form


def _context(request: ActorRequest, form: ReportForm) -> dict[str, Any]:
    """Return the context shared by the pages of a form: its facts, tabs, and the possible steps."""
    may = request.actor.may(RUN, form.organization)
    others = ReportForm.objects.visible_to(request.actor).filter(organization=form.organization, key=form.key)
    draft = others.filter(state="draft").first()
    return facts_of(form) | {
        "draft": draft if draft != form else None,
        "changes": may and allowed(rules.check_can_change, form),
        "issues": may and allowed(rules.check_can_issue, form),
        "opens": may and allowed(check_form_is_issued, form),
        "retires": may and allowed(rules.check_can_retire, form),
        "copies": may and allowed(rules.check_can_copy, form, draft),
    }


def _ends(form: ReportForm) -> dict[str, int]:
    """Return the ids of the first and the last line of the form, if there are any."""
    pks = list(form.lines.values_list("pk", flat=True))
    return {"first_line": pks[0], "last_line": pks[-1]} if pks else {}


def facts_of(form: ReportForm) -> dict[str, Any]:
    """Return the facts about a form that each of its pages shows: levels, and the numbers of lines and checks."""
    titles = form.organization.charter.levels
    levels = [str(titles[level]) for level in rules.levels_for(form.organization) if level in form.levels]
    return {
        "form": form,
        "levels": ", ".join(levels),
        "lines": form.lines.count(),
        "checks": form.checks.count(),
    }


def _section() -> tuple[str, str]:
    return _("Report forms"), reverse("campaigns:forms")


def units_of(organization: Organization) -> dict[str, str]:
    """Return the units of the indicators under the organisation's charter, by key."""
    return {key: one.unit for key, one in indicators_for(organization.charter).items()}


@require_http_methods(["GET", "POST"])
@needs(RUN)
def issue_form(request: ActorRequest, pk: int) -> HttpResponse:
    """Issue a form, after confirmation."""
    found = own_form(request, pk)
    refused = refusal(rules.check_can_issue, found) or refusal(
        rules.check_whole, list(found.lines.all()), list(found.checks.all()), units_of(found.organization)
    )
    return _step(
        request,
        found,
        lambda: steps.issue_form(found.pk, units=units_of(found.organization), by=request.actor),
        title=_("Issue the form?"),
        lead=_("Campaigns can be opened by it afterwards. It changes no more: for changes a new edition is made."),
        button=_("Issue the form"),
        done=_("The form is issued. Campaigns can be opened by it."),
        refused=refused,
        icon="check",
    )


@require_http_methods(["GET", "POST"])
@needs(RUN)
def retire_form(request: ActorRequest, pk: int) -> HttpResponse:
    """Retire a form, after confirmation."""
    found = own_form(request, pk)
    return _step(
        request,
        found,
        lambda: steps.retire_form(found.pk, by=request.actor),
        title=_("Put the form out of use?"),
        lead=_("No campaign can be opened by it any more. Campaigns that are open go on."),
        button=_("Put out of use"),
        done=_("The form is out of use."),
        refused=refusal(rules.check_can_retire, found),
        icon="archive",
    )


@require_http_methods(["GET", "POST"])
@needs(RUN)
def delete_form(request: ActorRequest, pk: int) -> HttpResponse:
    """Delete a draft, after confirmation."""
    found = own_form(request, pk)
    return _step(
        request,
        found,
        lambda: steps.delete_form(found.pk, by=request.actor),
        title=_("Delete the draft?"),
        lead=_("Its lines and checks are deleted with it."),
        button=_("Delete the draft"),
        done=_("The draft is deleted."),
        refused=refusal(rules.check_can_change, found),
        icon="trash-2",
        to=reverse("campaigns:forms"),
    )


def _step(request: ActorRequest, found: ReportForm, step: Callable[[], object], **shown: Any) -> HttpResponse:
    page = reverse("campaigns:form", args=[found.pk])
    shown.setdefault("to", page)
    shown["facts"] = [
        (_("Report form"), found.title),
        (_("Edition"), found.edition),
        (_("Organisation"), found.organization.short_name),
        (pgettext("report form", "Lines"), found.lines.count()),
    ]
    return ask(request, forms.Form(posted(request)), step, back=page, section=(found.title, page), **shown)


@require_POST
@needs(RUN)
def make_edition(request: ActorRequest, pk: int) -> HttpResponse:
    """Copy the form into a draft, its next edition."""
    found = own_form(request, pk)
    try:
        made = steps.make_edition(found.pk, by=request.actor)
    except RuleViolation as violation:
        say_violation(request, violation)
        return redirect("campaigns:form", found.pk)
    messages.success(request, _("Edition %(edition)s is a draft. Change what has to be.") % {"edition": made.edition})
    return redirect("campaigns:form", made.pk)
