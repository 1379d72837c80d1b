"""Every address is requested by every actor; refusals reveal nothing (N-H1, N-H2).

In the same world, every link that is shown leads to a page that its reader may open, and no page has an id twice, so
that each label belongs to its own field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django import shortcuts
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from members.admission.models import Application
from members.book.enums import EndReason
from members.meetings.models import AgendaItem
from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister
from members.movement.transitions.transfers import confirm, request_departure
from members.people.models import Member
from registry import error_pages, middleware
from registry.access import Actor
from registry.accounts.models import Account
from registry.errors import Blocked, RuleViolation
from registry.organizations.models import Organization
from tests.house import cast as casting

from .bad_input import (  # noqa: F401 - run here
    test_a_disguised_file_is_refused_and_not_stored,
    test_a_refused_form_keeps_the_input,
    test_n_h1_ids_of_a_neighbour_are_refused_in_every_field,
    test_n_h1_ids_of_another_federation_are_refused_in_every_field,
    test_no_form_fails_or_echoes_markup_whatever_is_typed,
    test_v_c5_posts_from_foreign_pages_are_refused,
)
from .cast import ACTORS, EX, NEIGHBOUR, NOBODY, OWNER, PLANTED, Cast, body
from .crawl import Crawl, Kinds, doubled_ids, nameless_links
from .routes import ROUTES, Route
from .test_rules_named import SHOWN

#: Tables that every request writes: the session with the time of the last request.
VISIT = {"django_session"}
#: A wrong method is refused before anything is read, so PostgreSQL would get no statement.
ASKED = [
    (method, name)
    for method in ("get", "post")
    for name, route in ROUTES.items()
    if connection.vendor == "sqlite" or not getattr(route, method).startswith("405")
]


def named(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Yield the name of every address of the installation, except those of the Django admin, which
    tests/registry/test_admin.py tests.
    """
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            if not inner.startswith("admin:"):
                yield from named(pattern, inner)
        else:
            assert isinstance(pattern, URLPattern)
            yield f"{namespace}{pattern.name}"


def callbacks(resolver: URLResolver) -> set[str]:
    """Return the modules of the views."""
    found = set()
    for pattern in resolver.url_patterns:
        found |= callbacks(pattern) if isinstance(pattern, URLResolver) else {pattern.callback.__module__}
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep the stored files of the world for the whole module."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(autouse=True)
def own_files(settings: Any, files: Path) -> Path:
    """Override the fixture that has a directory for each test."""
    settings.FILES_ROOT = files
    return files


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Keep the caches, because the same people send all requests."""


@pytest.fixture(autouse=True)
def refusals_drawn_once(drawn: dict[Any, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Render a refusal without a context once for each account and template; it depends on nothing else."""

    def render(request: HttpRequest, template: str, *context: Any, status: int) -> HttpResponse:
        key = request.user.pk, template
        if context or key not in drawn:
            page = shortcuts.render(request, template, *context, status=status)
            if context:
                return page
            drawn[key] = page.content
        return HttpResponse(drawn[key], status=status)

    monkeypatch.setattr(error_pages, "render", render)
    monkeypatch.setattr(middleware, "render", render)


