"""Pages of write-offs, returns, stock-taking, destruction and balances (V-C1, V-B15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.tickets.models import Blank, BlankPaper, BlankStock
from documents.tickets.queries.balance import balance_on, below, present_balance, total_of
from documents.tickets.queries.writing_off import commission_of
from members.book.enums import EndReason
from members.meetings.models import Appeal
from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister
from registry.charters.voi import CHARTER
from registry.days import day_text
from registry.enums import Level, Role
from registry.organizations.models import BodySeat, GoverningBody, Organization
from tests.members import places
from tests.members.meetings.test_appeal_notices import excluded
from tests.members.places import signed_in
from tests.registry import trees

from .stocks import Stocks, numbers, stocks, today
from .test_writing_off import COMMISSION, check_books, counts, destroy, issue, member, move, void, write_off

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

PEOPLE = "\n".join(COMMISSION)


@pytest.fixture
def held() -> Stocks:
    return stocks()


def day() -> str:
    return day_text(today())


def test_v_c1_spoiled_blanks_are_written_off_on_a_page(held: Stocks) -> None:
    client = signed_in(held.place.chair)
    page = reverse("documents:write_off_blanks")
    assert [str(one) for one in client.get(page).context["beside"]] == ["Членский билет: № 0000101–0000200 (100)"]
    typed = {
        "kind": "ticket", "paper_kind": "spoiled", "numbers": "0000101–0000103", "note": "залиты", "made_on": day(),
        "signed_by": "",
    }  # fmt: skip
    answer = client.post(page, {**typed, "numbers": "0000099"})
    assert list(answer.context["form"].errors) == ["numbers"]
    answer = client.post(page, typed)
    act = BlankPaper.objects.get(kind="spoiled")
    assert answer["Location"] == reverse("documents:blank_paper", args=[act.pk])
    assert counts(held.place.keeper) == {"in_stock": 97, "spoiled": 3}


@pytest.mark.both
def test_v_b14_tickets_of_those_who_left_are_listed_and_collected(held: Stocks) -> None:
    stays, leaves = member(held), member(held, "Белова")
    issue(held, stays, leaves)
    client = signed_in(held.place.chair)
    page = reverse("documents:move_issued")
    shown = client.get(page).context
    assert (shown["rows"], shown["form"]["numbers"].label) == ([], "Номера")
    assert client.get(reverse("documents:blanks")).context["to_collect"] == 0
    deregister(
        leaves.pk, reason=EndReason.OWN_WISH, on=today(), paper="заявление",
        paper_card=PaperCard.HANDED, by=held.place.chair,
    )  # fmt: skip
    assert client.get(reverse("documents:blanks")).context["to_collect"] == 1
    shown = client.get(page).context
    (row,) = shown["rows"]
    assert (row.number_text, row.owner, shown["form"]["numbers"].label) == (
        "0000102",
        leaves.full_name,
        "Другие номера",
    )
    typed = {
        "kind": "ticket", "paper_kind": "return", "numbers": "", "note": "выбытие", "made_on": day(), "signed_by": "",
    }  # fmt: skip
    client.post(page, {**typed, "selected": row.pk})
    assert counts(held.place.keeper) == {"in_stock": 98, "issued": 1, "returned": 1}
    assert client.get(page).context["rows"] == []
    client.post(page, {**typed, "numbers": "0000101", "paper_kind": "lost"})
    assert counts(held.place.keeper) == {"in_stock": 98, "returned": 1, "lost": 1}
    answer = client.post(page, {**typed, "numbers": "0000103"})
    assert list(answer.context["form"].errors) == ["numbers"]
    answer = client.post(page, typed)
    assert answer.context["form"].errors == {"__all__": ["Отметьте бланки."]}
    check_books()


def test_v_c1_values_that_cannot_be_ids_are_refused(held: Stocks) -> None:
    client, page = signed_in(held.place.chair), reverse("documents:destroy_blanks")
    write_off(held, numbers(101, 101))
    posted = {"kind": "ticket", "made_on": day(), "way": "сожжены", "signed_by": PEOPLE}
    for text in ("9" * 30, "٣", "-1", "1.0"):
        assert list(client.post(page, {**posted, "selected": [text]}).context["form"].errors) == ["selected"]
    assert counts(held.place.keeper) == {"in_stock": 99, "spoiled": 1}


def test_v_b14_the_ticket_of_the_excluded_is_kept_while_an_appeal_runs(held: Stocks) -> None:
    item = excluded(held.place)
    person = item.member
    assert person is not None
    blank = Blank.objects.create(
        federation=held.place.head.federation, kind="ticket", series="Я", number=1, width=6,
        organization=held.place.keeper, state="issued", member=person,
    )  # fmt: skip
    assert [one.pk for one in Blank.objects.to_collect(held.place.keeper)] == [blank.pk]
    appeal = Appeal.objects.create(
        organization=held.place.region, against=item, member=person, received_on=today(), term_on=today(),
        person_name=person.full_name,
    )  # fmt: skip
    assert list(Blank.objects.to_collect(held.place.keeper)) == []
    Appeal.objects.filter(pk=appeal.pk).update(state="dismissed", decided_on=today())
    assert [one.pk for one in Blank.objects.to_collect(held.place.keeper)] == [blank.pk]


def test_v_c1_a_ticket_is_chosen_from_the_card(held: Stocks) -> None:
    (ticket,) = issue(held, member(held))
    client = signed_in(held.place.chair)
    page = reverse("documents:move_issued")
    assert client.get(page, {"blank": ticket.pk}).context["form"].initial["numbers"] == "0000101"
    card = reverse("members:detail", args=[ticket.member_id])
    link = f"{page}?blank={ticket.pk}"
    assert link in client.get(card).content.decode()
    assert link not in signed_in(held.place.region_chair).get(card).content.decode()
    for strange in ("", "0", "x", "9" * 30, "99999"):
        assert "numbers" not in client.get(page, {"blank": strange}).context["form"].initial


def test_v_c1_differences_are_shown_before_they_are_posted(held: Stocks) -> None:
    client = signed_in(held.place.chair)
    page = reverse("documents:count_blanks")
    typed = {
        "kind": "ticket", "how": "but", "numbers": "0000150", "note": "нет на месте", "made_on": day(),
        "signed_by": PEOPLE,
    }  # fmt: skip
    shown = client.post(page, typed).context["found"]
    assert [str(one) for one in shown.missing] == ["0000150"]
    assert not BlankPaper.objects.filter(kind="stock_taking").exists()
    # After a change of the input, the differences are shown again.
    again = client.post(page, {**typed, "numbers": "0000150\n0000151", "agreed": shown.fingerprint})
    assert [str(one) for one in again.context["found"].missing] == ["0000150–0000151 (2)"]
    answer = client.post(page, {**typed, "agreed": shown.fingerprint})
    act = BlankPaper.objects.get(kind="stock_taking")
    assert answer["Location"] == reverse("documents:blank_paper", args=[act.pk])
    assert counts(held.place.keeper) == {"in_stock": 99, "lost": 1}
    found = client.post(page, {**typed, "how": "these", "numbers": "0000101–0000200"}).context["found"]
    assert ([blank.number for blank in found.found], found.missing) == ([150], [])
    strange = client.post(page, {**typed, "how": "these", "numbers": "0000101–0000201"}).context["found"]
    assert [str(one) for one in strange.unknown] == ["0000201"]
    everything = client.post(page, {**typed, "how": "all", "numbers": ""}).context["found"]
    assert everything.count == 0
    check_books()


def test_v_b15_the_commission_is_who_sits_in_it_on_the_day(held: Stocks) -> None:
    body = GoverningBody.objects.create(organization=held.place.keeper, kind="commission", name="Комиссия по бланкам")
    day, one = dt.date(2020, 5, 20), dt.timedelta(days=1)
    for name, since, until in (
        ("Адамова А. А.", day, day), ("Белова Б. Б.", day - one, None), ("Ранняя Р. Р.", day - one, day - one),
        ("Поздняя П. П.", day + one, None),
    ):  # fmt: skip
        BodySeat.objects.create(body=body, full_name=name, since=since, until=until)
    others = GoverningBody.objects.create(organization=held.place.keeper, kind="presidium", name="Президиум")
    BodySeat.objects.create(body=others, full_name="Другая Д. Д.", since=day)
    assert commission_of(held.place.keeper, day) == ["член комиссии Адамова А. А.", "член комиссии Белова Б. Б."]
    assert commission_of(held.place.region, day) == []


def test_v_b15_void_blanks_are_ticked_and_the_commission_is_there(held: Stocks) -> None:
    keeper = held.place.keeper
    body = GoverningBody.objects.create(organization=keeper, kind="commission", name="Комиссия по бланкам")
    for duty, name, until in (
        ("член", "Абрамова А. А.", None), ("Председатель", "Яшина Я. Я.", None),
        ("член", "Бывшая Б. Б.", today() - dt.timedelta(days=1)),
    ):  # fmt: skip
        BodySeat.objects.create(
            body=body, full_name=name, duty=duty, since=today() - dt.timedelta(days=30), until=until
        )
    write_off(held, numbers(199, 200))
    (ticket,) = issue(held, member(held))
    move(held, [ticket], kind="return")  # type: ignore[arg-type]
    client = signed_in(held.place.chair)
    page = reverse("documents:destroy_blanks")
    shown = client.get(page).context
    assert [(row.number_text, row.owner, row.reason, row.since) for row in shown["rows"]] == [
        ("0000101", ticket.issue_line.full_name, "порвался", today()), ("0000199", "", "залиты водой", today()),
        ("0000200", "", "залиты водой", today()),
    ]  # fmt: skip
    assert shown["picked"] == {row.pk for row in shown["rows"]}
    assert shown["form"].initial["signed_by"] == "Председатель Яшина Я. Я.\nчлен Абрамова А. А."
    typed = {"kind": "ticket", "made_on": day(), "way": "измельчены", "signed_by": PEOPLE}
    answer = client.post(page, typed)
    assert answer.context["form"].errors == {"__all__": ["Отметьте бланки."]}
    assert answer.context["picked"] == set()
    client.post(page, {**typed, "selected": [row.pk for row in shown["rows"][:2]]})
    assert counts(keeper) == {"in_stock": 97, "spoiled": 1, "destroyed": 2}
    assert [row.number for row in client.get(page).context["rows"]] == [200]
    assert client.get(page, {"kind": "card"}).context["rows"] == []


def test_v_c1_the_keeper_is_named_on_a_page_and_loses_the_buttons(
    held: Stocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    deputy = trees.officer(held.place.keeper, Role.DEPUTY, "Замова")
    assert deputy.account is not None
    client = signed_in(held.place.chair)
    page = reverse("documents:keeper_of_blanks")
    for kind in ("ticket", "card"):
        client.post(page, {"kind": kind, "account_id": deputy.account.pk})
        assert BlankStock.objects.get(organization=held.place.keeper, kind=kind).keeper == deputy.account
    monkeypatch.setattr(Organization, "charter", property(lambda _self: replace(CHARTER, written_off_by_another=True)))
    overview = reverse("documents:blanks")
    assert signed_in(deputy).get(overview).context["may_write_off"] is False
    assert client.get(overview).context["may_write_off"] is True


# Balances ----------------------------------------------------------------------------------------------------------


def test_v_c1_the_balance_of_today_and_of_any_day_agree_number_by_number(held: Stocks) -> None:
    write_off(held, numbers(199, 200))
    issue(held, member(held))
    destroy(held, void(held))
    for place in (held.place.head, held.place.keeper):
        now, folded = present_balance(place.pk, "ticket"), balance_on(place.pk, "ticket", today())
        assert now.counts() == folded.counts()
        assert {p: now.at(p) for p in now.places} == {p: folded.at(p) for p in folded.places}
    assert balance_on(held.place.keeper.pk, "ticket", today() - dt.timedelta(days=1)).received == []


def test_v_c1_sums_agree_level_by_level_today_and_before(held: Stocks) -> None:
    place = held.place
    held.give(numbers(301, 320))
    held.receive(numbers(5001, 5010), at=place.region)
    write_off(held, numbers(199, 200))
    for on in (today(), today() - dt.timedelta(days=1)):
        top = below(place.head, "ticket", on, today())
        region = below(place.region, "ticket", on, today())
        keeper = below(place.keeper, "ticket", on, today())
        expected = {"here": 1010, "region": 130, "keeper": 120} if on == today() else dict.fromkeys(
            ("here", "region", "keeper"), 0
        )  # fmt: skip
        assert total_of(top).received == expected["here"]
        assert sum(row.received for row in top if row.organization == place.region) == expected["region"]
        assert total_of(region).received == expected["region"]
        assert total_of(keeper).received == expected["keeper"]
        if on == today():
            (row,) = [row for row in top if row.organization == place.region]
            assert row.counts == total_of(region).counts
            assert total_of(region).counts["spoiled"] == 2


@pytest.mark.both
def test_v_c1_the_page_of_a_balance_shows_places_and_those_below(held: Stocks) -> None:
    write_off(held, numbers(200, 200))
    client = signed_in(held.head_chair)
    own = reverse("documents:blank_balance", args=[held.place.head.pk])
    shown = client.get(own).context
    assert [(label, count) for label, count, _ranges, _more in shown["places"]] == [
        ("На складе", 900),
        ("Передано", 100),
    ]
    assert [row[0] for row in shown["rows"]] == [held.place.head, held.place.region]
    keeper = client.get(reverse("documents:blank_balance", args=[held.place.keeper.pk])).context
    assert [(label, count) for label, count, _ranges, _more in keeper["places"]] == [
        ("На складе", 99),
        ("Испорчено", 1),
    ]
    before = client.get(own, {"on": day_text(today() - dt.timedelta(days=1))}).context
    assert (before["places"], before["day"]) == ([], today() - dt.timedelta(days=1))
    # A future day is replaced by today.
    assert client.get(own, {"on": day_text(today() + dt.timedelta(days=1))}).context["day"] == today()
    assert signed_in(held.place.chair).get(own).status_code == 404


def test_v_c1_a_federation_without_blanks_has_no_balance() -> None:
    union = places.union()
    page = reverse("documents:blank_balance", args=[union.keeper.pk])
    assert signed_in(union.chair).get(page).status_code == 404


@pytest.mark.both
def test_v_c1_a_balance_takes_the_same_queries_for_many_organisations(held: Stocks) -> None:
    client = signed_in(held.head_chair)
    page = reverse("documents:blank_balance", args=[held.place.head.pk])
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for number in range(3):
        region = trees.below(held.place.head, Level.REGIONAL, f"РО {number}")
        BlankStock.objects.create(organization=region, kind="ticket", received=5, in_stock=5)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(page).context["rows"]) == 5
    assert len(many) == len(few)
