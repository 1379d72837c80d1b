"""Tasks by e-mail if an officer chooses so, and passwords given only by superiors (N-S2, U-2)."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions.accounts import claim_digest, edit_own_contacts, release_digest
from registry.enums import Level, MailFailure, Role
from registry.errors import NotAllowed
from registry.jobs import kinds
from registry.jobs.kinds import run_steps, steps_remain
from registry.organizations.models import Organization
from registry.organizations.transitions.renames import ask_rename
from registry.start import jobs
from registry.start.jobs import send_again, send_digests
from registry.tasks import Task, tasks_for
from tests.clock import at
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
#: A Monday
MONDAY = dt.date(2040, 3, 5)
DAY = dt.timedelta(days=1)


@pytest.fixture
def chair() -> Iterator[Actor]:
    """Yield the chair of a region with a task due on 15 March: a decision on a name; today is the Monday."""
    with at(MONDAY):
        place = places.voi()
        local = trees.below(place.region, Level.LOCAL, "Дальняя МО ВОИ")
        ask_rename(local.pk, full_name="Иное полное", short_name="Иное имя", by=trees.officer(local, surname="Тайнова"))
        choose(place.region_chair, "daily")
        yield place.region_chair


def choose(actor: Actor, digest: str, email: str = "chair@example.org") -> None:
    edit_own_contacts(values={"digest": digest, "email": email}, by=actor)


@pytest.fixture(autouse=True)
def _nothing_waits() -> Iterator[None]:
    jobs._AGAIN.clear()
    yield
    jobs._AGAIN.clear()


def sent(day: dt.date, zone: str = "") -> list[Any]:
    """Return the e-mails sent by the work of the day."""
    mail.outbox.clear()
    with at(day):
        list(send_digests(day, zone))
    return list(mail.outbox)


def test_n_s2_tasks_are_not_sent_unless_somebody_chooses_it(chair: Actor) -> None:
    assert Account._meta.get_field("digest").default == ""
    choose(chair, "")
    assert sent(MONDAY) == []


def test_n_s2_the_e_mail_has_tasks_terms_and_the_address_and_names_nobody(chair: Actor, settings: Any) -> None:
    settings.SITE_ADDRESS = "https://reestr.example.org"
    (letter,) = sent(MONDAY)
    assert letter.to == ["chair@example.org"]
    assert "- Решить вопрос о наименовании: до 15.03.2040" in letter.body
    assert "https://reestr.example.org" in letter.body
    for name in ("Дальняя", "Иное", "Тайнова", "Непомнящая"):
        assert name not in letter.body + letter.subject


def test_n_s2_one_e_mail_a_day_at_most(chair: Actor) -> None:
    assert [len(sent(day)) for day in (MONDAY, MONDAY, MONDAY + DAY, MONDAY + DAY)] == [1, 0, 1, 0]
    assert chair.account is not None
    assert claim_digest(chair.account.pk, MONDAY + DAY, by=Actor.system("digest")) is False
    assert claim_digest(chair.account.pk, MONDAY + 2 * DAY, by=Actor.system("digest")) is True


@pytest.mark.parametrize(
    ("digest", "days"),
    [("daily", [0, 1, 6, 7]), ("weekly", [0, 7]), ("overdue", [11])],
)
def test_n_s2_the_choice_says_on_which_days(chair: Actor, digest: str, days: list[int]) -> None:
    choose(chair, digest)
    # The task is due on the fifteenth, so it is overdue from the sixteenth.
    asked = days if digest != "overdue" else [10, 11]
    assert [day for day in asked if sent(MONDAY + day * DAY)] == days
    if digest == "weekly":
        assert [day for day in range(8, 14) if sent(MONDAY + day * DAY)] == []


def test_n_s2_nothing_is_sent_without_tasks_address_or_rights(chair: Actor) -> None:
    assert chair.account is not None
    assert chair.organization is not None
    choose(trees.officer(chair.organization, Role.REVIEWER, "Пустых"), "daily", "nothing@example.org")
    assert {letter.to[0] for letter in sent(MONDAY)} == {"chair@example.org"}
    Account.objects.filter(pk=chair.account.pk).update(is_active=False, blocked_at=timezone.now())
    assert sent(MONDAY + DAY) == []
    Account.objects.filter(pk=chair.account.pk).update(is_active=True, blocked_at=None)
    Appointment.objects.filter(account=chair.account).update(ends_on=MONDAY)
    assert sent(MONDAY + 2 * DAY) == []


def test_n_s2_the_day_is_that_of_the_organisation(chair: Actor) -> None:
    assert chair.organization is not None
    Organization.objects.filter(pk=chair.organization.pk).update(zone="Asia/Vladivostok")
    assert [len(sent(MONDAY, zone)) for zone in ("", "Asia/Kamchatka", "Asia/Vladivostok")] == [0, 0, 1]


def test_n_s2_without_an_address_nothing_can_be_chosen(chair: Actor) -> None:
    for values in ({"email": ""}, {"email": "", "digest": "weekly"}):
        with refused("N-S2", field="email"):
            edit_own_contacts(values=values, by=chair)
    page = signed_in(chair).post(reverse("profile"), {"phone": "", "email": "", "digest": "daily"})
    assert "Укажите адрес электронной почты" in page.content.decode()
    signed_in(chair).post(reverse("profile"), {"phone": "", "email": "", "digest": ""})
    assert chair.account is not None
    assert Account.objects.get(pk=chair.account.pk).digest == ""


@pytest.mark.parametrize(
    ("error", "tried"),
    [(smtplib.SMTPServerDisconnected(), 1), (smtplib.SMTPRecipientsRefused({}), 2)],
)
def test_n_s2_a_server_that_fails_is_not_asked_again_a_refused_address_stops_nobody(
    chair: Actor, monkeypatch: pytest.MonkeyPatch, error: Exception, tried: int
) -> None:
    assert chair.organization is not None
    choose(trees.officer(chair.organization, Role.DEPUTY, "Вторых"), "daily", "second@example.org")
    asked: list[Any] = []

    def refuse(_self: object, messages: list[Any]) -> int:
        asked.extend(messages)
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert (sent(MONDAY), len(asked)) == ([], tried)


def test_n_s2_one_officers_tasks_that_fail_keep_nobody_from_theirs(
    chair: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert chair.organization is not None and chair.account is not None
    choose(trees.officer(chair.organization, Role.DEPUTY, "Вторых"), "daily", "second@example.org")

    def fail(actor: Actor) -> list[Task]:
        if actor.account == chair.account:
            raise ValueError("chair@example.org")
        return tasks_for(actor)

    monkeypatch.setattr(jobs, "tasks_for", fail)
    assert [letter.to for letter in sent(MONDAY)] == [["second@example.org"]]
    assert caplog.messages == [f"send_digests failed for {chair.account.pk}"]
    # A failed digest is tried again on the same day; if the database is lost, nobody's digest counts as sent.
    monkeypatch.setattr(jobs, "tasks_for", tasks_for)
    assert [letter.to for letter in sent(MONDAY)] == [["chair@example.org"]]

    def lose(_actor: Actor) -> list[Task]:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(jobs, "tasks_for", lose)
    monkeypatch.setattr(kinds, "lost_database", lambda error: isinstance(error, OperationalError))
    with pytest.raises(OperationalError):
        sent(MONDAY + DAY)


def test_n_s2_an_e_mail_that_a_crash_cut_off_is_not_sent_twice(chair: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_args: Any, **_values: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "send_text", crash)
    with pytest.raises(KeyboardInterrupt):
        sent(MONDAY)
    monkeypatch.undo()
    assert sent(MONDAY) == []
    assert len(sent(MONDAY + DAY)) == 1


def test_n_s2_the_e_mail_is_in_the_language_of_the_account(chair: Actor) -> None:
    assert chair.account is not None
    Account.objects.filter(pk=chair.account.pk).update(language="en")
    (letter,) = sent(MONDAY)
    assert "until 15.03.2040" in letter.body and letter.subject.endswith("in the registry")


def test_n_s2_a_kind_of_task_is_one_line_and_long_lists_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [Task("Answer:", link="Somebody", due=MONDAY - DAY), Task("Answer:", link="Else"), Task("Look", due=MONDAY)]
    monkeypatch.setattr(jobs, "MAX_LINES", 2)
    lines = list(jobs._lines(tasks, MONDAY))
    assert lines == ["- Answer (2): срок истёк 04.03.2040", "- Look: до 05.03.2040"]
    assert list(jobs._lines([*tasks, Task("Third")], MONDAY))[2:] == ["- и другие"]


def test_u_2_a_password_is_given_by_the_superior_and_by_no_e_mail(chair: Actor) -> None:
    names = {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {name for name in names if "reset" in name or "forgot" in name} == set()
    for address in ("/password_reset/", "/password-reset/", "/accounts/password_reset/", "/reset/", "/forgot/"):
        assert nobody().get(address).status_code in {302, 404}
    assert "reset" not in nobody().get("/sign-in/").content.decode().lower()
    assert chair.organization is not None
    below = trees.officer(trees.below(chair.organization, Level.LOCAL, "Ещё одна МО ВОИ"), surname="Нижняя")
    assert below.account is not None and chair.account is not None
    page = reverse("accounts:reissue", args=[below.account.pk])
    assert signed_in(below).post(reverse("accounts:reissue", args=[chair.account.pk])).status_code in {403, 404}
    # Nobody can issue a new password for themselves.
    assert signed_in(below).post(page).status_code in {403, 404}
    assert signed_in(chair).post(page).status_code in {200, 302}
    assert mail.outbox == []


def nobody() -> Any:
    return Client()


def test_n_s2_what_the_server_did_not_take_is_sent_later_on_the_day(
    chair: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent again after half an hour, then after 1, 2, 4 and 4 hours, to everybody who has not got it."""
    assert chair.organization is not None and chair.account is not None
    choose(trees.officer(chair.organization, Role.DEPUTY, "Вторых"), "daily", "second@example.org")
    tried: list[dt.datetime] = []

    def refuse(_self: object, _messages: list[Any]) -> int:
        tried.append(timezone.now())
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", refuse)
        with at(dt.datetime(2040, 3, 5, 3, tzinfo=dt.UTC)):
            list(send_digests(MONDAY, ""))
        for minutes in (30, 60, 120, 240, 240):
            due, attempts = jobs._AGAIN[""].at, len(tried)
            assert round((due - tried[-1]).total_seconds() / 60) == minutes
            for early, more in ((True, 0), (False, 1)):
                with at(due - dt.timedelta(minutes=1) if early else due):
                    send_again(timezone.now())
                    run_steps()
                assert len(tried) == attempts + more
    mail.outbox.clear()
    with at(jobs._AGAIN[""].at):
        for _again in range(2):
            send_again(timezone.now())
            run_steps()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["chair@example.org", "second@example.org"]
    assert Account.objects.get(pk=chair.account.pk).digest_sent_on == MONDAY
    assert jobs._AGAIN == {}


