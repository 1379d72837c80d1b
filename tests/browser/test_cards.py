"""An electronic card from both consents to «ВЫДАН», and the message to the bonus programme (U-7 to U-10)."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from documents.ecards.models import CardAnswer, CardBatch, CardRequest, ElectronicCard
from documents.exchange import jobs
from members.people.models import Member
from members.people.transitions.cards import put_photo
from registry.enums import Level
from registry.jobs import queue
from registry.jobs.models import Job
from tests.documents.ecards.cards_world import Cards, jpeg, number
from tests.documents.ecards.test_batches import workbook
from tests.documents.exchange.consenting import entry_of, switched_on
from tests.documents.exchange.programme import running
from tests.members import places
from tests.registry import trees

from .conftest import OpenWindow
from .steps import follow, press, ru, wrong

pytestmark = pytest.mark.usefixtures("own_files")


def sign(page: Page, member: Member, purpose: str) -> None:
    """Mark the consent for the purpose as signed on its page."""
    page.goto(f"/papers/consents/members/{member.pk}/?purpose={purpose}")
    page.locator("main [name=given]").check()
    page.locator("main [name=signed_on]").fill(f"{timezone.localdate():%d.%m.%Y}")
    # In this world, cards have no identity paper.
    page.locator("main [name=by_hand]").check()
    press(page, "Mark the consent as signed")


def tick(page: Page, member: Member) -> None:
    page.get_by_role("row", name=member.full_name).get_by_role("checkbox").check()


def test_u8_a_card_goes_from_both_consents_to_its_owner(window: OpenWindow) -> None:
    place = places.union()
    member = place.put()
    put_photo(member.pk, jpeg=jpeg(), by=place.chair)
    chair, region = window(place.chair), window(place.region_chair)

    # Both consents are missing, and the list links to the pages where they are marked.
    chair.goto("/papers/cards/choose/?who=lacking")
    expect(chair.get_by_role("link", name="не подписано согласие на обработку")).to_be_visible()
    for purpose in ("processing", "transfer"):
        sign(chair, member, purpose)
    chair.goto("/papers/cards/")
    follow(chair, "Order cards")
    tick(chair, member)
    press(chair, "Put into the order")
    follow(chair, "Submit the order")
    press(chair, "Submit the order")
    expect(chair.get_by_text(ru("The order is submitted."))).to_be_visible()

    region.goto("/papers/cards/")
    region.get_by_role("link", name="Заявка на электронные билеты № 1").click()
    press(region, "Accept the others")
    region.goto("/papers/cards/")
    press(region, "Make the consolidated order")
    follow(region, "Send the order")
    press(region, "Send the order")
    request = CardRequest.objects.get(member=member)
    batch = CardBatch.objects.get(pk=request.batch_id)
    follow(region, "Load the answer")
    rows = [(request.pk, number(1), "изготовлена", ""), (10**9, number(2), "изготовлена", "")]
    region.locator("main [name=file]").set_input_files(
        {"name": "answer.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(*rows)}
    )
    press(region, "Load")
    expect(region.get_by_text("такой карты в заявке нет").last).to_be_visible()

    region.goto("/papers/cards/")
    follow(region, "Enter a parcel")
    region.locator("main [name=tracking]").fill("RA 123 456 789 RU")
    press(region, "Enter the parcel")
    follow(region, "Compare and confirm")
    press(region, "Confirm the receipt")
    region.goto("/papers/cards/")
    follow(region, "Hand cards over")
    tick(region, member)
    region.locator("main [name=receiver]").select_option(str(place.keeper.pk))
    press(region, "Make the act")

    chair.goto("/")
    expect(chair.get_by_text("Подтвердить получение 1 посылки с электронными билетами").first).to_be_attached()
    chair.goto("/papers/cards/")
    follow(chair, "Compare and confirm")
    press(chair, "Confirm the receipt")
    chair.goto("/papers/cards/")
    follow(chair, "Hand out cards")
    tick(chair, member)
    press(chair, "Mark as handed out")
    expect(chair.get_by_text(ru("The cards are handed out: ВЫДАН."))).to_be_visible()
    chair.goto(f"/members/{member.pk}/")
    expect(chair.get_by_text("ВЫДАН").first).to_be_visible()

    card = ElectronicCard.objects.get(member=member)
    assert (card.state, card.member, card.request.batch, card.request.number) == ("active", member, batch, number(1))
    public = window(None)
    public.goto(f"/c/{card.request.code}/")
    expect(public.get_by_text("Билет действует.")).to_be_visible()
    expect(public.get_by_text("А. М. Н.")).to_be_visible()
    assert member.surname not in public.content()

    # The consent to the transfer put a message into the outbox; a server on loopback receives it.
    with running() as programme:
        switched_on(place, programme.url)
        jobs.start_deliveries(timezone.now())
        queue.run_job.call(str(Job.objects.get(kind=jobs.DELIVER).pk))
        assert len(programme.received) == 1
    chair.goto("/papers/programme/?show=confirmed")
    expect(chair.get_by_role("row", name=member.full_name)).to_be_visible()
    assert (entry_of(member).state, entry_of(member).outcome) == ("confirmed", "done")
    assert wrong() == {}


def load(page: Page, *rows: tuple[object, ...]) -> list[list[str]]:
    """Load an answer of the producer on the page of the consolidated order; return line and result of each row."""
    follow(page, "Load the answer")
    page.locator("main [name=file]").set_input_files(
        {"name": "answer.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(*rows)}
    )
    press(page, "Load")
    expect(page.get_by_role("heading", name=ru("Line by line"))).to_be_visible()
    found = page.locator("main tbody tr").all()
    return [[row.locator("th").inner_text(), row.locator(".pill").inner_text()] for row in found]


def test_u8_the_region_consolidates_orders_drops_one_and_loads_an_answer_twice(window: OpenWindow) -> None:
    place = places.union()
    there = trees.below(place.region, Level.PRIMARY, "ППО школы № 7")
    other = places.Place(
        place.head, place.region, trees.again(there), [], trees.officer(there), place.region_chair, place.chair
    )
    for held, names in ((Cards(place), ("Абрамова", "Белова", "Власова")), (Cards(other), ("Громова",))):
        for name in names:
            held.put(name)
        held.submitted(*names)
    region = window(place.region_chair)

    # One member is not accepted; those of both organisations that are accepted are consolidated.
    region.goto("/papers/cards/")
    region.get_by_role("row", name=place.keeper.short_name).get_by_role("link").click()
    region.get_by_role("row", name="Власова").get_by_role("textbox").fill("Фотография нечёткая")
    press(region, "Accept the others")
    expect(region.get_by_text("Фотография нечёткая")).to_be_visible()
    region.goto("/papers/cards/")
    region.get_by_role("row", name=there.short_name).get_by_role("link").click()
    press(region, "Accept the others")
    region.goto("/papers/cards/")
    press(region, "Make the consolidated order")
    names = [row.inner_text().split()[0] for row in region.locator("main tbody th").all()]
    assert names == ["Абрамова", "Белова", "Громова"]

    # A dropped order leaves the overview, and its members are gathered again.
    press(region, "Drop the order")
    expect(
        region.get_by_text(ru("The consolidated order is dropped; its requests are accepted again."))
    ).to_be_visible()
    expect(region.get_by_role("link", name=ru("Consolidated order"))).to_have_count(0)
    press(region, "Make the consolidated order")
    follow(region, "Send the order")
    press(region, "Send the order")
    batch = CardBatch.objects.get(organization=place.region, state="sent")
    first, second, third = CardRequest.objects.filter(batch=batch).order_by("position")

    rows = [
        (first.pk, number(1), "изготовлена", ""), (first.pk, number(1), "изготовлена", ""),
        (second.pk, number(1), "изготовлена", ""), (10**9, number(2), "изготовлена", ""),
    ]  # fmt: skip
    region.goto(f"/papers/cards/batches/{batch.pk}/")
    assert load(region, *rows) == [
        ["строка 4", "номер принадлежит другой карте"], ["строка 5", "такой карты в заявке нет"],
        ["строка 2", "изготовлена"], ["строка 3", "повторяет строку выше"],
    ]  # fmt: skip
    expect(region.get_by_text("2 строки не учтены")).to_be_visible()
    expect(region.get_by_text("нет сведений о 2 картах")).to_be_visible()

    # Loading the same file again changes nothing; the remaining results come later.
    before = list(CardRequest.objects.filter(batch=batch).order_by("pk").values())
    region.goto(f"/papers/cards/batches/{batch.pk}/")
    again = load(region, *rows)
    assert [outcome for _line, outcome in again][2:] == ["учтено раньше", "учтено раньше"]
    assert list(CardRequest.objects.filter(batch=batch).order_by("pk").values()) == before
    region.goto(f"/papers/cards/batches/{batch.pk}/")
    rest = [(second.pk, "", "не изготовлена", "брак фотографии"), (third.pk, number(3), "изготовлена", "")]
    assert [outcome for _line, outcome in load(region, *rest)] == ["не изготовлена", "изготовлена"]
    region.goto(f"/papers/cards/batches/{batch.pk}/")
    expect(region.get_by_text("брак фотографии")).to_be_visible()
    found = [CardRequest.objects.get(pk=one.pk).state for one in (first, second, third)]
    assert (found, CardAnswer.objects.filter(batch=batch).count()) == (["made", "failed", "made"], 3)
    assert wrong() == {}
