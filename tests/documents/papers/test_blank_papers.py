"""Papers of tickets and blanks: sheet, acts, book and journal, with every kind of values (V-C1 to V-C3, V-B15)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.papers import ticket_book
from documents.printing.core import papers
from documents.printing.models import PrintRecord
from documents.tickets.enums import PaperKind
from documents.tickets.models import Blank, IssueLine
from documents.tickets.queries.printed import book_of
from documents.tickets.transitions import writing_off
from registry.enums import Role
from registry.organizations.models import Organization
from tests.clock import at
from tests.documents import pdfs, samples
from tests.documents.papers import blank_papers
from tests.documents.papers.blank_papers import BOOKS, CODES, COMMISSION, OF_ONE, Papers, arguments, printed, texts_of
from tests.documents.tickets.stocks import numbers, stocks, today
from tests.documents.validity import check_accessible, check_archived
from tests.members import places
from tests.members.places import signed_in
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
KINDS = ("filled", "partly", "blank", "longest")
#: Margins (points): 25 mm left, 15 mm elsewhere.
LEFT, MARGIN = 70.8, 42.5


@pytest.fixture
def made() -> Papers:
    return blank_papers.all_papers()


def print_one(code: str, kind: str) -> bytes:
    if kind == "blank":
        place = places.voi()
        batch = samples.batch_of(place.keeper)
        given: Any = (place.keeper, "ticket", today(), today()) if code in BOOKS else (None,)
        return printed(code, *given, batch)
    made = blank_papers.all_papers()
    {"filled": lambda _made: None, "partly": blank_papers.shorten, "longest": blank_papers.lengthen}[kind](made)
    return printed(code, *arguments(code, made))


def pages_of(pdf: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.text) for page in pdfs.pages_of(pdf)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", CODES)
def test_v_c2_every_paper_of_blanks_keeps_margins_letters_fonts_tags_and_signatures(code: str, kind: str) -> None:
    pdf = print_one(code, kind)
    check_archived(pdf) if papers()[code].archived else check_accessible(pdf)
    assert pdfs.title_of(pdf) == papers()[code].title
    assert all("PT-Serif" in name or "PTSerif" in name for name in pdfs.fonts_of(pdf))
    size = (842, 595) if code in BOOKS else (595, 842)
    assert {(round(page.width), round(page.height)) for page in pdfs.pages_of(pdf)} == {size}
    for page in pdfs.pages_of(pdf):
        for x, y, text in page.boxes:
            # The number of a page and the code of the print may stand in the margin.
            lowest = 14 if text.strip().isdigit() or text.strip() in samples.CODE_LINE else MARGIN - 2
            assert LEFT - 1 <= x <= size[0] - MARGIN and lowest <= y <= size[1] - MARGIN, text
    assert min(pdfs.sizes(pdf)) >= 6
    assert [word.text for word in pdfs.words(pdf) if word.right < MARGIN - 0.5] == []
    said = samples.text_of(pdf).replace("( )", "")
    assert [wrong for wrong in ("None", "()", "[]", ", ,", ",,", "{", "False", "True", "№ от") if wrong in said] == []
    # All signatures are on one page.
    signing = [page for page in pages_of(pdf) if "Подписи комиссии" in page]
    assert [page.count("Член комиссии") for page in signing] == (
        [] if code in {*BOOKS, "issue_sheet", "opening_act", "hand_down_act"} else [9 if kind == "longest" else 2]
    )


def test_v_c3_an_issue_sheet_has_a_line_for_each_member_and_a_draft_no_numbers(made: Papers) -> None:
    day = f"{today():%d.%m.%Y}"
    (page,) = pages_of(printed("issue_sheet", *arguments("issue_sheet", made)))
    for position, name, number in ((1, "Абрамова", 101), (2, "Белова", 102), (3, "Вольская", 103)):
        assert f"{position} {name} Александра Владимировна 0000{number} первичный {day}" in page
    assert "Всего выдано: 3 (три) бланка" in page and "Номера: 0000101–0000103." in page
    (draft,) = pages_of(printed("issue_sheet", made.draft, samples.batch_of(made.keeper)))
    assert "проект" in draft and "1 Ясная Александра Владимировна первичный" in draft
    assert "0000" not in draft


def test_v_b5_the_sheet_says_what_a_duplicate_replaces_and_why(made: Papers) -> None:
    IssueLine.objects.filter(blank__number=102).update(replaces="0104512", reason="lost", ground="протокол № 4")
    IssueLine.objects.filter(blank__number=103).update(full_name="")
    (page,) = pages_of(printed("issue_sheet", *arguments("issue_sheet", made)))
    assert "протокол № 4 дубликат (взамен № 0104512, утрата)" in page
    assert "3 (данные уничтожены) 0000103" in page


def test_v_c2_the_book_has_every_movement_with_what_was_left_and_its_sum_is_the_stock(made: Papers) -> None:
    _keeper, _kind, first, last, batch = arguments("ticket_book", made)
    pages = ticket_book.build(made.keeper, "ticket", first, last, batch)
    rows = texts_of(pages)
    day = f"{today():%d.%m.%Y}"
    read = [
        tuple(row[name] for name in ("who", "came_count", "came", "went_count", "went", "left_count")) for row in rows
    ]
    two, three = "0000104–0000149, 0000153–0000199", "0000104–0000149, 0000153–0000199, 0000301–0000310"
    assert read == [
        ("Остаток на начало периода", "", "", "", "", "0"),
        ("ВОИ", "100", "0000101–0000200", "", "", "100"),
        ("Членам организации", "", "", "3", "0000101–0000103", "97"),
        ("Испорчены", "", "", "3", "0000150–0000152", "94"),
        ("Сданы членами организации: № 0000102", "", "", "", "", "94"),
        ("Утрачены", "", "", "1", "0000200", "93"),
        ("Уничтожены: № 0000102", "", "", "", "", "93"),
        ("Уничтожены: № 0000150–0000151", "", "", "", "", "93"),
        ("ВОИ", "10", "0000301–0000310", "", "", "103"),
        ("Приняты на учёт выданные ранее", "2", "0104512–0104513", "2", "0104512–0104513", "103"),
        ("Итого", "112", "", "9", "", "103"),
    ]
    assert [row["left"] for row in rows[-4:]] == [two, three, three, three]
    assert {row["day"] for row in rows[1:-1]} == {day}
    assert rows[2]["ground"] == f"ведомость выдачи № 1 от {day}"
    assert [page["page"] for page in pages] == [1, 2, 3]
    assert (
        "В настоящей книге пронумеровано, прошнуровано и скреплено печатью 3 (три) листа"
        in pages_of(printed("ticket_book", *arguments("ticket_book", made)))[-1]
    )


def test_v_c2_the_book_of_the_giver_has_what_was_handed_down_once_and_what_came_back(made: Papers) -> None:
    head = made.stocks.place.head
    pages = ticket_book.build(head, "ticket", today(), today(), samples.batch_of(head))
    rows = texts_of(pages)
    read = [tuple(row[name] for name in ("who", "came_count", "went_count", "left_count")) for row in rows]
    name = made.keeper.short_name
    assert read == [
        ("Остаток на начало периода", "", "", "0"),
        ("Типография «Оттиск»", "1 000", "", "1 000"),
        (name, "", "100", "900"),
        (name, "", "15", "885"),
        (f"Возвращены: {name}", "5", "", "890"),
        ("Итого", "1 005", "115", "890"),
    ]


@pytest.mark.parametrize("code", CODES)
def test_v_c2_what_is_posted_and_a_closed_period_are_printed_the_same_for_ever(made: Papers, code: str) -> None:
    given = arguments(code, made)
    day = today()
    before = printed(code, *given)
    keeper = made.keeper
    with at(f"{day.year + 1}-03-02"):
        Organization.objects.filter(pk=keeper.pk)
        keeper.short_name, keeper.full_name, keeper.chair_name = "МО № 5", "Новая организация", "Новикова Нина Ивановна"
        keeper.save()
        issued = Blank.objects.get(number=103)
        writing_off.move_issued(
            keeper.pk, paper_kind=PaperKind.RETURN, blanks=[issued.pk], made_on=today(), note="смерть",
            by=made.stocks.place.chair,
        )  # fmt: skip
        void = [issued.pk, Blank.objects.get(number=152).pk]
        writing_off.destroy_blanks(
            keeper.pk, kind="ticket", blanks=void, made_on=today(), way="сожжение", signed_by=COMMISSION,
            by=made.stocks.place.chair,
        )  # fmt: skip
        keeper = Organization.objects.select_related("federation").get(pk=keeper.pk)
        batch = samples.batch_of(keeper, printed_on=timezone.localdate())
        again = (made.of(code), batch) if code in OF_ONE else (keeper, *given[1:4], batch)
        assert printed(code, *again) == before
        if code in BOOKS:
            assert printed(code, keeper, "ticket", today(), today(), batch) != before


def test_v_c2_a_period_begins_with_what_was_left_and_names_are_those_of_their_day(made: Papers) -> None:
    day = today()
    with at(f"{day.year + 1}-03-02"):
        book = book_of(made.keeper, "ticket", day + dt.timedelta(days=1), today())
    assert [str(one) for one in book.opening] == [
        "0000104–0000149 (46)", "0000153–0000199 (47)", "0000301–0000310 (10)",
    ]  # fmt: skip
    assert (book.entries, book.closing) == ([], book.opening)


def test_v_c3_the_journal_says_what_became_of_each_ticket(made: Papers) -> None:
    day = f"{today():%d.%m.%Y}"
    text = pages_of(printed("ticket_journal", *arguments("ticket_journal", made)))[1]
    assert f"1 0000101 Абрамова Александра Владимировна 12.03.2019 первичный {day} № 1 от {day}" in text
    assert f"сдан: акт № 1 от {day}; уничтожен: акт № 1 от {day}" in text
    assert text.count("сдан:") == 1


def test_v_c1_the_act_of_receipt_names_sender_paper_and_numbers(made: Papers) -> None:
    (page,) = pages_of(printed("receipt_act", *arguments("receipt_act", made)))
    day = f"{today():%d.%m.%Y}"
    assert f"Типография «Оттиск» Документ, с которым получены (накладная, акт) № 18 от {day}" in page
    assert "Вид бланков учётная карточка" in page
    assert "1 К 0000001–0000020 20 2 К 0000031–0000035 5 Всего принято: 25 (двадцать пять) бланков" in page


def test_v_c1_the_opening_act_has_a_line_for_each_ticket_of_before_and_no_name_once_a_card_is_destroyed(
    made: Papers,
) -> None:
    IssueLine.objects.filter(blank__number=104513).update(full_name="")
    (page,) = pages_of(printed("opening_act", *arguments("opening_act", made)))
    assert "АКТ № 1 о начальных остатках: выданные ранее членские билеты" in page
    assert "1 Евсеева Александра Владимировна 0104512 12.03.2019 2 (данные уничтожены) 0104513 12.03.2019" in page
    assert "Принято на учёт: 2 (два) бланка" in page


def test_v_c1_the_act_of_handing_down_says_what_was_accepted(made: Papers) -> None:
    (page,) = pages_of(printed("hand_down_act", *arguments("hand_down_act", made)))
    assert "Всего передано: 15 (пятнадцать) бланков" in page
    assert f"Результат приёмки {today():%d.%m.%Y}: принято частично." in page
    assert "Принято: 10 (десять) бланков, № 0000301–0000310." in page
    assert "Возвращено передавшей организации: 5 (пять) бланков, № 0000320–0000324." in page
    sent = made.stocks.hand_down(numbers(400, 401))
    (page,) = pages_of(printed("hand_down_act", sent, samples.batch_of(made.keeper)))
    assert "Результат приёмки" not in page and "2 (два) бланка" in page


def test_v_c1_the_act_of_stock_taking_has_both_counts_and_the_differences(made: Papers) -> None:
    (page,) = pages_of(printed("stock_taking_act", *arguments("stock_taking_act", made)))
    assert "Числится по книге учёта 94 0000104–0000149, 0000153–0000200" in page
    assert "Имеется фактически 93 0000104–0000149, 0000153–0000199" in page
    assert "1 0000200 1 Недостача: 1 (один) бланк" in page
    assert [name for name in COMMISSION if page.count(name) != 2] == []
    common: Any = {"kind": "ticket", "made_on": today(), "note": "", "signed_by": COMMISSION}
    there = [numbers(104, 149), numbers(153, 200), numbers(301, 310)]
    chair = made.stocks.place.chair
    found = writing_off.take_stock(made.keeper.pk, counted=there, by=chair, **(common | {"note": "найден в сейфе"}))
    (page,) = pages_of(printed("stock_taking_act", found, samples.batch_of(made.keeper)))
    assert "Числится по книге учёта 103" in page and "Найдено: 1 (один) бланк" in page
    same = writing_off.take_stock(made.keeper.pk, counted=there, by=chair, **common)
    (page,) = pages_of(printed("stock_taking_act", same, samples.batch_of(made.keeper)))
    assert "Числится по книге учёта 104" in page and "Расхождений нет." in page


def test_v_b15_the_act_of_destruction_says_whose_the_tickets_were_and_why(made: Papers) -> None:
    (page,) = pages_of(printed("blank_destruction_act", *arguments("blank_destruction_act", made)))
    assert "1 членский билет 0000102 Белова Александра Владимировна выход из организации" in page
    assert "2 членский билет 0000150–0000151 — залиты водой" in page
    assert "Всего уничтожено: 3 (три) бланка" in page and "Способ уничтожения: сожжение" in page
    assert [name for name in COMMISSION if page.count(name) != 2] == []
    (page,) = pages_of(printed("write_off_act", *arguments("write_off_act", made)))
    assert "1 членский билет 0000150–0000152 3 — залиты водой" in page and "Всего испорчено: 3 (три) бланка" in page
    for code in ("blank_destruction_act", "write_off_act"):
        (page,) = pages_of(printed(code, None, samples.batch_of(made.keeper)))
        assert " 1 2 3 4 5 6 7 8 9 10 Всего " in page


# Pages


@pytest.mark.usefixtures("not_laid_out")
def test_v_c2_papers_are_printed_on_their_page_and_recorded(made: Papers) -> None:
    client = signed_in(made.stocks.place.chair)
    for code in OF_ONE:
        paper = made.of(code)
        url = reverse("documents:print_blank_paper", args=[paper.pk])
        assert url in client.get(reverse("documents:blank_paper", args=[paper.pk])).content.decode()
        answer = client.post(url)
        assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    records = PrintRecord.objects.values_list("form", "about", "organization", "printed_by")
    assert sorted(records) == sorted(
        (code, "blankpaper", made.keeper.pk, made.stocks.place.chair.account.pk)
        for code in OF_ONE  # type: ignore[union-attr]
    )


@pytest.mark.usefixtures("not_laid_out")
def test_v_c2_books_and_empty_forms_are_printed_on_a_page_and_bad_periods_are_refused(made: Papers) -> None:
    client, url = signed_in(made.stocks.place.chair), reverse("documents:blank_books")
    assert url in client.get(reverse("documents:blanks")).content.decode()
    day = today()
    sent = {"kind": "ticket", "first": f"{day:%d.%m.%Y}", "last": f"{day:%d.%m.%Y}"}
    for code in BOOKS:
        assert client.post(url, {**sent, "book": code}).content[:5] == b"%PDF-"
    later = {"last": f"{day + dt.timedelta(days=1):%d.%m.%Y}"}
    earlier = {"last": f"{day - dt.timedelta(days=1):%d.%m.%Y}"}
    for wrong, name in ((later, "last"), (earlier, "last"), ({"first": "01.01.0001"}, "first")):
        answer = client.post(url, {**sent, "book": "ticket_book", **wrong})
        assert list(answer.context["form"].errors) == [name]
    for code in OF_ONE:
        empty = client.post(reverse("documents:print_empty_blank_paper", args=[code]))
        assert empty.content[:5] == b"%PDF-"
    assert client.post(reverse("documents:print_empty_blank_paper", args=["minutes"])).status_code == 404
    assert sorted(PrintRecord.objects.values_list("form", flat=True)) == sorted(CODES)


def test_v_c2_a_superior_prints_the_books_of_those_below_and_nobody_else_does(made: Papers) -> None:
    place, day = made.stocks.place, f"{today():%d.%m.%Y}"
    url = reverse("documents:blank_books_of", args=[place.keeper.pk])
    balance = reverse("documents:blank_balance", args=[place.keeper.pk])
    sent = {"kind": "ticket", "first": day, "last": day}
    superior = signed_in(place.region_chair)
    assert url in superior.get(balance).content.decode()
    for code in BOOKS:
        answer = superior.post(url, {**sent, "book": code})
        own = printed(code, place.keeper, "ticket", today(), today(), samples.batch_of(place.keeper))
        # Each print has its own code.
        sent_pages, own_pages = (
            [re.sub(r"Код проверки: [\d ]+", "", page).strip() for page in pages_of(pdf)]
            for pdf in (answer.content, own)
        )
        assert sent_pages == own_pages
    records = PrintRecord.objects.values_list("form", "organization", "printed_by")
    assert sorted(records) == [(code, place.keeper.pk, place.region_chair.account.pk) for code in BOOKS]  # type: ignore[union-attr]
    assert superior.get(url).context["empty"] == []
    assert signed_in(place.reviewer).get(url).status_code == 403
    assert url not in signed_in(place.reviewer).get(balance).content.decode()
    assert superior.get(reverse("documents:blank_books_of", args=[place.cells[0].pk])).status_code == 404
    neighbour = trees.below(place.region, place.keeper.level, "Соседняя МО ВОИ")
    other = signed_in(trees.officer(neighbour, Role.CHAIR, "Соседова"))
    for code in BOOKS:
        assert other.post(url, {**sent, "book": code}).status_code == 404
    assert PrintRecord.objects.count() == len(BOOKS)


def test_v_c2_who_may_not_print_and_other_organisations_get_nothing(made: Papers) -> None:
    place = made.stocks.place
    neighbour = trees.below(place.region, place.keeper.level, "Соседняя МО ВОИ")
    other = trees.officer(neighbour, Role.CHAIR, "Соседова")
    url = reverse("documents:print_blank_paper", args=[made.sheet.pk])
    assert signed_in(other).post(url).status_code == 404
    assert signed_in(place.reviewer).post(url).status_code == 403
    assert PrintRecord.objects.count() == 0


def test_v_c2_a_hundred_lines_of_the_book_stand_on_few_pages() -> None:
    held = stocks()
    held.receive(numbers(10001, 20000))
    for n in range(98):
        held.hand_down(numbers(10001 + n, 10001 + n))
    batch = samples.batch_of(held.place.head)
    pages = ticket_book.build(held.place.head, "ticket", today(), today(), batch)
    lines = texts_of(pages)
    assert (len(lines), len(pages)) == (103, 9)
    assert lines[-2]["left"] == "0000001–0000100, 0000201–0001000, 0010099–0020000"
