"""Run in an installation of its own on SQLite: what the bytes of its files still say of people who are destroyed."""

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

#: A name that stands nowhere else; a card has it in plain text.
SURNAME = "Щавелькович"
_LIST = f"ФИО;Дата рождения;Пол;СНИЛС\n{SURNAME} Пётр Ильич;01.02.1960;м;087-654-303 00\n"


def bytes_with(word: str) -> list[str]:
    """The files of the installation that contain the word, as text or with the escapes of JSON."""
    forms = (word.encode(), json.dumps(word)[1:-1].encode())
    database = Path(str(connection.settings_dict["NAME"]))
    files = [*database.parent.glob(f"{database.name}*"), *Path(settings.FILES_ROOT).rglob("*")]
    return sorted(path.name for path in files if path.is_file() and any(form in path.read_bytes() for form in forms))


def tell() -> None:
    """Print the files with the name: before, destroyed with the log kept, and with it emptied."""
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
    # As it is done: no word is left when the act has returned.
    for name, planted in (("card at once", erased), ("list at once", undone)):
        destroy = planted(place)
        before = bytes_with(SURNAME)
        destroy()
        said[name] = [bool(before), bool(bytes_with(SURNAME))]
    sys.stdout.write(json.dumps(said) + "\n")


def erased(place: places.Place):
    """A card whose retention is over, with a draft; the act that destroys it."""
    member = place.put(surname=SURNAME, ticket_number="", snils="")
    assert place.chair.account is not None
    save_draft(place.chair.account, f"members-edit-{member.pk}-general", {"surname": [SURNAME]})
    deregister(member.pk, reason="death", on=timezone.localdate(), paper="свидетельство", by=place.chair)
    Member.objects.filter(pk=member.pk).update(erase_after=timezone.localdate() - dt.timedelta(days=1))
    return lambda: erase(member.pk, by=place.chair)


def undone(place: places.Place):
    """A list from which a person was registered; the act that takes it back."""
    batch = upload_list(organization=place.keeper, data=_LIST.encode(), name=f"{SURNAME}.csv", by=place.chair)
    set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=place.chair)
    apply_batch(batch.pk, by=place.chair)
    return lambda: undo_batch(batch.pk, by=place.chair)
