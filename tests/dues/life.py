"""Two years of dues in both federations, with every kind of operation at the local, regional and federal levels."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from dues.bank.loading import load_file
from dues.bank.models import BankLine
from dues.bank.transitions.posting import mark_deposit, mark_not_dues, post_line, post_sure, put_back
from dues.bank.transitions.settling import Share, money_of
from dues.collecting.models import CollectorOrder, PaymentRegister
from dues.collecting.transitions import (
    appoint_collector,
    begin_collecting,
    close_register,
    enter_sums,
    open_register,
    receive_money,
    void_cash_order,
)
from dues.distribution.models import Remittance
from dues.distribution.transitions import (
    answer_act,
    confirm_remittance,
    decide_shares,
    distribute,
    draw_act,
    pass_on,
    report_not_found,
    take_distribution_back,
    take_remittance_back,
)
from dues.expenses.transitions import Texts, pay_out, void_expense_order
from dues.ledger.models import LedgerEntry
from dues.ledger.transitions import charge_new_year, close_books, reopen_books
from dues.numbers import payer_number
from dues.opening.transitions import record_openings, take_opening_back
from dues.payments.transitions import record_payment, reverse_payment
from dues.payroll import loading
from dues.payroll.models import PayrollList
from dues.payroll.transitions.employers import add_employer, hand_over, prepare_statements
from dues.payroll.transitions.posting import post_list, reverse_list
from dues.rates.transitions import set_rate
from members.movement.transitions import transfers
from members.movement.transitions.leaving import deregister
from members.people.models import Member
from registry.access import Actor
from registry.enums import Level, Role
from registry.organizations.models import Organization, OrganizationPassport
from tests.clock import at
from tests.members import places
from tests.registry import trees

from .bank.world import OWN, Doc, statement
from .test_ledger import admit

D = Decimal
SECOND = "40703810400000000025"
INN, EMPLOYER = "7107012347", "40702810900000000315"


@dataclass
class Life:
    """Both federations, and the change of each bank account according to its statements, in kopecks."""

    society: places.Place
    other: Organization
    other_chair: Actor
    union: places.Place
    chairs: dict[int, Actor]
    members: list[Member]
    stated: dict[tuple[int, str], int] = field(default_factory=dict)

    def load(self, organization: Organization, account: str, *docs: Doc) -> list[BankLine]:
        """Load a statement and return its new lines."""
        came = sum(D(doc.amount) for doc in docs if doc.payee == account)
        went = sum(D(doc.amount) for doc in docs if doc.payer == account)
        loaded = load_file(organization, statement(*docs, account=account), by=self.chairs[organization.pk])
        key = organization.pk, account
        self.stated[key] = self.stated.get(key, 0) + int((came - went) * 100)
        return list(loaded.lines)

    def pay(self, member: Member, amount: str, fee: str = "annual", year: int | None = None, **changed: Any) -> Any:
        member = Member.objects.get(pk=member.pk)
        by = self.chairs[member.organization_id or 0]
        values = {"paper": "Квитанция", "key": f"{member.pk} {fee} {year} {amount} {changed}", "by": by, **changed}
        return record_payment(member.pk, fee=fee, year=year, amount=D(amount), **values).entry


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def lived() -> Life:
    """Create the federations and do everything that happens in the two years."""
    with at("2040-01-10"):
        life = begun()
    keeper, chair = life.society.keeper, life.society.chair
    anna, boris, vera, gleb, daria, egor, zoya, *_ = life.members
    with at("2040-01-15"):
        charge_new_year(keeper.pk, 2040, by=chair)
        charge_new_year(life.other.pk, 2040, by=life.other_chair)
        record_openings(keeper.pk, {anna.pk: 2038, boris.pk: 2039, vera.pk: 2041}, paper="Книга взносов", by=chair)
        record_openings(keeper.pk, {gleb.pk: 2037}, paper="Книга взносов", by=chair)
        take_opening_back(gleb.pk, reason="Не тот год", by=chair)
        record_openings(keeper.pk, {gleb.pk: 2038}, paper="Книга взносов", by=chair)
        life.pay(egor, "120.50", year=2040, made_on=day("2040-01-14"))
        wrong = life.pay(daria, "0.01", "voluntary", made_on=day("2040-01-14"))
        reverse_payment(wrong.pk, reason="Ошибка", by=chair)
    _collect(life)
    _bank(life)
    _share(life)
    _move(life)
    with at("2040-12-05"):
        distribute(keeper.pk, last=day("2040-11-30"), by=chair)
    with at("2041-01-05"):
        for place, by in ((keeper, chair), (life.other, life.other_chair)):
            charge_new_year(place.pk, 2041, by=by)
        # Recorded only after the income of the period was distributed.
        life.pay(zoya, "33.33", "voluntary", made_on=day("2040-10-20"))
        close_books(keeper.pk, day("2040-12-31"), by=chair)
        reopen_books(keeper.pk, day("2040-12-31"), reason="Забыта квитанция", by=chair)
        life.pay(zoya, "3.33", "voluntary", made_on=day("2040-12-20"))
        close_books(keeper.pk, day("2040-12-31"), by=chair)
        distribute(keeper.pk, last=day("2040-12-31"), by=chair)
        taken = distribute(life.other.pk, last=day("2040-12-31"), by=life.other_chair)
        take_distribution_back(taken.pk, reason="Рано", by=life.other_chair)
        life.pay(daria, "17.77", "voluntary", made_on=day("2041-01-02"))
    with at("2041-03-01"):
        distribute(life.other.pk, last=day("2041-01-31"), by=life.other_chair)
        sent = pass_on(
            keeper.pk, life.society.region.pk, amount=D("20.00"), made_on=day("2041-02-28"), source="received",
            paper="Платёжное поручение № 40", by=chair,
        )  # fmt: skip
        confirm_remittance(sent.pk, received_on=day("2041-03-01"), source="bank", by=life.society.region_chair)
    with at("2041-03-02"):
        distribute(life.society.region.pk, last=day("2041-03-01"), by=life.society.region_chair)
        head = life.chairs[life.society.head.pk]
        set_rate(
            keeper.federation, fee="annual", amount=D("60.00"), valid_from=day("2042-01-01"), paper="Протокол № 9",
            by=head,
        )  # fmt: skip
    _payroll(life)
    with at("2042-01-20"):
        charge_new_year(keeper.pk, 2042, by=chair)
        life.pay(boris, "10.00", year=2042, made_on=day("2042-01-20"))
        life.pay(anna, "500.00", year=2041, made_on=day("2042-01-20"))
    return life


def begun() -> Life:
    society = places.voi()
    other = trees.below(society.region, Level.LOCAL, "Ясногорская МО ВОИ")
    union = places.union()
    chairs = {
        society.keeper.pk: society.chair,
        society.region.pk: society.region_chair,
        society.head.pk: trees.officer(society.head, Role.CHAIR, "Орлова"),
        other.pk: trees.officer(other, Role.CHAIR, "Соловьёв"),
        union.keeper.pk: union.chair,
        union.region.pk: union.region_chair,
        union.head.pk: trees.officer(union.head, Role.CHAIR, "Котов"),
    }
    for organization, number in ((society.keeper, OWN), (society.region, SECOND), (other, SECOND), (union.keeper, OWN)):
        OrganizationPassport.objects.update_or_create(
            organization=organization, defaults={"account": number, "bank": "Банк", "bik": "044525225"}
        )
    names = ("Алексеева", "Борисова", "Викторова", "Глебова", "Дарьина", "Егорова", "Зоина")
    members = [
        society.put(
            snils="", ticket_number=f"00{number + 41}", surname=surname, joined_on=dt.date(2005, 3, 1),
            cell=society.cells[number % 2].pk, paper_number=f"10000{number}",
        )
        for number, surname in enumerate(names)
    ]  # fmt: skip
    people = [
        union.put(surname=surname, given_name=name, patronymic=patronymic, sex=sex, dues_form="cash", dues_percent=None)
        for surname, name, patronymic, sex in (
            ("Абрамова", "Марфа", "Никифоровна", "female"),
            ("Белов", "Иван", "Иванович", "male"),
            ("Королёва", "Анна", "Сергеевна", "female"),
        )
    ]
    return Life(society, other, chairs[other.pk], union, chairs, [*members, *people])


def _collect(life: Life) -> None:
    """Create registers, counted money, cash paid to the bank and to people, and void orders."""
    keeper, chair = life.society.keeper, life.society.chair
    with at("2040-02-01"):
        collector = trees.officer(keeper, Role.COLLECTOR, "Смирнова")
        order = appoint_collector(
            keeper.pk, number="3", issued_on=day("2040-02-01"), full_name="Смирнова Ольга Петровна",
            collector_id=collector.account.pk if collector.account else None, by=chair,
        )  # fmt: skip
        appoint_collector(
            keeper.pk, number="4", issued_on=day("2040-02-01"), full_name="Чернов Пётр Ильич",
            cells=[life.society.cells[1].pk], by=chair,
        )  # fmt: skip
    with at("2040-02-10"):
        first = _register(order, life.society.cells[0], "annual", 2040, ["50.00", "49.99", "1.01"], chair)
        paid = _receive(first, "100.00", chair, note="Не хватает рубля")
    with at("2040-02-11"):
        _receive(first, "1.00", chair)
        pay_out(
            keeper.pk, amount=D("40.00"), made_on=day("2040-02-11"), account_number=OWN, by=chair,
            texts=Texts("Банку", "Сдача наличных", enclosure="Квитанция № 1"),
        )  # fmt: skip
        spent = pay_out(
            keeper.pk, amount=D("12.34"), made_on=day("2040-02-11"), texts=Texts("Дубову", "Почта"), by=chair
        )
        void_expense_order(spent.pk, reason="Не тому", by=chair)
        pay_out(keeper.pk, amount=D("7.66"), made_on=day("2040-02-11"), texts=Texts("Дубову", "Почта"), by=chair)
    with at("2040-02-15"):
        other = CollectorOrder.objects.get(number="4")
        second = _register(other, life.society.cells[1], "annual", 2040, ["50.00", "25.00"], chair)
        entry = LedgerEntry.objects.get(register_line__register=second, amount=D(25))
        reverse_payment(entry.pk, reason="Не тот человек", by=chair)
        void = _receive(second, "50.00", chair)
        void_cash_order(void.pk, reason="Не та сумма", by=chair)
        _receive(second, "20.00", chair, note="Часть")
    assert paid.amount == 100


def _register(
    order: CollectorOrder, cell: Organization, fee: str, year: int, sums: list[str], by: Actor
) -> PaymentRegister:
    register = open_register(order.pk, cell_id=cell.pk, fee=fee, year=year, by=by)
    begin_collecting(register.pk, by=by)
    today = timezone.localdate()
    lines = register.lines.order_by("position")
    enter_sums(register.pk, {line.pk: (D(text), today) for line, text in zip(lines, sums, strict=False)}, by=by)
    return close_register(register.pk, by=by)


def _receive(register: PaymentRegister, amount: str, by: Actor, note: str = "") -> Any:
    fresh = PaymentRegister.objects.get(pk=register.pk)
    return receive_money(
        register.pk, amount=D(amount), made_on=timezone.localdate(), received_from="Смирновой О. П.",
        ground="Членские взносы", note=note, version=fresh.version, by=by,
    )  # fmt: skip


def _bank(life: Life) -> None:
    """Load statements with lines that are certain, split, open or not dues; put some lines back."""
    keeper, chair = life.society.keeper, life.society.chair
    anna, boris, _vera, gleb, *_ = life.members
    with at("2040-03-20"):
        march = day("2040-03-19")
        docs = [
            named(anna, "70.00", march),
            named(gleb, "50.00", march),
            Doc("НИКТО", "Взносы за двоих", "110.10", "3", day=march),
            Doc("ООО ДОБРО", "Пожертвование", "1000.00", "4", day=march),
            Doc("Касса", "Взнос наличных", "40.00", "5", day=march),
            Doc("НИКТО", "Неизвестно", "15.15", "6", day=march),
            Doc("ООО СВЯЗЬ", "Оплата связи", "120.00", "7", payer=OWN, payee="40702810000000000099", day=march),
        ]
        lines = life.load(keeper, OWN, *docs)
        life.load(keeper, OWN, *docs[:3], Doc("НИКТО", "Неизвестно", "9.99", "8", day=march))
        life.stated[keeper.pk, OWN] -= 23_010
        sure = list(BankLine.objects.filter(band="sure", state="open"))
        post_sure(keeper.pk, seen=(len(sure), money_of(sure)), by=chair)
        split, gift, _cash, unknown = lines[2], lines[3], lines[4], lines[5]
        post_line(
            split.pk, [Share(anna.pk, D("60.00")), Share(boris.pk, D("40.00"), "voluntary")], by=chair
        )  # fmt: skip
        put_back(split.pk, reason="Не те люди", by=chair)
        post_line(split.pk, [Share(boris.pk, D("100.00"))], by=chair)
        mark_not_dues(gift.pk, reason="Пожертвование", by=chair)
        put_back(gift.pk, reason="Проверить", by=chair)
        mark_not_dues(gift.pk, reason="Пожертвование", by=chair)
        deposit = LedgerEntry.objects.get(expense_order__amount=D(40))
        assert deposit.amount == lines[4].amount
        post_line(unknown.pk, [Share(gleb.pk, D("0.15"))], by=chair)
    with at("2040-03-21"):
        mark_not_dues(lines[4].pk, reason="Взнос наличных", by=chair)
        put_back(lines[4].pk, reason="Это касса", by=chair)
    with at("2040-02-20"):
        # A line near the day of a cash expense order is the cash that was paid in.
        (own,) = life.load(keeper, OWN, Doc("Касса", "Взнос наличных", "40.00", "11", day=day("2040-02-12")))
        mark_deposit(own.pk, by=chair)
    with at("2040-04-02"):
        close_books(keeper.pk, day("2040-03-31"), by=chair)
        post_line(lines[4].pk, [Share(gleb.pk, D("40.00"))], by=chair)


def named(member: Member, amount: str, on: dt.date) -> Doc:
    return Doc(member.full_name.upper(), f"Взнос ЛС {payer_number(member.pk)}", amount, str(member.pk), day=on)


def _share(life: Life) -> None:
    """Distribute income over three levels, pass money on (received, lost, taken back), draw up acts."""
    place, chair, region_chair = life.society, life.society.chair, life.society.region_chair
    keeper, region, head = place.keeper, place.region, place.head
    common = {"body": "Правление", "number": "4", "decided_on": day("2040-04-01"), "valid_from": day("2040-01-01")}
    with at("2040-04-10"):
        decide_shares(
            keeper.pk, by=chair, **common,
            shares=[(keeper.pk, "Уставная", D("50.01")), (keeper.pk, "Фонд", D("11.11")), (region.pk, "", D("27.77")),
                    (head.pk, "", D("11.11"))],
        )  # fmt: skip
        decide_shares(
            life.other.pk, by=life.other_chair, **common,
            shares=[(life.other.pk, "Уставная", D("66.67")), (region.pk, "", D("33.33"))],
        )  # fmt: skip
        decide_shares(
            region.pk, by=region_chair, **common, shares=[(region.pk, "Уставная", D("90.00")), (head.pk, "", D(10))]
        )
        distribute(keeper.pk, last=day("2040-03-31"), by=chair)
        first = _pass(life, keeper, region, "100.00", "bank")
        confirm_remittance(first.pk, received_on=day("2040-04-10"), source="bank", by=region_chair)
        lost = _pass(life, keeper, region, "1.23", "cash", paid_to="Иванову")
        report_not_found(lost.pk, reason="Не пришло", by=region_chair)
        take_remittance_back(lost.pk, reason="Не отдано", by=chair)
        _pass(life, keeper, head, "10.00", "received")
        life.load(
            keeper, OWN,
            Doc("РО", "Доля", "100.00", "12", payer=OWN, payee="40702810000000000088", day=day("2040-04-10")),
        )  # fmt: skip
    with at("2040-05-10"):
        distribute(region.pk, last=day("2040-04-30"), by=region_chair)
        sent = _pass(life, region, head, "5.00", "bank")
        confirm_remittance(sent.pk, received_on=day("2040-05-10"), source="received", by=life.chairs[head.pk])
        drawn = draw_act(
            keeper.pk, region.pk, first=day("2040-01-01"), last=day("2040-04-30"), by_superior=False, by=chair
        )
        answer_act(drawn.pk, differences="", by=region_chair)
        draw_act(
            region.pk, head.pk, first=day("2040-01-01"), last=day("2040-05-10"), by_superior=True,
            by=life.chairs[head.pk],
        )  # fmt: skip


def _pass(
    life: Life, own: Organization, receiver: Organization, amount: str, source: str, **changed: Any
) -> Remittance:
    by = life.chairs[own.pk]
    values = {"made_on": timezone.localdate(), "source": source, "paper": "Поручение № 7", "by": by, **changed}
    return pass_on(own.pk, receiver.pk, amount=D(amount), **values)


def _move(life: Life) -> None:
    """Admit a person with fees, transfer one member, and deregister one who has died."""
    place, chair = life.society, life.society.chair
    _anna, _boris, vera, _gleb, daria, *_ = life.members
    with at("2040-08-20"):
        new = place.put(
            snils="", ticket_number="0099", surname="Новикова", joined_on=day("2040-08-15"), paper_number="200001",
            registered_on=day("2040-08-15"), minutes_number="3", minutes_date=day("2040-08-15"),
        )  # fmt: skip
        admit(place, [new], day("2040-08-15"))
        life.pay(new, "50.00", "entrance", made_on=day("2040-08-20"))
        life.pay(new, "30.00", year=2040, made_on=day("2040-08-20"))
    with at("2040-09-01"):
        departure = deregister(
            daria.pk, reason="departure", on=day("2040-09-01"), paper_card="handed", destination="Ясногорск", by=chair
        )
        transfers.arrive(
            organization=life.other, ticket_number=daria.ticket_number, code=departure.code, on=day("2040-09-01"),
            by=life.other_chair,
        )  # fmt: skip
        deregister(vera.pk, reason="death", on=day("2040-09-01"), paper="Справка", paper_card="taken", by=chair)
    with at("2040-10-01"):
        life.pay(daria, "50.00", year=2040, made_on=day("2040-09-30"))


def _payroll(life: Life) -> None:
    """Load lists of an employer, posted by a payment order or by the bank, corrected, reversed and posted again."""
    place = life.union
    people = life.members[-3:]
    with at("2041-03-02"):
        employer = add_employer(place.keeper.pk, name="Школа № 15", inn=INN, addressee="Директору", by=place.chair)
        made = prepare_statements(
            employer.pk, [member.pk for member in people], percent=D(1), begins_on=day("2041-01-01"), by=place.chair
        )
        hand_over(employer.pk, [one.pk for one in made], handed_over_on=day("2041-01-09"), by=place.chair)

        def listed(month: str, *rows: str) -> PayrollList:
            data = "\n".join(["Таб. №;Сотрудник;Удержано", *rows]).encode()
            found = loading.store_file_as_list(data, employer_id=employer.pk, month=day(month), by=place.chair)
            return loading.compare(found, loading.columns_of(found)[1], by=place.chair)

        first = listed("2041-01-01", "1;Абрамова Марфа Никифоровна;600", "2;Белов Иван Иванович;300,50")
        post_list(first.pk, paper="17", paid_on=day("2041-02-05"), paid=first.total, by=place.chair)
        reverse_list(first.pk, reason="Не тот месяц", by=place.chair)
        post_list(first.pk, paper="18", paid_on=day("2041-02-05"), paid=first.total, by=place.chair)
        life.pay(people[2], "123.45", "percent", 2041, made_on=day("2041-02-01"))
        docs = [
            Doc("Школа", "Профвзносы", amount, f"{number}", payer=EMPLOYER, inn=INN, day=day("2041-03-01"))
            for number, amount in enumerate(("500.00", "700.00"), 51)
        ]
        lines = life.load(place.keeper, OWN, *docs)
        second = listed("2041-02-01", "1;Абрамова Марфа Никифоровна;610,00", "2;Белов Иван Иванович;305,00",
                        "3;Королёва Анна Сергеевна;-0,00")  # fmt: skip
        by_bank = {"lines": [line.pk for line in lines], "note": "За март вперёд", "by": place.chair}
        post_list(second.pk, **by_bank)
    with at("2041-04-02"):
        third = listed("2041-03-01", "1;Абрамова Марфа Никифоровна;600,00", "2;Белов Иван Иванович;-5,00")
        third.lines.update(reason="other")
        post_list(third.pk, lines=[life.load(place.keeper, OWN, _salary("595.00"))[0].pk], by=place.chair)
        reverse_list(third.pk, reason="Проверка", by=place.chair)
        waiting = [line.pk for line in BankLine.objects.filter(amount=D("595.00"))]
        post_list(third.pk, lines=waiting, by=place.chair)
        common = {"body": "Профком", "number": "1", "decided_on": day("2041-01-01"), "valid_from": day("2041-01-01")}
        keeper, region, head = place.keeper, place.region, place.head
        decide_shares(
            keeper.pk, by=place.chair, **common,
            shares=[(keeper.pk, "Первичка", D("65.00")), (region.pk, "", D("29.50")), (head.pk, "", D("5.50"))],
        )  # fmt: skip
        distribute(keeper.pk, last=day("2041-03-31"), by=place.chair)
        _pass(life, keeper, region, "77.77", "bank")


def _salary(amount: str) -> Doc:
    return Doc("Школа", "Профвзносы", amount, "61", payer=EMPLOYER, inn=INN, day=day("2041-04-01"))
