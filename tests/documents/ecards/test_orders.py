"""Orders of electronic cards: who can be chosen, submitting, checking by the region (U-8)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from documents.consents.models import Consent
from documents.ecards import rules
from documents.ecards.contents import LACKS
from documents.ecards.enums import OrderState
from documents.ecards.models import CardOrder, CardRequest
from documents.ecards.queries.readiness import candidates, ready, without_card
from documents.ecards.transitions import orders
from members.people.models import Member
from registry.charters import ElectronicCards
from registry.errors import NotAllowed
from registry.organizations.models import Organization
from tests.refusals import refused

from .cards_world import Cards, cards_world, other_region, states, surnames, today

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files"), pytest.mark.once]
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def held() -> Cards:
    return cards_world()


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (dt.datetime(2021, 3, 1, 11, 59, 59, tzinfo=MOSCOW), dt.date(2021, 3, 1)),
        (dt.datetime(2021, 3, 1, 12, 0, tzinfo=MOSCOW), dt.date(2021, 3, 15)),
        (dt.datetime(2021, 3, 14, 23, 59, tzinfo=MOSCOW), dt.date(2021, 3, 15)),
        (dt.datetime(2021, 3, 15, 11, 59, tzinfo=MOSCOW), dt.date(2021, 3, 15)),
        (dt.datetime(2021, 3, 15, 12, 0, tzinfo=MOSCOW), dt.date(2021, 4, 1)),
        (dt.datetime(2021, 12, 15, 12, 0, tzinfo=MOSCOW), dt.date(2022, 1, 1)),
        # Vladivostok is seven hours ahead, but the cut-off is by Moscow time.
        (dt.datetime(2021, 3, 1, 18, 59, tzinfo=ZoneInfo("Asia/Vladivostok")), dt.date(2021, 3, 1)),
        (dt.datetime(2021, 3, 1, 19, 0, tzinfo=ZoneInfo("Asia/Vladivostok")), dt.date(2021, 3, 15)),
    ],
)  # fmt: skip
def test_u8_orders_before_noon_of_moscow_belong_to_the_day(moment: dt.datetime, day: dt.date) -> None:
    assert rules.processing_day(ElectronicCards(), moment) == day


def test_u9_cards_are_dispatched_within_fourteen_days_of_processing() -> None:
    assert rules.ship_by(ElectronicCards(), dt.date(2021, 2, 15)) == dt.date(2021, 3, 1)


@pytest.mark.parametrize(
    ("digits", "digit"), [("7992739871", "3"), ("0", "0"), ("453201511283036", "6"), ("9999000000001", "2")]
)
def test_u8_the_check_digit_is_that_of_luhn(digits: str, digit: str) -> None:
    assert rules.check_digit(digits) == digit
    assert (rules.parse_number(digits + digit) if len(digits) > 6 else digits + digit) == digits + digit


@pytest.mark.parametrize("text", ["79927398714", "", "7992739", "799273987 1x", "7" * 20])
def test_u8_a_number_with_a_wrong_check_digit_is_refused(text: str) -> None:
    with refused("U-8", field="number"):
        rules.parse_number(text)


@pytest.mark.both
def test_u8_members_are_put_into_one_order_and_submitted(held: Cards) -> None:
    order = held.order("Белова")
    assert held.order("Абрамова") == order
    submitted = orders.submit_order(order.pk, by=held.chair)
    assert (submitted.state, submitted.number, submitted.submitted_on) == ("submitted", 1, today())
    assert (submitted.consolidator, submitted.made_by) == (held.place.region, held.chair.account)
    requests = list(submitted.requests.order_by("pk"))
    assert [(r.state, r.reason, r.organization, r.replaces) for r in requests] == [
        ("draft", "first", held.keeper, None)
    ] * 2
    assert surnames(requests) == ["Белова", "Абрамова"]
    # The next request begins a new order, with the next number.
    second = orders.submit_order(held.order("Власова").pk, by=held.chair)
    assert (second.pk != order.pk, second.number) == (True, 2)


def lack(held: Cards, what: str) -> Member:
    member = held.member("Абрамова")
    if what == "card":
        Member.objects.filter(pk=member.pk).update(missing=1)
    elif what == "photo":
        Member.objects.filter(pk=member.pk).update(photo=None)
    elif what == "blocked":
        Member.objects.filter(pk=member.pk).update(blocked_on=today())
    elif what == "open":
        held.order("Абрамова")
    elif what == "valid":
        held.issued("Абрамова")
    else:
        Consent.objects.filter(member=member, purpose=what).update(state="withdrawn")
    return member


@pytest.mark.both
@pytest.mark.parametrize("what", ["card", "photo", "processing", "transfer", "open", "valid"])
def test_u8_who_lacks_something_is_named_with_it_and_nobody_is_put_in(held: Cards, what: str) -> None:
    member = lack(held, what)
    before = CardRequest.objects.count()
    with refused("U-8", blockers=[f"{member.full_name}: {LACKS[what]}"]):
        held.order("Абрамова", "Белова")
    assert CardRequest.objects.count() == before
    (one,) = candidates(Member.objects.filter(pk=member.pk))
    assert one.lacks == (what,)
    if what in {"open", "valid"}:
        assert member not in without_card(held.keeper, held.chair)
    else:
        assert member in without_card(held.keeper, held.chair)
        assert member not in ready(without_card(held.keeper, held.chair))


def test_u8_ready_are_those_who_lack_nothing(held: Cards) -> None:
    found = ready(without_card(held.keeper, held.chair)).order_by("sort_key")
    assert [member.surname for member in found] == ["Абрамова", "Белова", "Власова"]


@pytest.mark.both
def test_n_c1_who_blocked_processing_is_left_out(held: Cards) -> None:
    member = lack(held, "blocked")
    assert member.pk not in ready(Member.objects.all()).values_list("pk", flat=True)
    with refused("U-8"):
        orders.add_to_order(held.keeper.pk, members=[member.pk], by=held.chair)


def test_u8_an_order_is_for_somebody_and_for_own_members_alone(held: Cards) -> None:
    with refused("U-8"):
        orders.add_to_order(held.keeper.pk, members=[], by=held.chair)
    _chair, place = other_region(held)
    with refused("U-8"):
        orders.add_to_order(place.keeper.pk, members=[held.member("Белова").pk], by=place.chair)
    with pytest.raises(Organization.DoesNotExist):
        orders.add_to_order(held.keeper.pk, members=[held.member("Белова").pk], by=place.chair)
    with pytest.raises(NotAllowed):
        orders.add_to_order(held.keeper.pk, members=[held.member("Белова").pk], by=held.region)
    with refused("U-8"):
        orders.add_to_order(held.place.region.pk, members=[held.member("Белова").pk], by=held.region)


def test_u8_an_order_has_a_maximum_number_of_members(held: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MAX_LINES", 2)
    held.order("Абрамова", "Белова")
    with refused("U-8", match="2"):
        held.order("Власова")


def test_u8_submitting_checks_everybody_once_more(held: Cards) -> None:
    order = held.order("Абрамова", "Белова")
    lack(held, "transfer")
    with refused("U-8", blockers=1):
        orders.submit_order(order.pk, by=held.chair)
    request = order.requests.get(member=held.member("Абрамова"))
    orders.take_out(request.pk, by=held.chair)
    assert orders.submit_order(order.pk, by=held.chair).state == OrderState.SUBMITTED
    assert states([request]) == ["cancelled"]


def test_u8_an_empty_order_is_not_submitted(held: Cards) -> None:
    order = held.order("Абрамова")
    orders.take_out(order.requests.get().pk, by=held.chair)
    with refused("U-8"):
        orders.submit_order(order.pk, by=held.chair)


def test_u8_a_submitted_order_is_recalled_to_be_changed(held: Cards) -> None:
    order = held.submitted("Абрамова")
    with refused("U-8"):
        orders.take_out(order.requests.get().pk, by=held.chair)
    with refused("U-8"):
        orders.drop_order(order.pk, by=held.chair)
    recalled = orders.recall_order(order.pk, by=held.chair)
    assert (recalled.state, recalled.number, recalled.process_on) == ("draft", 1, None)
    assert held.order("Белова") == order
    assert orders.submit_order(order.pk, by=held.chair).number == 1
    held.order("Власова")
    with refused("U-8"):
        orders.recall_order(order.pk, by=held.chair)


def test_u8_a_dropped_order_frees_its_members(held: Cards) -> None:
    order = held.order("Абрамова")
    request = order.requests.get()
    orders.drop_order(order.pk, by=held.chair)
    assert (states([request]), CardOrder.objects.get().state) == (["cancelled"], "dropped")
    assert held.order("Абрамова") != order


def test_u8_the_region_accepts_members_and_returns_others_with_the_reason(held: Cards) -> None:
    order = held.submitted("Абрамова", "Белова")
    first, second = order.requests.order_by("pk")
    with refused("U-8", field=f"note_{first.pk}"):
        orders.check_order(order.pk, rejected={first.pk: "  "}, by=held.region)
    with refused("U-8"):
        orders.check_order(order.pk, rejected={first.pk + 1000: "Фото"}, by=held.region)
    with pytest.raises(NotAllowed):
        orders.check_order(order.pk, by=held.chair)
    checked = orders.check_order(order.pk, rejected={first.pk: " Фото нечёткое "}, by=held.region)
    assert (checked.state, states([first, second])) == ("accepted", ["rejected", "checked"])
    assert CardRequest.objects.get(pk=first.pk).note == "Фото нечёткое"
    with refused("U-8"):
        orders.check_order(order.pk, by=held.region)
    # A rejected member is ordered again, with a request that refers to the former one.
    again = held.order("Абрамова").requests.get(member=first.member)
    assert (again.replaces, again.reason) == (first, "first")


@pytest.mark.both
def test_u8_an_order_of_which_nothing_is_accepted_is_returned(held: Cards) -> None:
    order = held.submitted("Абрамова")
    rejected = {order.requests.get().pk: "Фото"}
    assert orders.check_order(order.pk, rejected=rejected, by=held.region).state == OrderState.RETURNED


def test_u8_a_valid_card_stays_until_another_one_for_a_reason_is_there(held: Cards) -> None:
    card = held.issued("Абрамова")
    for reason in ("lost", "first"):
        with refused("U-8", field="reason"):
            held.order("Абрамова", reason=reason)
    with refused("U-8", field="reason"):
        held.order("Белова", reason="name")
    request = held.order("Абрамова", reason="name").requests.get(member=card.member)
    assert (request.reason, request.replaces) == ("name", card.request)
    card.refresh_from_db()
    assert card.state == "active"


@pytest.mark.parametrize(("more", "last"), [(0, "Дом: уже нет на учёте"), (1, "и ещё 1")])
def test_u8_of_many_who_are_gone_the_first_are_named_and_the_others_counted(more: int, last: str) -> None:
    gone = [CardRequest(printed_name="Дом") for _number in range(rules.MAX_NAMED + more)]
    with refused("U-8", blockers=rules.MAX_NAMED + more) as refusal:
        rules.check_ready(gone, {})
    assert refusal.blockers[-1] == last
