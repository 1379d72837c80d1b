"""Default wording of subjects and decisions, in Russian like the papers (practice 4.9); names in minutes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst

from dues.money import on_paper
from members.people.models import Member, MemberQuerySet
from registry.days import day_text
from registry.organizations.models import BodySeat, GoverningBody, Organization

from .enums import ExclusionReason, ItemKind, MeetingState
from .models import AgendaItem, Meeting

#: Maximum number of applicants named in the decision; longer lists are printed below it in the minutes.
MAX_NAMED = 5
_TICKET = {"name": "перемена имени", "lost": "утрата", "damaged": "порча"}
_EXCLUSION = {
    "arrears": "задолженность по взносам",
    "violation": "нарушение устава",
    "no_ground": "утрата основания членства",
    "other": "иное",
}
#: Prefix of a decision on a measure, before the measure itself.
_ORDER = re.compile(r"^(?:Наложить взыскание|Объявить|Вынести|Применить взыскание)(?:\s*[—–:-])?\s+", re.IGNORECASE)


def usual_title(
    kind: str,
    member: Member | None,
    *,
    tail: str,
    ticket_reason: str = "",
    exclusion_reason: str = "",
    statement_on: dt.date | None = None,
) -> str:
    """Return the default subject, or an empty string if there is none; `tail` is «ВОИ» or «Профсоюза»."""
    name = member.full_name if member is not None else ""
    why = "; ".join(
        filter(
            None,
            (
                _TICKET.get(ticket_reason, "замена"),
                f"заявление от {day_text(statement_on)}" if statement_on else "",
            ),
        )
    )
    return {
        ItemKind.DUPLICATE: f"О выдаче нового членского билета ({why}): {name}",
        ItemKind.EXCLUSION: f"Об исключении из членов {tail} ({_EXCLUSION.get(exclusion_reason, 'иное')}): {name}",
        ItemKind.DISCIPLINE: f"О взыскании: {name}",
        ItemKind.DISCIPLINE_LIFTED: f"О снятии взыскания: {name}",
        ItemKind.PROPERTY: "Об имущественном взносе",
        ItemKind.COLLECTOR: "О назначении ответственного за сбор взносов",
    }.get(ItemKind(kind), "")


def usual_resolution(item: AgendaItem, *, adopted: bool, term_restored: bool | None = None) -> str:
    """Return the default wording of the decision for the minutes.

    For a late appeal it includes whether the term is restored, once that is decided (V-A6).
    """
    tail = tail_of(item)
    name = item.member.full_name if item.member is not None else ""
    if item.kind == ItemKind.ADMISSION:
        people = _applicants(item)
        return f"Принять в члены {tail}: {people}." if adopted else f"Отказать в приёме в члены {tail}: {people}."
    if item.kind == ItemKind.APPEAL and item.appeal is not None:
        who = item.appeal.person_name
        if item.appeal.late and not adopted and term_restored is False:
            return f"В восстановлении срока обжалования отказать. Жалобу оставить без рассмотрения. Заявитель: {who}."
        late = "Срок обжалования восстановить. " if item.appeal.late and term_restored else ""
        if not adopted:
            return f"{late}Жалобу оставить без удовлетворения, решение — без изменения. Заявитель: {who}."
        what = f"Принять в члены {tail}" if item.appeal.application_id else f"Восстановить в членах {tail}"
        return f"{late}Жалобу удовлетворить. {what}: {who}."
    words = {
        ItemKind.DUPLICATE: ("Выдать новый членский билет", "Отказать в выдаче нового членского билета"),
        ItemKind.EXCLUSION: (f"Исключить из членов {tail}", f"Не исключать из членов {tail}"),
        ItemKind.DISCIPLINE: ("Наложить взыскание — выговор", "Взыскания не налагать"),
        ItemKind.DISCIPLINE_LIFTED: ("Снять взыскание", "Взыскания не снимать"),
    }
    if item.kind in words:
        return f"{words[ItemKind(item.kind)][0 if adopted else 1]}: {name}."
    if item.kind == ItemKind.RECONCILIATION:
        return "Отчёт о сверке принять." if adopted else "Отчёт о сверке вернуть на доработку."
    if item.kind == ItemKind.PROPERTY and item.amount is not None and item.due_on is not None and adopted:
        term = f"со сроком уплаты до {day_text(item.due_on)}"
        return f"Установить имущественный взнос в размере {on_paper(item.amount)} руб. {term}."
    return "Предложение принять." if adopted else "Предложение отклонить."


def with_term(resolution: str, *, restored: bool | None) -> str:
    """Return the decision on a late appeal, beginning with a sentence on its term unless it contains one (V-A6)."""
    if restored is None or any(_is_about_term(sentence) for sentence in re.split(r"[.;!]", resolution.lower())):
        return resolution
    term = "Срок обжалования восстановить." if restored else "В восстановлении срока обжалования отказать."
    return f"{term} {resolution}"


def _is_about_term(sentence: str) -> bool:
    """Return whether a sentence decides on a missed term: «срок восстановить», «в восстановлении срока отказать»."""
    return "срок" in sentence and "восстан" in sentence


def with_sum(title: str, owed: Decimal, name: str) -> str:
    """Return the subject of an exclusion for arrears with the overdue sum before the name (V-B16)."""
    if _names_sum(title, owed):
        return title
    usual = f"({_EXCLUSION['arrears']})"
    named = f"({_EXCLUSION['arrears']} {on_paper(owed)} руб.)"
    if usual in title:
        return title.replace(usual, named, 1)
    head = title.strip().removesuffix(name).rstrip(": ")
    return f"{head} {named}: {name}"


def with_arrears(reason: str, owed: Decimal, on: dt.date) -> str:
    """Return the reason of an exclusion for arrears with the sum overdue on the day, unless it contains it (V-B16)."""
    if _names_sum(reason, owed):
        return reason
    sentence = f"Задолженность по взносам на {day_text(on)} — {on_paper(owed)} руб."
    return f"{reason.rstrip('. ')}. {sentence}" if reason.strip() else sentence


def _names_sum(text: str, amount: Decimal) -> bool:
    """Return whether the text contains the sum, with any spaces."""
    amount_in_one = "".join(on_paper(amount).split())
    return re.search(rf"(?<!\d){re.escape(amount_in_one)}", "".join(text.split())) is not None


def mark_of(item: AgendaItem, meeting: Meeting | None = None, *, former: str = "", new: str = "") -> str:
    """Return the decision as a mark on the member's card: «Выговор, протокол № 16 от 28.11.2026» (V-B5).

    `former` and `new` are the numbers of a replaced ticket.
    """
    meeting = meeting or item.meeting
    reason = item.reason.rstrip(". ")
    reasons = [
        _TICKET.get(item.ticket_reason, ""),
        reason[:1].lower() + reason[1:] if reason[1:2].islower() else reason,
    ]
    named = "; ".join(filter(None, reasons))
    number = f" № {meeting.number}" if meeting is not None and meeting.number else ""
    minutes = f", протокол{number} от {day_text(meeting.held_on)}" if meeting is not None else ""
    return f"{_what(item, former, new)}{f' ({named})' if named else ''}{minutes}"


def _what(item: AgendaItem, former: str, new: str) -> str:
    """Return the effect of the decision, worded as an entry of a card and not as an order."""
    if item.kind == ItemKind.DUPLICATE:
        instead = f" взамен № {former}" if former else ""
        return f"Выдан билет № {new}{instead}" if new else f"Решено выдать новый билет{instead}"
    if item.kind == ItemKind.APPEAL:
        return f"Членство восстановлено: {item.organization.short_name}"
    if item.kind == ItemKind.DISCIPLINE_LIFTED:
        return "Взыскание снято"
    name = item.member.full_name if item.member is not None else ""
    decided = item.resolution.removesuffix(f": {name}.") if name else item.resolution
    return str(capfirst(_ORDER.sub("", decided.rstrip(". "))))


def tail_of(item: AgendaItem) -> str:
    """Return the name of the federation as used after «членов»."""
    return item.organization.charter.wording["member"].partition(" ")[2]


def _applicants(item: AgendaItem) -> str:
    names = [a.full_name for a in item.applications.order_by("sort_key", "pk")]
    return "; ".join(names) if len(names) <= MAX_NAMED else f"заявителей по списку ({len(names)} чел.)"


@dataclass(frozen=True)
class MinutesNames:
    """Names of organisation and body, and of the members who were present, in alphabetical order."""

    organization: str
    body: str
    #: Name of the body in the genitive case, if it was entered.
    body_genitive: str
    present: list[str]
    #: The day of closing at the organisation; None while the minutes are open.
    closed_on: dt.date | None


def names_in_minutes(meeting: Meeting) -> MinutesNames:
    """Return the names in the minutes; in closed minutes, the names at the time of closing (V-B1).

    Later renaming or corrections do not change a signed paper.
    """
    closed_at = _closed_at(meeting)
    seats = list(meeting.attendance.values_list("seat", flat=True))
    return MinutesNames(
        _names(Organization, "full_name", [meeting.organization_id], closed_at)[meeting.organization_id],
        _names(GoverningBody, "name", [meeting.body_id], closed_at)[meeting.body_id],
        _names(GoverningBody, "name_genitive", [meeting.body_id], closed_at)[meeting.body_id],
        sorted(_names(BodySeat, "full_name", seats, closed_at).values()),
        timezone.localdate(closed_at, meeting.organization.tz) if closed_at is not None else None,
    )


def _closed_at(meeting: Meeting) -> dt.datetime | None:
    """Return when the minutes were last closed; None while they are open."""
    if meeting.state != MeetingState.CLOSED:
        return None
    rows = meeting.history.order_by("-history_date", "-history_id").values_list("state", "history_date")
    moment = None
    for state, moved_at in rows:
        if state != MeetingState.CLOSED:
            break
        moment = moved_at
    return moment


def _names(model: Any, field: str, ids: Collection[int], moment: dt.datetime | None) -> dict[int, str]:
    found = dict(model._default_manager.filter(pk__in=ids).values_list("pk", field))
    if moment is not None:
        then = model.history.filter(id__in=ids, history_date__lte=moment).order_by("history_date", "history_id")
        found |= dict(then.values_list("id", field))
    return found


def excludable(members: MemberQuerySet, before: dt.date) -> MemberQuerySet:
    """Return the members with dues whose term passed unpaid before the day (V-B16)."""
    return members.filter(dues__unpaid_since__lt=before)


def organizations_with_paid_exclusions(today: dt.date) -> list[int]:
    """Return the ids of organisations with an open proposal to exclude somebody for arrears who owes nothing now."""
    open_ones = AgendaItem.objects.open().filter(
        kind=ItemKind.EXCLUSION, exclusion_reason=ExclusionReason.ARREARS, member__isnull=False
    )
    paid = open_ones.exclude(member__dues__unpaid_since__lt=today)
    return sorted(set(paid.values_list("organization", flat=True)))
