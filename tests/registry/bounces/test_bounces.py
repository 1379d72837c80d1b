"""Returned e-mails are read and reported, and nothing more is sent to addresses that refuse them (N-S2)."""

from __future__ import annotations

import datetime as dt
import logging
import mailbox
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from registry import posting
from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.transitions.accounts import edit_account, edit_own_contacts
from registry.bounces.jobs import read_bounces, read_mailbox
from registry.bounces.models import RefusedAddress
from registry.bounces.queries import refused_since
from registry.bounces.reading import returned_by
from registry.bounces.receiving import MailboxFailed
from registry.bounces.transitions import FORGOTTEN_AFTER, confirm_own_email, forget_refusals, note_refusal
from registry.enums import MailFailure, Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.start import jobs as start_jobs
from registry.tasks import tasks_for
from registry.upkeep import doctor
from tests.clock import at
from tests.documents.exchange.post_office import PostOffice, mail_server
from tests.members import places
from tests.members.places import signed_in
from tests.registry import trees

from . import samples
from .imap_server import ImapBox, imap_server

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SYSTEM = Actor.system("mail")
ADDRESS = "chair@example.org"


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    settings.DEFAULT_FROM_EMAIL = "Реестр <registry@example.org>"
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    with mail_server(settings) as found:
        yield found


@pytest.fixture
def voi() -> places.Place:
    """Return a place whose chair has an e-mail address; the superior manages the account."""
    place = places.voi()
    edit_own_contacts(values={"email": ADDRESS, "digest": "daily"}, by=place.chair)
    return place


@pytest.fixture
def box() -> Iterator[ImapBox]:
    with imap_server() as found:
        yield found


def account_of(actor: Actor) -> Account:
    assert actor.account is not None
    return Account.objects.get(pk=actor.account.pk)


def again(actor: Actor) -> Actor:
    return Actor.of(account_of(actor))


# Reading


@pytest.mark.parametrize(
    ("letter", "bounces"),
    [
        (samples.postfix, [(ADDRESS, "5.1.1")]),
        (samples.exchange, [(ADDRESS.upper(), "5.1.10")]),
        (samples.old_exim, [(ADDRESS, "5.0.0")]),
        (lambda one: samples.exim(one, "other@example.com"), [("other@example.com", "5.0.0"), (ADDRESS, "5.0.0")]),
        (lambda one: samples.postfix(one, "4.4.7"), [(ADDRESS, "4.4.7")]),
        (lambda one: samples.postfix(one, "4.4.1", "delayed"), []),
        (lambda one: samples.postfix(one, "2.0.0", "delivered"), []),
        (lambda one: samples.postfix(one, "nothing"), [(ADDRESS, "5.0.0")]),
        (lambda _one: samples.HOLIDAY, []),
        (lambda _one: b"", []),
        (lambda _one: b"\xff\x00 Content-Type: multipart/report\n\n--\n" * 20, []),
    ],
)
def test_reports_of_several_servers_are_read(letter: Any, bounces: list[tuple[str, str]]) -> None:
    found = returned_by(letter(ADDRESS))
    assert [tuple(one) for one in found.bounces] == bounces
    assert bool(found.marks) == (letter(ADDRESS).count(b"Message-ID") + letter(ADDRESS).count(b"In-Reply-To") > 0)


# Effects


def test_n_s2_a_permanent_refusal_is_told_to_the_holder_and_to_those_who_keep_the_account(
    voi: places.Place, box: ImapBox, client: Any
) -> None:
    box.put(samples.postfix(ADDRESS), samples.HOLIDAY)
    assert read_bounces(box.url) == (1, 1, 1)
    # The returned message is deleted, another one stays and is marked as read.
    assert (list(box.letters.values()), box.flags[2]) == ([samples.HOLIDAY], {r"\Seen"})
    assert read_bounces(box.url) == (0, 0, 0)
    account = account_of(voi.chair)
    assert account.email_refused_at is not None
    event = Event.objects.get(action="account.email_refused")
    assert (event.object_id, event.facts) == (str(account.pk), {"status": "5.1.1"})
    own = [task.text for task in tasks_for(again(voi.chair))]
    assert "Почтовый сервер не принимает письма на ваш адрес" in own
    words = "Почтовый сервер не принимает письма на адрес 1 учётной записи"
    assert words in [task.text for task in tasks_for(voi.region_chair)]
    assert words not in own
    page = signed_in(again(voi.chair)).get(reverse("profile")).content.decode()
    assert "Письма на ваш адрес вернулись" in page
    found = signed_in(voi.region_chair).get(reverse("accounts:list") + "?state=refused").content.decode()
    assert account.full_name in found


