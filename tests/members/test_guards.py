"""Guards inside the transitions, each called directly in a situation that no other guard refuses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from documents.consents.models import Consent
from documents.consents.transitions.consents import mark_signed
from dues.ledger.transitions import charge_new_year
from dues.payments.rules import check_payment
from dues.payments.transitions import Paid, record_payments
from dues.rates.models import Rate
from dues.rates.transitions import set_rate, take_rate_back
from members.admission.models import Application, Attachment
from members.admission.rules.applications import waiting_twins
from members.admission.transitions.applications import (
    edit_application,
    file_application,
    note_application_opened,
    withdraw_application,
)
from members.admission.transitions.attachments import attach, note_attachment_opened, remove_attachment
from members.admission.transitions.representations import add_representation, note_ward_opened
from members.book.enums import EndReason
from members.lists.reading.issues import CATALOGUE, Issue, Kind
from members.lists.reading.values import parse
from members.lists.verdicts import awaits_a_word
from members.meetings.models import AgendaItem
from members.meetings.transitions.agenda import put_on
from members.movement.enums import PaperCard
from members.movement.models import Transfer
from members.movement.rules.transfers import find_exactly
from members.movement.transitions import transfers
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from members.people.rules.marks import check_mark
from members.people.transitions.cards import edit_card, note_class_opened, put_photo
from members.people.transitions.exports import record_export
from members.people.transitions.registration import register_many, register_person
from members.reconciliation.transitions.proposals import propose, settle
from registry import access
from registry.access import Actor
from registry.enums import DataClass, Level, Role
from registry.errors import NotAllowed
from registry.files.models import StoredFile
from registry.organizations.models import Organization
from tests.house.cast import picture
from tests.members import applicants, places, sessions
from tests.members.places import Place, union, voi
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()


@pytest.fixture
def place() -> Place:
    return voi()


def beside(place: Place) -> tuple[Organization, Actor]:
    """Create another organisation of the same level below the same superior; return it and its chair."""
    other = trees.below(place.region, place.keeper.level, "Соседняя организация")
    return trees.again(other), trees.officer(other, Role.CHAIR, "Соседова")


# Classes of data


@pytest.fixture
def blind_registrar(place: Place, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Return a registrar of an installation in which registrars may not read health data."""
    readable = access.CLASSES[Role.REGISTRAR] - {DataClass.HEALTH}
    monkeypatch.setitem(access.CLASSES, Role.REGISTRAR, readable)
    return trees.officer(place.keeper, Role.REGISTRAR, "Учётова")


def test_v_c5_nobody_enters_what_they_may_not_read(place: Place, blind_registrar: Actor) -> None:
    closed = {**places.VOI_PERSON, "disability_group": "II"}
    given: dict[str, Any] = {"organization": place.keeper, "by": blind_registrar}
    with pytest.raises(NotAllowed):
        register_person(values=closed, **given)
    with pytest.raises(NotAllowed):
        register_many(people=[closed], **given)
    values = applicants.values(place, disability_group="II")
    with pytest.raises(NotAllowed):
        file_application(values=values, facts=applicants.facts(), **given)
    assert (Member.objects.count(), Application.objects.count()) == (0, 0)
    open_values = {n: v for n, v in places.VOI_PERSON.items() if n not in {"disability_group", "disability_cause"}}
    register_person(values=open_values, **given)
    assert Member.objects.count() == 1


def test_v_c5_nobody_changes_attaches_or_takes_away_what_they_may_not_read(
    place: Place, blind_registrar: Actor
) -> None:
    member, application = place.put(), applicants.apply(place, category="guardian", disability_group="")
    ward = {"surname": "Юный", "given_name": "Ян", "birth_date": dt.date(2015, 5, 5), "sex": "male"}
    by = {"by": blind_registrar}
    scan: dict[str, Any] = {"member_id": member.pk, "kind": "certificate", "data": picture()}
    kept = attach(**scan, by=place.chair)
    represented = add_representation(application_id=application.pk, values=ward, by=place.chair)
    (proposal,) = propose(member.pk, values={"disability_group": "I"}, by=place.chair)
    for step in (
        lambda: edit_card(member.pk, values={"disability_group": "I"}, version=None, **by),
        lambda: edit_application(application.pk, values={"disability_group": "I"}, facts={}, version=None, **by),
        lambda: attach(**{**scan, "data": picture("JPEG")}, **by),
        lambda: remove_attachment(kept.pk, **by),
        lambda: add_representation(application_id=application.pk, values=ward, **by),
        lambda: settle([proposal.pk], {}, **by),
        lambda: record_export([member.pk], classes=[DataClass.HEALTH], columns=["name"], **by),
        lambda: note_class_opened(member, DataClass.HEALTH, **by),
        lambda: note_application_opened(application, DataClass.HEALTH, **by),
        lambda: note_attachment_opened(kept, **by),
        lambda: note_ward_opened(represented, **by),
    ):
        with pytest.raises(NotAllowed):
            step()
    edit_card(member.pk, values={"city": "Орёл"}, version=None, **by)
    edit_application(application.pk, values={"city": "Орёл"}, facts={}, version=None, **by)


