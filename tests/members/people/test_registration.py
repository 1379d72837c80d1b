"""Registering people and undoing a mistaken list (V-A1, V-B1, U-5, U-5a)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from documents.papers import card_lines
from documents.printing.core import batch_for
from dues.ledger.models import DuesAccount
from members.book.enums import RegistrationReason
from members.book.models import BookLine, Registration
from members.lists.models import ImportBatch
from members.people.enums import MemberState
from members.people.errors import SomeRefused
from members.people.models import IdentityPaper, Member, Questionnaire
from members.people.rules.completeness import missing_fields
from members.people.rules.duplicates import DuplicateFound
from members.people.rules.person import person_violations
from members.people.transitions.cards import edit_card
from members.people.transitions.completeness import count_completeness
from members.people.transitions.registration import register_many, register_person
from members.people.transitions.taking_back import take_back
from registry import integrity
from registry.access import Actor
from registry.charters import get
from registry.enums import Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.models import Federation, Figures, Organization
from registry.organizations.queries import totals
from registry.organizations.transitions.charters import change_charter
from tests.members import applicants, places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = pytest.mark.once

TODAY = dt.date(2025, 11, 23)
PERSON = {"surname": "Иванов", "given_name": "Пётр", "birth_date": dt.date(1960, 1, 2)}


def figures(organization: Any) -> tuple[int, int]:
    row = Figures.objects.get(organization=organization)
    return row.members, row.incomplete


def refusals(charter: str = "voi", **values: Any) -> list[tuple[str, str]]:
    found = person_violations({**PERSON, **values}, get(charter), TODAY)[1]
    return [(violation.rule, violation.field) for violation in found]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "ground", "field"),
    [
        ({}, "", "ground"),
        ({}, " ", "ground"),
        ({"minutes_number": "3"}, "", "ground"),
        ({"minutes_number": "3", "minutes_date": dt.date(2019, 3, 12)}, "", None),
        ({"ticket_number": "0104512"}, "", None),
        ({}, "учётная карточка 2011 г.", None),
    ],
)
def test_v_b1_a_member_of_old_is_registered_on_a_ticket_the_minutes_or_another_paper(
    values: dict[str, Any], ground: str, field: str | None
) -> None:
    place = places.voi()
    how: dict[str, Any] = {"organization": place.keeper, "ground": ground, "by": place.chair}
    how["values"] = {**places.VOI_PERSON, "ticket_number": "", **values}
    if field is not None:
        with refused("V-B1", field=field):
            register_person(**how)
    else:
        register_person(**how)
        assert Registration.objects.get().ground == ground


@pytest.mark.both
@pytest.mark.django_db
def test_v_b9_an_arrival_from_outside_stands_in_section_2_with_the_former_organisation() -> None:
    place = places.voi()
    given = {**places.VOI_PERSON, "ticket_number": ""}
    member = register_person(organization=place.keeper, values=given, arrived_from="Ряжская МО ВОИ", by=place.chair)
    lines = card_lines.tables(Member.objects.get(pk=member.pk), batch_for(place.chair, place.keeper))
    assert [line.opening["organization"] for line in lines["registrations"]] == ["Заречная МО ВОИ (из: Ряжская МО ВОИ)"]
    page = places.signed_in(place.chair).get(reverse("members:accounting", args=[member.pk])).content.decode()
    assert "прибытие из другой организации: Ряжская МО ВОИ" in " ".join(page.split())


@pytest.mark.django_db
def test_u5_a_person_is_registered_with_card_registration_history_figures_and_one_event() -> None:
    place = places.voi()
    events = Event.objects.count()
    member = register_person(
        organization=place.keeper,
        values=places.VOI_PERSON,
        by=place.chair,
        started_on=dt.date(2019, 3, 15),
        minutes_number="14",
        minutes_date=dt.date(2019, 3, 11),
        cell=place.cells[0],
    )
    assert (member.organization, member.cell, member.unit) == (place.keeper, place.cells[0], place.cells[0])
    assert (member.state, member.missing, member.version) == (MemberState.REGISTERED, 0, 1)
    assert member.search_key.split() == [
        "константинопольская",
        "александра",
        "владимировна",
        "11223344595",
        "0104512",
        "04071968",
        "1968",
        "9105550117",
        "5550117",
    ]
    registration = Registration.objects.get(member=member)
    assert (registration.organization, registration.started_on) == (place.keeper, dt.date(2019, 3, 15))
    assert (registration.minutes_number, registration.minutes_date) == ("14", dt.date(2019, 3, 11))
    paper = IdentityPaper.objects.get(member=member)
    assert (paper.paper_series, paper.paper_issued_on) == ("7005", "2013-08-01")
    assert not Questionnaire.objects.filter(member=member).exists()
    rows = [member.history.get(), paper.history.get(), registration.history.get()]
    assert [(row.history_user, row.history_change_reason) for row in rows] == [(place.chair.account, "U-5")] * 3
    assert (figures(place.cells[0]), figures(place.keeper)) == ((1, 0), (0, 0))
    assert Event.objects.count() - events == 1
    event = Event.objects.latest("pk")
    assert (event.action, event.object_type, event.object_id) == ("member.put_on_account", "member", str(member.pk))


@pytest.mark.both
@pytest.mark.django_db
def test_v_c5_identity_papers_are_encrypted_in_the_database() -> None:
    place = places.voi()
    member = place.put()
    with connection.cursor() as cursor:
        cursor.execute("SELECT paper_number, paper_series FROM members_identitypaper WHERE member_id = %s", [member.pk])
        row = cursor.fetchone()
        cursor.execute("SELECT disability_group FROM members_healthrecord WHERE member_id = %s", [member.pk])
        row += cursor.fetchone()
    assert [value[:4] for value in row] == ["gAAA"] * 3


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.COLLECTOR, Role.ADMINISTRATOR])
def test_n_h2_readers_cannot_register_people(role: Role) -> None:
    place = places.voi()
    with pytest.raises(NotAllowed):
        register_person(organization=place.keeper, values=PERSON, by=trees.officer(place.keeper, role))
    assert Member.objects.count() == 0


@pytest.mark.django_db
def test_n_h1_superiors_cannot_register_people_below() -> None:
    place = places.voi()
    with pytest.raises(NotAllowed):
        register_person(organization=place.keeper, values=PERSON, by=place.region_chair)


@pytest.mark.django_db
@pytest.mark.parametrize("charter", ["voi", "union"])
def test_v_h1_people_are_registered_only_where_the_charter_keeps_the_cards(charter: str) -> None:
    place = getattr(places, charter)()
    with refused("V-H1", match="не ведёт карточек"):
        register_person(organization=place.region, values=PERSON, by=place.region_chair)


@pytest.mark.both
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"surname": ""}, [("U-5a", "surname")]),
        ({"surname": "Ivanov"}, [("U-5a", "surname")]),
        ({"given_name": "<script>"}, [("U-5a", "given_name")]),
        ({"surname": "Я" * 101}, [("U-5a", "surname")]),
        ({"patronymic": "Ильич", "no_patronymic": True}, [("U-5a", "patronymic")]),
        ({"birth_date": dt.date(2025, 11, 24)}, [("U-5a", "birth_date")]),
        ({"birth_date": dt.date(1905, 11, 23)}, []),
        ({"birth_date": dt.date(1904, 11, 23)}, [("U-5a", "birth_date")]),
        ({"birth_date": dt.date(2007, 11, 23)}, []),
        ({"birth_date": dt.date(2007, 11, 24)}, [("V-A1", "birth_date")]),
        ({"joined_on": dt.date(1959, 12, 31)}, [("V-A1", "joined_on")]),
        ({"joined_on": dt.date(1960, 1, 1), "joined_year_only": True}, []),
        # Old dates are accepted as they are; recent ones are checked against the charter.
        ({"joined_on": dt.date(1977, 1, 1)}, []),
        ({"birth_date": dt.date(2007, 2, 1), "joined_on": dt.date(2025, 2, 1)}, []),
        ({"birth_date": dt.date(2007, 2, 2), "joined_on": dt.date(2025, 2, 1)}, [("V-A1", "joined_on")]),
        ({"joined_on": dt.date(2025, 11, 24)}, [("V-A1", "joined_on")]),
        ({"citizenship": "Россия"}, []),
        ({"citizenship": "Республика Беларусь"}, [("V-A1", "citizenship")]),
        ({"snils": "112-233-445 95"}, []),
        ({"snils": "112-233-445 96"}, [("U-5a", "snils")]),
        ({"joined_on": dt.date(2000, 2, 2), "registered_on": dt.date(2000, 2, 1)}, [("V-B1", "registered_on")]),
        ({"registered_on": dt.date(2025, 11, 24)}, [("V-B1", "registered_on")]),
        ({"registered_on": dt.date(2020, 2, 1), "minutes_date": dt.date(2020, 2, 2)}, [("V-B1", "minutes_date")]),
        ({"hired_on": dt.date(2025, 11, 24)}, [("U-5a", "hired_on")]),
        ({"hired_on": dt.date(1959, 12, 31)}, [("U-5a", "hired_on")]),
        ({"dues_statement_on": dt.date(2025, 11, 24)}, [("U-5a", "dues_statement_on")]),
        ({"category": "student"}, [("U-5a", "category")]),
        ({"needs": ["job", "moon"]}, [("U-5a", "needs")]),
        (
            {"certificate_expires_on": TODAY + dt.timedelta(days=900), "certificate_indefinite": True},
            [("V-B2", "certificate_expires_on")],
        ),
        ({"paper_kind": "passport", "paper_series": "12"}, [("U-5a", "paper_series")]),
        ({"paper_kind": "other", "paper_series": "12-АБ"}, []),
        ({"paper_kind": "passport", "paper_issued_on": dt.date(1970, 1, 1)}, [("U-5a", "paper_issued_on")]),
        ({"postcode": "000000"}, [("U-5a", "postcode")]),
        ({"phone_mobile": "8 910 555-01-17, 4-99-52"}, []),
        ({"phone_mobile": "позвонить соседке"}, [("U-5a", "phone_mobile")]),
        ({"email": "это не адрес"}, [("U-5a", "email")]),
        ({"ticket_number": "№ 0104512"}, []),
        ({"ticket_number": "=1+1"}, [("V-B3", "ticket_number")]),
        ({"dependents": 51}, [("U-5a", "dependents")]),
    ],
)
def test_v_a1_errors_are_reported_at_their_field(values: dict[str, Any], expected: list[Any]) -> None:
    assert refusals(**values) == expected


@pytest.mark.both
def test_v_a1_the_youngest_age_and_the_citizenship_are_the_charters_own() -> None:
    child = {"birth_date": dt.date(2010, 1, 1), "joined_on": dt.date(2024, 2, 1), "citizenship": "Республика Беларусь"}
    assert refusals("education_union", **child) == []
    assert refusals("voi", **child) == [("V-A1", "joined_on"), ("V-A1", "citizenship")]


@pytest.mark.both
def test_v_b2_one_telephone_of_either_kind_is_enough() -> None:
    charter, person = get("voi"), {**places.VOI_PERSON, "phone_mobile": "", "phone_home": "4-28-40"}
    assert missing_fields(person, charter) == []
    assert missing_fields({**person, "phone_home": ""}, charter) == ["phone_mobile"]


@pytest.mark.both
def test_u5a_a_pensioner_does_not_need_a_position() -> None:
    charter = get("education_union")
    person = {**places.UNION_PERSON, "position": "", "workplace": ""}
    assert missing_fields(person, charter) == ["workplace", "position"]
    assert missing_fields({**person, "category": "pensioner"}, charter) == []
    assert missing_fields({**person, "category": "student"}, charter) == ["workplace"]


@pytest.mark.both
def test_u5a_fields_of_students_are_wanted_of_students_alone_and_those_of_workers_of_nobody_else() -> None:
    charter = get("education_union").changed({"required": ["course", "hired_on"]})
    person = {**places.UNION_PERSON, "course": None, "hired_on": None}
    wanted = {
        category: missing_fields({**person, "category": category}, charter) for category in ("student", "employed")
    }
    assert wanted == {"student": ["course"], "employed": ["hired_on"]}
    assert missing_fields({**person, "category": ""}, charter) == ["hired_on", "course"]


@pytest.mark.both
def test_v_a1_health_data_are_wanted_of_members_with_a_disability_alone() -> None:
    charter, person = get("voi"), {**places.VOI_PERSON, "disability_group": "", "disability_cause": ""}
    assert missing_fields(person, charter) == ["disability_group", "disability_cause"]
    for category in ("legal_representative", "guardian", "trustee"):
        assert missing_fields({**person, "category": category}, charter) == []


@pytest.mark.django_db
def test_v_a1_the_list_of_gaps_before_printing_asks_representatives_for_no_certificate() -> None:
    place, found = places.voi(), {}
    for category, surname in (("disabled", "Ким"), ("guardian", "Ли")):
        group = {"disability_group": "", "disability_cause": ""}
        member = place.put(surname=surname, category=category, snils="", ticket_number="", paper_number="", **group)
        page = places.signed_in(place.chair).get(reverse("documents:print_member", args=["member_card", member.pk]))
        found[category] = [
            label for label in page.context["gaps"].card if label in ("Группа инвалидности", "№ справки")
        ]
    assert found == {"disabled": ["Группа инвалидности", "№ справки"], "guardian": []}


@pytest.mark.django_db
def test_u5a_values_are_kept_in_one_notation() -> None:
    place = places.union()
    member = place.put(
        surname="  ПЕТРОВА – водкина ", phone_mobile="8 (910) 555-01-17", email="A@Example.RU", snils="112-233-445 95"
    )
    kept = (member.surname, member.phone_mobile, member.email, member.snils)
    assert kept == ("ПЕТРОВА-водкина", "+79105550117", "A@example.ru", "11223344595")


@pytest.mark.django_db
def test_v_h1_the_cell_is_one_of_the_organisation_that_keeps_the_card() -> None:
    place, other = places.voi(), places.voi()
    for cell in (other.cells[0], place.region):
        with refused("V-H1", field="cell"):
            register_person(organization=place.keeper, values=PERSON, by=place.chair, cell=cell, ground="карточка")


@pytest.mark.both
@pytest.mark.django_db
def test_u5_many_are_registered_at_once_in_their_order_with_one_event() -> None:
    place = places.voi()
    given = [
        {**PERSON, "birth_date": dt.date(1960, 1, 1) + dt.timedelta(days=n), "cell": place.cells[n % 2].pk}
        for n in range(7)
    ]
    events = Event.objects.count()
    members = register_many(organization=place.keeper, people=given, by=place.chair)
    assert [m.birth_date for m in members] == [person["birth_date"] for person in given]
    assert (figures(place.cells[0]), figures(place.cells[1])) == ((4, 4), (3, 3))
    assert Registration.objects.count() == Registration.history.count() == Member.history.count() == 7
    assert Event.objects.count() - events == 1
    assert Event.objects.latest("pk").facts == {"count": 7}


@pytest.mark.both
@pytest.mark.django_db
def test_u5_registering_many_takes_a_constant_number_of_queries_per_chunk(django_assert_max_num_queries: Any) -> None:
    place = places.union()
    given = [{**PERSON, "birth_date": dt.date(1960, 1, 1) + dt.timedelta(days=n)} for n in range(10)]
    with django_assert_max_num_queries(36):
        register_many(organization=place.keeper, people=given, by=place.chair)


@pytest.mark.django_db
def test_u5_nobody_is_registered_if_one_is_refused_and_each_refusal_is_reported() -> None:
    place = places.voi()
    place.put()
    given = [
        PERSON,
        {**PERSON, "birth_date": applicants.child_born()},
        {**places.VOI_PERSON, "surname": "Другая", "ticket_number": ""},
        PERSON,
    ]
    with pytest.raises(SomeRefused) as refusal:
        register_many(organization=place.keeper, people=given, by=place.chair)
    told = {at: [(v.rule, v.field) for v in found] for at, found in refusal.value.refused.items()}
    assert told == {1: [("V-A1", "birth_date")], 2: [("N-A1", "snils")], 3: [("N-A1", "")]}
    assert Member.objects.count() == 1


@pytest.mark.both
@pytest.mark.usefixtures("several_connections")
def test_n_a1_the_same_person_sent_twenty_times_at_once_is_registered_once() -> None:
    place = places.voi()

    def send(_number: int) -> str:
        try:
            register_person(organization=place.keeper, values=places.VOI_PERSON, by=place.chair)
        except DuplicateFound:
            return "duplicate"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(send, range(20)))
    assert answers == ["done", *["duplicate"] * 19]
    assert (Member.objects.count(), figures(place.keeper)) == (1, (1, 0))


@pytest.mark.both
@pytest.mark.usefixtures("several_connections")
def test_n_a1_two_organisations_that_send_the_same_snils_at_once_register_one_person() -> None:
    place = places.voi()
    neighbour = trees.below(place.region, "local", "Речная МО ВОИ")
    senders = [(place.keeper, place.chair), (trees.again(neighbour), trees.officer(neighbour))] * 5

    def send(sender: Any) -> str:
        organization, chair = sender
        try:
            register_person(
                organization=organization, values={**PERSON, "snils": places.SNILS[0]}, by=chair, ground="карточка"
            )
        except DuplicateFound as found:
            return found.field
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(send, senders))
    assert answers == ["done", *["snils"] * 9]
    assert Member.objects.count() == 1


def batch_of(place: places.Place, count: int = 3) -> ImportBatch:
    batch = ImportBatch.objects.create(organization=place.keeper, sha256="0" * 64, uploaded_at=timezone.now())
    given = [
        {**PERSON, "birth_date": dt.date(1960, 1, 1) + dt.timedelta(days=n), "ticket_number": str(n + 1)}
        for n in range(count)
    ]
    register_many(organization=place.keeper, people=given, by=place.chair, batch=batch)
    return batch


@pytest.mark.django_db
def test_u5_an_undone_list_leaves_nobody_registered_and_frees_its_numbers() -> None:
    place = places.voi()
    batch = batch_of(place)
    assert take_back(batch, by=place.chair) == 3
    assert (Member.objects.count(), Registration.objects.count()) == (0, 0)
    assert list(BookLine.objects.order_by().values_list("full_name", "reason").distinct()) == [
        ("сведения уничтожены", "undone")
    ]
    assert figures(place.keeper) == (0, 0)
    batch_of(place)
    assert Member.objects.registered().count() == 3


@pytest.mark.django_db
def test_u5_a_list_with_a_changed_card_is_not_undone_and_the_card_is_named() -> None:
    place = places.voi()
    batch = batch_of(place)
    member = Member.objects.order_by("pk")[1]
    edit_card(member.pk, values={"profession": "сторож"}, version=1, by=place.chair)
    with refused("U-5", blockers=1) as refusal:
        take_back(batch, by=place.chair)
    assert [str(blocker).partition(":")[0] for blocker in refusal.value.blockers] == ["Иванов Пётр"]
    assert Member.objects.registered().count() == 3


@pytest.mark.django_db
def test_n_h1_the_list_of_a_neighbour_cannot_be_undone() -> None:
    place, other = places.voi(), places.voi()
    batch = batch_of(place)
    with pytest.raises(place.keeper.DoesNotExist):
        take_back(batch, by=other.chair)
    with pytest.raises(NotAllowed):
        take_back(batch, by=place.region_chair)


@pytest.mark.django_db
@pytest.mark.parametrize("place", [places.voi, places.union])
def test_v_b1_registering_a_new_member_by_hand_needs_the_minutes_of_admission(
    place: Callable[[], places.Place],
) -> None:
    here = place()
    Organization.objects.filter(pk=here.keeper.pk).update(created_at=timezone.now() - dt.timedelta(days=60))
    joined = timezone.localdate() - dt.timedelta(days=5)
    for named, field in (
        ({}, "minutes_number"),
        ({"minutes_number": "7"}, "minutes_date"),
        ({"minutes_number": "7", "minutes_date": joined - dt.timedelta(days=1)}, "minutes_date"),
    ):
        with refused("V-B1", field=field):
            here.put(joined_on=joined, **named)
    assert Member.objects.count() == 0
    member = here.put(joined_on=joined, minutes_number="7", minutes_date=joined)
    assert member.registrations.get().start_reason == RegistrationReason.ADMISSION


@pytest.mark.django_db
def test_u5a_complete_cards_are_recounted_when_the_charter_requires_another_field() -> None:
    place = places.voi()
    member = place.put(profession="")
    other = place.put(surname="Вяземская", snils="", ticket_number="7", profession="швея", cell=place.cells[0].pk)
    # People of a federation whose charter has not changed are not counted again.
    far = places.voi().put(profession="")
    Member.objects.filter(pk=far.pk).update(missing=5)
    system = Actor.system("completeness")
    federation = Federation.objects.get(pk=place.head.federation_id)
    assert count_completeness(federation, by=system) == 0
    change_charter(federation.pk, values={"required": [*federation.charter.required, "profession"]}, by=system)
    federation = Federation.objects.get(pk=federation.pk)
    assert [count_completeness(federation, by=system) for _ in range(2)] == [1, 0]
    assert dict(Member.objects.values_list("pk", "missing")) == {member.pk: 1, other.pk: 0, far.pk: 5}
    assert totals(place.chair)["incomplete"] == 1
    Member.objects.filter(pk=far.pk).update(missing=0)
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


@pytest.mark.both
def test_u5a_the_calendars_last_day_is_refused_in_sentences() -> None:
    last = dt.date.max
    values = {**PERSON, "birth_date": last, "paper_issued_on": last, "paper_kind": "passport"}
    wrong = person_violations(values, get("voi"), TODAY)[1]
    assert {"birth_date", "paper_issued_on"} <= {violation.field for violation in wrong}


@pytest.mark.both
@pytest.mark.django_db
def test_u5_what_a_new_card_cannot_have_is_not_looked_for(django_assert_max_num_queries: Any) -> None:
    place = places.voi()
    day = timezone.localdate() + dt.timedelta(days=40)
    values = places.VOI_PERSON | {"snils": "", "confirmed_duplicate": True, "certificate_indefinite": False}
    for number in (1, 2):
        values |= {"ticket_number": f"000010{number}", "certificate_expires_on": day}
        # The first registration creates the organisation's rows.
        with django_assert_max_num_queries(30 if number == 2 else 40):
            member = register_person(organization=place.keeper, values=values, by=place.chair)
        assert DuesAccount.objects.filter(member=member).count() == 1
        assert BookLine.objects.filter(member=member).count() == 1
        assert list(member.reminders.values_list("kind", "due_on", "source")) == [("certificate", day, 0)]
