"""The preflight of an installation: what has to be right before people use it, with instructions for each fault.

Texts are English like those of all commands. Findings quote no values, because values contain passwords and keys.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import ERROR, run_checks
from django.core.files.storage import storages
from django.core.mail import get_connection
from django.db import Error as DatabaseError
from django.db import connection, models
from django.utils import timezone
from django.utils.module_loading import import_string

from registry import guards, replicas
from registry.bounces.receiving import MailboxFailed
from registry.bounces.receiving import check as check_mailbox
from registry.caches import SharedCache
from registry.collector import Address
from registry.environment import CACHE_TABLE, FILE, EnvironmentFileError, values_of
from registry.errors import LostStore
from registry.fields import EncryptedTextField
from registry.files import marks, storage, stores
from registry.files.models import StoredFile
from registry.journal.models import Event

from .queries import connections_allowed, missing_migrations, seconds_since_backup, seconds_since_worker, workers
from .rules import BACKUP_OLD_AFTER, CLOCKS_APART, WORKER_SILENT_AFTER

#: Seconds that a mail server may take to answer.
MAIL_TIMEOUT = 10
#: Connections of a worker (a long and a short job with their heartbeats, and the sweep), and of commands and backups.
CONNECTIONS_OF_WORKER, CONNECTIONS_OF_COMMANDS = 5, 5
#: Addresses that only work on this computer.
_LOCAL = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Finding:
    """The result of one check: what is wrong and what to do, or nothing; `stops` if people cannot use the registry."""

    name: str
    words: str = ""
    stops: bool = False


#: A check: yields a finding for each fault.
Look = Callable[[], Iterator[Finding]]
#: Checks by name, in order; those of `READINESS` are quick.
_LOOKS: dict[str, Look] = {}
READINESS = ("database", "schema", "files", "store")


def register_check(name: str) -> Callable[[Look], Look]:
    """Register a check under its name."""

    def register(function: Look) -> Look:
        _LOOKS[name] = function
        return function

    return register


def run_preflight(*names: str) -> Iterator[Finding]:
    """Yield what each check found, or that all is well; runs all checks, or those with these names.

    Checks that need the database are skipped if it does not answer.
    """
    answers = True
    for name in names or _LOOKS:
        if not answers and name in _NEED_THE_DATABASE:
            continue
        try:
            found = list(_LOOKS[name]())
        except DatabaseError as error:
            found = [Finding(name, f"The database does not answer ({type(error).__name__}).", stops=True)]
        answers = answers and not (name == "database" and any(one.stops for one in found))
        yield from found or [Finding(name)]


@register_check("environment")
def environment() -> Iterator[Finding]:
    """The file of REGISTRY_ENV can be read, and this process has its values."""
    if not (name := os.environ.get(FILE, "")):
        return
    try:
        values = values_of(Path(name))
    except EnvironmentFileError as error:
        yield Finding("environment", str(error), stops=True)
        return
    others = sorted(key for key, value in values.items() if os.environ.get(key) != value)
    if others:
        yield Finding("environment", f"Set to something else outside {name}: {', '.join(others)}.")


@register_check("database")
def database() -> Iterator[Finding]:
    """The database answers; it is PostgreSQL, with UTF-8 and rules for Russian letters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        if connection.vendor == "sqlite":
            if not settings.DEMO:
                yield Finding("database", "SQLite serves one computer and few people; use PostgreSQL (docs/deploy.md).")
            return
        cursor.execute("SELECT current_setting('server_encoding'), lower('Ё'), current_setting('timezone')")
        encoding, lowered, zone = cursor.fetchone()
    if encoding != "UTF8" or lowered != "ё":
        words = "The database does not know Russian letters; create it with --encoding=UTF8 --locale=C.UTF-8."
        yield Finding("database", words, stops=True)
    if zone != "UTC":
        yield Finding("database", f"The connection has the time zone {zone} instead of UTC.", stops=True)


@register_check("connections")
def connections_needed() -> Iterator[Finding]:
    """PostgreSQL allows as many connections as all nodes may open."""
    if settings.DATABASE_POOLER or (allowed := connections_allowed()) is None:
        return
    in_process = settings.DATABASE_POOL or int(os.environ.get("WEB_THREADS", "4"))
    web = settings.NODES * int(os.environ.get("WEB_WORKERS", "2")) * in_process
    needed = web + (1 if missing_migrations() else max(1, workers())) * CONNECTIONS_OF_WORKER + CONNECTIONS_OF_COMMANDS
    if needed > allowed:
        words = f"{needed} connections may be open at once and PostgreSQL allows {allowed}: "
        words += "lower WEB_WORKERS, WEB_THREADS or DATABASE_POOL, or raise max_connections."
        yield Finding("connections", words)


