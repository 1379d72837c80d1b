"""Pages of bank statements: proposals, input kept after a refusal, and effects (V-D4, N-D1, N-D2)."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dues.bank import forms
from dues.bank.enums import Band, LineState
from dues.bank.models import BankLine, BankPart, BankStatement, KnownPayer
from dues.bank.transitions.posting import post_line
from dues.bank.transitions.settling import Share
from dues.ledger.models import LedgerEntry
from members.people.models import Member
from registry.tasks import tasks_for
from tests.dues.test_ledger import wrong
from tests.members import places

from .world import FEE, OTHER_PAYER, PAYER, TODAY, YEAR, Bank, Doc, bank, paid_out, statement

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DATA = Path(__file__).parent / "data"


@pytest.fixture
def w() -> Bank:
    return bank()


@pytest.fixture
def chair(w: Bank) -> Client:
    return places.signed_in(w.chair)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def address(name: str, *args: int) -> str:
    return reverse(f"dues:{name}", args=args)


def send(chair: Client, data: bytes, name: str = "kl_to_1c.txt") -> Any:
    file = io.BytesIO(data)
    file.name = name
    return chair.post(address("load_statement"), {"file": file}, follow=True)


def test_v_d4_a_statement_is_loaded_and_said_what_was_new(w: Bank, chair: Client) -> None:
    assert "Загружены 2 платежа." in text(send(chair, statement(w.named(), paid_out())))
    again = text(send(chair, statement(w.named(), paid_out())))
    assert "Этот файл уже загружен." in again
    more = text(send(chair, statement(w.named(), Doc(number="7"))))
    assert "Загружен 1 платёж. 1 платёж уже загружен раньше" in more
    listed = chair.get(address("bank_statements"))
    first = BankStatement.objects.earliest("pk")
    assert listed.content.decode().count(f"?statement={first.pk}") == 2
    shown = text(chair.get(f"{address('bank')}?statement={first.pk}"))
    assert ("Оплата связи" in shown, "№ 7" in shown) == (True, False)


def test_v_d4_a_file_with_faults_is_refused_and_each_is_named_with_its_line(w: Bank, chair: Client) -> None:
    shown = text(send(chair, statement(w.named(), received=Decimal(60))))
    assert "Ничего не загружено. В файле ошибки:" in shown
    assert re.search(r"Строка 6: .*60,00.*50,00", shown)
    hostile = text(send(chair, (DATA / "hostile_cp1251.txt").read_bytes()))
    assert hostile.count("Строка ") >= 8
    assert "Загрузите" not in hostile
    assert not BankLine.objects.exists()


def test_files_that_are_too_large_or_no_statement_are_refused(chair: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "не выписка" in text(send(chair, b"PK\x03\x04" + b"\0" * 100))
    assert "файл пуст" in text(send(chair, b"")).lower()
    monkeypatch.setattr(forms, "MAX_UPLOAD_BYTES", 10)
    assert "слишком велик" in text(send(chair, statement(Doc())))
    assert not BankStatement.objects.exists()


def test_v_d4_the_list_has_three_bands_and_posts_the_sure_ones_with_their_sum(w: Bank, chair: Client) -> None:
    w.load(Doc(), w.named(0), replace(w.named(1), name="ЕГОРОВА ЗОЯ"), replace(w.named(2), number="8"))
    page = chair.get(address("bank"))
    assert [(row.line.number, row.band) for row in page.context["rows"]] == [
        ("1", Band.SURE), ("8", Band.SURE), ("2", Band.LIKELY), ("1", Band.OPEN),
    ]  # fmt: skip
    assert "В 2 платежах указаны и номер, и имя плательщика: всего 100,00 ₽." in text(page)
    assert page.content.decode().count("autofocus") == 1
    refused = chair.post(address("post_sure_lines"), {"count": "2", "kopecks": "9999"}, follow=True)
    assert ("изменились: теперь их 2 на 100,00 ₽" in text(refused), BankPart.objects.count()) == (True, 0)
    done = chair.post(address("post_sure_lines"), {"count": "2", "kopecks": "10000"}, follow=True)
    assert ("Разнесены 2 платежа." in text(done), BankPart.objects.count(), wrong()) == (True, 2, [])


def test_v_d4_a_likely_payment_is_confirmed_by_one_key(w: Bank, chair: Client) -> None:
    line = w.line(name="БОРИСОВА АЛЕНА ЮРЬЕВНА")
    (row,) = chair.get(address("bank")).context["rows"]
    assert (row.is_likely, row.is_first, row.candidates[0].member) == (True, True, w.members[1])
    values = {"member": f"{w.members[1].pk}:{line.version}"}
    shown = text(chair.post(address("confirm_bank_line", line.pk), values, follow=True))
    assert f"Разнесено 50,00 руб.: {w.members[1].full_name}." in shown
    assert (BankLine.objects.get().state, KnownPayer.objects.get().account) == (LineState.POSTED, PAYER)
    again = chair.post(address("confirm_bank_line", line.pk), values, follow=True)
    assert ("кто-то другой" in text(again), BankPart.objects.count()) == (True, 1)


def test_v_d4_the_evidence_of_a_remembered_account_names_day_and_clerk(w: Bank, chair: Client) -> None:
    w.load(Doc(payer=OTHER_PAYER), Doc(payer=OTHER_PAYER, number="2"))
    post_line(BankLine.objects.earliest("pk").pk, [Share(w.members[2].pk, FEE)], by=w.chair)
    assert w.chair.account is not None
    said = f"счёт, с которого уже платили за этого члена: {TODAY:%d.%m.%Y}, {w.chair.account.full_name}"
    assert said in text(chair.get(address("bank")))


def test_v_d4_a_payment_is_split_over_people_on_its_page(w: Bank, chair: Client) -> None:
    line = w.line(amount="120.00")
    page = chair.get(address("bank_line", line.pk), {"q": "Алексеева"})
    assert [member for member, _note in page.context["people"]] == [w.members[0]]
    values = {"member": w.members[0].pk, "amount": "50,00", "purpose": f"annual:{YEAR}", "version": 1}
    answer = chair.post(address("bank_line", line.pk), values)
    assert answer.url == address("bank_line", line.pk)
    shown = text(chair.get(address("bank_line", line.pk)))
    assert "Осталось выяснить 70,00 ₽." in shown
    values = {"member": w.members[1].pk, "amount": "70", "purpose": "voluntary", "version": 2}
    assert chair.post(address("bank_line", line.pk), values).url == address("bank")
    found = LedgerEntry.objects.filter(kind="payment").order_by("pk")
    assert [(e.fee, e.year, e.amount) for e in found] == [("annual", YEAR, FEE), ("voluntary", None, Decimal(70))]
    assert "form" not in (chair.get(address("bank_line", line.pk)).context["form"] or {})


def test_v_d4_a_person_who_paid_for_two_years_is_named_once_beside_the_line(w: Bank, chair: Client) -> None:
    line = w.line(amount="200.00")
    for member, purpose in ((0, f"annual:{YEAR}"), (0, "voluntary"), (1, f"annual:{YEAR}")):
        line.refresh_from_db()
        values = {"member": w.members[member].pk, "amount": "50", "purpose": purpose, "version": line.version}
        chair.post(address("bank_line", line.pk), values)
    (row,) = chair.get(address("bank")).context["rows"]
    assert [part.entry.account.member for part in row.parts] == w.members[:2]


@pytest.mark.parametrize("amount", ["0", "-5", "0,001", "٥٠", "NaN", "1e400", "=1+1", "50,01"])
def test_v_d4_a_sum_that_cannot_be_is_refused_and_what_was_typed_stays(w: Bank, chair: Client, amount: str) -> None:
    line = w.line()
    values = {"member": w.members[0].pk, "amount": amount, "purpose": "", "version": 1}
    answer = chair.post(address("bank_line", line.pk), values)
    form = answer.context["form"]
    assert (answer.status_code, form.is_valid() and not form.non_field_errors()) == (200, False)
    assert (form["member"].value(), form["amount"].value()) == (str(w.members[0].pk), amount)
    assert not BankPart.objects.exists()


def test_v_d4_a_rule_that_refuses_is_said_on_the_page(w: Bank, chair: Client) -> None:
    line = w.line()
    Member.objects.filter(pk=w.members[0].pk).update(joined_on=TODAY + dt.timedelta(days=400))
    values = {"member": w.members[0].pk, "amount": "50", "purpose": "", "version": 1}
    assert "раньше года вступления" in text(chair.post(address("bank_line", line.pk), values))
    stale = chair.post(address("bank_line", line.pk), {**values, "member": w.members[1].pk, "version": 9})
    assert ("кто-то другой" in text(stale), BankPart.objects.count()) == (True, 0)


def test_n_d1_not_dues_and_putting_back_ask_for_the_reason(w: Bank, chair: Client) -> None:
    line = w.line()
    mark = address("bank_line_not_dues", line.pk)
    assert "Заполните это поле" in text(chair.post(mark, {"reason": ""}))
    chair.post(mark, {"reason": "Пожертвование"})
    assert BankLine.objects.get().state == LineState.OTHER
    assert "Пожертвование" in text(chair.get(f"{address('bank')}?state=other"))
    assert chair.get(mark).status_code == 302
    back = address("put_bank_line_back", line.pk)
    assert "сторнируется" in text(chair.get(back))
    chair.post(back, {"reason": "Ошибка"})
    assert (BankLine.objects.get().state, chair.get(back).status_code, wrong()) == (LineState.OPEN, 302, [])


def test_v_d4_people_of_other_organisations_are_not_offered(w: Bank, chair: Client) -> None:
    line = w.line(purpose="Взнос ЛС 00099992")
    assert "Номер плательщика — не наш." in text(chair.get(address("bank")))
    assert "Никто не найден" in text(chair.get(address("bank_line", line.pk), {"q": "Неизвестная"}))
    answer = chair.post(address("bank_line", line.pk), {"member": 9999, "amount": "50", "version": 1})
    assert (answer.status_code, BankPart.objects.count()) == (200, 0)
    assert chair.post(address("confirm_bank_line", line.pk), {"member": "9999"}).status_code == 404


@pytest.mark.parametrize(("days", "overdue"), [(9, False), (10, False), (11, True)])
def test_v_d4_unidentified_money_is_a_task_with_the_days_of_the_charter(w: Bank, days: int, overdue: bool) -> None:
    w.load(replace(Doc(), day=TODAY - dt.timedelta(days=days)))
    (task,) = [task for task in tasks_for(w.chair) if task.action_url == address("bank")]
    assert (str(task.text), task.due) == ("Выяснить 1 платёж из банка", TODAY + dt.timedelta(days=10 - days))
    assert (task.due < TODAY) is overdue
    reviewer = [task for task in tasks_for(w.place.reviewer) if task.action_url == address("bank")]
    assert reviewer == []


def test_the_list_asks_as_many_queries_for_many_lines_as_for_few(w: Bank, chair: Client) -> None:
    counts = []
    for most in (2, 20):
        w.load(*(replace(w.named(at % 3), number=f"{most}-{at}") for at in range(most)))
        chair.get(address("bank"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert chair.get(address("bank")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def run(path: Path, w: Bank, *options: str, code: str = "") -> str:
    out = io.StringIO()
    federation = w.keeper.federation.code
    call_command(
        "import_statement", str(path), "--federation", federation, "--organization", code or w.keeper.code,
        *options, stdout=out,
    )  # fmt: skip
    return out.getvalue()


def test_v_d4_the_command_loads_files_of_the_night(w: Bank, tmp_path: Path) -> None:
    file = tmp_path / "night.txt"
    file.write_bytes(statement(w.named(), Doc(number="7"), paid_out()))
    assert run(file, w, "--dry-run").splitlines() == [
        "Would be loaded: 3. Loaded before: 0.", "sure: 1, 50,00", "likely: 0, 0,00", "open: 1, 50,00",
    ]  # fmt: skip
    assert not BankLine.objects.exists()
    assert run(file, w).startswith("Loaded: 3. Loaded before: 0.")
    assert (run(file, w), BankLine.objects.count(), wrong()) == ("The file was loaded before.\n", 3, [])
    assert BankStatement.objects.get().loaded_by is None


def test_v_d4_the_command_refuses_with_every_fault(w: Bank, tmp_path: Path) -> None:
    file = tmp_path / "night.txt"
    file.write_bytes(statement(Doc(), received=Decimal(1)))
    with pytest.raises(CommandError, match="6: Итоги"):
        run(file, w)
    file.write_bytes(statement(replace(Doc(), day=TODAY + dt.timedelta(days=1))))
    with pytest.raises(CommandError, match="ещё не наступила"):
        run(file, w)
    with pytest.raises(CommandError, match="no organisation 99 in"):
        run(file, w, code="99")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "none.txt", w)
    assert not BankStatement.objects.exists()
