"""The path of a blank: from the head to a member, the new ticket replacing it, its destruction (V-B5, V-B15, V-C1)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from playwright.sync_api import Page, expect

from documents.tickets.enums import PaperKind
from documents.tickets.models import Blank, BlankPaper
from members.meetings.enums import ItemKind
from members.meetings.transitions.agenda import put_on
from members.meetings.transitions.decisions import put_forward
from members.people.models import Member
from registry.access import Actor
from registry.organizations.models import Organization
from tests.documents.tickets.stocks import empty
from tests.members import sessions
from tests.members.places import Place

from .conftest import OpenWindow
from .steps import follow, press, ru, wrong


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)


def hand_down(page: Page, receiver: Organization, numbers: str) -> None:
    page.goto("/papers/blanks/")
    follow(page, "Hand blanks down")
    page.locator("main [name=kind]").select_option("ticket")
    page.locator("main [name=receiver]").select_option(str(receiver.pk))
    fill(page, numbers=numbers, made_on=f"{timezone.localdate():%d.%m.%Y}")
    press(page, "Hand down")


def confirm(page: Page) -> None:
    page.goto("/papers/blanks/")
    follow(page, "Compare and confirm")
    expect(page.locator("main [name=made_on]")).to_have_value(f"{timezone.localdate():%d.%m.%Y}")
    press(page, "Confirm")
    expect(page.get_by_text(ru("The blanks are in your stock."))).to_be_visible()


def issue(page: Page, member: Member) -> None:
    page.goto("/papers/blanks/")
    follow(page, "Issue tickets")
    page.get_by_role("row", name=member.full_name).get_by_role("checkbox").check()
    press(page, "Prepare the sheet")
    expect(page.get_by_role("rowheader", name=member.full_name)).to_be_visible()
    press(page, "Post the sheet")
    expect(page.get_by_text(ru("The tickets are issued, their numbers are on the cards."))).to_be_visible()


def decide(place: Place, by: Actor, member: Member) -> None:
    """Let the body decide on a new ticket; its pages have separate tests."""
    today = timezone.localdate()
    item = put_forward(
        organization=place.keeper, kind=ItemKind.DUPLICATE, title="О дубликате", member=member, ticket_reason="damaged",
        statement_on=today, filed_on=today, by=by,
    )  # fmt: skip
    meeting = sessions.planned(place.keeper, by, held_on=today, starts_at=dt.time(0, 1))
    put_on(meeting.pk, items=[item.pk], by=by)
    sessions.held(meeting, by)
    sessions.decided(item, by)


def destroy(page: Page) -> None:
    """Destroy the only void blank by an act of the commission."""
    page.goto("/papers/blanks/")
    page.get_by_text(ru("Actions"), exact=True).first.click()
    follow(page, "Destroy void blanks")
    expect(page.get_by_role("rowheader", name="АБ 000021")).to_be_visible()
    fill(page, way="разрезан", signed_by="председатель Громов Г. Г.\nчлен комиссии Швец Ш. Ш.")
    press(page, "Post the act")
    expect(page.get_by_text(ru("The act is posted. Print it and have it signed."))).to_be_visible()


def test_v_c1_a_blank_goes_from_the_head_to_a_member_is_replaced_and_destroyed(window: OpenWindow) -> None:
    held = empty()
    place = held.place
    member = place.put(ticket_number="")
    head, region, chair = window(held.head_chair), window(place.region_chair), window(place.chair)

    head.goto("/papers/blanks/")
    head.get_by_text(ru("Actions"), exact=True).first.click()
    follow(head, "Receive blanks")
    head.locator("main [name=kind]").select_option("ticket")
    fill(
        head, numbers="АБ 000001–000100", source="Типография", number="17",
        made_on=f"{timezone.localdate():%d.%m.%Y}",
    )  # fmt: skip
    press(head, "Put into stock")
    hand_down(head, place.region, "АБ 000011–000050")
    confirm(region)
    hand_down(region, place.keeper, "АБ 000021–000030")
    confirm(chair)

    issue(chair, member)
    follow(chair, member.full_name)
    # In the notation of a number typed on a card.
    expect(chair.get_by_text("АБ000021").first).to_be_visible()
    decide(place, place.chair, member)
    chair.goto("/")
    expect(chair.get_by_text("Выдать 1 билет взамен прежнего").first).to_be_attached()
    issue(chair, member)
    chair.goto("/papers/blanks/journal/")
    assert [row.inner_text() for row in chair.locator("tbody th").all()] == ["АБ 000021", "АБ 000022"]
    issued = Blank.objects.filter(organization=place.keeper).order_by("number")
    assert list(issued.values_list("number", "state")) == [(21, "cancelled"), (22, "issued")]

    destroy(chair)
    assert list(issued.values_list("number", "state")) == [(21, "destroyed"), (22, "issued")]
    act = BlankPaper.objects.get(kind=PaperKind.DESTRUCTION)
    assert act.signed_by == ["председатель Громов Г. Г.", "член комиссии Швец Ш. Ш."]
    expect(chair.get_by_role("button", name=ru("Print"))).to_be_visible()
    # Nothing is left to destroy.
    chair.goto("/papers/blanks/destroy/")
    expect(chair.get_by_text(ru("No void blanks wait."))).to_be_visible()
    assert wrong() == {}
