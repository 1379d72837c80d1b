"""The history of a card: who, when, which field, from what to what, by which rule (N-S1, V-B2, V-C5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from documents.models import PrintRecord
from members.models import Member
from members.rules.history import Act, card_history, values_at
from members.transitions.cards import add_entry, edit_card, note_class_opened
from registry.access import Actor
from registry.enums import DataClass, Role
from tests.members import people
from tests.registry import trees

BOTH = (DataClass.IDENTITY, DataClass.HEALTH)


@pytest.fixture(autouse=True)
def _russian() -> Any:
    with override("ru"):
        yield


def told(member: Member, actor: Actor, opened: Any = ()) -> list[Act]:
    return card_history(Member.objects.get(pk=member.pk), actor, opened=opened)


def changes(act: Act) -> list[tuple[str, str, str, bool]]:
    return sorted((str(c.label), c.before, c.after, c.hidden) for c in act.changes)


@pytest.mark.django_db
def test_v_b2_one_save_is_one_act_with_fields_in_words() -> None:
    place = people.voi()
    member = place.put(cell=place.cells[0].pk)
    values = {
        "education": "higher", "birth_date": dt.date(1968, 7, 5), "cell": place.cells[1], "hobby": "хор",
        "minutes_number": "15", "no_patronymic": True, "patronymic": "", "phone_mobile": "89105550118",
    }  # fmt: skip
    edit_card(member.pk, values=values, version=1, by=place.chair)
    act = told(member, place.chair)[0]
    assert (act.who, act.title, act.rule) == (place.chair.account.full_name, "Карточка изменена", "V-B2")  # type: ignore[union-attr]
    assert changes(act) == sorted(
        [
            ("образование", "среднее специальное", "высшее", False),
            ("дата рождения", "04.07.1968", "05.07.1968", False),
            ("первичная ячейка", "ПО № 1", "ПО № 2", False),
            ("увлечения, хобби", "", "хор", False),
            ("№ протокола", "", "15", False),
            ("отчества нет", "нет", "да", False),
            ("отчество", "Владимировна", "", False),
            ("мобильный телефон", "+7 910 555-01-17", "+7 910 555-01-18", False),
        ]
    )


@pytest.mark.django_db
def test_v_c5_values_of_closed_classes_are_told_only_when_opened_and_never_to_who_does_not_read_them() -> None:
    place = people.voi()
    member = place.put()
    edit_card(member.pk, values={"paper_number": "654321", "disability_group": "III"}, version=1, by=place.chair)

    def lines(actor: Actor, opened: Any) -> list[tuple[str, str, bool]]:
        return sorted(
            (before, after, hidden) for _label, before, after, hidden in changes(told(member, actor, opened)[0])
        )

    closed = [("", "", True), ("", "", True)]
    assert lines(place.chair, ()) == closed
    assert lines(place.chair, [DataClass.IDENTITY]) == [("", "", True), ("123456", "654321", False)]
    assert lines(place.chair, BOTH) == [("123456", "654321", False), ("II", "III", False)]
    assert lines(place.reviewer, BOTH) == closed


@pytest.mark.django_db
def test_u5a_entries_are_told_by_their_class_of_data() -> None:
    place = people.union()
    member = place.put()
    for kind, title in (("award", "Грамота"), ("benefit", "ветеран"), ("aid", "помощь")):
        add_entry(member.pk, kind=kind, values={"title": title}, by=place.chair)
    seen = {c.after for act in told(member, place.chair) for c in act.changes}
    assert {"Грамота", "помощь"} <= seen
    assert "ветеран" not in seen
    assert "ветеран" in {c.after for act in told(member, place.chair, BOTH) for c in act.changes}


@pytest.mark.django_db
def test_n_s1_openings_and_prints_stand_between_the_changes() -> None:
    place = people.voi()
    member = Member.objects.select_related("unit__federation").get(pk=place.put().pk)
    note_class_opened(member, DataClass.HEALTH, by=place.region_chair)
    PrintRecord.objects.create(
        form="consent",
        member=member,
        organization=place.keeper,
        printed_at=timezone.now(),
        printed_by=place.chair.account,
    )
    acts = card_history(member, place.chair, form_titles={"consent": "Согласие"})
    assert [act.title for act in acts] == ["Напечатано: Согласие", "Открыты сведения о здоровье", "Постановка на учёт"]
    assert (acts[1].who.split()[0], acts[1].capacity) == ("Непомнящая", "председатель, Тульская РО ВОИ")


@pytest.mark.django_db
def test_v_b2_the_history_costs_the_same_however_long_it_is() -> None:
    place = people.voi()
    member = place.put()

    def queries() -> int:
        fresh = Member.objects.select_related("unit__federation").get(pk=member.pk)
        with CaptureQueriesContext(connection) as found:
            card_history(fresh, place.chair)
        return len(found)

    first = queries()
    for number in range(4):
        actor = trees.officer(place.keeper, Role.REGISTRAR, f"Фамилия{number}")
        edit_card(member.pk, values={"hobby": str(number), "cell": place.cells[number % 2]}, version=None, by=actor)
    # One more for the names of the cells that the card has been in.
    assert queries() == first


@pytest.mark.django_db
def test_v_b2_the_page_shows_thirty_acts_at_a_time() -> None:
    place = people.voi()
    member = place.put()
    for number in range(35):
        edit_card(member.pk, values={"hobby": f"увлечение {number}"}, version=None, by=place.chair)
    Member.history.filter(id=member.pk).update(history_change_reason="V-B2")
    # Acts of one moment are one act: here they lie days apart.
    for model in (Member, member.questionnaire.__class__):
        for row in model.history.all():
            row.history_date = timezone.now() + dt.timedelta(days=row.history_id * 2, seconds=0)
            row.save()
    client = people.signed_in(place.chair)
    pages = [len(client.get(f"/members/{member.pk}/history/?page={n}").context["page"].object_list) for n in (1, 2)]
    assert pages[0] == 30
    assert client.get(f"/members/{member.pk}/history/?page=9999999999999999999999").status_code == 200


@pytest.mark.django_db
def test_v_b2_the_values_of_an_earlier_version_are_known_with_all_parts() -> None:
    place = people.voi()
    member = place.put(hobby="хор", profession="швея")
    edit_card(member.pk, values={"hobby": "вязание", "paper_number": "654321"}, version=1, by=place.chair)
    edit_card(
        member.pk, values={"profession": "бухгалтер", "registered_on": dt.date(2020, 1, 1)}, version=2, by=place.chair
    )
    names = ("hobby", "paper_number", "profession", "registered_on", "disability_group")
    today = timezone.localdate()
    expected = {
        1: ["хор", "123456", "швея", today, "II"],
        2: ["вязание", "654321", "швея", today, "II"],
        3: ["вязание", "654321", "бухгалтер", dt.date(2020, 1, 1), "II"],
    }
    for version, values in expected.items():
        base = values_at(member, version)
        assert base is not None and [base[name] for name in names] == values
    assert values_at(member, 9) is None
