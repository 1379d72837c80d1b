"""Every paper is found by its module, has a template and a style sheet, and declares the classes of data that it reads
(V-C5, ADR 9).
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import select_template
from django.utils import timezone

from documents.consents.enums import PURPOSES_OF_FORMS
from documents.consents.transitions.consents import mark_signed
from documents.consents.transitions.withdrawals import register_withdrawal
from documents.papers import consent, meeting_papers, member_card
from documents.papers.screen_list import Listed
from documents.printing import core, rules
from documents.printing import transitions as printing
from documents.printing.codes import code_picture
from documents.printing.core import Form, Paper, forms, forms_of, papers, title_of
from documents.printing.engine.sheets import Sheets
from documents.printing.models import SHIFTS
from documents.rights.models import SubjectRequest
from documents.rights.transitions import refuse_request, register_request
from members.admission.models import Application
from members.admission.queries.applicants import ward_as_member
from members.admission.transitions.representations import add_representation
from members.book.enums import EndReason
from members.book.models import BookLine
from members.book.queries.year_figures import YearFigures
from members.meetings.models import AgendaItem
from members.meetings.transitions import agenda, decisions
from members.movement.enums import PaperCard
from members.movement.models import DestructionRecord
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.people.models import CardEntry, HealthRecord, Member
from members.reconciliation.models import Reconciliation
from members.reconciliation.transitions import reconciliation as reconciliations
from registry import charters
from registry.access import Actor
from registry.enums import DataClass
from registry.organizations.models import Organization
from tests.documents import pdfs
from tests.documents.papers import (
    blank_papers,
    campaign_papers,
    card_papers,
    deduction_papers,
    dues_papers,
    statistics_papers,
)
from tests.documents.papers.breaches import breach_of
from tests.documents.papers.reading import recorded
from tests.documents.samples import ALL_CLASSES, batch_of, paid
from tests.documents.validity import check_accessible, check_archived
from tests.house.reading import called
from tests.members import applicants, places, sessions
from tests.members.applicants import days
from tests.members.reconciliations import open_year
from tests.registry import trees
from tests.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ROOT = Path(__file__).resolve().parents[3]
TODAY = timezone.localdate()
#: Width of the empty edge of a card of 85.6 × 54 mm, points.
EDGE_OF_CARDS = 8
#: Templates of parts of pages, and of the page around each sheet.
COMMON = {"document", "paper", "continued"}


# Arguments of each paper


Arguments = list[tuple[Any, ...] | dict[str, Any]]


@world
def two_members() -> list[tuple[int, tuple[str, ...]]]:
    """Create in each charter a member with every field filled and a payment; return the id and the charter's forms."""
    found = []
    for place in (places.voi(), places.union()):
        member = place.put(paper_kind="passport", paper_number="123456")
        paid(place.keeper, member, 2020, TODAY)
        for entry in place.keeper.charter.entries:
            CardEntry.objects.create(member=member, kind=entry.key, title="Запись")
        found.append((member.pk, tuple(place.keeper.charter.forms)))
    return found


def of_a_meeting() -> tuple[AgendaItem, Application]:
    """Return a decided admission and its application."""
    place = sessions.place()
    one = applicants.apply(place)
    item = sessions.admission(place, [one])
    sessions.decided(item, place.chair)
    return AgendaItem.objects.get(pk=item.pk), Application.objects.get(pk=one.pk)


def meeting() -> Arguments:
    return [(of_a_meeting()[0].meeting,)]


def extract() -> Arguments:
    item, one = of_a_meeting()
    return [(item, one), (item, None)]


def invitation() -> Arguments:
    place = sessions.place()
    one = applicants.apply(place)
    sessions.admission(place, [one])
    return [([Application.objects.get(pk=one.pk)],)]


def decision() -> Arguments:
    _item, one = of_a_meeting()
    place = sessions.place()
    item = decisions.put_forward(
        organization=place.keeper, kind="exclusion", title="Об исключении", member=place.put(),
        exclusion_reason="violation", filed_on=days(5), by=place.chair,
    )  # fmt: skip
    held = sessions.planned(place.keeper, place.chair, held_on=days(0))
    agenda.put_on(held.pk, items=[item.pk], by=place.chair)
    sessions.held(held, place.chair)
    sessions.decided(item, place.chair)
    return [([one],), (AgendaItem.objects.get(pk=item.pk),)]


