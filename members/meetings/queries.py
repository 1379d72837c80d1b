"""Default wording of subjects and decisions, in Russian because papers are Russian (practice 4.9)."""

from __future__ import annotations

import re

from members.people.models import Member
from registry.days import day_text

from .enums import ItemKind
from .models import AgendaItem, Meeting

#: Maximum number of applicants named in the decision; longer lists are printed below it in the minutes.
NAMED = 5
_TICKET = {"name": "перемена имени", "lost": "утрата", "damaged": "порча"}
_EXCLUSION = {
    "arrears": "задолженность по взносам",
    "violation": "нарушение устава",
    "no_ground": "утрата основания членства",
    "other": "иное",
}


def usual_title(
    kind: str, member: Member | None, *, tail: str, ticket_reason: str = "", exclusion_reason: str = ""
) -> str:
    """Return the default subject, or an empty string if there is none; `tail` is «ВОИ» or «Профсоюза»."""
    name = member.full_name if member is not None else ""
    return {
        ItemKind.DUPLICATE: f"О выдаче нового членского билета ({_TICKET.get(ticket_reason, 'замена')}): {name}",
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
        amount = f"{item.amount:.2f}".replace(".", ",")
        return f"Установить имущественный взнос в размере {amount} руб. со сроком уплаты до {day_text(item.due_on)}."
    return "Предложение принять." if adopted else "Предложение отклонить."


def with_term(resolution: str, *, restored: bool | None) -> str:
    """Return the decision on a late appeal, preceded by a sentence on its term unless it contains one (V-A6)."""
    if restored is None or any(_is_about_term(sentence) for sentence in re.split(r"[.;!]", resolution.lower())):
        return resolution
    term = "Срок обжалования восстановить." if restored else "В восстановлении срока обжалования отказать."
    return f"{term} {resolution}"


def _is_about_term(sentence: str) -> bool:
    """Return whether a sentence decides on a missed term: «срок восстановить», «в восстановлении срока отказать»."""
    return "срок" in sentence and "восстан" in sentence


def mark_of(item: AgendaItem, meeting: Meeting | None = None) -> str:
    """Return the decision as a mark on the member's card: without the name, with reason and minutes (V-B5)."""
    meeting = meeting or item.meeting
    name = item.member.full_name if item.member is not None else ""
    decided = item.resolution.removesuffix(f": {name}.").rstrip(".") if name else item.resolution.rstrip(".")
    reason = f". Основание: {item.reason.rstrip('.')}" if item.reason else ""
    minutes = f" Протокол № {meeting.number}." if meeting is not None and meeting.number else ""
    return f"{decided}{reason}.{minutes}"


def tail_of(item: AgendaItem) -> str:
    """Return the name of the federation as used after «членов»."""
    return item.organization.charter.wording["member"].partition(" ")[2]


def _applicants(item: AgendaItem) -> str:
    names = [a.full_name for a in item.applications.order_by("sort_key", "pk")]
    return "; ".join(names) if len(names) <= NAMED else f"заявителей по списку ({len(names)} чел.)"
