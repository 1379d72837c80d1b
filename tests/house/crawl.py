"""A crawler: opens every kind of link that one account is shown, page by page from its start."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from registry.accounts.models import Account
from registry.organizations.models import Organization

from .routes import ROUTES

#: Maximum number of links from one view to another that are tried with different queries.
TRIED = 5
_LINK = re.compile(r'(?:href|hx-get|src)="([^"]+)"')
_EMPTY_LINK = re.compile(r'<a\b(?![^>]*\baria-label=)[^>]*\bhref="([^"]*)"[^>]*>\s*</a>')
_ID = re.compile(r'\sid="([^"]+)"')
#: Paths that have separate tests.
_ELSEWHERE = ("/admin/", "/static/", "/media/", "/jsi18n")
#: Fields on which a page and its links depend, for models that have them.
_MARKS = ("state", "status", "kind", "level", "is_active")
#: Query parameters whose values all lead to the same code.
_ALIKE = {"page", "sort"}
#: The sign-in page gets the address to return to, which differs from page to page.
_NEXT = re.compile(r"\?next=.*")


@dataclass(eq=False)
class Kinds:
    """Classifies links: the same view of records in the same state, seen from the same organisation, is one kind.

    `rows` are the world's records by the names that `ROUTES` uses.
    """

    rows: dict[str, Any]
    account: Account

    def of(self, link: str) -> tuple[str, str, str]:
        """Return the name of the view, the state of its records, and the query of the link."""
        parts = urlsplit(link)
        try:
            match = resolve(parts.path)
        except Resolver404:
            return parts.path, "", ""
        names = ROUTES[match.view_name].rows if match.view_name in ROUTES else ()
        values = [*match.args, *match.kwargs.values()]
        named = [(self.rows.get(name), value) for name, value in zip(names, values, strict=False)]
        likes = [self._likes(type(row)).get(value, "gone") for row, value in named if isinstance(row, Model)]
        plain = [str(value) for row, value in named if not isinstance(row, Model)]
        asked = parse_qsl(parts.query, keep_blank_values=True)
        # A single parameter keeps its value, because it selects what is shown; of several, only the names are kept.
        words = [f"{name}={value}" if len(asked) == 1 and _chooses(name, value) else name for name, value in asked]
        return match.view_name, " ".join(likes), "&".join([*plain, *sorted(words)])

    @cache  # noqa: B019 - lives as long as one test's crawl
    def _likes(self, model: type[Model]) -> dict[Any, str]:
        marks = [name for name in _MARKS if _has(model, name)]
        # Users are offered other steps for their own account than for those of colleagues.
        own = {Account: {self.account.pk}, Organization: {self.account.home_id}}.get(model, set())
        if _has(model, "organization"):
            own = set(model._base_manager.filter(organization=self.account.home_id).values_list("pk", flat=True))
        return {
            pk: " ".join([*map(str, told), "own" if pk in own else "other"])
            for pk, *told in model._base_manager.values_list("pk", *marks)
        }


def _chooses(name: str, value: str) -> bool:
    return name not in _ALIKE and not value.isdigit()


def _has(model: type[Model], name: str) -> bool:
    try:
        return bool(model._meta.get_field(name))
    except FieldDoesNotExist:
        return False


@dataclass
class Crawl:
    """Tries one link of every kind that the pages of each view show."""

    client: Client
    kinds: Kinds
    tried: dict[tuple[str, str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    answers: dict[str, int] = field(default_factory=dict)
    #: Refused addresses, each with a page that links to them.
    broken: dict[str, str] = field(default_factory=dict)
    #: Page → ids that occur on it more than once.
    doubled: dict[str, list[str]] = field(default_factory=dict)
    #: Page → addresses of its links that have no text.
    nameless: dict[str, list[str]] = field(default_factory=dict)

    def run(self) -> Crawl:
        # Does not begin at the start page, because that page counts what other pages would have to request.
        start = "/my/"
        waiting = deque([(start, self._ask(start))])
        while waiting:
            page, text = waiting.popleft()
            for link in self._links(page, text):
                if link not in self.answers:
                    waiting += self._follow(page, link)
        return self

    def views(self) -> set[str]:
        """Return the names of the views that were requested."""
        return {self.kinds.of(link)[0] for link in self.answers}

    def _follow(self, page: str, link: str) -> list[tuple[str, str]]:
        """Open the link if pages of this view have not had one of its kind yet; return its address and text."""
        target, likes, asked = self.kinds.of(link)
        tried = self.tried[self.kinds.of(page)[0], target, likes]
        if asked in tried or len(tried) >= TRIED:
            return []
        tried.add(asked)
        return [(link, self._ask(link, page))]

    def _ask(self, link: str, page: str = "") -> str:
        answer: Any = self.client.get(link)
        self.answers[link] = answer.status_code
        if answer.status_code in {400, 403, 404} or answer.status_code >= 500:
            self.broken.setdefault(link, page)
        if "Location" in answer.headers:
            return f'href="{escape(answer["Location"])}"'
        if isinstance(answer, StreamingHttpResponse) or not answer.headers.get("Content-Type", "").startswith(
            "text/html"
        ):
            return ""
        text = str(answer.content.decode())
        if doubled := doubled_ids(text):
            self.doubled[link] = doubled
        if nameless := nameless_links(text):
            self.nameless[link] = nameless
        return text

    def _links(self, page: str, text: str) -> Iterator[str]:
        for found in dict.fromkeys(_LINK.findall(text)):
            link = _NEXT.sub("", urljoin(page, unescape(found)).partition("#")[0])
            if link.startswith("/") and not link.startswith("//") and not link.startswith(_ELSEWHERE):
                yield link


def doubled_ids(text: str) -> list[str]:
    """Return the ids that occur on the page more than once."""
    return sorted(name for name, count in Counter(_ID.findall(text)).items() if count > 1)


def nameless_links(text: str) -> list[str]:
    """Return the addresses of links without text, such as a breadcrumb whose name the view has forgotten."""
    return _EMPTY_LINK.findall(text)
