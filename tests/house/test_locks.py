"""The second of two transitions waits for the lock of the first, and without the lock it does not (N-D2); PostgreSQL
only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from documents.consents.transitions.consents import mark_signed
from documents.consents.transitions.destroying import destroy_data
from documents.consents.transitions.withdrawals import block_card, register_withdrawal, release_card
from documents.ecards.models import CardBatch, CardDelivery, CardRequest
from documents.ecards.transitions.batches import gather_batch, record_answer, send_batch
from documents.ecards.transitions.cards import hand_out
from documents.ecards.transitions.deliveries import confirm_delivery, record_parcel
from documents.ecards.transitions.deliveries import hand_down as hand_cards_down
from documents.ecards.transitions.orders import add_to_order, submit_order
from documents.exchange.models import OutboxEntry
from documents.exchange.transitions.files import pick_up
from documents.tickets.enums import PaperKind
from documents.tickets.models import BlankPaper, BlankStock
from documents.tickets.transitions.issuing import post_issue
from documents.tickets.transitions.stock import confirm_blanks, take_back_blanks
from documents.tickets.transitions.writing_off import move_issued
from dues.ledger.models import DuesAccount, LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import record_payment, reverse_payment
from dues.rates.transitions import set_rate
from members.admission.models import Application
from members.admission.transitions.applications import withdraw_application
from members.lists.transitions.batches import apply_batch
from members.meetings.transitions.decisions import decide
from members.movement.models import Transfer
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister, take_back_leaving
from members.movement.transitions.organizations import merge_organizations, move_organization
from members.movement.transitions.transfers import arrive, confirm, request_departure
from members.people.models import Member
from members.people.transitions.cards import edit_card
from members.people.transitions.registration import register_person
from members.reconciliation.models import Reconciliation
from members.reconciliation.transitions.reconciliation import check, report
from registry.accounts.models import Account
from registry.accounts.transitions.accounts import appoint, block_account, edit_account, reissue_password
from registry.campaigns.models import CampaignReport, ReportForm, ReportLine
from registry.campaigns.transitions.campaigns import cancel_campaign
from registry.campaigns.transitions.forms import make_edition, save_line
from registry.campaigns.transitions.reports import (
    accept_report,
    complete_report,
    enter_figures,
    fill_report,
    release_report,
    return_report,
    take_report_back,
)
from registry.enums import Level, Role
from registry.journal.models import JournalChain
from registry.organizations.models import Federation, Organization
from registry.organizations.transitions.founding import found_organization
from registry.remarks.models import Remark
from registry.remarks.transitions import answer_remark, make_remark, make_remarks, withdraw_remark
from tests.members import places
from tests.registry import trees

from . import guards_of_blanks
from .acts import Scene, ecards, exchange, new, report_forms, scene, tickets
from .acts import campaigns as campaign_reports

pytestmark = [
    pytest.mark.usefixtures("several_connections", "own_files"),
    pytest.mark.postgresql,
]
TODAY = timezone.localdate
Step = Callable[[], Any]
#: Time after which the second step gives up waiting.
PATIENCE = "300ms"


@dataclass(frozen=True)
class Case:
    """Two steps that must not run at the same time, and the model whose row is locked."""

    model: type[Model]
    steps: Callable[[Scene], tuple[Step, Step]]
    #: Charter of the scene: the society, or the union, which has electronic cards.
    charter: str = "society"


def waits_at(first: Step, second: Step) -> str:
    """Return the table whose lock the second step waits for while the first is open; roll both back."""
    done, over = Event(), Event()

    def begin() -> None:
        try:
            with transaction.atomic():
                first()
                done.set()
                over.wait(30)
                transaction.set_rollback(True)
        finally:
            done.set()
            connection.close()

    stopped: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        try:
            return execute(sql, *rest)
        except OperationalError:
            stopped.append(sql)
            raise

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(begin)
        assert done.wait(30)
        try:
            with transaction.atomic(), connection.execute_wrapper(watch):
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                second()
                transaction.set_rollback(True)
        except OperationalError:
            pass
        finally:
            over.set()
        running.result(30)
    found = re.search(r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE', stopped[0]) if stopped else None
    return found[1] if found else ""


def votes(s: Scene) -> tuple[Step, Step]:
    item = new.held(s)
    withdrawn = new.of_items(item)[0]
    return partial(decide, **new.votes(item), by=s.chair), partial(withdraw_application, withdrawn, by=s.chair)


def two_codes(s: Scene) -> tuple[Step, Step]:
    """Two organisations use the code of the same card in transit."""
    given = new.arriving(s)
    third = trees.below(s.place.region, Level.LOCAL, "Третья организация")
    chair = trees.officer(third, Role.CHAIR, "Третьякова")
    elsewhere = {**given, "organization": trees.again(third)}
    return partial(arrive, **given, by=s.chair), partial(arrive, **elsewhere, by=chair)


def crossing(s: Scene) -> tuple[Step, Step]:
    """One member is transferred there while another one is transferred here."""
    there, here = new.wanted(s), new.offered(s)
    return partial(confirm, there.pk, by=s.neighbour), partial(confirm, here.pk, by=s.chair)


def payment_and_year(s: Scene) -> tuple[Step, Step]:
    year = TODAY().year
    paying = partial(
        record_payment, s.member.pk, fee="voluntary", year=None, amount=Decimal("10"), made_on=TODAY(),
        paper="Ведомость № 1", key="one", by=s.chair,
    )  # fmt: skip
    return paying, partial(charge_new_year, s.keeper.pk, year, by=s.chair)


def reversal_and_year(s: Scene) -> tuple[Step, Step]:
    paying, charging = payment_and_year(s)
    paying()
    entry = LedgerEntry.objects.get(account__member=s.member, kind="payment")
    return partial(reverse_payment, entry.pk, reason="Ошибка", by=s.chair), charging


def leaving(s: Scene, reason: str = "death") -> Step:
    return partial(deregister, s.member.pk, reason=reason, on=TODAY(), paper="Свидетельство", by=s.chair)


def request_and_leaving(s: Scene) -> tuple[Step, Step]:
    return partial(request_departure, s.member.pk, target=s.other, by=s.chair), leaving(s)


def end_and_return(s: Scene) -> tuple[Step, Step]:
    line = new.gone(s)
    Member.objects.filter(pk=s.member.pk).update(erase_after=TODAY())
    return partial(take_back_leaving, line.pk, by=s.chair), partial(erase, s.member.pk, by=s.chair)


def two_chairs(s: Scene) -> tuple[Step, Step]:
    empty = trees.below(s.place.region, Level.LOCAL, "Без председателя")

    def to(surname: str) -> Step:
        account = trees.account(empty, surname)
        given = {"organization_id": empty.pk, "role": Role.CHAIR, "starts_on": TODAY()}
        return partial(appoint, account.pk, **given, by=s.superior)

    return to("Первая"), to("Вторая")


def one_account(s: Scene) -> tuple[Step, Step]:
    account = trees.officer(s.keeper, Role.REGISTRAR, "Подчинённая").account
    assert account is not None
    return partial(block_account, account.pk, reason="?", by=s.superior), partial(
        reissue_password, account.pk, by=s.superior
    )


def two_events(s: Scene) -> tuple[Step, Step]:
    """Two accounts of one organisation are changed, which adds two events to the same chain."""

    def of(surname: str) -> Step:
        account = trees.officer(s.keeper, Role.REGISTRAR, surname).account
        assert account is not None
        return partial(edit_account, account.pk, values={"phone": "+79001112233"}, by=s.superior)

    return of("Первая"), of("Вторая")


def two_names(s: Scene) -> tuple[Step, Step]:
    def of(name: str) -> Step:
        given = {"parent": s.place.region, "level": Level.LOCAL, "full_name": name, "short_name": name}
        return partial(found_organization, **given, by=s.superior)

    return of("Новая"), of("Новая")


def two_rates(s: Scene) -> tuple[Step, Step]:
    given = {"fee": "annual", "amount": Decimal("77"), "valid_from": TODAY(), "paper": "Постановление № 7"}
    step = partial(set_rate, s.keeper.federation, **given, by=s.actors["head"])
    return step, step


def same(step: Step) -> tuple[Step, Step]:
    return step, step


def one_list(s: Scene) -> tuple[Step, Step]:
    return same(partial(apply_batch, new.batch(s).pk, by=s.chair))


def check_and_report(s: Scene) -> tuple[Step, Step]:
    found = new.checked(s)
    cell = s.actors["cell"]
    return partial(check, found.pk, {s.member.pk: "missing"}, by=cell), partial(report, found.pk, note="?", by=cell)


def two_sheets(s: Scene) -> tuple[Step, Step]:
    """Two officers post issue sheets from one stock; each would use its lowest number."""
    sheets = [tickets.sheet(s, surname) for surname in ("Первая", "Вторая")]
    return (
        partial(post_issue, sheets[0].pk, made_on=TODAY(), by=s.chair),
        partial(post_issue, sheets[1].pk, made_on=TODAY(), by=s.chair),
    )


def confirmed_and_taken_back(s: Scene) -> tuple[Step, Step]:
    """The receiver confirms an act of handing down while its giver takes it back."""
    act = guards_of_blanks.handing(s)()
    return partial(confirm_blanks, act.pk, by=s.chair), partial(take_back_blanks, act.pk, by=s.superior)


def cancelled_and_destroyed(s: Scene) -> tuple[Step, Step]:
    """Two officers write off the same spoiled blanks."""
    destroying = guards_of_blanks.destroying(s)
    cancelling = partial(
        move_issued, s.keeper.pk, paper_kind=PaperKind.CANCELLATION, blanks=destroying.keywords["blanks"],
        made_on=TODAY(), note="порча", by=s.chair,
    )  # fmt: skip
    return cancelling, destroying


def one_answer(s: Scene) -> tuple[Step, Step]:
    """Two officers load the same answer of the producer."""
    batch = ecards.sent(s)
    return same(partial(record_answer, batch.pk, ecards.answered(s, batch), by=s.superior))


def one_act(s: Scene) -> tuple[Step, Step]:
    """Two officers confirm the same act, one with its card and one without."""
    act = ecards.act(s)
    there = list(act.lines.values_list("request", flat=True))
    return (
        partial(confirm_delivery, act.pk, arrived=there, by=s.chair),
        partial(confirm_delivery, act.pk, arrived=[], by=s.chair),
    )


def one_parcel(s: Scene) -> tuple[Step, Step]:
    """Two officers enter the same cards, under different parcel numbers."""
    given = {"requests": ecards.made(s), "sent_on": TODAY(), "by": s.superior}
    enter = partial(record_parcel, s.place.region.pk, **given)
    return partial(enter, tracking="RA 1111"), partial(enter, tracking="RA 2222")


def one_card(s: Scene) -> tuple[Step, Step]:
    """One officer hands out a card while another gives it back to the region."""
    requests = ecards.arrived(s)
    return (
        partial(hand_out, s.keeper.pk, requests=requests, on=TODAY(), by=s.chair),
        partial(
            hand_cards_down, s.keeper.pk, receiver_id=s.place.region.pk, requests=requests, sent_on=TODAY(), by=s.chair
        ),
    )


def one_order(s: Scene) -> tuple[Step, Step]:
    """One officer adds a member to an order while another one submits it."""
    order, more = ecards.order(s), ecards.ready(s, "Поздняя")
    return (
        partial(submit_order, order.pk, by=s.chair),
        partial(add_to_order, s.keeper.pk, members=[more.pk], by=s.chair),
    )


def gathered_and_moved(s: Scene) -> tuple[Step, Step]:
    """The region gathers an organisation's orders while the organisation is moved to another region."""
    ecards.accepted(s)
    there = trees.below(s.place.head, Level.REGIONAL, "Калужская РО")
    return (
        partial(gather_batch, s.place.region.pk, by=s.superior),
        partial(move_organization, s.keeper.pk, there.pk, on=TODAY(), by=s.actors["head"]),
    )


