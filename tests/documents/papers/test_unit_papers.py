"""Papers of a unit: registration book, report of the reconciliation, papers of destruction, the transfer slip."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from documents.papers import registration_book as book
from documents.papers.transfer_slip import render_slip
from documents.printing.core import forms
from documents.printing.models import PrintRecord
from documents.printing.russian import count_in_words
from members.book.enums import EndReason
from members.book.models import BookLine
from members.book.views import prints as unit_prints
from members.movement.enums import PaperCard
from members.movement.models import DestructionRecord, Transfer
from members.movement.tasks import cards_to_erase
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from members.reconciliation.enums import CheckResult
from members.reconciliation.models import Reconciliation
from members.reconciliation.transitions import reconciliation as reconciliations
from registry.access import Actor
from registry.enums import Role
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from registry.organizations.models import Organization
from tests.documents import samples
from tests.documents.pdfs import texts_of
from tests.members import places
from tests.members.reconciliations import open_year
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def line(unit: Organization, number: int, **values: Any) -> BookLine:
    return BookLine(
        **{
            "unit": unit,
            "number": number,
            "full_name": f"Иванов Пётр {number}",
            "birth_year": 1958,
            "joined_year": 2015,
            "entered_on": dt.date(2015, 5, 1),
            "ticket_number": f"{number:07}",
            "recorded_at": timezone.now(),
            **values,
        }
    )


# The registration book


def test_v_b7_the_book_has_its_columns_numbered_pages_and_the_leaf_for_the_seal(voi: places.Place) -> None:
    lines = [line(voi.keeper, number) for number in range(1, book.ROWS + 2)]
    lines[0].left_on, lines[0].reason, lines[0].destination = dt.date(2020, 2, 3), EndReason.DEPARTURE, "Калуга"
    pdf = book.render_book(voi.keeper, lines, samples.batch_of(voi.keeper))
    found = texts_of(pdf)
    assert [
        (round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in PdfReader(io.BytesIO(pdf)).pages
    ] == [(842, 595)] * 4
    assert [text.rsplit(" ", 1)[-1] for text in found] == ["1", "2", "3", "4"]
    assert "КНИГА РЕГИСТРАЦИИ ЧЛЕНОВ ВОИ" in found[0]
    assert "03.02.2020 Калуга, перевод в другую организацию" in found[1]
    assert f"Иванов Пётр {book.ROWS + 1} 1958 {book.ROWS + 1:07} 2015 01.05.2015" in found[2]
    assert "4 (четыре) листа" in found[3]
    assert len(found) == 4


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 (один) лист"), (3, "3 (три) листа"), (12, "12 (двенадцать) листов"), (121, "121 (сто двадцать один) лист")],
)
def test_v_b7_sheets_are_counted_in_words(count: int, words: str) -> None:
    assert count_in_words(count) == words


def test_v_b7_the_longest_line_and_an_empty_book_keep_their_pages(voi: places.Place) -> None:
    long = {
        "full_name": "Щ" * 302,
        "ticket_number": "Щ" * 20,
        "destination": "Щ" * 300,
        "left_on": TODAY,
        "reason": "death",
    }
    lines = [line(voi.keeper, number, **long) for number in range(1, book.ROWS + 1)]
    found = texts_of(book.render_book(voi.keeper, lines, samples.batch_of(voi.keeper)))
    # Each line takes five rows, in letters of 7 points.
    assert [text.rsplit(" ", 1)[-1] for text in found] == [str(number) for number in range(1, 8)]
    assert [text.count("смерть") for text in found] == [0, 3, 3, 3, 3, 3, 0]
    assert "".join("".join(found).split()).count("Щ") == book.ROWS * (302 + 20 + 300)
    # Only the last page has rows to write in.
    built = book.build(voi.keeper, [*lines, line(voi.keeper, 16)], samples.batch_of(voi.keeper))
    assert [sheet["lines"].count({}) for sheet in built if "lines" in sheet] == [0, 0, 0, 0, 0, 14]
    assert len(texts_of(book.render_book(voi.keeper, [], samples.batch_of(voi.keeper)))) == 3


def test_v_b7_the_book_is_printed_from_its_page_by_those_of_the_unit(voi: places.Place) -> None:
    member = voi.put(cell=voi.cells[0].pk)
    url = reverse("cells:print_book", args=[voi.cells[0].pk])
    cell_chair = trees.officer(voi.cells[0])
    for actor in (voi.chair, cell_chair):
        client = places.signed_in(actor)
        assert url in client.get(reverse("cells:book", args=[voi.cells[0].pk])).content.decode()
        assert member.full_name in texts_of(client.post(url).content)[1]
    neighbour = places.signed_in(trees.officer(voi.cells[1]))
    assert neighbour.post(url).status_code == 404
    reviewer = places.signed_in(voi.reviewer)
    assert url not in reviewer.get(reverse("cells:book", args=[voi.cells[0].pk])).content.decode()
    assert reviewer.post(url).status_code == 403
    assert list(PrintRecord.objects.values_list("form", "member")) == [("registration_book", None)] * 2


def test_v_b7_a_long_book_is_printed_by_a_job(
    voi: places.Place, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        voi.put(surname=f"Щука{'абв'[number]}", snils="", ticket_number="", confirmed_duplicate=True)
    monkeypatch.setattr(unit_prints, "MAX_LINES_AT_ONCE", 2)
    answer = places.signed_in(voi.chair).post(reverse("cells:print_book", args=[voi.keeper.pk]))
    assert answer.status_code == 302
    run_jobs()
    job = Job.objects.get()
    assert (job.state, job.result.content_type) == ("done", "application/pdf")


# The report of the reconciliation


@pytest.fixture
def reported(voi: places.Place) -> Reconciliation:
    """Return the sent report of a cell of two members, with a changed workplace of one."""
    cell_chair = trees.officer(voi.cells[0])
    first = voi.put(cell=voi.cells[0].pk, workplace="ООО «Завод»")
    second = voi.put(cell=voi.cells[0].pk, surname="Яблокова", snils="", ticket_number="", confirmed_duplicate=True)
    open_year(TODAY.year, today=TODAY, by=Actor.system("year-end"))
    found = Reconciliation.objects.get(unit=voi.cells[0])
    changes: dict[int, Any] = {first.pk: {"workplace": "школа № 7"}, second.pk: CheckResult.UNCHANGED}
    reconciliations.check(found.pk, changes, by=cell_chair)
    return reconciliations.report(found.pk, by=cell_chair)


def test_v_b8_the_report_has_counts_and_each_change_with_both_values(
    voi: places.Place, reported: Reconciliation
) -> None:
    client = places.signed_in(voi.chair)
    url = reverse("cells:print_report", args=[reported.pk])
    assert url in client.get(reverse("cells:reconcile", args=[reported.pk])).content.decode()
    (text,) = texts_of(client.post(url).content)
    assert f"о сверке анкет членов ВОИ за {TODAY.year} год" in text
    assert "Состоит на учёте по книге регистрации 2" in text
    assert "Анкет в наличии 2 Расхождение 0" in text
    assert re.search(r"Константинопольская .*? ООО «Завод» школа № 7", text), text
    assert "Отметка коллегиального органа" in text
    assert "None" not in text
    assert list(PrintRecord.objects.values_list("form", "organization")) == [("reconciliation_report", voi.cells[0].pk)]


def test_v_c5_the_report_is_for_readers_of_health_data_in_scope(voi: places.Place, reported: Reconciliation) -> None:
    url = reverse("cells:print_report", args=[reported.pk])
    assert places.signed_in(trees.officer(voi.cells[1])).post(url).status_code == 404
    assert places.signed_in(voi.reviewer).post(url).status_code == 403
    assert places.signed_in(trees.officer(voi.cells[0], Role.DEPUTY)).post(url).status_code == 200


def test_v_b8_the_report_costs_the_same_queries_for_many_changes(voi: places.Place, reported: Reconciliation) -> None:
    client = places.signed_in(voi.chair)
    url = reverse("cells:print_report", args=[reported.pk])
    client.post(url)
    with CaptureQueriesContext(connection) as one:
        client.post(url)
    proposal = reported.proposals.get()
    for member in Member.objects.filter(surname="Яблокова"):
        for field in ("workplace", "education"):
            proposal.pk, proposal.member, proposal.field = None, member, field
            proposal.save()
    with CaptureQueriesContext(connection) as three:
        client.post(url)
    assert len(one) == len(three)


# Papers and pages of destruction


@pytest.fixture
def due(voi: places.Place) -> Member:
    return _dead(voi)


def _dead(place: places.Place, **values: Any) -> Member:
    member = place.put(**values)
    deregister(
        member.pk, reason=EndReason.DEATH, on=TODAY, paper="свидетельство", paper_card=PaperCard.TAKEN, by=place.chair
    )
    Member.objects.filter(pk=member.pk).update(erase_after=TODAY)
    return member


def test_v_b14_the_list_shows_numbers_reason_day_and_ticket_and_no_name(voi: places.Place, due: Member) -> None:
    client = places.signed_in(voi.chair)
    for url in (reverse("moves:erasing"), reverse("moves:erase", args=[due.pk])):
        page = client.get(url).content.decode()
        assert str(due.pk) in page
        assert due.ticket_number in page
        assert [word for word in ("Константинопольская", "Александра", "11223344595", "Садовая") if word in page] == []


def test_v_b14_only_leading_roles_of_the_organisation_that_kept_the_card_destroy_it(
    voi: places.Place, due: Member
) -> None:
    neighbour = trees.officer(trees.below(voi.region, voi.keeper.level, "Соседняя МО ВОИ"))
    for actor, wanted in ((neighbour, 404), (voi.region_chair, 404), (voi.reviewer, 403)):
        for method in ("get", "post"):
            answer = getattr(places.signed_in(actor), method)(reverse("moves:erase", args=[due.pk]))
            assert answer.status_code == wanted
    assert places.signed_in(trees.officer(voi.keeper, Role.REGISTRAR)).get(reverse("moves:erasing")).status_code == 403
    assert list(places.signed_in(neighbour).get(reverse("moves:erasing")).context["due"]) == []
    assert Member.objects.filter(pk=due.pk).exists()


def test_v_b14_a_card_that_is_not_due_has_no_page(voi: places.Place) -> None:
    member = voi.put()
    client = places.signed_in(voi.chair)
    assert client.get(reverse("moves:erase", args=[member.pk])).status_code == 404
    assert client.post(reverse("moves:erase", args=[member.pk])).status_code == 404
    assert client.get(reverse("moves:erase_all")).status_code == 302


def test_v_b14_one_is_destroyed_and_the_act_and_the_extract_name_nobody(voi: places.Place, due: Member) -> None:
    client = places.signed_in(voi.chair)
    assert [task.action_url for task in cards_to_erase(voi.chair, TODAY)] == [reverse("moves:erasing")]
    assert client.post(reverse("moves:erase", args=[due.pk])).url == reverse("moves:erasing")
    assert not Member.objects.filter(pk=due.pk).exists()
    assert list(cards_to_erase(voi.chair, TODAY)) == []
    record = DestructionRecord.objects.get()
    for name, title in (("destruction_record", "АКТ № 1"), ("destruction_extract", "ВЫГРУЗКА")):
        (text,) = texts_of(client.post(reverse(f"moves:{name}", args=[record.pk])).content)
        assert title in text
        missing = [
            words
            for words in (str(due.pk), "0104512", record.reason, record.system, "СНИЛС", TODAY.strftime("%d.%m.%Y"))
            if words not in text
        ]
        assert (missing, "Константинопольская" in text, "None" in text) == ([], False, False)
    assert voi.chair.account is not None
    act = texts_of(client.post(reverse("moves:destruction_record", args=[record.pk])).content)[0]
    assert (voi.chair.account.full_name in act, "Способ уничтожения" in act) == (True, True)


def test_v_b14_all_that_are_due_are_destroyed_by_a_job_with_one_act_for_the_day(
    voi: places.Place, due: Member, run_jobs: Any
) -> None:
    for number in range(2):
        _dead(voi, surname=f"Щука{'абв'[number]}", snils="", ticket_number="", confirmed_duplicate=True)
    client = places.signed_in(voi.chair)
    assert client.post(reverse("moves:erase_all")).status_code == 302
    run_jobs()
    job = Job.objects.get()
    assert (job.state, job.summary["cards"], Member.objects.count()) == ("done", 3, 0)
    (text,) = texts_of(
        client.post(reverse("moves:destruction_record", args=[DestructionRecord.objects.first().pk])).content  # type: ignore[union-attr]
    )
    assert "АКТ № 1–3" in text
    assert client.get(reverse("moves:destruction_records")).status_code == 200


def test_v_b14_a_card_with_a_new_appeal_is_not_destroyed(voi: places.Place, due: Member, run_jobs: Any) -> None:
    start_job("members.erase", {"ids": [due.pk]}, by=voi.chair)
    Member.objects.filter(pk=due.pk).update(erase_after=TODAY + dt.timedelta(days=1))
    run_jobs()
    job = Job.objects.get()
    assert (job.state, job.summary["cards"], Member.objects.filter(pk=due.pk).exists()) == ("done", 0, True)


def test_v_b14_the_act_of_a_neighbour_is_not_found(voi: places.Place, due: Member) -> None:
    record = erase(due.pk, by=voi.chair)
    neighbour = places.signed_in(trees.officer(trees.below(voi.region, voi.keeper.level, "Соседняя МО ВОИ")))
    for name in ("destruction_record", "destruction_extract"):
        assert neighbour.post(reverse(f"moves:{name}", args=[record.pk])).status_code == 404


def test_v_b14_the_list_costs_the_same_queries_for_many(voi: places.Place, due: Member) -> None:
    client = places.signed_in(voi.chair)
    url = reverse("moves:erasing")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for number in range(3):
        _dead(voi, surname=f"Щука{'абв'[number]}", snils="", ticket_number="", confirmed_duplicate=True)
    with CaptureQueriesContext(connection) as four:
        client.get(url)
    assert len(one) == len(four)


# The transfer slip


def slip(place: places.Place, **values: Any) -> str:
    transfer = Transfer(
        **{
            "federation": place.keeper.federation, "source": place.keeper, "source_unit": place.keeper,
            "person_name": "Иванов Пётр Сергеевич", "ticket_number": "0104512", "started_on": TODAY,
            "reason": "Калужская область", **values,
        }
    )  # fmt: skip
    (page,) = texts_of(render_slip(transfer, "ABCD-EFGH-JKLM"))
    return page


def test_v_b10_the_slip_names_the_person_the_ticket_the_code_and_what_to_do(voi: places.Place) -> None:
    text = slip(voi, mail_number="14100080412345")
    wanted = [
        "Иванов Пётр Сергеевич", "0104512", "ABCD-EFGH-JKLM", "Калужская область", "14100080412345", "1.", "3.",
        TODAY.strftime("%d.%m.%Y"), "М.П.",
    ]  # fmt: skip
    assert [words for words in wanted if words not in text] == []


def test_v_b10_the_slip_without_ticket_and_the_longest_one_stay_on_one_page(voi: places.Place) -> None:
    assert "билета нет" in slip(voi, ticket_number="", reason="")
    text = slip(voi, person_name="<b>Щ</b> " + "Щ" * 290, reason="Щ" * 300, ticket_number="9" * 20)
    assert ("<b>Щ</b>" in text, "М.П." in text) == (True, True)


def test_papers_of_units_are_not_offered_as_forms() -> None:
    assert sorted(forms()) == [
        "application", "certificate", "consent", "consent_publication", "consent_transfer", "departure_statement",
        "duplicate_statement", "leaflet", "leaving_statement", "member_card", "membership_ticket", "payment_notice",
        "questionnaire", "transfer_statement", "withdrawal_statement",
    ]  # fmt: skip
    assert re.fullmatch(r"[a-z_]+", book.BOOK.code)