def test_n_s2_a_later_attempt_that_loses_the_database_is_made_again(
    chair: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_actor: Actor) -> list[Task]:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(jobs, "send_text", lambda *_args, **_values: MailFailure.SERVER)
    assert sent(MONDAY) == []
    waiting = jobs._AGAIN[""]
    monkeypatch.undo()
    with at(waiting.at), monkeypatch.context() as patched:
        patched.setattr(jobs, "tasks_for", lose)
        patched.setattr(kinds, "lost_database", lambda error: isinstance(error, OperationalError))
        send_again(timezone.now())
        run_steps()
        assert (mail.outbox, jobs._AGAIN) == ([], {"": waiting})
    with at(waiting.at):
        send_again(timezone.now())
        run_steps()
    assert (len(mail.outbox), jobs._AGAIN) == (1, {})


def test_n_s2_what_is_not_sent_on_its_day_is_not_sent_on_the_next(
    chair: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chair.account is not None
    monkeypatch.setattr(jobs, "send_text", lambda *_args, **_values: MailFailure.SERVER)
    assert sent(MONDAY) == []
    assert Account.objects.get(pk=chair.account.pk).digest_sent_on is None
    monkeypatch.undo()
    with at(MONDAY + DAY):
        send_again(timezone.now())
    assert (mail.outbox, jobs._AGAIN, steps_remain()) == ([], {}, False)
    assert sent(MONDAY + DAY)
    with pytest.raises(NotAllowed):
        release_digest(chair.account.pk, None, by=chair)


def test_n_s2_the_tasks_of_those_who_want_none_today_are_not_counted(
    chair: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(chair, "weekly")
    counted: list[Actor] = []
    monkeypatch.setattr(jobs, "tasks_for", lambda actor: counted.append(actor) or tasks_for(actor))
    assert (sent(MONDAY + DAY), counted) == ([], [])
    assert (len(sent(MONDAY + 7 * DAY)), len(counted)) == (1, 1)
    # Nor are the tasks of somebody who already got them.
    assert (sent(MONDAY + 7 * DAY), len(counted)) == ([], 1)
