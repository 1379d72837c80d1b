"""The cache shared by several nodes, in Redis or Valkey; without it, pages count again (`CACHE_URL`)."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

#: Seconds for which a server that did not answer is not asked again, because each page would wait for it.
LEFT_ALONE_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Plain:
    """JSON values: unlike Django's pickles, they cannot run code for somebody who can write to the server."""

    def dumps(self, value: Any) -> bytes:
        """Return the value as text."""
        return json.dumps(value, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> Any:
        """Return the value of the text."""
        return json.loads(data)


class SharedCache(RedisCache):
    """A cache whose failures are misses: everything in it can be counted again."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"serializer": Plain(), "socket_connect_timeout": 1, "socket_timeout": 1, **params.get("OPTIONS", {})}
        super().__init__(server, params | {"OPTIONS": options})
        self._asked_again_at = 0.0

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return the value, or the default."""
        return self._try(lambda: super(SharedCache, self).get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """Return the values that are found."""
        found: dict[Any, Any] = self._try(lambda: super(SharedCache, self).get_many(keys, version), {})
        return found

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Store the value, if the server answers."""
        self._try(lambda: super(SharedCache, self).set(key, value, *args, **kwargs), None)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Delete the value; return whether there was one."""
        return bool(self._try(lambda: super(SharedCache, self).delete(key, version), False))

    def probe(self) -> str:
        """Return the kind of error with which the server answers, or an empty string."""
        try:
            super().set("probe", 1, 5)
            return "" if super().get("probe") == 1 else "nothing is kept"
        except (RedisError, OSError) as error:
            return type(error).__name__

    def _try(self, ask: Callable[[], Any], otherwise: Any) -> Any:
        if time.monotonic() < self._asked_again_at:
            return otherwise
        try:
            return ask()
        except (RedisError, OSError, ValueError) as error:
            self._asked_again_at = time.monotonic() + LEFT_ALONE_SECONDS
            _log.warning("the shared cache does not answer: %s", type(error).__name__)
            return otherwise
