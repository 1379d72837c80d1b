"""Breach cards of the demonstration: one to report, one closed (V-C5)."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from members.people.models import Member

from ..access import Actor
from ..breaches.models import Breach
from ..breaches.transitions import close_breach, name_people, open_breach, record_told, send_first, send_second
from ..organizations.models import Organization

_FACTS = {
    "noticed_by": "staff",
    "happened_at": None,
    "data": ["names", "contacts"],
    "places": "",
    "causes": "Список был распечатан для собрания и оставлен в зале.",
    "harm": "Возможны звонки и письма от посторонних.",
    "measures": "Список найден и уничтожен, порядок выдачи списков изменён.",
    "responsible": "Председатель организации, телефон указан в паспорте.",
    "results": "",
    "culprits": "",
}


def open_breaches(keeper: Organization) -> None:
    """Open two cards in the organisation."""
    by, now = Actor.system("demonstration", keeper), timezone.now()
    cards = Member.objects.registered().filter(organization=keeper).order_by("sort_key", "pk")
    people = list(cards.values_list("pk", flat=True)[:3])

    def card(hours: int, what: str, **facts: object) -> Breach:
        noticed = (now - dt.timedelta(hours=hours)).replace(second=0, microsecond=0)
        values = {**_FACTS, "what": what, "noticed_at": noticed, "people": len(people), **facts}
        breach = open_breach(values=values, by=by)
        name_people(breach.pk, people, by=by)
        return breach

    card(20, "Письмо со списком членов ушло на чужой адрес электронной почты.", causes="", results="")
    past = card(24 * 40, "Распечатанный список членов остался в зале после собрания.", results="Виновных действий нет.")
    send_first(past.pk, sent_at=past.noticed_at + dt.timedelta(hours=5), number="12-34/567", by=by)
    record_told(past.pk, told_on=timezone.localdate(past.noticed_at + dt.timedelta(days=2)), by=by)
    send_second(past.pk, sent_at=past.noticed_at + dt.timedelta(hours=60), number="12-34/601", by=by)
    close_breach(past.pk, by=by)