def test_v_a5_unknown_items_cannot_be_put_on_an_agenda(place: Place) -> None:
    meeting = sessions.planned(place.keeper, place.chair)
    with pytest.raises(Application.DoesNotExist):
        put_on(meeting.pk, applications=[applicants.apply(place).pk, 0], by=place.chair)
    with pytest.raises(AgendaItem.DoesNotExist):
        put_on(meeting.pk, items=[0], by=place.chair)
    assert meeting.items.count() == 0


# Dues before leaving


@pytest.fixture
def in_arrears(place: Place) -> Member:
    """Return a member who owes last year's fee."""
    member = place.put(joined_on=dt.date(TODAY.year - 3, 3, 12))
    charge_new_year(place.keeper.pk, TODAY.year - 1, by=place.chair)
    return member


@pytest.mark.both
def test_v_b10_a_transfer_is_not_confirmed_while_last_years_fee_is_unpaid(place: Place, in_arrears: Member) -> None:
    other, chair = beside(place)
    transfer = transfers.request_departure(in_arrears.pk, target=other, by=place.chair)
    with refused("V-B10", match=f"{TODAY.year - 1} год"):
        transfers.confirm(transfer.pk, by=chair)
    Transfer.objects.update(answer_by=TODAY - dt.timedelta(days=1))
    with refused("V-B10", match=f"{TODAY.year - 1} год"):
        transfers.decide(transfer.pk, carry_out=True, by=place.region_chair)
    in_arrears.refresh_from_db()
    assert in_arrears.organization == place.keeper


def test_v_b10_nobody_leaves_while_last_years_fee_is_unpaid(place: Place, in_arrears: Member) -> None:
    with refused("V-B10", match=f"{TODAY.year - 1} год"):
        deregister(in_arrears.pk, reason=EndReason.OWN_WISH, on=TODAY, paper_card=PaperCard.TAKEN, by=place.chair)


def test_v_d1_payments_and_marks_before_the_birth_are_refused_even_without_a_day_of_joining() -> None:
    born = dt.date(1968, 7, 4)
    member = Member(birth_date=born)
    given: dict[str, Any] = {"amount": Decimal("10"), "paper": "Ведомость № 1", "today": TODAY}
    check_payment(member, made_on=born, **given)
    with refused("V-D1", field="made_on"):
        check_payment(member, made_on=born - dt.timedelta(days=1), **given)
    mark: dict[str, Any] = {"kind": "trip", "text": "Учёба", "until": None}
    check_mark(member, on=born, **mark)
    with refused("V-B13", field="on"):
        check_mark(member, on=born - dt.timedelta(days=1), **mark)


def test_v_d1_only_the_latest_rate_is_taken_back_and_the_first_one_remains(place: Place) -> None:
    federation, by = place.keeper.federation, trees.officer(place.head, Role.CHAIR, "Главная")
    values: dict[str, Any] = {"fee": "annual", "amount": Decimal("77"), "paper": "Постановление № 7", "by": by}
    first, last = (set_rate(federation, valid_from=TODAY + dt.timedelta(days=n), **values) for n in (1, 2))
    with refused("V-D1", match="последний"):
        take_rate_back(first.pk, federation=federation, by=by)
    for rate in (last, first):
        take_rate_back(rate.pk, federation=federation, by=by)
    (starting,) = Rate.objects.filter(federation=federation, fee="annual")
    with refused("V-D1", match="последний"):
        take_rate_back(starting.pk, federation=federation, by=by)


def test_v_d1_a_list_of_payments_names_nobody_of_another_organisation(place: Place) -> None:
    other, chair = beside(place)
    person = {**places.VOI_PERSON, "snils": "", "ticket_number": "7"}
    theirs = register_person(organization=other, values=person, by=chair)
    paid = Paid(theirs.pk, "voluntary", None, Decimal("10"), TODAY, "Ведомость № 1", "one")
    with pytest.raises(Member.DoesNotExist):
        record_payments(place.keeper.pk, [paid], by=place.chair)


# Duplicates


@pytest.mark.parametrize(
    "changed",
    [
        {"surname": "Другая"},
        {"given_name": "Мария"},
        {"patronymic": "Петровна"},
        {"patronymic": ""},
        {"birth_date": dt.date(1978, 9, 23)},
    ],
)
def test_n_a1_a_transfer_request_needs_name_patronymic_and_birth_date_together(changed: dict[str, Any]) -> None:
    place = union()
    other, chair = beside(place)
    member = place.put()
    exact = {n: places.UNION_PERSON[n] for n in ("surname", "given_name", "patronymic", "birth_date")}
    with refused("U-5", field="surname"):
        transfers.request_arrival(organization=other, **{**exact, **changed}, by=chair)
    assert transfers.request_arrival(organization=other, **exact, by=chair).member == member


