"""Pages of collectors, payment registers and the cash desk: proposals, input kept after a refusal, and effects."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dues.collecting.enums import RegisterState
from dues.collecting.models import CashOrder, CollectorOrder, PaymentRegister
from dues.collecting.transitions import receive_money
from dues.ledger.models import LedgerEntry
from members.people.models import Member
from registry.access import Actor
from registry.tasks import tasks_for
from tests.members import places

from .world import FEE, TODAY, YEAR, Collecting, collecting

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def w() -> Collecting:
    return collecting()


@pytest.fixture
def chair(w: Collecting) -> Client:
    return places.signed_in(w.chair)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def address(name: str, *args: int) -> str:
    return reverse(f"dues:{name}", args=args)


def state(register: PaymentRegister) -> str:
    return PaymentRegister.objects.get(pk=register.pk).state


def test_v_d4_a_collector_is_appointed_and_the_appointment_ended(w: Collecting, chair: Client) -> None:
    form = {
        "number": "7", "issued_on": f"{TODAY:%d.%m.%Y}", "full_name": "Иванова Анна Петровна",
        "collector": "", "cells": [w.place.cells[1].pk], "valid_until": "",
    }  # fmt: skip
    answer = chair.post(address("appoint_collector"), form, follow=True)
    order = CollectorOrder.objects.get(number="7")
    assert (list(order.cells.all()), order.collector, "Иванова Анна Петровна" in text(answer)) == (
        [w.place.cells[1]], None, True,
    )  # fmt: skip
    again = chair.post(address("appoint_collector"), form)
    assert ("с таким номером" in text(again), 'value="7"' in again.content.decode()) == (True, True)
    assert CollectorOrder.objects.count() == 2
    CollectorOrder.objects.update(issued_on=TODAY.replace(year=YEAR - 1, day=1))
    chair.post(address("end_collector", order.pk), {"ended_on": f"{TODAY:%d.%m.%Y}", "reason": "Переезд"})
    order.refresh_from_db()
    assert (order.ended_on, order.reason) == (TODAY, "Переезд")


def test_v_d5_a_register_goes_from_the_draft_to_the_cash_desk(w: Collecting, chair: Client) -> None:
    opened = {"order": w.order.pk, "cell": w.cell.pk, "purpose": f"annual:{YEAR}"}
    chair.post(address("open_register"), opened)
    register = PaymentRegister.objects.get()
    page = address("register", register.pk)
    assert "сбор ещё не начат" in text(chair.get(page))
    chair.post(address("begin_register", register.pk))
    first, second, third = register.lines.order_by("position")
    day = f"{TODAY:%d.%m.%Y}"
    filled = chair.post(page, {"day": day, "amount": "50", f"sum_{first.pk}": "20", "action": "fill"}).content.decode()
    assert [f'value="{value}"' in filled for value in ("20", "50")] == [True, True]
    assert register.lines.filter(amount__isnull=False).count() == 0
    sums = {"day": day, f"sum_{first.pk}": "50,00", f"sum_{second.pk}": "0,001", f"sum_{third.pk}": ""}
    refused = chair.post(page, {**sums, "action": "save"}).content.decode()
    assert (register.lines.filter(amount__isnull=False).count(), 'value="0,001"' in refused) == (0, True)
    sums[f"sum_{second.pk}"] = "30"
    assert "Сохранить и закрыть ведомость" not in text(chair.get(page))
    answer = chair.post(page, {**sums, "action": "save"}, follow=True)
    assert ("80,00" in text(answer), "Сохранить и закрыть ведомость" in text(answer)) == (True, True)
    chair.post(page, {**sums, "action": "close"})
    assert (state(register), LedgerEntry.objects.filter(kind="payment").count()) == (RegisterState.CLOSED, 2)
    receive = address("receive", register.pk)
    offered = chair.get(receive).content.decode()
    assert ("Смирновой Ольги Петровны" in offered, 'value="80,00"' in offered) == (True, True)
    version = re.search(r'name="version" value="(\d+)"', offered)
    assert version is not None
    form = {
        "amount": "79,99", "note": "", "made_on": day, "received_from": "Смирновой", "ground": "Взносы",
        "version": version[1],
    }  # fmt: skip
    assert "Не хватает 0,01" in text(chair.post(receive, form))
    chair.post(receive, {**form, "amount": "80"})
    assert (state(register), CashOrder.objects.get().amount) == (RegisterState.HANDED_IN, 80)
    cash = text(chair.get(address("cash")))
    assert ("80,00" in cash, f"№ 1, {day}" in cash) == (True, True)
    chair.post(address("void_cash_order", CashOrder.objects.get().pk), {"reason": "Ошибка"})
    assert (state(register), "отменён" in text(chair.get(address("cash")))) == (RegisterState.CLOSED, True)
    assert chair.get(address("void_cash_order", CashOrder.objects.get().pk)).status_code == 302


def test_n_d1_a_refusal_on_closing_stands_beside_its_line(w: Collecting, chair: Client) -> None:
    register = w.begun()
    w.fill(register, FEE, FEE)
    line = register.lines.get(position=2)
    Member.objects.filter(pk=line.member_id).update(joined_on=TODAY.replace(year=YEAR + 1, day=1))
    sums = {f"sum_{one.pk}": "50" if one.position < 3 else "" for one in register.lines.all()}
    answer = chair.post(address("register", register.pk), {"day": f"{TODAY:%d.%m.%Y}", **sums, "action": "close"})
    assert (state(register), f"id_day_{line.pk}_error" in answer.content.decode()) == (RegisterState.COLLECTING, True)


def test_v_d4_a_collector_sees_names_numbers_and_sums_of_their_registers_alone(w: Collecting) -> None:
    register = w.begun()
    client = places.signed_in(w.collector)
    page = text(client.get(address("register", register.pk)))
    assert [m.full_name in page for m in (*w.members, w.elsewhere)] == [True, True, True, False]
    assert [secret in page for secret in ("Садовая", "7005", "1968", "II")] == [False] * 4
    found = text(client.get(address("add_to_register", register.pk), {"q": "Григорьева"}))
    assert ("Григорьева" in found.replace('value="Григорьева"', ""), client.get(address("cash")).status_code) == (
        False, 403,
    )  # fmt: skip
    assert client.get(reverse("members:detail", args=[w.members[0].pk])).status_code in {403, 404}
    closed = [client.get(address(name, register.pk)).status_code for name in ("receive",)]
    assert closed == [403]


def test_v_d3_somebody_is_searched_and_added(w: Collecting, chair: Client) -> None:
    register = w.open(fee="annual", year=YEAR + 1)
    register.lines.all().delete()
    page = address("add_to_register", register.pk)
    found = text(chair.get(page, {"q": "Борисова"}))
    assert (w.members[1].full_name in found, w.members[0].full_name in found) == (True, False)
    chair.post(page, {"member": w.members[1].pk}, follow=True)
    assert [line.member_id for line in register.lines.all()] == [w.members[1].pk]
    assert w.members[1].full_name not in text(chair.get(page, {"q": "Борисова"}))
    assert chair.post(page, {"member": w.elsewhere.pk}).status_code == 404


def test_v_d6_the_second_of_two_cashiers_is_told_that_money_was_received(w: Collecting, chair: Client) -> None:
    register = w.closed()
    seen = PaymentRegister.objects.get(pk=register.pk).version
    receive_money(
        register.pk, amount=FEE, made_on=TODAY, received_from="Смирновой", ground="Взносы", note="часть",
        version=seen, by=w.chair,
    )  # fmt: skip
    form = {
        "amount": "50", "note": "", "made_on": f"{TODAY:%d.%m.%Y}", "received_from": "Смирновой", "ground": "Взносы",
        "version": seen,
    }  # fmt: skip
    answer = chair.post(address("receive", register.pk), form, follow=True)
    assert ("уже принял кто-то другой" in text(answer), CashOrder.objects.count()) == (True, 1)


def test_n_c1_a_blocked_member_is_not_shown_in_a_register(w: Collecting, chair: Client) -> None:
    register = w.begun()
    Member.objects.filter(pk=w.members[0].pk).update(blocked_on=TODAY)
    page = text(chair.get(address("register", register.pk)))
    assert [m.full_name in page for m in w.members] == [False, True, True]


def test_v_d5_the_pages_of_a_long_register_need_the_same_queries(w: Collecting, chair: Client) -> None:

    register = w.begun()
    with CaptureQueriesContext(connection) as few:
        chair.get(address("register", register.pk))
    w.fill(register, FEE, FEE, Decimal(10))
    with CaptureQueriesContext(connection) as many:
        chair.get(address("register", register.pk))
    assert len(many) <= len(few) + 2


def test_v_d4_a_collector_is_led_from_the_organizations_totals_to_their_registers(w: Collecting) -> None:
    client = places.signed_in(w.collector)
    assert client.get(address("overview"))["Location"] == address("registers")


def test_v_d6_money_that_is_not_handed_in_is_a_task_with_a_term(w: Collecting) -> None:
    def told(actor: Actor) -> list[tuple[str, dt.date | None]]:
        return [(task.text, task.due) for task in tasks_for(actor) if "ведомост" in task.text]

    assert told(w.chair) == []
    register = w.closed()
    due = TODAY + dt.timedelta(days=5)
    assert told(w.chair) == [("Принять деньги по 1 ведомости", due)]
    assert (told(w.place.region_chair), told(w.place.reviewer)) == ([], [])
    assert told(w.collector) == [("Сдать деньги по 1 ведомости", due)]
    version = PaymentRegister.objects.get(pk=register.pk).version
    receive_money(
        register.pk, amount=2 * FEE, made_on=TODAY, received_from="Смирновой", ground="Взносы", version=version,
        by=w.chair,
    )  # fmt: skip
    assert (told(w.chair), told(w.collector)) == ([], [])
