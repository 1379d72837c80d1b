"""Pages of dues read only as many cards of a large organisation as they show, by the plans of PostgreSQL (H.6).

Aggregates are excluded: the database reads all members for them.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dues.bank.loading import load_file
from dues.bank.models import BankLine
from dues.numbers import payer_number
from members.people.models import Member
from members.people.transitions.registration import register_many
from registry.organizations.models import OrganizationPassport
from registry.sizes import PAGE_LONG_ROWS
from tests.dues.bank import world as bank
from tests.members import places
from tests.members.places import signed_in
from tests.registry.plans import plans

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

#: People of the organisation, and the maximum number of rows of the members' table that a page may read.
MANY, MOST = 10_000, 600

MEMBERS = """
INSERT INTO members_member
SELECT filled.* FROM (SELECT * FROM members_member WHERE id = %s) AS one, generate_series(1, %s) AS n,
    jsonb_populate_record(one::members_member, jsonb_build_object('id', one.id + n, 'surname', 'Я' || n,
    'ticket_number', 'T' || n, 'search_key', ' я' || n || ' анна', 'sort_key', '35' || lpad(n::text, 8, '0'))) AS filled
"""
ACCOUNTS = """
INSERT INTO dues_duesaccount (member_id, unpaid, unpaid_since, paid_to, advance, entrance_paid_on)
SELECT id, 5000, '2020-03-31', NULL, 0, NULL FROM members_member AS one
WHERE NOT EXISTS (SELECT 1 FROM dues_duesaccount WHERE member_id = one.id)
"""


def large() -> places.Place:
    """Create an organisation of many people; two of them pay through the bank."""
    place = places.voi()
    people = [
        {**places.VOI_PERSON, "surname": surname, "ticket_number": ticket, "snils": ""}
        for surname, ticket in (("Орлова", "0012345"), ("Зорина", "0012346"))
    ]
    payers = register_many(organization=place.keeper, people=people, by=place.chair)
    OrganizationPassport.objects.update_or_create(organization=place.keeper, defaults={"account": bank.OWN})
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, [payers[-1].pk, MANY])
        cursor.execute(ACCOUNTS)
        cursor.execute("ANALYZE members_member, dues_duesaccount, registry_organization")
    words = "членский взнос за год, билет 0012345"
    documents = [
        bank.Doc(payers[at % 2].full_name, f"{words} ЛС {payer_number(payers[at % 2].pk)}", number=str(at))
        for at in range(PAGE_LONG_ROWS + 5)
    ]
    load_file(place.keeper, bank.statement(*documents), by=place.chair)
    assert Member.objects.filter(organization=place.keeper).count() > MANY
    return place


def read_of(statements: list[str], table: str) -> int:
    """Return the number of rows of the table that the statements read, excluding counts, sums and minimums."""
    rows = 0.0
    listed = [sql for sql in statements if not sql.startswith(("SELECT COUNT(", "SELECT SUM(", "SELECT MIN("))]
    for nodes in plans(listed):
        for node in nodes:
            if node.get("Relation Name") == table:
                read = sum(node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter"))
                rows += read * node["Actual Loops"]
    return int(rows)


def test_pages_of_dues_read_no_more_cards_than_they_show(monkeypatch: pytest.MonkeyPatch) -> None:
    # Queries of server-side cursors are not captured.
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    place, found = large(), {}
    client = signed_in(place.chair)
    line = BankLine.objects.filter(state="open").order_by("pk")[0]
    pages: dict[str, str] = {
        "bank": reverse("dues:bank"),
        "a payment": reverse("dues:bank_line", args=[line.pk]),
        "payments of many": reverse("dues:collect"),
        "reminders": reverse("dues:reminders"),
    }
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as captured:
            answer: Any = client.get(address)
        assert answer.status_code == 200
        found[name] = read_of([asked["sql"] for asked in captured.captured_queries], "members_member")
    assert {name: rows for name, rows in found.items() if not 0 < rows <= MOST} == {}
    # Control: a condition without an index.
    assert read_of(["SELECT id FROM members_member WHERE surname = 'Орлова'"], "members_member") > MANY
