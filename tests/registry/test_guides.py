"""The guides: terms in them are on the screens, every page is described, the help pages show them (N-S2)."""

from __future__ import annotations

import re
from collections import Counter

import polib
import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from PIL import Image

from registry import guides
from registry.access import Actor
from registry.accounts.models import Account
from registry.accounts.transitions.installation import create_administrator
from registry.enums import Role
from registry.menu import NAVIGATION
from tests.browser.pages import NO_PAGES, PAGES, named_addresses
from tests.guides.pictures import SHOTS
from tests.house.test_words import CATALOGUE, presumed
from tests.members import places
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NAMES = list(guides.TITLES)
MAX_BYTES = 60 * 1024
#: Maximum size of one picture; all twelve together have less than half a megabyte.
MAX_PICTURE_BYTES = 64 * 1024


def quoted(text: str) -> list[str]:
    """Return the texts in quotation marks, each on one line."""
    return re.findall("«([^»]+)»", " ".join(text.split()))


@pytest.mark.parametrize("name", NAMES)
def test_every_quoted_name_is_one_of_the_interface(name: str) -> None:
    shown = {text for entry in polib.pofile(str(CATALOGUE)) for text in (entry.msgstr, *entry.msgstr_plural.values())}
    found = quoted(guides.source(name))
    assert (len(found) > 10, [word for word in found if word not in shown]) == (True, [])


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_presumes_no_men_and_names_no_rules(name: str) -> None:
    text = guides.source(name)
    assert presumed(text) == []
    assert re.findall(r"\b[VUNK]-\w+", text) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_paragraph_is_led_to_and_stands_once(name: str) -> None:
    text = guides.source(name)
    anchors = re.findall(r'<a id="([^"]*)"', text)
    assert anchors == list(guides.PLACES[name])
    assert len(anchors) == len(set(anchors)) == text.count("\n## ")
    assert [section.anchor for section in guides.read(name).sections] == anchors


@pytest.mark.parametrize("name", NAMES)
def test_a_page_stands_once_in_a_guide_and_exists(name: str) -> None:
    pages = [page for names in guides.PLACES[name].values() for page in names.split()]
    there = {page for page, _pattern in named_addresses()} | {"admin:index"}
    assert [page for page, count in Counter(pages).items() if count > 1] == []
    assert [page for page in pages if page not in there] == []


def test_every_page_is_told_about() -> None:
    told = {page for anchors in guides.ANCHORS.values() for page in anchors}
    # Without an account, the help page is about signing in; the gallery is for developers.
    pages = {page for page, opened in PAGES.items() if opened.login} - {"gallery"}
    menu = {entry.url_name for entry in NAVIGATION} - NO_PAGES
    assert sorted((pages | menu) - told) == []


def test_links_between_guides_lead_to_paragraphs() -> None:
    links = [
        (guide, anchor)
        for name in NAMES
        for section in guides.read(name).sections
        for guide, anchor in re.findall(r'href="/help/([a-z]+)/#([a-z-]+)"', section.html)
    ]
    assert len(links) >= 5
    assert [(guide, anchor) for guide, anchor in links if anchor not in guides.PLACES[guide]] == []


def test_markup_in_a_guide_stays_text() -> None:
    html = guides._html("a <b>b</b> <script>c</script>\n\n<div onclick=d>e</div>")
    assert html == (
        "<p>a &lt;b&gt;b&lt;/b&gt; &lt;script&gt;c&lt;/script&gt;</p>\n<p>&lt;div onclick=d&gt;e&lt;/div&gt;</p>\n"
    )


@pytest.mark.parametrize(
    "href", ["https://example.org", "other.md#chair", "chair.md", "/help/", "../chair.md#admit", "chair.md#admit?x"]
)
def test_a_guide_has_no_link_to_elsewhere(href: str) -> None:
    with pytest.raises(ValueError, match="not to"):
        guides._html(f"[x]({href})")


def test_each_reader_has_their_guide() -> None:
    place = places.voi()
    region = place.keeper.parent
    assert region is not None
    readers: list[Actor | None] = [
        None,
        place.chair,
        trees.officer(place.cells[0], Role.CHAIR, "Ячейкина"),
        trees.officer(place.keeper, Role.COLLECTOR, "Сборова"),
        trees.officer(region, Role.DEPUTY, "Областнова"),
        trees.officer(region, Role.REVIEWER, "Ревизорова"),
        trees.officer(place.head, Role.ADMINISTRATOR, "Наладова"),
    ]
    assert [guides.guide_for(reader) for reader in readers] == [
        "chair", "chair", "chair", "collector", "officer", "officer", "administrator",
    ]  # fmt: skip


