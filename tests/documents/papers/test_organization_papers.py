"""Papers about an organisation: card file, list of members, register of mail, public report (V-B6, V-B12, D18, D19)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents import views
from documents.printing import rules
from documents.printing.core import papers
from documents.printing.models import PrintRecord
from documents.printing.transitions import record_prints
from members.book.enums import EndReason
from members.book.models import BookLine
from members.book.queries.year_figures import year_figures
from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry import charters
from registry.enums import DataClass, Role
from registry.jobs.models import Job
from registry.organizations.models import OrganizationPassport
from tests.clock import at
from tests.documents import samples
from tests.documents.pdfs import texts_of
from tests.members import places, sessions
from tests.refusals import refused
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
SHORT = f"{TODAY:%d.%m.%Y}"


@pytest.fixture
def voi() -> places.Place:
    return places.voi()


@pytest.fixture
def union() -> places.Place:
    return places.union()


def url(code: str) -> str:
    return reverse("documents:organization_paper", args=[code])


def other(place: places.Place, surname: str, **values: Any) -> Member:
    return place.put(**{"surname": surname, "snils": "", "ticket_number": "", "confirmed_duplicate": True, **values})


def test_each_charter_names_papers_that_exist_and_have_a_page() -> None:
    named = {key: charters.get(key).organization_papers for key in samples.CHARTERS}
    assert named == {
        "voi": ("card_file", "mail_register"), "education_union": ("member_list", "public_report"),
    }  # fmt: skip
    assert sorted(code for codes in named.values() for code in codes) == sorted(views.OFFERED)
    assert [papers()[code] for code in views.OFFERED] == [offered.paper for offered in views.OFFERED.values()]


# The card file


def test_v_b6_the_inventory_lists_the_cards_by_cell_and_name(voi: places.Place) -> None:
    late = other(voi, "Ясенева", cell=voi.cells[0].pk, ticket_number="0000007")
    other(voi, "Белова", cell=voi.cells[1].pk)
    other(voi, "Акимова", cell=voi.cells[1].pk)
    other(voi, "Вольная")
    record_prints("member_card", [late.pk], data_classes=[DataClass.GENERAL], by=voi.chair)
    (text,) = texts_of(places.signed_in(voi.chair).post(url("card_file")).content)
    born, rest = "04.07.1968", "Александра Владимировна"
    assert text.startswith(
        f"ОПИСЬ КАРТОТЕКИ учётных карточек по первичным ячейкам {voi.keeper.full_name} № п/п Фамилия, имя, отчество "
        "Дата рождения № членского билета Карточка напечатана Отметка о наличии "
        f"Всего карточек: 4 (четыре) карточки. Составлена по записям реестра на {SHORT}. Составил(а)"
    ), text
    rows = (
        f"ПО № 1: 1 1 Ясенева {rest} {born} 0000007 {SHORT} ПО № 2: 2 2 Акимова {rest} {born} 3 Белова {rest} {born} "
        f"вне первичных ячеек: 1 4 Вольная {rest} {born} 1 из 1"
    )
    assert rows in text, text
    assert list(PrintRecord.objects.values_list("form", "organization").order_by("pk"))[1:] == [
        ("card_file", voi.keeper.pk)
    ]


def test_v_b6_a_file_without_cells_has_no_headings(voi: places.Place) -> None:
    other(voi, "Вольная")
    (text,) = texts_of(places.signed_in(voi.chair).post(url("card_file")).content)
    assert "вне первичных ячеек" not in text
    assert "Всего карточек: 1 (одна) карточка." in text


def test_v_b6_the_inventory_lists_neither_neighbours_nor_people_who_left(voi: places.Place) -> None:
    neighbour = trees.below(voi.region, voi.keeper.level, "Соседняя МО ВОИ")
    trees.members(neighbour, surname="Соседкина")
    gone = other(voi, "Ушедшая")
    other(voi, "Вольная")
    deregister(gone.pk, reason=EndReason.OWN_WISH, on=TODAY, paper="заявление", by=voi.chair)
    (text,) = texts_of(places.signed_in(voi.chair).post(url("card_file")).content)
    assert ("Вольная" in text, "Соседкина" in text, "Ушедшая" in text) == (True, False, False)


def test_v_b6_a_long_list_is_printed_by_a_job(
    voi: places.Place, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for surname in ("Белова", "Акимова"):
        other(voi, surname)
    monkeypatch.setattr(views, "LIST_ROWS_AT_ONCE", 2)
    client = places.signed_in(voi.chair)
    assert client.post(url("card_file")).status_code == 200
    monkeypatch.setattr(views, "LIST_ROWS_AT_ONCE", 1)
    assert client.post(url("card_file")).status_code == 302
    run_jobs()
    job = Job.objects.get()
    assert (job.state, job.result.content_type) == ("done", "application/pdf")
    assert PrintRecord.objects.filter(form="card_file").count() == 2


def test_v_b6_there_is_nothing_to_list_without_people_and_an_end_to_what_is_listed() -> None:
    with refused("V-B6"):
        rules.check_people(0)
    with refused("V-B6"):
        rules.check_people(10_001)
    rules.check_people(1)
    rules.check_people(10_000)


def test_v_b6_the_inventory_costs_the_same_queries_for_many(voi: places.Place) -> None:
    client = places.signed_in(voi.chair)
    other(voi, "Акимова", cell=voi.cells[0].pk)
    client.post(url("card_file"))
    with CaptureQueriesContext(connection) as one:
        client.post(url("card_file"))
    for surname in ("Белова", "Вольная"):
        other(voi, surname, cell=voi.cells[1].pk)
    with CaptureQueriesContext(connection) as three:
        client.post(url("card_file"))
    assert len(one) == len(three)


def test_papers_of_an_organisation_are_offered_to_those_who_print_them(voi: places.Place) -> None:
    chair, page = places.signed_in(voi.chair), reverse("documents:print")
    offered = chair.get(page).content.decode()
    assert [url(code) in offered for code in views.OFFERED] == [True, False, True, False]
    assert url("mail_register") in chair.get(reverse("moves:list")).content.decode()
    for actor, wanted in (
        (voi.region_chair, 404), (trees.officer(voi.cells[0]), 404), (voi.reviewer, 403),
        (trees.officer(voi.keeper, Role.REGISTRAR), 200),
    ):  # fmt: skip
        client = places.signed_in(actor)
        assert client.get(url("card_file")).status_code == client.post(url("card_file")).status_code == wanted
        assert (url("mail_register") in client.get(reverse("moves:list")).content.decode()) == (wanted == 200)
    for code in ("member_list", "public_report", "no_paper"):
        assert chair.get(url(code)).status_code == 404


# The list of members


def test_the_list_of_a_primary_organisation_is_alphabetical_with_count_and_signatures(union: places.Place) -> None:
    union.put(surname="Яшина", position="", confirmed_duplicate=True)
    member = union.put(surname="Ёлкина", confirmed_duplicate=True)
    Member.objects.filter(pk=member.pk).update(joined_year_only=True)
    (text,) = texts_of(places.signed_in(union.chair).post(url("member_list")).content)
    assert text.startswith(
        f"СПИСОК ЧЛЕНОВ ПРОФСОЮЗА, состоящих на учёте {union.keeper.full_name} № п/п Фамилия, имя, отчество "
        "Дата рождения Должность, место работы или учёбы Дата вступления Отметка "
        f"Всего состоит на учёте: 2 (два) человека. Составлен по записям реестра на {SHORT}."
    ), text
    rows = (
        "1 Ёлкина Марфа Никифоровна 22.09.1978 педагог 2001 г. "
        "2 Яшина Марфа Никифоровна 22.09.1978 Школа № 15 07.05.2001 1 из 1"
    )
    assert rows in text, text


# Registered mail


def sent(place: places.Place, surname: str, number: str, on: dt.date, **values: str) -> Member:
    member = other(place, surname, registered_on=dt.date(2020, 1, 1))
    deregister(
        member.pk, reason=EndReason.DEPARTURE, on=on, paper_card=PaperCard.MAILED if number else PaperCard.HANDED,
        mail_number=number, by=place.chair, **values,
    )  # fmt: skip
    return member


def test_v_b12_the_register_lists_the_letters_of_the_period_with_their_numbers(voi: places.Place) -> None:
    first, day = TODAY - dt.timedelta(days=3), dt.timedelta(days=1)
    for surname, number, on in (
        ("Раньше", "14100080400001", first - day), ("Белова", "14100080400003", first + day),
        ("Акимова", "14100080400002", first), ("Ручная", "", first), ("Позже", "14100080400004", first + 2 * day),
    ):  # fmt: skip
        sent(voi, surname, number, on, destination="Калуга")
    period = {"first": f"{first:%d.%m.%Y}", "last": f"{first + day:%d.%m.%Y}"}
    (text,) = texts_of(places.signed_in(voi.chair).post(url("mail_register"), period).content)
    rest = "Александра Владимировна Калуга"
    assert text.startswith(
        f"РЕЕСТР ЗАКАЗНОЙ КОРРЕСПОНДЕНЦИИ с {period['first']} по {period['last']} {voi.keeper.full_name} № п/п "
        "Дата отправки Чья учётная карточка отправлена Куда № почтового отправления Отметка "
        "Всего отправлено: 2 (два) отправления."
    ), text
    rows = f"1 {period['first']} Акимова {rest} 14100080400002 2 {period['last']} Белова {rest} 14100080400003 1 из 1"
    assert rows in text, text


def test_v_b12_a_register_of_nothing_is_refused_on_its_page(voi: places.Place) -> None:
    client = places.signed_in(voi.chair)
    page = client.get(url("mail_register"))
    assert [page.context["form"].initial[name] for name in ("first", "last")] == [
        TODAY.replace(month=1, day=1), TODAY,
    ]  # fmt: skip
    answer = client.post(url("mail_register"), {"first": SHORT, "last": SHORT})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "заказным письмом не отправляли" in answer.content.decode()
    assert not PrintRecord.objects.exists()


def test_v_b12_the_period_of_a_register_lies_in_the_past_and_begins_before_it_ends() -> None:
    day = dt.timedelta(days=1)
    rules.check_mail_period(TODAY, TODAY, TODAY)
    with refused("V-B12", field="last"):
        rules.check_mail_period(TODAY, TODAY + day, TODAY)
    with refused("V-B12", field="last"):
        rules.check_mail_period(TODAY, TODAY - day, TODAY)
    with refused("V-B12", field="first"):
        rules.check_mail_count(0)
    with refused("V-B12", field="first"):
        rules.check_mail_count(501)
    rules.check_mail_count(1)
    rules.check_mail_count(500)


# The public report


def test_v_b7_the_figures_of_a_year_begin_and_end_with_its_last_days(union: places.Place) -> None:
    unit = union.keeper
    for number, (entered, left, reason) in enumerate(
        [
            ("2039-12-31", "", ""),
            ("2040-01-01", "", ""),
            ("2039-05-05", "2040-01-01", "dismissal"),
            ("2039-05-05", "2039-12-31", "dismissal"),
            ("2040-03-03", "2040-12-31", "retirement"),
            ("2040-03-03", "2041-01-01", "retirement"),
            ("2040-04-04", "2040-05-05", "undone"),
            ("2041-01-01", "", ""),
        ]
    ):
        BookLine.objects.create(
            unit=unit, number=number, full_name="Иванов", entered_on=entered, recorded_at=timezone.now(),
            left_on=left or None, left_recorded_at=timezone.now() if left else None, reason=reason,
        )  # fmt: skip
    with at("2041-06-01"):
        found = year_figures(unit, 2040)
        assert (found.last, found.before, found.came, found.left, found.then) == (
            dt.date(2040, 12, 31), 2, 3, {"dismissal": 1, "retirement": 1}, 3,
        )  # fmt: skip
        assert found.before + found.came - sum(found.left.values()) == found.then
        assert year_figures(unit, 2041).last == dt.date(2041, 6, 1)


def test_the_public_report_says_membership_share_and_meetings_and_leaves_the_rest_to_be_written(
    union: places.Place,
) -> None:
    union.put()
    other(union, "Яшина", category="pensioner")
    values = {"employer_name": "Школа № 15", "agreement_number": "7", "employees": 3, "agreement_on": TODAY}
    OrganizationPassport.objects.update_or_create(organization=union.keeper, defaults=values)
    sessions.held(sessions.planned(union.keeper, union.chair, held_on=TODAY), union.chair)
    sessions.planned(union.keeper, union.chair, held_on=TODAY)
    first, second = texts_of(places.signed_in(union.chair).post(url("public_report"), {"year": TODAY.year}).content)
    assert f"ПУБЛИЧНЫЙ ОТЧЁТ за {TODAY.year} год {union.keeper.full_name}" in first
    assert f"Работодатель Школа № 15 Коллективный договор, № 7 Заключён {SHORT} Действует до 2." in first
    assert f"Снято с учёта, всего 0 Состоит на учёте на {SHORT} 2 Работников в организации 3" in first
    assert "Из них членов Профсоюза на день составления отчёта 1 Охват профсоюзным членством 33 %" in first
    text = f"{first} {second}"
    assert "Проведено заседаний коллегиальных органов 1 Принято решений 0" in text
    assert "4. Мероприятия" in text and "Поступило членских взносов, руб." in text


@pytest.mark.parametrize(("employees", "share"), [(None, ""), (0, ""), (1, "100 %"), (2, "50 %")])
def test_the_share_of_members_needs_the_number_of_employees(
    union: places.Place, employees: int | None, share: str
) -> None:
    passport = OrganizationPassport(organization=union.keeper, employees=employees)
    union.keeper.passport = passport
    figures = year_figures(union.keeper, TODAY.year)
    batch = samples.batch_of(union.keeper)
    counts = {"held": 0, "items": 0}
    (sheet,) = papers()["public_report"].build(union.keeper, TODAY.year, figures, 1, counts, batch)
    assert sheet["share"] == share
    (most,) = papers()["public_report"].build(union.keeper, TODAY.year, figures, 5, counts, batch)
    assert most["share"] == ("100 %" if employees else "")


def test_the_public_report_is_offered_for_this_year_and_five_before(union: places.Place) -> None:
    client = places.signed_in(union.chair)
    form = client.get(url("public_report")).context["form"]
    assert [year for year, _word in form.fields["year"].choices] == list(range(TODAY.year, TODAY.year - 6, -1))
    assert client.post(url("public_report"), {"year": TODAY.year - 6}).context["form"].errors
