"""Common parts of all pages of a card: loading in scope, head, tabs, menus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.template.loader import select_template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.consents.enums import FORMS_OF_PURPOSES, ConsentPurpose
from documents.consents.models import Consent
from documents.consents.rules import check_is_signed
from documents.printing.core import forms_for
from documents.printing.rules import check_registered, printed_at
from registry.access import Actor
from registry.enums import DataClass, Permission
from registry.errors import AnotherPageFirst, RuleViolation
from registry.remarks.rules import answers_for, check_may_remark
from registry.states import allowed, name_of, tone_of
from registry.views import ActorRequest, load

from ..enums import CONSENT_TONES, CONSENT_WORDS, UNPRINTED_CONSENTS, ConsentState, MemberState
from ..models import Member
from ..queries.neighbours import neighbours
from ..rules.completeness import missing_fields
from ..rules.fields import card_values
from ..transitions.cards import note_card_opened

TABS: tuple[tuple[str, str, Any], ...] = (
    ("general", "members:detail", gettext_lazy("General")),
    ("questionnaire", "members:questionnaire", gettext_lazy("Questionnaire")),
    ("accounting", "members:accounting", gettext_lazy("Registration")),
    ("dues", "members:dues", gettext_lazy("Dues")),
    ("papers", "members:papers", gettext_lazy("Papers")),
    ("history", "members:history", gettext_lazy("History")),
)


@dataclass(frozen=True)
class Link:
    """A button or a menu item."""

    label: Any
    url: str
    icon: str = ""


def load_card(request: ActorRequest, pk: int) -> Member:
    """Return the card in the actor's scope, and record the opening (`note_opening`). Raises `AnotherPageFirst`."""
    members = Member.objects.visible_to(request.actor)
    member = load(members.select_related("organization__federation", "unit__federation", "cell", "photo"), pk)
    note_opening(request, member)
    return member


def note_opening(request: ActorRequest, member: Member) -> None:
    """Record that a superior opens the card, or something that only the card shows, such as its photograph (N-S1).

    Raises `AnotherPageFirst` if the charter requires a reason for the opening.
    """
    try:
        note_card_opened(member, by=request.actor)
    except RuleViolation:
        # Only the page is shown once the reason is given; changes of a form are not made.
        page = request.get_full_path() if request.method == "GET" else reverse("members:detail", args=[member.pk])
        raise AnotherPageFirst(f"{reverse('members:reason', args=[member.pk])}?{urlencode({'next': page})}") from None


def may_edit(actor: Actor, member: Member) -> bool:
    """Return whether the actor may change this card."""
    return member.organization is not None and actor.may(Permission.EDIT_MEMBERS, member.organization)


def card_context(request: ActorRequest, member: Member, tab: str) -> dict[str, Any]:
    """Return the context common to all pages of a card."""
    actor, charter = request.actor, member.organization.charter  # type: ignore[union-attr]
    prints = print_links(actor, member)
    return {
        "member": member,
        "charter": charter,
        "tab": tab,
        "tabs": [(label, reverse(name, args=[member.pk]), key == tab) for key, name, label in TABS],
        "pills": list(_pills(member)),
        "may_edit": may_edit(actor, member),
        # The keeper of the card changes it directly.
        "may_propose": member.unit is not None
        and not may_edit(actor, member)
        and actor.may(Permission.PROPOSE_CHANGES, member.unit),
        "may_move": member.organization is not None and actor.may(Permission.MOVE_MEMBERS, member.organization),
        "may_put_forward": member.organization is not None
        and member.state == MemberState.REGISTERED
        and actor.may(Permission.RUN_MEETINGS, member.organization),
        "may_remark": _may_remark(actor, member),
        "beside": neighbours(member, actor),
        "prints": prints,
        "primary": primary_action(actor, member, prints),
        "today": timezone.localdate(),
    }


def _may_remark(actor: Actor, member: Member) -> bool:
    """Return whether the actor may make a remark on the card (N-S1)."""
    organization = answers_for(member, actor)
    if organization is None or not actor.may(Permission.REMARK, organization):
        return False
    return allowed(check_may_remark, organization, actor)


