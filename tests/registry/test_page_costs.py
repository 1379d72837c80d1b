"""Costs of pages: bytes sent, rendered templates and queries, but not times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.db import connection
from django.template import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.people.models import Member
from members.people.transitions.registration import register_many
from registry.campaigns.rules.forms import MAX_LINES
from registry.campaigns.transitions.reports import complete_report
from registry.campaigns.views.sheets import SHEET_ROWS
from registry.components.icons import icon
from registry.sizes import PAGE_ROWS
from registry.templatetags import ui
from tests.members import full_lists, places
from tests.registry.campaigns import worlds as campaigns

# Ids have different lengths by database, and so have the pages; the number of queries is the same.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: 60 kB, as counted by the benchmark.
MAX_BYTES = 60 * 1024
#: No template is rendered once per row; components are functions.
MAX_LIST_RENDERS, MAX_LIST_QUERIES = 17, 14
MAX_START_RENDERS, MAX_START_QUERIES = 13, 20
#: The history reads the tables of all parts of a card, and the tab of dues also reads reductions and exemptions.
#: Payments of the bank are compared with members, known payers and other organisations. Organisations are found by
#: their own words, by chairs in office and by passports without a chair in office, each with a separate index.
MOST_QUERIES = {
    "members:history": 23,
    "members:dues": 16,
    "dues:bank": 15,
    "organizations:tree, search": 16,
    "start": MAX_START_QUERIES,
    "campaigns:report": 15,
}
#: Pages that show everything, or the maximum that is ever shown.
NOT_PAGED = ["start", "documents:print", "moves:erasing", "members:access"]

NAMES = (
    ("Абросимова", "Екатерина", "Константиновна"),
    ("Большакова", "Александра", "Владимировна"),
    ("Виноградов", "Вячеслав", "Александрович"),
    ("Константинопольская", "Людмила", "Станиславовна"),
    ("Ли", "Пётр", "Ильич"),
)


@pytest.fixture
def production_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Add a hash to the names of static files, as on a server."""
    remembered = (icon.cache_clear, ui.styles.cache_clear, ui.scripts.cache_clear)  # type: ignore[attr-defined]
    plain = StaticFilesStorage.url

    def url(self: StaticFilesStorage, name: str | None) -> str:
        return re.sub(r"(\.\w+)$", r".0123456789ab\1", plain(self, name))

    monkeypatch.setattr(StaticFilesStorage, "url", url)
    for clear in remembered:
        clear()
    yield
    for clear in remembered:
        clear()


def full() -> places.Place:
    """Return a place with more members than fit on a page, in several states, with every default column filled in."""
    place = places.voi()
    given = [
        {
            **places.VOI_PERSON,
            **dict(zip(("surname", "given_name", "patronymic"), NAMES[number % len(NAMES)], strict=True)),
            "snils": "",
            "ticket_number": f"{number:07}",
            "birth_date": places.VOI_PERSON["birth_date"].replace(year=1930 + number % 59),
        }
        for number in range(PAGE_ROWS + 1)
    ]
    members = register_many(organization=place.keeper, people=given, by=place.chair, cell=place.cells[0])
    Member.objects.filter(pk__in=[member.pk for member in members[::2]]).update(consent_state="printed")
    return place


def costs(client: Client, address: str, monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, int, int]:
    """Return content, number of rendered templates and number of queries of the page's second request."""
    # A redirect removes the words of a search from the address (ADR 21).
    address = client.get(address).wsgi_request.get_full_path()
    renders = []
    plain = Template._render  # type: ignore[attr-defined]

    def render(self: Template, context: Any) -> Any:
        renders.append(self.name)
        return plain(self, context)

    with monkeypatch.context() as patch, CaptureQueriesContext(connection) as captured:
        patch.setattr(Template, "_render", render)
        answer = client.get(address)
    return answer.content, len(renders), len(captured)


