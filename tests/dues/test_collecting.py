"""The page with the fees of many members: who owes, proposed sums, refusals, and kept input."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dues.ledger.enums import Fee
from dues.ledger.models import LedgerEntry
from dues.ledger.rules.standing import standing_of
from dues.ledger.transitions import charge_new_year
from dues.payments.forms import MAX_COLLECTED
from dues.payments.queries import kinds, members_of, owing
from dues.payments.rules import Purpose, RowsRefused, check_collects, suggested
from dues.payments.transitions import Paid, record_payments
from dues.rates.models import Rate
from dues.rates.rules.rates import rates_of
from members.people.models import Member
from registry.access import Actor
from registry.journal.models import Event
from registry.sizes import PAGE_ROWS
from tests.clock import at
from tests.members import places
from tests.refusals import refused
from tests.registry import trees

from .test_ledger import admit, pay

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
YEAR = TODAY.year
FEE = Decimal("50.00")
KEY = "8f6a3a58-7b7e-4d43-9f7e-0d3c7b3f5a10"


def people(place: places.Place, *surnames: str, **values: Any) -> list[Member]:
    common = {"snils": "", "joined_on": dt.date(2010, 1, 1), **values}
    first = 1000 + Member.objects.count()
    return [place.put(surname=s, ticket_number=str(first + n), **common) for n, s in enumerate(surnames)]


def crowd(place: places.Place, count: int) -> list[Member]:
    """Register people with names at the end of the list."""
    letters = "абвгдежзик"
    return people(place, *(f"Я{letters[n // 10]}{letters[n % 10]}" for n in range(count)))


def shown(client: Client, query: str = "", **sent: Any) -> dict[str, tuple[str, str, bool]]:
    """Return the rows of the page by surname: the debt, the sum, and whether the row is ticked."""
    address = reverse("dues:collect") + query
    answer = client.post(address, sent) if sent else client.get(address)
    return rows_of(answer)


def rows_of(answer: Any) -> dict[str, tuple[str, str, bool]]:
    form = answer.context["form"]
    return {row.member.surname: (row.owes, _text(amount), row.chosen) for row, amount, _paper, _sure in form.table}


def _text(field: Any) -> str:
    value = field.value()
    return str(field.field.prepare_value(value)) if value is not None else ""


def form(*ticked: Member, listed: Any = (), purpose: str = f"annual:{YEAR}", **changed: str) -> dict[str, Any]:
    """Return the data sent by the page, with the amount of the fee for everybody."""
    rows = [*ticked, *listed]
    return {
        "action": "save", "purpose": purpose, "shown_for": purpose, "made_on": f"{TODAY:%d.%m.%Y}",
        "paper": "Ведомость № 7", "key": KEY, "selected": [m.pk for m in ticked], "listed": [m.pk for m in rows],
        **{f"sum_{m.pk}": "50,00" for m in rows}, **changed,
    }  # fmt: skip


def save(actor: Actor, values: dict[str, Any]) -> Any:
    return places.signed_in(actor).post(reverse("dues:collect"), values, follow=True)


def payments() -> list[tuple[Any, ...]]:
    found = LedgerEntry.objects.filter(kind="payment").order_by("account__member__sort_key")
    return list(found.values_list("account__member__surname", "fee", "year", "amount", "paper"))


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.mark.both
def test_v_d1_the_page_lists_who_owes_with_the_sum_left_to_pay() -> None:
    place = places.voi()
    owing_one, part, paid, ahead = people(place, "Абрикосова", "Берёзова", "Вишнева", "Грушева")
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    pay(place, part, amount=Decimal("20.40"))
    pay(place, paid)
    pay(place, ahead, amount=Decimal("80"), confirmed=True)
    late = place.put(surname="Дубова", ticket_number="200", snils="", joined_on=dt.date(2011, 1, 1))
    day = f"30.06.{YEAR}"
    assert shown(places.signed_in(place.chair)) == {
        "Абрикосова": (f"50,00 ₽ до {day}", "50,00", False),
        "Берёзова": (f"29,60 ₽ до {day}", "29,60", False),
        "Дубова": ("50,00 ₽, ещё не начислено", "50,00", False),
    }
    assert owing_one.pk < late.pk
    # Nobody is charged for the next year; the excess payment of Грушева is an advance for no year.
    following = shown(places.signed_in(place.chair), f"?purpose=annual:{YEAR + 1}")
    assert list(following) == ["Абрикосова", "Берёзова", "Вишнева", "Грушева", "Дубова"]
    # Years before the first charge may be in the former books.
    assert shown(places.signed_in(place.chair), f"?purpose=annual:{YEAR - 1}") == {}


@pytest.mark.parametrize(
    ("payments_made", "owed"),
    [
        ((), [-2, -1, 0]),
        (((0, "50"),), [-2, -1]),
        (((-1, "50"),), [-2, 0]),
        (((-2, "50"),), [-1, 0]),
        # The excess over the fee of its year covers the oldest charge.
        (((0, "80"),), [-2, -1]),
        (((0, "100"),), [-1]),
        (((-2, "100"),), [0]),
        (((-2, "99.99"),), [-1, 0]),
        (((-2, "50"), (-1, "50"), (0, "49.99")), [0]),
        (((-2, "50"), (-1, "50"), (0, "50")), []),
        (((-2, "150"),), []),
        (((1, "50"),), [-1, 0]),
    ],
)
def test_v_d1_who_owes_a_year_is_found_as_the_standing_says(payments_made: Any, owed: list[int]) -> None:
    place = places.voi()
    (member,) = people(place, "Абрикосова")
    for ago in (2, 1, 0):
        charge_new_year(place.keeper.pk, YEAR - ago, by=place.chair)
    for number, (offset, amount) in enumerate(payments_made):
        pay(place, member, year=YEAR + offset, amount=Decimal(amount), key=str(number))
    rates, everybody = (
        rates_of(place.keeper.federation),
        members_of(place.keeper, Member.objects.visible_to(place.chair)),
    )
    years = [-2, -1, 0]
    found = [n for n in years if owing(everybody, Purpose("annual", YEAR + n, FEE), rates, TODAY).exists()]  # type: ignore[arg-type]
    assert found == owed
    assert [o.charge.year - YEAR for o in standing_of(member).open] == owed


def test_v_b4_entrance_fees_are_listed_for_those_admitted() -> None:
    place = places.voi()
    admitted, paid, _of_old = people(place, "Абрикосова", "Берёзова", "Вишнева")
    admit(place, [admitted, paid], TODAY)
    pay(place, paid, "entrance", None)
    client = places.signed_in(place.chair)
    assert list(shown(client, "?purpose=entrance:")) == ["Абрикосова"]
    values = form(admitted, purpose="entrance:")
    save(place.chair, values)
    assert payments()[0] == ("Абрикосова", "entrance", None, FEE, "Ведомость № 7")
    assert shown(client, "?purpose=entrance:") == {}


def test_v_d1_ten_fees_are_recorded_with_one_form_once() -> None:
    place = places.voi()
    ten = people(place, *(f"Фамилия{letter}" for letter in "абвгдежзик"))
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    values = form(*ten, **{f"paper_{ten[1].pk}": " Квитанция № 15 ", f"sum_{ten[2].pk}": "20"})
    answer = save(place.chair, values)
    assert "Внесено 10 уплат. Всего: 470,00 руб." in said(answer)
    expected = [(m.surname, "annual", YEAR, FEE, "Ведомость № 7") for m in ten]
    expected[1] = (*expected[1][:4], "Квитанция № 15")
    expected[2] = (*expected[2][:3], Decimal("20.00"), "Ведомость № 7")
    assert payments() == expected
    assert list(rows_of(answer)) == ["Фамилияв"]
    again = save(place.chair, values)
    assert "уже были внесены" in said(again)
    assert payments() == expected
    (event,) = Event.objects.filter(action="dues.list_paid")
    assert (event.facts["count"], event.organization_id) == (10, place.keeper.pk)


def test_n_d2_people_added_to_a_form_sent_before_are_recorded_and_the_others_are_not_again() -> None:
    place = places.voi()
    first, second = people(place, "Абрикосова", "Берёзова")
    save(place.chair, form(first))
    answer = save(place.chair, form(first, second))
    assert "Остальные уже были внесены." in said(answer)
    assert [row[0] for row in payments()] == ["Абрикосова", "Берёзова"]


def test_v_d1_an_error_in_one_row_names_it_and_loses_nothing() -> None:
    place = places.voi()
    good, wrong, unticked = people(place, "Абрикосова", "Берёзова", "Вишнева")
    changed = {
        f"sum_{wrong.pk}": "пятьдесят", f"paper_{good.pk}": "Квитанция № 1", f"sum_{unticked.pk}": "33",
        f"paper_{unticked.pk}": "Квитанция № 2",
    }  # fmt: skip
    answer = save(place.chair, form(good, wrong, listed=[unticked], **changed))
    assert payments() == []
    assert list(answer.context["form"].errors) == [f"sum_{wrong.pk}"]
    assert "Сумма (Берёзова Александра Владимировна): Введите сумму цифрами" in said(answer).replace(" :", ":")
    rows = rows_of(answer)
    assert [rows[name][1:] for name in ("Абрикосова", "Берёзова", "Вишнева")] == [
        ("50,00", True), ("пятьдесят", True), ("33", False)
    ]  # fmt: skip
    content = answer.content.decode()
    assert [content.count(text) for text in ("Квитанция № 1", "Квитанция № 2", KEY)] == [1, 1, 1]


@pytest.mark.both
def test_v_d1_all_refused_rows_are_named_at_once_and_nothing_is_recorded() -> None:
    place = places.voi()
    good, paid, young = people(place, "Абрикосова", "Берёзова", "Вишнева")
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    pay(place, paid)
    Member.objects.filter(pk=young.pk).update(joined_on=dt.date(YEAR + 1, 1, 1))
    answer = save(place.chair, form(good, paid, young))
    assert sorted(answer.context["form"].errors) == sorted([f"sum_{paid.pk}", f"sum_{young.pk}"])
    assert "взнос уже уплачен" in said(answer)
    assert [row[0] for row in payments()] == ["Берёзова"]


def test_n_d2_a_second_annual_payment_of_the_year_is_refused_by_its_rule() -> None:
    place = places.voi()
    first, paid = people(place, "Абрикосова", "Берёзова")
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    pay(place, paid)
    rows = [Paid(m.pk, "annual", YEAR, FEE, TODAY, "Ведомость № 7", "another") for m in (first, paid)]
    with refused("V-D1", field="purpose") as refusal:
        record_payments(place.keeper.pk, rows, by=place.chair)
    assert isinstance(refusal.value, RowsRefused)
    assert list(refusal.value.by_row) == [paid.pk]


def test_n_d2_more_than_is_due_is_asked_about_in_its_row() -> None:
    place = places.voi()
    good, ahead = people(place, "Абрикосова", "Берёзова")
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    values = form(good, ahead, **{f"sum_{ahead.pk}": "500"})
    answer = save(place.chair, values)
    assert (list(answer.context["form"].errors), payments()) == ([f"confirmed_{ahead.pk}"], [])
    assert answer.content.decode().count('type="checkbox" name="confirmed_') == 1
    save(place.chair, {**values, f"confirmed_{ahead.pk}": "on"})
    assert [row[3] for row in payments()] == [FEE, Decimal("500.00")]


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"made_on": "31.12.2999"}, "made_on", "не может быть в будущем"),
        ({"made_on": "1.1.26"}, "made_on", "ДД.ММ.ГГГГ"),
        ({"paper": " "}, "paper", "Укажите документ"),
        ({"key": "no"}, "key", ""),
    ],
)
def test_v_d1_what_is_wrong_for_all_is_said_once(changed: dict[str, str], field: str, sentence: str) -> None:
    place = places.voi()
    answer = save(place.chair, form(*people(place, "Абрикосова", "Берёзова"), **changed))
    assert list(answer.context["form"].errors) == [field]
    assert (sentence in said(answer), payments()) == (True, [])


def test_v_d1_nobody_ticked_and_too_many_ticked_are_refused() -> None:
    place = places.voi()
    (one,) = people(place, "Абрикосова")
    answer = save(place.chair, form(listed=[one]))
    assert "Никто не выбран" in said(answer)
    many = Member.objects.filter(pk=one.pk).values().get()
    del many["id"]
    copies = [Member(**{**many, "ticket_number": str(n), "snils": ""}) for n in range(MAX_COLLECTED)]
    Member.objects.bulk_create(copies)
    everybody = list(Member.objects.order_by("pk"))
    answer = save(place.chair, form(*everybody))
    assert (f"не больше {MAX_COLLECTED} человек" in said(answer), payments()) == (True, [])
    save(place.chair, form(*everybody[:MAX_COLLECTED]))
    assert len(payments()) == MAX_COLLECTED


@pytest.mark.both
def test_n_a1_the_list_is_searched_and_paged_while_the_ticked_stay_with_what_was_typed() -> None:
    place = places.voi()
    first, second, third = people(place, "Абрикосова", "Берёзова", "Вишнева")
    client = places.signed_in(place.chair)
    values = {**form(second, listed=[first, third]), "action": "show", f"sum_{second.pk}": "12,30"}
    assert shown(client, **{**values, "q": "вишн"}) == {
        "Берёзова": ("50,00 ₽, ещё не начислено", "12,30", True),
        "Вишнева": ("50,00 ₽, ещё не начислено", "50,00", False),
    }
    others = crowd(place, PAGE_ROWS)
    pages = [list(shown(client, **{**values, "page": page, "q": ""})) for page in ("1", "2", "9", "?")]
    names = ["Абрикосова", "Вишнева", *(m.surname for m in others)]
    one, two = ["Берёзова", *names[:PAGE_ROWS]], ["Берёзова", *names[PAGE_ROWS:]]
    assert pages == [one, two, two, one]
    # Ticked members are shown above the list and not counted in its pages again.
    answer = client.post(reverse("dues:collect"), values)
    assert (answer.context["count"], answer.context["page"].paginator.count) == (PAGE_ROWS + 3, PAGE_ROWS + 2)


@pytest.mark.both
def test_v_d1_another_fee_resets_the_list_and_is_not_saved_unseen() -> None:
    place = places.voi()
    admitted, of_old = people(place, "Абрикосова", "Берёзова")
    admit(place, [admitted], TODAY)
    sent = form(admitted, of_old, **{f"sum_{admitted.pk}": "12,30"}) | {"purpose": "entrance:"}
    answer = save(place.chair, sent)
    assert payments() == []
    assert "Проверьте отметки и суммы" in said(answer)
    assert {name: row[1:] for name, row in rows_of(answer).items()} == {"Абрикосова": ("50,00", True)}


def test_v_d1_people_selected_in_the_list_of_members_come_ticked() -> None:
    place = places.voi()
    first, paid, third = people(place, "Абрикосова", "Берёзова", "Вишнева")
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    pay(place, paid)
    client = places.signed_in(place.chair)
    assert reverse("dues:collect") in client.get(reverse("members:list")).content.decode()
    answer = client.post(reverse("dues:collect"), {"selected": [paid.pk, third.pk]})
    assert {name: row[2] for name, row in rows_of(answer).items()} == {"Вишнева": True, "Абрикосова": False}
    assert "1 человеку из выбранных платить нечего" in said(answer)
    answer = client.post(reverse("dues:collect") + "?q=абри", {"all": "1"})
    assert [name for name, row in rows_of(answer).items() if row[2]] == [first.surname]


@pytest.mark.both
def test_n_h1_a_cell_collects_from_its_own_and_nobody_else_does() -> None:
    place = places.voi()
    (own,) = people(place, "Абрикосова", cell=place.cells[0])
    foreign, without = (
        place.put(surname="Берёзова", snils="", ticket_number="7", cell=place.cells[1]),
        place.put(surname="Вишнева", snils="", ticket_number="8"),
    )
    collector = trees.officer(place.cells[0])
    assert list(shown(places.signed_in(collector))) == ["Абрикосова"]
    answer = save(collector, form(own, foreign, without))
    assert ("больше не состоят здесь" in said(answer), payments()) == (True, [])
    save(collector, form(own))
    assert [row[0] for row in payments()] == ["Абрикосова"]
    entry = LedgerEntry.objects.get(kind="payment")
    assert entry.organization_id == place.keeper.pk
    with pytest.raises(Member.DoesNotExist):
        row = Paid(foreign.pk, "annual", YEAR, FEE, TODAY, "Ведомость", "x")
        record_payments(place.cells[0].pk, [row], by=collector)
    for actor in (place.region_chair, place.reviewer):
        client = places.signed_in(actor)
        answers = (client.get(reverse("dues:collect")), client.post(reverse("dues:collect"), form(own)))
        assert [answer.status_code for answer in answers] == [403, 403]


def test_v_d1_only_keepers_of_cards_and_cells_collect() -> None:
    society, union = places.voi(), places.union()
    for place in (society.keeper, society.cells[0], union.keeper):
        check_collects(place)
    for place in (society.region, society.head, union.region):
        with refused("V-D1"):
            check_collects(place)
    with refused("V-D1", match="Взносы принимает"):
        record_payments(society.region.pk, [], by=society.region_chair)


@pytest.mark.both
def test_u_d1_the_union_collects_from_those_who_pay_in_cash() -> None:
    place = places.union()
    cash, _exempt, _cashless = (
        place.put(surname=surname, dues_form=form_of)
        for surname, form_of in (("Абрикосова", "cash"), ("Берёзова", "exempt"), ("Вишнева", "cashless"))
    )
    client = places.signed_in(place.chair)
    purpose = f"percent:{YEAR}"
    assert shown(client) == {"Абрикосова": ("", "", False)}
    save(place.chair, form(cash, purpose=purpose, **{f"sum_{cash.pk}": "412,37"}))
    assert payments() == [("Абрикосова", "percent", YEAR, Decimal("412.37"), "Ведомость № 7")]
    assert shown(client) == {"Абрикосова": ("уплачено за этот год: 412,37 ₽", "", False)}


def test_v_d1_the_years_to_choose_from_reach_back_to_the_oldest_debt() -> None:
    with at("2040-03-20"):
        place = places.voi()
        (member,) = people(place, "Абрикосова")
        rates = rates_of(place.keeper.federation)

        def offered() -> list[str]:
            return [purpose.key for purpose in kinds(place.chair, rates, dt.date(2040, 3, 20))]

        assert offered() == ["annual:2040", "entrance:", "annual:2039", "annual:2041"]
        charge_new_year(place.keeper.pk, 2037, by=place.chair)
        assert offered() == ["annual:2040", "entrance:", "annual:2039", "annual:2038", "annual:2037", "annual:2041"]
        pay(place, member, year=2037, made_on=dt.date(2040, 3, 1))
        assert offered() == ["annual:2040", "entrance:", "annual:2039", "annual:2041"]


@pytest.mark.both
def test_v_d1_the_page_asks_the_same_number_of_queries_for_few_and_many(django_assert_max_num_queries: Any) -> None:
    place = places.voi()
    client = places.signed_in(place.chair)
    people(place, "Абрикосова", "Берёзова")
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    client.get(reverse("dues:collect"))
    with django_assert_max_num_queries(60) as few:
        client.get(reverse("dues:collect"))
    crowd(place, 12)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("dues:collect"))


def test_v_d1_the_sum_is_that_of_the_rate_when_the_member_joined() -> None:
    rates = rates_of(places.voi().keeper.federation)
    purpose = Purpose(Fee.ANNUAL, YEAR, Decimal("0.00"))
    assert suggested(purpose, [], rates, joined_on=None) == FEE
    assert suggested(purpose, [], [], joined_on=None) is None
    paid = LedgerEntry(kind="payment", fee="annual", year=YEAR, amount=Decimal("49.99"))
    assert suggested(purpose, [paid], rates, joined_on=TODAY) == Decimal("0.01")
    paid.amount = FEE
    assert suggested(purpose, [paid], rates, joined_on=TODAY) is None


@pytest.mark.parametrize(
    ("joined_on", "amount"),
    [(None, 50), (dt.date(2019, 12, 31), 50), (dt.date(2020, 1, 1), 50), (dt.date(2020, 1, 2), 70)],
)
def test_v_d1_a_year_goes_by_the_rate_of_its_first_day_or_of_the_day_of_joining(
    joined_on: dt.date | None, amount: int
) -> None:
    rates = [
        Rate(fee="annual", amount=Decimal(50), valid_from=dt.date(2019, 1, 1)),
        Rate(fee="annual", amount=Decimal(70), valid_from=dt.date(2020, 1, 2)),
    ]
    purpose = Purpose(Fee.ANNUAL, 2020, Decimal("0.00"))
    assert suggested(purpose, [], rates, joined_on=joined_on) == amount