def test_help_leads_to_the_paragraph_about_the_page_in_the_guide_of_its_reader() -> None:
    place = places.voi()
    region = place.keeper.parent
    assert region is not None
    officer = trees.officer(region, Role.DEPUTY, "Областнова")
    administrator = trees.officer(place.head, Role.ADMINISTRATOR, "Наладова")
    led = {
        (whose, page): help_of(client, reverse(page))
        for whose, client in (
            ("chair", places.signed_in(place.chair)),
            ("officer", places.signed_in(officer)),
            ("administrator", places.signed_in(administrator)),
        )
        for page in ("start", "members:list", "organizations:journal", "dues:rates", "help")
        if (whose, page) not in {("administrator", "members:list")}
    }
    assert led == {
        ("chair", "start"): "/help/chair/#tasks",
        ("chair", "members:list"): "/help/chair/#find",
        ("chair", "organizations:journal"): "/help/officer/#journal",
        ("chair", "dues:rates"): "/help/collector/#rates",
        ("chair", "help"): "/help/chair/#help",
        ("officer", "start"): "/help/officer/#overview",
        ("officer", "members:list"): "/help/officer/#people",
        ("officer", "organizations:journal"): "/help/officer/#journal",
        ("officer", "dues:rates"): "/help/collector/#rates",
        ("officer", "help"): "/help/chair/#help",
        ("administrator", "start"): "/help/administrator/#settings",
        ("administrator", "organizations:journal"): "/help/administrator/#journal",
        ("administrator", "dues:rates"): "/help/administrator/#rates",
        ("administrator", "help"): "/help/chair/#help",
    }


def help_of(client: Client, address: str) -> str:
    """Return the address of the link «Help» at the top of the page."""
    page = client.get(address).content.decode()
    (href,) = re.findall(r'<a class="barlink" href="([^"]*)">\s*<svg[^>]*>.{0,80}#circle-question-mark', page)
    return str(href)


def test_a_page_that_is_not_there_leads_to_the_readers_guide() -> None:
    assert help_of(places.signed_in(places.voi().chair), "/nowhere/") == "/help/chair/"
    assert guides.address_for("members:suggest", None) == "/help/chair/"


def test_pages_of_administration_lead_to_their_paragraph() -> None:
    made = create_administrator(person={"surname": "Админова", "given_name": "Инна"}, by=Actor.system("test"))
    Account.objects.filter(pk=made.account.pk).update(must_change_password=False)
    client = places.signed_in(Actor(account=Account.objects.get(pk=made.account.pk), appointment=None))
    for page in (reverse("admin:index"), reverse("admin:registry_federation_changelist")):
        assert '<a href="/help/administrator/#settings">' in client.get(page).content.decode()


def test_who_is_not_signed_in_gets_help_with_that_and_reads_the_guides(client: Client) -> None:
    assert help_of(client, reverse("login")) == "/help/"
    assert [client.get(reverse("guide", args=[name])).status_code for name in NAMES] == [200] * 4


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_has_its_headings_contents_and_a_bounded_size(name: str) -> None:
    client = places.signed_in(places.voi().chair)
    answer = client.get(reverse("guide", args=[name]))
    page = answer.content.decode()
    guide = guides.read(name)
    headings = re.findall(r'<section class="panel" id="([a-z-]+)">\s*<header><h2>([^<]+)</h2>', page)
    assert headings == [(section.anchor, section.heading) for section in guide.sections]
    assert re.findall(r'<a href="#([a-z-]+)">', page.split('class="contents"')[1]) == list(guides.PLACES[name])
    assert len(answer.content) < MAX_BYTES
    with translation.override("ru"):
        assert re.findall(r'aria-current="page">([^<]+)<', page)[-1] == str(guides.TITLES[name])


@pytest.mark.parametrize("name", ["nobody", "chair.md", "CHAIR"])
def test_there_are_no_other_guides(client: Client, name: str) -> None:
    assert client.get(f"/help/{name}/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("guide", args=["../chair"])


def test_every_picture_is_taken_shown_once_described_and_small() -> None:
    shown = [found for name in NAMES for found in re.findall(r"!\[([^]]*)\]\(([^)]*)\)", guides.source(name))]
    taken = sorted(f"../images/guides/{shot.name}.png" for shot in SHOTS)
    kept = {path.name: path.stat().st_size for path in guides.PICTURES.iterdir()}
    assert sorted(path for _described, path in shown) == taken
    assert sorted(f"../images/guides/{name}" for name in kept) == taken
    assert [path for described, path in shown if len(described) < 15] == []
    assert [name for name, size in kept.items() if size > MAX_PICTURE_BYTES] == []


def test_a_page_keeps_the_place_of_its_pictures() -> None:
    (picture,) = re.findall(r"<img [^>]*>", guides.read("officer").lead + guides.read("officer").sections[0].html)
    attributes = dict(re.findall(r'([a-z]+)="([^"]*)"', picture))
    with Image.open(guides.PICTURES / "overview.png") as kept:
        assert (attributes["width"], attributes["height"]) == tuple(str(side) for side in kept.size)
    assert attributes["loading"] == "lazy"
    assert finders.find(attributes["src"].removeprefix("/static/")) == str(guides.PICTURES / "overview.png")