def test_a_list_of_fifty_members_is_at_most_sixty_kilobytes(
    production_names: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = places.signed_in(full().chair)
    content, renders, queries = costs(client, reverse("members:list"), monkeypatch)
    text = content.decode()
    assert (text.count('name="selected"'), ".0123456789ab.css" in text) == (PAGE_ROWS, True)
    assert len(content) < MAX_BYTES
    assert (renders <= MAX_LIST_RENDERS, queries <= MAX_LIST_QUERIES) == (True, True), (renders, queries)


#: Values that all fifty-one people have, so that no filter excludes a row; the search is for a date of birth.
FILTERS = {
    "cell": "", "complete": "yes", "reprint": "no", "outside": "no", "sex": "female", "birth_month": "7",
    "category": "disabled", "education": "vocational", "ticket": "yes", "photo": "no", "phone": "yes", "email": "no",
    "empty": "birth_place", "age_from": "18", "age_to": "110", "joined_from": "01.01.1950", "joined_to": "31.12.2025",
}  # fmt: skip


@pytest.mark.parametrize("filters", [{}, {"complete": "yes", "ticket": "yes"}, FILTERS])
def test_a_list_with_a_search_and_every_filter_is_below_sixty_kilobytes(
    production_names: None, monkeypatch: pytest.MonkeyPatch, filters: dict[str, str]
) -> None:
    place = full()
    chosen = {**filters, "q": "04.07", "sort": "joined_on"}
    if "cell" in filters:
        chosen["cell"] = str(place.cells[0].pk)
    client = places.signed_in(place.chair)
    content, renders, queries = costs(client, f"{reverse('members:list')}?{urlencode(chosen)}", monkeypatch)
    text = content.decode()
    assert (text.count('name="selected"'), text.count('class="chip"')) == (PAGE_ROWS, len(filters))
    assert len(content) < MAX_BYTES
    assert (renders <= MAX_LIST_RENDERS, queries <= MAX_LIST_QUERIES) == (True, True), (renders, queries)


def test_no_list_costs_more_than_a_page_may(production_names: None, monkeypatch: pytest.MonkeyPatch) -> None:
    place = full()
    client = places.signed_in(place.chair)
    dear, short = {}, []
    for name, address in full_lists.fill(place.keeper, place.chair).items():
        content, renders, queries = costs(client, address, monkeypatch)
        if len(content) > MAX_BYTES or renders > MAX_LIST_RENDERS or queries > MOST_QUERIES.get(name, MAX_LIST_QUERIES):
            dear[name] = (len(content), renders, queries)
        if b'rel="next"' not in content:
            short.append(name)
    assert (dear, short) == ({}, NOT_PAGED)


def test_the_start_page_takes_few_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    client = places.signed_in(full().chair)
    _content, renders, queries = costs(client, reverse("start"), monkeypatch)
    assert (renders <= MAX_START_RENDERS, queries <= MAX_START_QUERIES) == (True, True), (renders, queries)


@pytest.mark.parametrize("fills", [True, False])
def test_no_page_of_the_longest_report_costs_more_than_a_page_may(
    production_names: None, monkeypatch: pytest.MonkeyPatch, *, fills: bool
) -> None:
    w = campaigns.world()
    campaigns.lengthen(w.form)
    place = w.regions[1]
    for period in (str(campaigns.day(0).year - 2), campaigns.last_year()):
        campaign = w.open(period=period)
        for one in (w.locals[2], place):
            w.fill(campaign, one)
            if not (fills and one == place and period == campaigns.last_year()):
                complete_report(campaigns.of(campaign, one).pk, by=w.chair(one))
                w.accept(campaign, one)
    address = reverse("campaigns:report", args=[campaigns.of(campaign, place).pk])
    client = places.signed_in(w.chair(place))
    shown, dear = [], {}
    for number in range(1, MAX_LINES // SHEET_ROWS + 1):
        content, renders, queries = costs(client, f"{address}?page={number}", monkeypatch)
        shown.append((content.count(b"data-line"), b'id="v' in content))
        if len(content) > MAX_BYTES or renders > MAX_LIST_RENDERS or queries > MOST_QUERIES["campaigns:report"]:
            dear[number] = (len(content), renders, queries)
    assert (shown, dear) == ([(SHEET_ROWS, fills)] * (MAX_LINES // SHEET_ROWS), {})
