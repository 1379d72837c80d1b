"""Lines of bank statements about money between organisations: proposed, confirmed, undone (V-D7, N-D1)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dues.bank.enums import Evidence, LineState
from dues.bank.loading import load_file
from dues.bank.models import BankLine, BankPart
from dues.bank.rules.lines import PAID, check_can_be_put_back, check_keeps_bank, states_bank
from dues.bank.transitions.accounts import add_account
from dues.bank.transitions.posting import mark_not_dues
from dues.bank.transitions.unloading import unload_statement
from dues.distribution.enums import RemittanceState
from dues.distribution.models import Remittance
from dues.distribution.queries import open_between
from dues.distribution.transitions import confirm_remittance, take_remittance_back
from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount
from dues.ledger.rules.holdings import held_by
from dues.partners.queries import linked_to, proposals
from dues.partners.rules import check_can_be_freed
from dues.partners.transitions import free_line, settle_line
from registry.access import Actor
from registry.errors import NotAllowed, StaleVersion
from registry.organizations.models import Organization, OrganizationPassport
from tests.dues.bank.test_pages import address, text
from tests.dues.bank.world import OWN, Doc, statement
from tests.dues.distribution.world import DAY, TODAY, Sharing, sharing
from tests.dues.test_ledger import wrong
from tests.members import places
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.once]
#: Accounts of the region, in its passport and another one, and the BIK.
REGION, SECOND, BIK = "40703810900000000099", "40703810200000000044", "047003999"
INN, OTHER_INN = "7107012347", "7707083893"


@pytest.fixture
def w() -> Sharing:
    """A world where both organisations have an account and an INN, and the local one owes 40 roubles to the region."""
    world = sharing()
    for place, account, inn in ((world.local, OWN, OTHER_INN), (world.region, REGION, INN)):
        OrganizationPassport.objects.update_or_create(organization=place, defaults={"account": account, "bik": BIK})
        Organization.objects.filter(pk=place.pk).update(inn=inn)
        place.refresh_from_db()
    world.pay("100")
    world.decide((world.local, "60"), (world.region, "40"))
    world.share()
    return world


def paid(amount: str = "40.00", **changed: Any) -> Doc:
    """Return a document of a payment by the local organisation to the region."""
    values = {"name": "РЕГИОН", "purpose": "Отчисления", "amount": amount, "payer": OWN, "payee": REGION}
    return Doc(**{**values, **changed})


def sent(w: Sharing, *docs: Doc) -> list[BankLine]:
    lines = load_file(w.local, statement(*(docs or (paid(),))), by=w.chair).lines
    return list(BankLine.objects.filter(pk__in=[line.pk for line in lines]).order_by("pk"))


def came(w: Sharing, *docs: Doc) -> list[BankLine]:
    lines = load_file(w.region, statement(*(docs or (paid(),)), account=REGION), by=w.region_chair).lines
    return list(BankLine.objects.filter(pk__in=[line.pk for line in lines]).order_by("pk"))


def held(place: Organization, kind: AccountKind) -> Decimal:
    accounts = BookAccount.objects.filter(organization=place, kind=kind)
    return sum((held_by(account) for account in accounts), Decimal(0))


@pytest.mark.both
def test_v_d7_a_payment_of_money_passed_on_is_joined_with_it_and_counted_once(w: Sharing) -> None:
    remittance = w.send("40", source="bank", made_on=TODAY)
    (line,) = sent(w)
    assert proposals(w.local, [line])[line.pk].remittance == remittance
    assert settle_line(line.pk, by=w.chair) == remittance
    line.refresh_from_db()
    remittance.refresh_from_db()
    assert (remittance.sent_line, line.state, line.reason) == (
        line, LineState.OTHER, f"Перечислено: {w.region.short_name}",
    )  # fmt: skip
    assert (held(w.local, AccountKind.BANK), held(w.local, AccountKind.OTHER)) == (-40, 0)
    assert (open_between(w.local, w.region), Remittance.objects.count(), wrong()) == (0, 1, [])
    assert proposals(w.local, [line]) == {}
    with refused("V-D7"):
        settle_line(line.pk, by=w.chair)
    with refused("N-D1"):
        take_remittance_back(remittance.pk, reason="Ошибка", by=w.chair)


def test_v_d7_a_payment_that_nobody_recorded_is_recorded_as_money_passed_on(w: Sharing) -> None:
    (line,) = sent(w, paid("30.00", payee="40702810000000000099", inn=INN))
    assert proposals(w.local, [line]) == {}
    BankLine.objects.filter(pk=line.pk).update(other_inn=INN)
    remittance = settle_line(line.pk, by=w.chair)
    assert (remittance.amount, remittance.source, remittance.receiver, remittance.sent_line_id) == (
        30, "bank", w.region, line.pk,
    )  # fmt: skip
    assert (open_between(w.local, w.region), held(w.local, AccountKind.OTHER), wrong()) == (10, 0, [])
    # After undoing, the payment is unlinked, and the money passed on remains recorded until it is undone itself.
    with refused("N-D1", field="reason"):
        free_line(line.pk, reason=" ", by=w.chair)
    free_line(line.pk, reason="Ошибка", by=w.chair)
    line.refresh_from_db()
    assert (line.reason, linked_to(line), Remittance.objects.get().state) == (PAID, None, RemittanceState.SENT)
    take_remittance_back(remittance.pk, reason="Ошибка", by=w.chair)
    assert (open_between(w.local, w.region), held(w.local, AccountKind.OTHER), wrong()) == (40, 30, [])


def test_n_d1_the_file_of_a_payment_stays_while_it_is_money_passed_on(w: Sharing) -> None:
    remittance = w.send("40", source="bank", made_on=TODAY)
    for _again in range(2):
        (line,) = sent(w)
        assert settle_line(line.pk, by=w.chair) == remittance
        with refused("N-D1", match="уже разносили"):
            unload_statement(line.statement_id, reason="Ошибка", by=w.chair)
        assert [held(w.local, kind) for kind in (AccountKind.BANK, AccountKind.OTHER)] == [-40, 0]
        free_line(line.pk, reason="Ошибка", by=w.chair)
        assert unload_statement(line.statement_id, reason="Ошибка", by=w.chair) == 1
        # The money passed on remains recorded without a payment.
        assert (Remittance.objects.get().state, BankLine.objects.count()) == (RemittanceState.SENT, 0)
        assert [held(w.local, kind) for kind in (AccountKind.BANK, AccountKind.OTHER)] == [0, -40]
        assert wrong() == []


def test_n_d1_papers_say_what_came_to_a_superior_whose_only_file_was_taken_back(w: Sharing) -> None:
    assert not states_bank(w.region)
    (line,) = came(w)
    assert states_bank(w.region)
    unload_statement(line.statement_id, reason="Ошибка", by=w.region_chair)
    assert (states_bank(w.region), states_bank(w.local), wrong()) == (False, True, [])


def test_n_d1_the_file_of_money_received_stays_even_if_it_was_put_back(w: Sharing) -> None:
    w.send("40", source="bank", made_on=TODAY)
    (line,) = came(w)
    settle_line(line.pk, by=w.region_chair)
    for _state in ("confirmed", "put back"):
        with refused("N-D1", match="уже разносили"):
            unload_statement(line.statement_id, reason="Ошибка", by=w.region_chair)
        if linked_to(line) is not None:
            free_line(line.pk, reason="Ошибка", by=w.region_chair)
    assert (BankLine.objects.count(), wrong()) == (1, [])


@pytest.mark.parametrize(
    ("doc", "proposed"),
    [
        (paid("40.01"), False), (paid("40.00"), True), (paid("39.99"), True),
        (paid(payee="40702810000000000099"), False), (paid(day=TODAY - 11 * DAY), True),
    ],
)  # fmt: skip
def test_v_d7_a_payment_is_proposed_by_account_and_a_debt_of_its_sum(w: Sharing, doc: Doc, proposed: bool) -> None:
    (line,) = sent(w, doc)
    found = proposals(w.local, [line])
    assert (line.pk in found) is proposed
    if not proposed:
        with refused("V-D7"):
            settle_line(line.pk, by=w.chair)


@pytest.mark.parametrize(("days", "same"), [(0, True), (10, True), (11, False)])
def test_v_d7_money_passed_on_is_that_of_a_payment_within_ten_days(w: Sharing, days: int, same: bool) -> None:
    remittance = w.send("20", source="bank", made_on=TODAY)
    (line,) = sent(w, paid("20.00", day=TODAY - days * DAY))
    assert (proposals(w.local, [line])[line.pk].remittance == remittance) is same


def test_v_d7_an_account_or_inn_of_both_organisations_is_no_evidence(w: Sharing) -> None:
    w.send("40", source="bank", made_on=TODAY)
    (line,) = sent(w, paid(payee="40702810000000000099"))
    line.other_inn = INN
    assert line.pk in proposals(w.local, [line])
    w.local.inn = INN
    assert proposals(w.local, [line]) == {}


def test_v_d7_two_equal_payments_are_those_of_two_remittances(w: Sharing) -> None:
    first, second = (w.send("20", source="bank", made_on=TODAY) for _at in range(2))
    lines = sent(w, paid("20.00"), paid("20.00"), paid("20.00"))
    found = proposals(w.local, lines)
    assert [found[line.pk].remittance for line in lines if line.pk in found] == [first, second]


@pytest.mark.both
def test_v_d7_money_from_below_is_confirmed_by_the_payment_and_put_back(w: Sharing) -> None:
    remittance = w.send("40", source="bank", made_on=TODAY)
    (line,) = came(w)
    assert (line.state, held(w.region, AccountKind.UNKNOWN)) == (LineState.OPEN, -40)
    settle_line(line.pk, by=w.region_chair)
    remittance.refresh_from_db()
    line.refresh_from_db()
    assert (remittance.state, remittance.received_line, remittance.received_on) == (
        RemittanceState.RECEIVED, line, TODAY,
    )  # fmt: skip
    assert (line.state, line.posted, BankPart.objects.get().evidence) == (LineState.OTHER, 40, Evidence.PARTNER)
    kinds = (AccountKind.BANK, AccountKind.UNKNOWN, AccountKind.OTHER, AccountKind.OWED_BY)
    assert [held(w.region, kind) for kind in kinds] == [40, 0, 0, 0]
    assert wrong() == []
    with refused("N-D1"):
        check_can_be_put_back(BankLine.objects.get(), "Ошибка")
    for _again in range(2):
        free_line(line.pk, reason="Ошибка", by=w.region_chair)
        remittance.refresh_from_db()
        line.refresh_from_db()
        assert (remittance.state, remittance.receipt, remittance.received_on, remittance.received_line) == (
            RemittanceState.SENT, None, None, None,
        )  # fmt: skip
        assert (line.state, line.posted, line.reason) == (LineState.OPEN, 0, "")
        assert [held(w.region, kind) for kind in kinds] == [40, -40, 0, 40]
        assert wrong() == []
        settle_line(line.pk, by=w.region_chair)
    assert (Remittance.objects.get().state, wrong()) == (RemittanceState.RECEIVED, [])


@pytest.mark.parametrize("before", [True, False])
def test_n_d1_money_that_was_confirmed_by_hand_is_on_the_account_once(w: Sharing, before: bool) -> None:
    """The receipt is confirmed before or after the first bank statement is loaded."""
    remittance = w.send("40", source="bank", made_on=TODAY)
    if not before:
        came(w, paid("1.00", payee="40702810000000000099", payer=REGION))
    confirm_remittance(remittance.pk, received_on=TODAY, source="bank", by=w.region_chair)
    (line,) = came(w)
    settle_line(line.pk, by=w.region_chair)
    kinds = (AccountKind.BANK, AccountKind.UNKNOWN, AccountKind.OTHER, AccountKind.OWED_BY)
    spent = 0 if before else 1
    assert [held(w.region, kind) for kind in kinds] == [40 - spent, 0, spent, 0]
    free_line(line.pk, reason="Ошибка", by=w.region_chair)
    assert (Remittance.objects.get().state, wrong()) == (RemittanceState.RECEIVED, [])
    line.refresh_from_db()
    assert (line.state, held(w.region, AccountKind.UNKNOWN)) == (LineState.OPEN, -40)


@pytest.mark.parametrize(("days", "likely"), [(-1, False), (0, True), (60, True), (61, False)])
def test_v_d7_money_comes_within_sixty_days_after_it_was_sent(w: Sharing, days: int, likely: bool) -> None:
    remittance = w.send("40", source="bank", made_on=TODAY)
    (line,) = came(w)
    Remittance.objects.filter(pk=remittance.pk).update(made_on=line.made_on - dt.timedelta(days=days))
    assert (line.pk in proposals(w.region, [line])) is likely


@pytest.mark.parametrize("source", ["received", "cash"])
def test_n_d1_money_that_came_by_papers_is_not_that_of_the_bank(w: Sharing, source: str) -> None:
    remittance = w.send("40", source="received")
    confirm_remittance(remittance.pk, received_on=TODAY, source="received", by=w.region_chair)
    (line,) = came(w)
    Remittance.objects.update(source=source)
    assert proposals(w.region, [line]) == {}


def test_v_d7_a_second_account_of_the_other_organisation_is_evidence(w: Sharing) -> None:
    w.send("40", source="bank", made_on=TODAY)
    (line,) = sent(w, paid(payee=SECOND))
    assert proposals(w.local, [line]) == {}
    add_account(w.region.pk, number=SECOND, bik=BIK, bank="Банк", since=TODAY, by=w.region_chair)
    assert line.pk in proposals(w.local, [line])


def test_v_d7_a_superior_loads_statements_once_shares_are_owed_to_it(w: Sharing) -> None:
    check_keeps_bank(w.region)
    with refused("V-D4"):
        check_keeps_bank(w.head)
    with pytest.raises(Organization.DoesNotExist):
        load_file(w.region, statement(paid(), account=REGION), by=w.chair)


def test_n_d1_a_line_that_is_posted_otherwise_is_not_proposed(w: Sharing) -> None:
    w.send("40", source="bank", made_on=TODAY)
    (line,) = came(w)
    mark_not_dues(line.pk, reason="Возврат", by=w.region_chair)
    line.refresh_from_db()
    assert proposals(w.region, [line]) == {}
    with refused("N-D1"):
        check_can_be_freed(linked_to(line), "Ошибка")
    with refused("N-D1"):
        free_line(line.pk, reason="Ошибка", by=w.region_chair)


def test_v_d7_each_confirms_its_own_lines_and_no_stale_ones(w: Sharing) -> None:
    w.send("40", source="bank", made_on=TODAY)
    (line,) = sent(w)
    with pytest.raises(NotAllowed):
        settle_line(line.pk, by=w.region_chair)
    with pytest.raises(StaleVersion):
        settle_line(line.pk, version=line.version + 1, by=w.chair)
    settle_line(line.pk, version=line.version, by=w.chair)


def client(actor: Actor) -> Client:
    return places.signed_in(actor)


def test_v_d7_the_pages_offer_confirm_and_put_back(w: Sharing) -> None:
    w.send("40", source="bank", made_on=TODAY)
    (out,), (into,) = sent(w), came(w)
    for chair, line, state, done in (
        (client(w.chair), out, "other", "Платёж связан"), (client(w.region_chair), into, "open", "подтверждены"),
    ):  # fmt: skip
        page = address("bank_line", line.pk)
        assert "Расчёты между организациями" in text(chair.get(page))
        listed = chair.get(f"{address('bank')}?state={state}")
        assert "счёт или ИНН и сумма" in text(listed)
        assert address("settle_bank_line", line.pk) in listed.content.decode()
        stale = chair.post(address("settle_bank_line", line.pk), {"version": "99"}, follow=True)
        assert "кто-то другой" in text(stale)
        assert linked_to(line) is None
        assert done in text(chair.post(address("settle_bank_line", line.pk), {"version": "1"}, follow=True))
        assert linked_to(line) is not None
        assert "Расчёты между организациями" not in text(chair.get(page))
        back = address("put_bank_line_back", line.pk)
        assert chair.post(back, {"reason": ""}).context["form"].errors
        chair.post(back, {"reason": "Ошибка"})
        assert (linked_to(line), wrong()) == (None, [])
    # The superior's page of settlements links to the bank.
    assert f'href="{address("bank")}"' in client(w.region_chair).get(address("settlements")).content.decode()


def test_the_list_asks_as_many_queries_for_many_proposals_as_for_few(w: Sharing) -> None:
    chair, counts = client(w.chair), []
    for most in (1, 6):
        for at in range(most):
            w.send("1", source="bank", made_on=TODAY)
            sent(w, paid("1.00", number=f"{most}-{at}"))
        chair.get(f"{address('bank')}?state=other")
        with CaptureQueriesContext(connection) as asked:
            assert chair.get(f"{address('bank')}?state=other").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.both
def test_n_d1_integrity_finds_payments_that_are_not_those_of_the_money(w: Sharing) -> None:
    remittance = w.send("40", source="bank", made_on=TODAY)
    (out,), (into,) = sent(w), came(w)
    settle_line(out.pk, by=w.chair)
    settle_line(into.pk, by=w.region_chair)
    assert wrong() == []
    said = f"remittance {remittance.pk} does not agree with its bank payments"
    for values in ({"sent_line": into, "received_line": None}, {"sent_line": None, "received_line": out}):
        Remittance.objects.update(**values)
        assert wrong() == [said]
    Remittance.objects.update(sent_line=out, received_line=into)
    assert wrong() == []
    (other,) = sent(w, paid("1.00"))
    Remittance.objects.update(sent_line=other)
    assert wrong() == [said]
