"""Every address is requested by every actor; refusals reveal nothing (N-H1, N-H2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.house import cast as casting

from .cast import ACTORS, OWNER, PLANTED, Cast, body
from .routes import ROUTES, Route
from .test_rules_named import SHOWN

WRITING = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO) "(\w+)"')
#: The visit itself: its session, and when it was last heard of.
VISIT = {"django_session"}


def named(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Every name of the installation's addresses; tests/registry/test_admin.py
    walks through those of the Django admin.
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
    """Modules of the views that stand behind the addresses."""
    found = set()
    for pattern in resolver.url_patterns:
        found |= callbacks(pattern) if isinstance(pattern, URLResolver) else {pattern.callback.__module__}
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stored files of the world live as long as it does."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(autouse=True)
def own_files(settings: Any, files: Path) -> Path:
    """In place of a directory for each test."""
    settings.FILES_ROOT = files
    return files


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """The same people ask all the time, so what is remembered of them is their own."""


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any, files: Path) -> Iterator[Cast]:
    """Built once; every test changes it within a transaction of its own, and all of it is undone."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(settings, "FILES_ROOT", files)
        made = casting.build(patch)
        # Once for all: otherwise PostgreSQL looks after every test at all keys that building the world has written.
        connection.check_constraints()
        yield made
        transaction.set_rollback(True)


def ask(cast: Cast, name: str, route: Route, method: str, actor: str) -> tuple[int, str]:
    """Return status and text; changes of the request are rolled back."""
    client = cast.client(route.owner, actor)
    address = reverse(name, args=cast.values(route.rows)) + (route.query if method == "get" else "")
    point = transaction.savepoint()
    answer = getattr(client, method)(address)
    text = body(answer)
    transaction.savepoint_rollback(point)
    return answer.status_code, text


def test_n_h1_every_address_has_its_row() -> None:
    assert sorted(ROUTES) == sorted(set(named(get_resolver())))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_n_h1_n_h2_every_actor_gets_the_expected_answer_and_a_refusal_reveals_nothing(
    cast: Cast, name: str, method: str
) -> None:
    route = ROUTES[name]
    # Rights do not depend on the database, so on PostgreSQL each page is opened only by its own role.
    asking = ACTORS if connection.vendor == "sqlite" else (OWNER,)
    with CaptureQueriesContext(connection) as queries:
        answers = {OWNER: ask(cast, name, route, method, OWNER)}
    written = {found[1] for query in queries if (found := WRITING.match(query["sql"]))}
    answers |= {actor: ask(cast, name, route, method, actor) for actor in asking if actor != OWNER}
    expected = route.get if method == "get" else route.post
    assert [answers[actor][0] for actor in asking] == [int(word) for word in expected.split()][: len(asking)]
    secrets = PLANTED[route.owner.partition("-")[0]]
    may_read = {
        OWNER,
        *(actor for actor, word in zip(ACTORS, expected.split(), strict=True) if word == "200" and route.rows),
    }
    told = {actor: [secret for secret in secrets if secret in answers[actor][1]] for actor in asking}
    assert {actor: words for actor, words in told.items() if words and actor not in may_read} == {}
    # Binary files may hold anything.
    pages = {actor: text for actor, (_status, text) in answers.items() if text.lstrip().startswith("<")}
    assert {actor: ids for actor, text in pages.items() if (ids := SHOWN.findall(text))} == {}
    if method == "get":
        # Looking changes nothing but the log of opening.
        assert written - VISIT == set(route.writes)
