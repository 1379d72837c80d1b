"""First steps of a chair (U-1 … U-11), and which of them the registry knows to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from documents.ecards.models import CardOrder, ElectronicCard
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Figures, Organization
from registry.organizations.queries import totals_under


@dataclass(frozen=True)
class Words:
    """Label and hint of a step, and the text of its button."""

    label: Any
    hint: Any = ""
    action: Any = ""


WORDS = {
    "install": Words(_("Installing a program"), _("Not needed: the registry works in the browser.")),
    "login": Words(_("Signing in")),
    "name": Words(_("Checking the organisation's name")),
    "passport": Words(_("Passport: the tab ИНПО first"), "", _("Fill in the passport")),
    "members": Words(_("Registration of members"), _("By a list that you have, or one by one."), _("Load a list")),
    "consents": Words(
        _("Printing consents and collecting signatures"),
        _("Signed consents stay with the organisation."),
        _("Print consents"),
    ),
    "ticks": Words(_("Ticks of consent on the cards"), _("With the date of the signature."), _("Mark signed consents")),
    "card_order": Words(
        _("Order of plastic electronic tickets"),
        _("The producer processes orders on the 1st and the 15th of each month."),
        _("Order cards"),
    ),
    "card_dispatch": Words(
        _("The cards are made and sent"),
        _("Nothing to do: they are sent to the regional organisation within 14 days of processing."),
    ),
    "card_hand_out": Words(
        _("Handing out the cards, status «ВЫДАН»"),
        _("Confirm the act of your superior organisation, print the sheet, mark who has received a card."),
        _("Hand out cards"),
    ),
    "bonus_programme": Words(
        _("Telling members about the bonus programme"),
        _("Hand out the leaflet on how to register: printed, by e-mail or by post."),
        _("Leaflets"),
    ),
}
#: Steps taken outside the registry; it does not know whether they are done, so they are not counted.
OUTSIDE = {"card_dispatch", "bonus_programme"}
#: Preference of the account: ids of the organisations whose finished steps are hidden.
PUT_AWAY = "start.steps_put_away"


@dataclass(frozen=True)
class Step:
    """One step of the list; its state is done, now, outside or empty."""

    label: Any
    state: str
    url: str
    hint: Any
    action: Any


@dataclass(frozen=True)
class Steps:
    """The first steps of an organisation."""

    counted: list[Step]
    outside: list[Step]
    #: Nobody is registered yet, so the steps are the only tasks.
    beginning: bool

    @property
    def done(self) -> int:
        """Return the number of counted steps that are done."""
        return sum(step.state == "done" for step in self.counted)

    @property
    def finished(self) -> bool:
        """Return whether all counted steps are done."""
        return self.done == len(self.counted)

    @property
    def current(self) -> Step | None:
        """The step to take now."""
        return next((step for step in self.counted if step.state == "now"), None)


def steps_for(actor: Actor, sums: Mapping[str, int] | None = None) -> Steps | None:
    """Return the steps of the actor's organisation; None for actors who do not keep cards there, and once hidden."""
    organization = actor.organization
    if organization is None or not organization.keeps_cards or not actor.may(Permission.EDIT_MEMBERS, organization):
        return None
    figures = sums or totals_under(organization)
    done, links = _state(organization, figures, actor)
    counted: list[Step] = []
    outside: list[Step] = []
    current_found = False
    for key in organization.charter.steps:
        words = WORDS[key]
        state = "outside" if key in OUTSIDE else "done" if key in done else ""
        if not state and not current_found and key in links:
            state, current_found = "now", True
        step = Step(words.label, state, links.get(key, ""), words.hint, words.action)
        (outside if key in OUTSIDE else counted).append(step)
    steps = Steps(counted, outside, beginning=not figures["members"])
    put_away = actor.account is not None and organization.pk in actor.account.preferences.get(PUT_AWAY, [])
    return None if steps.finished and put_away else steps


def _state(organization: Organization, sums: Mapping[str, int], actor: Actor) -> tuple[set[str], dict[str, str]]:
    figures = Figures(**sums)
    done = {"install", "login"}
    if organization.name_checked_at:
        done.add("name")
    if getattr(getattr(organization, "passport", None), "completeness", 0) == 100:
        done.add("passport")
    if figures.members:
        done.add("members")
        if figures.members == figures.consents_printed + figures.consents_signed:
            done.add("consents")
        if figures.members == figures.consents_signed:
            done |= {"consents", "ticks"}
    if organization.charter.electronic_cards is not None:
        done |= _cards_done(organization, actor)
    links = {
        "passport": reverse("organizations:passport", args=[organization.pk]),
        "members": reverse("imports:upload"),
        "consents": reverse("documents:consents"),
        "ticks": reverse("documents:consents"),
        "card_order": reverse("documents:choose_cards"),
        "card_hand_out": reverse("documents:hand_out_cards"),
        "bonus_programme": reverse("documents:leaflets"),
    }
    return done, links


def _cards_done(organization: Organization, actor: Actor) -> set[str]:
    done = set()
    if CardOrder.objects.visible_to(actor).filter(organization=organization, submitted_on__isnull=False).exists():
        done.add("card_order")
    if ElectronicCard.objects.visible_to(actor).filter(request__organization=organization).exists():
        done.add("card_hand_out")
    return done