def two_batches(s: Scene) -> tuple[Step, Step]:
    """Two officers send the same consolidated order."""
    return same(partial(send_batch, ecards.gathered(s).pk, by=s.superior))


def one_file(s: Scene) -> tuple[Step, Step]:
    """Two officers download the same file for the programme."""
    return same(partial(pick_up, exchange.written(s).pk, by=s.actors["head"]))


def one_withdrawal(s: Scene) -> tuple[Step, Step]:
    """Two officers register the same statement."""
    mark_signed(s.member.pk, signed_on=TODAY(), by_hand=True, by=s.chair)
    given = {"purposes": ["processing"], "received_on": TODAY(), "channel": "hand", "by": s.chair}
    return same(partial(register_withdrawal, s.member.pk, **given))


def destroyed_and_released(s: Scene) -> tuple[Step, Step]:
    """The data are destroyed while a new consent unblocks the card."""
    mark_signed(s.member.pk, signed_on=TODAY(), by_hand=True, by=s.chair)
    given = {"purposes": ["processing"], "received_on": TODAY(), "channel": "hand", "by": s.chair}
    found = block_card(register_withdrawal(s.member.pk, **given).pk, by=s.chair)
    return partial(destroy_data, found.pk, destroyed_on=TODAY(), carriers={}, by=s.chair), partial(
        release_card, found.pk, signed_on=TODAY(), by=s.chair
    )