def with_values(context: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return all values of the card, and the names of its empty required fields."""
    values = card_values(context["member"])
    return values, missing_fields(values, context["charter"])


def show(request: HttpRequest, tab: str, context: dict[str, Any]) -> HttpResponse:
    """Render the page of the tab."""
    return render(request, f"members/card/{tab}.html", context)


def print_links(actor: Actor, member: Member) -> list[Link]:
    """Return the papers of the charter that the actor may print for this person, in menu order (U-6)."""
    if member.organization is None:
        return []
    forms = [form for form in forms_for(actor) if actor.may(Permission.PRINT, printed_at(form.code, member))]
    try:
        return [Link(form.title, reverse("documents:print_member", args=[form.code, member.pk])) for form in forms]
    except NoReverseMatch:
        return []


def primary_action(actor: Actor, member: Member, prints: list[Link]) -> Link | None:
    """Return the most important action for this card at present."""
    edit = reverse("members:edit", args=[member.pk])
    if not may_edit(actor, member):
        return None
    if member.missing:
        return Link(_("Complete the card"), f"{edit}?missing", "list-checks")
    if member.consent_state in UNPRINTED_CONSENTS and prints:
        address = reverse("documents:print_member", args=[FORMS_OF_PURPOSES[ConsentPurpose.PROCESSING], member.pk])
        consent = next((link for link in prints if link.url == address), None)
        if consent is not None:
            return Link(_("Print the consent"), consent.url, "printer")
    if member.consent_state == ConsentState.PRINTED:
        return Link(_("Mark the consent"), reverse("members:detail", args=[member.pk]) + "#consent", "file-check")
    return Link(_("Change"), edit, "pencil")


def _pills(member: Member) -> Any:
    yield name_of(member), tone_of(member)
    if member.missing:
        yield _("card not complete"), "warn"
    if member.reprint:
        yield _("print the card again"), "warn"
    yield CONSENT_WORDS[ConsentState(member.consent_state)], member.consent_tone


def consent_context(request: ActorRequest, member: Member) -> dict[str, Any]:
    """Return the context of the consent panel: consents, label of the checkbox, whether it can be ticked (U-7)."""
    consents = (
        Consent.objects.visible_to(request.actor).filter(member=member).select_related("text", "ticked_by", "scan")
    )
    actor, found = request.actor, list(consents.order_by("-pk"))
    charter = member.organization.charter if member.organization else None
    may_mark = (
        member.organization is not None
        and allowed(check_registered, member)
        and actor.may(Permission.MARK_CONSENTS, member.organization)
    )
    of_processing = [consent for consent in found if consent.purpose == ConsentPurpose.PROCESSING]
    latest = of_processing[0] if of_processing else None
    return {
        "consents": found,
        "consent": latest,
        "consent_tick": charter.wording.get("consent_tick", "") if charter else "",
        "other_consents": [
            _other(purpose, found) for purpose in charter.consents if purpose != ConsentPurpose.PROCESSING
        ]
        if charter
        else [],
        "may_mark": may_mark,
        "may_unmark": may_mark and allowed(check_is_signed, latest, member),
    }


def _other(purpose: str, consents: Sequence[Consent]) -> dict[str, Any]:
    """Return the data of a purpose other than processing that the card shows."""
    latest = next((consent for consent in consents if consent.purpose == purpose), None)
    state = ConsentState(latest.state if latest is not None else ConsentState.NONE)
    return {
        "purpose": purpose,
        "label": ConsentPurpose(purpose).label,
        "form": FORMS_OF_PURPOSES[purpose],
        "consent": latest,
        "state": state.label,
        "tone": CONSENT_TONES[state] or "warn",
        "signed": state == ConsentState.SIGNED,
    }


def first_template(*names: str) -> Any:
    """Return the first template that exists, or None: panels that other apps may provide."""
    try:
        return select_template(names)
    except TemplateDoesNotExist:
        return None


def readable(actor: Actor, classes: set[DataClass]) -> set[DataClass]:
    """Return those of the classes that the actor may read."""
    return {data_class for data_class in classes if actor.reads(data_class)}
