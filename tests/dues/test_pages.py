"""Pages of dues: the tab of the card, the form of a payment, its reversal, rates, the organisation's page, the list."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.papers.member_card import build
from documents.printing.core import Batch
from dues.ledger.models import LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.rates.models import Rate
from members.people.filters import MemberFilter
from members.people.models import Member
from registry.enums import DataClass, Role
from registry.tasks import tasks_for
from tests.members import places
from tests.registry import trees

from .test_ledger import admit, pay

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
KEY = "6c1f8a3e-5c0e-4d43-9f7e-0d3c7b3f5a10"


def form(**changed: str) -> dict[str, str]:
    year = TODAY.year
    values = {"purpose": f"annual:{year}", "amount": "50,00", "made_on": f"{TODAY:%d.%m.%Y}", "paper": "Ведомость № 7"}
    return {**values, "key": KEY, **changed}


def text(answer: Any) -> str:
    """Return the text of the page without tags, with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def tab(client: Client, member: Member) -> str:
    return text(client.get(reverse("members:dues", args=[member.pk])))


def test_v_d1_the_tab_shows_the_standing_and_a_payment_changes_it() -> None:
    place = places.voi()
    member = place.put()
    client = places.signed_in(place.chair)
    year = TODAY.year - 1
    charge_new_year(place.keeper.pk, year, by=place.chair)
    owed = f"50,00 руб., задолженность с 01.07.{year}"
    assert (owed in tab(client, member), f"не уплачен за {year}" in tab(client, member)) == (True, True)
    answer = client.post(reverse("dues:pay", args=[member.pk]), form(purpose=f"annual:{year}"), follow=True)
    assert answer.redirect_chain == [(reverse("members:dues", args=[member.pk]), 302)]
    told = text(answer)
    wanted = ["Уплата внесена.", f"уплачен по {year} год", "Ведомость № 7"]
    assert [word for word in (*wanted, owed) if word in told] == wanted


def test_v_d1_the_list_shows_debts_and_nothing_for_people_without_charges() -> None:
    place = places.voi()
    place.put()
    client = places.signed_in(place.chair)

    def cell() -> str:
        page = client.get(reverse("members:list")).content.decode()
        # The last column of the row, whose cells have no end tags.
        return re.findall(r"<td>((?:(?!<td>).)*?)</tr>", page, re.DOTALL)[-1].strip()

    assert cell() == ""
    charge_new_year(place.keeper.pk, TODAY.year - 1, by=place.chair)
    assert re.sub(r"<[^>]+>", "", cell()).split() == ["долг", "50,00", "₽"]


def test_n_d2_a_form_sent_again_says_so_even_if_the_choice_is_no_longer_offered() -> None:
    place = places.voi()
    member = place.put()
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    client, address = places.signed_in(place.chair), reverse("dues:pay", args=[member.pk])
    answers = [text(client.post(address, form(), follow=True)) for _again in range(2)]
    assert ["уже была внесена" in answer for answer in answers] == [False, True]
    assert LedgerEntry.objects.filter(kind="payment").count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"amount": "пятьдесят"}, "Введите сумму цифрами"),
        ({"amount": "0"}, "больше нуля"),
        ({"amount": "1,234"}, "рублях и копейках"),
        ({"amount": ""}, "Заполните это поле"),
        ({"purpose": "annual:1990"}, "annual:1990"),
        ({"made_on": "31.12.2999"}, "не может быть в будущем"),
        ({"made_on": "1.1.26"}, "ДД.ММ.ГГГГ"),
        ({"paper": ""}, "Заполните это поле"),
        ({"key": "no"}, ""),
    ],
)
def test_v_d1_errors_are_shown_beside_their_field(changed: dict[str, str], sentence: str) -> None:
    place = places.voi()
    member = place.put()
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    answer = places.signed_in(place.chair).post(reverse("dues:pay", args=[member.pk]), form(**changed))
    assert (answer.status_code, LedgerEntry.objects.filter(kind="payment").count()) == (200, 0)
    assert sentence in text(answer)


def test_n_d2_a_suspicious_payment_is_recorded_after_confirmation() -> None:
    place = places.voi()
    member = place.put()
    charge_new_year(place.keeper.pk, TODAY.year, by=place.chair)
    client, address = places.signed_in(place.chair), reverse("dues:pay", args=[member.pk])
    assert 'name="confirmed"' not in client.get(address).content.decode()
    asked = client.post(address, form(amount="500"))
    assert ('name="confirmed"' in asked.content.decode(), LedgerEntry.objects.filter(kind="payment").count()) == (
        True,
        0,
    )
    assert "К уплате 50,00 руб., введено больше" in text(asked)
    client.post(address, form(amount="500", confirmed="on"))
    assert LedgerEntry.objects.get(kind="payment").amount == Decimal("500.00")


