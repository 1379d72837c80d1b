"""Pages read as few rows in a large federation as in a small one; PostgreSQL only, by its query plans."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.accounts.models import Account
from registry.enums import Level, Role
from registry.organizations.models import Organization
from tests.members.places import signed_in

from . import trees
from .plans import plans

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgresql,
]
#: Number of organisations in the federation; all but the last hundred have a chair.
MANY = 20_000
#: Maximum rows of one table that a page reads: the thousand that it counts, read in two ways, and some others.
MOST = 4_000

ORGANIZATIONS = """
INSERT INTO registry_organization (federation_id, parent_id, level, path, code, full_name, short_name, genitive_name,
    dative_name, search_key, sort_key, status, is_legal_entity, inn, kpp, ogrn, legal_address, postal_address, phone,
    email, chair_name, chair_sex, chair_dative, time_zone, zone, version, created_at)
SELECT federation_id, id, 'local', '', 'N' || n, 'Школа ' || n, 'Школа ' || n, '', '', ' школа ' || n,
    '28' || lpad(n::text, 8, '0'), 'active', false, '', '', '', '', '', '', '', '', '', '', '', '', 1, now()
FROM registry_organization, generate_series(1, %s) AS n WHERE id = %s
"""
PATHS = "UPDATE registry_organization SET path = %s || id || '/' WHERE path = ''"
FIGURES = """
INSERT INTO registry_figures (organization_id, members, consents_printed, consents_signed, incomplete, in_transit,
    applications, last_book_line, last_destruction, led_until)
SELECT id, 0, 0, 0, 0, 0, 0, 0, 0, CASE WHEN substr(code, 2)::int > %s THEN '1900-01-01'::date ELSE '9999-12-31' END
FROM registry_organization WHERE code LIKE 'N%%'
"""
PASSPORTS = """
INSERT INTO registry_organizationpassport
SELECT (jsonb_populate_record(NULL::registry_organizationpassport, to_jsonb(one) || jsonb_build_object(
    'id', one.id + organization.id, 'organization_id', organization.id))).*
FROM registry_organization AS organization, (SELECT * FROM registry_organizationpassport LIMIT 1) AS one
WHERE organization.code LIKE 'N%'
"""
ACCOUNTS = """
INSERT INTO registry_account
SELECT (jsonb_populate_record(NULL::registry_account, to_jsonb(one) || jsonb_build_object(
    'id', %s + organization.id, 'login', 'n' || organization.id, 'home_id', organization.id, 'sort_key',
    organization.sort_key, 'search_key', CASE WHEN organization.id %% 50 = 0 THEN ' иванов' ELSE ' петров' END))).*
FROM registry_organization AS organization, (SELECT * FROM registry_account WHERE id = %s) AS one
WHERE organization.code LIKE 'N%%' AND substr(organization.code, 2)::int <= %s
"""
APPOINTMENTS = """
INSERT INTO registry_appointment (account_id, organization_id, role, starts_on, basis)
SELECT id, home_id, 'chair', current_date - 30, '' FROM registry_account WHERE login LIKE 'n%'
"""


def large() -> dict[str, Any]:
    """Return the head of a federation of many organisations, and a region with few of them."""
    head = trees.head()
    region = trees.below(head, Level.REGIONAL, "Малая область")
    few = trees.below(region, Level.LOCAL, "Малая школа")
    many = trees.below(head, Level.REGIONAL, "Большая область")
    actors = {"head": trees.officer(head, Role.CHAIR), "region": trees.officer(region, Role.CHAIR, "Малова")}
    trees.officer(few, Role.CHAIR, "Иванова")
    account = actors["head"].account
    assert account is not None
    with connection.cursor() as cursor:
        cursor.execute(ORGANIZATIONS, [MANY, many.pk])
        cursor.execute(PATHS, [many.path])
        cursor.execute(FIGURES, [MANY - 100])
        cursor.execute(PASSPORTS)
        cursor.execute(ACCOUNTS, [Account.objects.latest("pk").pk, account.pk, MANY - 100])
        cursor.execute(APPOINTMENTS)
        cursor.execute("ANALYZE registry_organization, registry_figures, registry_organizationpassport")
        cursor.execute("ANALYZE registry_account, registry_appointment")
    assert Organization.objects.count() == MANY + 4
    return actors


def most_read(statements: list[str], apart: Collection[str] = ()) -> int:
    """Return the number of rows read from the table that was read most; index-only entries and the tables `apart` are
    not counted.
    """
    most = 0.0
    for nodes in plans(statements):
        read: dict[str, float] = {}
        for node in nodes:
            if node.get("Relation Name", "") not in {"", *apart}:
                rows = sum(node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter"))
                read[node["Relation Name"]] = read.get(node["Relation Name"], 0) + rows * node["Actual Loops"]
        most = max(most, *read.values(), 0)
    return int(most)


# Searches by words are not included: tables of the tests have no trigram indexes, and one created in the test's
# transaction would not be used. `python -m tests.benchmarks.run --big` checks their plans.
PAGES = {
    "the start page": ("start", ""),
    "accounts": ("accounts:list", ""),
    "blocked accounts": ("accounts:list", "state=blocked"),
    "accounts by a rare role": ("accounts:list", "role=registrar"),
    "accounts by a frequent role": ("accounts:list", "role=chair"),
    "accounts for chairs": ("accounts:add_many", ""),
    "accounts for chairs by name": ("accounts:add_many", "find=школа"),
    "organisations by a frequent word": ("organizations:tree", "q=школа"),
    "organisations by level": ("organizations:tree", "level=regional"),
    "ended organisations": ("organizations:tree", "status=ended"),
}


def test_no_page_reads_more_rows_because_the_federation_is_large() -> None:
    actors, found = large(), {}
    for who, actor in actors.items():
        client = signed_in(actor)
        for name, (page, query) in PAGES.items():
            url = f"{reverse(page)}?{query}"
            # Sums of stored figures are cached for a minute.
            assert client.get(url).status_code == 200
            with CaptureQueriesContext(connection) as captured:
                client.get(url)
            # Chairs are searched by words in the accounts.
            apart = {"registry_account"} if "q=" in query else set()
            found[f"{who}: {name}"] = most_read([asked["sql"] for asked in captured.captured_queries], apart)
    assert {name: rows for name, rows in found.items() if rows > MOST} == {}
    # Control: a search that no index supports.
    assert most_read(["SELECT count(*) FROM registry_account WHERE search_key LIKE '%вано%' OR home_id = 1"]) > MOST
