"""An organisation's own bank accounts besides the one in its passport (V-D4, N-D1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from dues.bank.enums import LineState
from dues.bank.loading import load_file
from dues.bank.models import BankLine, OwnAccount
from dues.bank.reading.statement import StatementRefused
from dues.bank.rules.accounts import check_not_ended
from dues.bank.rules.lines import MOVED, check_own_transfer
from dues.bank.transitions.accounts import add_account, end_account
from dues.bank.transitions.posting import mark_own_transfer, put_back
from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount
from dues.ledger.rules.holdings import held_by
from registry.errors import NotAllowed
from tests.dues.test_ledger import wrong
from tests.members import places
from tests.refusals import refused

from .test_pages import address, text
from .world import OWN, TODAY, Bank, Doc, bank, statement

pytestmark = [pytest.mark.django_db, pytest.mark.once]
#: The check digit of the account matches the BIK.
NUMBER, BIK = "40703810200000000044", "047003999"
DAY = dt.timedelta(days=1)


@pytest.fixture
def w() -> Bank:
    return bank()


@pytest.fixture
def chair(w: Bank) -> Client:
    return places.signed_in(w.chair)


def add(w: Bank, **changed: Any) -> OwnAccount:
    values = {"number": NUMBER, "bik": BIK, "bank": "Второй банк", "since": TODAY - 10 * DAY, "by": w.chair, **changed}
    return add_account(w.keeper.pk, **values)


def load(w: Bank, *docs: Doc) -> list[BankLine]:
    return list(load_file(w.keeper, statement(*docs, account=NUMBER), by=w.chair).lines)


@pytest.mark.both
def test_v_d4_a_statement_of_a_second_account_is_refused_until_it_is_entered(w: Bank) -> None:
    with pytest.raises(StatementRefused):
        load(w, Doc(payee=NUMBER))
    account = add(w, number=f" {NUMBER[:5]} {NUMBER[5:]}", bank=" Второй  банк ")
    assert (account.number, account.bank, account.until) == (NUMBER, "Второй банк", None)
    (line,) = load(w, Doc(payee=NUMBER))
    assert (line.account, line.remarks, line.state) == (NUMBER, "", LineState.OPEN)
    assert len(w.load(Doc()).lines) == 1
    books = BookAccount.objects.filter(kind=AccountKind.BANK, organization=w.keeper).order_by("number")
    assert [(one.number, held_by(one)) for one in books] == [(NUMBER, 50), (OWN, 50)]
    assert wrong() == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"number": NUMBER[:-1] + "5"}, "number"), ({"number": "4070381020000000004"}, "number"),
        ({"number": "٤٠٧٠٣٨١٠٢٠٠٠٠٠٠٠٠٠٤٤"}, "number"), ({"bik": "04700399"}, "bik"), ({"bik": "147003999"}, "bik"),
        ({"bank": "  "}, "bank"), ({"since": TODAY + DAY}, "since"), ({"since": dt.date(1900, 1, 1)}, "since"),
    ],
)  # fmt: skip
def test_v_d4_an_account_agrees_with_its_bank_and_has_a_day(w: Bank, changed: dict[str, Any], field: str) -> None:
    with refused("V-D4", field=field):
        add(w, **changed)
    assert not OwnAccount.objects.exists()
    assert add(w, since=TODAY).since == TODAY


@pytest.mark.both
def test_v_d4_an_account_is_entered_once_and_again_only_after_its_end(w: Bank) -> None:
    w.keeper.passport.account, w.keeper.passport.bik = NUMBER, BIK
    w.keeper.passport.save()
    with refused("V-D4", field="number"):
        add(w)
    w.keeper.passport.account = OWN
    w.keeper.passport.save()
    account = add(w)
    with refused("V-D4", field="number"):
        add(w)
    end_account(account.pk, until=TODAY - 5 * DAY, by=w.chair)
    with refused("V-D4", field="since"):
        add(w, since=TODAY - 5 * DAY)
    assert add(w, since=TODAY - 4 * DAY).until is None


def test_v_d4_an_account_ends_between_its_first_day_and_today_once(w: Bank) -> None:
    account = add(w)
    for until in (account.since - DAY, TODAY + DAY):
        with refused("V-D4", field="until"):
            end_account(account.pk, until=until, by=w.chair)
    check_not_ended(account)
    assert end_account(account.pk, until=account.since, by=w.chair).until == account.since
    with refused("V-D4"):
        check_not_ended(OwnAccount.objects.get())
    with refused("V-D4"):
        end_account(account.pk, until=TODAY, by=w.chair)


def test_v_d4_payments_outside_of_its_days_are_flagged(w: Bank) -> None:
    account = add(w, since=TODAY - 4 * DAY)
    end_account(account.pk, until=TODAY - 2 * DAY, by=w.chair)
    days = [TODAY - back * DAY for back in (5, 4, 2, 1)]
    lines = load(w, *(Doc(payee=NUMBER, number=str(at), day=day) for at, day in enumerate(days)))
    assert [bool(line.remarks) for line in lines] == [True, False, False, True]


def test_v_d4_only_the_clerks_of_the_organisation_change_its_accounts(w: Bank) -> None:
    account = add(w)
    with pytest.raises(NotAllowed):
        add_account(w.keeper.pk, number=NUMBER, bik=BIK, bank="Банк", since=TODAY, by=w.place.reviewer)
    with pytest.raises(NotAllowed):
        end_account(account.pk, until=TODAY, by=w.place.reviewer)


def test_n_d1_money_between_own_accounts_is_not_dues_from_the_beginning(w: Bank) -> None:
    add(w)
    (came,) = w.load(Doc(payer=NUMBER)).lines
    (went,) = load(w, Doc(payer=NUMBER))
    assert [(line.state, line.reason, line.incoming) for line in (came, went)] == [
        (LineState.OTHER, MOVED, True), (LineState.OTHER, MOVED, False),
    ]  # fmt: skip
    assert held_by(BookAccount.objects.get(kind=AccountKind.OTHER, organization=w.keeper)) == 0


def test_n_d1_an_earlier_line_is_proposed_once_the_account_is_entered_and_put_back(w: Bank, chair: Client) -> None:
    line = w.line(payer=NUMBER)
    page = address("bank_line", line.pk)
    with refused("N-D1"):
        mark_own_transfer(line.pk, by=w.chair)
    assert "Между нашими счетами" not in text(chair.get(page))
    add(w)
    assert "Между нашими счетами" in text(chair.get(page))
    chair.post(address("bank_line_own_transfer", line.pk))
    line.refresh_from_db()
    assert (line.state, line.reason, line.posted, wrong()) == (LineState.OTHER, MOVED, line.amount, [])
    put_back(line.pk, reason="Ошибка", by=w.chair)
    line.refresh_from_db()
    assert (line.state, line.reason, wrong()) == (LineState.OPEN, "", [])


def test_n_d1_the_organisations_own_inn_is_evidence_too(w: Bank) -> None:
    line = w.line(inn="7107012347")
    with refused("N-D1"):
        check_own_transfer(line, [OWN])
    w.keeper.inn = line.organization.inn = "7107012347"
    check_own_transfer(line, [OWN])
    line.organization.inn = line.other_inn = ""
    with refused("N-D1"):
        check_own_transfer(line, [OWN])


def test_v_d4_the_pages_list_add_and_close_accounts(w: Bank, chair: Client) -> None:
    shown = text(chair.get(address("own_accounts")))
    assert (OWN in shown, "в паспорте" in shown) == (True, True)
    values = {"number": NUMBER, "bik": "044525225", "bank": "Второй банк", "since": f"{TODAY:%d.%m.%Y}"}
    refusal = chair.post(address("add_own_account"), values)
    assert (refusal.context["form"]["number"].value(), OwnAccount.objects.count()) == (NUMBER, 0)
    chair.post(address("add_own_account"), {**values, "bik": BIK})
    account = OwnAccount.objects.get()
    assert NUMBER in text(chair.get(address("own_accounts")))
    chair.post(address("end_own_account", account.pk), {"until": f"{TODAY:%d.%m.%Y}"})
    assert OwnAccount.objects.get().until == TODAY
    assert chair.get(address("end_own_account", account.pk)).status_code == 302