def registration_book() -> Arguments:
    place = places.voi()
    place.put()
    return [(place.keeper, list(BookLine.objects.all()), batch_of(place.keeper))]


def state_on_day() -> Arguments:
    place = places.voi()
    place.put()
    lines = list(BookLine.objects.all())
    batch = batch_of(place.keeper)
    common = {"place": place.keeper, "day": TODAY, "lines": lines, "batch": batch}
    return [{**common, "units": units} for units in (True, False)]


def screen_list() -> Arguments:
    place = places.voi()
    listed = Listed("Список членов", ["пол: женский"], ["Фамилия, имя, отчество", "Возраст"], [("Липова Анна", "42")])
    return [(place.keeper, listed, batch_of(place.keeper))]


def reconciliation_report() -> Arguments:
    """Return the arguments for a report with proposed changes of two fields."""
    place = places.voi()
    cell_chair = trees.officer(place.cells[0])
    member = place.put(cell=place.cells[0].pk, workplace="ООО «Завод»", disability_group="III")
    open_year(TODAY.year, today=TODAY, by=Actor.system("year-end"))
    found = Reconciliation.objects.get(unit=place.cells[0])
    changes: dict[int, Any] = {member.pk: {"workplace": "школа № 7", "disability_group": "II"}}
    reconciliations.check(found.pk, changes, by=cell_chair)
    reported = reconciliations.report(found.pk, by=cell_chair)
    assert reported.proposals.count() == 2
    proposals = list(reported.proposals.select_related("member"))
    return [(reported, {"by_book": 1, "questionnaires": 1}, proposals, None, batch_of(place.cells[0]))]


def destruction() -> Arguments:
    place = places.voi()
    member = place.put()
    deregister(
        member.pk, reason=EndReason.DEATH, on=TODAY, paper="свидетельство", paper_card=PaperCard.TAKEN, by=place.chair
    )
    Member.objects.filter(pk=member.pk).update(erase_after=TODAY)
    erase(member.pk, by=place.chair)
    return [(list(DestructionRecord.objects.select_related("organization__federation")), batch_of(place.keeper))]


def credentials_slip() -> Arguments:
    place = places.voi()
    return [([(place.chair.account, "hk4t-m7wd-x9pc")], place.region_chair, batch_of(place.region))]


def recovery_codes() -> Arguments:
    place = places.voi()
    return [(["01234 56789"] * 10, batch_of(place.keeper))]


def transfer_slip() -> Arguments:
    place = places.voi()
    member = place.put()
    deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY, destination="Калуга", paper_card=PaperCard.HANDED,
        by=place.chair,
    )  # fmt: skip
    return [(member.transfers.get(), "ABCD-EFGH-JKLM", batch_of(place.keeper))]


def withdrawal_notice() -> Arguments:
    place = places.union()
    member = place.put()
    for purpose in place.keeper.charter.consents:
        mark_signed(member.pk, purpose=purpose, signed_on=TODAY, by_hand=True, by=place.chair)
    found = register_withdrawal(
        member.pk, purposes=place.keeper.charter.consents, received_on=TODAY, channel="post", by=place.chair
    )
    return [(found, batch_of(place.keeper))]


def _own_request(place: places.Place, kind: str = "access", **values: Any) -> SubjectRequest:
    member = place.put(paper_kind="passport", paper_number="123456", **values)
    return register_request(member.pk, kind=kind, received_on=TODAY, channel="hand", details="№ дома", by=place.chair)


def subject_answer() -> Arguments:
    found: Arguments = []
    for place in (places.voi(), places.union()):
        request = _own_request(place)
        assert request.member is not None
        HealthRecord.objects.get_or_create(member=request.member, defaults={"diagnosis": "Нет"})
        paid(place.keeper, request.member, 2020, TODAY)
        printing.record_prints("member_card", [request.member.pk], data_classes=[DataClass.GENERAL], by=place.chair)
        found.append((request, request.member, timezone.now(), batch_of(place.keeper)))
    return found


