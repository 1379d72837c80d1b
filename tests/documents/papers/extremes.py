"""Papers other than forms with the longest allowed values, on three pages if they can have several: first, full and
last one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from documents.consents.contents import GROUNDS
from documents.consents.models import Withdrawal
from documents.papers import (
    address_labels,
    breach_notices,
    calibration_sheet,
    card_file,
    credentials_slip,
    destruction,
    mail_register,
    meeting_papers,
    member_list,
    public_report,
    reconciliation_report,
    recovery_codes,
    registration_book,
    screen_list,
    state_on_day,
    subject_answer,
    transfer_slip,
    withdrawal_notice,
)
from documents.printing.core import Batch, Paper
from documents.printing.models import SHIFTS, PrinterCalibration
from documents.printing.russian import END_REASONS
from documents.rights.models import SubjectRequest
from documents.rights.transitions import register_request
from members.book.models import BookLine
from members.book.queries.year_figures import YearFigures
from members.meetings.models import Attendance, Meeting
from members.movement.models import DestructionRecord, Transfer
from members.people.models import Member
from members.reconciliation.models import ChangeProposal, Reconciliation
from registry.accounts.models import Account, Appointment
from registry.breaches.enums import BreachData
from registry.breaches.models import Breach
from registry.organizations.models import BodySeat, GoverningBody, Organization, OrganizationPassport
from tests.documents.papers import campaign_papers, card_papers, deduction_papers, dues_papers, statistics_papers
from tests.documents.papers.breaches import breach_of
from tests.documents.samples import batch_of
from tests.members import applicants, places, sessions

TODAY = timezone.localdate()
#: Realistic words, and one word of the widest letters.
WORDS = "Щучинско-Магометанская объединённая широкопрофильная организация имени В. И. Жукова, ул. Мира, д. 5, № 12; "
WIDE = "Щ" + "ш" * 500
#: A paper, the contexts of its sheets and the batch.
Printed = tuple[Paper, Sequence[Mapping[str, Any]], Batch]


def long(length: int, *, wide: bool) -> str:
    """Return a text of this length, in one word of wide letters or in many words."""
    return (WIDE if wide else WORDS * 6)[:length].strip()


def _names(wide: bool) -> dict[str, str]:
    if wide:
        return {name: long(100, wide=True) for name in ("surname", "given_name", "patronymic")}
    return {
        "surname": "Константинопольско-Преображенская-Рождественская",
        "given_name": "Александра-Екатерина-Елизавета",
        "patronymic": "Константиновна Хаджимуратмагомедсултан кызы",
    }


def _organization(organization: Organization, wide: bool) -> Organization:
    address, chair = long(300, wide=wide), " ".join(_names(wide).values())[:200]
    Organization.objects.filter(pk=organization.pk).update(
        short_name=long(150, wide=wide), full_name=address, legal_address=address, postal_address=address,
        chair_name=chair, chair_sex="female", chair_dative="", genitive_name="", dative_name="",
    )  # fmt: skip
    return Organization.objects.select_related("federation", "parent").get(pk=organization.pk)


def _lines(unit: Organization, wide: bool, count: int) -> list[BookLine]:
    values = {
        "full_name": " ".join(_names(wide).values()), "ticket_number": long(20, wide=wide), "birth_year": 1958,
        "joined_year": 2015, "entered_on": TODAY, "left_on": TODAY, "reason": "cell_moved",
        "destination": long(300, wide=wide), "recorded_at": timezone.now(),
    }  # fmt: skip
    return [BookLine(unit=unit, number=12_000 + number, **values) for number in range(1, count + 1)]


def book(wide: bool) -> Printed:
    unit = _organization(places.voi().cells[0], wide)
    batch = batch_of(unit)
    return registration_book.BOOK, registration_book.build(unit, _lines(unit, wide, 10), batch), batch


def state(wide: bool) -> Printed:
    place = places.voi()
    head, unit = _organization(place.keeper, wide), _organization(place.cells[0], wide)
    batch = batch_of(head)
    lines = _lines(unit, wide, 20)
    return state_on_day.STATE, state_on_day.build(head, TODAY, lines, units=True, batch=batch), batch


def listed(wide: bool) -> Printed:
    place = _organization(places.voi().keeper, wide)
    batch = batch_of(place)
    name, text = " ".join(_names(wide).values()), long(300, wide=wide)
    found = screen_list.Listed(
        "Список членов", [text, text], ["Фамилия, имя, отчество", *("Место работы (учёбы)", "№ билета") * 4],
        [(name, *(text, long(20, wide=wide)) * 4) for _ in range(5)],
    )  # fmt: skip
    return screen_list.LIST, screen_list.build(place, found, batch), batch


def report(wide: bool) -> Printed:
    place = places.voi()
    keeper, cell = _organization(place.keeper, wide), _organization(place.cells[0], wide)
    cell.parent = keeper
    found = Reconciliation(
        unit=cell, year=TODAY.year, state="reported", note=long(500, wide=wide), reported_at=timezone.now()
    )
    text = long(200, wide=wide)
    proposals = [
        ChangeProposal(member=Member(**_names(wide)), field=field, before=text, after=text, ground=text)
        for field in ("workplace", "disability_group", "education") * 4
    ]
    counts = dict.fromkeys(("new_year", "arrived", "left", "by_book", "questionnaires", "changed"), 1_234_567)
    batch = batch_of(cell)
    return reconciliation_report.REPORT, reconciliation_report.build(found, counts, proposals, None, batch), batch


def recovery_sheet(wide: bool) -> Printed:
    batch = batch_of(_organization(places.voi().region, wide))
    return recovery_codes.SHEET, recovery_codes.build(["98765 43210"] * 10, batch), batch


def slips(wide: bool) -> Printed:
    place = places.voi()
    organization = _organization(place.region, wide)
    account = place.chair.account
    Account.objects.filter(pk=account.pk).update(**_names(wide), login="w" * 40)
    Appointment.objects.filter(account=account).update(organization=organization, role="collector")
    account = Account.objects.get(pk=account.pk)
    batch = batch_of(organization)
    pairs = [(account, "hk4t-m7wd-x9pc")] * 2
    return credentials_slip.SLIP, credentials_slip.build(pairs, place.region_chair, batch), batch


def transfer(wide: bool) -> Printed:
    organization = _organization(places.voi().keeper, wide)
    batch = batch_of(organization)
    one = Transfer(
        person_name=" ".join(_names(wide).values()), ticket_number=long(20, wide=wide), source=organization,
        started_on=TODAY, reason=long(300, wide=wide), mail_number=long(30, wide=wide),
    )  # fmt: skip
    return transfer_slip.SLIP, transfer_slip.build(one, "ABCD-EFGH-JKLM", batch), batch


def _people(place: Organization, cells: Sequence[Organization], wide: bool) -> list[Member]:
    """Return members of the cells, and further ones without a cell."""
    count, each = (12, 4) if wide else (28, 10)
    return [
        Member(
            **_names(wide), birth_date=TODAY, joined_on=TODAY, ticket_number=long(20, wide=wide), organization=place,
            position=long(150, wide=wide), cell=cells[number // each] if number // each < len(cells) else None,
        )
        for number in range(count)
    ]  # fmt: skip


def inventory(wide: bool) -> Printed:
    place = places.voi()
    keeper, cells = _organization(place.keeper, wide), [_organization(cell, wide) for cell in place.cells]
    batch = batch_of(keeper)
    return card_file.INVENTORY, card_file.build(keeper, _people(keeper, cells, wide), batch), batch


def people(wide: bool) -> Printed:
    keeper = _organization(places.union().keeper, wide)
    batch = batch_of(keeper)
    return member_list.LIST, member_list.build(keeper, _people(keeper, [], wide), batch), batch


def mail(wide: bool) -> Printed:
    keeper = _organization(places.voi().keeper, wide)
    batch = batch_of(keeper)
    sent = [
        Transfer(
            person_name=" ".join(_names(wide).values()), source=keeper, started_on=TODAY, reason=long(300, wide=wide),
            mail_number=long(30, wide=wide), state="cancelled", ended_on=TODAY,
        )
        for _ in range(13)
    ]  # fmt: skip
    return mail_register.REGISTER, mail_register.build(keeper, sent, TODAY, TODAY, batch), batch


def labels(wide: bool) -> Printed:
    keeper = _organization(places.union().keeper, wide)
    batch = batch_of(keeper)
    address = {"street": 150, "house": 40, "flat": 20, "city": 120, "region": 120}
    member = Member(**_names(wide), postcode="300041", **{k: long(n, wide=wide) for k, n in address.items()})
    return address_labels.LABELS, address_labels.build([member] * 25, batch), batch


def printer_sheet(wide: bool) -> Printed:
    keeper = _organization(places.voi().keeper, wide)
    batch = batch_of(keeper)
    shifts = dict.fromkeys(SHIFTS, Decimal("-20.0"))
    printer = PrinterCalibration(organization=keeper, name=long(60, wide=wide), **shifts)
    return calibration_sheet.SHEET, calibration_sheet.build(printer, batch), batch


def report_to_all(wide: bool) -> Printed:
    keeper = _organization(places.union().keeper, wide)
    keeper.passport = OrganizationPassport(
        organization=keeper, employer_name=long(300, wide=wide), agreement_number=long(60, wide=wide),
        agreement_on=TODAY, agreement_until=TODAY, employees=1_234_567,
    )  # fmt: skip
    batch = batch_of(keeper)
    figures = YearFigures(TODAY, 1_234_567, 1_234_567, dict.fromkeys(END_REASONS, 1_234_567), 1_234_567)
    counts = dict.fromkeys(("held", "items"), 1_234_567)
    return (
        public_report.REPORT,
        public_report.build(keeper, TODAY.year, figures, 1_234_567, counts, batch),
        batch,
    )


def _destruction(paper: Paper, wide: bool) -> Printed:
    organization = _organization(places.voi().keeper, wide)
    batch = batch_of(organization)
    records = [
        DestructionRecord(
            organization=organization, number=12_000 + number, member_number=1_234_567, subject="application",
            ticket_number=long(20, wide=wide), reason=long(300, wide=wide), method=long(300, wide=wide),
            system=long(200, wide=wide), destroyed_by=long(200, wide=wide), destroyed_at=timezone.now(),
            commission=[long(150, wide=wide)], categories=[long(200, wide=wide)],
            counts={"records": 123_456, "files": 123_456}, keep_until=TODAY + dt.timedelta(days=1095),
        )
        for number in range(12)
    ]  # fmt: skip
    return paper, paper.build(records, batch), batch


def act(wide: bool) -> Printed:
    return _destruction(destruction.ACT, wide)


def extract_of_journal(wide: bool) -> Printed:
    return _destruction(destruction.EXTRACT, wide)


def notice(wide: bool) -> Printed:
    place = places.union()
    keeper = _organization(place.keeper, wide)
    Organization.objects.filter(pk=place.head.pk).update(
        full_name=long(250, wide=wide), legal_address=long(200, wide=wide)
    )
    member = Member(
        federation=keeper.federation, organization=keeper, unit=keeper, **_names(wide), street=long(120, wide=wide),
        city=long(100, wide=wide), house=long(20, wide=wide),
    )  # fmt: skip
    member.save()
    withdrawal = Withdrawal(
        member=member, organization=keeper, purposes=list(keeper.charter.consents), stops_processing=True,
        received_on=TODAY, stop_by=TODAY, destroy_by=TODAY,
    )  # fmt: skip
    batch = batch_of(keeper)
    (values,) = withdrawal_notice.build(withdrawal, batch)
    return withdrawal_notice.NOTICE, [{**values, "kept": list(GROUNDS.values())}], batch


def _own_request(wide: bool) -> SubjectRequest:
    place = places.union()
    member = place.put(paper_kind="passport", paper_number="123456")
    Member.objects.filter(pk=member.pk).update(
        **_names(wide), street=long(120, wide=wide), city=long(100, wide=wide), workplace=long(300, wide=wide)
    )
    found = register_request(
        member.pk, kind="access", received_on=TODAY, channel="hand", details=long(1500, wide=wide), by=place.chair
    )
    found.organization = _organization(place.keeper, wide)
    found.member = Member.objects.select_related("unit", "organization__federation").get(pk=member.pk)
    return found


def _breach(wide: bool) -> tuple[places.Place, Breach]:
    place = places.voi()
    found = breach_of(place)
    for name in ("what", "causes", "places", "harm", "measures", "responsible", "results", "culprits"):
        setattr(found, name, long(900, wide=wide))
    found.data = [one.value for one in BreachData]
    return place, found


def breach_notice(paper: Paper, wide: bool) -> Printed:
    place, found = _breach(wide)
    batch = batch_of(place.keeper)
    return paper, paper.build(found, batch), batch


def breach_letter(wide: bool) -> Printed:
    place, found = _breach(wide)
    member = place.put(**_names(wide), street=long(120, wide=wide))
    batch = batch_of(place.keeper)
    return breach_notices.LETTER, breach_notices.build_letters(found, [member], batch), batch


def subject_answer_of(wide: bool) -> Printed:
    found = _own_request(wide)
    batch = batch_of(found.organization)
    assert found.member is not None
    return subject_answer.ANSWER, subject_answer.build(found, found.member, timezone.now(), batch), batch


def request_letter(wide: bool) -> Printed:
    found = _own_request(wide)
    found.state, found.reply = "refused", long(1500, wide=wide)
    batch = batch_of(found.organization)
    return subject_answer.LETTER, subject_answer.build_letter(found, batch), batch


def _meeting(paper: Paper, wide: bool) -> Printed:
    place = sessions.place()
    one, other = (applicants.apply(place) for _ in range(2))
    item = sessions.admission(place, [one, other])
    text = long(400, wide=wide)
    sessions.decided(item, place.chair, resolution=text, reason=text)
    for application in (one, other):
        application.refresh_from_db()
        Member.objects.filter(pk=application.member_id).update(
            **_names(wide), street=long(120, wide=wide), city=long(100, wide=wide), house=long(20, wide=wide),
            name_dative="", name_genitive="",
        )  # fmt: skip
        type(application).objects.filter(pk=application.pk).update(
            **_names(wide), pickup_place=long(200, wide=wide), pickup_on=TODAY
        )
        application.refresh_from_db()
    Meeting.objects.filter(pk=item.meeting_id).update(
        place=long(300, wide=wide), chaired_by=long(200, wide=wide), secretary=long(200, wide=wide),
        guests=long(500, wide=wide), number=long(30, wide=wide),
    )  # fmt: skip
    seats = Attendance.objects.filter(meeting=item.meeting_id).values("seat")
    BodySeat.objects.filter(pk__in=seats).update(full_name=" ".join(_names(wide).values())[:200])
    GoverningBody.objects.filter(organization=place.keeper).update(name=long(150, wide=wide))
    type(item).objects.filter(pk=item.pk).update(title=text, speaker=long(200, wide=wide), spoken=f"{text}\n{text}")
    item = type(item).objects.get(pk=item.pk)
    organization = _organization(place.keeper, wide)
    applications = list(type(one).objects.filter(pk__in=[one.pk, other.pk]))
    given: dict[str, tuple[Any, ...]] = {
        "agenda": (item.meeting,), "minutes": (item.meeting,), "extract": (item, applications[0]),
        "invitation": (applications,), "decision": (applications,),
    }  # fmt: skip
    return paper, paper.build(*given[paper.code]), batch_of(organization)


def agenda(wide: bool) -> Printed:
    return _meeting(meeting_papers.AGENDA, wide)


def minutes(wide: bool) -> Printed:
    return _meeting(meeting_papers.MINUTES, wide)


def extract(wide: bool) -> Printed:
    return _meeting(meeting_papers.EXTRACT, wide)


def decision(wide: bool) -> Printed:
    return _meeting(meeting_papers.DECISION, wide)


def invitation(wide: bool) -> Printed:
    place = sessions.place()
    one = applicants.apply(place, **_names(wide), street=long(120, wide=wide))
    item = sessions.admission(place, [one])
    Meeting.objects.filter(pk=item.meeting_id).update(place=long(300, wide=wide))
    GoverningBody.objects.filter(organization=place.keeper).update(name=long(150, wide=wide))
    organization = _organization(place.keeper, wide)
    found = list(type(one).objects.filter(pk=one.pk))
    return meeting_papers.INVITATION, meeting_papers.INVITATION.build(found), batch_of(organization)


def cards(code: str, wide: bool) -> Printed:
    return card_papers.longest(code, _names(wide), lambda organization: _organization(organization, wide))


#: Each paper other than a form, by its code.
EXTREME: dict[str, Callable[[bool], Printed]] = {
    "agenda": agenda,
    "minutes": minutes,
    "extract": extract,
    "invitation": invitation,
    "decision": decision,
    "registration_book": book,
    "state_on_day": state,
    "screen_list": listed,
    "reconciliation_report": report,
    "destruction_act": act,
    "destruction_extract": extract_of_journal,
    "credentials_slip": slips,
    "recovery_codes": recovery_sheet,
    "withdrawal_notice": notice,
    "breach_first_notice": lambda wide: breach_notice(breach_notices.FIRST, wide),
    "breach_second_notice": lambda wide: breach_notice(breach_notices.SECOND, wide),
    "breach_letter": breach_letter,
    "subject_answer": subject_answer_of,
    "request_letter": request_letter,
    "transfer_slip": transfer,
    **{code: partial(cards, code) for code in card_papers.BUILT_OF},
    **dues_papers.extremes(long, _organization),
    **statistics_papers.extremes(long, _organization),
    **campaign_papers.extremes(long, _organization),
    **deduction_papers.extremes(long, _organization),
    "card_file": inventory,
    "member_list": people,
    "mail_register": mail,
    "public_report": report_to_all,
    "address_labels": labels,
    "calibration_sheet": printer_sheet,
}
