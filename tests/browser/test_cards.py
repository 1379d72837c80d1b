"""An electronic card from both consents to «ВЫДАН», and the message to the programme (U-7 to U-10)."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from documents.ecards.models import CardBatch, CardRequest, ElectronicCard
from documents.exchange import jobs
from members.people.models import Member
from members.people.transitions.cards import put_photo
from registry.jobs import queue
from registry.jobs.models import Job
from tests.documents.ecards.cards_world import jpeg, number
from tests.documents.ecards.test_batches import workbook
from tests.documents.exchange.consenting import entry_of, switched_on
from tests.documents.exchange.programme import running
from tests.members import places

from .conftest import OpenWindow
from .steps import follow, press, ru, wrong

pytestmark = pytest.mark.usefixtures("own_files")


def sign(page: Page, member: Member, purpose: str) -> None:
    """Mark the consent for the purpose as signed on its page."""
    page.goto(f"/papers/consents/members/{member.pk}/?purpose={purpose}")
    page.locator("main [name=given]").check()
    page.locator("main [name=signed_on]").fill(f"{timezone.localdate():%d.%m.%Y}")
    # The card of this world lacks the identity paper.
    page.locator("main [name=by_hand]").check()
    press(page, "Mark the consent as signed")


def tick(page: Page, member: Member) -> None:
    page.get_by_role("row", name=member.full_name).get_by_role("checkbox").check()


def test_u8_a_card_goes_from_both_consents_to_its_owner(window: OpenWindow) -> None:
    place = places.union()
    member = place.put()
    put_photo(member.pk, jpeg=jpeg(), by=place.chair)
    chair, region = window(place.chair), window(place.region_chair)

    # Both consents are lacking, and the list says where they are marked.
    chair.goto("/papers/cards/choose/?who=lacking")
    expect(chair.get_by_role("link", name="не подписано согласие на обработку")).to_be_visible()
    for purpose in ("processing", "transfer"):
        sign(chair, member, purpose)
    chair.goto("/papers/cards/")
    follow(chair, "Order cards")
    tick(chair, member)
    press(chair, "Put into the order")
    press(chair, "Submit the order")
    expect(chair.get_by_text(ru("The order is submitted."))).to_be_visible()

    region.goto("/papers/cards/")
    region.get_by_role("link", name="Заявка на электронные билеты № 1").click()
    press(region, "Accept the others")
    region.goto("/papers/cards/")
    press(region, "Make the consolidated order")
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

    # The consent to the transfer has put a message into the outbox; a server on loopback receives it.
    with running() as programme:
        switched_on(place, programme.url)
        jobs.start_deliveries(timezone.now())
        queue.run_job.call(str(Job.objects.get(kind=jobs.DELIVER).pk))
        assert len(programme.received) == 1
    chair.goto("/papers/programme/?show=confirmed")
    expect(chair.get_by_role("row", name=member.full_name)).to_be_visible()
    assert (entry_of(member).state, entry_of(member).outcome) == ("confirmed", "done")
    assert wrong() == {}
