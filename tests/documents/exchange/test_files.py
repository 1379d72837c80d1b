"""Messages written into files, which the head of the federation downloads (U-7)."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.exchange import enums, jobs
from documents.exchange.enums import Channel
from documents.exchange.models import ExchangeFile, ExchangeSettings, OutboxEntry
from documents.exchange.queries import body_of, message_id_of
from documents.exchange.transitions import files
from documents.exchange.transitions.sending import claim_next
from documents.exchange.transitions.settings import change_settings
from members.people.models import Member
from members.people.transitions.cards import edit_card
from registry.access import Actor
from registry.enums import Role
from registry.files.models import StoredFile
from registry.jobs import queue
from registry.jobs.models import Job
from registry.journal.models import Event
from tests.clock import at
from tests.members import places
from tests.members.places import Place
from tests.refusals import refused
from tests.registry import trees

from .consenting import consent, entry_of, switched_on, withdraw

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files"), pytest.mark.once]


@pytest.fixture
def member(union: Place) -> Member:
    """Return a member whose message waits for the next file."""
    switched_on(union, "", channel=Channel.FILE, secret="")
    found = union.put()
    consent(found, union)
    return found


@pytest.fixture
def head(union: Place) -> Actor:
    return trees.officer(union.head, Role.CHAIR, "Главная")


def written(place: Place) -> ExchangeFile:
    file = files.write_file(place.head.federation_id)
    assert file is not None
    return file


def parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the manifest and the messages of a file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["manifest.json", "messages.jsonl"]
        return json.loads(archive.read("manifest.json")), archive.read("messages.jsonl")


def state(member: Member) -> tuple[str, str, int]:
    entry = entry_of(member)
    return entry.state, entry.outcome, entry.confirmed_version


def test_u7_messages_of_another_federation_wait_for_its_own_programme(member: Member, union: Place) -> None:
    other = places.union()
    switched_on(other, "", channel=Channel.FILE, secret="")
    stranger = other.put()
    consent(stranger, other)
    OutboxEntry.objects.filter(member=stranger).update(next_at=timezone.now() - dt.timedelta(days=1))
    assert [line[0] for line in written(union).lines] == [entry_of(member).pk]
    for place in (union, other):
        switched_on(place, "https://programme.example/")
    OutboxEntry.objects.filter(member=member).update(state="waiting", next_at=timezone.now())
    claimed = claim_next(union.head.federation_id)
    assert claimed is not None
    assert (claimed.entry_id, claim_next(union.head.federation_id)) == (entry_of(member).pk, None)


def test_u7_a_file_has_the_messages_that_would_be_sent_and_their_digests(
    union: Place, member: Member, head: Actor
) -> None:
    other = union.put(surname="Белова")
    consent(other, union)
    file = written(union)
    stored, data = files.pick_up(file.pk, by=head)
    manifest, content = parts(data)
    entries = [entry_of(member), entry_of(other)]
    bodies = [body_of(entry, entry.member, file.made_at) for entry in entries]
    assert content == b"".join(body + b"\n" for body in bodies)
    assert manifest == {
        "number": 1,
        "made_at": file.made_at.isoformat(timespec="seconds"),
        "file": "messages.jsonl",
        "sha256": hashlib.sha256(content).hexdigest(),
        "messages": [
            {"id": message_id_of(entry), "sha256": hashlib.sha256(body).hexdigest()}
            for entry, body in zip(entries, bodies, strict=True)
        ],
    }
    assert (stored.name, stored.content_type, stored.organization) == ("messages-1.zip", "application/zip", union.head)
    assert stored.expires_at == file.made_at + dt.timedelta(days=7)


def test_u7_messages_are_confirmed_when_the_file_is_downloaded(union: Place, member: Member, head: Actor) -> None:
    file = written(union)
    assert state(member) == ("waiting", "in_file", 0)
    files.pick_up(file.pk, by=head)
    first = ExchangeFile.objects.get()
    assert (state(member), first.picked_up_by) == (("confirmed", "picked_up", 1), head.account)
    files.pick_up(file.pk, by=head)
    assert ExchangeFile.objects.get().picked_up_at == first.picked_up_at
    facts = [event.facts for event in Event.objects.filter(action="exchange.file_picked_up")]
    assert facts == [{"number": 1, "messages": 1}] * 2
    assert files.write_file(union.head.federation_id) is None


def test_u7_messages_of_a_file_without_download_are_written_again_after_a_day(union: Place, member: Member) -> None:
    with at("2040-02-29T12:00:00Z", tick=False):
        OutboxEntry.objects.update(next_at=timezone.now())
        written(union)
    with at("2040-03-01T11:59:59Z", tick=False):
        assert files.write_file(union.head.federation_id) is None
    with at("2040-03-01T12:00:00Z", tick=False):
        assert (written(union).number, entry_of(member).attempts) == (2, 0)


def test_n_c1_a_withdrawal_deletes_the_file_and_its_other_messages_are_written_again(
    union: Place, member: Member, head: Actor
) -> None:
    other = union.put(surname="Белова")
    consent(other, union)
    file = written(union)
    stored = file.file_id
    withdraw(member, union)
    assert not StoredFile.objects.filter(pk=stored).exists()
    with refused("U-7", match="устарел"):
        files.pick_up(file.pk, by=head)
    assert (state(member), state(other)) == (("waiting", "", 0), ("waiting", "", 0))
    _stored, data = files.pick_up(written(union).pk, by=head)
    _manifest, content = parts(data)
    assert [json.loads(line)["type"] for line in content.splitlines()] == ["member.revoked", "member.updated"]
    assert (member.surname in content.decode(), "Белова" in content.decode()) == (False, True)


def test_n_c1_a_downloaded_file_is_deleted_once_it_is_out_of_date(union: Place, member: Member, head: Actor) -> None:
    other = union.put(surname="Белова")
    consent(other, union)
    file = written(union)
    files.pick_up(file.pk, by=head)
    edit_card(member.pk, values={"phone_mobile": "+79001112233"}, version=None, by=union.chair)
    assert ExchangeFile.objects.get(pk=file.pk).file is None
    assert (state(member), state(other)) == (("waiting", "", 1), ("confirmed", "picked_up", 1))


def test_n_c1_a_withdrawal_without_an_update_of_the_outbox_is_in_no_file(union: Place, member: Member) -> None:
    member.consents.update(state="withdrawn")
    assert (files.write_file(union.head.federation_id), OutboxEntry.objects.count()) == (None, 0)


@pytest.mark.parametrize("channel", [Channel.OFF, Channel.WEB])
def test_u7_no_file_is_written_unless_files_are_the_channel(union: Place, member: Member, channel: str) -> None:
    ExchangeSettings.objects.update(channel=channel, address="https://programme.example/")
    assert files.write_file(union.head.federation_id) is None
    assert (ExchangeFile.objects.count(), state(member)) == (0, ("waiting", "", 0))


def test_u7_nothing_is_sent_if_files_are_the_channel(union: Place, member: Member) -> None:
    assert claim_next(union.head.federation_id) is None


def test_u7_a_change_of_the_channel_deletes_files_without_download(union: Place, member: Member, head: Actor) -> None:
    picked_up, waiting = written(union), union.put(surname="Белова")
    files.pick_up(picked_up.pk, by=head)
    consent(waiting, union)
    written(union)
    admin = trees.officer(union.head, Role.ADMINISTRATOR, "Наладова")
    change_settings(channel=Channel.OFF, address="", signed_answers=False, by=admin)
    kept = [file.file_id is not None for file in ExchangeFile.objects.order_by("number")]
    assert (kept, state(waiting), entry_of(waiting).next_at is not None) == ([True, False], ("waiting", "", 0), True)


def test_u7_a_file_has_a_maximum_number_of_messages(
    union: Place, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_IN_FILE", 2)
    for surname in ("Белова", "Власова"):
        consent(union.put(surname=surname), union)
    assert [written(union).messages for _number in range(2)] == [2, 1]


# The job


def run_jobs() -> list[dict[str, Any]]:
    jobs.start_files(timezone.now())
    jobs.start_files(timezone.now())
    found = list(Job.objects.open().filter(kind=jobs.WRITE))
    for row in found:
        queue.run_job.call(str(row.pk))
        row.refresh_from_db()
    return [row.summary for row in found]


@pytest.mark.both
def test_u7_one_file_is_written_an_hour(union: Place, member: Member) -> None:
    with at("2040-02-29T12:00:00Z", tick=False):
        OutboxEntry.objects.update(next_at=timezone.now())
        assert run_jobs() == [{"files": 1, "file": False}]
    consent(union.put(surname="Белова"), union)
    for moment, said in (("12:59:59", []), ("13:00:00", [{"files": 1, "file": False}])):
        with at(f"2040-02-29T{moment}Z", tick=False):
            assert run_jobs() == said


def test_u7_after_a_withdrawal_the_next_file_does_not_wait(union: Place, member: Member) -> None:
    other = union.put(surname="Белова")
    consent(other, union)
    run_jobs()
    withdraw(member, union)
    assert run_jobs() == [{"files": 1, "file": False}]


# The page


def test_u7_the_head_downloads_files_on_the_page_of_the_programme(union: Place, member: Member, head: Actor) -> None:
    file = written(union)
    client = places.signed_in(head)
    page = client.get(reverse("documents:programme"))
    assert [(row.pk, there) for row, there in page.context["files"]] == [(file.pk, True)]
    answer = client.post(reverse("documents:programme_file", args=[file.pk]))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "no-store, private")
    assert answer["Content-Disposition"] == 'attachment; filename="messages-1.zip"'
    assert len(parts(answer.content)[0]["messages"]) == 1


@pytest.mark.both
def test_u7_an_outdated_file_says_so(union: Place, member: Member, head: Actor) -> None:
    file = written(union)
    withdraw(member, union)
    answer = places.signed_in(head).post(reverse("documents:programme_file", args=[file.pk]), follow=True)
    assert "устарел" in answer.content.decode()


@pytest.mark.parametrize("who", ["chair", "region_chair", "reviewer"])
def test_u7_files_of_the_federation_are_for_its_head(union: Place, member: Member, who: str) -> None:
    file = written(union)
    client = places.signed_in(getattr(union, who))
    assert client.get(reverse("documents:programme")).context["files"] == []
    assert client.post(reverse("documents:programme_file", args=[file.pk])).status_code in {403, 404}


def test_u7_files_need_neither_address_nor_secret(union: Place) -> None:
    admin = trees.officer(union.head, Role.ADMINISTRATOR, "Наладова")
    exchange = change_settings(channel=Channel.FILE, address="", signed_answers=False, by=admin)
    assert (exchange.writes_files, exchange.sends, enums.FILE_EVERY) == (True, True, dt.timedelta(hours=1))
