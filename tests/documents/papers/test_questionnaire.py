"""The questionnaire of appendix 3: 23 items, chosen options are underlined, health data only for those who may read
them (V-B7, V-C5).
"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.printing.core import forms, render
from documents.printing.models import PrintRecord
from members.people.models import Member
from registry.enums import DataClass, Role
from tests.documents import samples
from tests.members import places
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FORM = forms()["questionnaire"]


def underlined(member: Member | None, reads: frozenset[DataClass] = samples.ALL_CLASSES) -> list[str]:
    """Return the underlined texts."""
    organization = samples.keeper("voi") if member is None else member.organization
    assert organization is not None
    if member is not None:
        member = FORM.members(Member.objects.filter(pk=member.pk)).get()
    context = FORM.build(member, samples.batch_of(organization, reads))
    return re.findall(r"<u[^>]*>(.*?)</u>", render_to_string("prints/voi/questionnaire.html", dict(context)))


def test_v_b7_the_questionnaire_has_its_23_items_in_order_on_two_pages() -> None:
    text = samples.text_of(samples.paper("questionnaire", samples.keeper("voi"), None))
    assert [int(n) for n in re.findall(r"(?<!\d)(\d{1,2})\. [А-Я]", text)] == list(range(1, 24))
    assert "АНКЕТА ЧЛЕНА ВОИ" in text
    assert "ФОТО" in text


def test_v_b7_what_was_chosen_is_underlined_and_nothing_on_a_blank() -> None:
    assert underlined(None) == []
    assert underlined(samples.person("voi", samples.keeper("voi"))) == [
        "мужской", "среднее специальное", "воин-интернационалист", "с помощью костылей, тростей", "корсет", "протез(ы)",
        "нижних", "конечностей", "в улучшении жилищных условий", "в трудоустройстве",
    ]  # fmt: skip


def test_v_b7_a_zero_is_printed() -> None:
    member = samples.person("voi", samples.keeper("voi"))
    text = samples.text_of(samples.paper("questionnaire", member.organization, member))
    assert "20. Из них работает: 1 21. Находятся на Вашем иждивении: 0 22." in text
    assert "«Ока»" in text


def test_v_c5_a_paper_for_somebody_without_access_to_health_data_contains_none() -> None:
    member = samples.person("voi", samples.keeper("voi"))
    text = samples.text_of(
        samples.paper("questionnaire", member.organization, member, reads=frozenset({DataClass.GENERAL}))
    )
    assert ("последствия травмы" in text, "лекарства" in text, "шахматы" in text) == (False, False, True)
    assert underlined(member, frozenset({DataClass.GENERAL})) == ["мужской", "среднее специальное"]


def test_v_c5_the_questionnaire_is_not_printed_without_access_to_health_data() -> None:
    voi = places.voi()
    member = voi.put()
    url = reverse("documents:print_member", args=["questionnaire", member.pk])
    assert places.signed_in(trees.officer(voi.keeper, Role.REVIEWER)).post(url).status_code == 403
    assert places.signed_in(places.voi().chair).post(url).status_code == 404
    answer = places.signed_in(voi.chair).post(url)
    assert "Константинопольская" in samples.text_of(answer.content)
    assert list(PrintRecord.objects.values_list("form", "member")) == [("questionnaire", member.pk)]


def test_v_b7_many_questionnaires_cost_no_more_queries_than_one() -> None:
    organization = samples.keeper("voi")
    for number in range(3):
        samples.person(
            "voi", organization, surname=f"Иванов{'абв'[number]}", snils="", ticket_number="", birth_date=None
        )
    with CaptureQueriesContext(connection) as one:
        _sheets(1)
    with CaptureQueriesContext(connection) as three:
        _sheets(3)
    assert len(one) == len(three)


def _sheets(count: int) -> bytes:
    members = list(FORM.members(Member.objects.order_by("pk"))[:count])
    assert members[0].organization is not None
    batch = samples.batch_of(members[0].organization)
    return render(FORM, [FORM.build(member, batch) for member in members], batch)


def test_the_union_has_no_such_form() -> None:
    union = places.union()
    member = union.put()
    url = reverse("documents:print_member", args=["questionnaire", member.pk])
    assert places.signed_in(union.chair).post(url).status_code == 404
