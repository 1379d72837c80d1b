"""Tasks about remarks: to answer, answers to accept, overdue ones below (N-S1, N-S2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.access import Actor
from registry.enums import Permission, Role
from registry.tallies import Scope, tally
from registry.tasks import Task, Waiting, provider

from .models import Remark, RemarkQuerySet
from .queries import Place, places_of

#: Maximum number of remarks shown as separate tasks, the most urgent first; the others form one task.
MAX_SHOWN = 5
#: Fields shown in tasks; the federation is always the actor's.
_SHOWN = (
    "kind", "field", "member", "about_id", "term", "organization__short_name", "organization__federation",
    "made_by__short_name",
)  # fmt: skip


def _asked(actor: Actor, own: Any) -> RemarkQuerySet:
    return Remark.objects.visible_to(actor).open().filter(organization=own)


def _answered(actor: Actor, own: Any) -> RemarkQuerySet:
    found = Remark.objects.visible_to(actor).answered().filter(made_by=own)
    # Remarks of the organisation's own reviewer are for its reviewers.
    return found if actor.role == Role.REVIEWER else found.below_the_author()


def _raised(actor: Actor, own: Any) -> RemarkQuerySet:
    return Remark.objects.visible_to(actor).open().filter(raised_to=own)


def _to_answer(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_asked(scope.actor, scope.own), first=Min("term"))


def _to_accept(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_answered(scope.actor, scope.own))


def _overdue(scope: Scope) -> QuerySet[Any, Any]:
    return tally(_raised(scope.actor, scope.own), first=Min("term"))


def _answers(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.ANSWER_REMARKS, actor.organization)


def _remarks(actor: Actor) -> bool:
    return actor.organization is not None and actor.may(Permission.REMARK, actor.organization)


@provider(_answers, asked=_to_answer)
def remarks_to_answer(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield the remarks that the organisation has to answer, each with a link to its subject."""
    tally_of = waiting["asked"]
    for remark, place in _first(_asked(actor, actor.organization), actor) if tally_of.count else ():
        yield Task(
            text=_("Answer the remark:"),
            detail=_("Author: %(organization)s") % {"organization": remark.made_by.short_name},
            link=_named(place),
            link_url=place.url,
            due=remark.term,
            action=_("Answer"),
            action_url=reverse("remarks:detail", args=[remark.pk]),
        )
    if tally_of.count > MAX_SHOWN:
        more = tally_of.count - MAX_SHOWN
        yield Task(
            text=ngettext("Answer %(n)s more remark", "Answer %(n)s more remarks", more) % {"n": more},
            action=_("Show"),
            action_url=f"{reverse('remarks:list')}?side=received&state=open",
        )


@provider(_remarks, answered=_to_accept, overdue=_overdue)
def answers_to_accept(actor: Actor, waiting: Waiting) -> Iterable[Task]:
    """Yield the answers that the author's organisation accepts or returns, and overdue remarks directly below it."""
    count = waiting["answered"].count
    for remark, place in _first(_answered(actor, actor.organization), actor) if count else ():
        yield Task(
            text=_("Accept or return the answer to the remark:"),
            detail=_("Answered by %(organization)s") % {"organization": remark.organization.short_name},
            link=_named(place),
            link_url=place.url,
            action=_("Read"),
            action_url=reverse("remarks:detail", args=[remark.pk]),
        )
    if count > MAX_SHOWN:
        more = count - MAX_SHOWN
        yield Task(
            text=ngettext("Accept or return %(n)s more answer", "Accept or return %(n)s more answers", more)
            % {"n": more},
            action=_("Show"),
            action_url=f"{reverse('remarks:list')}?side=written&state=answered",
        )
    late = waiting["overdue"]
    if late.count:
        yield Task(
            text=ngettext("See to %(n)s overdue remark below", "See to %(n)s overdue remarks below", late.count)
            % {"n": late.count},
            detail=_("The organisation has not answered within the term."),
            due=late.first,
            action=_("Show"),
            action_url=f"{reverse('remarks:list')}?state=open&overdue=on",
        )


def _first(found: RemarkQuerySet, actor: Actor) -> list[tuple[Remark, Place]]:
    """Return the most urgent remarks with their subjects."""
    shown = found.select_related("organization", "made_by").only(*_SHOWN)
    some, federation = list(shown.order_by("term", "pk")[:MAX_SHOWN]), actor.federation
    for one in some:
        if federation is not None:
            one.organization.federation = federation
    places = places_of(some, actor)
    return [(one, places[one.pk]) for one in some]


def _named(place: Place) -> str:
    return f"{place.label} ({place.field})" if place.field else place.label
