"""Opening balances: «paid to 2025» in the former books as entries, their page, and undoing them (V-D1, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from documents.papers.card_lines import annual_payments
from documents.printing.core import Batch
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.queries.figures import year_sums
from dues.ledger.rules.standing import standing_of
from dues.ledger.transitions import charge_new_year, close_books
from dues.opening.queries import without_opening
from dues.opening.rules import MAX_YEARS
from dues.opening.transitions import record_openings, take_opening_back
from dues.payments.rules import RowsRefused
from dues.payments.transitions import reverse_payment
from members.people.models import Member
from registry.enums import DataClass
from registry.errors import NotAllowed
from registry.journal.models import Event
from tests.members import places
from tests.refusals import refused

from .test_ledger import admit, pay, wrong

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = TODAY.year
FEE = Decimal(50)
BOOK = "Книга взносов № 2"


@pytest.fixture
def place() -> places.Place:
    return places.voi()


def old_member(place: places.Place, **values: Any) -> Member:
    return place.put(**{"joined_on": dt.date(2005, 3, 1), **values})


def take_over(place: places.Place, member: Member, year: int, **changed: Any) -> int:
    return record_openings(place.keeper.pk, {member.pk: year}, **{"paper": BOOK, "by": place.chair, **changed})


def entries(member: Member) -> list[tuple[str, str, str, int | None, Decimal, dt.date]]:
    found = LedgerEntry.objects.filter(account__member=member).select_related("debit", "credit").order_by("pk")
    return [(e.kind, e.debit.kind, e.credit.kind, e.year, e.amount, e.made_on) for e in found]


def new_year(year: int) -> dt.date:
    return dt.date(year, 1, 1)


def test_v_d1_the_years_after_the_last_paid_one_are_owed_and_this_year_is_charged(place: places.Place) -> None:
    member = old_member(place)
    assert take_over(place, member, YEAR - 3) == 1
    assert entries(member) == [
        ("charge", "members", "opening", YEAR - 3, FEE, new_year(YEAR - 3)),
        ("charge", "members", "opening", YEAR - 2, FEE, new_year(YEAR - 2)),
        ("charge", "members", "opening", YEAR - 1, FEE, new_year(YEAR - 1)),
        ("payment", "opening", "members", YEAR - 3, FEE, dt.date(YEAR - 3, 12, 31)),
        ("charge", "members", "income", YEAR, FEE, new_year(YEAR)),
    ]
    now = standing_of(member)
    assert (now.paid_to, now.unpaid, now.unpaid_since) == (YEAR - 3, 150, dt.date(YEAR - 2, 6, 30))
    papers = set(LedgerEntry.objects.exclude(credit__kind="income").values_list("paper", flat=True))
    assert (papers, wrong()) == ({BOOK}, [])


def test_v_d1_a_member_who_has_paid_this_year_owes_nothing(place: places.Place) -> None:
    member = old_member(place)
    take_over(place, member, YEAR)
    now = standing_of(member)
    assert (now.paid_to, now.unpaid, now.advance) == (YEAR, 0, 0)
    assert [(kind, made_on) for kind, _d, _c, _y, _a, made_on in entries(member)] == [
        ("charge", new_year(YEAR)),
        ("payment", TODAY),
    ]
    assert charge_new_year(place.keeper.pk, YEAR, by=place.chair) == 0


def test_v_d1_what_is_paid_for_the_coming_year_is_an_advance(place: places.Place) -> None:
    member = old_member(place)
    take_over(place, member, YEAR + 1)
    now = standing_of(member)
    assert (now.paid_to, now.unpaid, now.advance, wrong()) == (YEAR, 0, 50, [])


def test_v_d1_charges_of_the_registry_are_paid_and_not_repeated(place: places.Place) -> None:
    member = old_member(place)
    charge_new_year(place.keeper.pk, YEAR - 1, by=place.chair)
    pay(place, member, year=YEAR - 1, amount=Decimal(20))
    take_over(place, member, YEAR - 1)
    assert [row[:5] for row in entries(member)][2:] == [
        ("payment", "opening", "members", YEAR - 1, Decimal(30)),
        ("charge", "members", "income", YEAR, FEE),
    ]
    assert (standing_of(member).paid_to, wrong()) == (YEAR - 1, [])


def test_v_d1_a_member_who_has_paid_nothing_owes_from_the_year_of_joining(place: places.Place) -> None:
    member = old_member(place, joined_on=dt.date(YEAR - 2, 5, 5))
    take_over(place, member, YEAR - 3)
    assert [row[3] for row in entries(member)] == [YEAR - 2, YEAR - 1, YEAR]
    assert (standing_of(member).paid_to, standing_of(member).unpaid) == (None, 150)


@pytest.mark.parametrize(
    ("year", "joined", "accepted"),
    [
        (YEAR - MAX_YEARS - 1, 2005, False),
        (YEAR - MAX_YEARS, 2005, True),
        (YEAR + 1, 2005, True),
        (YEAR + 2, 2005, False),
        (YEAR - 4, YEAR - 2, False),
        (YEAR - 3, YEAR - 2, True),
    ],
)
def test_v_d1_years_that_cannot_be_the_last_paid_one_are_refused(
    place: places.Place, year: int, joined: int, accepted: bool
) -> None:
    member = old_member(place, joined_on=dt.date(joined, 3, 1))
    if accepted:
        assert take_over(place, member, year) == 1
        return
    with refused("V-D1") as refusal:
        take_over(place, member, year)
    assert (refusal.value.field, entries(member)) == ("paid_to", [])


def test_n_d2_the_same_balance_changes_nothing_and_another_is_refused(place: places.Place) -> None:
    member = old_member(place)
    take_over(place, member, YEAR - 2)
    before = entries(member)
    assert take_over(place, member, YEAR - 2) == 0
    with refused("N-D2"):
        take_over(place, member, YEAR - 1)
    assert (entries(member), Event.objects.filter(action="dues.openings_recorded").count()) == (before, 1)


def test_v_d1_of_many_members_all_or_none_are_recorded(place: places.Place) -> None:
    good = old_member(place)
    bad = old_member(place, snils="", ticket_number="2", surname="Вторая", joined_on=dt.date(YEAR - 1, 1, 1))
    with pytest.raises(RowsRefused) as refusal:
        record_openings(place.keeper.pk, {good.pk: YEAR, bad.pk: YEAR - 5}, paper=BOOK, by=place.chair)
    assert (set(refusal.value.by_row), LedgerEntry.objects.count()) == ({bad.pk}, 0)


def test_n_d1_the_former_book_is_named(place: places.Place) -> None:
    with refused("N-D1") as refusal:
        take_over(place, old_member(place), YEAR, paper="  ")
    assert refusal.value.field == "paper"


def test_v_d1_only_an_organization_that_keeps_cards_and_charges_fees_takes_balances_over() -> None:
    union = places.union()
    with refused("V-D1"):
        record_openings(union.keeper.pk, {union.put().pk: YEAR}, paper=BOOK, by=union.chair)


def test_n_h1_a_member_registered_elsewhere_is_not_found(place: places.Place) -> None:
    other = places.voi()
    with pytest.raises(Member.DoesNotExist):
        take_over(place, old_member(other), YEAR)


def test_n_d1_balances_of_closed_months_get_the_first_open_day(place: places.Place) -> None:
    member = old_member(place)
    last = TODAY.replace(day=1) - dt.timedelta(days=1)
    close_books(place.keeper.pk, last, by=place.chair)
    take_over(place, member, YEAR - 1)
    first = last + dt.timedelta(days=1)
    assert ({row[5] for row in entries(member)}, wrong()) == ({first}, [])


def test_n_d1_a_balance_is_taken_back_as_a_whole(place: places.Place) -> None:
    member = old_member(place)
    take_over(place, member, YEAR - 1)
    payment = LedgerEntry.objects.get(kind="payment")
    with refused("N-D1"):
        reverse_payment(payment.pk, reason="Ошибка", by=place.chair)
    with refused("N-D1") as refusal:
        take_opening_back(member.pk, reason=" ", by=place.chair)
    assert refusal.value.field == "reason"
    take_opening_back(member.pk, reason="Чужая строка", by=place.chair)
    now = standing_of(member)
    assert (now.paid_to, now.unpaid, wrong()) == (None, 50, [])
    with refused("N-D1"):
        take_opening_back(member.pk, reason="Ещё раз", by=place.chair)
    assert take_over(place, member, YEAR - 2) == 1
    now = standing_of(member)
    assert (now.paid_to, now.unpaid, wrong()) == (YEAR - 2, 100, [])


def test_n_d1_only_the_organization_that_recorded_a_balance_takes_it_back(place: places.Place) -> None:
    member = old_member(place)
    take_over(place, member, YEAR)
    other = places.voi()
    Member.objects.filter(pk=member.pk).update(
        organization=other.keeper, unit=other.keeper, cell=None, federation=other.keeper.federation
    )
    with refused("N-D1"):
        take_opening_back(member.pk, reason="Ошибка", by=other.chair)
    with pytest.raises(Member.DoesNotExist):
        take_opening_back(member.pk, reason="Ошибка", by=place.chair)


def test_v_d1_a_reviewer_does_not_record_balances(place: places.Place) -> None:
    member = old_member(place)
    with pytest.raises(NotAllowed):
        take_over(place, member, YEAR, by=place.region_chair)


def test_v_d1_former_books_do_not_count_as_charged_or_paid_this_year_and_print_no_line(place: places.Place) -> None:
    member = old_member(place)
    take_over(place, member, YEAR)
    sums = year_sums(place.chair, YEAR, TODAY)
    assert (sums.charged, sums.paid) == (0, 0)
    batch = Batch(place.keeper, frozenset(DataClass), TODAY, "member_card")
    assert annual_payments(Member.objects.get(), batch) == []
    pay(place, member, year=YEAR + 1)
    assert [entry.year for entry in annual_payments(Member.objects.get(), batch)] == [YEAR + 1]


def test_v_d1_members_are_listed_until_their_balance_is_recorded(place: places.Place) -> None:
    taken, admitted = old_member(place), old_member(place, snils="", ticket_number="2", surname="Вторая")
    open_one = old_member(place, snils="", ticket_number="3", surname="Третья")
    take_over(place, taken, YEAR - 1)
    admit(place, [admitted], TODAY)
    pay(place, admitted)
    assert list(without_opening(place.chair, place.keeper)) == [open_one]
    take_opening_back(taken.pk, reason="Ошибка", by=place.chair)
    assert set(without_opening(place.chair, place.keeper)) == {taken, open_one}


@pytest.mark.once
def test_v_d1_the_page_fills_empty_fields_keeps_what_is_typed_and_records_it(place: places.Place) -> None:
    first, second = old_member(place), old_member(place, snils="", ticket_number="2", surname="Вторая")
    client = places.signed_in(place.chair)
    address = reverse("dues:openings")
    form = {"paper": BOOK, "year": str(YEAR - 1), f"year_{first.pk}": str(YEAR - 4), f"year_{second.pk}": ""}
    page = client.post(address, {**form, "action": "fill"}).content.decode()
    assert [f'value="{year}"' in page for year in (YEAR - 4, YEAR - 1)] == [True, True]
    assert DuesAccount.objects.filter(paid_to__isnull=False).count() == 0
    early = {**form, f"year_{second.pk}": "1890", "action": "save"}
    page = client.post(address, early).content.decode()
    assert (f"Введите год от {YEAR - MAX_YEARS} до {YEAR + 1}." in page, 'value="1890"' in page) == (True, True)
    right = {**form, f"year_{second.pk}": str(YEAR - 1), "action": "save"}
    answer = client.post(f"{address}?cell=none", right, follow=True)
    assert answer.redirect_chain == [(f"{address}?cell=none", 302)]
    kept = DuesAccount.objects.order_by("paid_to").values_list("member", "paid_to")
    assert list(kept) == [(first.pk, YEAR - 4), (second.pk, YEAR - 1)]


@pytest.mark.once
def test_n_d1_the_card_offers_to_take_the_balance_back(place: places.Place) -> None:
    member = old_member(place)
    take_over(place, member, YEAR)
    client = places.signed_in(place.chair)
    address = reverse("dues:take_opening_back", args=[member.pk])
    assert address in client.get(reverse("members:dues", args=[member.pk])).content.decode()
    assert BOOK in client.get(address).content.decode()
    client.post(address, {"reason": "Чужая строка"})
    assert standing_of(member).paid_to is None
    assert client.get(address).status_code == 302
