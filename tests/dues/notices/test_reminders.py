"""Reminders of dues: by e-mail through a real server on loopback or on paper, once within a term (V-D1, N-C1)."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.printing.models import PrintRecord
from dues.ledger.models import DuesAccount
from dues.ledger.transitions import charge_new_year
from dues.notices.enums import ReminderState
from dues.notices.models import DuesReminder
from dues.notices.rules import (
    MAX_REMINDED,
    check_chosen,
    check_has_address,
    check_owes,
    check_reminds,
    term_began,
)
from dues.notices.transitions import fail_interrupted, finish_reminder, record_printed, start_reminder
from dues.rates.rules.rates import starting_rates
from members.people.models import Member
from registry.enums import MailFailure
from registry.errors import NotAllowed
from registry.files import storage
from registry.jobs import queue
from registry.jobs.models import Job
from registry.journal.models import Event
from registry.tasks import tasks_for
from tests.clock import at
from tests.documents import samples
from tests.documents.exchange.post_office import PostOffice, mail_server
from tests.dues.test_ledger import pay
from tests.members import places
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.once]
YEAR = timezone.localdate().year
#: A day when everybody who has not paid for the year is in arrears.
LATE = dt.date(YEAR + 1, 1, 15)
FEE = Decimal("50.00")
PAGE, SEND, CHOSEN = (reverse(f"dues:{name}") for name in ("reminders", "remind", "remind_chosen"))


@dataclass
class Owing:
    """A local organisation whose members owe the annual fee; the first has an e-mail address."""

    place: places.Place
    mail: Member
    paper: Member
    paid: Member


@places.world
def owing() -> Owing:
    """Create the world."""
    place = places.voi()
    one, two, three = (
        place.put(snils="", ticket_number=str(number), surname=surname, email=email, joined_on=dt.date(2005, 3, 1))
        for number, (surname, email) in enumerate(
            [("Алексеева", "a@example.org"), ("Борисова", ""), ("Викторова", "v@example.org")]
        )
    )
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    pay(place, three)
    return Owing(place, one, two, three)


@pytest.fixture
def w() -> Owing:
    return owing()


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with mail_server(settings) as found:
        yield found


def run(w: Owing, *members: Member, **params: Any) -> Job:
    values = {"ids": [member.pk for member in members], "again": False, "paper": False, **params}
    row = queue.start_job("documents.remind", values, by=w.place.chair, organization=w.place.keeper)
    queue.run_job.call(str(row.pk))
    row.refresh_from_db()
    return row


def counts(row: Job) -> tuple[int, ...]:
    return tuple(row.summary.get(name, 0) for name in ("sent", "printed", "failed", "skipped"))


def made() -> list[tuple[Any, ...]]:
    return list(DuesReminder.objects.order_by("pk").values_list("member", "state", "amount", "failure"))


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_v_d1_by_email_where_there_is_an_address_and_the_others_in_one_pdf(w: Owing, office: PostOffice) -> None:
    row = run(w, w.mail, w.paper, w.paid)
    assert (row.state, counts(row)) == ("done", (1, 1, 0, 1))
    assert made() == [
        (w.mail.pk, ReminderState.SENT, FEE, ""), (w.paper.pk, ReminderState.PRINTED, FEE, ""),
    ]  # fmt: skip
    ((to, letter),) = office.letters
    assert (to, letter["To"]) == (w.mail.email, w.mail.email)
    (attached,) = letter.iter_attachments()
    assert row.result is not None
    for pdf, own, other in (
        (attached.get_content(), "Алексеева", "Борисова"), (storage.read(row.result), "Борисова", "Алексеева"),
    ):  # fmt: skip
        read = samples.text_of(pdf)
        assert (own in read, other in read, "Итого: 50,00" in read) == (True, False, True)
    # The codes on both notices can be verified.
    found = PrintRecord.objects.filter(form="payment_notice", code__isnull=False).order_by("member")
    assert list(found.values_list("member", flat=True)) == [w.mail.pk, w.paper.pk]
    events = Event.objects.filter(action="dues.reminded").order_by("pk")
    assert [(event.object_id, event.organization, event.facts) for event in events] == [
        (str(one.pk), w.place.keeper, {}) for one in (w.mail, w.paper)
    ]


def test_v_d1_nobody_is_reminded_twice_within_a_term_unless_it_is_asked_for(w: Owing, office: PostOffice) -> None:
    run(w, w.mail, w.paper)
    assert counts(run(w, w.mail, w.paper)) == (0, 0, 0, 2)
    assert counts(run(w, w.mail, w.paper, again=True)) == (1, 1, 0, 0)
    assert (len(office.letters), DuesReminder.objects.count()) == (2, 4)


def test_v_d1_a_job_that_is_run_again_sends_nothing_again(w: Owing, office: PostOffice) -> None:
    row = run(w, w.mail, again=True)
    Job.objects.filter(pk=row.pk).update(state="queued", lease=None)
    queue.run_job.call(str(row.pk))
    row.refresh_from_db()
    assert (row.state, counts(row), len(office.letters)) == ("done", (0, 0, 0, 1), 1)


def test_v_d1_all_are_printed_if_paper_is_chosen(w: Owing, office: PostOffice) -> None:
    assert counts(run(w, w.mail, w.paper, paper=True)) == (0, 2, 0, 0)
    assert (office.letters, {state for _pk, state, *_rest in made()}) == ([], {ReminderState.PRINTED})


def test_v_d1_an_address_that_is_refused_stops_nobody_else(w: Owing, office: PostOffice) -> None:
    other = w.place.put(snils="", ticket_number="9", surname="Яковлева", email="y@example.org")
    charge_new_year(w.place.keeper.pk, YEAR, by=w.place.chair)
    office.refused.add(w.mail.email)
    assert counts(run(w, w.mail, other)) == (1, 0, 1, 0)
    assert made()[0] == (w.mail.pk, ReminderState.FAILED, FEE, MailFailure.ADDRESS)
    office.refused.clear()
    # Nothing more is sent to a refused address (N-S2); after a change of the address, the reminder is sent.
    assert counts(run(w, w.mail))[0] == 0
    Member.objects.filter(pk=w.mail.pk).update(email="new@example.org")
    assert counts(run(w, w.mail)) == (1, 0, 0, 0)


def test_v_d1_a_mail_server_that_is_away_ends_the_letters_and_the_rest_is_printed(w: Owing, office: PostOffice) -> None:
    other = w.place.put(snils="", ticket_number="9", surname="Яковлева", email="y@example.org")
    charge_new_year(w.place.keeper.pk, YEAR, by=w.place.chair)
    office.closes_after = 0
    row = run(w, w.mail, w.paper, other)
    assert (counts(row), row.summary["server"]) == ((0, 1, 1, 0), True)
    assert [(pk, failure) for pk, _state, _sum, failure in made()] == [(w.mail.pk, "server"), (w.paper.pk, "")]


def test_v_d1_letters_of_a_worker_that_died_are_not_known_to_have_arrived(w: Owing) -> None:
    row = queue.start_job("documents.remind", {"ids": []}, by=w.place.chair, organization=w.place.keeper)
    reminder = start_reminder(w.mail.pk, job_id=row.pk, by=w.place.chair)
    assert reminder is not None
    assert (fail_interrupted(uuid.uuid4()), fail_interrupted(row.pk)) == (0, 1)
    reminder.refresh_from_db()
    assert (reminder.state, reminder.failure) == (ReminderState.FAILED, MailFailure.LOST)
    with refused("V-D1"):
        finish_reminder(reminder.pk)


def test_n_c1_a_blocked_member_is_neither_listed_nor_reminded(w: Owing, office: PostOffice) -> None:
    Member.objects.filter(pk__in=[w.mail.pk, w.paper.pk]).update(blocked_on=timezone.localdate())
    assert counts(run(w, w.mail, w.paper)) == (0, 0, 0, 2)
    assert record_printed(w.place.keeper.pk, [w.paper.pk], by=w.place.chair) == 0
    with pytest.raises(Member.DoesNotExist):
        start_reminder(w.mail.pk, by=w.place.chair)
    page = text(places.signed_in(w.place.chair).get(f"{PAGE}?who=unpaid&show=all"))
    assert [one.surname in page for one in (w.mail, w.paper)] == [False, False]
    assert (office.letters, made()) == ([], [])


@pytest.mark.both
@pytest.mark.parametrize(
    ("today", "first"),
    [((1, 1), (1, 1)), ((6, 30), (1, 1)), ((7, 1), (7, 1)), ((12, 31), (7, 1))],
)
def test_v_d1_a_term_begins_with_the_year_and_on_the_day_after_30_june(
    w: Owing, today: tuple[int, int], first: tuple[int, int]
) -> None:
    rates = starting_rates(w.place.keeper.federation)
    began = term_began(rates, dt.date(YEAR, *today))
    assert timezone.localtime(began).date() == dt.date(YEAR, *first)
    for days, left_out in ((0, 1), (-1, 0)):
        DuesReminder.objects.all().delete()
        reminder = DuesReminder.objects.create(
            member=w.paper, amount=FEE, state=ReminderState.PRINTED, sent_at=began + dt.timedelta(seconds=days)
        )
        with at(dt.date(YEAR, *today)):
            assert record_printed(w.place.keeper.pk, [w.paper.pk], by=w.place.chair) == 1 - left_out
        assert reminder.pk


def test_v_d1_without_a_rate_of_the_year_a_term_is_the_year(w: Owing) -> None:
    began = term_began([], dt.date(YEAR, 7, 15))
    assert timezone.localtime(began).date() == dt.date(YEAR, 1, 1)


def test_v_d1_the_rules_are_asked_directly(w: Owing) -> None:
    check_reminds(w.place.keeper)
    for wrong in (w.place.region, w.place.cells[0], places.union().keeper):
        with refused("V-D1"):
            check_reminds(wrong)
    check_owes(Decimal("0.01"))
    with refused("V-D1"):
        check_owes(Decimal(0))
    check_has_address(w.mail)
    with refused("V-D1"):
        check_has_address(w.paper)
    check_chosen(range(MAX_REMINDED))
    for wrong_ids in ([], range(MAX_REMINDED + 1)):
        with refused("V-D1"):
            check_chosen(wrong_ids)
    with refused("V-D1"):
        start_reminder(w.paid.pk, by=w.place.chair)


def test_v_d1_an_organisation_without_cards_of_its_own_prints_no_reminders(w: Owing) -> None:
    with refused("V-D1", match="ведёт учётные карточки"):
        record_printed(w.place.region.pk, [w.paper.pk], by=w.place.region_chair)
    assert record_printed(w.place.keeper.pk, [w.paper.pk], by=w.place.chair) == 1


def test_v_d1_a_federation_that_charges_no_dues_reminds_nobody() -> None:
    place = places.union()
    member = place.put(email="m@example.org")
    DuesAccount.objects.update_or_create(member=member, defaults={"unpaid": FEE, "unpaid_since": LATE})
    with refused("V-D1", match="ведёт учётные карточки"):
        start_reminder(member.pk, by=place.chair)
    with refused("V-D1", match="ведёт учётные карточки"):
        record_printed(place.keeper.pk, [member.pk], by=place.chair)
    assert made() == []


def test_v_d1_nothing_is_sent_to_a_card_without_an_address(w: Owing) -> None:
    with refused("V-D1", match=w.paper.full_name):
        start_reminder(w.paper.pk, by=w.place.chair)
    assert made() == []
    assert start_reminder(w.mail.pk, by=w.place.chair) is not None


def test_v_d1_the_reviewer_reminds_nobody(w: Owing) -> None:
    with pytest.raises(NotAllowed):
        start_reminder(w.mail.pk, by=w.place.reviewer)
    with pytest.raises(NotAllowed):
        record_printed(w.place.keeper.pk, [w.paper.pk], by=w.place.reviewer)
    assert places.signed_in(w.place.reviewer).get(PAGE).status_code == 403


@pytest.mark.both
@pytest.mark.parametrize(
    ("day", "told"),
    [((5, 30), False), ((5, 31), True), ((6, 30), True), ((7, 1), False)],
)
def test_v_d1_dues_are_a_task_in_the_month_before_their_term(w: Owing, day: tuple[int, int], told: bool) -> None:
    with at(dt.date(YEAR, *day)):
        found = [(task.text, task.due) for task in tasks_for(w.place.chair) if "в течение месяца" in task.text]
    term = dt.date(YEAR, 6, 30)
    assert found == ([("2 членам организации предстоит уплатить взносы в течение месяца", term)] if told else [])


# The page, the overview, the card, the list of members.


@pytest.fixture
def chair(w: Owing) -> Client:
    return places.signed_in(w.place.chair)


def names_on(page: str, w: Owing) -> list[bool]:
    return [one.surname in page for one in (w.mail, w.paper, w.paid)]


def test_v_d1_the_page_lists_who_owes_and_was_not_reminded(w: Owing, chair: Client) -> None:
    assert record_printed(w.place.keeper.pk, [w.paper.pk], by=w.place.chair) == 1
    seen = {show: text(chair.get(f"{PAGE}?who=unpaid&show={show}")) for show in ("", "reminded", "all")}
    assert [names_on(seen[show], w) for show in seen] == [
        [True, False, False], [False, True, False], [True, True, False],
    ]  # fmt: skip
    assert "напечатано" in seen["reminded"]
    found = text(chair.get(f"{PAGE}?who=unpaid&q=Борис&show=all"))
    assert (w.mail.full_name in found, w.paper.full_name in found) == (False, True)
    with at(LATE):
        assert names_on(text(places.signed_in(w.place.chair).get(PAGE)), w) == [True, True, False]


@pytest.mark.parametrize(
    ("data", "query", "expected"),
    [
        ({"all": "1"}, "?who=unpaid", "mail paper"),
        ({"selected": "paper"}, "?who=unpaid", "paper"),
        ({}, "?all=1&who=unpaid", "mail paper"),
        ({"selected": "paid"}, "?who=unpaid", ""),
        ({}, "?who=unpaid", ""),
    ],
)
def test_v_d1_reminding_is_a_job(w: Owing, chair: Client, data: dict[str, str], query: str, expected: str) -> None:
    sent = {**data, **({"selected": getattr(w, data["selected"]).pk} if "selected" in data else {})}
    answer = chair.post(f"{SEND}{query}", {**sent, "action": "mail"})
    jobs = [row.params for row in Job.objects.filter(kind="documents.remind")]
    wanted = [getattr(w, name).pk for name in expected.split()]
    assert jobs == ([{"ids": wanted, "again": False, "paper": False}] if wanted else [])
    assert (answer["Location"] == PAGE) == (not wanted)


def test_v_d1_who_was_reminded_is_reminded_once_more_only_if_it_is_ticked(w: Owing, chair: Client) -> None:
    record_printed(w.place.keeper.pk, [w.paper.pk], by=w.place.chair)
    sent = {"selected": w.paper.pk, "action": "print"}
    chair.post(f"{SEND}?who=unpaid&show=reminded", sent)
    assert Job.objects.count() == 0
    chair.post(f"{SEND}?who=unpaid&show=reminded", {**sent, "again": "1"})
    assert [row.params for row in Job.objects.all()] == [{"ids": [w.paper.pk], "again": True, "paper": True}]


def test_v_d1_from_the_list_of_members_those_who_owe_are_reminded(w: Owing, chair: Client) -> None:
    listed = text(chair.get(reverse("members:list")))
    assert "Напомнить о взносах" in listed
    answer = chair.post(CHOSEN, {"selected": [w.mail.pk, w.paid.pk]}, follow=True)
    assert [row.params["ids"] for row in Job.objects.all()] == [[w.mail.pk]]
    assert "не имеет долга" in text(answer)


def test_v_d1_the_overview_offers_to_remind_all_in_arrears(w: Owing) -> None:
    with at(LATE):
        chair = places.signed_in(w.place.chair)
        page = chair.get(reverse("dues:overview"))
        assert "Напомнить всем должникам" in text(page)
        chair.post(f"{SEND}?all=1")
        assert [row.params["ids"] for row in Job.objects.all()] == [[w.mail.pk, w.paper.pk]]
        record_printed(w.place.keeper.pk, [w.mail.pk, w.paper.pk], by=w.place.chair)
        assert "Напомнить всем должникам" not in text(chair.get(reverse("dues:overview")))


def test_v_d1_the_card_shows_each_reminder_with_its_sender(w: Owing, chair: Client) -> None:
    record_printed(w.place.keeper.pk, [w.paper.pk], by=w.place.chair)
    page = text(chair.get(reverse("members:dues", args=[w.paper.pk])))
    by = w.place.chair.account
    assert by is not None
    assert f"напечатано просьба уплатить 50,00 ₽ {by.full_name}" in page