@register_check("replica")
def replica() -> Iterator[Finding]:
    """The replica, if there is one, answers and is not far behind; pages work without it."""
    found = replicas.standing(now=True)
    if found is not None and not found.is_used:
        behind = "as long as nobody knows" if found.lag is None else f"{int(found.lag)} s"
        words = found.fault or f"The replica is behind by {behind}."
        yield Finding("replica", f"{words} Everything is read from the primary server.")


@register_check("nodes")
def nodes() -> Iterator[Finding]:
    """Several nodes share files and counts."""
    if settings.NODES > 1:
        if isinstance(storages[stores.FILES], stores.DirectoryStore) and not os.environ.get("FILES_URL"):
            yield Finding("nodes", "NODES says that there are several; they have to share their files (FILES_URL).")
        if isinstance(caches["default"], LocMemCache):
            yield Finding("nodes", "Each process counts for itself; several nodes share counts by CACHE_URL.")


@register_check("schema")
def schema() -> Iterator[Finding]:
    """The tables are those of this version of the code, or of a newer one."""
    if lacking := missing_migrations():
        yield Finding("schema", f"Run migrate: the database lacks {', '.join(lacking)}.", stops=True)


@register_check("guards")
def guarded() -> Iterator[Finding]:
    """The triggers of append-only tables exist."""
    if not missing_migrations() and (lost := guards.missing()):
        yield Finding("guards", f"Run migrate: guards are missing: {', '.join(lost)}.", stops=True)


@register_check("checks")
def checks() -> Iterator[Finding]:
    """Django's system checks and ours, including those for deployment."""
    for message in run_checks(include_deployment_checks=not settings.DEMO):
        if not message.is_silenced():
            words = f"{message.id}: {message.msg}" + (f" {message.hint}" if message.hint else "")
            yield Finding("checks", " ".join(words.split()), stops=message.level >= ERROR)


@register_check("keys")
def keys() -> Iterator[Finding]:
    """The keys decrypt one value of every encrypted kind, and one file."""
    if missing_migrations():
        return
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField) and not _opens(model, field):
                words = f"FIELD_KEYS do not open {model._meta.label}.{field.name}: they are keys of another registry."
                yield Finding("keys", words, stops=True)
    if (file := StoredFile.objects.order_by("-created_at").first()) is None:
        return
    try:
        storage.read(file)
    except LostStore:
        return  # «files» says so
    except FileNotFoundError:
        words = f"The newest file {file.pk} is not in {stores.own()}: is it the store of another registry?"
        yield Finding("keys", words, stops=True)
    except (InvalidToken, ValueError):
        yield Finding("keys", "FIELD_KEYS do not open the newest file: they are keys of another registry.", stops=True)


def _opens(model: type[models.Model], field: models.Field) -> bool:
    filled = model._base_manager.order_by("-pk").filter(**{f"{field.attname}__isnull": False})
    try:
        filled.values_list(field.attname, flat=True).first()
    except (InvalidToken, ValueError):
        return False
    return True


@register_check("static files")
def static_files() -> Iterator[Finding]:
    """Style sheets and scripts were collected."""
    if isinstance(staticfiles_storage, ManifestFilesMixin) and not staticfiles_storage.hashed_files:
        yield Finding("static files", "Run collectstatic: there are none.", stops=True)


@register_check("files")
def files() -> Iterator[Finding]:
    """Scans, photographs and results can be written, and deleted files are gone."""
    try:
        stores.own().probe()
        for words in stores.own().faults():
            yield Finding("files", words, stops=True)
    except LostStore as error:
        yield Finding("files", str(error), stops=True)
    except OSError as error:
        yield Finding("files", f"{stores.own()} cannot be written: {error.strerror}.", stops=True)


@register_check("store")
def store() -> Iterator[Finding]:
    """The store of files is that of this database, not another one or an empty one."""
    if missing_migrations():
        return
    try:
        words = marks.fault()
    except OSError:
        return  # «files» says so
    if words:
        yield Finding("store", words, stops=True)