def request_letter() -> Arguments:
    place = places.union()
    request = _own_request(place)
    given = {"settled_on": TODAY, "channel": "hand", "by": place.chair}
    return [(refuse_request(request.pk, reason="Повторно", **given), batch_of(place.keeper))]


def card_file() -> Arguments:
    place = places.voi()
    member = place.put(cell=place.cells[0].pk)
    printing.record_prints("member_card", [member.pk], data_classes=[DataClass.GENERAL], by=place.chair)
    return [(place.keeper, list(Member.objects.select_related("cell")), batch_of(place.keeper))]


def member_list() -> Arguments:
    place = places.union()
    place.put()
    return [(place.keeper, list(Member.objects.all()), batch_of(place.keeper))]


def mail_register() -> Arguments:
    place = places.voi()
    member = place.put()
    deregister(
        member.pk, reason=EndReason.DEPARTURE, on=TODAY, destination="Калуга", paper_card=PaperCard.MAILED,
        mail_number="14100080412345", by=place.chair,
    )  # fmt: skip
    return [(place.keeper, [member.transfers.get()], TODAY, TODAY, batch_of(place.keeper))]


def address_labels() -> Arguments:
    place = places.union()
    place.put(street="ул. Садовая", house="5")
    return [(list(Member.objects.all()), batch_of(place.keeper))]


def calibration_sheet() -> Arguments:
    place = places.voi()
    shifts = dict.fromkeys(SHIFTS, Decimal("-1.5"))
    printer = printing.save_printer(place.keeper.pk, name="Принтер", shifts=shifts, by=place.chair)
    return [(printer, batch_of(place.keeper))]


def public_report() -> Arguments:
    place = places.union()
    figures = YearFigures(TODAY, 10, 3, {"dismissal": 1, "retirement": 2}, 10)
    return [(place.keeper, TODAY.year, figures, 9, {"held": 2, "items": 5}, batch_of(place.keeper))]


#: Arguments of papers that are not about a member.
def breach_notice() -> Arguments:
    place = places.voi()
    return [(breach_of(place), batch_of(place.keeper))]


def breach_letter() -> Arguments:
    place = places.voi()
    return [(breach_of(place), [place.put()], batch_of(place.keeper))]


BUILT_OF: dict[str, Callable[[], Arguments]] = {
    "agenda": meeting,
    "minutes": meeting,
    "extract": extract,
    "invitation": invitation,
    "decision": decision,
    "registration_book": registration_book,
    "state_on_day": state_on_day,
    "screen_list": screen_list,
    "reconciliation_report": reconciliation_report,
    "destruction_act": destruction,
    "destruction_extract": destruction,
    "credentials_slip": credentials_slip,
    "recovery_codes": recovery_codes,
    "withdrawal_notice": withdrawal_notice,
    "breach_first_notice": breach_notice,
    "breach_second_notice": breach_notice,
    "breach_letter": breach_letter,
    "subject_answer": subject_answer,
    "request_letter": request_letter,
    "transfer_slip": transfer_slip,
    "card_file": card_file,
    "member_list": member_list,
    "mail_register": mail_register,
    "public_report": public_report,
    "address_labels": address_labels,
    "calibration_sheet": calibration_sheet,
    **blank_papers.BUILT_OF,
    **card_papers.BUILT_OF,
    **dues_papers.BUILT_OF,
    **deduction_papers.BUILT_OF,
    **statistics_papers.BUILT_OF,
    **campaign_papers.BUILT_OF,
}


def read_by(build: Callable[..., Any], built_of: Arguments) -> set[DataClass]:
    return _built(build, built_of)[0]


def _built(build: Callable[..., Any], built_of: Arguments) -> tuple[set[DataClass], list[Any]]:
    with recorded() as seen:
        sheets = [build(**given) if isinstance(given, dict) else build(*given) for given in built_of]
    assert all(sheets)
    return seen, sheets


@cache
def made(code: str) -> tuple[set[DataClass], list[Sheets]]:
    """Return the classes of data read by the paper, and its sheets before the layout."""
    paper = papers()[code]
    seen, built = _built(paper.build, BUILT_OF[code]())
    batch = batch_of(Organization.objects.select_related("federation").order_by("pk")[0])
    if code in {"credentials_slip", "transfer_slip", "card_face"}:
        for sheet in [sheet for contexts in built for sheet in contexts]:
            _put_pictures(sheet, batch)
    return seen, [core.sheets_for(paper, contexts, batch) for contexts in built]


