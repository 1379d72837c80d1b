"""Recipients and readers of a person's data, in Russian (152-ФЗ art. 14 p. 7, V-C5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from documents.ecards.models import CardRequest
from documents.exchange.models import LeafletMail, OutboxEntry
from documents.printing.models import PrintRecord
from members.admission.models import Application
from members.movement.models import Transfer
from members.people.models import Member
from members.people.queries.history import reading_text, readings
from registry.days import day_text, moment_text
from registry.enums import Role
from registry.idsets import is_in
from registry.journal.models import LISTS, Event
from registry.organizations.models import Organization
from registry.sizes import CHUNK

#: Maximum number of lists in which the card is searched for, the newest first: seconds of work.
MAX_LISTS = 20_000
#: Actions of `LISTS` in words.
_LISTS = {
    "book.day_exported": "Выгрузка списка состоящих на учёте на день в файл",
    "members.exported": "Выгрузка списка в файл",
    "members.list_printed": "Печать списка",
}
#: Journal events of openings that the card's history does not show.
_OPENED = {
    "member.blocked_opened": "Открыта заблокированная карточка",
    "request.extract_made": "Составлена выписка обо всех сведениях",
    "request.scan_opened": "Открыт скан обращения",
    "consent.withdrawal_scan_opened": "Открыт скан отзыва согласия",
}


@dataclass(frozen=True)
class Receipt:
    """One time when the data were sent or opened; `who` received or opened them, `what` says which data."""

    at: dt.datetime | dt.date
    who: str
    what: str

    @property
    def day(self) -> dt.date:
        """Return the day, by which the list is sorted."""
        return self.at.date() if isinstance(self.at, dt.datetime) else self.at

    def in_words(self, tz: dt.tzinfo) -> str:
        """Return the day as text, with the time in the zone `tz` if it is known."""
        return moment_text(self.at, tz) if isinstance(self.at, dt.datetime) else day_text(self.at)


def receipts_of(member: Member, titles: Mapping[str, str], limit: int) -> tuple[list[Receipt], int, int]:
    """Return the receipts, newest first, the number of omitted ones, and the number of lists without names.

    `titles` are the titles of papers by code.
    """
    lists, lists_left, unnamed = _lists(member, limit)
    found = [*lists, *_transfers(member), *_prints(member, titles, limit), *_programme(member), *_producers(member)]
    found += _leaflets(member, limit)
    found.sort(key=lambda one: one.day, reverse=True)
    prints = max(_prints_about(member).count() - limit, 0)
    leaflets = max(LeafletMail.objects.filter(member=member).count() - limit, 0)
    return found[:limit], max(len(found) - limit, 0) + lists_left + prints + leaflets, unnamed


def openings_of(member: Member, wards: Iterable[int], limit: int) -> tuple[list[Receipt], int]:
    """Return openings of the card, its protected parts and scans, newest first, and the number of omitted ones."""
    own = Event.objects.filter(object_type="member", object_id=str(member.pk), action__in=_OPENED)
    events = readings(member, wards) | own
    found = list(events.select_related("account").order_by("-at", "-pk")[:limit])
    places = _places(found)
    shown = [
        Receipt(event.at, _who(event, places), _OPENED.get(event.action) or reading_text(event)) for event in found
    ]
    return shown, max(events.count() - limit, 0)


def _lists(member: Member, limit: int) -> tuple[list[Receipt], int, int]:
    """Return the newest exported lists with the card, the number of omitted ones, and the number of lists whose people
    are not recorded.
    """
    made = Event.objects.filter(action__in=LISTS, organization__in=_keepers(member), at__gte=member.created_at)
    newest = made.select_related("account").order_by("-at", "-pk")[:MAX_LISTS]
    with_card: list[Event] = []
    held = searched = unnamed = 0
    for searched, event in enumerate(newest.iterator(chunk_size=CHUNK), start=1):  # noqa: B007 - used after the loop
        if "people" in event.facts:
            is_named = is_in(event.facts["people"], member.pk)
        else:
            # Earlier versions recorded the people of exports of up to 200 in another way, and those of larger ones not
            # at all.
            is_named = member.pk in event.facts.get("members", ())
            unnamed += "members" not in event.facts
        held += is_named
        if is_named and held <= limit:
            with_card.append(event)
    places = _places(with_card)
    found = [Receipt(event.at, _who(event, places), _LISTS[event.action]) for event in with_card]
    return found, held - len(found), unnamed + (made.count() - searched if searched == MAX_LISTS else 0)


def _keepers(member: Member) -> set[int]:
    """Return the organisations in which the member has been registered, and those above them."""
    assert member.unit is not None  # noqa: S101 — only registered members have extracts
    former = Organization.objects.filter(registrations__member=member)
    return {pk for unit in (member.unit, *former) for pk in (*unit.ancestor_ids, unit.pk)}


def _transfers(member: Member) -> Iterator[Receipt]:
    arrived = Transfer.objects.filter(member=member, state="arrived").select_related("target", "source")
    for transfer in arrived:
        if transfer.target is not None:
            what = f"Передача учётной карточки; прежняя организация: {transfer.source.full_name}"
            yield Receipt(transfer.ended_on or transfer.started_on, transfer.target.full_name, what)


def _prints_about(member: Member) -> QuerySet[PrintRecord]:
    applications = list(Application.objects.filter(member=member).values_list("pk", flat=True))
    return PrintRecord.objects.filter(
        Q(member=member)
        | Q(about="application", about_id__in=applications)
        | Q(about="withdrawal", about_id__in=list(member.withdrawals.values_list("pk", flat=True)))
        | Q(about="subjectrequest", about_id__in=list(member.own_requests.values_list("pk", flat=True)))
    )


def _prints(member: Member, titles: Mapping[str, str], limit: int) -> Iterator[Receipt]:
    found = _prints_about(member).select_related("printed_by", "organization").order_by("-printed_at", "-pk")[:limit]
    for record in found:
        by = record.printed_by.full_name if record.printed_by else ""
        who = ", ".join(part for part in (by, record.organization.short_name) if part)
        yield Receipt(record.printed_at, who, f"Печать: {titles.get(record.form, record.form)}")


def _programme(member: Member) -> Iterator[Receipt]:
    for entry in OutboxEntry.objects.filter(member=member, confirmed_at__isnull=False).select_related("federation"):
        charter = entry.federation.charter
        named = next((one for one in charter.recipients if one.key == "bonus_programme"), None)
        who = (named.name or str(named.title)) if named is not None else "оператор бонусной программы"
        if entry.confirmed_at is not None:
            what = "Сообщение об отзыве согласия" if entry.is_revoked else "Передача сведений по согласию"
            yield Receipt(entry.confirmed_at, who, what)


def _producers(member: Member) -> Iterator[Receipt]:
    sent = CardRequest.objects.filter(member=member, batch__sent_on__isnull=False).select_related("batch")
    for request in sent:
        if request.batch is not None and request.batch.sent_on is not None:
            who = request.batch.producer or "изготовитель карточек"
            yield Receipt(request.batch.sent_on, who, f"Заказ электронного билета, партия № {request.batch.number}")


def _leaflets(member: Member, limit: int) -> Iterator[Receipt]:
    for mail in LeafletMail.objects.filter(member=member).select_related("sent_by").order_by("-sent_at")[:limit]:
        who = mail.sent_by.full_name if mail.sent_by else ""
        yield Receipt(mail.sent_at, who, "Письмо с памяткой на адрес электронной почты")


def _who(event: Event, places: dict[int, str]) -> str:
    role, _at, where = event.acting.partition("@")
    name = event.account.full_name if event.account else ""
    if role in Role.values and where.isdigit():
        capacity = f"{Role(role).label}, {places.get(int(where), where)}"
    else:
        capacity = "" if name else "информационная система"
    return ", ".join(part for part in (name, capacity) if part)


def _places(events: Iterable[Event]) -> dict[int, str]:
    ids = {int(where) for event in events if (where := event.acting.partition("@")[2]).isdigit()}
    return dict(Organization.objects.filter(pk__in=ids).values_list("pk", "short_name"))
