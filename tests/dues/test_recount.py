"""The figures that the registry shows for two years equal those computed from raw rows by other code (N-D1)."""

from __future__ import annotations

import ast
import copy
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dues.bank.models import BankLine
from dues.bank.queries.showing import waiting_in
from dues.collecting.enums import POSTED_REGISTERS
from dues.collecting.models import PaymentRegister
from dues.collecting.queries import money_held
from dues.distribution.queries import balance_of, owed_from_below, owed_upward, statement
from dues.ledger.book import STANDING_FIELDS
from dues.ledger.enums import AccountKind
from dues.ledger.models import BookAccount, DuesAccount
from dues.ledger.queries.cash_book import cash_days
from dues.ledger.queries.figures import year_sums
from dues.ledger.rules.holdings import held_by, left_to_hand_in
from dues.ledger.rules.standing import standing_of
from dues.money import money, roubles
from dues.payroll.models import PayrollList
from dues.payroll.rules.lists import identified
from dues.reports.queries.asked import Asked
from dues.reports.queries.debts import debtors
from registry.organizations.models import Organization
from tests.clock import at
from tests.members.places import signed_in

from . import recount
from .export import TABLES, export
from .life import Life, lived
from .recount import Rows
from .test_ledger import wrong

LAST_DAY = dt.date(2042, 1, 20)


def kopecks(amount: Decimal) -> int:
    assert amount == amount.quantize(Decimal("0.01"))
    return int(amount * 100)


def reckoned(rows: Rows) -> dict[str, Any]:
    """Return the figures computed from the rows, without empty ones."""
    found = {
        "standings": recount.standings(rows),
        "balances": recount.balances(rows),
        "cash": recount.cash_days(rows),
        "registers": recount.registers(rows),
        "unidentified": recount.unidentified(rows),
        "bank": recount.bank(rows),
        "payroll": recount.payroll(rows),
        "owed": recount.settlements(rows, "owed_to"),
        "claimed": recount.settlements(rows, "owed_by"),
        **{f"year {year}": recount.years(rows, year, LAST_DAY.isoformat()) for year in (2040, 2041, 2042)},
    }
    return {name: {key: value for key, value in part.items() if something(value)} for name, part in found.items()}


def something(value: Any) -> bool:
    return any(something(one) for one in value) if isinstance(value, tuple | list) else value not in {0, None, ""}


def shown(life: Life) -> dict[str, Any]:
    """Return the same figures as the registry shows them."""
    organizations = list(Organization.objects.filter(pk__in=life.chairs))
    found: dict[str, Any] = {
        "standings": {account.pk: told(account) for account in DuesAccount.objects.all()},
        "balances": {account.pk: kopecks(held_by(account)) for account in BookAccount.objects.all()},
        "cash": {place.pk: in_cash(place) for place in organizations},
        "registers": {
            register.pk: (kopecks(register.total), kopecks(left_to_hand_in(register)))
            for register in PaymentRegister.objects.filter(state__in=POSTED_REGISTERS)
        },
        "unidentified": {place.pk: open_lines(life, place) for place in organizations},
        "bank": life.stated,
        "payroll": {one.pk: (kopecks(one.total), kopecks(identified(one))) for one in PayrollList.objects.all()},
        "owed": {
            (place.pk, one.organization.pk): (kopecks(one.owed), kopecks(one.settled))
            for place in organizations
            for one in owed_upward(place)
        },
        "claimed": {
            (place.pk, one.organization.pk): (kopecks(one.owed), kopecks(one.settled))
            for place in organizations
            for one in owed_from_below(place)
        },
    }
    for year in (2040, 2041, 2042):
        found[f"year {year}"] = {place.pk: in_year(life, place, year) for place in organizations if place.keeps_cards}
    return {name: {key: value for key, value in part.items() if something(value)} for name, part in found.items()}


def told(account: DuesAccount) -> tuple[Any, ...]:
    values = {name: getattr(account, name) for name in STANDING_FIELDS}
    days = {name: value.isoformat() for name, value in values.items() if isinstance(value, dt.date)}
    sums = {name: kopecks(value) for name, value in values.items() if isinstance(value, Decimal)}
    if account.member is not None:
        fresh = standing_of(account.member)
        assert [getattr(fresh, name) for name in STANDING_FIELDS] == list(values.values())
    return tuple({**values, **days, **sums}.values())


def in_cash(place: Organization) -> list[tuple[str, int, int, int, int]]:
    return [
        (one.day.isoformat(), *(kopecks(amount) for amount in (one.opening, one.came, one.went, one.closing)))
        for one in cash_days(place, dt.date(2040, 1, 1), LAST_DAY)
    ]


