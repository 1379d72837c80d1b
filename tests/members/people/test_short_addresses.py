"""The address of a list with many filters is complete, its links use a token and redirect to complete addresses."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse

from members.people.models import Member
from registry.searches import LONG, Asked
from tests.members import places

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FILTERS = (
    "sex=female&category=disabled&complete=yes&ticket=yes&photo=no&age_from=1&age_to=110&joined_from=2001-01-01"
    "&sort=joined_on"
)
OTHERS = {"ticket": "yes", "photo": "no", "age_from": "1", "age_to": "110", "joined_from": "2001-01-01"}


def links(text: str, pattern: str) -> list[str]:
    return [unescape(found) for found in re.findall(pattern, text)]


@pytest.fixture
def place() -> places.Place:
    found = places.voi()
    found.put()
    found.put(surname="Ильин", given_name="Пётр", patronymic="Ильич", sex="male", snils="", ticket_number="0104513")
    Member.objects.update(missing=0)
    return found


def test_chips_and_headings_lead_to_addresses_in_full(place: places.Place) -> None:
    client = places.signed_in(place.chair)
    page = reverse("members:list")
    text = client.get(f"{page}?{FILTERS}").content.decode()
    chips = links(text, r'class="chip" href="([^"]+)"')
    found = [re.sub("found=[^&]+", "found=T", one) for one in chips]
    # Without the longest filter, the address is short enough to be complete.
    assert f"?{FILTERS.replace('&joined_from=2001-01-01', '')}" in found
    names = ("complete", "sex", "age_from", "age_to", "category", "ticket", "photo")
    assert [one for one in found if "found" in one] == [f"?found=T&without={name}" for name in names]
    answer = client.get(page + next(one for one in chips if one.endswith("without=sex")))
    assert answer.status_code == 302
    assert QueryDict(answer.headers["Location"].partition("?")[2]).dict() == {
        "category": "disabled", "complete": "yes", "sort": "joined_on", **OTHERS,
    }  # fmt: skip
    assert client.get(answer.headers["Location"]).status_code == 200
    heading = links(text, r'href="(\?found=[^"]+sort=ticket_number)"')
    answer = client.get(page + heading[0])
    assert QueryDict(answer.headers["Location"].partition("?")[2]).dict() == {
        "sex": "female", "category": "disabled", "complete": "yes", "sort": "ticket_number", **OTHERS,
    }  # fmt: skip
    # The response tells htmx the address.
    answer = client.get(page + heading[0], headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert QueryDict(answer.headers["HX-Push-Url"].partition("?")[2])["sex"] == "female"


def test_an_action_on_all_that_were_found_is_one_on_these_alone(place: places.Place) -> None:
    client = places.signed_in(place.chair)
    text = client.get(f"{reverse('members:list')}?{FILTERS}").content.decode()
    address = links(text, r'formaction="(/members/cell/[^"]+)"')[0]
    assert "sex" not in address
    asked = client.post(address, {"all": "1"})
    assert asked.status_code == 200
    assert (asked.context["names"], Member.objects.count()) == ([Member.objects.get(sex="female").full_name], 2)
    assert asked.wsgi_request.GET["sex"] == "female"
    # A token of another session is invalid, and nothing is done with everybody instead.
    other = places.signed_in(place.chair)
    assert other.post(address, {"all": "1"}).status_code == 302


def test_a_few_filters_stay_in_plain_addresses(place: places.Place) -> None:
    client = places.signed_in(place.chair)
    text = client.get(f"{reverse('members:list')}?sex=female").content.decode()
    assert links(text, r'formaction="(/members/cell/[^"]+)"') == ["/members/cell/?sex=female"]
    assert links(text, r'class="chip" href="([^"]+)"') == ["?"]
    text = client.get(f"{reverse('members:list')}?sex=female&category=disabled").content.decode()
    assert links(text, r'class="chip" href="([^"]+)"') == ["?category=disabled", "?sex=female"]


def test_a_query_of_a_hundred_letters_is_the_longest_that_is_said_in_full(place: places.Place) -> None:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    for letters, plain in ((LONG, True), (LONG + 1, False)):
        asked = Asked(f"sort={'x' * (letters - 5)}")
        asked._request = request
        assert (asked.short() == asked.urlencode()) is plain
