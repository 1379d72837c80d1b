"""Prints which files of a separate SQLite installation still contain the name of people who were destroyed."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from django.utils import timezone

from members.lists.batches import apply_batch, set_columns, undo_batch, upload_list
from members.lists.transitions import batches
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from members.people.transitions import destroying
from registry.drafts.transitions import save_draft
from registry.wal import empty_log
from tests.members import places

#: A name that occurs nowhere else; cards store it as plain text.
SURNAME = "Щавелькович"
_LIST = f"ФИО;Дата рождения;Пол;СНИЛС\n{SURNAME} Пётр Ильич;01.02.1960;м;087-654-303 00\n"


def bytes_with(word: str) -> list[str]:
    """Return the files of the installation that contain the word, as text or with JSON escapes."""
    forms = (word.encode(), json.dumps(word)[1:-1].encode())
    database = Path(str(connection.settings_dict["NAME"]))
    files = [*database.parent.glob(f"{database.name}*"), *Path(settings.FILES_ROOT).rglob("*")]
    return sorted(path.name for path in files if path.is_file() and any(form in path.read_bytes() for form in forms))


def tell() -> None:
    """Print whether files contain the name before the act, after it with the log kept, and with the log emptied."""
    place = places.voi()
    said = {}
    with patch.object(destroying, "empty_log", lambda: None), patch.object(batches, "empty_log", lambda: None):
        for name, planted in (("card", erased), ("list", undone)):
            destroy = planted(place)
            before = bytes_with(SURNAME)
            destroy()
            said[name] = [bool(before), bool(bytes_with(SURNAME))]
            empty_log()
            said[name].append(bool(bytes_with(SURNAME)))
    # Without the patches the name is gone as soon as the act returns.
    for name, planted in (("card at once", erased), ("list at once", undone)):
        destroy = planted(place)
        before = bytes_with(SURNAME)
        destroy()
        said[name] = [bool(before), bool(bytes_with(SURNAME))]
    sys.stdout.write(json.dumps(said) + "\n")


def erased(place: places.Place):
    """Create a card with a draft whose retention is over; return the act that destroys it."""
    member = place.put(surname=SURNAME, ticket_number="", snils="")
    assert place.chair.account is not None
    save_draft(place.chair.account, f"members-edit-{member.pk}-general", {"surname": [SURNAME]})
    deregister(member.pk, reason="death", on=timezone.localdate(), paper="свидетельство", by=place.chair)
    Member.objects.filter(pk=member.pk).update(erase_after=timezone.localdate() - dt.timedelta(days=1))
    return lambda: erase(member.pk, by=place.chair)


def undone(place: places.Place):
    """Register a person from a list; return the act that undoes the list."""
    batch = upload_list(organization=place.keeper, data=_LIST.encode(), name=f"{SURNAME}.csv", by=place.chair)
    set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=place.chair)
    apply_batch(batch.pk, by=place.chair)
    return lambda: undo_batch(batch.pk, by=place.chair)
