"""Destroying the contents of a refused or withdrawn application: V-A6, practice 7.4 and 7.5."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from members.admission.enums import CopyKind
from members.admission.models import Application, Attachment, Representation
from members.admission.transitions.applications import (
    edit_application,
    note_notified,
    restore_application,
    withdraw_application,
)
from members.admission.transitions.attachments import attach
from members.meetings.enums import AppealState
from members.meetings.models import AgendaItem
from members.meetings.transitions import appeals, decisions
from members.movement.enums import Destroyed
from members.movement.models import DestructionRecord
from members.movement.rules.erasing import applications_due_for_erasing
from members.movement.tasks import cards_to_erase
from members.movement.transitions.erasing import erase_application
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry import integrity
from registry.days import after_months
from registry.drafts.models import Draft
from registry.drafts.transitions import save_draft
from registry.enums import Role
from registry.errors import NotAllowed
from registry.jobs.models import Job
from tests.members import applicants, places, sessions
from tests.members.applicants import days
from tests.members.meetings.test_meetings import settle
from tests.members.movement.test_erasing import found_in_tables, picture
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = applicants.TODAY()
#: The charter's three years, in months; the month to appeal comes first.
TERM = 36
MARKS = ("Невзгодова", "Незгодова", "Ромашкин")


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def turned_down(place: places.Place, *applications: Application) -> AgendaItem:
    """Refuse the applicants by a decision two days ago."""
    item = sessions.admission(place, list(applications), held_on=days(2))
    return sessions.decided(item, place.chair, adopted=False, resolution="Отказать Невзгодовой.", reason="Нет паспорта")


def outlived(application: Application) -> Application:
    Application.objects.filter(pk=application.pk).update(erase_after=TODAY)
    return Application.objects.get(pk=application.pk)


def term(application: Application) -> dt.date | None:
    return Application.objects.values_list("erase_after", flat=True).get(pk=application.pk)


def wrong() -> dict[str, Any]:
    return {title: found for title, found in integrity.run() if found}


def words() -> str:
    """Return the texts of agenda items, present and former."""
    rows = [*AgendaItem.objects.all(), *AgendaItem.history.all()]
    return " ".join(f"{row.title} {row.resolution} {row.reason}" for row in rows)


@pytest.mark.both
def test_v_a6_destroying_leaves_no_trace_of_the_applicant(
    place: places.Place, django_capture_on_commit_callbacks: Any
) -> None:
    other = applicants.apply(place)
    with django_capture_on_commit_callbacks(execute=True):
        mine = applicants.apply(place, surname="Незгодова", category="legal_representative")
        applicants.ward_of(mine)
        edit_application(mine.pk, values={"surname": "Невзгодова"}, facts={}, version=None, by=place.chair)
        attach(application_id=mine.pk, kind=CopyKind.APPLICATION, data=picture(), by=place.chair)
        item = turned_down(place, mine)
        appeal = appeals.receive_appeal(
            item.pk, application_id=mine.pk, received_on=days(1), text="Ромашкин", by=place.region_chair
        )
        appeals.withdraw_appeal(appeal.pk, by=place.region_chair)
        assert place.chair.account is not None
        save_draft(place.chair.account, f"applications-edit-{mine.pk}-person", {"surname": ["Невзгодова"]})
    assert (bool(found_in_tables("Незгодова")), "Невзгодовой" in words()) == (True, True)
    assert len([path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]) == 1
    outlived(mine)
    with django_capture_on_commit_callbacks(execute=True):
        record = erase_application(mine.pk, by=place.chair)
    assert (record.subject, record.number, record.member_number, record.ticket_number) == (
        "application",
        1,
        mine.pk,
        "",
    )
    assert (record.counts["files"], record.reason) == (1, "отказ в приёме; сроки обжалования и хранения истекли")
    left = [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]
    assert (left, Attachment.objects.count(), Representation.objects.count(), Draft.objects.count()) == ([], 0, 0, 0)
    assert [(mark, found_in_tables(mark), mark in words()) for mark in MARKS] == [(mark, [], False) for mark in MARKS]
    assert "Нет паспорта" not in words()
    assert [a.pk for a in Application.objects.all()] == [other.pk]
    assert list(Application.history.filter(id=mine.pk)) == []
    assert [item.title for item in AgendaItem.objects.all()] == ["сведения уничтожены"] * 2
    assert wrong() == {}


@pytest.mark.both
def test_v_a6_a_common_item_loses_the_name_and_keeps_the_other_applicant(place: places.Place) -> None:
    mine, other = applicants.apply(place, surname="Невзгодова"), applicants.apply(place)
    item = turned_down(place, mine, other)
    decisions.note_spoken(item.pk, spoken="Громов: Невзгодову не знает", by=place.chair)
    outlived(mine)
    erase_application(mine.pk, by=place.chair)
    item.refresh_from_db()
    assert (item.title, item.spoken, item.resolution, item.reason) == (
        "О приёме в члены ВОИ: 2 чел.", "сведения уничтожены", "сведения уничтожены", "Нет паспорта",
    )  # fmt: skip
    assert ("Невзгодов" in words(), Application.objects.get().pk) == (False, other.pk)
    outlived(other)
    erase_application(other.pk, by=place.chair)
    assert {row.title for row in AgendaItem.history.filter(id=item.pk)} == {"сведения уничтожены"}
    assert wrong() == {}


def test_v_a6_a_withdrawn_application_is_destroyed_with_its_separate_item(place: places.Place) -> None:
    mine = applicants.apply(place, surname="Невзгодова")
    sessions.admission(place, [mine], held_on=days(2))
    withdraw_application(mine.pk, by=place.chair)
    assert (term(mine), "Невзгодова" in words()) == (after_months(TODAY, TERM), True)
    outlived(mine)
    assert erase_application(mine.pk, by=place.chair).reason == "отзыв заявления о приёме; срок хранения истёк"
    assert ("Невзгодова" in words(), Application.objects.count()) == (False, 0)


def test_v_a6_retention_runs_from_the_end_of_the_month_after_the_notice_and_not_for_open_applications(
    place: places.Place,
) -> None:
    mine = applicants.apply(place)
    assert term(mine) is None
    item = turned_down(place, mine)
    assert term(mine) == after_months(after_months(days(2), 1), TERM)
    note_notified([mine.pk], on=days(1), way="post", by=place.chair)
    assert term(mine) == after_months(after_months(days(1), 1), TERM)
    note_notified([mine.pk], on=None, by=place.chair)
    assert term(mine) == after_months(after_months(days(2), 1), TERM)
    decisions.reverse_decision(item.pk, by=place.chair)
    assert term(mine) is None
    withdraw_application(mine.pk, by=place.chair)
    restore_application(mine.pk, by=place.chair)
    assert (term(mine), wrong()) == (None, {})


def test_v_a6_an_open_appeal_keeps_the_application_and_its_dismissal_restarts_retention(place: places.Place) -> None:
    mine = applicants.apply(place)
    item = turned_down(place, mine)
    outlived(mine)
    appeal = appeals.receive_appeal(item.pk, application_id=mine.pk, received_on=days(1), by=place.region_chair)
    assert (term(mine), list(applications_due_for_erasing(place.keeper, TODAY))) == (None, [])
    with refused("V-A6", match="не истёк"):
        erase_application(mine.pk, by=place.chair)
    on_appeal = settle(place, appeal, adopted=False)
    assert term(mine) == after_months(after_months(days(2), 1), TERM)
    decisions.reverse_decision(on_appeal.pk, by=place.region_chair)
    appeal.refresh_from_db()
    assert (term(mine), appeal.state) == (None, AppealState.RECEIVED)
    assert DestructionRecord.objects.count() == 0


def test_v_a6_within_the_month_of_appeal_and_the_retention_nothing_is_due(place: places.Place) -> None:
    mine = applicants.apply(place)
    turned_down(place, mine)
    last = term(mine)
    assert last is not None
    assert list(applications_due_for_erasing(place.keeper, last - dt.timedelta(days=1))) == []
    assert list(applications_due_for_erasing(place.keeper, last)) == [mine]
    with refused("V-A6", match="не истёк"):
        erase_application(mine.pk, by=place.chair)
    assert Application.objects.count() == 1


def test_v_a6_waiting_or_admitted_applications_are_never_destroyed(place: places.Place) -> None:
    waiting, admitted = applicants.apply(place), applicants.apply(place)
    sessions.decided(sessions.admission(place, [admitted], held_on=days(2)), place.chair)
    for application in (waiting, admitted):
        with refused("V-A6", match="не истёк"):
            erase_application(application.pk, by=place.chair)
    assert Application.objects.count() == 2


def test_v_a6_only_leading_roles_of_the_deciding_organisation_destroy_it(place: places.Place) -> None:
    mine = applicants.apply(place)
    withdraw_application(mine.pk, by=place.chair)
    outlived(mine)
    neighbour = trees.officer(trees.below(place.region, place.keeper.level, "Соседняя МО ВОИ"))
    url = reverse("moves:erase_application", args=[mine.pk])
    for actor in (trees.officer(place.keeper, Role.REGISTRAR), place.reviewer, place.region_chair):
        with pytest.raises(NotAllowed):
            erase_application(mine.pk, by=actor)
    with pytest.raises(Application.DoesNotExist):
        erase_application(mine.pk, by=neighbour)
    for actor, status in ((neighbour, 404), (place.region_chair, 404), (place.reviewer, 403)):
        assert places.signed_in(actor).post(url).status_code == status
    assert Application.objects.get() == mine


def test_v_a6_the_page_shows_only_numbers_and_the_act_names_the_application(place: places.Place) -> None:
    mine = applicants.apply(place, surname="Невзгодова")
    withdraw_application(mine.pk, by=place.chair)
    outlived(mine)
    (task,) = cards_to_erase(place.chair, TODAY)
    assert (task.action_url, task.due) == (reverse("moves:erasing"), TODAY + dt.timedelta(days=30))
    client, url = places.signed_in(place.chair), reverse("moves:erase_application", args=[mine.pk])
    pages = [client.get(reverse("moves:erasing")).content.decode(), client.get(url).content.decode()]
    assert [(f"{url}" in pages[0], "Невзгодов" in page) for page in pages] == [(True, False)] * 2
    assert client.post(url).url == reverse("moves:erasing")
    assert (list(cards_to_erase(place.chair, TODAY)), client.get(url).status_code) == ([], 404)
    record = DestructionRecord.objects.get()
    shown = client.get(reverse("moves:erasing")).content.decode()
    assert f"{record.get_subject_display()} № {mine.pk}" in " ".join(shown.split())


@pytest.mark.both
def test_v_a6_the_job_destroys_cards_and_applications_and_counts_both(place: places.Place, run_jobs: Any) -> None:
    member = place.put()
    deregister(member.pk, reason="death", on=TODAY, paper="свидетельство", paper_card="taken", by=place.chair)
    Member.objects.update(erase_after=TODAY)
    for _ in range(2):
        mine = applicants.apply(place, snils="")
        withdraw_application(mine.pk, by=place.chair)
        outlived(mine)
    assert places.signed_in(place.chair).post(reverse("moves:erase_all")).status_code == 302
    run_jobs()
    job = Job.objects.get()
    assert (job.state, job.summary["cards"], Member.objects.count(), Application.objects.count()) == ("done", 3, 0, 0)
    assert sorted(DestructionRecord.objects.values_list("subject", flat=True)) == [
        Destroyed.APPLICATION, Destroyed.APPLICATION, Destroyed.CARD,
    ]  # fmt: skip
