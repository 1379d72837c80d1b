"""A small demonstration with records for every page, for the audit of all pages."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from PIL import Image

from documents.consents.models import Consent, ConsentText, Withdrawal
from documents.ecards.contents import for_replacement
from documents.ecards.enums import RequestReason
from documents.ecards.models import CardBatch, CardDelivery, CardOrder, CardRequest, ElectronicCard
from documents.ecards.queries.readiness import candidates
from documents.ecards.rules import check_chosen
from documents.ecards.transitions.batches import gather_batch
from documents.printing.models import SHIFTS
from documents.printing.transitions import save_printer
from documents.rights.models import SubjectRequest
from documents.tickets.enums import BlankKind, Place
from documents.tickets.models import Blank, BlankPaper
from dues.bank.loading import load_file
from dues.bank.models import BankLine
from dues.bank.queries.accounts import own_accounts
from dues.bank.transitions.accounts import add_account
from dues.bank.transitions.posting import post_line
from dues.bank.transitions.settling import Share
from dues.collecting import transitions as collecting
from dues.contributions.rules import Term
from dues.contributions.transitions import charge_contribution, set_contribution
from dues.distribution import transitions as distribution
from dues.expenses.transitions import Texts, pay_out
from dues.ledger.models import LedgerEntry
from dues.opening.imports import read_openings
from dues.opening.preview import keep_plan
from dues.opening.queries import without_opening
from dues.opening.transitions import record_openings
from dues.payments.transitions import Paid, record_payments
from dues.payroll import loading
from dues.payroll.models import Deduction, Employer, PayrollList
from dues.rates.models import Rate
from dues.rates.transitions import reduce_for_category
from members.admission.models import Application, Attachment, Representation
from members.book.models import BookLine
from members.lists import batches, updates
from members.lists.models import ImportRow
from members.lists.transitions.updates import apply_update
from members.meetings.models import AgendaItem, Appeal, Meeting
from members.meetings.transitions.agenda import put_on
from members.meetings.transitions.meetings import hold_meeting, plan_meeting
from members.movement.models import Transfer
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.movement.transitions.transfers import request_departure
from members.people.models import Member
from members.people.transitions.cards import add_entry, put_photo
from members.people.transitions.marks import add_mark
from members.reconciliation.jobs import open_reconciliations
from members.reconciliation.models import Reconciliation
from members.reconciliation.transitions.proposals import propose
from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.tokens import SecondFactor
from registry.breaches.models import Breach
from registry.campaigns.indicators import indicators_for
from registry.campaigns.models import Campaign, CampaignReport
from registry.campaigns.transitions.forms import (
    LINE_FIELDS,
    create_form,
    issue_form,
    save_check,
    save_line,
    take_example,
)
from registry.campaigns.transitions.reports import release_report
from registry.demo import load
from registry.demo.campaigns import hand_up
from registry.enums import Level, Permission, Role
from registry.granting.transitions import ask_for_role
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from registry.organizations.models import Organization, RenameRequest
from registry.organizations.transitions.founding import keep_list
from registry.organizations.transitions.lifecycle import begin_liquidation
from registry.organizations.transitions.passports import add_body, seat_person
from registry.remarks.models import Remark
from registry.states import refusal
from tests.dues.bank.world import Doc, statement
from tests.members import sessions
from tests.registry import trees
from tests.worlds import laid_once

#: Number of organisations of each federation whose people are loaded.
PEOPLED = 2
DATA = Path(__file__).parents[1] / "data"


@dataclass
class World:
    """Records of the demonstration by a short name, and actors by login."""

    rows: dict[str, Any] = field(default_factory=dict)

    def who(self, login: str) -> Actor:
        """Return the person with that login, under the first appointment."""
        return Actor.of(Account.objects.get(login=login))

    def home(self, login: str) -> Organization:
        """Return the organisation in which the person with that login acts."""
        organization = self.who(login).organization
        assert organization is not None
        return trees.again(organization)


def laid() -> World:
    """Load the stored small demonstration with a record for each page."""
    return laid_once(build)


def build() -> World:
    """Create the world."""
    with pytest.MonkeyPatch.context() as patch:
        _load_few(patch)
    world = World()
    _organizations(world)
    _members(world)
    _moves(world)
    _papers(world)
    _meetings(world)
    _cards(world)
    _report_forms(world)
    return world


def _load_few(patch: pytest.MonkeyPatch) -> None:
    everybody = load._people

    def few(keeper: Organization, tree: Any, *rest: Any) -> None:
        keepers = tree.locals if keeper.level == Level.LOCAL else tree.primaries
        if keepers.index(keeper) < PEOPLED:
            everybody(keeper, tree, *rest)

    patch.setattr(load, "_people", few)
    # Enough for every list to have a second page.
    patch.setattr(load, "MANY", (60, 70))
    load.load()


def _report_forms(world: World) -> None:
    """Create an issued report form of the region from the example, and a draft with a line and a check."""
    region, rows = world.who("voi-region"), world.rows
    place = rows["region"]
    units = {key: one.unit for key, one in indicators_for(place.charter).items()}
    rows["issued_form"] = take_example(place.pk, key="members-on-day", units=units, by=region)
    issue_form(rows["issued_form"].pk, units=units, by=region)
    rows["report_form"] = create_form(
        place.pk, title="Работа с молодёжью", description="", period_kind="year", levels=["local"], by=region
    )
    first = rows["issued_form"].lines.all()[0]
    line = {name: getattr(first, name) for name in LINE_FIELDS} | {"hint": "На конец года"}
    rows["report_line"] = save_line(rows["report_form"].pk, values=line, units=units, by=region)
    rows["free_line"] = save_line(rows["report_form"].pk, values=line | {"code": "2"}, units=units, by=region)
    check = {
        "left": "[1]", "operator": "gt", "right": "0", "missing": "skip_any", "blocks": True,
        "sentence": "Хотя бы один член ВОИ на учёте.",
    }  # fmt: skip
    rows["report_check"] = save_check(rows["report_form"].pk, values=check, by=region)


def _cards(world: World) -> None:
    """Create electronic cards of the demonstration's first school."""
    rows, requests = world.rows, CardRequest.objects.filter(organization=world.home("union-primary")).order_by("pk")
    rows["card_batch"] = CardBatch.objects.get()
    rows["card_answer"] = rows["card_batch"].answers.get()
    rows["card_sent"] = requests.filter(state="sent")[0]
    rows["card_lying"] = requests.to_hand_out(world.home("union-primary"))[0]
    rows["card_parcel"] = CardDelivery.objects.get(giver=None, state="on_the_way")
    rows["card_act"] = CardDelivery.objects.filter(giver=world.home("union-region"))[0]
    rows["electronic_card"] = ElectronicCard.objects.active().order_by("pk")[0]
    rows["void_card"] = ElectronicCard.objects.get(state="blocked")
    held = candidates(Member.objects.filter(electronic_cards__in=ElectronicCard.objects.active()))
    another = [for_replacement(found, RequestReason.NAME) for found in held]
    rows["card_holder"] = next(one.member for one in another if not refusal(check_chosen, [one], wanted=1))
    rows["card_draft"] = CardOrder.objects.get(state="draft")
    rows["card_line"] = rows["card_draft"].requests.all()[0]
    rows["card_submitted"] = CardOrder.objects.get(state="submitted")
    region = world.who("union-region")
    rows["card_batch_draft"] = gather_batch(world.home("union-region").pk, by=region)
    rows["card_ordered"] = rows["card_batch_draft"].requests.all()[0]