# Declarations


@pytest.mark.parametrize("code", sorted(BUILT_OF))
def test_v_c5_a_paper_declares_the_classes_of_data_that_it_reads(code: str) -> None:
    assert made(code)[0] == papers()[code].data_classes


@pytest.mark.parametrize("code", sorted(forms()))
def test_v_c5_a_form_reads_what_it_declares_and_nothing_that_its_reader_may_not_read(code: str) -> None:
    form = forms()[code]
    ids = [pk for pk, codes in two_members() if code in codes or code not in PURPOSES_OF_FORMS]

    def read_without(missing: DataClass | None) -> set[DataClass]:
        members = form.members(Member.objects.filter(pk__in=ids))
        return read_by(form.build, [(one, batch_of(one.organization, ALL_CLASSES - {missing})) for one in members])

    read = {missing: read_without(missing) for missing in (None, *ALL_CLASSES)}
    # Name and address are on every paper; users who may not read them cannot print.
    assert read == {missing: form.data_classes - ({missing} - {DataClass.GENERAL}) for missing in (None, *ALL_CLASSES)}


def test_v_c5_the_consent_of_a_represented_person_and_the_lines_added_to_a_card_are_no_exceptions() -> None:
    place = places.voi()
    member = place.put(category="guardian")
    ward = add_representation(
        member_id=member.pk,
        by=place.chair,
        values={
            "surname": "Ромашкин",
            "given_name": "Тимофей",
            "birth_date": dt.date(2015, 5, 5),
            "disability_group": "child",
            "mandate_kind": "guardianship",
            "mandate_number": "12",
            "mandate_issued_on": dt.date(2015, 6, 5),
        },
    )
    batch = batch_of(place.keeper)
    subject = ward_as_member(ward, place.keeper.charter, place.keeper)
    representative = consent.FORM.members(Member.objects.all()).get()
    assert read_by(consent.build_for_ward, [(subject, representative, ward, batch)]) == consent.FORM.data_classes
    member = member_card.FORM.members(Member.objects.all()).get()
    paper = {**member_card.carried(member, batch), "registrations": []}
    new = member_card.additions_for(member, batch, paper)
    assert new is not None and new.count == 1
    assert read_by(member_card.build_additions, [(member, batch, new)]) <= member_card.FORM.data_classes
    assert read_by(member_card.additions_for, [(member, batch, paper)]) == member_card.FORM.data_classes


def test_the_recorder_sees_what_is_read_of_every_class_and_nothing_else() -> None:
    place = places.voi()
    member = place.put()

    def build(name: str) -> list[Any]:
        found: Any = Member.objects.get(pk=member.pk)
        for part in name.split("."):
            found = getattr(found, part)
        return [found]

    read = {
        name: read_by(build, [(name,)])
        for name in (
            "pk",
            "organization_id",
            "surname",
            "full_name",
            "identity.paper_number",
            "health.diagnosis",
            "dues.unpaid",
        )
    }
    assert read == {
        "pk": set(), "organization_id": set(), "surname": {DataClass.GENERAL}, "full_name": {DataClass.GENERAL},
        "identity.paper_number": {DataClass.IDENTITY}, "health.diagnosis": {DataClass.HEALTH},
        "dues.unpaid": {DataClass.MONEY},
    }  # fmt: skip


# The registry of papers


def test_every_paper_is_declared_in_a_module_of_its_own_package_and_found_by_it() -> None:
    package = ROOT / core.PACKAGE.replace(".", "/")
    declared = [
        keyword.value.value
        for path in package.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and called(node) in {"Form", "Paper", "replace", "form_for"}
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    ]
    assert sorted(declared) == sorted(papers())
    assert sorted(papers()) == sorted({*forms(), *BUILT_OF})
    assert [code for code, paper in papers().items() if paper.code != code] == []
    assert [paper.title for paper in papers().values() if not re.fullmatch("[А-Я][а-яё -]+", paper.title)] == []
    assert (title_of("minutes"), title_of("printed_no_more")) == ("Протокол заседания", "printed_no_more")


