"""Pages of papers: everything is in Russian, each role sees what it may, bad addresses are refused."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from documents.consents.models import ConsentText
from documents.consents.transitions.consents import mark_signed
from documents.printing.transitions import record_prints
from members.people.models import Member
from registry.enums import Role
from tests.documents.consents.test_consents import SIGNED_ON, png
from tests.members import places
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: Names of file formats, and the other language by its own name.
INTERNATIONAL = {"xlsx", "pdf", "word", "jpeg", "png", "english"}


class Words(HTMLParser):
    """Collects the text of a page and its texts for screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        self.said += [value or "" for name, value in attrs if name in {"aria-label", "title", "placeholder", "alt"}]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def latin_words(page: str) -> set[str]:
    reader = Words()
    reader.feed(page)
    words = re.findall(r"[A-Za-z]{2,}", " ".join(reader.said))
    return {word.lower() for word in words} - INTERNATIONAL


@pytest.fixture(params=["voi", "education_union"])
def place(request: pytest.FixtureRequest) -> places.Place:
    return places.of(request.param)


def society(place: places.Place) -> dict[str, Any]:
    """Create a member in every state of the consent, and a version of the text."""
    none, printed, signed = (
        place.put(surname=name, snils="", ticket_number="") for name in ("Абрамова", "Белова", "Вольская")
    )
    record_prints("consent", [printed.pk], data_classes=(), by=place.chair)
    consent = mark_signed(signed.pk, signed_on=SIGNED_ON, scan=png(), by_hand=True, by=place.chair)
    return {"none": none, "printed": printed, "signed": signed, "consent": consent}


def addresses(rows: dict[str, Any]) -> list[str]:
    text = ConsentText.objects.get()
    forms = ("application", "consent", "member_card")
    return [
        reverse("documents:print"),
        reverse("documents:consents"),
        *(reverse("documents:consents") + f"?consent={state}" for state in ("none", "printed", "signed", "withdrawn")),
        reverse("documents:consents") + "?q=никто",
        *(reverse("documents:print_member", args=[form, rows["none"].pk]) for form in forms),
        *(reverse("documents:print_many", args=[form]) for form in forms),
        *(reverse("documents:mark_consent", args=[rows[state].pk]) for state in ("none", "printed", "signed")),
        reverse("documents:take_back", args=[rows["signed"].pk]),
        reverse("documents:add_scan", args=[rows["signed"].pk]),
        reverse("documents:texts"),
        reverse("documents:text", args=[text.pk]),
        *(reverse("members:detail", args=[rows[state].pk]) for state in ("none", "printed", "signed")),
    ]


def test_every_page_is_russian_to_the_last_word(place: places.Place) -> None:
    rows = society(place)
    client = places.signed_in(place.chair)
    pages = {address: client.get(address) for address in addresses(rows)}
    chosen = {"selected": [str(rows["none"].pk), str(rows["printed"].pk)]}
    marking = reverse("documents:mark_many")
    pages["many"] = client.post(marking, chosen)
    pages["many refused"] = client.post(marking, {**chosen, "marking": "1", "signed_on": "31.02.2025"})
    pages["refused"] = client.post(reverse("documents:mark_consent", args=[rows["none"].pk]), {"signed_on": "x"})
    pages["no scan"] = client.post(reverse("documents:add_scan", args=[rows["signed"].pk]))
    assert {address: page.status_code for address, page in pages.items()} == dict.fromkeys(pages, 200)
    english = {address: latin_words(page.content.decode()) for address, page in pages.items()}
    assert {address: words for address, words in english.items() if words} == {}


def test_the_administrators_page_of_a_new_version_is_russian_too() -> None:
    place = places.voi()
    client = places.signed_in(trees.officer(place.head, Role.ADMINISTRATOR))
    pages = [client.get(reverse("documents:new_text")), client.post(reverse("documents:new_text"), {})]
    assert [(page.status_code, latin_words(page.content.decode())) for page in pages] == [(200, set())] * 2


def test_an_empty_page_says_what_to_do(place: places.Place) -> None:
    page = places.signed_in(place.chair).get(reverse("documents:consents")).content.decode()
    assert "На учёте пока никого нет" in page


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.CHAIR, [200, 200, 200]),
        (Role.REGISTRAR, [200, 200, 200]),
        (Role.REVIEWER, [200, 403, 200]),
        (Role.COLLECTOR, [403, 403, 403]),
    ],
)
def test_n_h2_each_role_reaches_its_pages(role: Role, expected: list[int]) -> None:
    place = places.voi()
    member = place.put()
    actor = place.chair if role == Role.CHAIR else trees.officer(place.keeper, role)
    client = places.signed_in(actor)
    pages = (
        reverse("documents:consents"),
        reverse("documents:mark_consent", args=[member.pk]),
        reverse("documents:texts"),
    )
    assert [client.get(page).status_code for page in pages] == expected


def test_a_visitor_without_an_account_is_asked_to_sign_in() -> None:
    client = Client()
    for name in ("print", "consents", "texts"):
        answer = client.get(reverse(f"documents:{name}"))
        assert (answer.status_code, answer["Location"].startswith(reverse("login"))) == (302, True)


@pytest.mark.parametrize(
    "data",
    [
        {"selected": ["x", "", "-1", "9" * 30, "1' OR 1=1"]},
        {"all": "1", "consent": "nothing"},
        {"selected": ["1"], "marking": "1", "signed_on": "\x00"},
        {"marking": "1", "all": "1", "signed_on": "9" * 10_000},
        {},
    ],
    ids=["ids", "filter", "nul", "long", "nothing"],
)
def test_bad_input_of_a_choice_is_refused_cleanly(data: dict[str, Any]) -> None:
    place = places.voi()
    place.put()
    client = places.signed_in(place.chair)
    for address in (reverse("documents:mark_many"), reverse("documents:print_many", args=["consent"])):
        assert client.post(address, data).status_code in {200, 302}
        assert client.post(address + "?q=%00&consent=%00&cell=x", data).status_code in {200, 302}


def test_names_with_markup_are_escaped_on_every_page() -> None:
    place = places.voi()
    member = place.put()
    # No screen accepts such a name, but data from another source may have one.
    Member.objects.filter(pk=member.pk).update(given_name="<script>alert(1)</script>")
    client = places.signed_in(place.chair)
    for address in (
        reverse("documents:consents"),
        reverse("documents:mark_consent", args=[member.pk]),
        reverse("documents:print_member", args=["consent", member.pk]),
    ):
        page = client.get(address).content.decode()
        assert ("<script>alert(1)" in page, page.lower().count("&lt;script&gt;alert(1)") > 0) == (False, True)