def asked(s: Scene) -> Remark:
    return make_remark("organization", s.keeper.pk, text="Протокол", term=TODAY(), by=s.superior)


def one_remark(s: Scene) -> tuple[Step, Step]:
    """An officer answers a remark while its author withdraws it."""
    pk = asked(s).pk
    return partial(answer_remark, pk, text="Да", by=s.chair), partial(withdraw_remark, pk, by=s.superior)


def one_remark_made(s: Scene) -> tuple[Step, Step]:
    """The same remark is made twice: by its own form, and by a form for many cards."""
    step = partial(make_remark, "organization", s.keeper.pk, text="Протокол", term=TODAY(), by=s.superior)
    return step, partial(make_remarks, [s.member.pk], text="Протокол", term=TODAY(), by=s.superior)


def answered_and_merged(s: Scene) -> tuple[Step, Step]:
    """An officer answers a remark while the organisation is merged with another one."""
    pk = asked(s).pk
    return (
        partial(answer_remark, pk, text="Да", by=s.chair),
        partial(merge_organizations, s.keeper.pk, s.other.pk, on=TODAY(), by=s.superior),
    )


def accepted_and_taken_back(s: Scene) -> tuple[Step, Step]:
    """The superior accepts a report while its author takes it back."""
    pk = campaign_reports.complete(s)
    return partial(accept_report, pk, by=s.superior), partial(take_report_back, pk, by=s.chair)


