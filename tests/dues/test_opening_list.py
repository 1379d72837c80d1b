"""Opening balances from a spreadsheet: columns, members, refusals by row, repeated uploads (V-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from dues.ledger.models import DuesAccount, LedgerEntry
from dues.opening import preview
from dues.opening.imports import Planned, read_openings
from dues.opening.rules import MAX_ROWS, MAX_YEARS, check_columns, check_number_of_rows, year_of_debt
from dues.opening.transitions import record_openings
from dues.rates.rules.rates import starting_rates
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry.files.models import StoredFile
from registry.spreadsheets import files
from tests.conftest import examples
from tests.dues.test_ledger import wrong
from tests.members import places
from tests.members.places import Place
from tests.refusals import refused
from tests.worlds import world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
YEAR = TODAY.year
HEAD = ["№ п/п", "ФИО", "№ билета", "Уплачено по год", "Задолженность, руб."]


@world
def society() -> tuple[Place, list[Member]]:
    """Create three members, two with the same name."""
    place = places.voi()
    joined = dt.date(YEAR - 20, 3, 1)
    members = [
        place.put(
            snils="", ticket_number=f"77{at}", surname=surname, joined_on=joined, birth_date=dt.date(1950 + at, 1, 1)
        )
        for at, surname in enumerate(("Алексеева", "Борисова", "Борисова"))
    ]
    return place, members


@pytest.fixture
def w() -> tuple[Place, list[Member]]:
    return society()


def book(*rows: list[Any], head: list[str] | None = None) -> bytes:
    sheet = Workbook()
    table = sheet.active
    assert table is not None
    table.append(["Взносы"])
    for row in (head or HEAD, *rows):
        table.append(row)
    data = io.BytesIO()
    sheet.save(data)
    return data.getvalue()


def read(place: Place, *rows: list[Any], head: list[str] | None = None) -> list[Planned]:
    return read_openings(book(*rows, head=head), place.keeper, place.chair, TODAY)


def plan(rows: list[Planned]) -> list[tuple[Any, ...]]:
    return [(row.member and row.member.pk, row.paid_to, row.changes, len(row.wrong)) for row in rows]


def test_v_d1_members_are_found_by_ticket_or_name(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    name = members[0].full_name
    rows = read(
        place,
        [1, name, None, YEAR - 1, None],
        [2, members[1].full_name, "771", str(YEAR), None],
        [3, None, 772.0, None, "100,00"],
        ["Итого", None, None, None, 100],
        [None, None, None, None, None],
    )
    assert plan(rows) == [
        (members[0].pk, YEAR - 1, True, 0), (members[1].pk, YEAR, True, 0), (members[2].pk, YEAR - 2, True, 0),
    ]  # fmt: skip
    assert [row.number for row in rows] == [3, 4, 5]


@pytest.mark.parametrize(
    ("name", "ticket", "year", "debt", "said"),
    [
        ("", "999", YEAR, "", "не состоит"),
        ("", "", YEAR, "", "не состоит"),
        ("Борисова Александра Владимировна", "", YEAR, "", "Несколько"),
        ("Алексеева Александра Владимировна", "771", YEAR, "", "другому"),
        ("", "770", "", "", "Не указаны"),
        ("", "770", "20", "", "четыр"),
        ("", "770", "٢٠٢٥", "", "четыр"),
        ("", "770", YEAR + 2, "", "год"),
        *(("", "770", "", debt, "целых") for debt in ("75", "-50", "0.001", "NaN", "1e400", "пусто", "٥٠")),
    ],
)
def test_v_d1_a_wrong_row_says_why(
    w: tuple[Place, list[Member]], name: str, ticket: str, year: Any, debt: str, said: str
) -> None:
    (found,) = read(w[0], [1, name, ticket, year, debt])
    assert (len(found.wrong), said in found.wrong[0], found.changes) == (1, True, False), found.wrong


def test_v_d1_a_member_twice_in_the_list_is_refused_both_times(w: tuple[Place, list[Member]]) -> None:
    rows = read(w[0], [1, None, "770", YEAR, None], [2, None, "770", YEAR - 1, None])
    assert [len(row.wrong) for row in rows] == [1, 1]


def test_v_d1_files_without_columns_or_rows_are_refused(w: tuple[Place, list[Member]]) -> None:
    with refused("V-D1"):
        read(w[0], ["Алексеева", 2025], head=["Кто", "Когда"])
    with refused("V-D1"):
        read(w[0])
    check_number_of_rows(MAX_ROWS)
    for count in (0, MAX_ROWS + 1):
        with refused("V-D1"):
            check_number_of_rows(count)
    with refused("V-D1"):
        check_columns(None)


@settings(max_examples=examples(30))
@given(years=st.integers(min_value=0, max_value=MAX_YEARS + 1), kopecks=st.sampled_from([0, 1, -1]))
def test_v_d1_a_debt_of_whole_fees_is_a_year(years: int, kopecks: int) -> None:
    rates = starting_rates(society()[0].keeper.federation)
    debt = Decimal(50) * years + Decimal(kopecks) / 100
    # The fee has been charged since 2020; earlier years have no rate.
    if kopecks or years > min(MAX_YEARS, YEAR - 2020):
        with refused("V-D1"):
            year_of_debt(debt, rates, TODAY)
    else:
        assert year_of_debt(debt, rates, TODAY) == YEAR - years


def load(client: Any, data: bytes) -> Any:
    file = SimpleUploadedFile("взносы.xlsx", data)
    return client.post(reverse("dues:load_openings"), {"file": file})


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_n_d2_a_list_is_shown_first_recorded_like_by_hand_and_changes_nothing_twice(
    w: tuple[Place, list[Member]],
) -> None:
    place, members = w
    chair = places.signed_in(place.chair)
    rows = [[1, None, "770", YEAR - 1, None], [2, None, "771", None, 0], [3, None, "999", YEAR, None]]
    check = load(chair, book(*rows))["Location"]
    shown = text(chair.get(check))
    assert ("Записать 2 остатка" in shown, "исправить" in shown) == (True, True)
    assert LedgerEntry.objects.count() == 0
    assert "Заполните" in text(chair.post(check, {"paper": ""})) or LedgerEntry.objects.count() == 0
    assert chair.post(check, {"paper": "Книга взносов"})["Location"] == reverse("dues:overview")
    standing = dict(DuesAccount.objects.exclude(paid_to=None).values_list("member", "paid_to"))
    assert standing == {members[0].pk: YEAR - 1, members[1].pk: YEAR}
    assert (StoredFile.objects.filter(name="openings").count(), wrong()) == (0, [])
    by_list = entries()
    again = load(chair, book(*rows))["Location"]
    assert "Записать" not in text(chair.get(again))
    chair.post(again, {"paper": "Книга взносов"})
    assert entries() == by_list
    assert record_openings(place.keeper.pk, standing, paper="Книга взносов", by=place.chair) == 0


def entries() -> list[tuple[Any, ...]]:
    return list(LedgerEntry.objects.order_by("key").values_list("key", "amount", "made_on", "paper"))


def test_n_d2_another_balance_than_the_recorded_one_is_refused_in_its_row(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    record_openings(place.keeper.pk, {members[0].pk: YEAR - 1}, paper="Книга взносов", by=place.chair)
    (row,) = read(place, [1, None, "770", YEAR, None])
    assert (len(row.wrong), row.changes) == (1, False)


def test_v_d1_only_the_one_who_loaded_a_list_opens_it(w: tuple[Place, list[Member]]) -> None:
    place, _members = w
    check = load(places.signed_in(place.chair), book([1, None, "770", YEAR, None]))["Location"]
    assert places.signed_in(place.region_chair).get(check).status_code == 403
    assert places.signed_in(place.reviewer).get(reverse("dues:load_openings")).status_code == 403


def asked(client: Any, page: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_v_d1_the_check_page_reads_neither_the_file_nor_the_books(
    w: tuple[Place, list[Member]], monkeypatch: pytest.MonkeyPatch
) -> None:
    chair = places.signed_in(w[0].chair)
    few = load(chair, book([1, None, "770", YEAR - 1, None]))["Location"]
    many = load(chair, book(*([at, None, f"77{at % 3}", YEAR - 1, None] for at in range(60))))["Location"]
    monkeypatch.setattr(files, "_read", None)
    monkeypatch.setattr(preview, "previewed", None)
    asked(chair, few)
    assert asked(chair, few) == asked(chair, many)
    assert "Алексеева" in text(chair.get(few))
    # The workbook is deleted too.
    assert set(StoredFile.objects.filter(name="openings").values_list("content_type", flat=True)) == {preview.PLAN}


def test_v_d1_a_withdrawn_list_is_destroyed(w: tuple[Place, list[Member]]) -> None:
    chair = places.signed_in(w[0].chair)
    check = load(chair, book([1, None, "770", YEAR - 1, None]))["Location"]
    assert chair.post(check, {"withdraw": "1"})["Location"] == reverse("dues:load_openings")
    assert (StoredFile.objects.filter(name="openings").count(), LedgerEntry.objects.count()) == (0, 0)
    assert chair.get(check).status_code == 404


def test_n_d2_what_has_changed_since_the_list_was_read_is_shown_again(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    chair = places.signed_in(place.chair)
    check = load(
        chair, book([1, None, "770", YEAR - 1, None], [2, None, "771", YEAR, None], [3, None, "772", YEAR - 2, None])
    )["Location"]
    record_openings(place.keeper.pk, {members[0].pk: YEAR, members[1].pk: YEAR}, paper="Книга", by=place.chair)
    before = entries()
    again = chair.post(check, {"paper": "Книга взносов"})
    shown = chair.get(again["Location"])
    assert "Посмотрите строки ещё раз" in text(shown)
    assert [(row.number, row.ready, row.changes) for row, _member in shown.context["shown"]] == [
        (3, False, False), (4, True, False), (5, True, True),
    ]  # fmt: skip
    assert (entries(), chair.get(check).status_code) == (before, 404)
    chair.post(again["Location"], {"paper": "Книга взносов"})
    assert DuesAccount.objects.get(member=members[2]).paid_to == YEAR - 2


def test_v_d1_somebody_who_left_since_is_named_in_the_row(w: tuple[Place, list[Member]]) -> None:
    place, members = w
    chair = places.signed_in(place.chair)
    check = load(chair, book([1, None, "770", YEAR - 1, None], [2, None, "771", YEAR, None]))["Location"]
    deregister(members[0].pk, reason="death", on=TODAY, paper="Справка", paper_card="taken", by=place.chair)
    again = chair.post(check, {"paper": "Книга взносов"})["Location"]
    shown = chair.get(again)
    assert [(row.number, row.wrong) for row, _member in shown.context["shown"] if row.wrong] == [
        (3, ("Человек с таким именем или номером билета здесь не состоит на учёте.",))
    ]
    assert LedgerEntry.objects.count() == 0