@register_check("cache")
def shared_cache() -> Iterator[Finding]:
    """The cache shared by several nodes, if there is one, answers; pages work without it, but count each time."""
    if isinstance(cache := caches["default"], SharedCache):
        if kind := cache.probe():
            yield Finding("cache", f"The server of CACHE_URL does not answer ({kind}): pages count each time.")
    elif isinstance(cache, DatabaseCache) and CACHE_TABLE not in connection.introspection.table_names():
        yield Finding("cache", "Run createcachetable: CACHE_URL names the database.", stops=True)


@register_check("address")
def address() -> Iterator[Finding]:
    """The address on papers and in messages can be opened by other people."""
    parts = urlsplit(settings.SITE_ADDRESS)
    if settings.DEMO:
        return
    if parts.scheme != "https" or not parts.hostname or parts.hostname in _LOCAL:
        yield Finding("address", "SITE_ADDRESS must be the https:// address that people open.")
    elif not any(_allows(host, parts.hostname) for host in settings.ALLOWED_HOSTS):
        yield Finding("address", "ALLOWED_HOSTS lacks the host of SITE_ADDRESS.", stops=True)


def _allows(allowed: str, host: str) -> bool:
    return host == allowed.lstrip(".") or (allowed.startswith(".") and host.endswith(allowed))


@register_check("mail")
def mail() -> Iterator[Finding]:
    """The mail server, if there is one, accepts connections."""
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return
    server = get_connection(timeout=MAIL_TIMEOUT)
    try:
        server.open()
    except OSError as error:
        yield Finding("mail", f"The mail server of EMAIL_URL does not answer ({type(error).__name__}).")
    else:
        server.close()


@register_check("bounces")
def bounces() -> Iterator[Finding]:
    """The mailbox for returned e-mails, if there is one, can be read."""
    if not settings.BOUNCES_URL:
        return
    try:
        check_mailbox(settings.BOUNCES_URL)
    except MailboxFailed as error:
        yield Finding("bounces", f"The mailbox of BOUNCES_URL cannot be read ({error}).")


@register_check("collector")
def collector() -> Iterator[Finding]:
    """The collector of errors, if there is one, accepts connections, and the function can be imported."""
    if settings.ERROR_COLLECTOR_DSN:
        server = Address.of(settings.ERROR_COLLECTOR_DSN).connect()
        try:
            server.connect()
        except OSError as error:
            words = f"The collector of ERROR_COLLECTOR_DSN does not answer ({type(error).__name__})."
            yield Finding("collector", words)
        finally:
            server.close()
    if settings.ERROR_COLLECTOR_FUNCTION:
        try:
            import_string(settings.ERROR_COLLECTOR_FUNCTION)
        except ImportError:
            yield Finding("collector", "ERROR_COLLECTOR_FUNCTION cannot be imported.")


@register_check("clock")
def clock() -> Iterator[Finding]:
    """The clock agrees with that of the database, and is not behind the newest event."""
    here = timezone.now()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (there,) = cursor.fetchone()
        apart = abs(there - timezone.now())
        if apart > CLOCKS_APART:
            seconds = int(apart.total_seconds())
            yield Finding("clock", f"The clocks of this computer and of the database are {seconds} s apart.")
    events = Event.objects.order_by("-pk").values_list("at", flat=True)
    newest = None if missing_migrations() else events.first()
    if newest is not None and newest - here > CLOCKS_APART:
        yield Finding("clock", "The clock is behind the newest event: was it set back?", stops=True)


@register_check("worker")
def worker() -> Iterator[Finding]:
    """A worker has given a sign of life."""
    if not missing_migrations():
        seconds = seconds_since_worker()
        if seconds is None or seconds > WORKER_SILENT_AFTER.total_seconds():
            since = "yet" if seconds is None else f"for {int(seconds)} s"
            yield Finding("worker", f"No worker has run {since}: start registry-worker@1.")


@register_check("backup")
def backup() -> Iterator[Finding]:
    """The newest backup is not too old."""
    if not missing_migrations() and settings.BACKUP_RECIPIENT:
        seconds = seconds_since_backup()
        if seconds is None or seconds > BACKUP_OLD_AFTER.total_seconds():
            since = "There is no backup" if seconds is None else f"The newest backup is {int(seconds / 3600)} hours old"
            yield Finding("backup", f"{since}: start registry-backup and look at its log.")


_NEED_THE_DATABASE = {
    "connections", "replica", "schema", "guards", "keys", "store", "cache", "clock", "worker", "backup",
}  # fmt: skip