def _with_factor(organization: Organization, login: str, *, confirmed: bool) -> Account:
    """Create an officer who has a second factor, or is about to set it up."""
    account = trees.officer(organization, Role.REVIEWER, "Телефонова").account
    assert account is not None
    Account.objects.filter(pk=account.pk).update(login=login)
    SecondFactor.objects.create(user=account, confirmed=confirmed, key=SecondFactor.new_key(), codes_left=9)
    return account


def _organizations(world: World) -> None:
    region, rows = world.who("voi-region"), world.rows
    below = {"parent": world.home("voi-region"), "level": Level.LOCAL}
    rows["forming"] = trees.below(**below, name="Белёвская МО ВОИ")
    rows["ending"] = trees.below(**below, name="Венёвская МО ВОИ", founded_on=dt.date(2001, 3, 1))
    Organization.objects.filter(pk=rows["ending"].pk).update(status="active")
    begin_liquidation(rows["ending"].pk, by=region)
    rows["region"] = world.home("voi-region")
    rows["local"], rows["cell"] = world.home("voi-local"), world.home("voi-primary")
    newcomer = trees.account(rows["forming"], "Новосёлова")
    newcomer.appointments.create(organization=rows["forming"], role=Role.CHAIR, starts_on=timezone.localdate())
    Account.objects.filter(pk=newcomer.pk).update(login="newcomer")
    rows["rename"] = RenameRequest.objects.get()
    chair = world.who("voi-local")
    rows["body"] = add_body(chair.organization.pk, kind="audit", name="Контрольно-ревизионная комиссия", by=chair)  # type: ignore[union-attr]
    rows["seat"] = seat_person(
        rows["body"].pk,
        full_name="Жукова Нина Петровна",
        duty="chair",
        since=dt.date(2024, 3, 1),
        minutes="4",
        by=chair,
    )
    book = openpyxl.Workbook()
    for line in (["Уровень", "Полное наименование", "Краткое наименование"], ["местная", "Алексинская МО", "Алексин"]):
        book.active.append(line)
    data = io.BytesIO()
    book.save(data)
    asked = Remark.objects.filter(organization=rows["local"], made_by=rows["region"])
    rows["remark"] = asked.open().filter(kind="card").order_by("pk")[0]
    rows["breach"] = Breach.objects.open().get(organization=rows["local"])
    rows["answered_remark"] = asked.answered().get()
    rows["campaign"] = Campaign.objects.open().get(organization=world.home("voi-federal"))
    rows["campaign_form"] = rows["campaign"].form
    rows["report"] = rows["campaign"].reports.get(organization=rows["local"])
    # Only a campaign whose total is handed in can be closed.
    rows["whole_campaign"] = Campaign.objects.open().get(organization=world.home("union-region"))
    root = rows["whole_campaign"].reports.get(parent=None)
    keeper = Actor.system("world", root.organization)
    # Reports below a released one are added to the total.
    while one := CampaignReport.objects.unsettled().filter(parent=root).first():
        release_report(one.pk, text="Нет связи", by=keeper)
    hand_up(root)
    rows["list"] = keep_list(world.home("voi-region"), data.getvalue(), by=region)
    told = read_openings(_openings(rows["local"]), rows["local"], chair, timezone.localdate())
    rows["openings_file"] = keep_plan(told, rows["local"], by=chair)
    table = "Дата;Номер;Списано;Зачислено;Контрагент;Назначение\n01.02.2024;7;;50,00;Алексеева Анна;Взнос\n"
    rows["statement_file"] = keep_list(
        rows["local"], table.encode(), name="bank statement", permission=Permission.RECORD_DUES, by=chair
    )
    rows["own_account"] = add_account(
        rows["local"].pk, number="40703810200000000044", bik="047003999", bank="Банк «Пример»",
        since=timezone.localdate(), by=chair,
    )  # fmt: skip
    rows["blocked"] = Account.objects.get(login="union-blocked")
    rows["account"] = Account.objects.get(login="voi-local-registrar")
    rows["appointment"] = rows["account"].appointments.get()
    rows["secured"] = _with_factor(rows["local"], "secured", confirmed=True)
    _with_factor(rows["local"], "connecting", confirmed=False)
    rows["grant"] = ask_for_role(
        rows["account"].pk, organization_id=rows["local"].pk, role=Role.COLLECTOR, starts_on=timezone.localdate(),
        by=world.who("voi-admin"),
    )  # fmt: skip
    account = trees.account(rows["local"], "Позднеев")
    rows["to_come"] = account.appointments.create(
        organization=rows["local"], role=Role.REVIEWER, starts_on=timezone.localdate() + dt.timedelta(days=20)
    )


