"""Backs up and restores after acts of every kind and prints what differs; run in a separate installation.

Each act is a generator: it acts, yields when the backup is to be taken, and may continue afterwards. Then everything is
deleted, another registry is created, and the archive is restored over it. Acts that do not undo each other's changes
share a backup.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone
from PIL import Image

from documents.consents.transitions.consents import attach_scan, mark_signed, take_back_tick
from documents.consents.transitions.destroying import destroy_data
from documents.consents.transitions.withdrawals import block_card, register_withdrawal
from documents.ecards.transitions.batches import send_batch
from documents.exchange.enums import Answer, Channel, Outcome
from documents.exchange.models import ExchangeSettings, OutboxEntry
from documents.exchange.signing import new_secret
from documents.exchange.transitions.sending import claim_next, record_outcome
from documents.tickets.models import Blank, BlankRange
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions.issuing import drop_issue, post_issue, prepare_issue
from documents.tickets.transitions.stock import confirm_blanks, hand_down_blanks, receive_blanks, take_back_blanks
from documents.tickets.transitions.writing_off import take_stock
from dues.ledger.models import ClosedBooks
from dues.ledger.transitions import close_books, reopen_books
from dues.payments.transitions import record_payment, reverse_payment
from members.admission.models import Application
from members.admission.transitions.applications import withdraw_application
from members.admission.transitions.attachments import attach, remove_attachment
from members.lists import batches, loading, uploads
from members.lists.batches import discard_batch, undo_batch
from members.lists.enums import BatchState
from members.lists.models import ImportBatch
from members.movement.transitions.erasing import erase, erase_application
from members.people.models import Member
from members.people.transitions.cards import put_photo, remove_photo
from registry import integrity
from registry.drafts.transitions import save_draft
from registry.files import storage, stores
from registry.files.enums import FilePurpose
from registry.files.models import FileStore, StoredFile
from registry.jobs import queue
from registry.jobs.kinds import job
from registry.jobs.queue import cancel_job, start_job, sweep
from registry.jobs.work import Work
from registry.management.commands import backup
from registry.management.replacing import FORMER
from registry.organizations.transitions.founding import drop_list, keep_list
from tests import emptying
from tests.documents.ecards.cards_world import NAMES, Cards
from tests.members import applicants, places
from tests.members.movement.test_erasing import sealed
from tests.members.places import Place
from tests.registry import trees

Act = Callable[[Place], Iterator[None]]
#: Acts by name, in this order; the traces of each are still there for the next ones.
ACTS: dict[str, Act] = {}
#: Names of the acts that share each backup.
REHEARSALS: list[list[str]] = []
WHOLE_LIST = Path(__file__).resolve().parents[1] / "data" / "voi_local_list_cp1251.csv"


def act(function: Act) -> Act:
    """Register the act under its name, with its own backup."""
    REHEARSALS.append([])
    return and_act(function)


def and_act(function: Act) -> Act:
    """Register the act under its name; it shares the backup of the act before it."""
    ACTS[function.__name__] = function
    REHEARSALS[-1].append(function.__name__)
    return function


class Undone(Exception):
    """Ends a transaction or a process at this point."""


def files_root() -> Path:
    """Return the directory of the stored files."""
    return Path(settings.FILES_ROOT)


def keep(data: bytes = b"scan", **values: Any) -> Any:
    """Store a file."""
    return storage.store_file(
        data, purpose=FilePurpose.JOB_RESULT, name="scan.pdf", content_type="application/pdf", **values
    )


def picture(colour: str = "white") -> bytes:
    """Return a photograph of this colour."""
    out = io.BytesIO()
    Image.new("RGB", (450, 600), colour).save(out, "JPEG")
    return out.getvalue()


@cache
def list_file() -> Path:
    """Write the first sixty people of an example list; all four hundred would leave the same traces."""
    path = Path(settings.VAR_DIR) / WHOLE_LIST.name
    path.write_bytes(b"".join(WHOLE_LIST.read_bytes().splitlines(keepends=True)[:61]))
    return path


def import_list(place: Place, *options: str) -> None:
    """Import an example list with the command."""
    call_command(
        "import_members", list_file(), "--organization", place.keeper.code,
        "--federation", place.keeper.federation.code, *options, stdout=io.StringIO(),
    )  # fmt: skip


def uploaded(place: Place) -> Any:
    """Upload a list whose columns have to be checked."""
    return batches.upload_list(
        organization=place.keeper, data=list_file().read_bytes(), name=list_file().name, by=place.chair
    )


# Lists


@act
def dry_run_of_a_list(place: Place) -> Iterator[None]:
    import_list(place, "--dry-run")
    assert len(list((files_root() / "new").iterdir())) == 1
    yield


@and_act
def upload_refused_after_its_file_was_written(place: Place) -> Iterator[None]:
    with suppress(Undone), transaction.atomic():
        uploaded(place)
        raise Undone
    yield


@act
def list_on_account(place: Place) -> Iterator[None]:
    import_list(place, "--accept-all")
    yield


@act
def list_undone(place: Place) -> Iterator[None]:
    assert Member.objects.registered().count() > 20
    undo_batch(ImportBatch.objects.latest("pk").pk, by=place.chair)
    assert Member.objects.registered().count() == 0
    yield


@and_act
def list_discarded(place: Place) -> Iterator[None]:
    discard_batch(uploaded(place).pk, by=place.chair)
    yield


def asked_to_read(place: Place, data: bytes) -> uuid.UUID:
    """Start the job that reads a large list; return its id."""
    batch = loading.store_unread_list(data, "list.csv", organization=place.keeper, by=place.chair)
    row = queue.start_job(uploads.READ, {"batch": batch.pk}, by=place.chair, organization=place.keeper)
    assert batch.source is not None
    return row.pk


@act
def large_list_waits_to_be_read(place: Place) -> Iterator[None]:
    asked_to_read(place, list_file().read_bytes())
    yield


@and_act
def large_list_read(place: Place) -> Iterator[None]:
    queue.run_job.call(str(asked_to_read(place, list_file().read_bytes())))
    assert ImportBatch.objects.latest("pk").state == BatchState.UPLOADED
    yield


@and_act
def large_list_that_cannot_be_read(place: Place) -> Iterator[None]:
    queue.run_job.call(str(asked_to_read(place, b"PK\x03\x04 broken")))
    assert ImportBatch.objects.latest("pk").source is None
    yield


@and_act
def reading_of_a_large_list_cancelled(place: Place) -> Iterator[None]:
    queue.cancel_job(asked_to_read(place, list_file().read_bytes()), by=place.chair)
    assert ImportBatch.objects.latest("pk").source is None
    yield


@and_act
def list_of_organisations_uploaded_and_dropped(place: Place) -> Iterator[None]:
    officer = trees.officer(place.head)
    keep_list(place.head, b"organisations", by=officer)
    drop_list(keep_list(place.head, b"others", by=officer), by=officer)
    yield


# Jobs


def job_of_parts(place: Place, at_third: Callable[[uuid.UUID], None], kind: str) -> Any:
    """Run a job that keeps a part for each of four items, with an event at the third, and return it."""

    @job(kind, "test")
    def run(work: Work) -> None:
        def step(items: list[int]) -> str:
            if items == [3]:
                at_third(work.row.pk)
            return work.keep_part(f"part {items}".encode())

        work.each([1, 2, 3, 4], 1, step)
        work.finish(b"".join(work.parts()), name="result.pdf")

    row = queue.start_job(kind, {}, by=place.chair)
    with suppress(KeyboardInterrupt):
        queue.run_job.call(str(row.pk))
    row.refresh_from_db()
    return row


@act
def job_done(place: Place) -> Iterator[None]:
    assert job_of_parts(place, lambda pk: None, "test.done").state == "done"
    yield


@and_act
def job_cancelled_while_it_ran(place: Place) -> Iterator[None]:
    def cancel(pk: uuid.UUID) -> None:
        cancel_job(pk, by=place.chair)

    assert job_of_parts(place, cancel, "test.cancelled").state == "cancelled"
    yield


@and_act
def job_cancelled_before_it_ran(place: Place) -> Iterator[None]:
    cancel_job(start_job("test.done", {}, by=place.chair).pk, by=place.chair)
    yield


@and_act
def job_failed(place: Place) -> Iterator[None]:
    def fail(pk: uuid.UUID) -> None:
        raise Undone

    assert job_of_parts(place, fail, "test.failed").state == "failed"
    yield


@and_act
def worker_killed_in_a_job(place: Place) -> Iterator[None]:
    def kill(pk: uuid.UUID) -> None:
        keep()
        raise KeyboardInterrupt

    row = job_of_parts(place, kill, "test.killed")
    assert (row.state, len(row.checkpoint["parts"])) == ("running", 2)
    yield


@act
def job_running_during_the_backup(place: Place) -> Iterator[None]:
    with meanwhile() as (reached, goes_on):

        def wait(pk: uuid.UUID) -> None:
            keep(b"not committed")
            reached.set()
            goes_on.wait(60)

        def work() -> None:
            job_of_parts(place, wait, "test.running")
            connection.close()

        running = threading.Thread(target=work)
        running.start()
        assert reached.wait(60)
        yield
        goes_on.set()
        running.join(60)


@act
def result_expired(place: Place) -> Iterator[None]:
    keep(expires_at=timezone.now())
    sweep()
    yield


# Files


@contextmanager
def meanwhile() -> Iterator[tuple[threading.Event, threading.Event]]:
    """Yield two events for two threads; the second is set at the end even after an error."""
    reached, goes_on = threading.Event(), threading.Event()
    try:
        yield reached, goes_on
    finally:
        goes_on.set()


@act
def upload_in_flight_during_the_backup(place: Place) -> Iterator[None]:
    with meanwhile() as (reached, goes_on):

        def upload() -> None:
            with transaction.atomic():
                keep(b"in flight")
                reached.set()
                goes_on.wait(60)
            connection.close()

        running = threading.Thread(target=upload)
        running.start()
        assert reached.wait(60)
        yield
        goes_on.set()
        running.join(60)


@act
def file_half_written_by_a_killed_process(place: Place) -> Iterator[None]:
    (files_root() / "new").mkdir(exist_ok=True)
    (files_root() / "new" / str(uuid.uuid4())).write_bytes(b"gAAAA")
    yield


@act
def killed_between_commit_and_move(place: Place) -> Iterator[None]:
    with patch.object(storage, "_move_into_place"):
        row = keep(b"committed")
    assert (files_root() / "new" / str(row.pk)).exists()
    yield


@act
def keys_rotated_by_a_killed_process(place: Place) -> Iterator[None]:
    def kill(*paths: object) -> None:
        raise Undone

    with suppress(Undone), patch.object(os, "replace", kill):
        call_command("rotate_keys", stdout=io.StringIO())
    # A file as earlier versions left it.
    row = keep()
    (files_root() / str(row.pk)[:2] / f"{row.pk}.part").write_bytes(b"half")
    yield


@act
def file_dropped_during_the_backup(place: Place) -> Iterator[None]:
    row, add_database = keep(b"dropped meanwhile"), backup._add_database

    def drop() -> None:
        storage.delete_file(row)
        connection.close()

    def add_database_and_drop(*arguments: Any) -> dict[str, Any]:
        taken = add_database(*arguments)
        dropping = threading.Thread(target=drop)
        dropping.start()
        dropping.join(60)
        return taken

    with patch.object(backup, "_add_database", add_database_and_drop):
        yield
    assert not storage.path_of(row.pk).exists()
    assert not (files_root() / "dropped").exists()


@act
def backup_killed_while_files_were_dropped(place: Place) -> Iterator[None]:
    (files_root() / "dropped").mkdir()
    (files_root() / "dropped" / str(uuid.uuid4())).write_bytes(b"gAAAA")
    yield


@act
def backup_and_restore_killed(place: Place) -> Iterator[None]:
    for left in (
        settings.VAR_DIR / ".registry-backup-killed",
        files_root() / ".registry-restore-killed" / "files" / "ab",
        files_root() / ".former-killed" / "ab",
    ):
        left.mkdir(parents=True)
        (left / "database").write_bytes(b"everything")
    yield
    assert not (settings.VAR_DIR / ".registry-backup-killed").exists()


# Cards and papers


@act
def draft_of_a_form(place: Place) -> Iterator[None]:
    assert place.chair.account is not None
    save_draft(place.chair.account, "member-new", {"surname": ["Иванова"]})
    yield


@and_act
def photographs_put_replaced_and_removed(place: Place) -> Iterator[None]:
    one, two = (
        place.put(surname=surname, given_name="Ия", birth_date=born, snils="", ticket_number="", phone_mobile="")
        for surname, born in (("Сомова", dt.date(1971, 2, 3)), ("Щукина", dt.date(1972, 3, 4)))
    )
    for member in (one, two):
        put_photo(member.pk, jpeg=picture(), by=place.chair)
    put_photo(one.pk, jpeg=picture("red"), by=place.chair)
    remove_photo(two.pk, by=place.chair)
    yield


@and_act
def consents_signed_with_scans(place: Place) -> Iterator[None]:
    one, two = Member.objects.registered().order_by("pk")[:2]
    for member in (one, two):
        mark_signed(member.pk, signed_on=timezone.localdate(), scan=picture(), by=place.chair)
    attach_scan(one.pk, scan=picture("red"), by=place.chair)
    take_back_tick(two.pk, by=place.chair)
    yield


@and_act
def card_sealed(place: Place) -> Iterator[None]:
    # With a photograph, a consent, a mark, drafts, and a list that names the person.
    assert sealed(place).erase_after == timezone.localdate()
    yield


@act
def card_erased(place: Place) -> Iterator[None]:
    assert erase(Member.objects.get(erase_after__isnull=False).pk, by=place.chair).counts["files"] == 2
    yield


@and_act
def data_destroyed_after_a_withdrawal(place: Place) -> Iterator[None]:
    member = place.put(surname="Отзывова", snils="", ticket_number="", paper_number="")
    put_photo(member.pk, jpeg=picture(), by=place.chair)
    mark_signed(member.pk, signed_on=timezone.localdate(), by_hand=True, by=place.chair)
    given: dict[str, Any] = {"received_on": timezone.localdate(), "channel": "hand", "by": place.chair}
    found = block_card(register_withdrawal(member.pk, purposes=["processing"], **given).pk, by=place.chair)
    assert destroy_data(found.pk, destroyed_on=timezone.localdate(), carriers={}, by=place.chair).counts["files"] == 1
    yield


@and_act
def applications_with_scans_withdrawn_and_erased(place: Place) -> Iterator[None]:
    one, two = applicants.apply(place), applicants.apply(place)
    for application in (one, two):
        attach(application_id=application.pk, kind="mandate", data=picture(), by=place.chair)
    wrong = attach(application_id=one.pk, kind="mandate", data=picture("red"), by=place.chair)
    remove_attachment(wrong.pk, by=place.chair)
    withdraw_application(two.pk, by=place.chair)
    Application.objects.filter(pk=two.pk).update(erase_after=timezone.localdate())
    erase_application(two.pk, by=place.chair)
    yield


# Blanks


def _blanks(place: Place) -> dict[str, Any]:
    return {"kind": "ticket", "made_on": timezone.localdate(), "by": place.region_chair}


@and_act
def blanks_handed_down_and_taken_back(place: Place) -> Iterator[None]:
    given, ten = _blanks(place), [NumberRange("", 1, 10, 7)]
    receive_blanks(place.region.pk, **given, numbers=ten, number="1", source="Типография")
    taken_back = hand_down_blanks(place.region.pk, **given, receiver_id=place.keeper.pk, numbers=ten)
    take_back_blanks(taken_back.pk, by=place.region_chair)
    confirmed = hand_down_blanks(place.region.pk, **given, receiver_id=place.keeper.pk, numbers=ten)
    confirm_blanks(confirmed.pk, accepted=[NumberRange("", 1, 8, 7)], by=place.chair)
    assert BlankRange.objects.get(organization=place.keeper).range == NumberRange("", 1, 8, 7)
    yield


@and_act
def sheet_refused_dropped_and_posted(place: Place) -> Iterator[None]:
    one = place.put(surname="Билетова", snils="", ticket_number="", phone_mobile="", confirmed_duplicate=True)
    given = {**_blanks(place), "members": [one.pk], "by": place.chair}
    drop_issue(prepare_issue(place.keeper.pk, **given).pk, by=place.chair)
    sheet = prepare_issue(place.keeper.pk, **given)
    posted = {"made_on": timezone.localdate(), "by": place.chair}
    with suppress(Undone), transaction.atomic():
        post_issue(sheet.pk, **posted)
        raise Undone
    assert not Blank.objects.exists()
    post_issue(sheet.pk, **posted)
    assert Blank.objects.get().member == one
    yield


@and_act
def blanks_lost_and_found(place: Place) -> Iterator[None]:
    given = {**_blanks(place), "note": "пересчёт", "signed_by": ["Громов Г. Г.", "Швец Ш. Ш."], "by": place.chair}
    for last in (7, 8):
        take_stock(place.keeper.pk, **given, counted=[NumberRange("", 2, last, 7)])
    assert list(Blank.objects.values_list("number", "state")) == [(1, "issued")]
    yield


# Dues


@and_act
def payment_reversed_and_months_closed_and_opened(place: Place) -> Iterator[None]:
    member = Member.objects.registered().order_by("pk")[0]
    last = timezone.localdate().replace(day=1) - dt.timedelta(days=1)
    paid = record_payment(
        member.pk, fee="voluntary", year=None, amount=Decimal("12.34"), made_on=timezone.localdate(),
        paper="Квитанция", key="one", by=place.chair,
    )  # fmt: skip
    reverse_payment(paid.entry.pk, reason="Ошибка", by=place.chair)
    with suppress(Undone), transaction.atomic():
        close_books(place.keeper.pk, last, by=place.chair)
        raise Undone
    assert not ClosedBooks.objects.exists()
    for until in (last.replace(day=1) - dt.timedelta(days=1), last):
        close_books(place.keeper.pk, until, by=place.chair)
    reopen_books(place.keeper.pk, last, reason="Нашлась ведомость", by=place.chair)
    yield


# Electronic cards, and the programme


@act
def orders_of_cards_refused_sent_and_handed_out(place: Place) -> Iterator[None]:
    held = Cards(places.union())
    for surname in NAMES:
        held.put(surname)
    held.issued("Абрамова")
    batch = held.gathered("Белова")
    kept = StoredFile.objects.filter(purpose=FilePurpose.CARD_PHOTO)
    with suppress(Undone), transaction.atomic():
        send_batch(batch.pk, by=held.region)
        raise Undone
    assert not kept.exists()
    send_batch(batch.pk, by=held.region)
    assert kept.count() == 1
    yield


@and_act
def programme_told_of_some(place: Place) -> Iterator[None]:
    waiting = OutboxEntry.objects.select_related("federation").order_by("pk")
    exchange = ExchangeSettings.objects.create(
        federation=waiting[0].federation, channel=Channel.WEB, address="https://programme.example/", secret=new_secret()
    )
    assert exchange.secrets_at(timezone.now())
    first = claim_next(exchange.federation_id)
    assert first is not None
    record_outcome(first, Answer(Outcome.DONE, 200))
    claim_next(exchange.federation_id)
    assert sorted(waiting.values_list("state", "outcome")) == [
        ("confirmed", "done"),
        ("waiting", ""),
        ("waiting", "lost"),
    ]
    yield


# The comparison


def state() -> dict[str, Any]:
    """Return a digest of each table and of the decrypted contents of each file."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        # A restore gives the store of files a new number.
        for table in {*connection.introspection.table_names(cursor)} - {FileStore._meta.db_table}:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = sorted(map(repr, cursor.fetchall()))
            found[table] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
    for row in StoredFile.objects.all():
        data = storage.read(row)
        assert hashlib.sha256(data).hexdigest() == row.sha256
        found[str(row.pk)] = len(data)
    return found


