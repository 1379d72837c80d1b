"""Helpers for the pages of electronic cards: the actor's organisation, pages that run one transition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from registry import views
from registry.access import require
from registry.days import day_text
from registry.enums import Permission
from registry.organizations.models import Organization
from registry.states import allowed
from registry.views import ActorRequest

from ..rules import cards_of, check_can_order, check_consolidates, ship_by


def own_organization(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` if its federation has no electronic cards."""
    organization = request.actor.organization
    if organization is None or organization.charter.electronic_cards is None:
        raise Http404
    if organization.level == organization.charter.cell:
        raise Http404
    return organization


def own_keeper(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless it orders cards for its members, `NotAllowed`."""
    organization = own_organization(request)
    if not allowed(check_can_order, organization):
        raise Http404
    require(request.actor, Permission.ORDER_CARDS, organization)
    return organization


def own_consolidator(request: ActorRequest) -> Organization:
    """Return the actor's organisation. Raises `Http404` unless it consolidates orders, `NotAllowed`."""
    organization = own_organization(request)
    if not allowed(check_consolidates, organization):
        raise Http404
    require(request.actor, Permission.ORDER_CARDS, organization)
    return organization


def days_of_production(organization: Organization, process_on: dt.date) -> list[tuple[str, str]]:
    """Return the labels and days of processing and dispatch, for cards that are processed on this day (U-8, U-9)."""
    days = [(_("To be processed on"), process_on)]
    days.append((_("To be dispatched by"), ship_by(cards_of(organization), process_on)))
    return [(label, day_text(day)) for label, day in days]


def ask(request: ActorRequest, form: forms.Form, step: Callable[..., object], **shown: Any) -> HttpResponse:
    """Show the form of a page of electronic cards and run the transition; see `registry.views.ask`."""
    return views.ask(request, form, step, section=(_("Electronic cards"), reverse("documents:cards")), **shown)
