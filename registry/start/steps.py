"""First steps of a chair (U-1 … U-11), with those that the registry knows to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Figures, Organization
from registry.organizations.queries import totals_under

LABELS: dict[str, tuple[Any, Any]] = {
    "install": (_("Installing a program"), _("Not needed: the registry works in the browser.")),
    "login": (_("Signing in"), ""),
    "name": (_("Checking the organisation's name"), ""),
    "passport": (_("Passport: the tab ИНПО first"), ""),
    "members": (_("Registration of members"), _("By a list that you have, or one by one.")),
    "consents": (_("Printing consents and collecting signatures"), _("Signed consents stay with the organisation.")),
    "ticks": (_("Ticks of consent on the cards"), _("With the date of the signature.")),
    # The registry does not manage plastic tickets yet; the hints say what to do meanwhile.
    "card_order": (
        _("Order of plastic electronic tickets"),
        _("Made outside the registry: ask your superior organisation how. Processed on the 1st and the 15th."),
    ),
    "card_dispatch": (
        _("The cards are made and sent"),
        _("Nothing to do: they are sent to the regional organisation within 14 days of processing."),
    ),
    "card_hand_out": (
        _("Handing out the cards, status «ВЫДАН»"),
        _(
            "Fetch them from your superior organisation, hand them out against signature; the status is not kept here yet."
        ),
    ),
    "bonus_programme": (
        _("Telling members about the bonus programme"),
        _("Tell them yourself how to register with ПРОФКАРДС; the registry sends nothing there."),
    ),
}


@dataclass(frozen=True)
class Step:
    """One step of the list."""

    label: Any
    state: str
    url: str
    hint: Any


def steps_for(actor: Actor, sums: Mapping[str, int] | None = None) -> list[Step]:
    """Return the steps of the actor's organisation, none for actors who do not keep cards there."""
    organization = actor.organization
    if organization is None or not organization.keeps_cards or not actor.may(Permission.EDIT_MEMBERS, organization):
        return []
    done, links = _state(organization, sums or totals_under(organization))
    steps, current_found = [], False
    for key in organization.charter.steps:
        label, hint = LABELS[key]
        state = "done" if key in done else ""
        if not state and not current_found and key in links:
            state, current_found = "now", True
        steps.append(Step(label, state, links.get(key, ""), hint))
    return steps


def _state(organization: Organization, sums: Mapping[str, int]) -> tuple[set[str], dict[str, str]]:
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
    links = {
        "passport": reverse("organizations:passport", args=[organization.pk]),
        "members": reverse("imports:upload"),
        "consents": reverse("documents:consents"),
        "ticks": reverse("documents:consents"),
    }
    return done, links
