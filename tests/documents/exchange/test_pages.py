"""The pages of the exchange: the list with reasons, the card, the settings of the administrator (U-7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.exchange import signing
from documents.exchange.enums import FORMER_SECRET_VALID_FOR, RETRY_SCHEDULE, Channel, OutboxState, Outcome
from documents.exchange.models import ExchangeSettings, OutboxEntry
from documents.exchange.rules import check_address, check_can_be_replayed, check_sends, check_settings
from documents.exchange.tasks import files_to_pick_up, overdue_messages, programme_gone
from documents.exchange.transitions.files import pick_up, write_file
from documents.exchange.transitions.sending import replay
from documents.exchange.transitions.settings import change_settings
from members.people.models import Member
from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed
from registry.tasks import Task
from tests.members import places
from tests.members.places import Place, signed_in
from tests.refusals import refused
from tests.registry import trees

from .consenting import consent, entry_of, switched_on
from .programme import OTHER_SECRET, SECRET

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
ADDRESS = "https://programme.example/members"
PAGE, AGAIN, SETTINGS = (reverse(f"documents:{name}") for name in ("programme", "send_again", "programme_settings"))


@pytest.fixture
def member(union: Place) -> Member:
    """A member with a waiting message, with the exchange switched on."""
    found = union.put()
    consent(found, union)
    switched_on(union, ADDRESS)
    return found


@pytest.fixture
def admin(union: Place) -> Actor:
    return trees.officer(union.head, Role.ADMINISTRATOR, "Наладова")


def failed(member: Member, **values: Any) -> OutboxEntry:
    given = {
        "state": OutboxState.FAILED, "next_at": None, "attempts": len(RETRY_SCHEDULE), "offered_version": 1,
        "outcome": Outcome.BROKEN, "code": 500, **values,
    }  # fmt: skip
    OutboxEntry.objects.filter(member=member).update(**given)
    return entry_of(member)


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.both
def test_u7_failed_messages_are_first_with_the_reason_in_words(union: Place, member: Member) -> None:
    failed(member)
    other = union.put(surname="Белова")
    consent(other, union)
    page = shown(signed_in(union.chair), PAGE)
    assert ("Абрамова Марфа" in page, "Белова" in page) == (True, False)
    assert "ошибка на стороне программы (500)" in page
    assert "Белова" in shown(signed_in(union.chair), f"{PAGE}?show=waiting")


@pytest.mark.parametrize(("hours", "listed"), [(23, False), (24, True)])
def test_u7_overdue_messages_are_listed_with_failed_ones(
    union: Place, member: Member, hours: int, listed: bool
) -> None:
    OutboxEntry.objects.update(since=timezone.now() - dt.timedelta(hours=hours))
    assert ("Абрамова" in shown(signed_in(union.chair), PAGE)) is listed


@pytest.mark.both
def test_u7_confirmed_messages_are_listed_at_organizations_with_members(union: Place, member: Member) -> None:
    failed(member, state=OutboxState.CONFIRMED, confirmed_version=1, confirmed_at=timezone.now(), outcome=Outcome.DONE)
    assert "Абрамова" in shown(signed_in(union.chair), f"{PAGE}?show=confirmed")
    above = shown(signed_in(union.region_chair), f"{PAGE}?show=confirmed")
    assert ("Абрамова" in above, "Отправлены" in above) == (False, False)


def test_u7_somebody_who_has_left_is_not_named(union: Place, member: Member) -> None:
    failed(member)
    Member.objects.filter(pk=member.pk).update(state="left", organization=None, unit=None, cell=None)
    page = shown(signed_in(union.chair), PAGE)
    assert ("Абрамова" in page, "карточка снята с учёта" in page) == (False, True)


def test_u7_a_failed_message_is_sent_again_from_the_list_and_from_the_card(union: Place, member: Member) -> None:
    client, entry = signed_in(union.chair), failed(member)
    card = reverse("members:detail", args=[member.pk])
    assert AGAIN in shown(client, card)
    for data, back in (({"selected": entry.pk, "next": card}, card), ({"all": "1"}, PAGE)):
        failed(member)
        answer = client.post(AGAIN, data)
        assert (answer.status_code, answer["Location"]) == (302, back)
        entry = entry_of(member)
        assert (entry.state, entry.attempts, entry.next_at is not None) == (OutboxState.WAITING, 0, True)


@pytest.mark.both
@pytest.mark.parametrize("tab", ["late", "waiting"])
def test_u7_all_that_is_sent_again_is_what_the_tab_shows(union: Place, member: Member, tab: str) -> None:
    failed(member)
    other = union.put(surname="Белова")
    consent(other, union)
    later = timezone.now() + dt.timedelta(hours=1)
    OutboxEntry.objects.filter(member=other).update(next_at=later)
    signed_in(union.chair).post(AGAIN, {"all": "1", "show": tab})
    assert entry_of(member).state == OutboxState.WAITING
    assert (entry_of(other).next_at == later) is (tab == "late")


def test_u7_nothing_is_offered_to_be_sent_while_the_exchange_is_off(union: Place, member: Member) -> None:
    failed(member)
    ExchangeSettings.objects.update(channel=Channel.OFF)
    client = signed_in(union.chair)
    for address in (PAGE, reverse("members:detail", args=[member.pk])):
        assert "Отправить сейчас" not in shown(client, address)
    assert "Связь с программой выключена" in shown(client, PAGE)


def test_u7_the_reviewer_looks_and_sends_nothing(union: Place, member: Member) -> None:
    failed(member)
    client = signed_in(union.reviewer)
    assert "Отправить сейчас" not in shown(client, PAGE)
    assert client.post(AGAIN, {"all": "1"}).status_code == 403
    with pytest.raises(NotAllowed):
        replay([entry_of(member).pk], by=union.reviewer)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "ждёт отправки"),
        ({"state": "confirmed", "confirmed_at": timezone.now()}, "Подтверждено программой"),
        ({"state": "failed"}, "отправить не удалось"),
    ],
)
def test_u7_the_card_says_where_the_message_is(union: Place, member: Member, values: dict[str, Any], said: str) -> None:
    if values:
        failed(member, **values)
    assert said in shown(signed_in(union.chair), reverse("members:detail", args=[member.pk]))


def test_u7_the_card_says_why_nothing_is_sent(union: Place) -> None:
    member = union.put()
    card = shown(signed_in(union.chair), reverse("members:detail", args=[member.pk]))
    assert ("согласие на передачу данных не подписано" in card, "связь с программой выключена" in card) == (True, True)


def test_u7_a_federation_without_a_programme_has_no_pages() -> None:
    place = places.voi()
    client = signed_in(place.chair)
    assert [client.get(PAGE).status_code, client.post(AGAIN).status_code] == [404, 404]
    assert PAGE not in shown(client, reverse("start"))
    member = place.put()
    assert "Бонусная программа" not in shown(client, reverse("members:detail", args=[member.pk]))


# Settings.


def post_settings(client: Client, **values: str) -> Any:
    return client.post(SETTINGS, {"channel": "web", "address": ADDRESS, **values})


def test_u7_a_new_secret_is_shown_once(union: Place, admin: Actor) -> None:
    client = signed_in(admin)
    page = post_settings(client, make_secret="on").content.decode()
    exchange = ExchangeSettings.objects.get()
    assert (exchange.channel, exchange.address, exchange.federation) == (Channel.WEB, ADDRESS, union.head.federation)
    assert exchange.secret in page
    signing.key_of(exchange.secret)
    assert exchange.secret not in shown(client, SETTINGS)
    assert post_settings(client).status_code == 302
    assert ExchangeSettings.objects.get().secret == exchange.secret


@pytest.mark.both
def test_u7_a_secret_is_encrypted_and_in_no_history(union: Place, admin: Actor) -> None:
    change_settings(channel="web", address=ADDRESS, signed_answers=False, new_secret=SECRET, by=admin)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM documents_exchangesettings")
        rows = cursor.fetchall()
        cursor.execute("SELECT * FROM documents_historicalexchangesettings")
        rows += cursor.fetchall()
    assert (len(rows), SECRET in str(rows), SECRET.removeprefix("whsec_") in str(rows)) == (2, False, False)


def test_u7_the_former_secret_holds_for_a_week(union: Place, admin: Actor) -> None:
    change_settings(channel="web", address=ADDRESS, signed_answers=False, new_secret=SECRET, by=admin)
    assert ExchangeSettings.objects.get().secrets_at(timezone.now()) == [SECRET]
    change_settings(channel="web", address=ADDRESS, signed_answers=False, new_secret=OTHER_SECRET, by=admin)
    exchange = ExchangeSettings.objects.get()
    assert exchange.secrets_at(timezone.now()) == [OTHER_SECRET, SECRET]
    assert exchange.former_until is not None
    assert abs((exchange.former_until - timezone.now() - FORMER_SECRET_VALID_FOR).total_seconds()) < 5
    assert dt.timedelta(days=7) == FORMER_SECRET_VALID_FOR


@pytest.mark.both
def test_u7_new_settings_end_the_pause_after_the_programme_was_gone(union: Place, admin: Actor) -> None:
    now = timezone.now()
    switched_on(union, ADDRESS, channel=Channel.OFF, gone_at=now, paused_until=now)
    change_settings(channel="web", address=ADDRESS + "/2", signed_answers=True, by=admin)
    exchange = ExchangeSettings.objects.get()
    assert (exchange.gone_at, exchange.paused_until, exchange.signed_answers) == (None, None, True)


def test_u7_saving_without_a_change_records_nothing(union: Place, admin: Actor) -> None:
    for _number in range(2):
        change_settings(channel="web", address=ADDRESS, signed_answers=False, new_secret=SECRET, by=admin)
    assert (ExchangeSettings.objects.get().version, ExchangeSettings.history.count()) == (1, 1)


@pytest.mark.parametrize(
    ("address", "right"),
    [
        (ADDRESS, True), ("https://programme.example:8443/a?b=c", True), ("https://127.0.0.1/", True),
        ("http://programme.example/", False), ("ftp://programme.example/", False), ("programme.example", False),
        ("https://", False), ("https://name:word@programme.example/", False), ("https://programme.example/#a", False),
        ("https://programme.example:99999/", False), ("https://programme.example/a b", False),
        ("https://программа.рф/", False), ("https://programme.example:0/", False),
    ],
)  # fmt: skip
def test_u7_an_address_is_https_without_name_and_password(settings: Any, address: str, right: bool) -> None:
    settings.EXCHANGE_NETWORKS = []
    if right:
        check_address(address)
    else:
        with refused("U-7", field="address"):
            check_address(address)


def test_u7_plain_http_is_for_installations_with_allowed_networks(settings: Any) -> None:
    assert settings.EXCHANGE_NETWORKS == ["127.0.0.0/8"]
    check_address("http://127.0.0.1:8000/")


@pytest.mark.parametrize(
    ("channel", "address", "secret", "field"),
    [
        ("web", "", SECRET, "address"), ("web", ADDRESS, "", "new_secret"), ("web", ADDRESS, "whsec_1", "new_secret"),
        ("off", "nowhere", "", "address"), ("off", "", "secret", "new_secret"),
    ],
)  # fmt: skip
def test_u7_settings_that_could_not_send_are_refused(channel: str, address: str, secret: str, field: str) -> None:
    with refused("U-7", field=field):
        check_settings(channel=channel, address=address, secret=secret)
    check_settings(channel="off", address="", secret="")
    check_settings(channel="web", address=ADDRESS, secret=SECRET)


def test_u7_a_refused_address_is_said_beside_its_field(union: Place, admin: Actor, settings: Any) -> None:
    settings.EXCHANGE_NETWORKS = []
    page = post_settings(signed_in(admin), address="http://programme.example/", make_secret="on").content.decode()
    assert ("Нужен адрес, который начинается с https://" in page, ExchangeSettings.objects.count()) == (True, 0)


def test_u7_a_secret_is_made_or_entered(union: Place, admin: Actor) -> None:
    page = post_settings(signed_in(admin), make_secret="on", new_secret=SECRET).content.decode()
    assert ("Либо создайте новый ключ" in page, ExchangeSettings.objects.count()) == (True, 0)


def test_u7_settings_are_the_administrators_of_the_federation(union: Place) -> None:
    for actor in (union.chair, union.region_chair):
        assert signed_in(actor).get(SETTINGS).status_code == 403
        with pytest.raises(NotAllowed):
            change_settings(channel="off", address="", signed_answers=False, by=actor)
    assert ExchangeSettings.objects.visible_to(union.chair).count() == 0


def test_u7_the_admin_lists_the_exchange_of_its_federation(union: Place, admin: Actor) -> None:
    switched_on(union, ADDRESS)
    client = signed_in(admin)
    page = shown(client, reverse("admin:documents_exchangesettings_changelist"))
    assert (SETTINGS in page, ADDRESS in page, SECRET in page) == (True, True, False)


# Rules called directly, and tasks.


def test_u7_a_confirmed_message_cannot_be_sent_again(member: Member) -> None:
    entry = entry_of(member)
    check_can_be_replayed(entry)
    entry.state = OutboxState.FAILED
    check_can_be_replayed(entry)
    entry.state = OutboxState.CONFIRMED
    with refused("U-7"):
        check_can_be_replayed(entry)


@pytest.mark.parametrize("exchange", [None, ExchangeSettings(channel=Channel.OFF)])
def test_u7_an_exchange_that_is_off_sends_nothing(exchange: ExchangeSettings | None) -> None:
    with refused("U-7"):
        check_sends(exchange)
    check_sends(ExchangeSettings(channel=Channel.WEB))


def overdue(actor: Actor) -> list[Task]:
    return overdue_messages(actor, timezone.localdate())


def test_u7_an_overdue_message_is_a_task_where_the_members_are_and_at_the_head(union: Place, member: Member) -> None:
    head = trees.officer(union.head, Role.CHAIR, "Главная")
    assert [overdue(actor) for actor in (union.chair, head)] == [[], []]
    OutboxEntry.objects.update(since=timezone.now() - dt.timedelta(hours=25))
    found = [overdue(actor) for actor in (union.chair, head, union.region_chair, union.reviewer)]
    assert [len(tasks) for tasks in found] == [1, 1, 0, 0]
    (task,) = found[0]
    assert (task.due, task.action_url) == (timezone.localdate(), PAGE)
    assert "1" in task.text
    ExchangeSettings.objects.update(channel=Channel.OFF)
    assert overdue(union.chair) == []
    ExchangeSettings.objects.all().delete()
    assert overdue(union.chair) == []


@pytest.mark.both
@pytest.mark.usefixtures("own_files")
def test_u7_a_file_that_nobody_has_downloaded_is_a_task_of_the_head(union: Place, member: Member) -> None:
    head, today = trees.officer(union.head, Role.CHAIR, "Главная"), timezone.localdate()
    assert files_to_pick_up(head, today) == []
    ExchangeSettings.objects.update(channel=Channel.FILE)
    file = write_file(union.head.federation_id)
    assert file is not None
    found = [files_to_pick_up(actor, today) for actor in (union.chair, union.region_chair, union.reviewer)]
    assert found == [[], [], []]
    (task,) = files_to_pick_up(head, today)
    said = (task.text, task.due, task.action_url)
    assert said == ("Скачайте 1 файл для бонусной программы", today, PAGE)
    pick_up(file.pk, by=head)
    assert files_to_pick_up(head, today) == []


@pytest.mark.both
def test_u7_a_programme_that_is_gone_is_a_task_of_the_administrator(union: Place, member: Member, admin: Actor) -> None:
    today = timezone.localdate()
    assert programme_gone(admin, today) == []
    ExchangeSettings.objects.update(channel=Channel.OFF, gone_at=timezone.now())
    (task,) = programme_gone(admin, today)
    assert task.action_url == SETTINGS
    assert programme_gone(union.chair, today) == []