def _openings(organization: Organization) -> bytes:
    """Create a list with a member's opening balance, and a row with an error."""
    book = openpyxl.Workbook()
    member = without_opening(Actor.system("list"), organization).order_by("pk").last()
    known = member.full_name if member is not None else ""
    year = timezone.localdate().year
    for line in (["ФИО", "Уплачено по год"], [known, year - 1], ["Неизвестная Анна", year]):
        book.active.append(line)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _members(world: World) -> None:
    chair, rows = world.who("voi-local"), world.rows
    today = timezone.localdate()
    # First people whose ticket is not in the ledger of blanks, so that its number can be typed.
    people = _free(rows["local"]).filter(unit=rows["cell"]).order_by(Exists(_issued()), "pk")
    # Superiors see upcoming dates without opening the card.
    rows["member"], rows["leaver"], rows["traveller"] = people.filter(reminders=None)[:3]
    pk = rows["member"].pk
    photo = io.BytesIO()
    Image.new("RGB", (300, 400), "gray").save(photo, "JPEG")
    put_photo(pk, jpeg=photo.getvalue(), by=chair)
    rows["mark"] = add_mark(
        rows["traveller"].pk, kind="trip", text="Командировка", on=today - dt.timedelta(days=9), by=chair
    )
    propose(rows["traveller"].pk, values={"workplace": "Почта России"}, ground="Справка", by=world.who("voi-primary"))
    list(open_reconciliations(dt.date(today.year, 12, 1)))
    rows["reconciliation"] = Reconciliation.objects.filter(unit=rows["cell"]).latest("year")
    rows["teacher"] = Member.objects.filter(organization=world.home("union-primary")).order_by("pk")[0]
    award = {"award_kind": "union", "title": "Почётная грамота", "year": 2024}
    rows["entry"] = add_entry(rows["teacher"].pk, kind="award", values=award, by=world.who("union-primary"))
    _lists(world)