@pytest.mark.parametrize("typed", ["1 250,5", "1250.50", "1250,50 ₽", "1\u00a0250,50"])
def test_v_d1_a_sum_is_accepted_in_every_usual_notation(typed: str) -> None:
    place = places.voi()
    member = place.put()
    places.signed_in(place.chair).post(reverse("dues:pay", args=[member.pk]), form(purpose="voluntary:", amount=typed))
    assert LedgerEntry.objects.get().amount == Decimal("1250.50")


def test_n_d1_the_reversal_is_shown_beside_its_entry() -> None:
    place = places.voi()
    member = place.put()
    entry = pay(place, member).entry
    client, address = places.signed_in(place.chair), reverse("dues:reverse", args=[entry.pk])
    assert client.get(address).status_code == 200
    assert "Заполните это поле" in text(client.post(address, {"reason": ""}))
    told = text(client.post(address, {"reason": "Внесено за другого"}, follow=True))
    assert ["Уплата отменена." in told, "Внесено за другого" in told] == [True, True]
    assert "уже отменена" in text(client.post(address, {"reason": "Ещё раз"}, follow=True))


def test_n_h1_superiors_may_read_and_neighbours_get_404() -> None:
    place, other = places.voi(), places.voi()
    member = place.put()
    entry = pay(place, member).entry
    addresses = [reverse("dues:pay", args=[member.pk]), reverse("dues:reverse", args=[entry.pk])]
    for actor, code in ((place.region_chair, 403), (place.reviewer, 403), (other.chair, 404)):
        client = places.signed_in(actor)
        assert [client.get(address).status_code for address in addresses] == [code, code]
        assert [client.post(address, form()).status_code for address in addresses] == [code, code]
    collector = places.signed_in(trees.officer(place.keeper, Role.COLLECTOR))
    assert [collector.get(address).status_code for address in addresses] == [403, 403]
    assert "Внести уплату" not in tab(places.signed_in(place.region_chair), member)
    assert "Ведомость № 1" in tab(places.signed_in(place.region_chair), member)


def test_u_d1_the_unions_tab_says_that_nothing_is_charged_and_takes_cash() -> None:
    place = places.union()
    member = place.put(dues_form="cash")
    client = places.signed_in(place.chair)
    assert "Платит процент от заработной платы наличными" in tab(client, member)
    assert "Взносы удерживает работодатель" in tab(client, place.put(surname="Другая"))
    values = form(purpose=f"percent:{TODAY.year}", amount="412,37")
    client.post(reverse("dues:pay", args=[member.pk]), values)
    told = tab(client, member)
    assert ["412,37" in told, "Начислено" in told, "К уплате" in told] == [True, False, False]
    assert "Взносы в процентах от заработной платы" in told


def test_v_d1_rates_are_read_by_all_and_set_by_the_federal_organisation() -> None:
    place = places.voi()
    administrator = places.signed_in(trees.officer(place.head, Role.ADMINISTRATOR))
    values = {
        "fee": "annual",
        "amount": "75",
        "valid_from": f"01.01.{TODAY.year + 4}",
        "paper": "Постановление съезда № 3",
    }
    for actor in (place.chair, place.region_chair, place.reviewer):
        client = places.signed_in(actor)
        assert "Инструкция по учёту" in text(client.get(reverse("dues:rates")))
        assert client.post(reverse("dues:add_rate"), values).status_code == 403
    assert administrator.get(reverse("dues:add_rate")).status_code == 200
    told = text(administrator.post(reverse("dues:add_rate"), values, follow=True))
    assert ["Размер взноса установлен." in told, "75,00 ₽" in told, "вступит в силу" in told] == [True, True, True]
    rate = Rate.objects.get(valid_from=dt.date(TODAY.year + 4, 1, 1))
    assert places.signed_in(place.chair).post(reverse("dues:take_rate_back", args=[rate.pk])).status_code == 403
    other = places.signed_in(trees.officer(places.voi().head, Role.ADMINISTRATOR))
    assert other.post(reverse("dues:take_rate_back", args=[rate.pk])).status_code == 404
    administrator.post(reverse("dues:take_rate_back", args=[rate.pk]))
    assert not Rate.objects.filter(pk=rate.pk).exists()


def test_v_d1_the_organisations_page_sums_up_and_charges_who_is_not_charged() -> None:
    place = places.voi()
    member = place.put()
    client = places.signed_in(place.chair)
    address = reverse("dues:overview")
    assert "1 человеку, состоящему на учёте, не начислен" in text(client.get(address))
    assert places.signed_in(place.reviewer).post(reverse("dues:charge_year")).status_code == 403
    assert places.signed_in(place.region_chair).post(reverse("dues:charge_year")).status_code == 403
    assert "начислен 1 человеку" in text(client.post(reverse("dues:charge_year"), follow=True))
    assert "уже начислен всем" in text(client.post(reverse("dues:charge_year"), follow=True))
    pay(place, member, amount=Decimal("20.40"))
    for actor in (place.chair, place.region_chair):
        assert places.signed_in(actor).get(address).status_code == 200
    assert "20,40" in text(client.get(address))


