"""Creates an organisation with people, a session and a long print that waits for a worker; run as a process."""

from __future__ import annotations

import json
import sys

import django

PEOPLE = 90


def main() -> dict[str, object]:
    """Create the records; return the values that the test needs."""
    from django.test import Client

    from registry.enums import Role
    from registry.jobs.queue import start_job
    from tests.members import places
    from tests.registry import trees

    place = places.union()
    named = zip(("Абрамова", "Беляева", "Волкова"), places.SNILS, strict=True)
    cards = [place.put(surname=surname, snils=snils).pk for surname, snils in named]
    others = [member.pk for member in trees.members(place.keeper, PEOPLE)]
    visitor = trees.officer(place.keeper, Role.REGISTRAR, "Сомова")
    client = Client()
    client.force_login(visitor.account)  # type: ignore[arg-type]
    assert place.chair.account is not None
    return {
        "login": place.chair.account.login,
        "cards": cards,
        "keeper": place.keeper.pk,
        "people": PEOPLE,
        "session": client.session.session_key,
        "job": str(start_job("documents.print", {"form": "application", "ids": others}, by=place.chair).pk),
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(main()) + "\n")
