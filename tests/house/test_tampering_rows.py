"""The check finds changes of entries, history, consents and destruction records outside of the registry (ADR 20)."""

from __future__ import annotations

import datetime as dt
import json
import re
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
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.payments.transitions import record_payment, reverse_payment
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry import integrity
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
    """Create payments of each kind, a reversal, consents, blanks, a file and a destroyed card."""
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
    storage.store_file(b"scan", purpose=FilePurpose.CONSENT_SCAN, name="a.pdf", content_type="application/pdf")
    gone = place.put(surname="Ушедшая", snils="", ticket_number="3", paper_number="")
    deregister(gone.pk, reason="death", on=TODAY, paper="Справка", paper_card="taken", by=place.chair)
    Member.objects.filter(pk=gone.pk).update(erase_after=TODAY)
    erase(gone.pk, by=place.chair)
    assert found() == []
    return place


#: Changes → the beginning of one of the findings.
ONE = "(SELECT min(id) FROM dues_ledgerentry WHERE kind = 'payment' AND fee = '{}')"
ENTRIES = "dues_ledgerentry, organization N: rows are not as attested"
ONE_ENTRY = [
    "dues_ledgerentry N is not as attested", ENTRIES, "dues_ledgerentry: not found as event N of chain N attests it",
]  # fmt: skip
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
    "organisation of an account of the books": (
        ["UPDATE dues_bookaccount SET organization_id = (SELECT min(id) FROM registry_organization) WHERE kind ="
         " 'received'"], "dues_bookaccount, organization N: N rows less than attested",
    ),
    "kind of an account of the books": (
        ["UPDATE dues_bookaccount SET kind = 'cash' WHERE kind = 'received'"],
        "dues_bookaccount, organization N: rows are not as attested",
    ),
    "an account of the books put in": (
        ["INSERT INTO dues_bookaccount (organization_id, kind, fee, year, number) SELECT min(organization_id), 'cash',"
         " '', 0, '' FROM dues_bookaccount"], "dues_bookaccount, organization N: N rows more than attested",
    ),
    "owners of two personal accounts": (
        ["UPDATE dues_duesaccount SET member_id = NULL WHERE id = (SELECT min(id) FROM dues_duesaccount)"],
        "dues_duesaccount, records N…: rows are not as attested",
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
            assert found() == ONE_ENTRY
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
    # Rows attested with the new key only were attested together in a single event.
    assert found() == [
        "dues_ledgerentry, organization N: rows are not as attested",
        "dues_ledgerentry: not found as event N of chain N attests it",
        "dues_ledgerentry: one or more of N rows, N in all: N, N, N, N, N",
    ]


def test_n_s1_a_change_of_the_key_does_not_make_changed_rows_whole(settings: Any) -> None:
    lived()
    run("UPDATE dues_ledgerentry SET paper = 'иная' WHERE paper = '№ voluntary'")
    settings.EVIDENCE_KEYS = [Fernet.generate_key().decode(), *settings.EVIDENCE_KEYS]
    with pytest.raises(CommandError, match="Rows are not as attested, and stay so: dues_ledgerentry"):
        call_command("rotate_keys", stdout=StringIO())
    assert found() == ONE_ENTRY


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


def sentences() -> list[str]:
    return [line for _title, lines in integrity.run() for line in lines]


def entry(**values: Any) -> int:
    return LedgerEntry.objects.values_list("pk", flat=True).get(**values)


def test_n_d1_the_check_names_the_entry_that_was_changed_and_the_event_that_wrote_it() -> None:
    place = lived()
    pk = entry(paper="№ voluntary", kind="payment")
    event = Event.objects.get(action="dues.paid", facts__entry=pk)
    for column in ("amount = amount + 1", "made_on = '2001-01-01'", "paper = 'x'"):
        with transaction.atomic():
            run(f"UPDATE dues_ledgerentry SET {column} WHERE id = {pk}")
            assert [line for line in sentences() if line.startswith("dues_ledgerentry")] == [
                f"dues_ledgerentry, organization {place.keeper.pk}: rows are not as attested",
                f"dues_ledgerentry {pk} is not as attested",
                f"dues_ledgerentry: not found as event {event.number} of chain {event.chain} attests it",
            ]
            transaction.set_rollback(True)


def test_n_d1_the_check_names_the_event_of_an_entry_taken_out_and_an_entry_put_in() -> None:
    place = lived()
    where = f"dues_ledgerentry, organization {place.keeper.pk}"
    event = Event.objects.get(action="dues.paid", facts__fee="entrance")
    with transaction.atomic():
        run(f"DELETE FROM dues_ledgerentry WHERE id = {entry(paper='№ entrance', kind='payment')}")
        assert [line for line in sentences() if line.startswith("dues_ledgerentry")] == [
            f"{where}: 1 rows less than attested",
            f"dues_ledgerentry: not found as event {event.number} of chain {event.chain} attests it",
        ]
        transaction.set_rollback(True)
    run(*DAMAGES["a payment put in"][0])
    assert [line for line in sentences() if line.startswith("dues_ledgerentry")] == [
        f"{where}: 1 rows more than attested", f"dues_ledgerentry {entry(key='new')} is not as attested",
    ]  # fmt: skip


def test_n_d1_of_rows_written_together_the_check_names_these_and_no_others() -> None:
    place = lived()
    with change(by=Actor.system("dues"), rule="V-D1", event="dues.year_charged") as act:
        load_starting_rates(act, place.keeper.federation)
        charge_year(act, place.keeper, TODAY.year)
        act.about(None, organization=place.keeper)
    one, two = LedgerEntry.objects.filter(kind="charge").order_by("pk").values_list("pk", flat=True)
    event = Event.objects.get(action="dues.year_charged")
    run(f"UPDATE dues_ledgerentry SET due_on = '2001-01-01' WHERE id = {two}")
    assert [line for line in sentences() if line.startswith("dues_ledgerentry")] == [
        f"dues_ledgerentry, organization {place.keeper.pk}: rows are not as attested",
        f"dues_ledgerentry: one or more of 2 rows, 7 in all: {one}, {two}",
        f"dues_ledgerentry: not found as event {event.number} of chain {event.chain} attests it",
    ]
    with transaction.atomic():
        # Another entry, written alone, can be distinguished from these.
        alone = entry(paper="№ annual", kind="payment")
        run(f"UPDATE dues_ledgerentry SET paper = 'x' WHERE id = {alone}")
        assert f"dues_ledgerentry: one or more of 3 rows, 7 in all: {alone}, {one}, {two}" in sentences()
        transaction.set_rollback(True)


def test_n_d1_an_owner_given_back_to_an_erased_card_is_named_by_the_event_that_had_taken_them_away() -> None:
    """The row is again as it was first attested, so its digest alone shows no change."""
    place = lived()
    kept = place.put(surname="Вернувшаяся", snils="", ticket_number="7", paper_number="")
    values = {"amount": Decimal(1), "made_on": TODAY, "paper": "№ 8", "key": "8", "by": place.chair}
    record_payment(kept.pk, fee="voluntary", year=None, **values)
    account = DuesAccount.objects.get(member=kept)
    member = account.member_id
    with change(by=Actor.system("erasing"), rule="V-B14", event="card.erased") as act:
        DuesAccount.objects.filter(pk=account.pk).update(member=None)
        act.about(None, organization=place.keeper)
    assert list(attested_faults()) == []
    event = Event.objects.filter(action="card.erased").latest("pk")
    run(f"UPDATE dues_duesaccount SET member_id = {member} WHERE id = {account.pk}")
    # The numbers of blocks of records depend on the rows of other tests.
    assert [re.sub(r"records \d+…", "records N…", fault) for fault in attested_faults()] == [
        "dues_duesaccount, records N…: rows are not as attested",
        f"dues_duesaccount: not found as event {event.number} of chain {event.chain} attests it",
    ]


def test_n_d1_a_destroyed_card_leaves_an_account_whose_lost_owner_is_attested() -> None:
    place = lived()
    gone = place.put(surname="Плательщица", snils="", ticket_number="8", paper_number="")
    values = {"amount": Decimal(1), "made_on": TODAY, "paper": "№ 8", "key": "8", "by": place.chair}
    record_payment(gone.pk, fee="voluntary", year=None, **values)
    deregister(gone.pk, reason="death", on=TODAY, paper="Справка", paper_card="taken", by=place.chair)
    Member.objects.filter(pk=gone.pk).update(erase_after=TODAY)
    erase(gone.pk, by=place.chair)
    assert (Member.objects.filter(pk=gone.pk).exists(), found()) == (False, [])


def test_n_s1_contents_of_files_are_read_against_their_checksums(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [
        storage.store_file(
            f"scan {n}".encode(), purpose=FilePurpose.CONSENT_SCAN, name="a.pdf", content_type="text/plain"
        )
        for n in range(5)
    ]
    one, two, three, _four, five = sorted(kept, key=lambda row: row.pk)
    # The test is one transaction, so the files are still in the place for uncommitted changes.
    places_of = {row.pk: Path(settings.FILES_ROOT) / storage.new_place_of(row.pk) for row in kept}
    assert storage.compare() == (5, 5, [])
    # A changed letter of the token, the valid token of another file, and a shortened one.
    before = places_of[one.pk].read_bytes()
    places_of[one.pk].write_bytes(before[:40] + (b"A" if before[40:41] != b"A" else b"B") + before[41:])
    places_of[two.pk].write_bytes(places_of[five.pk].read_bytes())
    places_of[three.pk].write_bytes(b"")
    wrong = sorted(str(row.pk) for row in (one, two, three))
    assert storage.compare() == (5, 5, wrong)
    out = StringIO()
    # The sample that tests the keys finds two more.
    with pytest.raises(CommandError, match="5 things are wrong"):
        call_command("check_integrity", files=True, stdout=out)
    assert "WRONG  Contents of stored files agree with their checksums: 5 of 5 read" in out.getvalue()
    assert f"contents of file {one.pk} are not what was stored" in out.getvalue()
    # An ordinary run reads some of them, and all of them within several days.
    monkeypatch.setattr(storage, "SAMPLE", 2)
    day = dt.date(2024, 2, 28)
    parts = [storage.compare(day + dt.timedelta(days=n)) for n in range(3)]
    assert sorted(part.read for part in parts) == [1, 2, 2]
    assert sorted(pk for part in parts for pk in part.wrong) == wrong
    assert {part.total for part in parts} == {5}


@pytest.mark.parametrize("count", [1, 6, 7, 8])
@pytest.mark.parametrize("step", [1, 7])
def test_n_s1_checks_of_every_day_and_of_every_week_read_all_files(
    monkeypatch: pytest.MonkeyPatch, count: int, step: int
) -> None:
    monkeypatch.setattr(storage, "SAMPLE", 1)
    for n in range(count):
        storage.store_file(b"%d" % n, purpose=FilePurpose.CONSENT_SCAN, name="a.pdf", content_type="text/plain")
    read: list[str] = []
    monkeypatch.setattr(storage, "_is_as_stored", lambda row: read.append(str(row.pk)) or True)
    for n in range(8):
        assert storage.compare(dt.date(2024, 2, 28) + dt.timedelta(days=step * n)).read <= 1
    assert len(set(read)) == count


def test_n_s1_a_missing_file_is_named_once(settings: Any) -> None:
    row = storage.store_file(b"scan", purpose=FilePurpose.CONSENT_SCAN, name="a.pdf", content_type="text/plain")
    (Path(settings.FILES_ROOT) / storage.new_place_of(row.pk)).unlink()
    assert sentences() == [f"file {row.pk} is missing"]
