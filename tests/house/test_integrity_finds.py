"""The integrity check finds damage made outside of transitions to invariants that the database does not enforce."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from documents.consents.transitions.consents import mark_signed
from members.movement.transitions import leaving
from members.people.models import Member
from registry import guards, integrity
from registry.access import Actor
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.files.models import StoredFile
from registry.remarks.transitions import make_remark
from tests.documents.ecards.cards_world import cards_world
from tests.members import applicants, places, sessions
from tests.members.reconciliations import open_year
from tests.registry.campaigns.worlds import of_place

TODAY = timezone.localdate()
pytestmark = pytest.mark.django_db


def damage(sql: str, *values: object) -> None:
    for table in guards.APPEND_ONLY:
        guards.lift(table)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount > 0
    guards.install()


def found() -> list[str]:
    """Return the findings without the ids of the records."""
    return sorted({re.sub(r"[0-9a-f-]{36}|\d+", "N", line) for _title, lines in integrity.run() for line in lines})


def whole() -> places.Place:
    """Build records of every kind without any damage."""
    place = places.voi()
    member = place.put(cell=place.cells[0].pk)
    mark_signed(member.pk, signed_on=TODAY, by_hand=True, by=place.chair)
    traveller = place.put(surname="Путникова", snils="", ticket_number="2", paper_number="")
    leaving.deregister(traveller.pk, reason="departure", on=TODAY, paper_card="handed", by=place.chair)
    gone = place.put(surname="Ушедшая", snils="", ticket_number="3", paper_number="")
    leaving.deregister(gone.pk, reason="death", on=TODAY, paper="Справка", paper_card="taken", by=place.chair)
    item = sessions.admission(place, [applicants.apply(place)])
    sessions.decided(item, place.chair)
    applicants.apply(place)
    open_year(TODAY.year, today=TODAY, by=Actor.system("reconciliation"))
    storage.store_file(b"scan", purpose=FilePurpose.CONSENT_SCAN, name="a.pdf", content_type="application/pdf")
    of_place(place)
    make_remark("organization", place.keeper.pk, text="Протокол", term=TODAY, by=place.region_chair)
    assert found() == []
    return place


DAMAGES: dict[str, tuple[str, str]] = {
    "UPDATE members_registration SET ended_on = NULL, end_reason = ''": (
        "1", "member N is deceased with N open registrations",
    ),
    "UPDATE registry_remark SET state = 'answered'": ("11", "remark N: answered, the latest step is made"),
    "UPDATE registry_remark SET term = '9999-12-31'": ("11", "remark N: the term is not that of the trail"),
    "INSERT INTO registry_remarkperson (remark_id, member_id) SELECT r.id, m.id FROM registry_remark r, "
    "(SELECT min(id) AS id FROM members_member) m": ("11", "remark N is not on many cards and names several members"),
    "UPDATE registry_reportfigure SET total = total + 100": (
        "12", "report N, line N: the total is not the sum of its parts",
    ),
    "UPDATE registry_campaignreport SET sums = '[]'": ("12", "report N does not list the reports that it adds"),
    "UPDATE registry_campaignreport SET state = 'in_work' WHERE state = 'accepted'": (
        "12", "report N is below one that is handed in",
    ),
    "UPDATE registry_campaignreport SET state = 'frozen' WHERE state = 'complete'": (
        "12", "report N is not as its campaign",
    ),
    "UPDATE registry_reportfigure SET computed = NULL": (
        "12", "figure N differs from the counted one without a reason",
    ),
    "UPDATE dues_duesaccount SET advance = advance + 1": ("4", "account N: advance not as the entries say"),
    "UPDATE dues_ledgerentry SET amount = amount + 1": ("4", "account N: unpaid not as the entries say"),
    "DELETE FROM members_transfer": ("5", "member N is in transit without a transfer"),
    "UPDATE members_reconciliation SET state = 'accepted', reported_at = opened_on": (
        "5", "reconciliation N is accepted without a decision",
    ),
    "UPDATE members_application SET state = 'filed' WHERE state = 'admitted'": (
        "5", "application N was not admitted and has a card",
    ),
    "UPDATE registry_figures SET members = members + 1": ("6", "organisation N: members N, counted N"),
    "UPDATE registry_figures SET in_transit = in_transit + 1": ("6", "organisation N: in_transit N, counted N"),
    "UPDATE registry_figures SET applications = applications + 1": ("6", "organisation N: applications N, counted N"),
    "UPDATE registry_figures SET last_destruction = 7": ("6", "organisation N: last_destruction N, counted N"),
    "UPDATE registry_figures SET last_book_line = 70 WHERE last_book_line > 0": (
        "6", "organisation N: the last line of the book is N, the counter says N",
    ),
    "UPDATE registry_figures SET led_until = '9999-12-31' WHERE NOT EXISTS (SELECT 1 FROM registry_appointment a"
    " WHERE a.organization_id = registry_figures.organization_id)": (
        "6", "organisation N is stored as led, and nobody leads it",
    ),
    "UPDATE members_member SET consent_state = 'none' WHERE consent_state = 'signed'": (
        "6", "member N: a consent is signed, the card does not say so",
    ),
    "UPDATE registry_organization SET path = '9/' || path WHERE level = 'primary'": (
        "7", "organisation N: path N/N/N/N/N/, should be N/N/N/N/",
    ),
    "UPDATE registry_organization SET level = 'local' WHERE level = 'primary'": (
        "7", "organisation N: level local under local",
    ),
    "UPDATE registry_event SET action = 'nothing' WHERE number = 1": (
        "10", "chain N: event N does not agree with its digest",
    ),
    "DELETE FROM registry_event WHERE number = 2": ("10", "chain N: number N follows N"),
    "UPDATE registry_journalchain SET number = number + 1": ("10", "chain N: the head says N, the journal ends at N"),
}  # fmt: skip


#: Damage to electronic cards and to the outbox → all its findings.
OF_CARDS: dict[str, list[str]] = {
    "UPDATE documents_cardrequest SET printed_name = 'Другая' WHERE state = 'handed_out'": [
        "batch N: the manifest differs from the sent one",
    ],
    "UPDATE documents_cardbatch SET digest = 'other'": ["batch N: the manifest differs from the sent one"],
    "UPDATE documents_electroniccard SET state = 'destroyed'": ["card N: destroyed without a day"],
    "UPDATE documents_electroniccard SET state = 'blocked', block_reason = 'lost'": ["card N: blocked without a day"],
    "UPDATE documents_electroniccard SET member_id = NULL": [
        "card N: it belongs to another member than its request", "card N: it belongs to no registered member",
    ],
    "UPDATE documents_electroniccard SET member_id = (SELECT MAX(id) FROM members_member)": [
        "card N: it belongs to another member than its request",
    ],
    "UPDATE documents_cardrequest SET state = 'returned' WHERE state = 'handed_out'": [
        "request N: has a card and is returned",
    ],
    "UPDATE documents_cardrequest SET state = 'handed_out' WHERE state = 'sent'": [
        "request N: handed out without a card",
    ],
    "UPDATE documents_cardbatch SET state = 'draft' WHERE id = (SELECT batch_id FROM documents_cardrequest"
    " WHERE state = 'sent')": ["request N: sent in an order that was not sent"],
    "UPDATE documents_cardrequest SET place_id = (SELECT MIN(id) FROM registry_organization) WHERE state = 'arrived'": [
        "request N: in transit by delivery N, but it is recorded elsewhere",
    ],
    "DELETE FROM documents_outboxentry WHERE id = (SELECT MIN(id) FROM documents_outboxentry)": [
        "member N consented and has no entry in the outbox",
    ],
    "UPDATE documents_consent SET state = 'withdrawn' WHERE purpose = 'transfer' AND member_id ="
    " (SELECT MIN(member_id) FROM documents_consent)": [
        "consent N is not as its history says", "outbox N is about a person without consent",
    ],
    "UPDATE documents_outboxentry SET member_id = NULL WHERE id = (SELECT MIN(id) FROM documents_outboxentry)": [
        "member N consented and has no entry in the outbox", "outbox N is about a destroyed card",
        "outbox N is about a person without consent",
    ],
}  # fmt: skip


@pytest.mark.once
def test_n_s1_damage_that_bypasses_the_transitions_is_reported() -> None:
    whole()
    unnamed = {}
    for sql, (_invariant, said) in DAMAGES.items():
        with transaction.atomic():
            damage(sql)
            if said not in (lines := found()):
                unnamed[sql] = lines
            transaction.set_rollback(True)
    assert (unnamed, found()) == ({}, [])


@pytest.mark.once
@pytest.mark.usefixtures("own_files")
def test_n_s1_damage_to_electronic_cards_and_to_the_outbox_is_reported() -> None:
    held = cards_world()
    held.issued("Абрамова")
    held.handed_down("Белова", first=2, tracking="RA 0002")
    held.sent("Власова")
    assert found() == []
    said = {}
    for sql in OF_CARDS:
        with transaction.atomic():
            damage(sql)
            said[sql] = found()
            transaction.set_rollback(True)
    assert said == OF_CARDS


def test_n_s1_damage_that_the_database_prevents_is_refused() -> None:
    place = whole()
    for sql in (
        "UPDATE members_member SET ticket_number = '2' WHERE state = 'on_account'",
        "UPDATE members_member SET organization_id = NULL WHERE state = 'on_account'",
        "UPDATE documents_consent SET signed_on = NULL",
        "INSERT INTO registry_event SELECT * FROM registry_event",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Member.objects.filter(organization=place.keeper).count() == 2


def test_n_s1_a_file_without_its_row_and_a_row_without_its_file_are_named(
    django_capture_on_commit_callbacks: Callable,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        row = storage.store_file(
            b"scan", purpose=FilePurpose.CONSENT_SCAN, name="a.pdf", content_type="application/pdf"
        )
    path: Path = storage.path_of(row.pk)
    data = path.read_bytes()
    path.unlink()
    assert found() == ["file N is missing"]
    path.write_bytes(data)
    StoredFile.objects.all().delete()
    assert found() == ["file N has no row"]
