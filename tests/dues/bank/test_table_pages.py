"""Tables of banks on pages and the command line: columns are asked once, remembered, loaded once (V-D4, N-D2)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from dues.bank import loading
from dues.bank.enums import LineState
from dues.bank.loading import ColumnsUnknown, TableRefused, load_file
from dues.bank.models import BankLine, BankStatement, StatementColumns
from dues.ledger.models import BookAccount
from registry.files.models import StoredFile
from registry.spreadsheets.files import Unreadable
from tests.dues.test_ledger import wrong
from tests.members import places

from .test_pages import send, text
from .world import OWN, PAYER, SECOND, TODAY, Bank, Doc, bank, statement

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LOAD = "/dues/bank/load/"
HEAD = "Дата;Номер;Списано;Зачислено;Контрагент;Счёт контрагента;Назначение\n"


def row(
    number: str = "1", came: str = "50,00", went: str = "", purpose: str = "Членский взнос", account: str = PAYER,
    day: dt.date = TODAY,
) -> str:  # fmt: skip
    return f"{day:%d.%m.%Y};{number};{went};{came};НИКТО НЕИЗВЕСТНЫЙ;{account};{purpose}\n"


def table(*rows: str, head: str = HEAD) -> bytes:
    return (head + "".join(rows)).encode("cp1251")


@pytest.fixture
def w() -> Bank:
    return bank()


@pytest.fixture
def chair(w: Bank) -> Client:
    return places.signed_in(w.chair)


def busy(*_args: Any) -> None:
    raise Unreadable("busy")


def answered(answer: Any, **changed: str) -> dict[str, str]:
    """Return the data of the form with its proposed values, with changes."""
    form = answer.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields} | changed


def test_v_d4_columns_are_asked_once_with_a_preview_and_remembered(w: Bank, chair: Client) -> None:
    asked = send(chair, table(row(), row("2"), row("3", "", "7,00", "Комиссия банка")), "export.csv")
    page = asked.redirect_chain[-1][0]
    shown = text(asked)
    assert ("Столбцы выписки" in shown, "Комиссия банка" in shown, BankLine.objects.count()) == (True, True, 0)
    assert [asked.context[name] for name in ("count", "received", "paid")] == [3, "100,00", "7,00"]
    with pytest.MonkeyPatch.context() as patched:
        # The page reads the file again, but the server is busy.
        patched.setattr(loading, "read_rows", busy)
        late = chair.get(page, follow=True)
    assert (late.redirect_chain, "Попробуйте ещё раз через минуту" in text(late)) == ([(LOAD, 302)], True)
    # Changed columns are previewed before loading.
    again = chair.post(page, answered(asked, column_1="", show="1"))
    assert ([one.number for one, _sum in again.context["shown"]], BankLine.objects.count()) == (["", "", ""], 0)
    done = chair.post(page, answered(asked), follow=True)
    assert "Загружены 3 платежа." in text(done)
    assert [(line.number, line.amount, line.state) for line in BankLine.objects.order_by("pk")] == [
        ("1", Decimal(50), LineState.OPEN), ("2", Decimal(50), LineState.OPEN), ("3", Decimal(7), LineState.OTHER),
    ]  # fmt: skip
    remembered = StatementColumns.objects.get()
    assert (remembered.columns["зачислено"], remembered.confirmed_by) == ("received", w.chair.account)
    assert (wrong(), StoredFile.objects.filter(name="bank statement").exists()) == ([], False)
    # For the next file nothing is asked, and nothing is posted twice.
    more = text(send(chair, table(row(), row("2"), row("4")), "export.csv"))
    assert ("Загружен 1 платёж. 2 платежа уже загружены раньше" in more, BankLine.objects.count()) == (True, 4)
    # For other headings the columns are asked again.
    other = send(chair, table(row(), head=HEAD.replace("Номер", "Документ")), "export.csv")
    assert "Столбцы выписки" in text(other)


def test_v_d4_the_same_meaning_for_two_columns_is_refused_and_the_answers_stay(w: Bank, chair: Client) -> None:
    asked = send(chair, table(row()), "export.csv")
    answer = chair.post(asked.redirect_chain[-1][0], answered(asked, column_1="purpose"))
    assert "У двух столбцов одно значение" in text(answer)
    assert (answer.context["form"]["column_1"].value(), BankLine.objects.count()) == ("purpose", 0)


def test_n_d1_a_table_that_disagrees_is_refused_with_its_line_and_the_columns_can_be_corrected(
    w: Bank, chair: Client
) -> None:
    load_file(w.keeper, table(row()), columns=dict(enumerate(MEANT)), by=w.chair)
    asked = send(chair, table(row("2"), "Итого;;0,00;60,00;;;\n"), "export.csv")
    shown = text(asked)
    assert ("Строка 3" in shown, "60,00" in shown, "Что в столбцах" in shown) == (True, True, True)
    assert BankLine.objects.count() == 1
    refused = chair.post(asked.redirect_chain[-1][0], answered(asked))
    assert ("Ничего не загружено" in text(refused), BankLine.objects.count()) == (True, 1)


MEANT = ("day", "number", "paid", "received", "name", "account", "purpose")


@pytest.mark.both
def test_n_d2_the_same_payments_from_another_format_are_not_posted_again(w: Bank) -> None:
    w.load(Doc(number="0001"), Doc(number="0001"), Doc(number="2", purpose="Взнос за год"))
    meant = dict(enumerate(MEANT))
    # Three payments known from the client bank's format, one of them with fewer details here, and two new ones.
    file = table(row("1"), row("1"), row("1"), row("2", purpose="Взнос"), row("5", account=""))
    loaded = load_file(w.keeper, file, columns=meant, by=w.chair)
    assert ([line.number for line in loaded.lines], loaded.statement.repeated) == (["1", "5"], 3)
    assert list(loaded.statement.overlaps.all()) == [BankStatement.objects.earliest("pk")]
    # Conversely, payments loaded from the table are recognised in the client bank's format.
    again = w.load(Doc(number="0005"), Doc(number="0001"), Doc(number="0001"), Doc(number="0001"))
    assert (len(again.lines), again.statement.repeated, wrong()) == (0, 4, [])


@pytest.mark.parametrize(
    "changed", [{"number": "9"}, {"purpose": "Пожертвование"}, {"account": "40817810300000000202"}, {"came": "50,01"}]
)
def test_n_d2_a_payment_that_another_format_contradicts_is_another_one(w: Bank, changed: dict[str, str]) -> None:
    w.load(Doc())
    loaded = load_file(w.keeper, table(row(**changed)), columns=dict(enumerate(MEANT)), by=w.chair)
    assert (len(loaded.lines), loaded.statement.repeated) == (1, 0)


def test_v_d4_an_account_that_the_table_does_not_name_is_chosen_among_several(w: Bank, chair: Client) -> None:
    BookAccount.objects.create(organization=w.keeper, kind="bank", number=SECOND)
    asked = send(chair, table(row()), "export.csv")
    page = asked.redirect_chain[-1][0]
    assert "Заполните это поле" in text(chair.post(page, answered(asked, account="")))
    chair.post(page, answered(asked, account=SECOND))
    assert BankLine.objects.get().account == SECOND
    # The account is asked again for the next file, but not if the file names its account.
    assert "Столбцы выписки" in text(send(chair, table(row("2")), "export.csv"))
    send(chair, f"Счёт;{OWN}\n".encode("cp1251") + table(row("3")), "export.csv")
    assert BankLine.objects.latest("pk").account == OWN
    foreign = f"Счёт;{PAYER}\n".encode("cp1251") + table(row("4"))
    assert f"Выписка по счёту {PAYER}, а он не вашей организации. Если счёт ваш, добавьте" in text(
        send(chair, foreign, "export.csv")
    )
    assert BankLine.objects.count() == 2


def test_v_d4_a_table_without_headings_is_asked_every_time(w: Bank, chair: Client) -> None:
    meant = {f"column_{at}": name for at, name in enumerate(MEANT)}
    for number in ("1", "2"):
        asked = send(chair, table(row(number), row(f"{number}1"), head=""), "export.csv")
        assert "Столбцы выписки" in text(asked)
        chair.post(asked.redirect_chain[-1][0], answered(asked, **meant))
    assert BankLine.objects.count() == 4


def test_v_d4_the_file_of_somebody_else_is_not_shown(w: Bank, chair: Client) -> None:
    page = send(chair, table(row()), "export.csv").redirect_chain[-1][0]
    assert places.signed_in(w.place.reviewer).get(page).status_code in {403, 404}
    assert chair.get(page).status_code == 200


def run(path: Path, w: Bank, *options: str) -> str:
    out = io.StringIO()
    call_command(
        "import_statement", str(path), "--federation", w.keeper.federation.code, "--organization", w.keeper.code,
        *options, stdout=out,
    )  # fmt: skip
    return out.getvalue()


def test_v_d4_the_command_loads_tables_with_remembered_columns_only(w: Bank, tmp_path: Path) -> None:
    path = tmp_path / "night.csv"
    path.write_bytes(table(row(), row()))
    with pytest.raises(CommandError, match="Nobody has said yet what the columns"):
        run(path, w)
    with pytest.raises(ColumnsUnknown):
        load_file(w.keeper, path.read_bytes(), by=w.chair)
    load_file(w.keeper, table(row("7")), columns=dict(enumerate(MEANT)), by=w.chair)
    assert "Loaded: 2. Loaded before: 0." in run(path, w)
    assert "The file was loaded before." in run(path, w)
    BookAccount.objects.create(organization=w.keeper, kind="bank", number=SECOND)
    path.write_bytes(table(row("8")))
    with pytest.raises(CommandError, match="of which account"):
        run(path, w)
    assert "Loaded: 1." in run(path, w, "--account", SECOND)
    assert BankLine.objects.get(number="8").account == SECOND
    path.write_bytes(table(row("9")))
    with pytest.raises(CommandError, match=f"2: .*{PAYER}"):
        run(path, w, "--account", PAYER)


def test_n_d1_a_refused_table_posts_nothing(w: Bank) -> None:
    before = BankLine.objects.count(), BookAccount.objects.count()
    with pytest.raises(TableRefused):
        load_file(w.keeper, table(row(), row(came="NaN")), columns=dict(enumerate(MEANT)), by=w.chair)
    assert (BankLine.objects.count(), BookAccount.objects.count()) == before
    assert not StatementColumns.objects.exists()
    assert len(w.load(Doc()).lines) == 1
    assert statement(Doc()) != table(row())
