"""Queries of the exchange: content of messages, members with consent, leaflets, due deliveries (U-7, U-11)."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Subquery

from documents.consents.enums import ConsentPurpose
from documents.consents.queries import signed_for
from documents.printing.models import PrintRecord
from members.people.models import Member, MemberQuerySet
from members.people.rules.fields import label_of
from registry.jobs.models import Job
from registry.organizations.models import Organization

from .enums import FILE_EVERY, MAILED_STATES, SENT_FIELDS, Channel, MessageKind
from .models import ExchangeFile, ExchangeSettings, LeafletMail, OutboxEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from registry.charters.base import Charter

#: Names inside a file of messages, and their fixed date, so that the same messages give the same file.
FILE_MANIFEST, FILE_LINES = "manifest.json", "messages.jsonl"
_FILE_DAY = (2026, 1, 1, 0, 0, 0)


def fields_of(member: Member) -> dict[str, str]:
    """Return the fields of the card that are sent to the programme, without empty ones."""
    values = {name: getattr(member, name) for name in SENT_FIELDS}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else str(value) for name, value in values.items() if value
    }


def digest_of(entry: OutboxEntry, member: Member) -> str:
    """Return the digest of the sent fields, keyed by the entry so that two people never share one."""
    content = json.dumps([str(entry.subject), fields_of(member)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def body_of(entry: OutboxEntry, member: Member | None, at: dt.datetime) -> bytes:
    """Return the message as JSON; a revocation contains no field of the card."""
    data: dict[str, Any] = {"subject": str(entry.subject), "version": entry.version}
    if member is not None and not entry.is_revoked:
        data["person"] = fields_of(member)
    kind = "member.revoked" if entry.is_revoked else "member.updated"
    message: Mapping[str, Any] = {"type": kind, "timestamp": at.isoformat(timespec="seconds"), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def message_id_of(entry: OutboxEntry) -> str:
    """Return the id of the message, which is the same for all attempts of one version."""
    return f"{entry.subject.hex}.{entry.version}"


def file_of(number: int, at: dt.datetime, bodies: Mapping[str, bytes]) -> bytes:
    """Return the ZIP file of the messages, given by id: one line of JSON each, and a manifest with SHA-256 (U-7)."""
    content = b"".join(body + b"\n" for body in bodies.values())
    manifest = {
        "number": number,
        "made_at": at.isoformat(timespec="seconds"),
        "file": FILE_LINES,
        "sha256": hashlib.sha256(content).hexdigest(),
        "messages": [{"id": key, "sha256": hashlib.sha256(body).hexdigest()} for key, body in bodies.items()],
    }
    with io.BytesIO() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(FILE_MANIFEST, _FILE_DAY), json.dumps(manifest, indent=1))
            archive.writestr(zipfile.ZipInfo(FILE_LINES, _FILE_DAY), content, zipfile.ZIP_DEFLATED)
        return target.getvalue()


def consenting(members: MemberQuerySet) -> QuerySet[Member]:
    """Return the present members with a signed consent to the transfer; blocked cards are excluded (N-C1)."""
    return signed_for(members.usable().present(), ConsentPurpose.TRANSFER)


def message_kinds(members: Collection[Member]) -> dict[int, MessageKind]:
    """Return the kind of message that applies to each member now, by the member's id."""
    found = consenting(Member.objects.filter(pk__in=[member.pk for member in members]))
    known = set(found.values_list("pk", flat=True))
    return {member.pk: MessageKind.MEMBER if member.pk in known else MessageKind.REVOKED for member in members}


#: Code of the leaflet among the papers.
LEAFLET_FORM = "leaflet"


@dataclass(frozen=True)
class ExchangeStatus:
    """State of the exchange for one member, as shown on the card; `entry` is None if nothing was written yet."""

    entry: OutboxEntry | None
    consented: bool
    sends: bool


def exchange_status(member: Member) -> ExchangeStatus:
    """Return the state of the exchange for the member."""
    exchange = ExchangeSettings.objects.filter(federation=member.federation_id).first()
    return ExchangeStatus(
        OutboxEntry.objects.filter(member=member).first(),
        message_kinds([member])[member.pk] == MessageKind.MEMBER,
        exchange is not None and exchange.sends,
    )


def with_leaflets(members: QuerySet[Member], given: bool | None = None) -> QuerySet[Member]:
    """Annotate the members with `leaflet_printed_at`, the time when the leaflet was last printed for them.

    `given` selects the members who have the leaflet, printed or by e-mail (True), or not (False).
    """
    prints = PrintRecord.objects.filter(member=OuterRef("pk"), form=LEAFLET_FORM).order_by("-printed_at")
    mails = LeafletMail.objects.filter(member=OuterRef("pk"), state__in=MAILED_STATES)
    found = members.annotate(leaflet_printed_at=Subquery(prints.values("printed_at")[:1]))
    if given is None:
        return found
    has = Exists(prints) | Exists(mails)
    return found.filter(has) if given else found.exclude(has)


def exchange_of(organization: Organization) -> ExchangeSettings | None:
    """Return the settings of the organisation's federation, or None if they were never saved."""
    return ExchangeSettings.objects.filter(federation=organization.federation_id).first()


def heads_with_programme() -> list[Organization]:
    """Return the head organisations of federations with a bonus programme."""
    heads = Organization.objects.filter(parent=None).select_related("federation")
    return [head for head in heads if head.charter.programme_site]


def heads_to_write(now: dt.datetime, kind: str) -> list[Organization]:
    """Return the heads of federations with due messages for a file.

    Federations with a file from the last `FILE_EVERY`, or with an open job of this kind, are skipped.
    """
    by_file = ExchangeSettings.objects.filter(channel=Channel.FILE).values_list("federation", flat=True)
    due = [pk for pk in by_file if OutboxEntry.objects.due(now).filter(federation=pk).exists()]
    busy = Job.objects.open().filter(kind=kind).values("organization")
    recent = ExchangeFile.objects.filter(made_at__gt=now - FILE_EVERY, file__isnull=False).values("organization")
    heads = Organization.objects.filter(parent=None, federation__in=due)
    return list(heads.exclude(pk__in=busy).exclude(pk__in=recent)) if due else []


def heads_to_deliver(now: dt.datetime, kind: str) -> list[Organization]:
    """Return the head organisations of federations with due messages and no open job of this kind."""
    sending = ExchangeSettings.objects.sending(now).values_list("federation", flat=True)
    due = [pk for pk in sending if OutboxEntry.objects.due(now).filter(federation=pk).exists()]
    busy = Job.objects.open().filter(kind=kind).values("organization")
    return list(Organization.objects.filter(parent=None, federation__in=due).exclude(pk__in=busy)) if due else []


def sent_labels(charter: Charter) -> list[str]:
    """Return the labels of the fields that are sent to the programme."""
    return [str(label_of(name, charter)) for name in SENT_FIELDS]