def test_n_s2_nothing_more_is_sent_to_a_refused_address(voi: places.Place, office: PostOffice) -> None:
    note_refusal(ADDRESS, "5.1.1", by=SYSTEM)
    assert posting.send_text(ADDRESS.upper(), subject="S", text="T") == MailFailure.ADDRESS
    assert posting.send_pdf(ADDRESS, subject="S", text="T", pdf=b"", name="x.pdf") == MailFailure.ADDRESS
    assert (office.letters, office.senders) == ([], [])
    assert posting.send_text("other@example.org", subject="S", text="T") is None


@pytest.mark.parametrize("way", ["own", "superior", "confirmed"])
def test_n_s2_a_changed_or_confirmed_address_gets_e_mails_again(way: str, voi: places.Place) -> None:
    note_refusal(ADDRESS, "5.1.1", by=SYSTEM)
    account = account_of(voi.chair)
    if way == "own":
        edit_own_contacts(values={"email": "new@example.org"}, by=again(voi.chair))
    elif way == "superior":
        edit_account(account.pk, values={"email": "new@example.org"}, by=voi.region_chair)
    else:
        answer = signed_in(again(voi.chair)).post(reverse("confirm-email"))
        assert (answer.status_code, answer["Location"]) == (302, reverse("profile"))
        assert Event.objects.filter(action="account.email_confirmed").count() == 1
    account.refresh_from_db()
    assert account.email_refused_at is None
    assert (refused_since(ADDRESS) is None) == (way == "confirmed")
    # A change back to the refused address.
    edit_own_contacts(values={"email": ADDRESS}, by=again(voi.chair))
    account.refresh_from_db()
    assert (account.email_refused_at is None) == (way == "confirmed")


def test_n_s2_confirming_an_address_that_is_not_refused_changes_nothing(voi: places.Place) -> None:
    confirm_own_email(by=voi.chair)
    assert not Event.objects.filter(action="account.email_confirmed").exists()
    with pytest.raises(NotAllowed):
        confirm_own_email(by=SYSTEM)


def test_n_s2_temporary_refusals_count_when_they_come_on_three_days() -> None:
    noon = dt.datetime(2040, 3, 5, 9, tzinfo=dt.UTC)
    # In Moscow, the third day begins 36 hours later.
    for hours, refused in ((0, False), (1, False), (24, False), (25, False), (35, False), (36, True), (72, True)):
        with at(noon + dt.timedelta(hours=hours)):
            assert note_refusal(ADDRESS, "4.2.2", by=SYSTEM) == refused, hours


def test_n_s2_a_refusal_of_policy_tells_about_the_sender_and_counts_like_a_temporary_one() -> None:
    assert not note_refusal(ADDRESS, "5.7.1", by=SYSTEM)
    assert note_refusal(ADDRESS, "5.2.1", by=SYSTEM)


def test_n_s2_a_refused_address_is_tried_again_after_half_a_year() -> None:
    begun, minute = dt.datetime(2040, 3, 5, 9, tzinfo=dt.UTC), dt.timedelta(minutes=1)
    with at(begun):
        note_refusal(ADDRESS, "5.1.1", by=SYSTEM)
    for passed, left in ((FORGOTTEN_AFTER - minute, 1), (FORGOTTEN_AFTER + minute, 0)):
        with at(begun + passed):
            read_mailbox(timezone.localdate())
        assert RefusedAddress.objects.count() == left


def test_only_the_registry_notes_and_forgets_refusals(voi: places.Place) -> None:
    for act in (lambda: note_refusal(ADDRESS, "5.1.1", by=voi.chair), lambda: forget_refusals(by=voi.chair)):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize(
    "letter",
    [
        lambda: samples.postfix(ADDRESS, sent="<0123456789abcdef.0123456789abcdef0123456789abcdef@example.org>"),
        # The mark of an e-mail to another person.
        lambda: samples.postfix(ADDRESS, sent=samples.message_id("other@example.org")),
        lambda: samples.postfix(ADDRESS, sent="<anything@example.org>"),
    ],
)
def test_a_forged_report_changes_nothing(letter: Any, voi: places.Place, box: ImapBox) -> None:
    box.put(letter())
    assert read_bounces(box.url) == (0, 0, 1)
    assert not RefusedAddress.objects.exists()
    assert account_of(voi.chair).email_refused_at is None


def test_an_alias_is_refused_and_not_the_address_behind_it(voi: places.Place, box: ImapBox) -> None:
    box.put(samples.exim(ADDRESS, "behind@example.com"))
    assert read_bounces(box.url) == (1, 1, 0)
    assert (refused_since(ADDRESS) is None, refused_since("behind@example.com")) == (False, None)


# Mailboxes