def entered_and_cancelled(s: Scene) -> tuple[Step, Step]:
    """Figures are entered while the campaign is cancelled."""
    pk = campaign_reports.filled(s)
    campaign = CampaignReport.objects.get(pk=pk).campaign_id
    return (
        partial(enter_figures, pk, values={}, reasons={}, by=s.chair),
        partial(cancel_campaign, campaign, text="Ошибка", by=s.actors["head"]),
    )


def returned_and_added(s: Scene) -> tuple[Step, Step]:
    """An accepted report is returned while the report that includes it is handed in."""
    pk = accept_report(campaign_reports.complete(s), by=s.superior).pk
    above = CampaignReport.objects.get(below=pk)
    for one in CampaignReport.objects.filter(parent=above).exclude(pk=pk):
        release_report(one.pk, text="Нет", by=s.superior)
    fill_report(above.pk, counted={"1": Decimal(0)}, by=s.superior)
    return (
        partial(return_report, pk, text="Нет протокола", term=TODAY(), by=s.superior),
        partial(complete_report, above.pk, by=s.superior),
    )


def lines_of_one_form(s: Scene) -> tuple[Step, Step]:
    """Two officers save formulas that refer to each other; only both together form a circle."""
    form = report_forms.form(s)
    first, second = form.lines.order_by("code")

    def save(line: ReportLine, formula: str) -> Step:
        values = report_forms.line(line.code) | {"source": "formula", "formula": formula}
        return partial(save_line, form.pk, line_id=line.pk, values=values, units={}, by=s.superior)

    return save(first, "[2]"), save(second, "[1]")


