"""Pages of dues fetch as many rows for a large organisation as for a small one (H.6): the database computes sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models.sql import compiler
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dues.bank.models import BankLine, BankStatement
from dues.ledger.models import DuesAccount
from dues.ledger.transitions import charge_new_year
from members.people.models import Member
from members.people.search import member_search_key
from members.people.transitions.registration import register_many
from registry.organizations.models import Organization
from registry.sizes import PAGE_ROWS
from registry.text import sort_key
from tests.members import full_lists, places

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: Members before and after; both exceed the rows of a page.
FEW, MANY = 60, 240
#: Letters for surnames that no payment contains.
_LETTERS = "абвгдежзик"


class Rows:
    """Counts the rows that querysets have fetched from the database."""

    count = 0

    def read(self, client: Client, address: str, sent: dict[str, Any] | None) -> int:
        """Return the number of rows fetched by the page, and check that its status is 200."""
        self.count = 0
        answer = client.get(address) if sent is None else client.post(address, sent)
        assert answer.status_code == 200
        return self.count


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Rows:
    counted, plain = Rows(), compiler.cursor_iter

    def counting(*arguments: Any) -> Iterator[Any]:
        for found in plain(*arguments):
            counted.count += len(found)
            yield found

    monkeypatch.setattr(compiler, "cursor_iter", counting)
    return counted


def few() -> places.Place:
    """Create an organisation whose members owe two years, with a bank statement of their payments."""
    place = places.voi()
    people = [
        {**places.VOI_PERSON, "snils": "", "surname": f"Ива{letter}{other}ова", "ticket_number": f"{at:04}{index:03}"}
        for at, letter in enumerate("клмнпр")
        for index, other in enumerate(_LETTERS)
    ]
    register_many(organization=place.keeper, people=people, by=place.chair, cell=place.cells[0])
    full_lists.fill(place.keeper, place.chair)
    return place


def grow(place: places.Place) -> None:
    """Add members with other names and the same debts."""
    one, made = Member.objects.filter(organization=place.keeper).order_by("pk")[0], []
    for at in range(MANY - FEW):
        surname = f"Я{_LETTERS[at // 100]}{_LETTERS[at // 10 % 10]}{_LETTERS[at % 10]}ина"
        names = [surname, one.given_name, one.patronymic]
        ticket = f"9{at:06}"
        changed = {
            "surname": surname, "ticket_number": ticket, "sort_key": sort_key(*names),
            "search_key": member_search_key(names, ticket_number=ticket), "name_key": surname.lower(),
        }  # fmt: skip
        made.append(changed)
    full_lists.copies(one, *made)
    today = timezone.localdate()
    for year in (today.year - 1, today.year):
        charge_new_year(place.keeper.pk, year, by=place.chair)
    owing = DuesAccount.objects.filter(member__organization=place.keeper, unpaid__gt=0)
    owing.update(unpaid_since=today - dt.timedelta(days=800))


def pages(keeper: Organization) -> dict[str, tuple[str, dict[str, Any] | None]]:
    """Return the addresses of the pages of dues, with the data to send."""
    collect, reminders, bank = reverse("dues:collect"), reverse("dues:reminders"), reverse("dues:bank")
    year = timezone.localdate().year
    statement, line = BankStatement.objects.get(), BankLine.objects.filter(state="open").order_by("pk")[0]
    owing = Member.objects.filter(organization=keeper, dues__unpaid__gt=0).order_by("sort_key", "pk")
    ticked = {"shown_for": f"annual-{year}", "purpose": f"annual-{year}", "selected": owing[3].pk, "action": "show"}
    return {
        "overview": (reverse("dues:overview"), None),
        "collect": (collect, None),
        "collect, last year": (f"{collect}?purpose=annual-{year - 1}", None),
        "collect, without a cell": (f"{collect}?cell=none", None),
        "collect, somebody ticked": (collect, ticked),
        "collect, searched": (collect, {**ticked, "q": "ивак"}),
        "collect, page 1": (collect, {**ticked, "page": "1"}),
        "reminders": (reminders, None),
        "reminders, all": (f"{reminders}?show=all&who=unpaid", None),
        "bank": (bank, None),
        "bank, a statement": (f"{bank}?statement={statement.pk}", None),
        "bank, a line": (reverse("dues:bank_line", args=[line.pk]), None),
        "openings": (reverse("dues:openings"), None),
    }


def test_pages_of_dues_get_no_more_rows_of_a_larger_organisation(rows: Rows) -> None:
    place = few()
    client = places.signed_in(place.chair)
    found = []
    for count in (FEW, MANY):
        if count == MANY:
            grow(place)
        asked = pages(place.keeper)
        # Fill the caches that last a minute.
        rows.read(client, *asked["overview"])
        found.append({name: rows.read(client, *page) for name, page in asked.items()})
    before, after = found
    assert after == before
    # Control: rows are counted.
    assert before["collect"] > PAGE_ROWS
    rows.count = 0
    assert (len(Member.objects.filter(organization=place.keeper)), rows.count) == (MANY, MANY)