def put_into(path: Path, kind: str) -> Any:
    opened: Any = mailbox.Maildir(path) if kind == "maildir" else mailbox.mbox(path)
    opened.add(samples.postfix(ADDRESS))
    opened.add(samples.HOLIDAY)
    opened.flush()
    return opened


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_a_mailbox_on_this_computer_is_read(kind: str, voi: places.Place, tmp_path: Path) -> None:
    opened, url = put_into(tmp_path / "box", kind), f"{kind}://{tmp_path}/box"
    assert read_bounces(url) == (1, 1, 1)
    assert read_bounces(url) == (0, 0, 0)
    left = type(opened)(tmp_path / "box")
    assert [one["Subject"] for one in left] == ["Out of office"]
    assert account_of(voi.chair).email_refused_at is not None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("maildir:///nowhere/box", "FileNotFoundError"),
        ("mbox:///nowhere/box", "FileNotFoundError"),
        ("imap://a:b@127.0.0.1:9/INBOX", "ConnectionRefusedError"),
        ("pop3://a:b@127.0.0.1/", "BOUNCES_URL begins with imaps://, imap+tls://, imap://, maildir:// or mbox://"),
    ],
)
def test_a_mailbox_that_is_not_there_is_said_by_command_doctor_and_log(
    url: str, why: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.BOUNCES_URL = url
    with pytest.raises(CommandError) as raised:
        call_command("read_bounces")
    assert str(raised.value) == f"The mailbox of BOUNCES_URL cannot be read: {why}"
    assert [one.words for one in doctor.bounces()] == [f"The mailbox of BOUNCES_URL cannot be read ({why})."]
    with caplog.at_level(logging.WARNING):
        read_mailbox(timezone.localdate())
    assert f"the mailbox of BOUNCES_URL was not read: {why}" in caplog.text


def test_a_wrong_password_or_folder_is_said_without_either(box: ImapBox) -> None:
    for url in (box.url.replace("p%40ss", "secret"), box.url.replace("INBOX", "Private")):
        with pytest.raises(MailboxFailed) as raised:
            read_bounces(url)
        assert not {"secret", "Private", "example"} & set(str(raised.value).replace(".", " ").split())


def test_the_command_and_the_daily_work_read_the_mailbox_and_name_nobody(
    voi: places.Place, box: ImapBox, settings: Any, capsys: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(CommandError, match="set BOUNCES_URL"):
        call_command("read_bounces")
    settings.BOUNCES_URL = box.url
    assert list(doctor.bounces()) == []
    box.put(samples.exchange(ADDRESS))
    call_command("read_bounces")
    out = capsys.readouterr().out
    assert out == "E-mails that came back: 1, to refused addresses: 1. Other letters, left there as read: 0.\n"
    box.put(samples.postfix("second@example.org"))
    with caplog.at_level(logging.INFO):
        read_mailbox(timezone.localdate())
    assert "e-mails that came back: 1, refused addresses: 1, other letters: 0" in caplog.text
    assert "second@" not in caplog.text and refused_since("second@example.org") is not None


# Tasks by e-mail


def send(monkeypatch: pytest.MonkeyPatch, day: dt.date) -> bool:
    """Send the tasks of the day, of which everybody has one; return whether no e-mail has to be sent again."""
    monkeypatch.setattr(start_jobs, "_is_wanted", lambda *_given: True)
    with at(dt.datetime.combine(day, dt.time(9), dt.UTC)):
        list(start_jobs.send_digests(day, ""))
    return start_jobs._AGAIN.pop("", None) is None


def test_n_s2_tasks_are_not_sent_again_to_an_address_that_the_server_refuses(
    voi: places.Place, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.refused = {ADDRESS}
    day = dt.date(2040, 3, 5)
    assert send(monkeypatch, day)
    assert account_of(voi.chair).email_refused_at is not None
    tried = len(office.senders)
    assert send(monkeypatch, day + dt.timedelta(days=1))
    assert (tried, len(office.senders), office.letters) == (1, 1, [])


def test_n_s2_what_the_server_does_not_take_for_the_moment_is_sent_later_and_holds_up_nobody(
    voi: places.Place, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = trees.officer(voi.keeper, Role.DEPUTY, "Вторых")
    edit_own_contacts(values={"email": "second@example.org", "digest": "daily"}, by=other)
    office.later = {ADDRESS}
    day = dt.date(2040, 3, 5)
    assert not send(monkeypatch, day)
    assert [to for to, _letter in office.letters] == ["second@example.org"]
    assert account_of(voi.chair).digest_sent_on is None
    office.later = set()
    assert send(monkeypatch, day)
    assert [to for to, _letter in office.letters] == ["second@example.org", ADDRESS]
    assert not RefusedAddress.objects.exists()