def _issued() -> QuerySet[Blank]:
    """Return the query for a member's valid tickets from the ledger of blanks."""
    return Blank.objects.filter(member=OuterRef("pk"), kind=BlankKind.TICKET, state=Place.ISSUED)


def _free(organization: Organization) -> QuerySet[Member]:
    """Return the members who can leave, because they owe nothing for past years and nothing is pending."""
    here = Member.objects.filter(organization=organization, state="on_account")
    owes_nothing = Q(dues__unpaid=0) | Q(dues__unpaid_since__gte=dt.date(timezone.localdate().year, 1, 1))
    asked = AgendaItem.objects.filter(state__in=["waiting", "scheduled"], member=OuterRef("pk"))
    moving = Transfer.objects.filter(state="requested", member=OuterRef("pk"))
    return here.filter(owes_nothing, ~Exists(asked), ~Exists(moving))


def _lists(world: World) -> None:
    """Create a list that waits for confirmation, and one with registered people."""
    chair, rows = world.who("voi-local"), world.rows
    for name, file in (("batch", "voi_local_list_cp1251.csv"), ("applied", "old_cell_list.xls")):
        made = batches.upload_list(organization=rows["local"], data=(DATA / file).read_bytes(), name=file, by=chair)
        batches.set_columns(made.pk, mapping=made.mapping, defaults={"cell": rows["cell"].pk}, by=chair)
        rows[name] = made
    batches.accept(rows["applied"].pk, by=chair)
    batches.apply_batch(rows["applied"].pk, by=chair)
    own = _free(rows["local"]).filter(batch=None).order_by("-pk")
    ids = list(own.values_list("pk", flat=True)[10:14])
    for name, chosen in (("card_update", ids[:2]), ("cards_updated", ids[2:])):
        rows[name] = updates.update_chosen(chosen, name="workplace", value="Почта России", by=chair)
    apply_update(rows["cards_updated"].pk, by=chair)
    waiting = ImportRow.objects.filter(batch=rows["batch"], verdict="unsure")
    rows["line_of_batch"] = waiting.order_by("number")[0]


