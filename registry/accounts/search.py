"""Search of accounts in an officer's scope, and of organisations by their chairs; each queryset uses an index."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import and_, or_

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from registry.access import Actor, in_scope
from registry.enums import Role
from registry.indexes import first_by_name
from registry.organizations.models import Organization, OrganizationQuerySet
from registry.text import search_terms

from .models import Account, AccountQuerySet, Appointment


def listed(
    actor: Actor, *, organization: Organization | None = None, role: str = "", typed: str = ""
) -> list[AccountQuerySet]:
    """Return the accounts of `visible_to`, or those of one visible organisation, that match the typed text.

    With a role, return only accounts that have it somewhere in the scope.

    The list is the union of the querysets: accounts that belong to the scope and accounts appointed in it, each
    searched by the words of the account and by the words of its organisation.
    """
    everybody, held = Account.objects.get_queryset(), Appointment.objects.visible_to(actor).not_over()
    if role:
        held = held.filter(role=role)
    appointed = everybody.filter(pk__in=held.values("account"))
    if organization is not None:
        at_home = (appointed if role else everybody).filter(home=organization)
        there = Appointment.objects.visible_to(actor).not_over().filter(organization=organization)
        places = [at_home, appointed.filter(pk__in=there.values("account"))]
    elif role:
        places = [appointed]
    else:
        places = [everybody.filter(in_scope(actor, "home__")), appointed]
    return [place.filter(words) for place in places for words in _conditions(typed)]


def without_chair(organizations: OrganizationQuerySet) -> OrganizationQuerySet:
    """Return the given organisations that have no chair, now or from a later day.

    The stored figure makes this fast, because few of many have none.
    """
    chairs = Appointment.objects.not_over().filter(role=Role.CHAIR, organization=OuterRef("pk"))
    return organizations.filter(figures__led_until__lt=timezone.localdate()).exclude(Exists(chairs))


def organizations_found(below: OrganizationQuerySet, typed: str) -> list[OrganizationQuerySet]:
    """Return the given organisations where every word begins a word of their name, code, INN or chair's name.

    The result is the union of three querysets: by the words of the organisation, by those of its chair in office, and
    by both. If nobody is appointed as chair, the chair named in the passport counts.
    """
    words = search_terms(typed)
    if not words:
        return [below]
    own = [_begins("search_key", word) for word in words]
    chairs = Appointment.objects.current().filter(role=Role.CHAIR)
    of_chair = [_begins("account__search_key", word) for word in words]
    in_passport = [_begins("chair_key", word) for word in words]
    here = chairs.filter(organization=OuterRef("pk"))
    vacant = without_chair(below)
    found = [
        below.filter(reduce(and_, own)),
        below.filter(pk__in=chairs.filter(reduce(and_, of_chair)).values("organization")),
        vacant.filter(reduce(and_, (mine | theirs for mine, theirs in zip(own, in_passport, strict=True)))),
    ]
    if len(words) > 1:
        every = reduce(
            and_, (mine | Q(Exists(here.filter(theirs))) for mine, theirs in zip(own, of_chair, strict=True))
        )
        # Some words are the chair's. Those match few organisations, while a word like «school» is in most names.
        led = below.filter(pk__in=chairs.filter(reduce(or_, of_chair)).values("organization"))
        found.append(led.filter(reduce(or_, own), every))
    return found


def accounts_named(typed: str, most: int, actor: Actor) -> list[int]:
    """Return ids of accounts where every typed word begins a word of the name, in the whole installation.

    They only narrow a queryset that is in scope. At most `most` are of the actor's scope, and at most `most` in all.
    """
    named = Account.objects.get_queryset().filter(reduce(and_, _own_words(typed), Q()))
    here = named.filter(in_scope(actor, "home__"))
    return sorted({*first_by_name(here, typed, most), *first_by_name(named, typed, most)})


def _own_words(typed: str) -> list[Q]:
    return [_begins("search_key", word) for word in search_terms(typed)]


def chairs_of(ids: Iterable[int]) -> dict[int, str]:
    """Return the full name of the chair in office by organisation; organisations without a chair are left out."""
    chairs = Appointment.objects.current().filter(organization__in=list(ids), role=Role.CHAIR)
    return {
        one.organization_id: one.account.full_name for one in chairs.select_related("account").order_by("starts_on")
    }


def _conditions(typed: str) -> list[Q]:
    """Return conditions joined by «or»: every word begins a word of the person or of their organisation."""
    words = search_terms(typed)
    if not words:
        return [Q()]
    own = [_begins("search_key", word) for word in words]
    of_home = [_begins("home__search_key", word) for word in words]
    if len(words) == 1:
        return [own[0], of_home[0]]
    every = reduce(and_, (mine | theirs for mine, theirs in zip(own, of_home, strict=True)))
    return [reduce(and_, of_home), reduce(or_, own) & every]


def _begins(key: str, alternatives: tuple[str, ...] | list[str]) -> Q:
    return reduce(or_, (Q(**{f"{key}__contains": f" {text}"}) for text in alternatives))
