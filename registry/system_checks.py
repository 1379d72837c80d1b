"""System checks of the installation: `manage.py check`, and with `--database default` those of the guards."""

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db import Error as DatabaseError

from . import guards, replicas
from .files import marks
from .files.models import FileStore, StoredFile
from .monitoring import PAPER_FONT, has_paper_font


@register(Tags.security)
def check_field_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that every key of FIELD_KEYS is usable."""
    wrong = [number for number, key in enumerate(settings.FIELD_KEYS, 1) if not _usable(key)]
    if settings.FIELD_KEYS and not wrong:
        return []
    which = ", ".join(map(str, wrong)) or "none given"
    return [
        Error(f"FIELD_KEYS: no usable key ({which}).", hint="Make one with manage.py make_key.", id="registry.E001")
    ]


@register(Tags.security)
def check_evidence_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that every key of EVIDENCE_KEYS is usable, and that none is also used for encryption."""
    hint = "Make one with manage.py make_key."
    wrong = [number for number, key in enumerate(settings.EVIDENCE_KEYS, 1) if not _usable(key)]
    if wrong or not settings.EVIDENCE_KEYS:
        which = ", ".join(map(str, wrong)) or "none given"
        return [Error(f"EVIDENCE_KEYS: no usable key ({which}).", hint=hint, id="registry.E002")]
    if set(settings.EVIDENCE_KEYS) & set(settings.FIELD_KEYS):
        return [Error("EVIDENCE_KEYS: a key of FIELD_KEYS is among them.", hint=hint, id="registry.E003")]
    return []


def _usable(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


@register(Tags.compatibility)
def check_fonts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Check that the font of the paper forms is installed; others lack letters and shift the lines."""
    if has_paper_font():
        return []
    return [Warning(f"The font {PAPER_FONT} is missing.", hint="apt-get install fonts-paratype", id="registry.W001")]


@register(Tags.database)
def check_guards(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that append-only tables are guarded. Only a warning, because `migrate` itself restores missing guards."""
    found: list[CheckMessage] = []
    for using in databases or []:
        try:
            present = set(connections[using].introspection.table_names())
            lost = guards.missing(using) if present.issuperset(guards.APPEND_ONLY) else []
        except DatabaseError:
            continue  # reported by Django's own check of the connection
        if lost:
            names = ", ".join(lost)
            found.append(Warning(f"Guards are missing: {names}.", hint="manage.py migrate", id="registry.W002"))
    return found


@register(Tags.database)
def check_store(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that the store of files belongs to the database; `doctor` reports one that does not answer."""
    if DEFAULT_DB_ALIAS not in (databases or []):
        return []
    try:
        if not {FileStore._meta.db_table, StoredFile._meta.db_table} <= {*connection.introspection.table_names()}:
            return []
        words = marks.fault()
    except (DatabaseError, OSError):
        return []
    return [Error(words, id="registry.E004")] if words else []


@register(Tags.database)
def check_replica(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Check that REPLICA_URL names a replica of the database.

    Only a warning: after a failover it names the primary server, and then nothing is read from it.
    """
    try:
        found = replicas.standing(now=True) if databases else None
    except DatabaseError:
        return []
    hint = "Let it name a server that follows the one of DATABASE_URL, or take it out."
    return [Warning(found.fault, hint=hint, id="registry.W003")] if found is not None and found.foreign else []