def _moves(world: World) -> None:
    chair, rows = world.who("voi-local"), world.rows
    today = timezone.localdate()
    departure = deregister(
        rows["leaver"].pk, reason="departure", on=today, paper_card="handed", destination="Калужская область", by=chair
    )
    rows["transit"] = departure.transfer_id
    gone = _free(rows["local"]).order_by("-pk")[0]
    deregister(gone.pk, reason="death", on=today, paper="Свидетельство о смерти", by=chair)
    rows["line"] = BookLine.objects.filter(member=gone).order_by("-pk")[0]
    rows["sealed"] = _long_gone(world, 1)
    _long_gone(world, 2)
    erase(_long_gone(world, 3).pk, by=chair)
    school = world.who("union-primary")
    rows["employer"] = Employer.objects.filter(organization=school.organization).earliest("pk")
    rows["posted_list"] = PayrollList.objects.filter(employer=rows["employer"], state="posted").latest("month")
    rows["payroll_list"] = PayrollList.objects.get(employer=rows["employer"], state="compared")
    rows["payroll_line"] = rows["payroll_list"].lines.get(difference="person")
    rows["ready_list"] = _ready(rows["posted_list"], today.replace(day=1), school)
    rows["deduction"] = Deduction.objects.filter(employer=rows["employer"], state="prepared")[0]
    other = Organization.objects.exclude(pk=school.organization.pk).filter(  # type: ignore[union-attr]
        federation=school.organization.federation,
        level=Level.PRIMARY,  # type: ignore[union-attr]
    )
    teacher = Member.objects.filter(organization=school.organization).order_by("-pk")[0]
    rows["request"] = request_departure(teacher.pk, target=other.order_by("pk")[0], by=school)


def _ready(posted: PayrollList, month: dt.date, by: Actor) -> PayrollList:
    """Create a list without open questions: one line of the posted list again, in another month."""
    line = posted.lines.filter(member__isnull=False, difference="").order_by("pk")[0]
    text = f"Сотрудник;Удержано\n{line.full_name};{line.amount}"
    found = loading.store_file_as_list(text.encode(), employer_id=posted.employer_id, month=month, by=by)
    return loading.compare(found, loading.columns_of(found)[1], by=by)


def _meetings(world: World) -> None:
    """Create a future meeting, one with decisions due today, an exclusion and a refusal that can be appealed."""
    chair, rows = world.who("voi-local"), world.rows
    items = AgendaItem.objects.filter(organization=rows["local"])
    rows["meeting"] = Meeting.objects.get(organization=rows["local"], state="planned")
    rows["told"] = items.get(kind="exclusion", notified_on__isnull=False)
    rows["appeal"] = Appeal.objects.get(against__organization=rows["local"])
    rows["refused"] = Application.objects.filter(organization=rows["local"], state="refused").order_by("pk")[0]
    body = rows["meeting"].body
    held = plan_meeting(
        rows["local"].pk, body_id=body.pk, held_on=timezone.localdate(), starts_at=dt.time(11), place="Тула", by=chair
    )
    rows["undecided"], rows["decided"] = put_on(
        held.pk, items=[item.pk for item in items.filter(state="waiting").order_by("pk")[:2]], by=chair
    )
    seats = body.seats.values_list("pk", flat=True)
    rows["held"] = hold_meeting(held.pk, seats=list(seats), chaired_by="Ильина", by=chair)
    sessions.decided(rows["decided"], chair)
    admitted = Application.objects.filter(organization=rows["local"], state="admitted", member__state="on_account")
    rows["admitted"] = admitted.order_by("pk")[0].member


