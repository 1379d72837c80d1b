"""Remarks of the demonstration, one in each state and one on many cards (N-S1)."""

from __future__ import annotations

import datetime as dt

from members.people.models import Member

from ..access import Actor
from ..organizations.models import Organization
from ..remarks import transitions
from ..remarks.enums import INCOMPLETE, RemarkKind
from ..remarks.models import Remark, RemarkStep
from ..remarks.transitions import accept_answer, answer_remark, make_remark, return_answer, withdraw_remark


def make_remarks(superior: Organization, keeper: Organization, today: dt.date) -> None:
    """Make remarks of the superior on the keeper of cards; one of them is overdue."""
    above, below = (Actor.system("demonstration", place) for place in (superior, keeper))
    cards = Member.objects.registered().filter(organization=keeper).order_by("sort_key", "pk")
    first, second, third = cards.values_list("pk", flat=True)[:3]

    def make(kind: str, pk: int, text: str, days: int, field: str = "") -> Remark:
        return make_remark(kind, pk, text=text, term=today + dt.timedelta(days=days), field=field, by=above)

    make(RemarkKind.CARD, first, "Уточните образование: в анкете и в карточке указано разное.", 14, "education")
    late = make(RemarkKind.ORGANIZATION, keeper.pk, "Пришлите протокол последнего заседания.", 0)
    _let_pass(late, today - dt.timedelta(days=6))
    answered = make(RemarkKind.PASSPORT, keeper.pk, "Проверьте телефон организации: по нему не отвечают.", 10, "phone")
    answer_remark(answered.pk, text="Телефон сменился, новый номер внесён в паспорт.", by=below)
    accepted = make(RemarkKind.CARD, second, "Проверьте дату вступления по билету.", 20, "joined_on")
    answer_remark(accepted.pk, text="Дата сверена с билетом, всё верно.", by=below)
    accept_answer(accepted.pk, by=above)
    returned = make(RemarkKind.CARD, third, "Проверьте номер мобильного телефона.", 7, "phone_mobile")
    answer_remark(returned.pk, text="Номер записан со слов.", by=below)
    return_answer(
        returned.pk, text="Позвоните по номеру и подтвердите его.", term=today + dt.timedelta(days=12), by=above
    )
    mistaken = make(RemarkKind.CARD, third, "Проверьте отчество по паспорту.", 7, "patronymic")
    withdraw_remark(mistaken.pk, text="Отчество указано верно.", by=above)
    incomplete = Member.objects.visible_to(above).registered().filter(missing__gt=0).order_by("pk")
    transitions.make_remarks(
        list(incomplete.values_list("pk", flat=True)), text="Заполните обязательные поля карточек.",
        term=today + dt.timedelta(days=30), field=INCOMPLETE, by=above,
    )  # fmt: skip


def _let_pass(remark: Remark, term: dt.date) -> None:
    """Move the term of the remark into the past, as if it had been made long ago."""
    made_on = term - dt.timedelta(days=20)
    Remark.objects.filter(pk=remark.pk).update(term=term, made_on=made_on)
    RemarkStep.objects.filter(remark=remark).update(
        term=term, made_at=dt.datetime.combine(made_on, dt.time(9, 30), remark.organization.tz)
    )