def open_lines(life: Life, place: Organization) -> tuple[int, int]:
    waiting = waiting_in(BankLine.objects.visible_to(life.chairs[place.pk]).filter(organization=place))
    return waiting.count, kopecks(waiting.total)


def in_year(life: Life, place: Organization, year: int) -> tuple[int, int, int, int]:
    sums = year_sums(life.chairs[place.pk], year, LAST_DAY)
    return kopecks(sums.charged), kopecks(sums.paid), kopecks(sums.owed), sums.debtors


def test_recount_knows_nothing_of_the_registry() -> None:
    tree = ast.parse(Path(recount.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {"." * node.level + (node.module or "") for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "collections", "collections.abc", "typing"}
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert called & {"__import__", "importlib", "eval", "exec"} == set()


#: Rows altered one at a time: the table, the condition for the row (the first match is altered), and the change.
ALTERED: list[tuple[str, str, dict[str, Any]]] = [
    *(("entries", f"row['kind'] == '{kind}'", {"amount": 1}) for kind in ("charge", "payment", "move", "reversal")),
    ("entries", "row['kind'] == 'payment' and row['id'] not in gone", {"fee": "voluntary"}),
    ("entries", "row['kind'] == 'charge' and row['fee'] == 'annual' and row['id'] not in gone", {"year": 2050}),
    ("entries", "row['kind'] == 'reversal'", {"reverses_id": None, "kind": "move"}),
    ("entries", "books[row['credit_id']] == 'cash'", {"made_on": "2040-01-01"}),
    ("entries", "books[row['debit_id']] == 'cash'", {"made_on": "2041-12-31"}),
    ("entries", "books[row['credit_id']] == 'shared'", {"amount": 1}),
    ("entries", "books[row['debit_id']] == 'passed'", {"amount": 1}),
    ("entries", "books[row['credit_id']] == 'owed_by'", {"amount": 1}),
    ("entries", "books[row['credit_id']] == 'unknown'", {"amount": 1}),
    ("registers", "row['state'] == 'closed'", {"total": 1}),
    ("registers", "row['state'] == 'closed'", {"state": "handed_in"}),
    ("register_lines", "row['amount']", {"amount": 1}),
    ("register_lines", "row['amount']", {"paid_on": "2040-01-01"}),
    ("cash_orders", "True", {"amount": 1}),
    ("cash_orders", "True", {"number": 9}),
    ("cash_orders", "row['entry_id'] not in gone", {"register_id": 0}),
    ("expense_orders", "True", {"amount": 1}),
    ("expense_orders", "True", {"made_on": "2040-12-31"}),
    ("statements", "row['received']", {"received": 1}),
    ("statements", "row['repeated']", {"repeated": 1}),
    ("bank_lines", "row['state'] == 'posted'", {"amount": 1}),
    ("bank_lines", "row['state'] == 'open'", {"posted": 1}),
    ("bank_lines", "row['state'] == 'other'", {"amount": 1}),
    ("bank_lines", "True", {"account": "40703810000000000000"}),
    ("bank_parts", "row['entry_id'] not in gone", {"line_id": 0}),
    ("payroll_lists", "True", {"total": 1}),
    ("payroll_lines", "row['member_id']", {"amount": 1}),
    ("payroll_lines", "row['member_id']", {"member_id": None}),
    ("payroll_parts", "row['entry_id'] not in gone", {"times": 9}),
    ("shares", "row['percent'] == 2777", {"percent": 1}),
    ("distributions", "True", {"received": 1}),
    ("distributions", "True", {"corrections": 1}),
    ("distributions", "row['taken_back_on']", {"taken_back_on": None}),
    ("distribution_lines", "row['entry_id']", {"amount": 1}),
    ("distribution_lines", "row['entry_id']", {"claim_id": None}),
    ("remittances", "True", {"amount": 1}),
    ("remittances", "row['state'] == 'received'", {"state": "sent"}),
    ("remittances", "row['state'] == 'taken_back'", {"state": "sent"}),
    ("acts", "row['owed']", {"owed": 1}),
    ("acts", "row['claimed']", {"claimed": 1}),
    ("accounts", "row['id'] in owing", {"member_id": None}),
    ("members", "row['id'] in owing.values()", {"organization_id": 0}),
]


def altered(rows: Rows, table: str, which: str, changed: dict[str, Any]) -> Rows:
    """Return the rows with one of them changed; a value of 1 adds a kopeck (or 1) to the number."""
    found = copy.deepcopy(rows)
    names: dict[str, Any] = {
        "gone": {row["reverses_id"] for row in rows["entries"]},
        "books": {row["id"]: row["kind"] for row in rows["books"]},
        "owing": {row["id"]: row["member_id"] for row in rows["accounts"] if recount.standings(rows)[row["id"]][0]},
    }
    row = next(row for row in found[table] if eval(which, names | {"row": row}))
    for column, value in changed.items():
        by_one = value == 1 and isinstance(row[column], int)
        row[column] = row[column] + 1 if by_one else value
    return found


@pytest.mark.django_db
def test_n_d1_what_is_shown_of_two_years_is_what_the_rows_come_to() -> None:
    life = lived()
    with at(LAST_DAY):
        rows, said = export(), shown(life)
        assert (wrong(), recount.problems(rows)) == ([], [])
        assert reckoned(rows) == said
        # Every table has rows, and every part has figures.
        assert {name for name in TABLES if not rows[name]} == set()
        assert [name for name, part in said.items() if not part] == []
        assert recount.distributions(rows).keys() == {one["id"] for one in rows["distributions"]}
        _compare_statements(rows)
        _compare_pages(life, rows)
        _compare_debts(life, rows)
    unnoticed = []
    for table, which, changed in ALTERED:
        other = altered(rows, table, which, changed)
        if not recount.problems(other) and reckoned(other) == said:
            unnoticed.append((table, which, changed))
    assert unnoticed == []
    assert {table for table, _which, _changed in ALTERED} == set(TABLES) - {"books"}


def _compare_statements(rows: Rows) -> None:
    """Compare the last balance of each statement of settlements with what is open."""
    for kind in (AccountKind.OWED_TO, AccountKind.OWED_BY):
        for (own, other), (owed, settled) in recount.settlements(rows, kind).items():
            lower, upper = (own, other) if kind == AccountKind.OWED_TO else (other, own)
            places = Organization.objects.in_bulk([own, other])
            lines = statement(places[lower], places[upper], kind)
            assert kopecks(balance_of(lines)) == owed - settled


def _compare_pages(life: Life, rows: Rows) -> None:
    """Compare the sums on the pages."""
    keeper = life.society.keeper
    browser = signed_in(life.society.chair)

    def page(name: str, *args: Any) -> Any:
        answer = browser.get(reverse(f"dues:{name}", args=args))
        assert answer.status_code == 200
        return answer.context

    def in_words(amount: int) -> str:
        return money(Decimal(amount) / 100)

    overview = page("overview")
    charged, paid, owed, _debtors = recount.years(rows, timezone.localdate().year, LAST_DAY.isoformat())[keeper.pk]
    assert [overview[name] for name in ("charged", "paid", "owed")] == [
        in_words(sum_) for sum_ in (charged, paid, owed)
    ]
    assert page("bank")["left"] == in_words(recount.unidentified(rows)[keeper.pk][1])
    balances = recount.balances(rows)
    held = {
        account["collector_id"]: balances[account["id"]]
        for account in rows["books"]
        if account["organization_id"] == keeper.pk and account["kind"] in {"cash", "collector"}
    }
    shown_held = {order.pk if order else None: text for order, text in page("cash")["held"]}
    assert shown_held == {pk: in_words(amount) for pk, amount in held.items() if amount or pk is None}
    assert {
        one.order.pk if one.order else None: kopecks(one.amount) for one in money_held(keeper, life.society.chair)
    } == {pk: amount for pk, amount in held.items() if amount or pk is None}
    for pk, (total, left) in recount.registers(rows).items():
        context = page("register", pk)
        assert (context["total"], context["left"]) == (in_words(total), roubles(Decimal(left) / 100))
    upward = {
        (keeper.pk, one.organization.pk): (kopecks(one.owed), kopecks(one.open))
        for one in page("settlements")["upward"]
    }
    assert upward == {
        pair: (owed, owed - settled)
        for pair, (owed, settled) in recount.settlements(rows, "owed_to").items()
        if pair[0] == keeper.pk
    }


def _compare_debts(life: Life, rows: Rows) -> None:
    """Compare the report of what each member owed at the end of a day, for past days and the present day."""
    entries, home = recount.grouped(rows["entries"], "account_id"), {one["id"]: one for one in rows["members"]}
    turns = [dt.date(year, month, 1) for year in (2040, 2041) for month in range(1, 13)]
    days = [*turns, *(turn - dt.timedelta(1) for turn in turns), dt.date(2040, 1, 14), dt.date(2042, 1, 19), LAST_DAY]
    seen: set[dt.date] = set()
    for place in (life.society.keeper, life.other):
        own = [row["id"] for row in rows["accounts"] if home[row["member_id"]]["organization_id"] == place.pk]
        for last in days:
            owed = {account: recount.owed_on(entries.get(account, []), last.isoformat()) for account in own}
            said = debtors(Asked(place, last, last), life.chairs[place.pk])
            assert {account: kopecks(sum_) for account, sum_ in said} == {k: v for k, v in owed.items() if v}, last
            seen |= {last} if said else set()
    assert len(seen) > len(days) / 2