def two_editions(s: Scene) -> tuple[Step, Step]:
    """Two officers make a new edition of the same form."""
    return same(partial(make_edition, report_forms.issued(s), by=s.superior))


CASES: dict[str, Case] = {
    "two lines of one report form": Case(ReportForm, lines_of_one_form),
    "a new edition of a report form made twice": Case(ReportForm, two_editions),
    "a report accepted and taken back": Case(CampaignReport, accepted_and_taken_back),
    "figures entered and the campaign cancelled": Case(CampaignReport, entered_and_cancelled),
    "a report returned and the one that adds it handed in": Case(CampaignReport, returned_and_added),
    "a remark answered and withdrawn": Case(Remark, one_remark),
    "a remark answered and its organisation merged": Case(Remark, answered_and_merged),
    "remarks on one organisation made at once": Case(Organization, one_remark_made),
    "an answer of the producer loaded twice": Case(CardBatch, one_answer, "union"),
    "an act of cards confirmed by two": Case(CardDelivery, one_act, "union"),
    "a parcel of cards entered by two": Case(Organization, one_parcel, "union"),
    "a card handed out and given back": Case(Organization, one_card, "union"),
    "an order of cards submitted and filled": Case(Organization, one_order, "union"),
    "a file of messages downloaded by two": Case(OutboxEntry, one_file, "union"),
    "a consolidated order sent twice": Case(Federation, two_batches, "union"),
    "an order gathered and its organisation moved": Case(CardRequest, gathered_and_moved, "union"),
    "a withdrawal registered twice": Case(Member, one_withdrawal),
    "data destroyed and the card released": Case(Member, destroyed_and_released),
    "an act of handing down confirmed and taken back": Case(BlankPaper, confirmed_and_taken_back),
    "blanks cancelled and destroyed": Case(BlankStock, cancelled_and_destroyed),
    "two issue sheets of one stock": Case(BlankStock, two_sheets),
    "a reversal and the charge of the year": Case(DuesAccount, reversal_and_year),
    "a payment and the charge of the year": Case(Organization, payment_and_year),
    "two organisations with one code": Case(Transfer, two_codes),
    "two transfers between two organisations": Case(Organization, crossing),
    "a decision and a withdrawal": Case(Application, votes),
    "the same person twice": Case(
        Organization,
        lambda s: same(
            partial(register_person, organization=s.keeper, values=new.person(s), ground="карточка", by=s.chair)
        ),
    ),
    "a change of the card and a leaving": Case(
        Member,
        lambda s: (partial(edit_card, s.member.pk, values={"city": "Орёл"}, version=None, by=s.chair), leaving(s)),
    ),
    "a request and a leaving": Case(Member, request_and_leaving),
    "destroying and taking back": Case(Member, end_and_return),
    "two chairs of one organisation": Case(Organization, two_chairs),
    "blocking and a new password": Case(Account, one_account),
    "two events of one chain": Case(JournalChain, two_events),
    "two organisations under one name": Case(Federation, two_names),
    "two rates from one day": Case(Federation, two_rates),
    "one list registered twice": Case(Organization, one_list),
    "a check and the report": Case(Reconciliation, check_and_report),
}


@pytest.mark.parametrize("name", CASES)
def test_n_d2_the_second_waits_at_the_lock_and_without_it_does_not(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    society, union = places.voi(), places.union()
    first, second = case.steps(scene(society, union) if case.charter == "society" else scene(union, society))
    table = case.model._meta.db_table
    assert waits_at(first, second) == table
    lock = QuerySet.select_for_update

    def without(queryset: QuerySet[Any], *args: Any, **options: Any) -> QuerySet[Any]:
        return queryset.all() if queryset.model is case.model else lock(queryset, *args, **options)

    monkeypatch.setattr(QuerySet, "select_for_update", without)
    assert waits_at(first, second) != table
