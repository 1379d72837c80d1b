"""Pages, workbook and paper of the report of dues: figures, links, limits, records of prints (N-D1, N-H1, V-C5)."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from html import unescape
from itertools import product
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.printing.models import PrintRecord
from dues.ledger.models import BookAccount, LedgerEntry
from dues.money import money
from dues.reports.enums import By, Figure, Part
from dues.reports.exports.report import workbook
from dues.reports.forms import ReportForm, days_of, part_of
from dues.reports.queries.sums import by_dues, by_part, total_of
from dues.reports.rules import check_period
from members.people.models import Member
from registry.days import EARLIEST
from registry.enums import Level, Role
from registry.journal.models import Event
from registry.sizes import PAGE_ROWS
from tests.clock import at
from tests.documents import pdfs
from tests.dues.collecting.world import TODAY, YEAR
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from .world import END, NEW_YEAR, Reported, reported

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LINES = re.compile(r'href="(/dues/reports/lines/\?[^"]+)"[^>]*>\s*([^<]+?)\s*<')


@pytest.fixture
def w() -> Reported:
    return reported()


def page(client: Client, **query: Any) -> str:
    answer = client.get(reverse("dues:reports"), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("by", By.values)
@pytest.mark.parametrize("who", ["chair", "region_chair", "head_chair"])
def test_n_d1_every_figure_of_a_page_opens_lines_with_that_sum(w: Reported, who: str, by: str) -> None:
    client = places.signed_in(getattr(w, who))
    links = set(LINES.findall(page(client, part="year", year=YEAR, by=by)))
    figures = [(unescape(url), text) for url, text in links if text[0].isdigit()]
    assert len(figures) >= 2
    for url, text in figures:
        answer = client.get(url)
        assert f": {text} ₽" in answer.content.decode(), (url, text)


def test_n_d1_a_figure_in_a_box_opens_its_lines(w: Reported) -> None:
    client = places.signed_in(w.chair)
    boxes = re.findall(r'<dt><a href="([^"]+)">[^<]+</a></dt><dd>([^<]+)</dd>', page(client))
    assert len(boxes) == len(Figure)
    for url, text in boxes:
        assert f": {text} ₽" in client.get(unescape(url)).content.decode()


def test_n_c1_lines_name_those_who_are_seen_and_nobody_else(w: Reported) -> None:
    client, url = places.signed_in(w.chair), reverse("dues:report_lines")
    period = {"first": NEW_YEAR, "last": END}
    text = client.get(url, {**period, "figure": "paid"}).content.decode()
    assert [name for name in ("Одинцова", "Ушедшая", "Закрытова", "Чужая") if name in text] == ["Одинцова"]
    assert text.count("Сняты с учёта") == 2
    owed = client.get(url, {**period, "figure": "owed"}).content.decode()
    assert ("Одинцова" in owed, "Закрытова" in owed, "Сняты с учёта" in owed) == (True, False, False)
    above = places.signed_in(w.region_chair).get(url, {**period, "figure": "paid"}).content.decode()
    assert ("Чужая" in above, "Веневская МО ВОИ" in above, "Закрытова" in above) == (True, True, False)


def test_v_d4_a_collector_reads_no_report(w: Reported) -> None:
    client = places.signed_in(w.collecting.collector)
    for name in ("reports", "report_lines", "accounting"):
        query = {"first": NEW_YEAR, "last": END, "figure": "paid"}
        assert client.get(reverse(f"dues:{name}"), query).status_code == 403
    for name in ("print_report", "download_report"):
        assert client.post(reverse(f"dues:{name}")).status_code == 403


def test_n_h1_reports_of_organisations_outside_are_not_there(w: Reported) -> None:
    cell_chair = trees.officer(w.cells[1], Role.CHAIR, "Ячейкина")
    for actor, places_outside in (
        (w.chair, [w.region, w.head, w.other]),
        (cell_chair, [w.keeper, w.cells[0]]),
        (w.region_chair, [w.head]),
    ):
        client = places.signed_in(actor)
        for place in places_outside:
            query = {"organization": place.pk, "first": NEW_YEAR, "last": END, "figure": "paid"}
            for name in ("reports", "report_lines"):
                assert client.get(reverse(f"dues:{name}"), query).status_code == 404
            for name in ("print_report", "download_report"):
                assert client.post(f"{reverse(f'dues:{name}')}?organization={place.pk}").status_code == 404
    own = page(places.signed_in(cell_chair), part="year", year=YEAR)
    assert (money(Decimal("500.00")) in own, "725,01" in own, "by=place" in own) == (True, False, False)


@pytest.mark.parametrize(
    "changed",
    [
        {"figure": "all"}, {"figure": ""}, {"first": "0000-00-00"}, {"first": "x"}, {"last": ""}, {"fee": "x"},
        {"year": "²"}, {"year": "20401"}, {"way": "x"}, {"collector": "9999999"}, {"collector": "x"},
        {"organization": "x"}, {"organization": "9" * 30}, {"first": "2040-02-30"}, {"first": "2041-01-01"},
        {"first": "1800-01-01"},
    ],
)  # fmt: skip
def test_addresses_that_no_page_links_to_are_not_there(w: Reported, changed: dict[str, str]) -> None:
    query = {"figure": "paid", "first": "2040-01-01", "last": "2040-12-31", **changed}
    assert places.signed_in(w.chair).get(reverse("dues:report_lines"), query).status_code == 404


def test_a_period_is_corrected_and_stays_as_typed(w: Reported) -> None:
    client = places.signed_in(w.chair)
    wrong = page(client, part="days", first="31.12.2040", last="01.01.2040")
    assert ("Период заканчивается раньше, чем начинается" in wrong, 'value="31.12.2040"' in wrong) == (True, True)
    assert "Начислено" not in wrong.replace("Начислено, уплачено", "")
    missing = page(client, part="days", first="", last="01.01.2040")
    assert missing.count("Укажите дату.") == 1
    assert client.get(reverse("dues:reports"), {"part": "x", "year": "1e400"}).status_code == 200


def test_the_days_of_a_part_are_its_own() -> None:
    leap = 2040
    assert days_of("year", leap) == (dt.date(leap, 1, 1), dt.date(leap, 12, 31))
    assert [days_of(f"q{n}", leap) for n in (1, 4)] == [
        (dt.date(leap, 1, 1), dt.date(leap, 3, 31)), (dt.date(leap, 10, 1), dt.date(leap, 12, 31)),
    ]  # fmt: skip
    assert days_of("m02", leap) == (dt.date(leap, 2, 1), dt.date(leap, 2, 29))
    assert days_of("m02", leap + 1)[1] == dt.date(leap + 1, 2, 28)
    for part in Part:
        if part != Part.DAYS:
            assert part_of(*days_of(part, leap)) == {"part": part.value, "year": leap}
    odd = (dt.date(leap, 1, 1), dt.date(leap, 1, 30))
    assert part_of(*odd) == {"part": "days", "first": odd[0], "last": odd[1]}


def test_n_d1_a_period_begins_before_it_ends_and_after_all_books() -> None:
    check_period(EARLIEST, EARLIEST)
    with refused("N-D1", field="last"):
        check_period(TODAY, TODAY - dt.timedelta(1))
    with refused("N-D1", field="first"):
        check_period(EARLIEST - dt.timedelta(1), TODAY)


def test_the_years_offered_end_with_the_organisations_own(w: Reported) -> None:
    with at("2040-02-29"):
        form = ReportForm(organization=w.keeper)
        years = [value for value, _label in form.fields["year"].choices]  # type: ignore[attr-defined]
        assert (years[0], years[-1], len(years)) == (2040, 2031, 10)


def test_n_d1_the_workbook_has_the_sums_of_the_report(w: Reported) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(w.year(), w.chair)))
    assert len(book.sheetnames) == 7
    total = total_of(by_dues(w.year(), w.chair)[0])
    for at_sheet, columns in ((0, 3), (1, 3), (2, 3), (3, 1), (4, 1)):
        sheet = book.worksheets[at_sheet]
        *rows, last = list(sheet.iter_rows(min_row=2, values_only=True))
        wanted = [total.charged, total.paid, total.owed] if columns == 3 else [total.paid]
        assert [Decimal(str(value)) for value in last[1:]] == wanted
        assert [round(sum(row[n] for row in rows), 2) for n in range(1, columns + 1)] == [float(v) for v in wanted]
    months = list(book.worksheets[5].iter_rows(min_row=2, values_only=True))
    assert (len(months), months[11][1], months[TODAY.month - 1][2]) == (12, 7, 725.01)
    above = openpyxl.load_workbook(io.BytesIO(workbook(w.year(w.region), w.region_chair)))
    assert [row[0] for row in above.worksheets[2].iter_rows(min_row=2, values_only=True)] == [
        "Веневская МО ВОИ", "Заречная МО ВОИ", "Итог",
    ]  # fmt: skip


def test_v_c5_a_downloaded_and_a_printed_report_are_recorded(w: Reported) -> None:
    client = places.signed_in(w.region_chair)
    query = f"?organization={w.keeper.pk}&part=q1&year={YEAR}"
    answer = client.post(reverse("dues:download_report") + query)
    assert answer["Content-Disposition"] == f'attachment; filename="otchet-o-vznosah-{YEAR}-01-01-{YEAR}-03-31.xlsx"'
    event = Event.objects.latest("pk")
    assert (event.action, event.organization_id, event.facts) == (
        "dues.report_downloaded", w.keeper.pk, {"first": f"{YEAR}-01-01", "last": f"{YEAR}-03-31"},
    )  # fmt: skip
    with pdfs.not_laid_out():
        assert client.post(reverse("dues:print_report") + query).status_code == 200
    record = PrintRecord.objects.latest("pk")
    assert (record.form, record.organization_id, bool(record.code)) == ("dues_report", w.keeper.pk, True)


def _many_cells(w: Reported, count: int) -> None:
    """Create this number of cells in the organisation, each with a member who has paid."""
    member, entry = w.alone, LedgerEntry.objects.filter(account__member=w.alone, kind="payment").first()
    assert entry is not None
    for number in range(count):
        cell = trees.below(w.keeper, Level.PRIMARY, f"Первичная организация посёлка Заречный № {number}")
        member.pk, member._state.adding, member.unit, member.cell = None, True, cell, cell
        member.ticket_number, member.snils = f"9{number:05}", ""
        Member.objects.bulk_create([member])
        (account,) = type(entry.account).objects.bulk_create([type(entry.account)(member=member, unpaid=Decimal(50))])  # type: ignore[union-attr, arg-type]
        rows = [("payment", "30.00", None), ("charge", "50.00", END)]
        for kind, amount, due in rows:
            income = BookAccount.objects.filter(kind="income").first()
            entry.pk, entry._state.adding, entry.account, entry.kind = None, True, account, kind
            entry.amount, entry.due_on, entry.key = Decimal(amount), due, f"many:{number}:{kind}"
            if kind == "charge" and income is not None:
                entry.debit, entry.credit = entry.credit, income
            LedgerEntry.objects.bulk_create([entry])
        entry = LedgerEntry.objects.get(key=f"many:{number}:payment")


def test_pages_of_many_parts_are_bounded_and_cost_the_same(w: Reported) -> None:
    client = places.signed_in(w.chair)

    def queries() -> list[int]:
        found = []
        for by in By.values:
            page(client, part="year", year=YEAR, by=by)
            with CaptureQueriesContext(connection) as captured:
                page(client, part="year", year=YEAR, by=by)
            found.append(len(captured))
        # For the present day and a past one.
        for figure, last in product(Figure.values, (END, NEW_YEAR - dt.timedelta(1))):
            with CaptureQueriesContext(connection) as captured:
                client.get(
                    reverse("dues:report_lines"), {"first": dt.date(YEAR - 1, 1, 1), "last": last, "figure": figure}
                )
            found.append(len(captured))
        return found

    few = queries()
    _many_cells(w, PAGE_ROWS + 5)
    assert queries() == few
    text = page(client, part="year", year=YEAR, by="place")
    assert (text.count('<th scope="row"'), len(text.encode()) < 59 * 1024) == (PAGE_ROWS + 1, True), len(text.encode())
    shown = total_of(by_part(w.year(), w.chair))
    assert money(shown.paid) in text
    lines = client.get(reverse("dues:report_lines"), {"first": NEW_YEAR, "last": END, "figure": "paid"})
    assert len(lines.content) < 59 * 1024