def _long_gone(world: World, at: int) -> Member:
    """Return a former member whose card has to be destroyed by now."""
    today = timezone.localdate()
    gone = _free(world.rows["local"]).order_by("-pk")[at]
    deregister(gone.pk, reason="own_wish", on=today, paper="Заявление", by=world.who("voi-local"))
    Member.objects.filter(pk=gone.pk).update(erase_after=today - dt.timedelta(days=1))
    return gone


def _papers(world: World) -> None:
    chair, rows = world.who("voi-local"), world.rows
    here = {"organization": rows["local"]}
    found = Application.objects.filter(**here).order_by("pk")
    rows["application"] = found.filter(state="filed")[0]
    rows["scheduled"] = found.filter(state="scheduled")[0]
    rows["outlived"] = found.filter(state="refused")[0]
    Application.objects.filter(pk=rows["outlived"].pk).update(erase_after=timezone.localdate())
    rows["ward"] = Representation.objects.filter(application__organization=rows["local"])[0]
    rows["scan"] = Attachment.objects.filter(application__organization=rows["local"])[0]
    mine = Consent.objects.filter(member__organization=rows["local"], member__state="on_account")
    rows["signed"] = mine.filter(signed_on__isnull=False).order_by("pk")[0].member
    rows["unsigned"] = mine.filter(signed_on__isnull=True).order_by("pk")[0].member
    rows["text"] = ConsentText.objects.filter(federation=rows["local"].federation)[0]
    rows["withdrawal"] = Withdrawal.objects.to_block().get(organization=chair.organization)
    rows["blocked_withdrawal"] = Withdrawal.objects.to_destroy().get(organization=chair.organization)
    rows["own_request"] = SubjectRequest.objects.open().filter(organization=chair.organization, kind="access")[0]
    receipts = LedgerEntry.objects.filter(kind="payment", organization=rows["local"], debit__kind="received")
    rows["ledger"] = receipts.filter(account__member__state="on_account", reversed_by=None).order_by("pk")[0]
    sheets = BlankPaper.objects.filter(organization=rows["local"], kind="issue")
    rows["sheet_of_tickets"] = sheets.order_by("-state", "pk")[0]
    rows["opened"] = without_opening(chair, rows["local"]).order_by("pk")[0]
    year = timezone.localdate().year - 1
    record_openings(rows["local"].pk, {rows["opened"].pk: year}, paper="Книга взносов № 2", by=chair)
    rows |= _collecting(rows["local"].pk, chair)
    rows |= _bank(rows["local"], rows["member"], chair)
    rows |= _settling(rows["local"], rows["signed"].pk, chair)
    rows |= _contribution(rows["local"], chair)
    shifts = dict.fromkeys(SHIFTS, Decimal(0))
    rows["shifted_printer"] = save_printer(rows["local"].pk, name="Лазерный", shifts=shifts, by=chair)
    rows["rate"] = Rate.objects.filter(federation=rows["local"].federation)[0]
    rows["job"] = start_job("documents.print", {"form": "consent", "ids": [rows["member"].pk]}, by=chair)
    assert Job.objects.count() == 1


