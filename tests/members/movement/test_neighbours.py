"""Steps with one member or organisation do not change the others (V-B9 to V-B14, V-A6, N-H3)."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.utils import timezone

from documents.consents.transitions.consents import mark_signed
from members.admission.models import Application
from members.book.enums import EndReason
from members.book.models import BookLine, Registration
from members.lists import batches
from members.lists.models import ImportRow
from members.meetings.enums import AppealState, ItemKind, ItemState
from members.meetings.models import AgendaItem, Appeal
from members.meetings.transitions.decisions import put_forward
from members.movement.enums import PaperCard
from members.movement.models import Transfer, TransferAttempt
from members.movement.rules.erasing import applications_due_for_erasing
from members.movement.rules.transfers import receivers
from members.movement.tasks import long_on_the_way
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.movement.transitions.organizations import merge_organizations
from members.movement.transitions.transfers import arrive
from members.people.enums import MemberState
from members.people.models import Member
from registry.access import Actor
from registry.enums import Level, Role
from registry.files.models import StoredFile
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from tests.members import applicants
from tests.members.places import Place, voi
from tests.refusals import refused
from tests.registry import trees

from .test_erasing import picture

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = dt.timedelta(days=1)


@pytest.fixture
def place() -> Place:
    return voi()


@pytest.fixture
def other(place: Place) -> tuple[Organization, Actor]:
    """Create another local organisation in the same region; return it and its chair."""
    keeper = trees.below(place.region, Level.LOCAL, "Боровская МО ВОИ")
    return trees.again(keeper), trees.officer(keeper, Role.CHAIR, "Сомов")


def neighbour(place: Place, **values: object) -> Member:
    return place.put(**{"surname": "Сомова", "snils": "", "ticket_number": "77", "paper_number": "654321", **values})


def died(member: Member, place: Place) -> None:
    deregister(
        member.pk, reason=EndReason.DEATH, on=TODAY(), paper="свидетельство", paper_card=PaperCard.TAKEN, by=place.chair
    )


def departed(member: Member, by: Actor) -> str:
    return deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY(), destination="Боровск", paper_card=PaperCard.HANDED, by=by
    ).code


def put_before_the_body(member: Member, place: Place) -> AgendaItem:
    return put_forward(
        organization=place.keeper, kind=ItemKind.DISCIPLINE, member=member, title=f"О мере: {member.full_name}",
        by=place.chair,
    )  # fmt: skip


def test_v_b14_erasing_a_card_blanks_what_names_the_person_and_nothing_that_names_another(place: Place) -> None:
    member, beside = place.put(), neighbour(place)
    items = [put_before_the_body(one, place) for one in (member, beside)]
    died(member, place)
    Member.objects.filter(pk=member.pk).update(erase_after=TODAY())
    erase(member.pk, by=place.chair)
    title = f"О мере: {beside.full_name}"
    item = AgendaItem.objects.get(pk=items[1].pk)
    assert (item.title, item.member, item.state) == (title, beside, ItemState.WAITING)
    assert set(item.history.values_list("title", flat=True)) == {title}
    assert set(AgendaItem.history.filter(id=items[0].pk).values_list("title", flat=True)) == {"сведения уничтожены"}
    line = BookLine.objects.get(member=beside)
    assert {line.full_name, *line.history.values_list("full_name", flat=True)} == {beside.full_name}


def test_v_b10_a_decision_waits_for_the_member_it_is_about_and_for_nobody_else(place: Place) -> None:
    member, beside = place.put(), neighbour(place)
    item = put_before_the_body(beside, place)
    deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY(), paper_card=PaperCard.TAKEN, by=place.chair)
    with refused("V-B10", blockers=1):
        departed(beside, place.chair)
    item.refresh_from_db()
    assert item.state == ItemState.WAITING
    died(beside, place)
    item.refresh_from_db()
    assert item.state == ItemState.DROPPED


def test_v_a6_an_open_appeal_keeps_the_application_it_is_about_and_no_other(place: Place) -> None:
    first, second = applicants.apply(place), applicants.apply(place)
    for application in (first, second):
        applicants.turned_down(applicants.scheduled(place.keeper, [application]), place.chair)
    Application.objects.update(erase_after=TODAY())
    for application, state in ((first, AppealState.RECEIVED), (second, AppealState.WITHDRAWN)):
        Appeal.objects.create(
            organization=place.region, application=application, state=state, received_on=TODAY(), term_on=TODAY(),
            against=Application.objects.get(pk=application.pk).item, person_name="?",
        )  # fmt: skip
    assert list(applications_due_for_erasing(place.keeper, TODAY())) == [second]


def test_v_b9_an_arrival_forgets_the_wrong_codes_of_its_own_organisation(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    third = trees.below(place.region, Level.LOCAL, "Алексинская МО ВОИ")
    for organization in (other[0], third):
        TransferAttempt.objects.create(organization=organization, ticket_digest="?", at=timezone.now())
    member = place.put()
    code = departed(member, place.chair)
    arrive(organization=other[0], ticket_number=member.ticket_number, code=code, on=TODAY(), by=other[1])
    assert [attempt.organization for attempt in TransferAttempt.objects.all()] == [third]


def test_v_b12_a_card_long_on_its_way_is_told_to_the_organisation_that_gave_it_away(place: Place) -> None:
    departed(place.put(), place.chair)
    Transfer.objects.update(started_on=TODAY() - 90 * DAY)
    assert len(list(long_on_the_way(place.chair, TODAY()))) == 1
    assert list(long_on_the_way(place.region_chair, TODAY())) == []


def test_u_5_organisations_that_take_members_are_found_by_their_names(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    member = place.put()
    ended = trees.below(place.region, Level.LOCAL, "Бывшая МО ВОИ")
    Organization.objects.filter(pk=ended.pk).update(status=OrganizationStatus.ENDED, ended_on=TODAY())
    trees.below(trees.below(trees.head("voi", "Иная"), Level.REGIONAL), Level.LOCAL, "Боровская МО иная")
    asked = (None, "боровск", "бывшая", other[0].code, "МО ВОИ", " ")
    assert {words: list(receivers(member, words)) for words in asked} == {
        None: [other[0]], "боровск": [other[0]], "бывшая": [], other[0].code: [other[0]], "МО ВОИ": [other[0]], " ": [],
    }  # fmt: skip


def test_n_h3_a_merger_takes_along_the_people_of_the_merged_organisation_alone(
    place: Place, other: tuple[Organization, Actor]
) -> None:
    """Ended registrations of new members stay where they were; a third organisation's members keep their files."""
    third = trees.again(trees.below(place.region, Level.LOCAL, "Алексинская МО ВОИ"))
    at_third = Place(
        place.head,
        place.region,
        third,
        [],
        trees.officer(third, Role.CHAIR, "Рысь"),
        place.region_chair,
        place.reviewer,
    )
    stays = neighbour(at_third, registered_on=TODAY())
    mark_signed(stays.pk, signed_on=TODAY(), scan=picture(), by_hand=True, by=at_third.chair)
    member = place.put()
    code = departed(member, place.chair)
    arrive(organization=other[0], ticket_number=member.ticket_number, code=code, on=TODAY(), by=other[1])
    Registration.objects.filter(member=member, ended_on=None).update(started_on=TODAY() - DAY)
    mark_signed(member.pk, signed_on=TODAY(), scan=picture(), by_hand=True, by=other[1])
    earlier = Registration.objects.get(member=member, organization=place.keeper)
    # The third organisation registered somebody today, which is after the merger.
    merge_organizations(other[0].pk, place.keeper.pk, on=TODAY() - DAY, by=place.region_chair)
    assert {file.organization for file in StoredFile.objects.all()} == {third, place.keeper}
    assert StoredFile.objects.get(organization=third).pk == stays.consents.get().scan_id
    again = Registration.objects.get(pk=earlier.pk)
    told = [(one.ended_on, one.end_reason, one.destination) for one in (earlier, again)]
    assert told[0] == told[1]
    assert Member.objects.get(pk=stays.pk).organization == third


def test_v_b10_rows_of_namesakes_and_of_people_born_that_day_stay_in_waiting_lists(place: Place) -> None:
    member = place.put(snils="")
    name, born = f"{member.surname} {member.given_name}", member.birth_date
    book = openpyxl.Workbook()
    for row in (("ФИО", "Дата рождения"), (name, born), (name, born - DAY), (f"Сомова {member.given_name}", born)):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    batch = batches.upload_list(organization=place.keeper, data=out.getvalue(), name="list.xlsx", by=place.chair)
    batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=place.chair)
    died(member, place)
    assert [(row.person["surname"], row.person["birth_date"]) for row in ImportRow.objects.order_by("number")] == [
        (member.surname, born - DAY), ("Сомова", born),
    ]  # fmt: skip
    assert Member.objects.get().state == MemberState.DECEASED