def test_n_a1_a_transfer_request_finds_only_a_unique_member_registered_elsewhere() -> None:
    place = union()
    other, _chair = beside(place)
    exact = tuple(places.UNION_PERSON[n] for n in ("surname", "given_name", "patronymic", "birth_date"))
    member = place.put()
    assert find_exactly(other, *exact) == member
    stranger = trees.below(trees.head("education_union", "Иной профсоюз"), Level.PRIMARY)
    for organization in (place.keeper, trees.again(stranger)):
        with refused("U-5", field="surname"):
            find_exactly(organization, *exact)
    twin = place.put(confirmed_duplicate=True)
    with refused("U-5", field="surname"):
        find_exactly(other, *exact)
    deregister(twin.pk, reason=EndReason.OWN_WISH, on=TODAY, by=place.chair)
    assert find_exactly(other, *exact) == member
    deregister(member.pk, reason=EndReason.OWN_WISH, on=TODAY, by=place.chair)
    with refused("U-5", field="surname"):
        find_exactly(other, *exact)


def test_n_a1_an_application_waits_as_a_twin_in_its_own_federation_alone(place: Place) -> None:
    application = applicants.apply(place)
    values = {n: getattr(application, n) for n in ("surname", "given_name", "patronymic", "birth_date")}
    federation = place.keeper.federation
    stranger = voi()

    def twins(**changed: Any) -> list[str]:
        return [str(twin.organization_name) for twin in waiting_twins(federation, {**values, **changed})]

    here = [place.keeper.short_name]
    assert [twins(), twins(patronymic="")] == [here, here]
    others = ({"surname": "Иная"}, {"given_name": "Ия"}, {"patronymic": "Иная"}, {"birth_date": dt.date(1968, 7, 5)})
    assert [twins(**changed) for changed in (*others, {"birth_date": None})] == [[]] * 5
    assert waiting_twins(federation, values, exclude=application.pk) == []
    assert waiting_twins(stranger.keeper.federation, values) == []
    withdraw_application(application.pk, by=place.chair)
    assert twins() == []


# Effects of sealing


def test_v_b10_files_of_a_sealed_card_belong_to_no_organisation(place: Place) -> None:
    member, stays = place.put(), place.put(surname="Яшина", snils="", ticket_number="2")
    for person in (member, stays):
        put_photo(person.pk, jpeg=picture("JPEG"), by=place.chair)
        mark_signed(person.pk, signed_on=TODAY, scan=picture(), by_hand=True, by=place.chair)
        attach(member_id=person.pk, kind="application", data=picture(), by=place.chair)

    def holders(person: Member) -> list[int | None]:
        person.refresh_from_db()
        scan = Consent.objects.get(member=person).scan_id
        attached = Attachment.objects.get(member=person).file_id
        return [StoredFile.objects.get(pk=pk).organization_id for pk in (person.photo_id, scan, attached)]

    assert holders(member) == [place.keeper.pk] * 3
    left = deregister(
        member.pk,
        reason=EndReason.DEPARTURE,
        on=TODAY,
        destination="Калуга",
        paper_card=PaperCard.HANDED,
        by=place.chair,
    )
    assert (holders(member), holders(stays)) == ([None] * 3, [place.keeper.pk] * 3)
    other, chair = beside(place)
    transfers.arrive(organization=other, ticket_number=member.ticket_number, code=left.code, on=TODAY, by=chair)
    assert holders(member) == [other.pk] * 3


# Answers of the chair about a list


#: Remarks without a question: the row is accepted as it is.
TOLD = {
    "address_split", "address_whole", "birth_beside_name", "email_bare", "email_spaces", "female_by_patronymic",
    "group_in_category", "group_left", "indefinite_in_group", "leading_zeros", "male_by_patronymic", "merged",
    "name_case", "no_patronymic", "number_in_text", "on_account", "passport_outlived", "passport_split",
    "phone_in_address", "repeated_below", "term_in_group", "year_in_date", "year_only",
}  # fmt: skip


def test_u_5_assumptions_need_confirmation_and_notes_do_not() -> None:
    remarks = {code for code, (kind, _message) in CATALOGUE.items() if kind is not Kind.ERROR}
    assert {code for code in remarks if not awaits_a_word(Issue("x", code))} == TOLD


@pytest.mark.parametrize(
    ("raw", "percent", "codes"),
    [
        (0.01, "1.00", ["percent_fraction"]),
        (0.015, "1.50", ["percent_fraction"]),
        (0.1, "0.10", []),
        (1.0, "1.00", []),
        ("0.01", "0.01", []),
        ("0,5 %", "0.50", []),
        (0.0, "0.00", []),
        ("100", "100.00", []),
    ],
)
def test_u_d1_a_fraction_in_a_workbook_is_a_percentage_that_needs_confirmation(
    raw: Any, percent: str, codes: list[str]
) -> None:
    parsed = parse("dues_percent", raw, today=TODAY)
    assert parsed.values == {"dues_percent": Decimal(percent)}
    assert ([issue.code for issue in parsed.issues], any(map(awaits_a_word, parsed.issues))) == (codes, bool(codes))