def test_v_d1_the_list_shows_filters_and_downloads_the_standing(django_assert_max_num_queries: Any) -> None:
    place = places.voi()
    people_here = [
        place.put(snils="", ticket_number=str(n), surname=f"Фамилия{'абвг'[n]}", joined_on=dt.date(2010, 1, 1))
        for n in range(4)
    ]
    owing, paid, ahead, fresh = people_here
    year = TODAY.year
    charge_new_year(place.keeper.pk, year - 1, by=place.chair)
    admit(place, [fresh], TODAY)
    for member in (paid, ahead, fresh):
        pay(place, member, year=year - 1)
    charge_new_year(place.keeper.pk, year, by=place.chair)
    for member in (paid, ahead):
        pay(place, member)
    pay(place, ahead, year=year + 1)
    found = {
        key: [m.pk for m in MemberFilter({"dues": key}, actor=place.chair).found if m.pk != owing.pk]
        for key in ("arrears", "unpaid", "entrance", "paid", "advance")
    }
    assert found == {
        "arrears": [],
        "unpaid": [fresh.pk],
        "entrance": [fresh.pk],
        "paid": [paid.pk, ahead.pk],
        "advance": [ahead.pk],
    }
    assert owing.pk in [m.pk for m in MemberFilter({"dues": "arrears"}, actor=place.chair).found]
    client = places.signed_in(place.chair)
    listed = text(client.get(reverse("members:list")))
    assert [f"по {year} год" in listed, "долг" in listed] == [True, True]
    answer = client.post(f"{reverse('members:export')}?", {"all": "1", "download": "1"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    at = [rows[0].index(heading) for heading in ("Взносы уплачены по год", "Не уплачено, руб.", "Задолженность с")]
    assert [[row[column] for column in at] for row in rows[2:4]] == [[year, None, None], [year, None, None]]
    assert rows[1][at[2]] == dt.datetime(year - 1, 7, 1)


def test_u_d1_the_unions_list_has_no_standing() -> None:
    place = places.union()
    place.put()
    assert "dues" not in MemberFilter({}, actor=place.chair).filters


def test_v_b4_entrance_fees_and_arrears_are_tasks_of_collectors() -> None:
    place = places.voi()
    member, debtor = place.put(cell=place.cells[0]), place.put(snils="", ticket_number="2", surname="Другая")
    admit(place, [member], TODAY)
    charge_new_year(place.keeper.pk, TODAY.year - 1, by=place.chair)
    pay(place, member, year=TODAY.year - 1)
    base, collect = f"{reverse('members:list')}?dues=", reverse("dues:collect")
    fees = (f"{base}entrance", f"{collect}?purpose=entrance%3A")
    debts = (f"{base}arrears", reverse("dues:reminders"))

    def dues_tasks(actor: Any) -> dict[tuple[str, str], dt.date | None]:
        found = {(task.link_url, task.action_url): task.due for task in tasks_for(actor)}
        return {urls: due for urls, due in found.items() if urls in {fees, debts}}

    due = TODAY + dt.timedelta(days=10)
    assert dues_tasks(place.chair) == {fees: due, debts: None}
    assert dues_tasks(trees.officer(place.cells[0])) == {fees: due}
    assert [dues_tasks(actor) for actor in (place.region_chair, place.reviewer)] == [{}, {}]
    pay(place, member, "entrance", None)
    pay(place, debtor, year=TODAY.year - 1)
    assert dues_tasks(place.chair) == {}


def test_k10_the_paper_card_shows_the_entrance_fee_and_section_4() -> None:
    place = places.voi()
    member = place.put()
    year = TODAY.year - 1
    admit(place, [member], dt.date(year, 1, 5))
    wrong = pay(place, member, year=year, key="wrong").entry
    places.signed_in(place.chair).post(reverse("dues:reverse", args=[wrong.pk]), {"reason": "Ошибка"})
    pay(place, member, year=year, made_on=dt.date(year, 1, 9), amount=Decimal("50"))
    pay(place, member, "entrance", None, made_on=dt.date(year, 1, 8))
    again = Member.objects.select_related("organization__federation").get(pk=member.pk)
    batch = Batch(place.keeper, frozenset(DataClass), TODAY)
    sheet = build(again, batch)
    fees = [{"date": f"09.01.{year}", "amount": "50,00 руб.", "number": 1}, *({"number": n} for n in range(2, 16))]
    assert sheet["fees"] == fees
    assert sheet["entrance_paid_on"] == dt.date(year, 1, 8)
    closed = build(again, Batch(place.keeper, frozenset({DataClass.GENERAL}), TODAY))
    assert closed["fees"] == [{"number": number} for number in range(1, 16)]
    assert closed.get("entrance_paid_on") is None
