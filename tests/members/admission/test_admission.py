"""Admission: only by a decision, all its effects at once, only once, and undone as long as nothing depends on it."""

from __future__ import annotations

import pytest

from documents.consents.models import Consent, ConsentText
from dues.ledger.models import LedgerEntry
from members.admission.models import Application, Representation
from members.admission.rules.applications import values_of_application
from members.book.models import BookLine, Registration
from members.movement.models import DestructionRecord
from members.people.models import Member, Reminder
from members.people.rules.fields import card_values
from members.people.rules.person import years_after
from registry.organizations.models import Figures
from tests.members import applicants, places
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def figures(place: places.Place) -> tuple[int, int, int]:
    row = Figures.objects.get(organization=place.keeper)
    return row.members, row.consents_signed, row.applications


def test_v_b1_a_decision_makes_card_registration_consent_charges_and_book_line(voi: places.Place) -> None:
    application = applicants.apply(voi)
    assert figures(voi) == (0, 0, 1)
    item = applicants.scheduled(voi.keeper, [application])
    [member] = applicants.admitted(item, voi.chair)
    registration = Registration.objects.get(member=member)
    assert (registration.started_on, registration.start_reason) == (applicants.days(2), "admission")
    assert (registration.minutes_number, registration.minutes_date) == ("7", applicants.days(2))
    assert card_values(Member.objects.get(pk=member.pk))["joined_on"] == applicants.days(2)
    consent = Consent.objects.get(member=member)
    assert (consent.state, consent.signed_on) == ("signed", applicants.days(10))
    charges = LedgerEntry.objects.filter(account__member=member).order_by("fee", "year").values_list("fee", "due_on")
    assert list(charges) == applicants.charged(applicants.days(2))
    assert BookLine.objects.get(member=member).entered_on == applicants.days(2)
    assert figures(voi) == (1, 1, 0)
    application.refresh_from_db()
    assert (application.state, application.decided_on, application.values) == ("admitted", applicants.days(2), {})
    assert application.member == member


@pytest.mark.parametrize(("issued", "version"), [(11, 2), (10, 2), (9, 1)])
def test_n_c1_the_consent_of_an_application_has_the_wording_of_the_day_of_its_signature(
    voi: places.Place, issued: int, version: int
) -> None:
    for number, days in ((1, 30), (2, issued)):
        ConsentText.objects.create(
            federation=voi.keeper.federation, version=number, valid_from=applicants.days(days), wording={"title": "…"}
        )
    applicants.admitted(applicants.scheduled(voi.keeper, [applicants.apply(voi)]), voi.chair)
    consent = Consent.objects.get()
    assert (consent.signed_on, consent.text.version) == (applicants.days(10), version)


def test_v_a5_the_same_decision_sent_again_admits_nobody_twice(voi: places.Place) -> None:
    item = applicants.scheduled(voi.keeper, [applicants.apply(voi)])
    assert len(applicants.admitted(item, voi.chair)) == 1
    assert applicants.admitted(item, voi.chair) == []
    assert (Member.objects.count(), LedgerEntry.objects.count()) == (1, len(applicants.charged(applicants.days(2))))


@pytest.mark.both
def test_v_a4_the_represented_person_and_the_reminders_go_to_the_card_and_are_not_counted(voi: places.Place) -> None:
    application = applicants.apply(voi, category="legal_representative")
    ward = applicants.ward_of(application)
    [member] = applicants.admitted(applicants.scheduled(voi.keeper, [application]), voi.chair)
    ward.refresh_from_db()
    assert ward.member == member
    assert figures(voi)[0] == 1
    assert list(Reminder.objects.values_list("kind", "due_on")) == [
        ("ward_of_age", years_after(applicants.child_born(), 18))
    ]


def test_v_a1_a_representative_without_a_represented_person_is_not_put_on_an_agenda(voi: places.Place) -> None:
    application = applicants.apply(voi, category="guardian")
    with refused("V-A1", blockers=1):
        applicants.scheduled(voi.keeper, [application])


def test_v_a5_a_decision_before_the_application_is_refused(voi: places.Place) -> None:
    item = applicants.scheduled(voi.keeper, [applicants.apply(voi)], held_on=applicants.days(11))
    with refused("V-A5", match="заявление подано"):
        applicants.admitted(item, voi.chair)
    assert Member.objects.count() == 0


def test_n_a1_an_applicant_registered_meanwhile_is_named_and_nobody_is_admitted(voi: places.Place) -> None:
    first, second = applicants.apply(voi, snils=places.SNILS[0]), applicants.apply(voi)
    item = applicants.scheduled(voi.keeper, [first, second])
    voi.put(snils=places.SNILS[0])
    with refused("N-A1", blockers=1) as refusal:
        applicants.admitted(item, voi.chair)
    assert [str(b).partition(":")[0] for b in refusal.value.blockers] == [first.full_name]
    assert Member.objects.count() == 1


def test_v_a6_a_refusal_keeps_its_reason_and_needs_one(voi: places.Place) -> None:
    application = applicants.apply(voi)
    item = applicants.scheduled(voi.keeper, [application])
    with refused("V-A6", field="reason"):
        applicants.turned_down(item, voi.chair, " ")
    applicants.turned_down(item, voi.chair, "Нет справки")
    application.refresh_from_db()
    assert (application.state, application.refusal) == ("refused", "Нет справки")
    assert figures(voi) == (0, 0, 0)


def test_v_a5_a_reversed_admission_leaves_the_application_as_it_was_and_can_be_decided_again(voi: places.Place) -> None:
    application = applicants.apply(voi, category="legal_representative", diagnosis="сахарный диабет")
    applicants.ward_of(application)
    filed = values_of_application(application)
    item = applicants.scheduled(voi.keeper, [application])
    [member] = applicants.admitted(item, voi.chair)
    applicants.undone(item, voi.chair)
    application.refresh_from_db()
    assert values_of_application(application) == filed
    assert (application.state, application.member_id, application.decided_on) == ("scheduled", None, None)
    assert (Member.objects.count(), Member.history.filter(id=member.pk).count()) == (0, 0)
    assert DestructionRecord.objects.get().reason == "карточка внесена по ошибке; запись отменена"
    assert set(Application.history.values_list("state", "member")) == {
        ("filed", None),
        ("scheduled", None),
        ("admitted", None),
    }
    assert Representation.objects.get().member_id is None
    assert (figures(voi), Consent.objects.count(), Reminder.objects.count()) == ((0, 0, 1), 0, 0)
    [again] = applicants.admitted(item, voi.chair)
    assert again.pk != member.pk
    assert figures(voi) == (1, 1, 0)


def test_v_a5_an_admission_that_something_depends_on_is_not_reversed(voi: places.Place) -> None:
    application = applicants.apply(voi)
    item = applicants.scheduled(voi.keeper, [application])
    [member] = applicants.admitted(item, voi.chair)
    Member.objects.filter(pk=member.pk).update(version=2)
    with refused("V-A5", blockers=1) as refusal:
        applicants.undone(item, voi.chair)
    assert member.full_name in str(refusal.value.blockers[0])


def test_u_5_the_union_admits_by_the_decision_of_its_committee() -> None:
    union = places.union()
    application = applicants.apply(union, stated={"consent_signed_on": None, "copies": ["application"]})
    [member] = applicants.admitted(applicants.scheduled(union.keeper, [application]), union.chair)
    assert (member.organization, member.consent_state) == (union.keeper, "none")
    assert trees.again(union.keeper).members.count() == 1