def test_two_papers_with_one_code_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meeting_papers, "COPY", Paper(code="minutes", title="Копия", build=list), raising=False)
    with pytest.raises(ValueError, match="minutes"):
        papers.__wrapped__()


def test_every_paper_has_a_template_for_each_charter_that_prints_it() -> None:
    for key in charters.keys():  # noqa: SIM118 - a function of the package
        charter = charters.get(key)
        printed = [paper for paper in papers().values() if not isinstance(paper, Form) or paper in forms_of(charter)]
        for paper in printed:
            assert select_template(paper.template_names(charter))


def test_every_template_and_style_sheet_of_papers_belongs_to_one() -> None:
    folder = ROOT / "templates" / "prints"
    included = {
        name
        for path in folder.rglob("*.html")
        for name in re.findall(r'"prints/(?:\w+/)?(\w+)\.html"', path.read_text())
    }
    templates = {path.stem for path in folder.rglob("*.html")}
    assert templates - included - COMMON == {paper.template or paper.code for paper in papers().values()}
    sheets = {path.name for path in (ROOT / "static" / "prints").glob("*.css")}
    assert sheets - {f"{name}.css" for name in COMMON} == {
        paper.stylesheet_name for paper in papers().values() if paper.stylesheet_name
    }
    assert [code for code, paper in papers().items() if paper.stylesheet and not paper.stylesheet_name] == []


def test_codes_that_rules_and_charters_name_are_those_of_forms() -> None:
    named = {rules.CARD_FORM, *PURPOSES_OF_FORMS, *rules.CELL_FORMS}
    named |= {code for key in charters.keys() for code in charters.get(key).forms}  # noqa: SIM118
    assert named == set(forms())
    assert [form.code for form in forms_of(charters.get("voi"))] == list(charters.get("voi").forms)


def recorded_codes(source: str) -> Iterator[str]:
    """Yield the codes written as literals in calls that record a print."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name.startswith("record_") and name in vars(printing):
                yield str(node.args[0].value)


def test_only_existing_papers_are_recorded() -> None:
    assert list(recorded_codes('record_prints("consent", ids)\nrecord_prints(form.code, ids)')) == ["consent"]
    sources = [
        path.read_text() for app in ("registry", "members", "dues", "documents") for path in (ROOT / app).rglob("*.py")
    ]
    assert {code for source in sources for code in recorded_codes(source)} - set(papers()) == set()


#: Papers with charts → the number of last pages with charts, where letters are positioned within the drawing.
WITH_CHARTS = {"dues_report": 1, "statistics": 3}


@pytest.mark.parametrize("code", sorted(BUILT_OF))
def test_every_other_paper_has_its_title_language_tags_fonts_and_margins_and_prints_nothing_stray(code: str) -> None:
    paper = papers()[code]
    # Labels fill the sheet except for the 4 mm that printers cannot use.
    edge = {"card_face": EDGE_OF_CARDS, "address_labels": 12}.get(code, 28)
    for sheets in made(code)[1]:
        pdf = core.lay_out_sheets(sheets)
        check_archived(pdf) if paper.archived else check_accessible(pdf)
        assert pdfs.title_of(pdf) == paper.title
        pages = pdfs.pages_of(pdf)
        for page in pages[: len(pages) - WITH_CHARTS.get(code, 0)]:
            for x, y, text in page.boxes:
                # Page numbers are in the margin.
                lowest = 14 if text.strip().isdigit() else edge
                assert edge <= x <= page.width - edge and lowest <= y <= page.height - edge, text
        said = pdfs.text_of(pdf)
        assert [wrong for wrong in ("None", "[]", ", ,", ",,", "..", "{", "False", "True") if wrong in said] == []


def _put_pictures(sheet: dict[str, Any], batch: Any) -> None:
    """Replace the pictures of codes by pictures of the batch that lays out the sheets."""
    for values in (sheet, *sheet.get("slips", ())):
        for name, value in values.items():
            if str(value).startswith("registry:picture/"):
                values[name] = batch.picture("code.svg", code_picture("ABCD"))
