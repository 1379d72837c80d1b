"""Print and download of a list as the screen shows it: columns, filters, order, rights, records (V-C5)."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.consents.transitions.consents import mark_many_signed
from documents.papers import screen_list
from documents.papers.screen_list import (
    AROUND,
    HEIGHT,
    LINE,
    MAX_LINES,
    NUMBER,
    PADDING,
    SIZE,
    WIDTH,
    Listed,
    _fitted,
    _row,
    build,
    render_list,
    widths_of,
)
from documents.printing.core import Batch
from documents.printing.fitting import LEADING, POINT, READABLE_SIZE, fit
from documents.printing.models import PrintRecord
from dues.ledger.transitions import charge_new_year
from members.people.columns import offered, with_keys
from members.people.models import Member
from members.people.views import screen_copies
from registry.access import Actor
from registry.accounts.transitions.screens import choose_columns
from registry.enums import Role
from registry.idsets import packed
from registry.jobs.models import Job
from registry.journal.models import Event
from registry.sizes import LIST_ROWS, LIST_ROWS_AT_ONCE
from tests.browser.steps import text_of
from tests.members import places
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
COLUMNS = ["birth_date", "age", "phone_mobile", "joined_on", "ticket_number", "consent_state", "missing", "dues"]
TODAY = timezone.localdate()


@pytest.fixture
def place() -> places.Place:
    """Return a local organisation with three members, whose chair has chosen columns."""
    found = places.voi()
    found.put(surname="Абрикосова", snils="", ticket_number="12", education="", cell=found.cells[0])
    found.put(surname="Берёзова", snils="", ticket_number="7", joined_on=dt.date(2010, 1, 1), joined_year_only=True)
    found.put(surname="Вишнева", snils="", ticket_number="100", sex="female", workplace="=1+1")
    choose_columns("members", COLUMNS, by=found.chair)
    return found


def again(actor: Actor) -> Actor:
    assert actor.account is not None
    actor.account.refresh_from_db()
    return Actor.of(actor.account)


def download(client: Client, query: str = "") -> Any:
    return client.post(f"{reverse('members:export_list')}?{query}")


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    return list(sheet.iter_rows(values_only=True))


def on_screen(client: Client, query: str = "") -> tuple[list[str], list[str]]:
    context = client.get(f"{reverse('members:list')}?{query}").context
    return [str(head["label"]).lower() for head in context["heads"]], [row[2] for row in context["rows"]]


@pytest.mark.both
@pytest.mark.parametrize(
    "query", ["", "sort=-name", "sort=ticket_number", "q=вишн", "sex=female&sort=-birth_date", "cell=none"]
)
def test_v_c5_the_workbook_has_the_columns_rows_and_order_of_the_screen(place: places.Place, query: str) -> None:
    client = places.signed_in(place.chair)
    heads, names = on_screen(client, query)
    rows = rows_of(download(client, query))
    assert ([str(text).lower() for text in rows[0]], [row[0] for row in rows[1:]]) == (heads, names)
    assert len(heads) == 9 and names


def test_v_c5_days_and_numbers_are_such_and_signs_are_words(place: places.Place) -> None:
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    members = {m.surname: m.pk for m in Member.objects.all()}
    mark_many_signed({members["Абрикосова"]: TODAY}, by_hand=True, by=place.chair)
    answer = download(places.signed_in(place.chair))
    first, second, _third = rows_of(answer)[1:]
    day = dt.datetime(1968, 7, 4)
    age = TODAY.year - 1968 - ((TODAY.month, TODAY.day) < (7, 4))
    assert first[1:6] == (day, age, "+7 910 555-01-17", dt.datetime(2019, 3, 12), "12")
    assert (first[6], second[6]) == ("подписано", "не напечатано")
    assert (first[7], second[7]) == ("пусто:\xa01", "заполнена")
    assert second[4] == 2010
    assert "50,00" in first[8]
    assert re.search(r'filename="spisok-chlenov-\d{4}-\d\d-\d\d\.xlsx"', answer["Content-Disposition"])


@pytest.mark.both
def test_v_c5_no_cell_is_a_formula(place: places.Place) -> None:
    choose_columns("members", ["workplace"], by=place.chair)
    answer = download(places.signed_in(place.chair), "q=вишн")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=1+1", "s")


def test_v_c5_the_download_is_recorded_with_its_columns(place: places.Place) -> None:
    download(places.signed_in(place.chair), "sort=-name")
    (event,) = Event.objects.filter(action="members.exported")
    assert (event.facts["count"], event.facts["columns"], event.facts["classes"]) == (3, COLUMNS, [])
    assert event.facts["people"] == packed(Member.objects.values_list("pk", flat=True))


@pytest.mark.both
def test_v_c5_the_paper_has_the_columns_rows_order_and_filters_of_the_screen(place: places.Place) -> None:
    client = places.signed_in(place.chair)
    answer = client.post(f"{reverse('members:print_list')}?sex=female&sort=-birth_date&q=в")
    assert answer["Content-Type"] == "application/pdf"
    text = re.sub(r"\s+", " ", text_of(answer.content))
    wanted = [
        "Список", "Пол: женский; найденные поиском; порядок: дата рождения, обратный", "Фамилия, имя, отчество",
        "Вишнева", "04.07.1968", "+7 910 555-01-17", "Всего: 3 (три) человека.", "1 из 1",
    ]  # fmt: skip
    assert [word for word in wanted if word not in text] == []
    assert "✓" not in text
    (record,) = PrintRecord.objects.all()
    assert (record.form, record.about, record.organization_id) == ("screen_list", "organization", place.keeper.pk)
    (event,) = Event.objects.filter(action="members.list_printed")
    assert (event.facts["count"], event.facts["columns"]) == (3, COLUMNS)
    assert event.facts["people"] == packed(Member.objects.values_list("pk", flat=True))
    assert "в" not in event.facts.values()


@pytest.mark.both
def test_v_c5_a_long_list_is_printed_by_a_job_without_what_was_searched_for(
    place: places.Place, monkeypatch: pytest.MonkeyPatch, run_jobs: Any
) -> None:
    monkeypatch.setattr(screen_copies, "LIST_ROWS_AT_ONCE", 2)
    client = places.signed_in(place.chair)
    answer = client.post(f"{reverse('members:print_list')}?sex=female&sort=ticket_number&q=александра")
    job = Job.objects.get(kind="documents.print_list")
    assert answer["Location"] == reverse("jobs:detail", args=[job.pk])
    assert "александра" not in str(job.params).lower()
    assert job.params["filters"] == {"sex": "female", "sort": "ticket_number"}
    run_jobs()
    assert PrintRecord.objects.get().form == "screen_list"
    result = client.get(reverse("jobs:result", args=[job.pk]))
    text = re.sub(r"\s+", " ", text_of(result.content))
    assert "Пол: женский; порядок: № членского билета" in text
    names = re.findall(r"Абрикосова|Берёзова|Вишнева", text)
    assert names == ["Берёзова", "Абрикосова", "Вишнева"]


@pytest.mark.both
def test_v_c5_a_list_is_bounded_and_nobody_is_no_list(place: places.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    client = places.signed_in(place.chair)
    monkeypatch.setattr(screen_copies, "LIST_ROWS", 3)
    assert len(rows_of(download(client))) == 4
    monkeypatch.setattr(screen_copies, "LIST_ROWS", 2)
    for name in ("members:export_list", "members:print_list"):
        answer = client.post(f"{reverse(name)}?sex=female", follow=True)
        assert answer.redirect_chain == [(f"{reverse('members:list')}?sex=female", 302)]
        assert "не больше 2 человек" in answer.content.decode()
        assert "печатать и скачивать нечего" in client.post(f"{reverse(name)}?q=никто", follow=True).content.decode()
        # Invalid filters find nobody.
        assert "печатать и скачивать нечего" in client.post(f"{reverse(name)}?sex=?", follow=True).content.decode()
    assert not Event.objects.filter(action__in=["members.exported", "members.list_printed"]).count() > 1
    assert (LIST_ROWS, LIST_ROWS_AT_ONCE) == (2000, 100)


def test_v_c5_columns_of_money_are_for_those_who_read_it(place: places.Place) -> None:
    assert "dues" in [column.key for column in offered(place.chair)]
    for role in Role:
        actor = place.chair if role == Role.CHAIR else trees.officer(place.keeper, role, "Другой")
        kept = [column.key for column in with_keys(["dues", "birth_date", "consent"], actor)]
        reads = {Role.CHAIR, Role.DEPUTY, Role.REGISTRAR, Role.REVIEWER}
        assert kept == (["dues", "birth_date", "consent"] if role in reads else [])


def test_n_h1_who_may_not_print_or_download_is_refused_and_sees_no_buttons(place: places.Place) -> None:
    for actor, code in ((place.chair, 200), (place.region_chair, 200), (place.reviewer, 403)):
        client = places.signed_in(actor)
        names = ("members:export_list", "members:print_list")
        assert [client.post(reverse(name)).status_code for name in names] == [code, code]
        page = client.get(reverse("members:list")).content.decode()
        assert [reverse(name) in page for name in names] == [code == 200] * 2
        assert [client.get(reverse(name)).status_code for name in names] == [405, 405]


@pytest.mark.both
def test_v_c5_a_superiors_list_has_the_organisation(place: places.Place) -> None:
    rows = rows_of(download(places.signed_in(place.region_chair), f"organization={place.keeper.pk}"))
    assert rows[0][1] == "Организация"
    assert {row[1] for row in rows[1:]} == {place.keeper.short_name}
    other = places.voi()
    assert len(rows_of(download(places.signed_in(other.put() and other.chair)))) == 2


def test_n_c1_the_register_of_consents_is_printed_and_downloaded_with_its_own_columns(place: places.Place) -> None:
    members = {m.surname: m.pk for m in Member.objects.all()}
    mark_many_signed({members["Абрикосова"]: TODAY}, by_hand=True, by=place.chair)
    client = places.signed_in(place.chair)
    page = client.get(reverse("documents:consents"))
    query = page.context["query"]
    addresses = [
        f"{reverse(name)}?{query}".replace("&", "&amp;") for name in ("members:export_list", "members:print_list")
    ]
    assert [address in page.content.decode() for address in addresses] == [True, True]
    rows = rows_of(download(client, query))
    assert rows[0] == ("Фамилия, имя, отчество", "Организация или ячейка", "Согласие", "Напечатано", "Подписано")
    unit = place.cells[0].short_name
    assert rows[1][1:] == (unit, "подписано", None, dt.datetime(TODAY.year, TODAY.month, TODAY.day))
    assert rows[2][1:] == (place.keeper.short_name, "не напечатано", None, None)
    shown = [[cell.text for cell in row[3]] for row in page.context["rows"]]
    assert shown[0] == [unit, "подписано", "—", f"{TODAY:%d.%m.%Y}"]
    text = text_of(client.post(f"{reverse('members:print_list')}?{query}").content)
    assert all(word in text for word in ("Организация или", "Напечатано", "подписано"))
    nobody = client.post(f"{reverse('members:print_list')}?{query}&q=никто")
    assert nobody["Location"].startswith(f"{reverse('documents:consents')}?found=")


# The paper


def listed(*rows: tuple[str, ...]) -> Listed:
    return Listed("Список", [], ["Фамилия, имя, отчество", "Место работы"], rows)


def batch(place: places.Place) -> Batch:
    return Batch(place.keeper, frozenset(), TODAY)


@pytest.mark.parametrize("count", [0, 1, 24, 25, 26, 27, 28, 29, 60, 101])
def test_a_page_holds_what_fits_and_nobody_is_left_out(place: places.Place, count: int) -> None:
    pages = build(place.keeper, listed(*((f"Имя {n}", "Школа") for n in range(count))), batch(place))
    numbers = [row["0"].lines for page in pages for row in page["rows"]]
    assert numbers == [((str(number),),) for number in range(1, count + 1)]
    assert [page["page"] for page in pages] == list(range(1, len(pages) + 1))
    assert {page["of"] for page in pages} == {len(pages)}
    assert [bool(page.get("last")) for page in pages] == [False] * (len(pages) - 1) + [True]
    for page in pages:
        assert sum(row["height"] for row in page["rows"]) <= HEIGHT
        assert page["rows"] or not count


@pytest.mark.parametrize(
    ("height", "rows"),
    [(45.0, [3, 3]), (45.01, [2, 3, 1]), (31.0, [4, 2]), (51.7, [2, 2, 2])],
    ids=["the first page is full", "one more would be too high", "others", "with the count"],
)
def test_a_page_is_filled_to_its_lower_edge(
    place: places.Place, monkeypatch: pytest.MonkeyPatch, height: float, rows: list[int]
) -> None:
    monkeypatch.setattr(screen_list, "_row", lambda *_given: {"height": height})
    pages = build(place.keeper, listed(*[("Имя", "Школа")] * 6), batch(place))
    assert [len(page["rows"]) for page in pages] == rows


def test_every_page_of_the_list_is_one_page_of_the_paper(place: places.Place) -> None:
    long = "Государственное бюджетное учреждение здравоохранения «Тульская областная клиническая больница»"
    rows = [(f"Константинопольская Александра {n}", long * (n % 4)) for n in range(90)]
    pages = build(place.keeper, listed(*rows), batch(place))
    text = text_of(render_list(pages, batch(place)))
    assert (text.count("\f"), len(pages) > 2) == (len(pages), True)
    assert re.findall(r"(\d+) из (\d+)", text) == [(str(n), str(len(pages))) for n in range(1, len(pages) + 1)]


def test_columns_share_the_width_and_words_stay_whole() -> None:
    short, long = "Ли", "Областная клиническая больница " * 6
    narrow, wide = widths_of(listed((short, long)))
    assert (round(narrow + wide, 3), narrow < wide) == (WIDTH - NUMBER, True)
    many = Listed("Список", [], [f"Колонка{n}" for n in range(9)], [("Слово" * 12,) * 9])
    assert round(sum(widths_of(many)), 3) == WIDTH - NUMBER
    assert widths_of(many) == pytest.approx([(WIDTH - NUMBER) / 9] * 9)


@pytest.mark.parametrize(
    ("text", "width"), [("", 20.0), ("Ли", 20.0), ("Слово " * 9, 20.0), ("Слово" * 9, 20.0), ("Слово " * 500, 20.0)]
)
def test_a_row_has_the_lines_that_its_longest_text_needs(text: str, width: float) -> None:
    fitted, room = _fitted(text, width)
    lines = round((room - 0.1) / LINE)
    assert 1 <= lines <= MAX_LINES
    assert fitted == fit(text, (width,), room=room / POINT, size=SIZE, grows=READABLE_SIZE)
    assert fitted.size >= READABLE_SIZE
    row = _row("7", [text], [width + PADDING])
    tall = len(fitted.lines[0]) * fitted.size * LEADING * POINT
    assert (row["0"].lines, row["1"]) == ((("7",),), fitted)
    assert row["height"] == pytest.approx(max(room, tall) + AROUND)
    if " " in text and len(text) < 100:
        assert (lines, fitted.size) == (5, SIZE)