@pytest.fixture(scope="module")
def drawn() -> dict[Any, bytes]:
    """Return the cache of rendered refusals, by account and template."""
    return {}


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any, files: Path) -> Iterator[Cast]:
    """Yield the cast, created once; every test runs in a transaction that is rolled back."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(settings, "FILES_ROOT", files)
        made = casting.laid(patch)
        # Checked once; otherwise PostgreSQL would check all keys written for the world after every test.
        connection.check_constraints()
        yield made
        transaction.set_rollback(True)


def ask(cast: Cast, name: str, route: Route, method: str, actor: str) -> tuple[int, str]:
    """Return status and text of a request; its changes are rolled back."""
    client = cast.client(route.owner, actor)
    address = reverse(name, args=cast.values(route.rows)) + (route.query if method == "get" else "")
    point = transaction.savepoint()
    answer = getattr(client, method)(address)
    text = body(answer)
    transaction.savepoint_rollback(point)
    return answer.status_code, text


def asking_for(expected: str) -> tuple[str, ...]:
    """Return the actors who request the page: those who can get different results.

    Rights do not depend on the database, so on PostgreSQL only the owner opens each page. A wrong method is refused
    before rights (the former officer has none) and rows (the neighbour sees none) are checked.
    """
    if connection.vendor != "sqlite":
        return (OWNER,)
    return (OWNER, NEIGHBOUR, EX, NOBODY) if expected.startswith("405") else ACTORS


def test_n_h1_every_address_has_its_row() -> None:
    assert sorted(ROUTES) == sorted(set(named(get_resolver())))


@pytest.mark.django_db
@pytest.mark.usefixtures("not_laid_out")
@pytest.mark.parametrize(("method", "name"), ASKED)
def test_n_h1_n_h2_every_actor_gets_the_expected_answer_and_a_refusal_reveals_nothing(
    cast: Cast, method: str, name: str
) -> None:
    route = ROUTES[name]
    expected = route.get if method == "get" else route.post
    asking = asking_for(expected)
    # The tests of forms use the same page.
    looked = cast.looked(name) if method == "get" else None
    answers = {} if looked is None else {OWNER: (looked.status, looked.text)}
    answers |= {actor: ask(cast, name, route, method, actor) for actor in asking if actor not in answers}
    answered = dict(zip(ACTORS, map(int, expected.split()), strict=True))
    assert {actor: answers[actor][0] for actor in asking} == {actor: answered[actor] for actor in asking}
    secrets = PLANTED[route.owner.partition("-")[0]]
    may_read = {
        OWNER,
        *(actor for actor, status in answered.items() if status == 200 and route.rows),
    }
    told = {actor: [secret for secret in secrets if secret in answers[actor][1]] for actor in asking}
    assert {actor: words for actor, words in told.items() if words and actor not in may_read} == {}
    # Binary files may contain anything.
    pages = {actor: text for actor, (_status, text) in answers.items() if text.lstrip().startswith("<")}
    assert {actor: ids for actor, text in pages.items() if (ids := SHOWN.findall(text))} == {}
    if looked is not None:
        # Reading changes nothing but the log of opened records.
        assert looked.written - VISIT == set(route.writes)


def _depart(cast: Cast) -> None:
    """Deregister people named in minutes, lists, marks, applications, transfers and the journal."""
    for login in ("voi-local", "union-primary"):
        chair = cast.world.who(login)
        told = {*AgendaItem.objects.filter(organization=chair.organization).values_list("member", flat=True)}
        told |= {*Application.objects.filter(organization=chair.organization).values_list("member", flat=True)}
        here = Member.objects.registered().filter(organization=chair.organization)
        gone = [member for member in here.filter(pk__in=told - {None}).order_by("pk") if _leaves(member, chair)]
        gone += [member for member in here.filter(marks__isnull=False).distinct()[:6] if _leaves(member, chair)]
        assert len(gone) > 3
    chair = cast.world.who("union-primary")
    beside = cast.world.rows["request"].target
    moved = 0
    for member in Member.objects.registered().filter(organization=chair.organization).order_by("pk")[:20]:
        with suppress(RuleViolation, Blocked):
            asked = request_departure(member.pk, target=Organization.objects.get(pk=beside.pk), by=chair)
            confirm(asked.pk, by=Actor.of(cast.accounts["union-target", casting.OWNER]))
            moved += 1
        if moved == 3:
            break


def _leaves(member: Member, chair: Actor) -> bool:
    try:
        with transaction.atomic():
            deregister(
                member.pk, reason=EndReason.OWN_WISH, on=timezone.localdate(), paper="заявление",
                paper_card=PaperCard.TAKEN, by=chair,
            )  # fmt: skip
    except (RuleViolation, Blocked):
        return False
    return True


#: Owners who crawl: one for each level and for each keeper of cards; one of them receives transferred members. With the
#: minimum number of views that they reach.
REACHED = {
    "voi-federal": 85, "voi-region": 90, "voi-local": 150, "voi-primary": 55, "union-primary": 115, "union-target": 105,
}  # fmt: skip
#: Pages without any link to them, by reason.
UNLINKED = {
    "asked by programs and scripts": {"healthz", "readyz", "metrics", "jsi18n", "jobs:status", "members:places"},
    "before the first work": {"first-password", "name-check"},
    "where there is a second factor": {
        "login-code", "second-factor-set-up", "second-factor-remove", "accounts:reset_factor",
    },
    "printed as a code on the card": {"verify_card"},
    "for developers": {"gallery"},
    "for administrators": {"documents:new_text", "documents:new_form_text", "documents:programme_settings"},
    "for those who order cards at the producer": {
        "documents:card_batch", "documents:load_card_answer", "documents:card_answer", "documents:card_parcel",
        "documents:reject_card", "documents:fail_card", "documents:send_cards",
    },
    "where the federation prints its cards itself": {"documents:cards_printed"},
    "for superiors of the union": {"organizations:renames", "organizations:rename_decide", "moves:decide"},
}  # fmt: skip
#: Steps with links at few records only: the world may have none for these owners, or only after other steps.
RARE = {
    "accounts:withdraw", "organizations:check_list", "organizations:open", "jobs:result", "members:correct",
    "members:edit_entry", "members:delete_entry", "applications:add_ward", "meetings:attendance", "moves:decline",
    "moves:destruction_records", "documents:another_card", "documents:block_card", "documents:destroy_data",
    "dues:take_opening_back", "dues:check_openings", "dues:post_payroll_list", "dues:check_statement",
    "dues:end_reduction", "dues:payroll_person", "members:reason", "campaigns:close",
}  # fmt: skip


@pytest.fixture(scope="module")
def crawled(cast: Cast, django_db_blocker: Any) -> Callable[[str], Crawl]:
    """Return a function that crawls as the owner with that login, once, after many people have left.

    Tests that use it come last, because its changes are kept.
    """
    with django_db_blocker.unblock():
        _depart(cast)
    done: dict[str, Crawl] = {}

    def crawl(login: str) -> Crawl:
        if login not in done:
            # The page requests counts that are not cached.
            cache.clear()
            done[login] = _crawl(cast, login).run()
        return done[login]

    return crawl


def _crawl(cast: Cast, login: str) -> Crawl:
    account = Account.objects.filter(login=login).first() or cast.accounts[login, OWNER]
    assert account is not None
    Account.objects.filter(pk=account.pk).update(must_change_password=False)
    client = Client(raise_request_exception=False)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return Crawl(client, Kinds(cast.world.rows, account))


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("login", REACHED)
def test_every_link_leads_to_a_page_that_its_reader_may_open(crawled: Callable[[str], Crawl], login: str) -> None:
    found = crawled(login)
    assert found.broken == {}
    assert (found.doubled, found.nameless) == ({}, {})
    assert len(found.views()) >= REACHED[login]


@pytest.mark.once
@pytest.mark.django_db
def test_links_lead_to_every_page_but_those_named_here(crawled: Callable[[str], Crawl]) -> None:
    """The crawl sees existing links only; nobody finds a page without a link to it."""
    reached = set().union(*(crawled(login).views() for login in REACHED))
    pages = {name for name, route in ROUTES.items() if not route.get.startswith("405")}
    assert pages - reached - RARE == set().union(*UNLINKED.values())


@pytest.mark.once
@pytest.mark.django_db
def test_the_crawl_names_a_link_that_leads_nowhere(cast: Cast) -> None:
    """Control: an address without a row is reported with the page that links to it."""
    gone = Application.objects.filter(organization=cast.world.home("union-primary"))[0]
    crawl = _crawl(cast, "union-primary")
    crawl._ask(f"/applications/{gone.pk}0000/", "/applications/")
    assert crawl.broken == {f"/applications/{gone.pk}0000/": "/applications/"}


def test_the_crawl_reports_an_id_that_is_on_a_page_twice() -> None:
    """Control: duplicate ids are counted, but not names of fields."""
    page = '<input id="reason" name="why"><input data-id="x" id="channel"><p id="reason"></p><p data-id="x"></p>'
    assert doubled_ids(page) == ["reason"]


def test_the_crawl_reports_a_link_without_text() -> None:
    """Control: a link with a picture inside or a label has a name."""
    page = (
        '<a class="x" href="/a/"> </a><a href="/b/">B</a><a href="/c/"><svg></svg></a><a aria-label="D" href="/d/"></a>'
    )
    assert nameless_links(page) == ["/a/"]
