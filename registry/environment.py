"""The environment file of an installation, read in the same way by services, commands and the shell.

systemd, shells and container programs each have their own rules for quotes, «&» and «$» in such a file. Here a value is
everything after «=», unchanged; a line that others would read differently is refused.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

#: The variable that names the file.
FILE = "REGISTRY_ENV"
_LINE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)")


class EnvironmentFileError(Exception):
    """Raised if the environment file cannot be read, or has a line that programs would read differently."""


def values_of(path: Path) -> dict[str, str]:
    """Return the values of the file by name. Raises `EnvironmentFileError`, which does not quote values."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFileError(f"{path}: cannot be read ({type(error).__name__}).") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        wrong = "is not NAME=value" if match is None else _wrong_with(match[1], match[2], found)
        if match is None or wrong:
            raise EnvironmentFileError(f"{path}, line {number}: {wrong}.")
        found[match[1]] = match[2]
    return found


def _wrong_with(name: str, value: str, before: Mapping[str, str]) -> str:
    """Return the error in the line, or an empty string."""
    if name in before:
        return f"{name} is given twice"
    if value != value.strip():
        return f"{name} begins or ends with a space"
    if value[:1] in {'"', "'"} or value[-1:] in {'"', "'"}:
        return f"{name} stands in quotation marks; write the value without them"
    if value.endswith("\\"):
        return f"{name} ends with a backslash; a value is a single line"
    return ""


def load_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Add the values of the file named by `REGISTRY_ENV`; existing environment variables are kept.

    Raises `EnvironmentFileError`.
    """
    if name := environment.get(FILE, ""):
        for variable, value in values_of(Path(name)).items():
            environment.setdefault(variable, value)


def store_of(url: str, root: Path) -> tuple[Path, dict[str, Any]]:
    """Return the directory of the files and the entry of STORAGES for a value of FILES_URL.

    Raises `ImproperlyConfigured`, which does not quote the value because it contains a key.
    """
    parts = urlsplit(url)
    if not url or (parts.scheme == "file" and parts.path and not parts.netloc):
        return Path(unquote(parts.path)) if url else root, {"BACKEND": "registry.files.stores.DirectoryStore"}
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not parts.hostname or not bucket or "/" in bucket:
        raise ImproperlyConfigured("FILES_URL must be file:///directory or s3://key:secret@host/bucket.")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    port = f":{parts.port}" if parts.port else ""
    options = {
        "bucket_name": unquote(bucket),
        "endpoint_url": f"{'http' if query.get('tls') == 'off' else 'https'}://{parts.hostname}{port}",
        "region_name": query.get("region") or "us-east-1",
        "access_key": unquote(parts.username or "") or None,
        "secret_key": unquote(parts.password or "") or None,
    }
    return root, {"BACKEND": "registry.files.buckets.BucketStore", "OPTIONS": options}


#: Seconds for which a request waits for a pooled connection.
POOL_SECONDS = 10
#: The table of the cache in the database, made by `manage.py createcachetable`.
CACHE_TABLE = "registry_cache"


def cache_of(url: str, secret: str) -> dict[str, Any]:
    """Return the entry of CACHES for a value of CACHE_URL.

    Keys begin with a digest of the secret, so that two registries may use one server. Raises `ImproperlyConfigured`,
    which does not quote the value because it may contain a password.
    """
    prefix = hashlib.sha256(f"cache {secret}".encode()).hexdigest()[:16]
    scheme, _, rest = url.partition("://")
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if url == "database":
        return {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": CACHE_TABLE,
            "KEY_PREFIX": prefix,
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    kinds = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss", "unix": "unix"}
    if scheme not in kinds or not rest:
        raise ImproperlyConfigured("CACHE_URL must be database, redis://:password@host:port/number or rediss://….")
    return {"BACKEND": "registry.caches.SharedCache", "LOCATION": f"{kinds[scheme]}://{rest}", "KEY_PREFIX": prefix}


def pooled(database: dict[str, Any], *, most: int, pooler: str) -> dict[str, Any]:
    """Return the entry of DATABASES for PostgreSQL, adjusted to DATABASE_POOL and DATABASE_POOLER.

    With a pool, the threads of a process share at most `most` connections; with 0 each thread has its own. Raises
    `ImproperlyConfigured`.
    """
    if pooler not in {"", "session", "transaction"}:
        raise ImproperlyConfigured("DATABASE_POOLER must be session or transaction.")
    if most < 0:
        raise ImproperlyConfigured("DATABASE_POOL must be a number of connections.")
    made = database | {"OPTIONS": {**database.get("OPTIONS", {})}}
    if pooler == "transaction":
        # Behind a pooler each transaction may use another server connection, which does not have the cursors of the
        # previous one.
        made["DISABLE_SERVER_SIDE_CURSORS"] = True
    if pooler or most:
        # The pool keeps the connections.
        made["CONN_MAX_AGE"] = 0
    if most:
        made["OPTIONS"]["pool"] = {"min_size": 1, "max_size": most, "timeout": POOL_SECONDS}
    return made


#: Timeouts in seconds and milliseconds for a replica that does not answer, because a page waits for it.
REPLICA_SECONDS, REPLICA_MILLISECONDS = 2, 5_000


def replica_of(database: dict[str, Any], primary: dict[str, Any], *, pooler: str) -> dict[str, Any]:
    """Return the entry of DATABASES for a value of REPLICA_URL; only PostgreSQL has replicas.

    Raises `ImproperlyConfigured`, which does not quote the value because it may contain a password.
    """
    if not all(one["ENGINE"].endswith("postgresql") for one in (database, primary)):
        raise ImproperlyConfigured("REPLICA_URL needs PostgreSQL, as does DATABASE_URL then (postgres://…).")
    options = {"connect_timeout": REPLICA_SECONDS, "tcp_user_timeout": REPLICA_MILLISECONDS}
    if not pooler:
        options["options"] = "-c random_page_cost=1.1 -c default_transaction_read_only=on"  # type: ignore[assignment]
    return {
        **{name: primary[name] for name in ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS")},
        **database,
        "OPTIONS": options | database.get("OPTIONS", {}),
        "TEST": {"MIRROR": "default"},
    }
