"""Pages offer a step as long as its check passes, and no longer (V-A5, V-A6, V-B8, N-H3, U-2)."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from members.admission.transitions.applications import note_notified
from members.lists import batches
from members.lists.enums import BatchState
from members.lists.models import ImportBatch
from members.meetings.models import AgendaItem, Meeting
from members.meetings.transitions import agenda
from members.meetings.transitions.appeals import receive_appeal, withdraw_appeal
from members.movement.models import Transfer
from members.movement.transitions.transfers import request_departure
from members.people.models import Member
from members.reconciliation.models import Reconciliation
from members.reconciliation.transitions import reconciliation
from registry.access import Actor
from registry.accounts.transitions.accounts import block_account
from registry.enums import Level, Role
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from tests.members import applicants, sessions
from tests.members.applicants import days
from tests.members.places import Place, signed_in, union, voi
from tests.members.reconciliations import open_year
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
place = pytest.fixture(sessions.place)


def flags(client: Client, address: str, *names: str, **query: Any) -> tuple[bool, ...]:
    context = client.get(address, query).context
    return tuple(bool(context[name]) for name in names)


def test_v_a5_who_was_present_is_asked_from_the_day_of_the_meeting_until_something_is_decided(place: Place) -> None:
    client, names = signed_in(place.chair), ("may_record_attendance", "may_plan_again", "may_reopen")
    coming = sessions.planned(place.keeper, place.chair, held_on=days(-1))
    assert flags(client, reverse("meetings:detail", args=[coming.pk]), *names) == (False, False, False)
    meeting = sessions.planned(place.keeper, place.chair, held_on=days(0))
    page = reverse("meetings:detail", args=[meeting.pk])
    assert flags(client, page, *names) == (True, False, False)
    item = agenda.put_on(meeting.pk, applications=[applicants.apply(place).pk], by=place.chair)[0]
    sessions.held(meeting, place.chair)
    assert flags(client, page, *names) == (True, True, False)
    sessions.decided(AgendaItem.objects.get(pk=item.pk), place.chair)
    assert flags(client, page, *names) == (False, False, False)
    Meeting.objects.filter(pk=meeting.pk).update(state="closed", number="1")
    assert flags(client, page, *names) == (False, False, True)


def test_v_a6_an_appeal_is_received_once_and_restored_while_it_is_the_last(place: Place) -> None:
    application = applicants.apply(place)
    item = sessions.admission(place, [application], held_on=days(2))
    sessions.decided(item, place.chair, adopted=False)
    note_notified([application.pk], on=days(1), way="post", by=place.chair)
    region, page = signed_in(place.region_chair), reverse("applications:detail", args=[application.pk])
    assert flags(region, page, "may_receive_appeal") == (True,)
    first = receive_appeal(item.pk, application_id=application.pk, received_on=days(0), by=place.region_chair)
    assert flags(region, page, "may_receive_appeal") == (False,)
    of_first = reverse("meetings:appeal", args=[first.pk])
    assert flags(region, of_first, "may_restore") == (False,)
    withdraw_appeal(first.pk, by=place.region_chair)
    assert flags(region, page, "may_receive_appeal") == (True,)
    assert flags(region, of_first, "may_restore") == (True,)
    receive_appeal(item.pk, application_id=application.pk, received_on=days(0), by=place.region_chair)
    assert flags(region, of_first, "may_restore") == (False,)


def test_v_b8_a_report_is_taken_back_while_it_is_on_no_agenda() -> None:
    place, today = voi(), days(0)
    cell_chair = trees.officer(place.cells[0], Role.CHAIR, "Зимин")
    member = place.put(cell=place.cells[0].pk)
    open_year(today.year, today=today, by=Actor.system("test"))
    opened = Reconciliation.objects.get()
    page = reverse("cells:reconcile", args=[opened.pk])
    client, names = signed_in(cell_chair), ("may_check", "may_take_back")
    assert flags(client, page, *names) == (True, False)
    reconciliation.check(opened.pk, {member.pk: "unchanged"}, by=cell_chair)
    reconciliation.report(opened.pk, by=cell_chair)
    assert flags(client, page, *names) == (False, True)
    meeting = sessions.planned(place.keeper, place.chair, held_on=today)
    agenda.put_on(meeting.pk, items=[AgendaItem.objects.get().pk], by=place.chair)
    assert flags(client, page, *names) == (False, False)


def test_n_h3_people_are_registered_where_the_organisation_takes_members() -> None:
    place = voi()
    client, page = signed_in(place.chair), reverse("members:list")
    assert (client.get(page).context["may"]["add"], client.get(page).context["may"]["load"]) == (True, True)
    Organization.objects.filter(pk=place.keeper.pk).update(status=OrganizationStatus.LIQUIDATING)
    assert (client.get(page).context["may"]["add"], client.get(page).context["may"]["load"]) == (False, False)


@pytest.mark.both
def test_u_2_a_blocked_account_gets_no_password() -> None:
    place = voi()
    chief = place.region_chair
    client, page = signed_in(chief), reverse("accounts:detail", args=[place.chair.account.pk])  # type: ignore[union-attr]
    names = ("may_reissue", "may_block", "may_unblock")
    assert flags(client, page, *names) == (True, True, False)
    block_account(place.chair.account.pk, reason="уволена", by=chief)  # type: ignore[union-attr]
    assert flags(client, page, *names) == (False, False, True)


def test_u_5_a_request_is_agreed_to_while_the_member_is_there() -> None:
    place = union()
    member = place.put()
    parent = place.keeper.parent
    assert parent is not None
    other = trees.again(trees.below(parent, Level.PRIMARY, "ППО школы № 2"))
    asked = request_departure(member.pk, target=other, reason="Новая работа", by=place.chair)
    client, page = signed_in(trees.officer(other)), reverse("moves:detail", args=[asked.pk])
    assert flags(client, page, "may_answer", "may_confirm") == (True, True)
    Member.objects.filter(pk=member.pk).update(organization=other, unit=other)
    assert Transfer.objects.get(pk=asked.pk).state == "requested"
    assert flags(client, page, "may_answer", "may_confirm") == (True, False)


def test_u_5_another_sheet_is_offered_while_the_file_is_stored() -> None:
    place = union()
    book = openpyxl.Workbook()
    for name in ("Первый", "Второй"):
        page = book.create_sheet(name)
        page.append(("ФИО", "Дата рождения"))
        page.append((f"Петров Пётр Петрович {name}", "01.02.1980"))
    del book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    batch = batches.upload_list(organization=place.keeper, data=out.getvalue(), name="a.xlsx", by=place.chair)
    client, columns = signed_in(place.chair), reverse("imports:columns", args=[batch.pk])
    assert flags(client, columns, "may_choose_sheet") == (True,)
    assert reverse("imports:sheet", args=[batch.pk]) in client.get(columns).content.decode()
    ImportBatch.objects.filter(pk=batch.pk).update(source=None)
    assert flags(client, columns, "may_choose_sheet") == (False,)
    assert reverse("imports:sheet", args=[batch.pk]) not in client.get(columns).content.decode()
    ImportBatch.objects.filter(pk=batch.pk).update(state=BatchState.APPLIED)
    assert flags(client, reverse("imports:rows", args=[batch.pk]), "file_stored") == (False,)
