"""The history of a card: author, time, field, old and new value, rule (N-S1, V-B2, V-C5)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from documents.printing.models import PrintRecord
from dues.ledger.enums import Fee
from dues.ledger.models import LedgerEntry
from dues.payments.transitions import record_payment, reverse_payment
from members.admission.models import Attachment, Representation
from members.admission.transitions.attachments import attach, note_attachment_opened
from members.admission.transitions.representations import edit_representation, note_ward_opened
from members.movement.transitions.leaving import deregister
from members.movement.transitions.transfers import arrive
from members.people.models import Member
from members.people.queries.history import HistoryEntry, card_history, values_at
from members.people.queries.watchers import openings
from members.people.transitions.cards import (
    add_entry,
    delete_entry,
    edit_card,
    note_class_opened,
    put_photo,
    remove_photo,
)
from members.people.transitions.exports import record_reading
from members.people.transitions.marks import add_mark, end_absence, take_back_mark
from registry.access import Actor
from registry.enums import DataClass, Level, Role
from tests.clock import at
from tests.members import places
from tests.members.admission.test_applications import jpeg
from tests.members.admission.test_ground_lost import representative
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = pytest.mark.once

BOTH = (DataClass.IDENTITY, DataClass.HEALTH)


@pytest.fixture(autouse=True)
def _russian() -> Any:
    with override("ru"):
        yield


def told(member: Member, actor: Actor, opened: Any = ()) -> list[HistoryEntry]:
    return card_history(Member.objects.get(pk=member.pk), actor, opened=opened)


def changes(act: HistoryEntry) -> list[tuple[str, str, str, bool]]:
    return sorted((str(c.label), c.before, c.after, c.hidden) for c in act.changes)


@pytest.mark.both
@pytest.mark.django_db
def test_v_b2_one_save_is_one_entry_with_fields_in_words() -> None:
    place = places.voi()
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
            # The ticket has the former name, as section 3 of the card says (V-B5).
            ("вид", "", "смена имени", False),
            ("номер прежнего билета", "", "0104512", False),
            ("дата", "", f"{timezone.localdate():%d.%m.%Y}", False),
            ("отметка", "", "Прежние фамилия, имя, отчество: Константинопольская Александра Владимировна", False),
        ]
    )


@pytest.mark.django_db
def test_v_c5_closed_values_are_shown_only_when_opened_by_somebody_who_may_read_them() -> None:
    place = places.voi()
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
def test_u5a_entries_are_shown_by_their_class_of_data() -> None:
    place = places.union()
    member = place.put()
    for kind, title in (("award", "Грамота"), ("benefit", "ветеран"), ("aid", "помощь")):
        add_entry(member.pk, kind=kind, values={"title": title}, by=place.chair)
    seen = {c.after for act in told(member, place.chair) for c in act.changes}
    assert {"Грамота", "помощь"} <= seen
    assert "ветеран" not in seen
    assert "ветеран" in {c.after for act in told(member, place.chair, BOTH) for c in act.changes}


@pytest.mark.django_db
def test_n_s1_openings_and_prints_are_listed_among_the_changes() -> None:
    place = places.voi()
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


@pytest.mark.both
@pytest.mark.django_db
def test_v_b2_the_history_takes_a_constant_number_of_queries() -> None:
    place = places.voi()
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
    # One more query, for the names of the card's former cells.
    assert queries() == first


@pytest.mark.django_db
def test_v_b2_the_page_shows_twenty_acts_at_a_time() -> None:
    place = places.voi()
    member = place.put()
    for number in range(35):
        edit_card(member.pk, values={"hobby": f"увлечение {number}"}, version=None, by=place.chair)
    Member.history.filter(id=member.pk).update(history_change_reason="V-B2")
    # Changes of one moment are shown as one act, so they are moved days apart here.
    for model in (Member, member.questionnaire.__class__):
        for row in model.history.all():
            row.history_date = timezone.now() + dt.timedelta(days=row.history_id * 2, seconds=0)
            row.save()
    client = places.signed_in(place.chair)
    pages = [len(client.get(f"/members/{member.pk}/history/?page={n}").context["page"].object_list) for n in (1, 2)]
    assert pages[0] == 20
    assert client.get(f"/members/{member.pk}/history/?page=9999999999999999999999").status_code == 200


@pytest.mark.both
@pytest.mark.django_db
def test_v_b2_the_values_of_an_earlier_version_are_known_with_all_parts() -> None:
    place = places.voi()
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


@pytest.mark.django_db
def test_v_b13_a_mark_its_end_and_its_removal_are_shown() -> None:
    place = places.voi()
    member = place.put()
    today = timezone.localdate()
    mark = add_mark(member.pk, kind="trip", text="Вахта в Норильске", on=today, by=place.chair)
    end_absence(mark.pk, on=today, by=place.chair)
    other = add_mark(member.pk, kind="other", text="Лишняя", on=today, by=place.chair)
    take_back_mark(other.pk, by=place.chair)
    day = f"{today:%d.%m.%Y}"
    # One person's changes within a moment are shown as one act, so only the lines are compared here.
    lines = [c for act in told(member, place.reviewer) for c in changes(act)]
    assert set(lines) >= {
        ("отметка", "", "Вахта в Норильске", False),
        ("дата", "", day, False),
        ("снято", "", day, False),
        ("отметка", "", "Лишняя", False),
        ("отметка", "Лишняя", "", False),
    }
    assert [act.title for act in told(member, place.chair)] == ["Отметка внесена в карточку", "Постановка на учёт"]


@pytest.mark.both
@pytest.mark.django_db
def test_v_c5_represented_people_are_shown_to_readers_who_have_opened_health_data() -> None:
    place = places.voi()
    member, (ward, _second) = representative(place, "Осина", wards=2)
    values = {"paper_kind": "passport", "paper_series": "7005", "paper_number": "777777", "mobility": "bed"}
    edit_representation(ward, values=values, version=1, by=place.chair)
    note_ward_opened(Representation.objects.get(pk=ward), by=place.chair)

    def words(actor: Actor, opened: Any) -> set[str]:
        return {c.after for act in told(member, actor, opened) for c in act.changes}

    secret = {"Ромашкин", "Тимофей", "777777", "постельный режим", "12"}
    assert words(place.chair, BOTH) >= secret
    assert not words(place.chair, ()) & secret
    assert not words(place.reviewer, BOTH) & secret
    assert words(place.chair, [DataClass.HEALTH]) & secret == secret - {"777777"}
    titles = [act.title for act in told(member, place.reviewer)]
    assert "Представляемое лицо записано" in titles and "Открыта анкета представляемого лица" in titles
    assert [event.action for event in openings(member)] == ["representation.opened"]


@pytest.mark.django_db
def test_n_d1_charges_payments_and_reversals_are_shown_to_readers_of_money() -> None:
    place = places.voi()
    member = place.put()
    today = timezone.localdate()
    given: dict[str, Any] = {"fee": Fee.VOLUNTARY, "year": None, "made_on": today, "paper": "ПКО № 5"}
    record_payment(member.pk, amount=Decimal(70), key="one", by=place.chair, **given)
    reverse_payment(LedgerEntry.objects.get(amount=70).pk, reason="Не тому", by=place.chair)
    acts = [act for act in told(member, place.reviewer) if act.title in {"Уплата внесена", "Уплата отменена"}]
    who = place.chair.account.full_name  # type: ignore[union-attr]
    assert [(act.title, act.who, act.rule, changes(act)) for act in acts] == [
        ("Уплата отменена", who, "N-D1", [("добровольный взнос", f"70,00 ₽, {today:%d.%m.%Y}, Не тому", "", False)]),
        ("Уплата внесена", who, "V-D1", [("добровольный взнос", "", f"70,00 ₽, {today:%d.%m.%Y}, ПКО № 5", False)]),
    ]


@pytest.mark.django_db
def test_v_b1_changes_of_the_photograph_are_shown() -> None:
    place = places.voi()
    member = place.put()
    acts = [
        lambda: put_photo(member.pk, jpeg=jpeg(), by=place.chair),
        lambda: put_photo(member.pk, jpeg=jpeg(), by=place.chair),
        lambda: remove_photo(member.pk, by=place.chair),
    ]
    for number, act in enumerate(acts, start=1):
        act()
        # Changes of one moment are shown as one act, so they are moved days apart here.
        row = Member.history.filter(id=member.pk).latest("history_id")
        row.history_date += dt.timedelta(days=number)
        row.save()
    assert [(act.title, changes(act)) for act in told(member, place.chair)[:3]] == [
        ("Фотография убрана", [("фотография 3×4", "есть", "", False)]),
        ("Фотография заменена", [("фотография 3×4", "есть", "другой файл", False)]),
        ("Фотография добавлена", [("фотография 3×4", "", "есть", False)]),
    ]


@pytest.mark.both
@pytest.mark.django_db
def test_v_c5_scans_and_downloads_of_closed_data_are_shown() -> None:
    place = places.voi()
    member = place.put()
    scan = attach(member_id=member.pk, kind="certificate", data=jpeg(), by=place.chair)
    note_attachment_opened(Attachment.objects.select_related("member", "file").get(pk=scan.pk), by=place.chair)
    record_reading([member.pk], classes=BOTH, by=place.region_chair)
    acts = told(member, place.chair)
    assert sorted(act.title for act in acts) == sorted(
        [
            "Скан добавлен", "Скан открыт", "Документ, удостоверяющий личность, выгружен в списке",
            "Сведения о здоровье выгружены в списке", "Постановка на учёт",
        ]
    )  # fmt: skip
    assert [changes(act) for act in acts if act.title == "Скан добавлен"] == [
        [("вид документа", "", "справка МСЭ", False)]
    ]
    assert sorted(event.action for event in openings(member)) == [
        "attachment.opened", "card.health_exported", "card.identity_exported",
    ]  # fmt: skip


@pytest.mark.django_db
def test_v_b11_the_receiving_organisation_sees_the_transfer_in_the_history() -> None:
    place = places.voi()
    keeper = trees.below(trees.below(place.head, Level.REGIONAL, "Калужская РО"), Level.LOCAL, "Боровская МО")
    receiver = trees.officer(keeper, Role.CHAIR, "Сомов")
    member = place.put()
    today = timezone.localdate()
    left = deregister(member.pk, reason="departure", on=today, paper_card="handed", version=None, by=place.chair)
    arrive(organization=trees.again(keeper), ticket_number=member.ticket_number, code=left.code, on=today, by=receiver)
    acts = told(member, receiver)
    assert acts[0].title == "Постановка на учёт по прибытии"
    assert "Снятие с учёта" in [act.title for act in acts]
    lines = changes(acts[0])
    assert [line for line in lines if line[0] in {"состояние", "организация"}] == [
        ("организация", "", "Боровская МО", False), ("организация", "", "Боровская МО", False),
        ("состояние", "в пути", "на учёте", False),
    ]  # fmt: skip
    ids = {str(place.keeper.pk), str(keeper.pk)}
    assert not ids & {word for act in acts for c in act.changes for word in (c.before, c.after)}


@pytest.mark.django_db
def test_v_b2_a_deleted_entry_is_told_as_deleted() -> None:
    place = places.union()
    member = place.put()
    with at("2040-02-29"):
        entry = add_entry(member.pk, kind="award", values={"title": "Грамота"}, by=place.chair)
    with at("2040-03-01"):
        delete_entry(entry.pk, member_id=member.pk, by=place.chair)
    assert [act.title for act in told(member, place.chair)][:2] == ["Запись удалена", "Запись добавлена"]
