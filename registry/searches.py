"""Words of a search stand in no address: forms send them, the session keeps them sealed under a token (ADR 21).

Views read `request.GET` as if the words stood in the address; `urlencode()` of it, and of its copies, has the token
instead. So pages, orders, copies and links back need nothing of their own.
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

#: Parameters with words that people type: names, numbers of tickets and of the pension insurance, telephones.
WORDS = ("q", "find", "person", "full_name")
#: The parameter that stands in an address for them.
FOUND = "found"
#: The hidden field of a form that searches.
SEARCHING = "searching"
#: Searches of a session that are kept, the newest; they end with the session.
MOST = 40
#: Seconds for which a search is kept, at most.
KEPT_SECONDS = 2 * 60 * 60
#: Characters of a query that stands in dozens of links of a page as it is; a longer one, of many filters, gets a token.
LONG = 100
#: Characters of a search that are kept.
_LENGTH = 200
_KEY = "searches"


class Asked(QueryDict):
    """The query of a request, with the words of a search that the address has not."""

    _request: HttpRequest

    def __copy__(self) -> Asked:
        return self._with(super().__copy__())

    def __deepcopy__(self, memo: Any) -> Asked:
        return self._with(super().__deepcopy__(memo))

    def urlencode(self, safe: str | None = None) -> str:
        """Return the query as an address may have it: with a token instead of the words."""
        told = QueryDict(mutable=True, encoding=self.encoding)
        for name, values in self.lists():
            if name not in WORDS:
                told.setlist(name, values)
        words = {name: str(self[name]) for name in WORDS if self.get(name)}
        if words:
            told[FOUND] = keep(self._request, words)
        return told.urlencode(safe)

    def short(self) -> str:
        """Return the query for a page that says it in many links: a token for all of it if it is long.

        Where such a link leads, `urlencode()` has everything again but the words.
        """
        whole = self.urlencode()
        if len(whole) <= LONG:
            return whole
        values = {name: str(self[name]) for name in self}
        return urlencode({FOUND: keep(self._request, values)})

    def _with(self, copy: Any) -> Asked:
        copy._request = self._request
        return copy


def query_for(request: HttpRequest, values: Mapping[str, Any] | QueryDict | None = None) -> Asked:
    """Return a query that can be changed, with these values; its `urlencode()` has no words of a search."""
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


def keep(request: HttpRequest, words: Mapping[str, str]) -> str:
    """Keep the words with the session and return their token: the same words of a session have the same one."""
    kept: dict[str, Any] = request.session.get(_KEY) or {"salt": secrets.token_hex(16), "found": {}}
    text = json.dumps({name: word[:_LENGTH] for name, word in sorted(words.items())}, ensure_ascii=False)
    digest = hmac.digest(bytes.fromhex(kept["salt"]), text.encode(), hashlib.sha256)
    token = base64.urlsafe_b64encode(digest[:9]).decode()
    now = int(time.time())
    before = kept["found"].pop(token, None)
    # Not written again with every link of a page: the session would differ with each.
    if before is not None and now - before["at"] < KEPT_SECONDS // 8:
        kept["found"][token] = before
        return token
    fresh = {key: one for key, one in kept["found"].items() if now - one["at"] < KEPT_SECONDS}
    newest = sorted(fresh.items(), key=lambda one: one[1]["at"])[-(MOST - 1) :]
    kept["found"] = {**dict(newest), token: {"at": now, "words": encrypt(text)}}
    request.session[_KEY] = kept
    return token


def words_of(request: HttpRequest, token: str) -> dict[str, str] | None:
    """Return the words under the token of this session; None if it is unknown or expired."""
    one = (request.session.get(_KEY) or {}).get("found", {}).get(token)
    if one is None or time.time() - one["at"] >= KEPT_SECONDS:
        return None
    try:
        found: dict[str, str] = json.loads(decrypt(one["words"]))
    except InvalidToken:
        return None
    return found