def lose_everything() -> None:
    """Delete every row and file, and create another registry in their place."""
    emptying.empty()
    shutil.rmtree(files_root())
    trees.officer(trees.head("voi", "Другое общество"))
    keep(b"of the other registry")


def rehearse(names: list[str], place: Place, *, recipient: str, identity: Path) -> list[str]:
    """Act, back up, lose everything and restore; return the differences and the findings of the integrity check."""
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as name:
        archive = Path(name) / "registry.tar.age"
        with ExitStack() as acting:
            for act_name in names:
                acting.enter_context(contextmanager(ACTS[act_name])(place))
            before = state()
            call_command("backup", archive, recipient=recipient, stdout=said, stderr=said)
        lose_everything()
        # Normally a restore has its own process; here connections of ended threads would still be open.
        gc.collect()
        call_command("restore", archive, identity=identity, replace=True, stdout=said, stderr=said)
    after = state()
    wrong = [f"{name}: {before.get(name)} → {after.get(name)}" for name in sorted(before.keys() | after.keys())
             if before.get(name) != after.get(name)]  # fmt: skip
    kept = {str(pk) for pk in StoredFile.objects.values_list("pk", flat=True)}
    found = {str(path.relative_to(files_root())) for path in files_root().rglob("*") if path.is_file()}
    found.remove(stores.MARK)
    # The replaced registry is kept until it is dropped.
    found = {path for path in found if not path.startswith(f".{FORMER}")}
    wrong += [f"file {path}" for path in found ^ {f"{pk[:2]}/{pk}" for pk in kept}]
    wrong += [sentence for _title, sentences in integrity.run() for sentence in sentences]
    return wrong + [line for line in said.getvalue().splitlines() if "no contents" in line]


def tell(recipient: str, identity: Path) -> None:
    """Print the differences by act."""
    # Each rehearsal creates an account; the real hash of its password would take a third of the time.
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        place = places.voi()
        found = {}
        for names in REHEARSALS:
            found |= dict.fromkeys(names, rehearse(names, place, recipient=recipient, identity=identity))
    sys.stdout.write(json.dumps(found, ensure_ascii=False))
