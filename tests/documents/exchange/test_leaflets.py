"""Leaflets about the bonus programme: printing, e-mails through a real server on loopback, address labels (U-11)."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from documents.exchange import jobs
from documents.exchange.enums import LeafletState
from documents.exchange.models import LeafletMail
from documents.exchange.rules import MAX_LEAFLETS, check_can_be_mailed, check_chosen, check_keeps_members
from documents.exchange.transitions.leaflets import fail_interrupted, finish_mail, start_mail
from documents.papers import address_labels, leaflet
from documents.printing.models import PrintRecord
from documents.printing.transitions import record_prints
from members.people.models import Member
from registry.enums import DataClass, MailFailure
from registry.errors import NotAllowed
from registry.jobs import queue
from registry.jobs.models import Job
from registry.journal.models import Event
from tests.documents import samples
from tests.members import places
from tests.members.places import Place, signed_in
from tests.refusals import refused

from .consenting import consent, withdraw
from .post_office import PostOffice, mail_server

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
PAGE, GIVE = reverse("documents:leaflets"), reverse("documents:give_leaflets")


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    """Run the mail server that the registry uses."""
    with mail_server(settings) as found:
        yield found


def person(place: Place, surname: str = "Абрамова", **values: Any) -> Member:
    """Create a member with a consent and their own e-mail address."""
    found = place.put(surname=surname, **{"email": f"m{Member.objects.count()}@example.org", **values})
    consent(found, place)
    return Member.objects.get(pk=found.pk)


def mailed(place: Place, *members: Member, again: bool = False) -> Job:
    """Run the job that sends the leaflet to the members."""
    params = {"ids": [member.pk for member in members], "again": again}
    row = queue.start_job(jobs.MAIL, params, by=place.chair, organization=place.keeper)
    queue.run_job.call(str(row.pk))
    row.refresh_from_db()
    return row


def counts(row: Job) -> tuple[int, int, int]:
    return row.summary["sent"], row.summary["failed"], row.summary["skipped"]


def test_u11_each_member_gets_one_letter_of_their_own(union: Place, office: PostOffice) -> None:
    members = [person(union), person(union, "Белова")]
    row = mailed(union, *members)
    assert (row.state, counts(row)) == ("done", (2, 0, 0))
    assert [to for to, _letter in office.letters] == [member.email for member in members]
    for to, letter in office.letters:
        assert letter["To"] == to
        assert "ПРОФКАРДС" in letter["Subject"]
        (attached,) = letter.iter_attachments()
        assert attached.get_content_type() == "application/pdf"
        body = letter.get_body()
        assert body is not None and "https://profcards.ru" in body.get_content()
        assert not any(name in str(letter) + samples.text_of(attached.get_content()) for name in ("Абрамова", "Белова"))
    assert set(LeafletMail.objects.values_list("state", "sent_by")) == {(LeafletState.SENT, union.chair.account.pk)}  # type: ignore[union-attr]


def test_u11_nobody_gets_it_twice_unless_it_is_asked_for(union: Place, office: PostOffice) -> None:
    member = person(union)
    assert [counts(mailed(union, member)), counts(mailed(union, member))] == [(1, 0, 0), (0, 0, 1)]
    assert counts(mailed(union, member, again=True)) == (1, 0, 0)
    assert len(office.letters) == 2


def test_u11_a_job_that_is_run_again_sends_nothing_again(union: Place, office: PostOffice) -> None:
    member = person(union)
    row = mailed(union, member, again=True)
    Job.objects.filter(pk=row.pk).update(state="queued", lease=None)
    queue.run_job.call(str(row.pk))
    row.refresh_from_db()
    assert (row.state, counts(row), len(office.letters)) == ("done", (0, 0, 1), 1)


def test_u11_who_did_not_consent_or_has_no_address_gets_no_letter(union: Place, office: PostOffice) -> None:
    without_address, without_consent = person(union, email=""), union.put(surname="Белова", email="b@example.org")
    withdrawn = person(union, "Чернова")
    withdraw(withdrawn, union)
    assert counts(mailed(union, without_address, without_consent, withdrawn)) == (0, 0, 3)
    assert (office.letters, LeafletMail.objects.count()) == ([], 0)


def test_u11_an_address_that_is_refused_stops_nobody_else(union: Place, office: PostOffice) -> None:
    wrong, right = person(union), person(union, "Белова")
    office.refused.add(wrong.email)
    assert counts(mailed(union, wrong, right)) == (1, 1, 0)
    mail = LeafletMail.objects.get(member=wrong)
    assert (mail.state, mail.failure) == (LeafletState.FAILED, MailFailure.ADDRESS)
    # Nothing more is sent to a refused address (N-S2); after a change of the address, the leaflet is sent.
    office.refused.clear()
    assert counts(mailed(union, wrong)) == (0, 1, 0)
    Member.objects.filter(pk=wrong.pk).update(email="new@example.org")
    assert counts(mailed(union, wrong)) == (1, 0, 0)


def test_u11_a_mail_server_that_is_away_ends_the_job(union: Place, office: PostOffice) -> None:
    members = [person(union), person(union, "Белова"), person(union, "Чернова")]
    office.closes_after = 1
    assert counts(mailed(union, *members)) == (1, 1, 0)
    found = LeafletMail.objects.order_by("pk").values_list("member", "state", "failure")
    assert list(found) == [(members[0].pk, "sent", ""), (members[1].pk, "failed", "server")]


def test_u11_no_address_gets_into_a_log(union: Place, office: PostOffice, caplog: pytest.LogCaptureFixture) -> None:
    member = person(union)
    office.refused.add(member.email)
    with caplog.at_level(logging.DEBUG):
        mailed(union, member)
    assert member.email not in caplog.text
    event = Event.objects.get(action="exchange.leaflet_mailed")
    assert (event.object_id, event.organization, event.facts) == (str(member.pk), union.keeper, {})


@pytest.mark.both
def test_u11_letters_of_a_worker_that_died_are_not_known_to_have_arrived(union: Place) -> None:
    member = person(union)
    row = queue.start_job(jobs.MAIL, {"ids": [member.pk]}, by=union.chair, organization=union.keeper)
    mail = start_mail(member.pk, job_id=row.pk, by=union.chair)
    assert mail is not None
    assert (fail_interrupted(uuid.uuid4()), fail_interrupted(row.pk)) == (0, 1)
    mail.refresh_from_db()
    assert (mail.state, mail.failure, mail.has_failed) == (LeafletState.FAILED, MailFailure.LOST, True)
    with refused("U-11"):
        finish_mail(mail.pk)


def test_u11_one_job_takes_a_bounded_number_of_people() -> None:
    check_chosen(range(MAX_LEAFLETS))
    for wrong in ([], range(MAX_LEAFLETS + 1)):
        with refused("U-11"):
            check_chosen(wrong)


def test_u11_the_rules_are_asked_directly(union: Place) -> None:
    member = Member(surname="Абрамова", given_name="Марфа", email="m@example.org")
    check_can_be_mailed(member, consented=True)
    with refused("U-11"):
        check_can_be_mailed(member, consented=False)
    member.email = ""
    with refused("U-11"):
        check_can_be_mailed(member, consented=True)
    assert check_keeps_members(union.keeper) == union.keeper
    with refused("U-11"):
        check_keeps_members(union.region)
    with refused("U-7"):
        check_keeps_members(places.voi().keeper)


def test_u11_the_reviewer_sends_no_letters(union: Place) -> None:
    member = person(union)
    with pytest.raises(NotAllowed):
        start_mail(member.pk, by=union.reviewer)


# The page.


def names_on(page: str, *names: str) -> list[bool]:
    return [name in page for name in names]


@pytest.mark.both
def test_u11_the_page_lists_who_has_no_leaflet_yet(union: Place) -> None:
    printed, mail, none = person(union), person(union, "Белова"), person(union, "Чернова", email="")
    union.put(surname="Дымова")
    record_prints("leaflet", [printed.pk], data_classes=[DataClass.GENERAL], by=union.chair)
    begun = start_mail(mail.pk, by=union.chair)
    assert begun is not None
    client = signed_in(union.chair)
    surnames = ("Абрамова", "Белова", "Чернова", "Дымова")
    seen = {show: client.get(f"{PAGE}?show={show}").content.decode() for show in ("", "given", "all")}
    assert names_on(seen[""], *surnames) == [False, False, True, False]
    assert names_on(seen["given"], *surnames) == [True, True, False, False]
    assert names_on(seen["all"], *surnames) == [True, True, True, False]
    assert ("нет адреса" in seen[""], none.pk > 0) == (True, True)
    finish_mail(begun.pk, MailFailure.SERVER)
    assert names_on(client.get(PAGE).content.decode(), "Белова") == [True]


@pytest.mark.both
@pytest.mark.parametrize(("action", "kind"), [("print", "documents.print"), ("mail", jobs.MAIL)])
def test_u11_printing_and_letters_are_a_job(union: Place, action: str, kind: str) -> None:
    one, other = person(union), person(union, "Белова")
    client = signed_in(union.chair)
    client.post(GIVE, {"action": action, "selected": one.pk})
    client.post(GIVE, {"action": action, "all": "1"})
    found = [row.params["ids"] for row in Job.objects.filter(kind=kind).order_by("created_at")]
    assert found == [[one.pk], [one.pk, other.pk]]


def test_u11_nobody_selected_is_said(union: Place) -> None:
    client = signed_in(union.chair)
    assert client.post(GIVE, {"action": "mail"})["Location"] == PAGE
    assert Job.objects.count() == 0


def test_u11_somebody_elses_member_is_not_taken(union: Place) -> None:
    stranger = union.put(surname="Белова")
    signed_in(union.chair).post(GIVE, {"action": "print", "selected": stranger.pk})
    assert Job.objects.count() == 0


# Papers.


@pytest.mark.both
def test_u11_labels_are_in_the_order_of_the_post_and_only_for_who_has_an_address(union: Place) -> None:
    address = {"street": "ул. Садовая", "house": "5", "flat": "7", "city": "Тула", "region": "Тульская область"}
    with_address = person(union, postcode="300041", **address)
    without = person(union, "Белова", street="", city="")
    answer = signed_in(union.chair).post(GIVE, {"action": "labels", "all": "1"})
    text = samples.text_of(answer.content)
    places_of = [text.index(part) for part in ("Абрамова", "ул. Садовая, д. 5, кв. 7", "Тула", "Тульская", "300041")]
    assert places_of == sorted(places_of)
    assert (without.surname in text, with_address.pk > 0) == (False, True)
    assert PrintRecord.objects.filter(form="address_labels", organization=union.keeper, member=None).count() == 1


@pytest.mark.parametrize(("people", "sheets"), [(1, 1), (24, 1), (25, 2)])
def test_u11_a_sheet_has_24_labels(people: int, sheets: int) -> None:
    members = [Member(surname="Абрамова", given_name="Марфа", city="Тула") for _number in range(people)]
    built = address_labels.build(members, None)  # type: ignore[arg-type]
    assert [len(sheet["labels"]) for sheet in built] == [24] * sheets
    assert sum(bool(label) for sheet in built for label in sheet["labels"]) == people


def test_u11_the_leaflet_has_the_site_and_its_code(union: Place) -> None:
    member = person(union)
    batch = samples.batch_of(union.keeper)
    values = leaflet.build(member, batch)
    assert (values["site"], values["programme"], values["person"]) == ("profcards.ru", "ПРОФКАРДС", True)
    assert b"<svg" in batch.take_pictures()["programme.svg"]
    assert leaflet.build(None, batch)["person"] is False
