"""The membership ticket: a booklet with correct folding, also printed onto blanks and existing tickets (V-B3, V-B5)."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from documents.papers import membership_ticket as ticket
from documents.printing.imposition import imposed, leaves_of
from documents.printing.models import PrintRecord
from documents.printing.rules import TICKET_FORM, paper_carries
from dues.ledger.enums import Fee
from dues.payments.transitions import record_payment, reverse_payment
from members.book.models import Registration
from members.people.models import Member
from registry.enums import DataClass
from tests.documents import samples
from tests.documents.pdfs import not_laid_out, pages_of
from tests.members import places

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
SHORT = f"{TODAY:%d.%m.%Y}"
#: Points per millimetre.
MM = 72 / 25.4


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


def url(member: Member) -> str:
    return reverse("documents:print_member", args=[TICKET_FORM, member.pk])


def printed(place: places.Place, member: Member, **data: str) -> bytes:
    answer = places.signed_in(place.chair).post(url(member), data)
    assert answer.status_code == 200
    return answer.content


def pay(place: places.Place, member: Member, key: str, *, year: int = TODAY.year) -> Any:
    return record_payment(
        member.pk, fee=Fee.ANNUAL, year=year, amount=Decimal("50.00"), made_on=TODAY, paper="ведомость 1", key=key,
        by=place.chair,
    ).entry  # fmt: skip


def paid(place: places.Place, member: Member, *years: int) -> None:
    """Insert payments of the annual fee of these years, as from before the registry was used."""
    for year in years:
        samples.paid(place.keeper, member, year, TODAY)


def again(member: Member) -> Member:
    return ticket.FORM.members(Member.objects.filter(pk=member.pk)).get()


# Imposition


def test_pages_of_a_booklet_meet_at_the_fold_and_back_each_other() -> None:
    assert leaves_of(4) == [((4, 1), (2, 3))]
    assert leaves_of(8) == [((8, 1), (2, 7)), ((6, 3), (4, 5))]
    assert imposed("abcdefgh") == ([("h", "a"), ("f", "c")], [("b", "g"), ("d", "e")])
    for leaf in leaves_of(16):
        # When turned over the long edge, the left half of one side is behind the right half of the other.
        assert (leaf.inner.left - leaf.outer.right, leaf.outer.left - leaf.inner.right) == (1, 1)


@pytest.mark.parametrize("pages", [0, -4, 1, 6])
def test_a_booklet_has_full_sheets(pages: int) -> None:
    with pytest.raises(ValueError, match=f"booklet of {pages} pages"):
        leaves_of(pages)


def places_of(pages: list[list[tuple[float, float, str]]], words: str) -> set[tuple[int, str, str]]:
    """Return the side of the paper and the quarters in which the words are printed."""
    return {
        (number, "left" if x < 105 * MM else "right", "upper" if y > 842 / 2 else "lower")
        for number, page in enumerate(pages)
        for x, y, text in page
        if text.strip().startswith(words)
    }


def ink(pdf: bytes) -> list[tuple[int, int, int]]:
    """Return width, first and last column with ink of each page, at 72 dots per inch."""
    done = subprocess.run(["pdftoppm", "-r", "72", "-gray", "-"], input=pdf, capture_output=True, check=True)
    found, data = [], done.stdout
    while data:
        head, size, _depth, data = data.split(b"\n", 3)
        assert head == b"P5"
        width, height = map(int, size.split())
        rows = [data[n * width : (n + 1) * width] for n in range(height)]
        columns = [x for x in range(width) if any(row[x] < 200 for row in rows)]
        found.append((width, columns[0], columns[-1]))
        data = data[width * height :]
    return found


def test_v_b3_the_pages_stand_where_they_fold_into_a_booklet() -> None:
    organization = samples.keeper("voi")
    pdf = samples.paper(TICKET_FORM, organization, samples.person("voi", organization))
    reader = PdfReader(io.BytesIO(pdf))
    pages = [page.boxes for page in pages_of(pdf)]
    front, back = 0, 1
    assert {words: places_of(pages, words) for words in ("ОБЩЕСТВО", "Фамилия", "Место", "Сумма", "о принятии")} == {
        # Pages 1 and 2, 3, 4 and 5, 6 and 7 of the booklet; the last one is empty.
        "ОБЩЕСТВО": {(front, "right", "upper"), (back, "left", "upper")},
        "Фамилия": {(back, "left", "upper")},
        "Место": {(front, "right", "lower")},
        "Сумма": {(back, "left", "lower"), (back, "right", "lower")},
        "о принятии": {(front, "left", "lower"), (back, "right", "upper")},
    }
    # The frames of both sides coincide when the paper is turned over its long edge.
    (width, first, last), (_width, first_behind, last_behind) = ink(pdf)
    assert (width - 1 - last_behind, width - 1 - first_behind) == pytest.approx((first, last), abs=1)
    assert (first, last - first) == pytest.approx((25 * MM, 160 * MM), abs=1)
    viewer: Any = reader.root_object["/ViewerPreferences"]
    assert viewer["/Duplex"] == "/DuplexFlipLongEdge"
    assert "Печать с двух сторон, переворот по длинному краю, масштаб 100 %." in samples.text_of(pdf)


def test_v_b3_the_page_says_over_which_edge_the_paper_is_turned(voi: places.Place) -> None:
    page = places.signed_in(voi.chair).get(url(voi.put())).content.decode()
    assert "Выберите двустороннюю печать с переворотом по длинному краю." in page


# Marks


def test_v_b3_marks_come_from_the_ledger_and_the_registrations(voi: places.Place) -> None:
    member = voi.put()
    pay(voi, member, "a", year=TODAY.year - 1)
    reverse_payment(pay(voi, member, "b").pk, reason="ошибка", by=voi.chair)
    pay(voi, member, "c")
    registration = member.registrations.get()
    Registration.objects.create(
        member=member, organization=voi.region, started_on=dt.date(2001, 2, 3), start_reason="decision",
        ended_on=dt.date(2004, 5, 6), end_reason="departure",
    )  # fmt: skip
    Registration.objects.create(
        member=member, organization=voi.region, started_on=dt.date(2000, 2, 3), start_reason="decision",
        ended_on=dt.date(2000, 5, 6), end_reason="undone",
    )  # fmt: skip
    found = ticket.tables(again(member), samples.batch_of(voi.keeper))
    assert [line.opening for line in found["fees"]] == [
        {"year": str(TODAY.year - 1), "amount": "50,00 руб."}, {"year": str(TODAY.year), "amount": "50,00 руб."},
    ]  # fmt: skip
    assert [line.opening for line in found["registrations"]] == [
        {"date": "03.02.2001", "organization": f"Принятие на учет: {voi.region.short_name}"},
        {"date": "06.05.2004", "organization": f"Снятие с учета: {voi.region.short_name}"},
        {"date": f"{registration.started_on:%d.%m.%Y}", "organization": f"Принятие на учет: {voi.keeper.short_name}"},
    ]
    without_dues = samples.batch_of(voi.keeper, frozenset({DataClass.GENERAL}))
    assert ticket.tables(again(member), without_dues)["fees"] == []
    assert ticket.tables(None, without_dues) == {"fees": [], "registrations": []}


@pytest.mark.parametrize(("marks", "shown"), [(21, 21), (22, 11), (23, 11)])
def test_a_new_ticket_always_has_rows_left_for_later_marks(voi: places.Place, marks: int, shown: int) -> None:
    member = voi.put()
    paid(voi, member, *range(2000, 2000 + marks))
    member, batch = again(member), samples.batch_of(voi.keeper)
    left, right = (page["rows"] for page in ticket.build(member, batch)["sides"][1][1])
    assert [row["year"] for row in (*left, *right) if row] == [str(2000 + n) for n in range(marks - shown, marks)]
    assert (len(left), len(right)) == (11, 11)
    paper = ticket.carried(member, batch)
    assert (len(paper["fees"]), len(paper["earlier"]["fees"])) == (shown, marks - shown)
    # Marks that are omitted do not count as new.
    new = ticket.additions_for(member, batch, paper)
    assert new is not None and (new.count, new.outdated, new.no_room) == (0, False, False)


# Onto an existing ticket


def test_v_b2_new_marks_are_printed_alone_onto_the_open_ticket(voi: places.Place) -> None:
    member = voi.put()
    pay(voi, member, "a", year=TODAY.year - 1)
    whole = printed(voi, member)
    assert paper_carries(TICKET_FORM, member)["ticket"]
    chair = places.signed_in(voi.chair)
    assert 'name="new_lines"' not in chair.get(url(member)).content.decode()
    assert chair.post(url(member), {"new_lines": "1"}).status_code == 404
    pay(voi, member, "b")
    page = chair.get(url(member))
    assert page.context["new"].count == 1
    assert "Вкладывайте раскрытый билет в принтер вручную" in page.content.decode()
    pdf = printed(voi, member, new_lines="1")
    reader = PdfReader(io.BytesIO(pdf))
    (page,) = reader.pages
    assert [round(float(side) / MM) for side in (page.mediabox.width, page.mediabox.height)] == [160, 110]
    viewer: Any = reader.root_object["/ViewerPreferences"]
    assert viewer["/Duplex"] == "/Simplex"
    assert samples.text_of(pdf) == f"{TODAY.year} 50,00 руб."
    # In the second row, as on a whole ticket: the spread is offset by 25 mm to the right and 42 mm upwards.
    row = {text.strip(): (x, y) for x, y, text in pages_of(pdf)[0].boxes}
    again_whole = printed(voi, member)
    there = {text.strip(): (x, y) for x, y, text in pages_of(again_whole)[1].boxes}
    x, y = row[str(TODAY.year)]
    wanted_x, wanted_y = there[str(TODAY.year)]
    assert (wanted_x - x, wanted_y - y) == pytest.approx((25 * MM, (297 - 15 - 130 - 110) * MM), abs=0.6)
    assert len(PdfReader(io.BytesIO(whole)).pages) == 2
    assert chair.get(url(member)).context["new"].count == 0


def test_v_b5_another_number_or_name_makes_the_printed_ticket_wrong(voi: places.Place) -> None:
    member = voi.put()
    batch = samples.batch_of(voi.keeper)
    paper = ticket.carried(again(member), batch)
    Member.objects.filter(pk=member.pk).update(surname="Сидорова")
    new = ticket.additions_for(again(member), batch, paper)
    assert new is not None and (new.count, new.outdated) == (0, True)
    Member.objects.filter(pk=member.pk).update(ticket_number="0000777")
    assert ticket.additions_for(again(member), batch, paper) is None
    assert ticket.additions_for(again(member), batch, {}) is None


def test_v_b3_a_full_table_needs_a_new_ticket(voi: places.Place) -> None:
    member = voi.put()
    paid(voi, member, *range(2000, 2021))
    with not_laid_out():
        printed(voi, member)
    paid(voi, member, 2021)
    chair = places.signed_in(voi.chair)
    assert chair.get(url(member)).context["new"].no_room is False
    paid(voi, member, 2022)
    page = chair.get(url(member))
    assert page.context["new"].no_room is True
    assert "не осталось свободных строк" in page.content.decode()
    assert chair.post(url(member), {"new_lines": "1"}).status_code == 404


def test_v_b3_a_bought_blank_gets_the_values_alone(voi: places.Place) -> None:
    member = voi.put(ticket_number="0104512")
    pdf = printed(voi, member, onto_blank="1")
    member = again(member)
    batch = samples.batch_of(voi.keeper)
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
    assert samples.text_of(pdf).split() == [
        "0104512", member.surname, member.given_name, member.patronymic, f"{member.joined_on:%d.%m.%Y}",
        *voi.keeper.short_name.split(), f"{member.registrations.get().started_on:%d.%m.%Y}",
        *f"Принятие на учет: {voi.keeper.short_name}".split(),
    ]  # fmt: skip
    assert paper_carries(TICKET_FORM, member) == ticket.carried(member, batch)
    assert PrintRecord.objects.get().form == TICKET_FORM
    pay(voi, member, "a")
    assert len(PdfReader(io.BytesIO(printed(voi, member, onto_blank="1"))).pages) == 3


def test_only_the_ticket_is_printed_onto_bought_blanks(voi: places.Place) -> None:
    member = voi.put()
    chair = places.signed_in(voi.chair)
    address = reverse("documents:print_member", args=["member_card", member.pk])
    page = chair.get(url(member)).content.decode()
    assert 'name="onto_blank"' in page
    assert "Печатаются только сведения, на своих местах бланка размером 160 × 110 мм" in page
    assert 'name="onto_blank"' not in chair.get(address).content.decode()
    assert chair.post(address, {"onto_blank": "1"}).status_code == 404
    assert places.signed_in(voi.reviewer).post(url(member), {"onto_blank": "1"}).status_code == 403
