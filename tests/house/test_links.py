"""Every shown link leads to a page that its reader may open, also after people have left, moved or been erased; no
page has an id twice, so that each label belongs to its own field.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone

from members.admission.models import Application
from members.book.enums import EndReason
from members.meetings.models import AgendaItem
from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister
from members.movement.transitions.transfers import confirm, request_departure
from members.people.models import Member
from registry.access import Actor
from registry.accounts.models import Account
from registry.errors import Blocked, RuleViolation
from registry.organizations.models import Organization

from . import cast as casting
from .cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: Pages of one address that are opened, and links from one address to another that are tried.
OPENED, TRIED = 2, 5
_LINK = re.compile(r'(?:href|hx-get)="([^"]+)"')
_ID = re.compile(r'\sid="([^"]+)"')
#: Places with tests of their own, and addresses that end the visit or change what is remembered of it.
_ELSEWHERE = ("/admin/", "/static/", "/media/", "/jsi18n")


@dataclass
class Crawl:
    """What one account finds behind the links that it is shown, page by page from the start."""

    client: Client
    opened: Counter[str] = field(default_factory=Counter)
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: dict[str, int] = field(default_factory=dict)
    #: Addresses that refused, each with a page that links to them.
    broken: dict[str, str] = field(default_factory=dict)
    #: Page → ids that are on it more than once.
    doubled: dict[str, list[str]] = field(default_factory=dict)

    def run(self, start: str = "/") -> Crawl:
        waiting = deque([(start, self._ask(start))])
        while waiting:
            page, text = waiting.popleft()
            for link in self._links(page, text):
                if link not in self.answers:
                    waiting += self._follow(page, link)
        return self

    def _follow(self, page: str, link: str) -> list[tuple[str, str]]:
        """Try the link; return its address and text if it is to be opened."""
        source, target = kind_of(page), kind_of(link)
        if self.tried[source, target] >= TRIED:
            return []
        self.tried[source, target] += 1
        text = self._ask(link, page)
        if self.opened[target] >= OPENED:
            return []
        self.opened[target] += 1
        return [(link, text)]

    def _ask(self, link: str, page: str = "") -> str:
        answer: Any = self.client.get(link)
        self.answers[link] = answer.status_code
        if answer.status_code in {400, 403, 404} or answer.status_code >= 500:
            self.broken.setdefault(link, page)
        if isinstance(answer, StreamingHttpResponse) or not answer.headers.get("Content-Type", "").startswith(
            "text/html"
        ):
            return ""
        text = str(answer.content.decode())
        if doubled := doubled_ids(text):
            self.doubled[link] = doubled
        return text

    def _links(self, page: str, text: str) -> Iterator[str]:
        for found in dict.fromkeys(_LINK.findall(text)):
            link = urljoin(page, unescape(found)).partition("#")[0]
            if link.startswith("/") and not link.startswith("//") and not link.startswith(_ELSEWHERE):
                yield link


def doubled_ids(text: str) -> list[str]:
    """Return the ids that are on a page more than once."""
    return sorted(name for name, count in Counter(_ID.findall(text)).items() if count > 1)


def kind_of(link: str) -> str:
    """Return the name of the address with the names of what it asks for."""
    parts = urlsplit(link)
    names = "&".join(sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair}))
    try:
        return f"{resolve(parts.path).view_name}?{names}"
    except Resolver404:
        return f"{parts.path}?{names}"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stored files of the world live as long as it does."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(autouse=True)
def own_files(settings: Any, files: Path) -> Path:
    """In place of a directory for each test."""
    settings.FILES_ROOT = files
    return files


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any, files: Path) -> Iterator[Cast]:
    """The world of all addresses, after many of its people have gone."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(settings, "FILES_ROOT", files)
        made = casting.build(patch)
        _depart(made)
        yield made
        transaction.set_rollback(True)


def _depart(cast: Cast) -> None:
    """Deregister people who are named in minutes, lists, marks, applications, transfers and the journal."""
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


#: Who works at each level, and who keeps cards in both federations; one of them receives those who moved.
LOGINS = ("voi-federal", "voi-region", "voi-local", "voi-primary", "union-primary", "union-target")


@pytest.mark.parametrize("login", LOGINS)
def test_every_link_leads_to_a_page_that_its_reader_may_open(cast: Cast, login: str) -> None:
    named = Account.objects.filter(login=login).first()
    account = named or cast.accounts[login, casting.OWNER]
    assert account is not None
    Account.objects.filter(pk=account.pk).update(must_change_password=False)
    client = Client(raise_request_exception=False)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    found = Crawl(client).run()
    assert len(found.answers) > 20
    assert found.broken == {}
    assert found.doubled == {}


def test_the_crawl_names_a_link_that_leads_nowhere(cast: Cast) -> None:
    """The control: an address without a row is told together with the page that links to it."""
    client = Client(raise_request_exception=False)
    client.force_login(cast.world.who("union-primary").account, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    gone = Application.objects.filter(organization=cast.world.home("union-primary"))[0]
    crawl = Crawl(client)
    crawl._ask(f"/applications/{gone.pk}0000/", "/applications/")
    assert crawl.broken == {f"/applications/{gone.pk}0000/": "/applications/"}


def test_the_crawl_reports_an_id_that_is_on_a_page_twice() -> None:
    """Control: ids are counted, names of fields are not."""
    page = '<input id="reason" name="why"><input data-id="x" id="channel"><p id="reason"></p><p data-id="x"></p>'
    assert doubled_ids(page) == ["reason"]
