"""Search terms are in no address and are stored only in the session (152-ФЗ art. 19, ADR 21)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.people.transitions.cards import put_photo
from registry import searches
from tests.clock import at
from tests.house.cast import picture
from tests.members import places

pytestmark = pytest.mark.django_db

#: A name that occurs only on this person's card.
SURNAME = "Константинопольская"
LIST = "/members/"


@pytest.fixture
def chair() -> Client:
    place = places.voi()
    place.put()
    place.put(surname="Сомова", given_name="Инна", snils="", ticket_number="77", phone_mobile="+79991112233")
    return places.signed_in(place.chair)


def send(client: Client, words: str, page: str = LIST, **more: str) -> Any:
    return client.post(page, {"searching": "1", "q": words, **more})


def hrefs(answer: Any) -> list[str]:
    return re.findall(r'(?:href|action|hx-get|hx-post)="([^"]*)"', answer.content.decode())


def test_a_search_leads_to_an_address_without_its_words_and_the_list_has_the_person(chair: Client) -> None:
    answer = send(chair, SURNAME, sex="female")
    assert (answer.status_code, bool(re.fullmatch(r"/members/\?sex=female&found=[\w-]{12}", answer.url))) == (303, True)
    page = chair.get(answer.url)
    assert [row[2] for row in page.context["rows"]] == [f"{SURNAME} Александра Владимировна"]
    # No link, form or copy of the page contains the words; links of the list contain the token.
    token = answer.url.rpartition("=")[2]
    assert [one for one in hrefs(page) if SURNAME in one or "q=" in one or "%D0%9A" in one] == []
    assert [one for one in hrefs(page) if f"found={token}" in one] != []


def test_the_same_search_has_the_same_address_and_no_other_session_knows_it(chair: Client) -> None:
    first, again, other = (send(chair, word).url for word in (SURNAME, SURNAME, "Сомова"))
    assert (first == again, first == other) == (True, False)
    stranger = places.signed_in(places.union().chair)
    gone = stranger.get(first)
    assert (gone.status_code, gone.url) == (303, LIST)
    assert "больше не хранится" in stranger.get(LIST).content.decode()


def test_the_session_keeps_the_words_encrypted_and_a_bounded_number_of_them(chair: Client) -> None:
    for number in range(searches.MOST + 5):
        send(chair, f"{SURNAME} {number}")
    kept = chair.session["searches"]["found"]
    assert len(kept) == searches.MOST
    assert SURNAME not in str(chair.session.items())
    assert Session.objects.count() == 1


def test_a_search_ends_after_its_term(chair: Client) -> None:
    with at("2024-05-06T10:00Z"):
        places_of = Client()
        places_of.force_login(chair.get(LIST).wsgi_request.user)
        address = send(places_of, SURNAME).url
        token = address.rpartition("=")[2]
        request = places_of.get(address).wsgi_request
        assert searches.words_of(request, token) == {"q": SURNAME}
    kept = {"at": request.session["searches"]["found"][token]["at"]}
    for seconds, known in ((searches.KEPT_SECONDS - 1, True), (searches.KEPT_SECONDS, False)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(searches.time, "time", lambda seconds=seconds: kept["at"] + seconds)
            assert (searches.words_of(request, token) is not None) == known


@pytest.mark.parametrize(
    ("later", "moved", "left"),
    [
        (searches.KEPT_SECONDS // 8 - 1, False, 2),
        (searches.KEPT_SECONDS // 8, True, 2),
        (searches.KEPT_SECONDS - 1, True, 2),
        (searches.KEPT_SECONDS, True, 1),
    ],
)
def test_words_are_kept_on_when_they_are_sent_again_and_old_ones_are_not(
    rf: Any, monkeypatch: pytest.MonkeyPatch, later: int, moved: bool, left: int
) -> None:
    request = rf.get(LIST)
    request.session = {}
    monkeypatch.setattr(searches.time, "time", lambda: 1_000_000)
    token, _other = searches.store_search(request, {"q": SURNAME}), searches.store_search(request, {"q": "другое"})
    monkeypatch.setattr(searches.time, "time", lambda: 1_000_000 + later)
    assert searches.store_search(request, {"q": SURNAME}) == token
    kept = request.session["searches"]["found"]
    assert (kept[token]["at"] != 1_000_000, len(kept)) == (moved, left)


def test_an_action_on_what_an_expired_search_found_is_not_done(chair: Client) -> None:
    page = reverse("members:print_list")
    answer = chair.post(f"{page}?found=AAAAAAAAAAAA", {"all": "1"}, headers={"referer": f"http://testserver{LIST}"})
    assert (answer.status_code, answer.url) == (302, LIST)


def test_words_typed_into_an_address_leave_it() -> None:
    place = places.voi()
    place.put()
    client = places.signed_in(place.chair)
    answer = client.generic("GET", LIST, QUERY_STRING="q=Constantinople&sex=female")
    assert (answer.status_code, "q=" in answer.url, "sex=female&found=" in answer.url) == (303, False, True)


def test_htmx_gets_the_rows_at_once_and_replaces_the_address_by_one_with_a_token(chair: Client) -> None:
    answer = chair.post(LIST, {"searching": "1", "q": SURNAME}, headers={"HX-Request": "true"})
    assert (answer.status_code, SURNAME in answer.content.decode()) == (200, True)
    assert re.fullmatch(r"/members/\?found=[\w-]{12}", answer["HX-Replace-Url"])


def test_suggestions_are_asked_for_by_post_and_leave_no_trace_in_the_session(chair: Client) -> None:
    sent = {"searching": "1", "q": SURNAME[:6]}
    answer = chair.post(reverse("members:suggest"), sent, headers={"HX-Request": "true"})
    assert SURNAME in answer.content.decode()
    assert "searches" not in chair.session


def test_a_search_costs_no_query_of_the_session(chair: Client) -> None:
    address = send(chair, "Сомова").url
    assert queries_of_session(chair, address) == queries_of_session(chair, f"{LIST}?sex=female")


def queries_of_session(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as found:
        client.get(page)
    return len([one for one in found if "django_session" in one["sql"]])


def test_every_form_that_takes_words_is_sent_by_post() -> None:
    """No template sends a search field by GET, neither with a form nor with htmx."""
    wrong = []
    for path in sorted(Path("templates").rglob("*.html")):
        for form in re.findall(r"<form.*?</form>", path.read_text(encoding="utf-8"), flags=re.DOTALL):
            words = re.search(r'type="search"|form\.(q|find|person)\b|search_var', form)
            if words and ('method="post"' not in form or "hx-get" in form):
                wrong.append(str(path))
    assert wrong == []


def test_a_photograph_is_not_kept_by_the_browser() -> None:
    place = places.voi()
    member = place.put()
    put_photo(member.pk, jpeg=picture("JPEG"), by=place.chair)
    answer = places.signed_in(place.chair).get(reverse("members:photo", args=[member.pk]))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "no-store, private")
