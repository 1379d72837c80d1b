"""Pages of issuing, numbers on cards and the ticket journal; tasks about blanks (V-C1, V-C3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.tickets.enums import PaperState
from documents.tickets.models import BlankPaper
from documents.tickets.tasks import acts_not_confirmed, acts_to_confirm, new_tickets_to_issue, sheets_to_post
from documents.tickets.transitions.issuing import take_over_tickets
from members.people.models import Member
from members.people.tasks import tickets_to_give
from registry.access import Actor
from registry.tasks import Task
from tests.members import places
from tests.members.places import signed_in

from .stocks import Stocks, empty, numbers, stocks, today
from .test_issuing import decide_duplicate, issue, prepare, put

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

WAITING, JOURNAL, OPENING = "documents:issue_blanks", "documents:ticket_journal", "documents:take_over_tickets"


@pytest.fixture
def held() -> Stocks:
    return stocks()


def shown(answer: Any) -> list[tuple[str, list[str]]]:
    return [(name.split()[0], [cell.text for cell in cells]) for _pk, _url, name, cells in answer.context["rows"]]


@pytest.mark.both
def test_v_c3_the_page_shows_who_waits_and_why(held: Stocks) -> None:
    put(held, "Белова")
    put(held, "Власова", ticket_number="77")
    decide_duplicate(held, put(held, "Абрамова", ticket_number="0104512"))
    client, page = signed_in(held.place.chair), reverse(WAITING)
    ground = f"протокол от {today():%d.%m.%Y}"
    assert shown(client.get(page)) == [
        ("Абрамова", ["Утерян", ground, "0104512"]),
        ("Белова", ["Первый билет", "", ""]),
    ]
    assert [name for name, _cells in shown(client.get(page, {"why": "first"}))] == ["Белова"]
    assert [name for name, _cells in shown(client.get(page, {"why": "duplicate"}))] == ["Абрамова"]
    assert [name for name, _cells in shown(client.get(page, {"q": "абр"}))] == ["Абрамова"]
    assert [name for name, _cells in shown(client.get(page, {"kind": "card"}))] == ["Абрамова", "Белова", "Власова"]


@pytest.mark.both
@pytest.mark.parametrize(("chosen", "names"), [("one", ["Белова"]), ("all", ["Абрамова", "Белова"])])
def test_v_c3_a_sheet_goes_from_page_to_page(held: Stocks, chosen: str, names: list[str]) -> None:
    put(held, "Абрамова")
    member = put(held, "Белова")
    client = signed_in(held.place.chair)
    answer = client.post(reverse(WAITING), {"all": "1"} if chosen == "all" else {"selected": member.pk})
    page = answer["Location"]
    sheet = client.get(page).context
    assert ([line.full_name.split()[0] for line in sheet["lines"]], sheet["short"]) == (names, False)
    assert sheet["post_form"].initial == {"made_on": today()}
    client.post(page + "post/", {"made_on": f"{today():%d.%m.%Y}"})
    sheet = client.get(page).context
    assert "post_form" not in sheet
    assert [str(line.blank) for line in sheet["lines"]] == ["0000101", "0000102"][: len(names)]
    assert Member.objects.get(pk=member.pk).ticket_number == f"000010{len(names)}"


@pytest.mark.both
def test_v_c3_choosing_all_takes_everybody_found_by_the_filter(held: Stocks) -> None:
    put(held, "Абрамова")
    decide_duplicate(held, put(held, "Белова", ticket_number="0104512"))
    client = signed_in(held.place.chair)
    client.post(reverse(WAITING) + "?why=duplicate", {"all": "1"})
    assert [line.full_name.split()[0] for line in BlankPaper.objects.get(kind="issue").lines.all()] == ["Белова"]


def test_v_c3_a_dropped_sheet_issues_nothing_and_a_short_stock_is_told_before(held: Stocks) -> None:
    bare = empty()
    member = put(bare, "Абрамова")
    client = signed_in(bare.place.chair)
    page = client.post(reverse(WAITING), {"selected": member.pk})["Location"]
    assert client.get(page).context["short"] is True
    answer = client.post(page + "post/", {"made_on": f"{today():%d.%m.%Y}"}, follow=True)
    assert "Бланков на складе: 0, для ведомости нужно: 1." in answer.content.decode()
    client.post(page + "drop/")
    assert BlankPaper.objects.get(organization=bare.place.keeper).state == PaperState.DROPPED


@pytest.mark.both
def test_v_c3_the_list_of_members_prepares_a_sheet_of_those_who_wait(held: Stocks) -> None:
    waits, holder = put(held, "Абрамова"), put(held, "Белова", ticket_number="77")
    client, listing = signed_in(held.place.chair), reverse("members:list")
    assert client.get(listing).context["may"]["tickets"] is True
    answer = client.post(reverse("documents:issue_chosen"), {"selected": [waits.pk, holder.pk]}, follow=True)
    assert [line.member for line in answer.context["lines"]] == [waits]
    assert "1 из отмеченных с билетом, в ведомость не входит." in answer.content.decode()
    for nobody in ({"selected": [holder.pk]}, {}):
        answer = client.post(reverse("documents:issue_chosen") + "?q=бел", nobody)
        assert answer["Location"].startswith(listing)
    assert BlankPaper.objects.filter(kind="issue").count() == 1


def test_v_c1_the_list_of_members_offers_tickets_only_where_they_are_blanks(held: Stocks) -> None:
    assert signed_in(places.union().chair).get(reverse("members:list")).context["may"]["tickets"] is False
    assert signed_in(held.place.region_chair).get(reverse("members:list")).context["may"]["tickets"] is False


def test_v_c1_pages_of_issuing_are_for_those_who_keep_cards_and_blanks(held: Stocks) -> None:
    for page in (reverse(WAITING), reverse(OPENING)):
        assert signed_in(held.place.chair).get(page).status_code == 200
        assert signed_in(held.place.region_chair).get(page).status_code == 404
        assert signed_in(held.place.reviewer).get(page).status_code == 403
    paper = prepare(held, put(held, "Абрамова"))
    sheet = reverse("documents:blank_paper", args=[paper.pk])
    assert "post_form" not in signed_in(held.place.reviewer).get(sheet).context
    assert signed_in(held.place.reviewer).post(sheet + "post/").status_code == 403


def test_v_c1_the_opening_names_conflicts_and_takes_the_rest_over(held: Stocks) -> None:
    put(held, "Абрамова", ticket_number="9000001")
    wrong = put(held, "Белова")
    # Typed before the blanks were received.
    Member.objects.filter(pk=wrong.pk).update(ticket_number="0000150")
    client, page = signed_in(held.place.chair), reverse(OPENING)
    seen = client.get(page)
    assert (seen.context["count"], seen.context["conflicts"]) == (
        1, [(wrong, "бланк с этим номером числится на складе")],
    )  # fmt: skip
    assert reverse("members:detail", args=[wrong.pk]) in seen.content.decode()
    client.post(page, {"made_on": f"{today():%d.%m.%Y}"})
    assert client.get(page).context["count"] == 0
    refusal = client.post(page, {"made_on": f"{today():%d.%m.%Y}"})
    assert refusal.context["form"].errors


# The journal


def test_v_c3_the_journal_has_every_issued_number_in_order_with_its_state(held: Stocks) -> None:
    first, second = put(held, "Яковлева"), put(held, "Абрамова")
    issue(held, first)
    issue(held, second)
    decide_duplicate(held, first)
    issue(held, first)
    rows = signed_in(held.place.chair).get(reverse(JOURNAL)).context["rows"]
    assert [(str(line.blank), line.member, line.blank.state, str(void or "")) for line, void in rows] == [
        ("0000101", first, "lost", "ведомость выдачи № 3"),
        ("0000102", second, "issued", ""),
        ("0000103", first, "issued", ""),
    ]


@pytest.mark.both
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("0000102", ["0000102"]), ("102", ["0000102"]), ("№ 0000101", ["0000101"]), ("Б 102", []), ("10", []),
        ("яков", ["0000101"]), ("Абрамова Ал", ["0000102"]), ("никто", []),
    ],
)  # fmt: skip
def test_v_c3_the_journal_is_searched_by_number_and_name(held: Stocks, asked: str, found: list[str]) -> None:
    issue(held, put(held, "Яковлева"))
    issue(held, put(held, "Абрамова"))
    rows = signed_in(held.place.chair).get(reverse(JOURNAL), {"q": asked}).context["rows"]
    assert [str(line.blank) for line, _void in rows] == found


def test_v_c3_superiors_see_the_journals_below_and_neighbours_none(held: Stocks) -> None:
    issue(held, put(held, "Абрамова"))
    assert len(signed_in(held.place.region_chair).get(reverse(JOURNAL)).context["rows"]) == 1
    stranger = empty()
    assert signed_in(stranger.head_chair).get(reverse(JOURNAL)).context["rows"] == []


@pytest.mark.both
def test_v_c3_the_journal_takes_the_same_queries_for_many_lines(held: Stocks) -> None:
    client = signed_in(held.place.chair)
    people = [put(held, surname) for surname in ("Абрамова", "Белова", "Власова", "Громова")]
    for member in people[:2]:
        issue(held, member)
        decide_duplicate(held, member)
        issue(held, member)
    assert steady(lambda: client.get(reverse(JOURNAL)), lambda: issue(held, *people[2:]))


def steady(ask: Callable[[], Any], more: Callable[[], Any]) -> bool:
    ask()
    with CaptureQueriesContext(connection) as few:
        ask()
    more()
    with CaptureQueriesContext(connection) as many:
        ask()
    return len(few) == len(many)


def test_v_c3_the_page_of_issuing_takes_the_same_queries_for_many(held: Stocks) -> None:
    client = signed_in(held.place.chair)
    put(held, "Абрамова")
    assert steady(lambda: client.get(reverse(WAITING)), lambda: [put(held, name) for name in ("Белова", "Власова")])


@pytest.mark.both
def test_v_c3_the_card_shows_its_blanks_the_valid_one_first(held: Stocks) -> None:
    member = put(held, "Абрамова")
    page, client = reverse("members:detail", args=[member.pk]), signed_in(held.place.chair)
    assert client.get(page).context["blanks"] == []
    issue(held, member)
    decide_duplicate(held, member, "damaged")
    sheet = issue(held, member)
    blanks = client.get(page).context["blanks"]
    assert [(str(blank), blank.state, seen) for blank, _line, seen in blanks] == [
        ("0000102", "issued", True),
        ("0000101", "cancelled", True),
    ]
    assert reverse("documents:blank_paper", args=[sheet.pk]) in client.get(page).content.decode()


# Tasks


def texts(provide: Callable[[Actor, dt.date], list[Task]], actor: Actor) -> list[tuple[str, str]]:
    return [(task.text, task.action_url) for task in provide(actor, today())]


def test_v_c3_tickets_to_give_lead_to_the_sheet_where_blanks_are_in_stock(held: Stocks) -> None:
    put(held, "Абрамова")
    page = reverse(WAITING) + "?kind=ticket&why=first"
    assert texts(tickets_to_give, held.place.chair) == [("Выдать 1 членский билет", page)]
    issue(held, Member.objects.get(surname="Абрамова"))
    assert texts(tickets_to_give, held.place.chair) == []
    bare = empty()
    put(bare, "Белова")
    assert texts(tickets_to_give, bare.place.chair)[0][1] == reverse("members:list") + "?ticket=no"


def test_v_b5_a_decided_duplicate_is_a_task_until_it_is_issued(held: Stocks) -> None:
    member = put(held, "Абрамова", ticket_number="0104512")
    assert texts(new_tickets_to_issue, held.place.chair) == []
    decide_duplicate(held, member)
    page = reverse(WAITING) + "?kind=ticket&why=duplicate"
    assert texts(new_tickets_to_issue, held.place.chair) == [("Выдать 1 билет взамен прежнего", page)]
    issue(held, member)
    assert texts(new_tickets_to_issue, held.place.chair) == []


def test_v_c1_the_receiver_confirms_within_a_fortnight_and_then_the_giver_asks(held: Stocks) -> None:
    act = held.hand_down(numbers(201, 300))
    (task,) = acts_to_confirm(held.place.region_chair, today())
    assert (task.text, task.due) == ("Подтвердить получение бланков по 1 акту", today() + dt.timedelta(days=14))
    assert texts(acts_to_confirm, held.head_chair) == []
    for days, told in ((14, []), (15, ["Не подтверждён 1 акт передачи бланков"])):
        BlankPaper.objects.filter(pk=act.pk).update(made_on=today() - dt.timedelta(days=days))
        assert [text for text, _url in texts(acts_not_confirmed, held.head_chair)] == told
    assert texts(acts_not_confirmed, held.place.region_chair) == []


def test_v_c3_a_sheet_in_preparation_is_a_task(held: Stocks) -> None:
    assert texts(sheets_to_post, held.place.chair) == []
    prepare(held, put(held, "Абрамова"))
    assert texts(sheets_to_post, held.place.chair) == [("Провести 1 ведомость выдачи", reverse(WAITING))]


@pytest.mark.both
def test_v_c1_what_was_taken_over_stands_in_the_journal_without_a_day_of_issue(held: Stocks) -> None:
    put(held, "Абрамова", ticket_number="9000001")
    take_over_tickets(held.place.keeper.pk, made_on=today(), by=held.place.chair)
    answer = signed_in(held.place.chair).get(reverse(JOURNAL))
    ((line, void),) = answer.context["rows"]
    assert (str(line.blank), line.was_issued, void) == ("9000001", False, None)
