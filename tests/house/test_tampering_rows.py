"""Entries, history, consents and records of destruction that were changed past the registry are named (ADR 20)."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from documents.consents.transitions.consents import mark_signed
from dues.ledger.book import charge_year, load_starting_rates
from dues.ledger.models import LedgerEntry
from dues.payments.transitions import record_payment, reverse_payment
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry.access import Actor
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.journal.models import Event, JournalChain
from registry.journal.queries import attested_faults, cut_since, heads
from registry.transitions import change, write_event
from tests.documents.tickets.stocks import empty, numbers
from tests.house.tampering import found, recompute, run
from tests.members import places

TODAY = timezone.localdate()
pytestmark = pytest.mark.django_db


def lived() -> places.Place:
    """Payments of each kind, a reversal, consents, blanks, a file and a destroyed card."""
    stocks = empty()
    place = stocks.place
    stocks.receive(numbers(1, 20))
    one = place.put(cell=place.cells[0].pk)
    two = place.put(surname="Сомова", snils="", ticket_number="2", paper_number="")
    for member, fee, year in ((one, "annual", TODAY.year), (one, "entrance", None), (two, "voluntary", None)):
        record_payment(
            member.pk,
            fee=fee,
            year=year,
            amount=Decimal(1),
            made_on=TODAY,
            paper=f"№ {fee}",
            key=f"{fee}",
            by=place.chair,
        )
    wrong = record_payment(
        two.pk, fee="voluntary", year=None, amount=Decimal(2), made_on=TODAY, paper="№ 9", key="9", by=place.chair
    )
    reverse_payment(wrong.entry.pk, reason="ошибка", by=place.chair)
    mark_signed(one.pk, signed_on=TODAY, by_hand=True, by=place.chair)
    storage.keep(b"scan", purpose=FilePurpose.CONSENT_SCAN, name="a.pdf", content_type="application/pdf")
    gone = place.put(surname="Ушедшая", snils="", ticket_number="3", paper_number="")
    deregister(gone.pk, reason="death", on=TODAY, paper="Справка", paper_card="taken", by=place.chair)
    Member.objects.filter(pk=gone.pk).update(erase_after=TODAY)
    erase(gone.pk, by=place.chair)
    assert found() == []
    return place


#: What somebody does → the beginning of one of the findings.
ONE = "(SELECT min(id) FROM dues_ledgerentry WHERE kind = 'payment' AND fee = '{}')"
ENTRIES = "dues_ledgerentry, organization N: rows are not as attested"
FEWER = "dues_ledgerentry, organization N: N rows less than attested"
MORE = "dues_ledgerentry, organization N: N rows more than attested"
MEMBERS = "members_historicalmember, records N…: "
DAMAGES: dict[str, tuple[list[str], str]] = {
    f"{column} of a payment of {fee}": (
        [f"UPDATE dues_ledgerentry SET {column} = {value} WHERE id = {ONE.format(fee)}"], ENTRIES,
    )
    for fee in ("annual", "entrance", "voluntary")
    for column, value in (
        ("amount", "amount + 1"), ("made_on", "'2001-01-01'"), ("paper", "'№ 777'"), ("posted_by_id", "NULL"),
        ("posted_at", "'2001-01-01 00:00:00+00:00'"), ("rule", "''"), ("key", "'another'"),
        ("account_id", "(SELECT max(id) FROM dues_duesaccount)"),
        ("debit_id", "(SELECT max(b.id) FROM dues_bookaccount b WHERE b.id NOT IN (debit_id, credit_id))"),
    )
} | {
    "a payment of another organisation": (
        [f"UPDATE dues_ledgerentry SET organization_id = (SELECT min(id) FROM registry_organization) WHERE id ="
         f" {ONE.format('voluntary')}"], FEWER,
    ),
    "a payment taken out": ([f"DELETE FROM dues_ledgerentry WHERE id = {ONE.format('entrance')}"], FEWER),
    "a payment put in": (
        ["INSERT INTO dues_ledgerentry (account_id, organization_id, debit_id, credit_id, kind, fee, amount, made_on,"
         " paper, key, posted_at, rule) SELECT account_id, organization_id, debit_id, credit_id, kind, fee, amount,"
         f" made_on, paper, 'new', posted_at, rule FROM dues_ledgerentry WHERE id = {ONE.format('voluntary')}"], MORE,
    ),
    "two payments that change places": (
        [f"UPDATE dues_ledgerentry SET id = -1 WHERE id = {ONE.format('voluntary')}",
         "UPDATE dues_ledgerentry SET id = (SELECT min(id) FROM dues_ledgerentry WHERE fee = 'voluntary' AND id > 0"
         " AND kind = 'reversal') + 100 WHERE id = -1"], ENTRIES,
    ),
    "a reversal of another entry": (
        [f"UPDATE dues_ledgerentry SET reverses_id = {ONE.format('voluntary')} WHERE kind = 'reversal'"], ENTRIES,
    ),
    "text of the history": (
        ["UPDATE members_historicalmember SET surname = 'Другая' WHERE history_id = (SELECT min(history_id) FROM"
         " members_historicalmember)"], MEMBERS + "rows are not as attested",
    ),
    "who changed it": (
        ["UPDATE members_historicalmember SET history_user_id = NULL WHERE history_id = (SELECT min(history_id) FROM"
         " members_historicalmember)"], MEMBERS + "rows are not as attested",
    ),
    "when it was changed": (
        ["UPDATE members_historicalmember SET history_date = '2001-01-01 00:00:00+00:00' WHERE history_id = (SELECT"
         " max(history_id) FROM members_historicalmember)"], MEMBERS + "rows are not as attested",
    ),
    "history taken out": (
        ["DELETE FROM members_historicalmember WHERE history_id = (SELECT min(history_id) FROM"
         " members_historicalmember)"], MEMBERS + "N rows less than attested",
    ),
    "history of another order": (
        ["UPDATE members_historicalmember SET history_id = -history_id WHERE history_id = (SELECT min(history_id) FROM"
         " members_historicalmember)"], MEMBERS + "rows are not as attested",
    ),
    "an encrypted field": (
        ["UPDATE members_historicalidentitypaper SET paper_number = ''"],
        "members_historicalidentitypaper, records N…: rows are not as attested",
    ),
    "day of a consent": (
        ["UPDATE documents_consent SET signed_on = '2001-01-01'"], "consent N is not as its history says",
    ),
    "day of a consent and of its history": (
        ["UPDATE documents_consent SET signed_on = '2001-01-01'",
         "UPDATE documents_historicalconsent SET signed_on = '2001-01-01' WHERE signed_on IS NOT NULL"],
        "documents_historicalconsent, records N…: rows are not as attested",
    ),
    "state of a consent": (
        ["UPDATE documents_consent SET state = 'withdrawn'"], "consent N is not as its history says",
    ),
    "a consent taken out": (
        ["DELETE FROM documents_consent"], "consent N is gone, and its history does not say so",
    ),
    "a record of destruction": (
        ["UPDATE members_destructionrecord SET reason = 'другая'"],
        "members_destructionrecord, organization N: rows are not as attested",
    ),
    "a record of destruction taken out": (
        ["DELETE FROM members_destructionrecord"],
        "members_destructionrecord, organization N: N rows less than attested",
    ),
    "a movement of blanks": (
        ["UPDATE documents_blankmovement SET made_on = '2001-01-01'"],
        "documents_blankmovement, records N…: rows are not as attested",
    ),
    "checksum of a file": (
        ["UPDATE registry_storedfile SET sha256 = 'other'"], "registry_storedfile: rows are not as attested",
    ),
    "an attestation": (
        ["UPDATE registry_attestation SET sums = '{}'"], "attestation N was not made by the registry",
    ),
    "a chain with all its events": (
        ["DELETE FROM registry_event WHERE chain = (SELECT max(key) FROM registry_journalchain)",
         "DELETE FROM registry_journalchain WHERE key = (SELECT max(key) FROM registry_journalchain)"],
        "registry_journalchain, records N…: N rows less than attested",
    ),
}  # fmt: skip


def test_n_d1_every_change_past_the_registry_is_named() -> None:
    lived()
    unnamed = {}
    for name, (statements, said) in DAMAGES.items():
        with transaction.atomic():
            run(*statements)
            if said not in (lines := found()):
                unnamed[name] = lines
            transaction.set_rollback(True)
    assert (unnamed, found()) == ({}, [])


def test_n_d1_a_payment_of_a_percentage_is_attested() -> None:
    place = places.union()
    member = place.put(dues_form="cash", dues_percent=None)
    values = {"amount": Decimal(5), "made_on": TODAY, "paper": "№ 1", "key": "1", "by": place.chair}
    record_payment(member.pk, fee="percent", year=TODAY.year, **values)
    assert found() == []
    for change_of in ("amount = amount + 1", "made_on = '2001-01-01'", "paper = 'x'", "posted_by_id = NULL"):
        with transaction.atomic():
            run(f"UPDATE dues_ledgerentry SET {change_of} WHERE fee = 'percent'")
            assert found() == [ENTRIES]
            transaction.set_rollback(True)


def test_n_d1_the_charge_of_a_year_by_statements_for_many_rows_is_attested() -> None:
    place = lived()
    with change(by=Actor.system("dues"), rule="V-D1", event="dues.year_charged") as act:
        load_starting_rates(act, place.keeper.federation)
        assert charge_year(act, place.keeper, TODAY.year) == 2
        act.about(None, organization=place.keeper)
    charged = LedgerEntry.objects.filter(kind="charge").count()
    event = Event.objects.get(action="dues.year_charged")
    assert charged == 2
    (tables,) = event.sums.values()
    assert tables["dues_ledgerentry"][f"organization {place.keeper.pk}"][0] == 2
    assert list(attested_faults()) == []
    run("UPDATE dues_ledgerentry SET due_on = '2001-01-01' WHERE kind = 'charge'")
    assert ENTRIES in found()


def test_n_s1_rows_of_a_savepoint_that_was_rolled_back_are_not_attested() -> None:
    place = lived()
    member = Member.objects.filter(organization=place.keeper).earliest("pk")
    with change(by=place.chair, rule="V-B1", event="card.edited") as act:
        with transaction.atomic():
            act.save(member)
            transaction.set_rollback(True)
        member.refresh_from_db()
        act.save(member)
        act.about(member, organization=place.keeper)
    assert list(attested_faults()) == []


def test_n_s1_a_change_that_fails_leaves_no_sums_behind() -> None:
    place = lived()
    member = Member.objects.filter(organization=place.keeper).earliest("pk")
    with (
        pytest.raises(ValueError, match="enough"),
        transaction.atomic(),
        change(by=place.chair, rule="V-B1", event="card.edited") as act,
    ):
        act.save(member)
        act.about(member, organization=place.keeper)
        raise ValueError("enough")
    assert list(attested_faults()) == []


def test_n_s1_rows_written_beside_all_changes_are_attested_alone() -> None:
    place = lived()
    history: Any = Member.history
    Member.objects.earliest("pk").save()
    history.filter(organization_id=place.keeper.pk).update(surname="Иная")
    history.earliest("history_id").delete()
    history.filter(organization_id=place.keeper.pk).delete()
    assert list(attested_faults()) == []


def test_n_s1_a_cut_with_an_older_head_is_found_by_the_exported_heads(tmp_path: Path) -> None:
    place = lived()
    older = JournalChain.objects.get(key=place.keeper.pk)
    write_event("session.started", by=place.chair, organization=place.keeper)
    exported = json.loads(json.dumps(heads()))
    write_event("session.ended", by=place.chair, organization=place.keeper)
    assert list(cut_since(exported)) == []
    run(
        f"DELETE FROM registry_event WHERE chain = {older.key} AND number > {older.number}",
        f"UPDATE registry_journalchain SET number = {older.number}, digest = '{older.digest}', seal = '{older.seal}'"
        f" WHERE key = {older.key}",
    )
    assert found() == []
    cut = f"chain {older.key}: event {older.number + 1} is gone or another one since the heads were exported"
    assert list(cut_since(exported)) == [cut]
    path = tmp_path / "registry.heads.json"
    path.write_text(json.dumps(exported))
    out = StringIO()
    with pytest.raises(CommandError, match="1 things are wrong"):
        call_command("check_integrity", heads=path, stdout=out)
    assert cut in out.getvalue()
    exported["chains"][str(older.key)][0] -= 1
    assert list(cut_since(exported)) == ["the exported heads were not made by this registry"]


def test_n_s1_a_removed_chain_and_removed_attestations_are_found_by_the_exported_heads() -> None:
    place = lived()
    exported = heads()
    number = exported["chains"][str(place.keeper.pk)][0]
    run(
        f"DELETE FROM registry_event WHERE chain = {place.keeper.pk}",
        f"DELETE FROM registry_journalchain WHERE key = {place.keeper.pk}",
        "DELETE FROM registry_attestation",
    )
    assert list(cut_since(exported)) == [
        f"chain {place.keeper.pk}: event {number} is gone or another one since the heads were exported",
        f"{exported['attestations']} attestations are gone since the heads were exported",
    ]


def test_n_s1_after_a_change_of_the_key_everything_agrees_with_the_new_one_alone(settings: Any) -> None:
    place = lived()
    (old,), new = settings.EVIDENCE_KEYS, Fernet.generate_key().decode()
    settings.EVIDENCE_KEYS = [new, old]
    place.put(surname="Ким", snils="", ticket_number="5", paper_number="")
    assert found() == []
    call_command("rotate_keys", stdout=StringIO())
    settings.EVIDENCE_KEYS = [new]
    assert found() == []
    run("UPDATE dues_ledgerentry SET paper = 'иная' WHERE paper = '№ voluntary'")
    assert found() == [ENTRIES]


def test_n_s1_a_change_of_the_key_does_not_make_changed_rows_whole(settings: Any) -> None:
    lived()
    run("UPDATE dues_ledgerentry SET paper = 'иная' WHERE paper = '№ voluntary'")
    settings.EVIDENCE_KEYS = [Fernet.generate_key().decode(), *settings.EVIDENCE_KEYS]
    with pytest.raises(CommandError, match="Rows are not as attested, and stay so: dues_ledgerentry"):
        call_command("rotate_keys", stdout=StringIO())
    assert found() == [ENTRIES]


def test_n_s1_rows_of_an_earlier_version_are_attested_by_a_command_that_the_journal_names() -> None:
    lived()
    run("UPDATE registry_event SET sums = NULL")
    for chain in JournalChain.objects.values_list("key", flat=True):
        recompute(chain)
    assert MORE in found()
    out = StringIO()
    call_command("record_evidence", "dues_ledgerentry", stdout=out)
    assert out.getvalue() == "dues_ledgerentry: attested as it is now.\n"
    assert MORE not in found()
    call_command("record_evidence", stdout=StringIO())
    assert list(attested_faults()) == []
    said = Event.objects.filter(action="journal.attested").values_list("facts__table", flat=True)
    assert {"dues_ledgerentry", "members_historicalmember"} <= set(said)
    with pytest.raises(CommandError, match="not attested: nothing"):
        call_command("record_evidence", "nothing")
