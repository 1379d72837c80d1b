"""The installation during the floods: the flooder, a neighbour, and an officer of another federation."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from members.people.models import Member
from registry.access import Actor
from registry.organizations.models import Organization
from tests.registry import trees

#: Number of people in the flooder's organisation, and in the neighbour's.
PEOPLE = 300


@dataclass(frozen=True)
class World:
    """The actors and their sessions; `foreign` are the people of the neighbour."""

    flooder: Actor
    neighbour: Actor
    other: Actor
    own: list[Member]
    foreign: list[Member]
    sessions: dict[int, str]

    def session_of(self, who: Actor) -> str:
        """Return the key of the officer's session."""
        return self.sessions[who.account.pk]  # type: ignore[union-attr]


def build() -> World:
    """Create two federations with the registry's own transitions."""
    region = trees.below(trees.head("voi"), "regional", "Тульская РО")
    here = trees.again(trees.below(region, "local", "Заречная МО"))
    there = trees.again(trees.below(region, "local", "Привокзальная МО"))
    school: Organization = trees.again(trees.below(trees.head("education_union"), "primary", "ППО школы № 15"))
    own, foreign, _teachers = (
        trees.members(one, count) for one, count in ((here, PEOPLE), (there, PEOPLE), (school, 60))
    )
    flooder, neighbour, other = trees.officer(here), trees.officer(there), trees.officer(school)
    sessions = {who.account.pk: _session(who) for who in (flooder, neighbour, other)}  # type: ignore[union-attr]
    return World(flooder, neighbour, other, own, foreign, sessions)


def _session(who: Actor) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(who.account.pk)  # type: ignore[union-attr]
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = who.account.get_session_auth_hash()  # type: ignore[union-attr]
    session.create()
    return session.session_key or ""
