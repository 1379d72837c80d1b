"""Search words are never in addresses: forms send them, and the session stores them encrypted under a token (ADR 21).

Views read `request.GET` as if the words were in the address; `urlencode()` of it and its copies has the token instead.
So pages, sorting and links need no special handling.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from cryptography.fernet import InvalidToken
from django.http import HttpRequest, QueryDict

from .fields import decrypt, encrypt

#: Parameters with typed words: names, numbers of tickets and of the pension insurance, telephones.
WORDS = ("q", "find", "person", "full_name")
#: The parameter with the token in the address.
FOUND = "found"
#: The hidden field that marks a search form.
SEARCHING = "searching"
#: Maximum number of searches kept in a session, the newest; they end with it.
MOST = 40
#: Maximum seconds for which a search is kept.
KEPT_SECONDS = 2 * 60 * 60
#: Maximum length of a query that is repeated unchanged in the dozens of links of a page; a longer one gets a token.
LONG = 100
#: Maximum length of a stored search.
_LENGTH = 200
_KEY = "searches"


class Asked(QueryDict):
    """The query of a request, including search words that are not in the address."""

    _request: HttpRequest

    def __copy__(self) -> Asked:
        return self._with(super().__copy__())

    def __deepcopy__(self, memo: Any) -> Asked:
        return self._with(super().__deepcopy__(memo))

    def urlencode(self, safe: str | None = None) -> str:
        """Return the query for an address: with a token instead of the words."""
        told = QueryDict(mutable=True, encoding=self.encoding)
        for name, values in self.lists():
            if name not in WORDS:
                told.setlist(name, values)
        words = {name: str(self[name]) for name in WORDS if self.get(name)}
        if words:
            told[FOUND] = store_search(self._request, words)
        return told.urlencode(safe)

    def short(self) -> str:
        """Return the query for a page that repeats it in many links: a single token if it is long.

        On the linked page, `urlencode()` returns everything again except the words.
        """
        whole = self.urlencode()
        if len(whole) <= LONG:
            return whole
        values = {name: str(self[name]) for name in self}
        return urlencode({FOUND: store_search(self._request, values)})

    def _with(self, copy: Any) -> Asked:
        copy._request = self._request
        return copy


def query_for(request: HttpRequest, values: Mapping[str, Any] | QueryDict | None = None) -> Asked:
    """Return a mutable query with these values; its `urlencode()` has no search words."""
    asked = Asked(mutable=True)
    asked._request = request
    for name, many in _lists(values or {}):
        asked.setlist(name, many)
    return asked


def _lists(values: Mapping[str, Any] | QueryDict) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(values, QueryDict):
        yield from values.lists()
    else:
        yield from ((name, [value]) for name, value in values.items())


def store_search(request: HttpRequest, words: Mapping[str, str]) -> str:
    """Store the words in the session and return their token; the same words get the same token."""
    kept: dict[str, Any] = request.session.get(_KEY) or {"salt": secrets.token_hex(16), "found": {}}
    text = json.dumps({name: word[:_LENGTH] for name, word in sorted(words.items())}, ensure_ascii=False)
    digest = hmac.digest(bytes.fromhex(kept["salt"]), text.encode(), hashlib.sha256)
    token = base64.urlsafe_b64encode(digest[:9]).decode()
    now = int(time.time())
    before = kept["found"].pop(token, None)
    # Not stored again for every link, because the session would change each time.
    if before is not None and now - before["at"] < KEPT_SECONDS // 8:
        kept["found"][token] = before
        return token
    fresh = {key: one for key, one in kept["found"].items() if now - one["at"] < KEPT_SECONDS}
    newest = sorted(fresh.items(), key=lambda one: one[1]["at"])[-(MOST - 1) :]
    kept["found"] = {**dict(newest), token: {"at": now, "words": encrypt(text)}}
    request.session[_KEY] = kept
    return token


def words_of(request: HttpRequest, token: str) -> dict[str, str] | None:
    """Return the words of the token in this session; None if it is unknown or expired."""
    one = (request.session.get(_KEY) or {}).get("found", {}).get(token)
    if one is None or time.time() - one["at"] >= KEPT_SECONDS:
        return None
    try:
        found: dict[str, str] = json.loads(decrypt(one["words"]))
    except InvalidToken:
        return None
    return found