def _collecting(keeper: int, chair: Actor) -> dict[str, Any]:
    """Create an order that appoints a collector, an open register, and a closed one with a part of its money
    received.
    """
    today = timezone.localdate()
    order = collecting.appoint_collector(
        keeper, number="77", issued_on=today, full_name="Смирнова Ольга Петровна", by=chair
    )
    opened = [
        collecting.open_register(order.pk, cell_id=None, fee="annual", year=year, by=chair)
        for year in (today.year, today.year + 1)
    ]
    closed = collecting.begin_collecting(opened[1].pk, by=chair)
    line = closed.lines.order_by("position")[0]
    collecting.enter_sums(closed.pk, {line.pk: (Decimal(50), today)}, by=chair)
    closed = collecting.close_register(closed.pk, by=chair)
    received = collecting.receive_money(
        closed.pk, amount=Decimal(20), made_on=today, received_from="Смирновой Ольги Петровны", ground="Взносы",
        note="Остальное завтра", version=closed.version, by=chair,
    )  # fmt: skip
    paid_out = pay_out(
        keeper, amount=Decimal(5), made_on=today, texts=Texts("Липовой Анне", "Почтовые расходы"), by=chair
    )
    return {
        "collector_order": order, "register": opened[0], "closed_register": closed, "cash_order": received,
        "expense_order": paid_out,
    }  # fmt: skip


def _bank(keeper: Organization, member: Member, chair: Actor) -> dict[str, Any]:
    """Create an unidentified payment of a bank statement, one that is posted to the member, and another file."""
    doc = Doc(payee=own_accounts(keeper)[0])
    loaded = load_file(keeper, statement(doc, replace(doc, number="2"), account=doc.payee), by=chair)
    waiting, posted = (line.pk for line in loaded.lines)
    post_line(posted, [Share(member.pk, Decimal(50))], by=chair)
    untouched = load_file(keeper, statement(replace(doc, number="3"), account=doc.payee), by=chair)
    return {
        "bank_line": BankLine.objects.get(pk=waiting),
        "bank_statement": untouched.statement,
        "posted_bank_line": BankLine.objects.get(pk=posted),
    }


def _contribution(local: Organization, chair: Actor) -> dict[str, Any]:
    """Create a property contribution in two instalments, set yesterday, and a reduction that has not begun."""
    today = timezone.localdate()
    terms = [Term(today + dt.timedelta(days=days), Decimal(100)) for days in (30, 60)]
    made = set_contribution(
        local.pk, title="Ремонт помещения", spending="По смете, утверждённой правлением", terms=terms,
        body="conference", number="3", decided_on=today - dt.timedelta(days=1), by=chair,
    )  # fmt: skip
    charge_contribution(made.pk, local.pk, by=chair)
    reduction = reduce_for_category(
        local.pk, category="trustee", fee="annual", percent=50, valid_from=dt.date(today.year + 1, 1, 1),
        paper="Постановление правления № 6", by=chair,
    )  # fmt: skip
    return {"contribution": made, "reduction": reduction}


def _settling(local: Organization, member: int, chair: Actor) -> dict[str, Any]:
    """Create income since the last quarter, shared with the region; money in transit to it, and an act that waits for
    an answer.
    """
    today, region = timezone.localdate(), local.ancestor_ids[-1]
    day = today - dt.timedelta(days=20)
    unused = distribution.decide_shares(
        local.pk, body="Правление", number="4", decided_on=day, valid_from=today, by=chair,
        shares=[(local.pk, "Уставная деятельность", Decimal(60)), (region, "", Decimal(40))],
    )  # fmt: skip
    paid = Paid(member, "voluntary", None, Decimal(500), day, "Квитанция № 3", key="settling")
    record_payments(local.pk, [paid], by=chair)
    shared = distribution.distribute(local.pk, last=day, by=chair)
    sent = distribution.pass_on(
        local.pk, region, amount=Decimal(150), made_on=today, source="received", paper="П/п № 7", by=chair
    )
    act = distribution.draw_act(local.pk, region, first=day, last=today, by_superior=False, by=chair)
    assert shared.decision_id != unused.pk
    return {"unused_shares": unused, "distribution": shared, "remittance": sent, "settlement_act": act}
