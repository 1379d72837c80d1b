"""Pages of blanks in stock (V-C1)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.tickets.models import BlankPaper, BlankRange
from documents.tickets.transitions.issuing import prepare_issue
from tests.members import places
from tests.members.places import signed_in

from .stocks import Stocks, numbers, stocks, today

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def held() -> Stocks:
    return stocks()


def in_stock(held: Stocks, name: str) -> list[str]:
    found = BlankRange.objects.in_stock().filter(organization=getattr(held.place, name))
    return [str(one) for one in found.order_by("series", "first")]


def test_v_c1_blanks_are_received_on_a_page_and_an_error_keeps_what_was_typed(held: Stocks) -> None:
    client = signed_in(held.head_chair)
    page = reverse("documents:receive_blanks")
    typed = {
        "kind": "ticket", "numbers": "0001001–0001100\n0000500", "source": "Типография", "number": "18",
        "made_on": f"{today():%d.%m.%Y}", "note": "",
    }  # fmt: skip
    answer = client.post(page, typed)
    assert answer.context["form"].errors == {
        "numbers": ["Часть номеров 0000500 уже есть в реестре. Сверьте серию и номера."]
    }
    assert "0001001–0001100\n0000500" in answer.content.decode()
    answer = client.post(page, {**typed, "numbers": "0001001–0001100"})
    paper = BlankPaper.objects.get(number="18")
    assert answer["Location"] == reverse("documents:blank_paper", args=[paper.pk])
    assert in_stock(held, "head")[-1] == "0000201–0001100 (900)"


def test_v_c1_an_act_goes_from_page_to_page(held: Stocks) -> None:
    giver, receiver = signed_in(held.head_chair), signed_in(held.place.region_chair)
    answer = giver.post(
        reverse("documents:hand_down_blanks"),
        {
            "kind": "ticket", "receiver": held.place.region.pk, "numbers": "0000201-0000300",
            "made_on": f"{today():%d.%m.%Y}", "note": "",
        },
    )  # fmt: skip
    page = answer["Location"]
    assert giver.get(page).context["may_take_back"] is True
    assert giver.get(page).context["form"] is None
    assert [act.pk for act in receiver.get(reverse("documents:blanks")).context["to_confirm"]] == [
        BlankPaper.objects.latest("pk").pk
    ]
    shown = receiver.get(page).context
    assert (shown["form"].initial, shown["may_take_back"]) == (
        {"accepted": "0000201–0000300 (100)", "made_on": today()}, False,
    )  # fmt: skip
    receiver.post(page + "confirm/", {"accepted": "0000201–0000299", "made_on": f"{today():%d.%m.%Y}"})
    assert in_stock(held, "region") == ["0000201–0000299 (99)"]
    assert in_stock(held, "head") == ["0000001–0000100 (100)", "0000300–0001000 (701)"]
    assert receiver.get(page).context["form"] is None


def test_v_c1_only_an_organisation_with_blanks_has_the_pages() -> None:
    union = places.union()
    assert signed_in(union.chair).get(reverse("documents:blanks")).status_code == 404


def test_v_c1_a_neighbour_sees_no_paper_and_a_reviewer_changes_nothing(held: Stocks) -> None:
    act = held.hand_down(numbers(201, 300))
    page = reverse("documents:blank_paper", args=[act.pk])
    assert signed_in(held.place.chair).get(page).status_code == 404
    reviewer = signed_in(held.place.reviewer)
    assert reviewer.get(reverse("documents:blanks")).context["may_keep"] is False
    assert reviewer.get(reverse("documents:receive_blanks")).status_code == 403
    assert reviewer.post(page + "confirm/", {"accepted": "0000201"}).status_code == 403


@pytest.mark.both
def test_v_c1_the_overview_takes_the_same_queries_for_many_papers(held: Stocks) -> None:
    client = signed_in(held.head_chair)
    client.get(reverse("documents:blanks"))

    with CaptureQueriesContext(connection) as few:
        client.get(reverse("documents:blanks"))
    for number in range(3):
        held.hand_down(numbers(300 + 2 * number, 300 + 2 * number))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("documents:blanks"))
    assert len(many) == len(few)


def test_v_c1_what_was_typed_stays_when_a_confirmation_or_an_issue_is_refused(held: Stocks) -> None:
    act = held.hand_down(numbers(201, 300))
    receiver, page = signed_in(held.place.region_chair), reverse("documents:blank_paper", args=[act.pk])
    for typed, at, said in (
        ("0000201 что-то", ["accepted"], "В номере бланка не больше"),
        ("0000199–0000300", [], "в этом акте нет"),
    ):
        shown = receiver.post(page + "confirm/", {"accepted": typed, "made_on": f"{today():%d.%m.%Y}"})
        assert (shown.status_code, list(shown.context["form"].errors)) == (200, at)
        assert said in shown.content.decode()
        assert f">\n{typed}</textarea>" in shown.content.decode()
    assert in_stock(held, "region") == []
    member = held.place.put(ticket_number="")
    sheet = prepare_issue(
        held.place.keeper.pk, kind="ticket", members=[member.pk], made_on=today(), by=held.place.chair
    )
    chair, page = signed_in(held.place.chair), reverse("documents:blank_paper", args=[sheet.pk])
    ahead = f"{today() + dt.timedelta(days=1):%d.%m.%Y}"
    for typed in (ahead, "31.02.2020"):
        shown = chair.post(page + "post/", {"made_on": typed})
        assert (shown.status_code, list(shown.context["post_form"].errors)) == (200, ["made_on"])
        assert f'value="{typed}"' in shown.content.decode()
    assert chair.post(page + "post/", {"made_on": f"{today():%d.%m.%Y}"}).status_code == 302
    again = chair.post(page + "post/", {"made_on": f"{today():%d.%m.%Y}"})
    assert "Документ уже нельзя изменить" in again.content.decode()


def test_v_c1_the_only_receiver_is_chosen_already() -> None:
    held = stocks()
    address = reverse("documents:hand_down_blanks")
    back = signed_in(held.place.chair).get(address).context["form"]["receiver"]
    assert back.value() == held.place.region.pk
    below = signed_in(held.place.region_chair).get(address).context["form"]["receiver"]
    assert (below.value(), len(below.field.choices)) == (None, 3)
