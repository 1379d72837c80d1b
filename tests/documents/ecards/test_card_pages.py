"""Pages of electronic cards, the public page behind the QR, tasks, and the list of members (U-8 to U-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.ecards import rules, tasks
from documents.ecards.models import CardBatch, CardDelivery, CardOrder, CardRequest, ElectronicCard
from documents.ecards.queries.readiness import with_status
from documents.ecards.rules import cards_of, processing_day
from documents.ecards.transitions import batches, cards, deliveries, orders
from documents.ecards.views import verify
from documents.printing.models import PrintRecord
from members.people.models import Member
from registry.access import Actor
from registry.journal.models import Event
from tests.clock import at
from tests.documents.samples import text_of
from tests.members import places
from tests.members.places import signed_in

from .cards_world import Cards, cards_world, ids, lines_of, made, number, requests_of, states, today

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_files"), pytest.mark.once]


@pytest.fixture
def held() -> Cards:
    return cards_world()


def day(value: dt.date) -> str:
    return f"{value:%d.%m.%Y}"


@pytest.mark.both
def test_u8_members_are_chosen_with_what_others_lack_and_where_it_is_settled(held: Cards) -> None:
    client, page = signed_in(held.chair), reverse("documents:choose_cards")
    lacking = held.member("Белова")
    Member.objects.filter(pk=lacking.pk).update(photo=None, missing=2)
    held.place.put(surname="Громова", confirmed_duplicate=True)

    def shown(who: str) -> list[tuple[str, list[str]]]:
        rows = client.get(page, {"who": who}).context["rows"]
        return [(one.member.surname, [url for _text, url in lacks]) for one, lacks in rows]

    assert shown("") == shown("ready") == [("Абрамова", []), ("Власова", [])]
    edit, photo = reverse("members:edit", args=[lacking.pk]), reverse("members:change_photo", args=[lacking.pk])
    assert shown("lacking")[0] == ("Белова", [f"{edit}?missing", photo])
    assert [(name, len(urls)) for name, urls in shown("all")] == [
        ("Абрамова", 0), ("Белова", 2), ("Власова", 0), ("Громова", 3),
    ]  # fmt: skip
    answer = client.post(page, {"selected": [held.member("Абрамова").pk]}, follow=True)
    order = CardOrder.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("documents:card_order", args=[order.pk])
    refusal = client.post(f"{page}?who=all", {"selected": [lacking.pk]}, follow=True)
    assert f"{lacking.full_name}: карточка заполнена не полностью, нет фотографии" in refusal.content.decode()
    client.post(f"{page}?q=вла", {"all": "1"})
    assert order.requests.count() == 2


@pytest.mark.both
def test_u8_an_order_goes_from_page_to_page_to_the_region(held: Cards) -> None:
    chair, region = signed_in(held.chair), signed_in(held.region)
    both = [held.member(name).pk for name in ("Абрамова", "Белова")]
    page = chair.post(reverse("documents:order_chosen"), {"selected": both})["Location"]
    assert [line.member.surname for line in chair.get(page).context["lines"]] == ["Абрамова", "Белова"]
    chair.post(f"{page}submit/")
    seen = chair.get(page).context
    assert (seen["may_change"], seen["may_recall"], seen["may_check"]) == (False, True, False)
    seen = region.get(page).context
    assert (seen["may_change"], seen["may_recall"], seen["may_check"]) == (False, False, True)
    first, second = CardRequest.objects.order_by("member__sort_key")
    region.post(f"{page}check/", {f"note_{first.pk}": "Фото нечёткое", f"note_{second.pk}": " "})
    assert "Фото нечёткое" in chair.get(page).content.decode()
    assert region.get(reverse("documents:cards")).context["accepted"] == 1
    batch = region.post(reverse("documents:gather_cards"))["Location"]
    region.post(f"{batch}send/")
    assert CardBatch.objects.get().state == "sent"
    job = region.post(f"{batch}archive/")["Location"]
    assert "/jobs/" in job
    assert second.pk in ids(requests_of(CardBatch.objects.get()))


def asked(page: Client, url: str) -> dict[str, str]:
    """Return the labels and values shown before the step."""
    answer = page.get(url)
    assert answer.status_code == 200, answer.headers
    return {str(label): str(value) for label, value in answer.context["facts"]}


@pytest.mark.both
def test_u8_cards_receiver_and_days_are_said_before_an_order_can_no_longer_be_changed(
    held: Cards,
) -> None:
    order = held.order("Абрамова", "Белова")
    charter = held.keeper.charter
    with at("2040-02-01T11:59:59+03:00"):
        chair, region = signed_in(held.chair), signed_in(held.region)
        days = {"Обработка": "01.02.2040", "Отправка карт до": "15.02.2040"}
        question = reverse("documents:submit_cards", args=[order.pk])
        assert asked(chair, question) == {
            "Электронные билеты": "2", "Кому подаётся": held.place.region.short_name, **days,
        }  # fmt: skip
        assert CardOrder.objects.get().state == "draft"
        orders.submit_order(order.pk, by=held.chair)
        assert chair.get(question)["Location"] == reverse("documents:card_order", args=[order.pk])
        orders.check_order(order.pk, by=held.region)
        batch = batches.gather_batch(held.place.region.pk, by=held.region)
        question = reverse("documents:send_cards", args=[batch.pk])
        assert asked(region, question) == {
            "Электронные билеты": "2", "Из организаций": "1", "Изготовитель": charter.card_producer, **days,
        }  # fmt: skip
        assert CardBatch.objects.get().state == "draft"
    with at("2040-02-01T12:00:00+03:00"):
        assert asked(region, question)["Обработка"] == "15.02.2040"
        batches.send_batch(batch.pk, by=held.region)
        assert region.get(question)["Location"] == reverse("documents:card_batch", args=[batch.pk])


@pytest.mark.parametrize("way", ["order", "batch"])
def test_u8_who_lacks_something_is_named_instead_of_the_question(held: Cards, way: str) -> None:
    if way == "order":
        client, name, row = signed_in(held.chair), "documents:submit_cards", held.order("Абрамова", "Белова").pk
    else:
        client, name, row = signed_in(held.region), "documents:send_cards", held.gathered("Абрамова", "Белова").pk
    Member.objects.filter(surname="Белова").update(photo=None)
    answer = client.get(reverse(name, args=[row]), follow=True)
    assert f"{held.member('Белова').full_name}: нет фотографии" in answer.content.decode()
    assert "Абрамова Анна Ивановна:" not in answer.content.decode()
    assert set(CardRequest.objects.values_list("state", flat=True)) <= {"draft", "ordered", "requested"}


def test_u8_a_federation_that_prints_cards_is_asked_whether_all_are_printed(
    held: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = held.sent("Абрамова", "Белова")
    first, second = requests_of(batch)
    client, question = signed_in(held.region), reverse("documents:cards_printed", args=[batch.pk])
    assert client.get(question)["Location"] == reverse("documents:card_batch", args=[batch.pk])
    monkeypatch.setattr(rules, "check_printed_here", lambda batch: None)
    batches.fail_request(second.pk, note="Пластик треснул", by=held.region)
    assert asked(client, question) == {"Электронные билеты": "1"}
    assert states([first, second]) == ["sent", "failed"]


def test_u8_nobody_selected_leads_back_to_the_list(held: Cards) -> None:
    client = signed_in(held.chair)
    answer = client.post(reverse("documents:order_chosen") + "?q=абр", {})
    assert answer["Location"].startswith(reverse("members:list"))
    assert CardOrder.objects.count() == 0


def test_u9_parcels_acts_and_handing_out_go_from_page_to_page(held: Cards) -> None:
    chair, region = signed_in(held.chair), signed_in(held.region)
    batch = held.made("Абрамова", "Белова")
    first, second = requests_of(batch)
    page = reverse("documents:card_parcel")
    assert region.get(page).context["picked"] == {first.pk, second.pk}
    wrong = region.post(page, {"selected": [first.pk], "tracking": "", "sent_on": day(today())})
    assert (wrong.context["picked"], list(wrong.context["form"].errors)) == ({first.pk}, ["tracking"])
    region.post(page, {"selected": [first.pk, second.pk], "tracking": "RA 12", "sent_on": day(today())})
    parcel = CardDelivery.objects.get()
    address = reverse("documents:card_delivery", args=[parcel.pk])
    assert region.get(address).context["may_confirm"] is True
    region.post(f"{address}confirm/", {"selected": [first.pk, second.pk]})
    page = reverse("documents:hand_cards_down")
    assert [name for _pk, name in region.get(page).context["form"].fields["receiver"].choices][1:] == [
        held.keeper.short_name, held.place.head.short_name,
    ]  # fmt: skip
    region.post(page, {"selected": [first.pk, second.pk], "receiver": held.keeper.pk, "sent_on": day(today())})
    act = CardDelivery.objects.exclude(pk=parcel.pk).get()
    address = reverse("documents:card_delivery", args=[act.pk])
    assert (region.get(address).context["may_confirm"], chair.get(address).context["may_confirm"]) == (False, True)
    assert chair.get(reverse("documents:card_delivery", args=[parcel.pk])).status_code == 404
    chair.post(f"{address}confirm/", {"selected": [first.pk]})
    page = reverse("documents:hand_out_cards")
    assert chair.get(page).context["rows"] == [first]
    chair.post(page, {"selected": [first.pk], "on": day(today())})
    assert ElectronicCard.objects.get().member == first.member
    assert chair.get(page).context["rows"] == []


def test_u10_the_card_of_the_registry_shows_the_electronic_one(held: Cards) -> None:
    client = signed_in(held.chair)
    page = reverse("members:detail", args=[held.member("Абрамова").pk])
    assert client.get(page).context["card_requests"] == []
    card = held.issued("Абрамова")
    text = client.get(page).content.decode()
    assert ("ВЫДАН" in text, number(1) in text) == (True, True)
    block, destroy = (reverse(f"documents:{name}", args=[card.pk]) for name in ("block_card", "destroy_card"))
    assert block in text
    client.post(reverse("documents:another_card", args=[card.member_id]), {"reason": "name"})
    assert CardRequest.objects.filter(reason="name", state="draft").count() == 1
    named = f"электронный билет № {number(1)}: {card.request.printed_name}"
    assert client.get(block).context["title"] == f"Заблокировать {named}"
    client.post(block, {"reason": "damaged"})
    assert client.get(destroy).context["title"] == f"Уничтожить {named}"
    text = client.get(page).content.decode()
    assert destroy in text
    client.post(destroy, {"on": day(today())})
    assert ElectronicCard.objects.get().state == "destroyed"
    assert destroy not in client.get(page).content.decode()


def test_u8_pages_are_for_federations_with_electronic_cards_and_for_those_who_order(held: Cards) -> None:
    society = signed_in(places.voi().chair)
    for name in ("documents:cards", "documents:choose_cards", "documents:hand_out_cards", "documents:hand_cards_down"):
        assert society.get(reverse(name)).status_code == 404
        expected = 200 if name == "documents:cards" else 403
        assert signed_in(held.place.reviewer).get(reverse(name)).status_code == expected
    assert signed_in(held.region).get(reverse("documents:choose_cards")).status_code == 404
    assert signed_in(held.chair).get(reverse("documents:card_parcel")).status_code == 404
    assert signed_in(held.chair).post(reverse("documents:gather_cards")).status_code == 404
    assert society.get(reverse("members:list")).context["may"]["cards"] is False
    offered = [column.key for column, _chosen in society.get(reverse("members:columns")).context["offer"]]
    assert ("consent_state" in offered, "electronic_card" in offered) == (True, False)


# The list of members


def status(held: Cards, surname: str) -> list[str]:
    members = Member.objects.filter(surname=surname)
    known = ("none", "ordered", "refused", "production", "above", "here", "issued", "blocked")
    return [one for one in known if with_status(members, one).exists()]


def test_u10_the_status_follows_the_card(held: Cards) -> None:
    assert status(held, "Абрамова") == ["none"]
    batch = held.gathered("Абрамова")
    assert status(held, "Абрамова") == ["ordered"]
    assert status(held, "Белова") == ["none"]
    batches.send_batch(batch.pk, by=held.region)
    assert status(held, "Абрамова") == ["production"]
    held.at_region("Белова", first=5)
    assert status(held, "Белова") == ["above"]
    (request,) = held.arrived("Власова", first=9, tracking="RB12")
    assert status(held, "Власова") == ["here"]
    cards.hand_out(held.keeper.pk, requests=[request.pk], on=today(), by=held.chair)
    assert status(held, "Власова") == ["issued"]
    cards.block_card(ElectronicCard.objects.get(request=request).pk, reason="lost", by=held.chair)
    assert status(held, "Власова") == ["blocked"]
    batches.fail_request(requests_of(batch)[0].pk, note="Брак", by=held.region)
    assert status(held, "Абрамова") == ["refused"]


@pytest.mark.both
def test_u10_the_list_of_members_has_the_status_as_column_and_filter(held: Cards) -> None:
    held.issued("Абрамова")
    client = signed_in(held.chair)
    client.post(reverse("members:columns"), {"columns": ["electronic_card"]})
    rows = client.get(reverse("members:list"), {"electronic_card": "issued"}).context["rows"]
    assert [(name.split()[0], [cell.text for cell in cells]) for _pk, _url, name, cells in rows] == [
        ("Абрамова", ["ВЫДАН"])
    ]
    rows = client.get(reverse("members:list"), {"electronic_card": "none"}).context["rows"]
    assert [name.split()[0] for _pk, _url, name, _cells in rows] == ["Белова", "Власова"]


def steady(ask: Callable[[], Any], more: Callable[[], Any]) -> bool:
    ask()
    with CaptureQueriesContext(connection) as few:
        ask()
    more()
    with CaptureQueriesContext(connection) as many:
        ask()
    return len(few) == len(many)


@pytest.mark.parametrize("name", ["choose_cards", "hand_out_cards", "cards"])
def test_u8_pages_take_the_same_queries_for_many(held: Cards, name: str) -> None:
    client = signed_in(held.chair)
    held.arrived("Абрамова")
    more = (
        (lambda: held.put("Громова"))
        if name == "choose_cards"
        else lambda: held.arrived("Белова", "Власова", first=5, tracking="RB12")
    )
    assert steady(lambda: client.get(reverse(f"documents:{name}")), more)


# The public page


def test_u8_the_code_of_a_valid_card_says_organisation_and_initials_and_nothing_more(held: Cards) -> None:
    card = held.issued("Абрамова")
    page = Client().get(reverse("verify_card", args=[card.request.code]))
    text = page.content.decode()
    found = page.context["found"]
    assert (found.organization, found.initials) == (held.keeper.short_name, "А. М. Н.")
    assert ("Билет действует." in text, card.request.number in text) == (True, False)
    assert [word in text for word in ("Абрамова", "Марфа", "Никифоровна")] == [False] * 3
    assert (page["X-Robots-Tag"], page["Cache-Control"]) == ("noindex, nofollow, noarchive", "no-store, private")


def test_u8_every_other_code_gets_the_same_answer(held: Cards) -> None:
    lying = held.arrived("Белова", first=3, tracking="RB12")[0]
    blocked = held.issued("Абрамова")
    cards.block_card(blocked.pk, reason="stolen", by=held.chair)
    answers = [
        Client().get(reverse("verify_card", args=[code])) for code in ("a" * 32, "a", lying.code, blocked.request.code)
    ]
    assert [page.context["found"] for page in answers] == [None] * 4
    bodies = {page.content.decode().partition("<main")[2].partition("</main>")[0] for page in answers}
    assert (len(bodies), {page.status_code for page in answers}) == (1, {200})


def test_u8_codes_are_not_tried_out(held: Cards, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "MAX_REQUESTS", 2)
    card = held.issued("Абрамова")
    client, page = Client(), reverse("verify_card", args=[card.request.code])
    codes = []
    with at("2040-02-29T12:00:00Z"):
        for _ in range(3):
            codes.append(client.get(page).status_code)
            # The count is in the database, so clearing the memory of a worker does not reset it.
            cache.clear()
        assert codes == [200, 200, 429]
        assert client.get(page)["Retry-After"] == "60"
    with at("2040-02-29T12:01:00Z"):
        assert client.get(page).status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.7").get(page).status_code == 200


def test_u8_codes_differ_and_stand_in_no_event(held: Cards) -> None:
    batch = held.sent("Абрамова", "Белова", "Власова")
    codes = [request.code or "" for request in requests_of(batch)]
    assert (len(set(codes)), {len(code) for code in codes}) == (3, {32})
    facts = [str(event.facts) for event in Event.objects.all()]
    assert not any(code in fact for code in codes for fact in facts)


# Prints


def test_u10_giver_and_receiver_print_the_act_with_the_arrived_cards(held: Cards) -> None:
    act = held.handed_down("Абрамова", "Белова")
    address = reverse("documents:print_card_act", args=[act.pk])
    first = text_of(signed_in(held.region).post(address).content)
    assert [word in first for word in ("Абрамова", "Белова", "2 (две) карты", "получена")] == [True, True, True, False]
    deliveries.confirm_delivery(act.pk, arrived=lines_of(act)[:1], by=held.chair)
    second = text_of(signed_in(held.chair).post(address).content)
    assert "Принято: 1 (одна) карта. Не получено: 1 (одна) карта" in second
    found = PrintRecord.objects.order_by("pk").values_list("form", "about_id", "organization")
    assert list(found) == [("card_act", act.pk, held.place.region.pk), ("card_act", act.pk, held.keeper.pk)]
    parcel = CardDelivery.objects.get(giver=None)
    assert signed_in(held.region).post(reverse("documents:print_card_act", args=[parcel.pk])).status_code == 404


@pytest.mark.both
def test_u8_order_and_sheet_are_printed_and_recorded(held: Cards) -> None:
    client = signed_in(held.chair)
    order = held.submitted("Абрамова")
    text = text_of(client.post(reverse("documents:print_card_order", args=[order.pk])).content)
    assert ("ЗАЯВКА № 1" in text, "Абрамова Марфа Никифоровна" in text, "1 (одна) карта" in text) == (True, True, True)
    requests = held.arrived("Белова", "Власова")
    text = text_of(client.post(reverse("documents:print_card_sheet")).content)
    assert ["Белова" in text, "Власова" in text, "9999 0000 0000 0" in text] == [True] * 3
    text = text_of(client.post(reverse("documents:print_card_sheet"), {"selected": [requests[0].pk]}).content)
    assert ["Белова" in text, "Власова" in text] == [True, False]
    empty = text_of(client.post(reverse("documents:print_empty_card_paper", args=["card_order"])).content)
    assert ("ЗАЯВКА №" in empty, "Абрамова" in empty) == (True, False)
    assert client.post(reverse("documents:print_empty_card_paper", args=["card_face"])).status_code == 404
    printed = ["card_order", "card_sheet", "card_sheet", "card_order"]
    assert list(PrintRecord.objects.order_by("-pk").values_list("form", flat=True)) == printed


# Tasks


def texts(provide: Any, actor: Actor) -> list[tuple[str, dt.date | None]]:
    return [(task.text, task.due) for task in provide(actor, today())]


@pytest.mark.both
def test_u8_tasks_follow_the_way_of_a_card(held: Cards) -> None:
    due = processing_day(cards_of(held.keeper), timezone.now())
    order = held.order("Абрамова", "Белова")
    assert texts(tasks.orders_to_submit, held.chair) == [("Подать заявку на электронные билеты: 2 человека", due)]
    orders.submit_order(order.pk, by=held.chair)
    assert texts(tasks.orders_to_submit, held.chair) == []
    assert texts(tasks.orders_to_check, held.region) == [("Проверить 1 заявку на электронные билеты", due)]
    orders.check_order(order.pk, by=held.region)
    assert texts(tasks.orders_to_check, held.region) == []
    waiting = [("Отправить сводную заявку изготовителю: 2 карты", due)]
    assert texts(tasks.batch_to_send, held.region) == waiting
    batch = batches.gather_batch(held.place.region.pk, by=held.region)
    assert texts(tasks.batch_to_send, held.region) == waiting
    batches.send_batch(batch.pk, by=held.region)
    assert (texts(tasks.batch_to_send, held.region), texts(tasks.parcels_overdue, held.region)) == ([], [])
    yesterday = today() - dt.timedelta(days=1)
    CardBatch.objects.update(ship_by=today())
    assert texts(tasks.parcels_overdue, held.region) == []
    CardBatch.objects.update(ship_by=yesterday)
    assert texts(tasks.parcels_overdue, held.region) == [("Изготовитель задерживает 2 электронных билета", yesterday)]
    assert signed_in(held.region).get(reverse("documents:card_batch", args=[batch.pk])).context["overdue"] is True


def test_u10_tasks_to_confirm_to_hand_on_and_to_hand_out(held: Cards) -> None:
    parcel = held.packed("Абрамова")
    week = today() + dt.timedelta(days=7)
    confirm = [("Подтвердить получение 1 посылки с электронными билетами", week)]
    assert (texts(tasks.deliveries_to_confirm, held.region), texts(tasks.deliveries_to_confirm, held.chair)) == (
        confirm, [],
    )  # fmt: skip
    deliveries.confirm_delivery(parcel.pk, arrived=lines_of(parcel), by=held.region)
    assert texts(tasks.cards_to_hand_down, held.region) == [("Передать 1 электронный билет в его организацию", None)]
    act = deliveries.hand_down(
        held.place.region.pk, receiver_id=held.keeper.pk, requests=lines_of(parcel), sent_on=today(), by=held.region
    )
    assert texts(tasks.cards_to_hand_down, held.region) == []
    assert texts(tasks.deliveries_to_confirm, held.chair) == confirm
    deliveries.confirm_delivery(act.pk, arrived=lines_of(act), by=held.chair)
    assert texts(tasks.cards_to_hand_out, held.chair) == [("Выдать 1 электронный билет", None)]
    cards.hand_out(held.keeper.pk, requests=lines_of(act), on=today(), by=held.chair)
    assert texts(tasks.cards_to_hand_out, held.chair) == []


def _says(client: Client, address: str, words: str, to: str) -> None:
    """Assert that the page of a finished step redirects with a message."""
    for answer in (client.get(address, follow=True), client.post(address, {}, follow=True)):
        assert answer.redirect_chain == [(to, 302)]
        assert words in answer.content.decode()


def test_u10_the_page_of_a_step_that_is_done_leads_back_with_the_reason(held: Cards) -> None:
    chair, region = signed_in(held.chair), signed_in(held.region)
    member = held.member("Абрамова")
    of_member, overview = reverse("members:detail", args=[member.pk]), reverse("documents:cards")
    another = reverse("documents:another_card", args=[member.pk])
    _says(chair, another, "взамен которого изготавливают новый", of_member)
    batch = held.gathered("Абрамова")
    of_batch = reverse("documents:card_batch", args=[batch.pk])
    (request,) = requests_of(batch)
    reject, fail = (reverse(f"documents:{name}", args=[request.pk]) for name in ("reject_card", "fail_card"))
    give_back = reverse("documents:give_card_back", args=[request.pk])
    load_answer = reverse("documents:load_card_answer", args=[batch.pk])
    assert region.get(reject).status_code == 200
    _says(region, fail, "в сводной заявке", of_batch)
    _says(region, load_answer, "ещё не отправлена", of_batch)
    batches.send_batch(batch.pk, by=held.region)
    assert (region.get(fail).status_code, region.get(load_answer).status_code) == (200, 200)
    _says(region, reject, "отправлена", of_batch)
    batches.record_answer(batch.pk, [made(request, 1)], by=held.region)
    parcel = deliveries.record_parcel(
        held.place.region.pk, requests=[request.pk], tracking="RA123456789RU", sent_on=today(), by=held.region
    )
    _says(region, fail, "в пути", of_batch)
    deliveries.confirm_delivery(parcel.pk, arrived=[request.pk], by=held.region)
    act = deliveries.hand_down(
        held.place.region.pk, receiver_id=held.keeper.pk, requests=[request.pk], sent_on=today(), by=held.region
    )
    deliveries.confirm_delivery(act.pk, arrived=[request.pk], by=held.chair)
    assert chair.get(give_back).status_code == 200
    cards.hand_out(held.keeper.pk, requests=[request.pk], on=today(), by=held.chair)
    _says(chair, give_back, "выдана", overview)
    card = ElectronicCard.objects.get()
    block, destroy = (reverse(f"documents:{name}", args=[card.pk]) for name in ("block_card", "destroy_card"))
    assert (chair.get(another).status_code, chair.get(block).status_code) == (200, 200)
    _says(chair, destroy, "действует", of_member)
    cards.block_card(card.pk, reason="damaged", by=held.chair)
    _says(chair, block, "заблокирован", of_member)
    assert chair.get(destroy).status_code == 200
    cards.destroy_card(card.pk, on=today(), by=held.chair)
    _says(chair, destroy, "уничтожен", of_member)
