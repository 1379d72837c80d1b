"""Cards are changed by a downloaded workbook and for chosen members: shown first, undone as a whole (U-5)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from members.lists import updates
from members.lists.enums import UpdateState, UpdateVerdict
from members.lists.jobs import forget_old_lists
from members.lists.models import CardUpdate, CardUpdateRow, ImportBatch
from members.lists.reading.reader import read_table
from members.lists.transitions import updates as transitions
from members.people import exports
from members.people.models import HealthRecord, Member
from members.people.transitions.cards import edit_card
from registry import integrity
from registry.access import Actor
from registry.enums import DataClass
from registry.jobs.models import Job
from registry.journal.models import Event
from tests.members import applicants, sessions
from tests.members.places import Place, signed_in, union, voi
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CARD, VERSION = "Номер карточки в реестре (не менять)", "Версия карточки (не менять)"

PEOPLE = (
    {"surname": "Абрамова", "given_name": "Марфа", "birth_date": dt.date(1978, 9, 22)},
    {"surname": "Белова", "given_name": "Инна", "birth_date": dt.date(1979, 1, 2)},
    {"surname": "Волкова", "given_name": "Ольга", "birth_date": dt.date(1980, 3, 4)},
)


def school() -> tuple[Place, list[Member]]:
    place = union()
    return place, [place.put(**person, patronymic="Львовна") for person in PEOPLE]


class Book:
    """A downloaded list that can be filled in."""

    def __init__(self, members: list[Member], by: Actor, *classes: DataClass) -> None:
        sheet = exports.sheet_for(by, classes, identified=True)
        rows = exports.rows_of([member.pk for member in members], sheet, by)
        self.book = openpyxl.load_workbook(io.BytesIO(exports.workbook(sheet, rows)))
        self.sheet = self.book.worksheets[0]
        self.columns = {cell.value: cell.column for cell in self.sheet[1]}

    def fill(self, row: int, **values: Any) -> Book:
        """Fill cells of the row (counted from 0) by the names in `HEADINGS`."""
        for name, value in values.items():
            self.sheet.cell(row + 2, self.columns[HEADINGS[name]]).value = value
        return self

    @property
    def data(self) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()

    def load(self, by: Actor) -> CardUpdate:
        return updates.update_from_workbook(self.data, "Члены.xlsx", by=by)


HEADINGS = {
    "surname": "Фамилия", "given_name": "Имя", "workplace": "Место работы или учёбы", "position": "Должность",
    "email": "Электронная почта", "phone": "Телефон", "joined_on": "Дата вступления", "card": CARD, "version": VERSION,
    "category": "Категория члена", "group": "Группа инвалидности", "cell": "Первичная организация",
    "graduated": "Год окончания", "hired_on": "Дата приёма на работу",
}  # fmt: skip


def rows_of(batch: CardUpdate) -> list[CardUpdateRow]:
    return list(CardUpdateRow.objects.filter(batch=batch).order_by("number"))


def test_u_5_a_filled_in_workbook_comes_back_as_changes() -> None:
    place, members = school()
    book = Book(members, place.chair).fill(0, email="a@example.ru").fill(2, position="завуч", phone="8 910 555-01-17")
    batch = book.load(place.chair)
    assert (batch.state, batch.counts["read"], batch.counts[UpdateVerdict.READY]) == (UpdateState.CHECKED, 3, 2)
    first, third = rows_of(batch)
    assert (first.member_id, first.changes) == (members[0].pk, {"email": {"before": "", "after": "a@example.ru"}})
    assert third.changes == {
        "position": {"before": "педагог", "after": "завуч"},
        "phone_mobile": {"before": "", "after": "+79105550117"},
    }
    assert Member.objects.get(pk=members[0].pk).email == ""
    transitions.apply_update(batch.pk, by=place.chair)
    changed = [Member.objects.get(pk=member.pk) for member in members]
    assert [(m.email, m.position, m.phone_mobile, m.version) for m in changed] == [
        ("a@example.ru", "педагог", "", 2), ("", "педагог", "", 1), ("", "завуч", "+79105550117", 2),
    ]  # fmt: skip
    # Each card has its own history and event, as if changed by hand.
    assert Member.history.filter(id=members[2].pk).first().history_change_reason == "U-5"  # type: ignore[union-attr]
    events = Event.objects.filter(action="member.changed").order_by("pk")
    assert [event.facts["fields"] for event in events] == [["email"], ["phone_mobile", "position"]]
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def test_u_5_an_unchanged_workbook_changes_nothing() -> None:
    place, members = school()
    with refused("U-5", field="file"):
        Book(members, place.chair).load(place.chair)
    place = voi()
    cards = [place.put()]
    with refused("U-5", field="file"):
        Book(cards, place.chair, DataClass.IDENTITY, DataClass.HEALTH).load(place.chair)
    assert CardUpdate.objects.count() == 0


def test_u_5_a_workbook_without_numbers_of_cards_is_not_guessed() -> None:
    place, members = school()
    book = Book(members, place.chair).fill(0, email="a@example.ru")
    book.sheet.delete_cols(book.columns[CARD])
    assert updates.leads_to_cards(read_table(book.data), place.chair) is False
    with refused("U-5", field="file"):
        book.load(place.chair)


def test_u_5_numbers_that_lead_nowhere_or_stand_twice_are_told() -> None:
    place, members = school()
    stranger = voi().put(surname="Чужая")
    book = Book(members, place.chair).fill(0, email="a@example.ru", card=stranger.pk)
    book.fill(1, card=members[2].pk, email="b@example.ru").fill(2, email="c@example.ru")
    batch = book.load(place.chair)
    found = [(row.member_id, row.verdict, row.chosen, row.remarks) for row in rows_of(batch)]
    assert found == [
        (None, UpdateVerdict.REFUSED, False, ["По этому номеру у вас нет карточки."]),
        (None, UpdateVerdict.REFUSED, False, ["Номер этой карточки стоит в нескольких строках."]),
        (None, UpdateVerdict.REFUSED, False, ["Номер этой карточки стоит в нескольких строках."]),
    ]
    with refused("U-5"):
        transitions.apply_update(batch.pk, by=place.chair)


def test_u_5_a_number_beside_another_person_is_asked_about() -> None:
    place, members = school()
    book = Book(members, place.chair).fill(0, surname="Орлова", given_name="Зоя")
    (row,) = rows_of(book.load(place.chair))
    assert (row.verdict, row.chosen) == (UpdateVerdict.DOUBTFUL, False)
    # A change of only the surname is a marriage.
    (row,) = rows_of(Book(members, place.chair).fill(0, surname="Орлова").load(place.chair))
    assert (row.verdict, row.chosen) == (UpdateVerdict.READY, True)


def test_v_b2_what_others_changed_since_the_download_is_shown_and_not_taken_back() -> None:
    place, members = school()
    book = Book(members, place.chair)
    edit_card(members[0].pk, values={"position": "директор", "email": "n@example.ru"}, version=1, by=place.chair)
    # Unchanged cells do not restore old values; a cell changed on both sides is a conflict.
    batch = book.fill(0, position="завуч", phone="8 910 555-01-17").fill(1, position="завуч").load(place.chair)
    first, second = rows_of(batch)
    assert (set(first.changes), first.verdict, first.chosen) == (
        {"position", "phone_mobile"}, UpdateVerdict.DOUBTFUL, False,
    )  # fmt: skip
    assert first.changes["position"] == {"before": "директор", "after": "завуч"}
    assert first.remarks == ["Это значение уже изменили после скачивания списка."]
    assert (second.verdict, second.chosen) == (UpdateVerdict.READY, True)


def test_v_b2_a_card_that_somebody_changes_before_the_confirmation_stays_as_it_is() -> None:
    place, members = school()
    batch = Book(members, place.chair).fill(0, position="завуч").fill(1, position="завуч").load(place.chair)
    edit_card(members[0].pk, values={"position": "директор"}, version=1, by=place.chair)
    done = transitions.apply_update(batch.pk, by=place.chair)
    assert [row.verdict for row in rows_of(batch)] == [UpdateVerdict.REFUSED, UpdateVerdict.DONE]
    assert (done.counts[UpdateVerdict.DONE], done.counts[UpdateVerdict.REFUSED]) == (1, 1)
    assert Member.objects.get(pk=members[0].pk).position == "директор"


def test_u_5_a_deleted_value_is_asked_about() -> None:
    place, members = school()
    (row,) = rows_of(Book(members, place.chair).fill(0, position=None).load(place.chair))
    assert (row.changes, row.chosen) == ({"position": {"before": "педагог", "after": ""}}, False)


def test_u_5_unreadable_and_refused_values_are_told_and_the_others_taken() -> None:
    place, members = school()
    book = Book(members, place.chair).fill(0, email="нет почты", position="завуч").fill(1, category="космонавт")
    first, second = rows_of(book.load(place.chair))
    assert (first.verdict, bool(first.changes["email"]["problem"])) == (UpdateVerdict.READY, True)
    assert (first.changes["email"]["after"], second.changes["category"]["after"]) == ("нет почты", "космонавт")
    assert transitions.new_values(first) == {"position": "завуч"}
    assert (second.verdict, second.chosen, transitions.new_values(second)) == (UpdateVerdict.REFUSED, False, {})


def test_v_b1_what_a_decision_fixed_is_refused() -> None:
    place = sessions.place()
    (admitted,) = applicants.admitted(applicants.scheduled(place.keeper, [applicants.apply(place)]), place.chair)
    member = Member.objects.get(pk=admitted.pk)
    book = Book([member], place.chair).fill(0, joined_on=dt.date(2001, 1, 1), email="a@example.ru")
    batch = book.load(place.chair)
    (row,) = rows_of(batch)
    assert row.changes["joined_on"]["problem"].startswith("«Дата вступления")
    assert transitions.new_values(row) == {"email": "a@example.ru"}
    transitions.apply_update(batch.pk, by=place.chair)
    changed = Member.objects.get(pk=member.pk)
    assert (changed.joined_on, changed.email) == (member.joined_on, "a@example.ru")


def test_v_c5_closed_classes_are_read_only_by_those_who_may() -> None:
    place = voi()
    member = place.put()
    book = Book([member], place.chair, DataClass.HEALTH).fill(0, group="I")
    batch = book.load(place.chair)
    (row,) = rows_of(batch)
    assert row.changes == {"disability_group": {"before": "II", "after": "I"}}
    # Opening the page with the values is recorded on the card.
    before = Event.objects.filter(action="card.health_opened").count()
    signed_in(place.chair).get(reverse("imports:update", args=[batch.pk]))
    assert Event.objects.filter(action="card.health_opened").count() == before + 1
    transitions.apply_update(batch.pk, by=place.chair)
    assert HealthRecord.objects.get(member=member).disability_group == "I"


def test_u_5_rows_and_fields_are_chosen_and_the_batch_is_undone() -> None:
    place, members = school()
    book = Book(members, place.chair)
    for at in range(3):
        book.fill(at, position="завуч", email=f"p{at}@example.ru")
    batch = book.load(place.chair)
    rows = rows_of(batch)
    transitions.choose(
        batch.pk, shown=[row.pk for row in rows], chosen=[rows[0].pk, rows[1].pk], left_out=["email"], by=place.chair
    )
    transitions.apply_update(batch.pk, by=place.chair)
    assert positions(members) == [("завуч", ""), ("завуч", ""), ("педагог", "")]
    # Later changes of other fields are allowed; a later change of the same field prevents undoing.
    edit_card(members[0].pk, values={"email": "x@example.ru"}, version=None, by=place.chair)
    edit_card(members[1].pk, values={"position": "директор"}, version=None, by=place.chair)
    with refused("U-5"):
        transitions.undo_update(batch.pk, by=place.chair)
    assert positions(members) == [("завуч", "x@example.ru"), ("директор", ""), ("педагог", "")]
    edit_card(members[1].pk, values={"position": "завуч"}, version=None, by=place.chair)
    undone = transitions.undo_update(batch.pk, by=place.chair)
    assert positions(members) == [("педагог", "x@example.ru"), ("педагог", ""), ("педагог", "")]
    assert undone.state == UpdateState.UNDONE
    with refused("U-5"):
        transitions.undo_update(batch.pk, by=place.chair)
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


def positions(members: list[Member]) -> list[tuple[str, str]]:
    found = Member.objects.in_bulk([member.pk for member in members])
    return [(found[member.pk].position, found[member.pk].email) for member in members]


def test_u_5_a_field_of_chosen_members_is_changed_shown_and_undone_on_the_screen() -> None:
    place, members = school()
    client = signed_in(place.chair)
    url, selected = reverse("imports:update_value"), [member.pk for member in members[:2]]
    asked = client.post(url, {"selected": selected})
    assert [key for key, _label in asked.context["form"].fields["field"].choices][:2] == ["", "category"]
    asked = client.post(url, {"selected": selected, "field": "position"})
    assert (list(asked.context["form"].errors), "value" in asked.context["form"].fields) == ([], True)
    refusal = client.post(url, {"selected": selected, "field": "position", "asked": "position", "value": ""})
    assert list(refusal.context["form"].errors) == ["value"]
    client.post(url, {"selected": selected, "field": "position", "asked": "position", "value": "завуч"})
    batch = CardUpdate.objects.get()
    shown = client.get(reverse("imports:update", args=[batch.pk]))
    assert [item["changes"] for item in shown.context["rows"]] == [[("Должность", "педагог", "завуч", "")]] * 2
    rows = rows_of(batch)
    kept = {"shown": [row.pk for row in rows], "row": [row.pk for row in rows], "fields": "1", "field": ["position"]}
    client.post(reverse("imports:update", args=[batch.pk]), {**kept, "apply": "1"})
    assert [found for found, _email in positions(members)] == ["завуч", "завуч", "педагог"]
    client.post(reverse("imports:undo_update", args=[batch.pk]))
    assert [found for found, _email in positions(members)] == ["педагог"] * 3


def test_u_5_a_value_that_breaks_a_rule_of_one_card_is_refused_there() -> None:
    place, members = school()
    edit_card(members[0].pk, values={"experience": 5}, version=None, by=place.chair)
    batch = updates.update_chosen([m.pk for m in members], name="hired_on", value=dt.date(1979, 1, 1), by=place.chair)
    # Employed before the birth of the third member.
    assert [row.verdict for row in rows_of(batch)] == ["ready", "refused", "refused"]


def test_u_5_a_year_typed_into_a_cell_of_dates_is_no_day_of_1905() -> None:
    place, members = school()
    book = Book(members, place.chair)
    for at, name, number in ((0, "joined_on", 1997), (1, "graduated", 1999), (2, "joined_on", 2011)):
        book.fill(at, **{name: number})
        book.sheet.cell(at + 2, book.columns[HEADINGS[name]]).number_format = "dd.mm.yyyy"
    batch = book.fill(0, position="завуч").load(place.chair)
    first, second, third = rows_of(batch)
    assert first.changes["joined_on"]["after"] == {"date": "1997-01-01"}
    assert first.changes["joined_year_only"]["after"] is True
    assert second.changes == {"graduated": {"before": None, "after": 1999}}
    assert third.changes["joined_on"]["after"] == {"date": "2011-01-01"}
    assert [row.verdict for row in (first, second, third)] == ["ready"] * 3
    assert second.remarks == ["Год окончания: Таблица превратила число в дату 21.06.1905; прочитано как 1999."]
    transitions.apply_update(batch.pk, by=place.chair)
    changed = Member.objects.get(pk=members[0].pk)
    assert (changed.joined_on, changed.joined_year_only) == (dt.date(1997, 1, 1), True)


def test_u_5_a_year_where_the_day_is_needed_is_refused_and_what_may_be_read_otherwise_is_asked_about() -> None:
    place, members = school()
    book = Book(members, place.chair).fill(0, hired_on=dt.datetime(1905, 6, 27), position="завуч")
    batch = book.fill(1, hired_on="05/06/2015").fill(2, phone="8 910 555-01-17 WhatsApp").load(place.chair)
    first, second, third = rows_of(batch)
    assert first.changes["hired_on"]["problem"].startswith("Таблица превратила год 2005 в дату 27.06.1905.")
    assert transitions.new_values(first) == {"position": "завуч"}
    assert (second.changes["hired_on"]["after"], second.verdict) == ({"date": "2015-06-05"}, "doubtful")
    assert second.remarks == [
        "Дата приёма на работу: Прочитано как 05.06.2015, сначала день; если сначала месяц, то это 06.05.2015."
    ]
    assert (third.verdict, third.remarks) == (
        "doubtful",
        ["Телефон: Опущено, для этого в карточке нет места: WhatsApp."],
    )


def test_u_5_members_who_have_the_value_already_are_not_changed() -> None:
    place, members = school()
    with refused("U-5", field="file"):
        updates.update_chosen([m.pk for m in members], name="position", value="педагог", by=place.chair)


def test_u_5_a_downloaded_list_that_is_loaded_is_no_list_of_new_people() -> None:
    place, members = school()
    client = signed_in(place.chair)
    data = Book(members, place.chair).fill(0, email="a@example.ru").data
    answer = client.post(reverse("imports:upload"), {"file": SimpleUploadedFile("Члены.xlsx", data)})
    batch = CardUpdate.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("imports:update", args=[batch.pk]))
    assert ImportBatch.objects.count() == 0
    # In another organisation, the same file is a list of people to register.
    other = voi()
    client = signed_in(other.chair)
    client.post(reverse("imports:upload"), {"file": SimpleUploadedFile("Члены.xlsx", data)})
    assert (ImportBatch.objects.get().organization, CardUpdate.objects.count()) == (other.keeper, 1)


def test_u_5_many_cards_are_changed_and_undone_by_jobs(
    monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    place, members = school()
    monkeypatch.setattr(updates, "MAX_CARDS_AT_ONCE", 2)
    client = signed_in(place.chair)
    batch = updates.update_chosen([m.pk for m in members], name="position", value="завуч", by=place.chair)
    client.post(reverse("imports:update", args=[batch.pk]), {"apply": "1", **shown_all(batch)})
    assert positions(members)[0][0] == "педагог"
    run_jobs()
    assert [position for position, _email in positions(members)] == ["завуч"] * 3
    client.post(reverse("imports:undo_update", args=[batch.pk]))
    run_jobs()
    assert [position for position, _email in positions(members)] == ["педагог"] * 3
    assert [job.kind for job in Job.objects.order_by("created_at")] == ["updates.apply", "updates.undo"]
    batch.refresh_from_db()
    assert batch.state == UpdateState.UNDONE


def shown_all(batch: CardUpdate) -> dict[str, Any]:
    ids = [row.pk for row in rows_of(batch)]
    return {"shown": ids, "row": ids}


def test_u_5_more_cards_than_one_change_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    place, members = school()
    monkeypatch.setattr(updates, "MAX_CARDS", 2)
    with refused("U-5", field="file"):
        updates.update_chosen([m.pk for m in members], name="position", value="завуч", by=place.chair)
    batch = updates.update_chosen([m.pk for m in members[:2]], name="position", value="завуч", by=place.chair)
    assert len(rows_of(batch)) == 2


def test_v_b10_copies_of_values_are_deleted_after_their_days() -> None:
    place, members = school()
    done, waiting, young = (
        updates.update_chosen([m.pk for m in members], name="position", value=value, by=place.chair)
        for value in ("завуч", "учитель", "директор")
    )
    transitions.apply_update(done.pk, by=place.chair)
    old = timezone.now() - transitions.KEPT - dt.timedelta(minutes=1)
    CardUpdate.objects.filter(pk__in=[done.pk, waiting.pk]).update(made_at=old)
    CardUpdate.objects.filter(pk=young.pk).update(made_at=timezone.now() - transitions.KEPT + dt.timedelta(minutes=1))
    forget_old_lists(timezone.localdate())
    assert set(CardUpdate.objects.values_list("pk", flat=True)) == {done.pk, young.pk}
    assert (len(rows_of(done)), len(rows_of(young))) == (0, 3)


def test_u_5_a_discarded_change_keeps_nothing() -> None:
    place, members = school()
    batch = updates.update_chosen([m.pk for m in members], name="position", value="завуч", by=place.chair)
    signed_in(place.chair).post(reverse("imports:discard_update", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, rows_of(batch), positions(members)[0][0]) == (UpdateState.DISCARDED, [], "педагог")
    with refused("U-5"):
        transitions.apply_update(batch.pk, by=place.chair)


def commanded(book: Book, place: Place, tmp_path: Path, **options: Any) -> list[str]:
    """Run `update_members` with the workbook and return its output, line by line."""
    file, out = tmp_path / "Члены.xlsx", io.StringIO()
    file.write_bytes(book.data)
    call_command(
        "update_members", str(file), organization=place.keeper.code, federation=place.keeper.federation.code,
        stdout=out, **options,
    )  # fmt: skip
    return out.getvalue().splitlines()


def test_u_5_the_command_says_what_was_and_what_will_be_and_changes_the_sure_cards(tmp_path: Path) -> None:
    place, members = school()
    book = Book(members, place.chair).fill(0, position="завуч", email="нет почты").fill(1, position=None)
    said = commanded(book, place, tmp_path, dry_run=True)
    assert said == [
        "    2  будет изменено  Абрамова Марфа Львовна",
        "       Должность: педагог → завуч",
        f"       Электронная почта: — → нет почты  {rows_problem(book, place)}",
        "    3  проверьте  Белова Инна Львовна",
        "       Должность: педагог → —",
        "       Значение стирается.",
        "будет изменено: 1", "проверьте: 1", "Без отличий: 1", "Ничего не изменено: это была проверка.",
    ]  # fmt: skip
    assert (CardUpdate.objects.count(), positions(members)) == (0, [("педагог", "")] * 3)
    said = commanded(book, place, tmp_path)
    assert said[-1] == "изменено: 1"
    assert [position for position, _email in positions(members)] == ["завуч", "педагог", "педагог"]
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}
    # It can be undone like any other change.
    transitions.undo_update(CardUpdate.objects.get().pk, by=place.chair)
    assert positions(members) == [("педагог", "")] * 3


def rows_problem(book: Book, place: Place) -> str:
    with transaction.atomic():
        problem: str = rows_of(book.load(place.chair))[0].changes["email"]["problem"]
        transaction.set_rollback(True)
    return problem


def test_u_5_the_command_takes_doubtful_rows_and_leaves_fields_out_only_if_told_so(tmp_path: Path) -> None:
    place, members = school()
    book = Book(members, place.chair)
    for at in range(3):
        book.fill(at, position=None, email=f"p{at}@example.ru")
    with pytest.raises(CommandError, match="Take doubtful ones with --accept-row"):
        commanded(book, place, tmp_path)
    with pytest.raises(CommandError, match="no card to change in row 9"):
        commanded(book, place, tmp_path, accept_row=[9])
    with pytest.raises(CommandError, match="«Категория» does not change; these fields do: Должность"):
        commanded(book, place, tmp_path, leave_out=["Категория"])
    commanded(book, place, tmp_path, accept_row=[2], leave_out=["должность"])
    assert positions(members) == [("педагог", "p0@example.ru"), ("педагог", ""), ("педагог", "")]
    commanded(book, place, tmp_path, accept_all=True)
    assert positions(members) == [("", "p0@example.ru"), ("", "p1@example.ru"), ("", "p2@example.ru")]
    assert commanded(book, place, tmp_path, accept_all=True) == ["Отличий от карточек нет."]


def test_u_5_the_command_chooses_the_sheet_and_refuses_what_leads_to_no_card(tmp_path: Path) -> None:
    place, members = school()
    book = Book(members, place.chair).fill(0, position="завуч")
    with pytest.raises(CommandError, match="«Члены», «Значения»"):
        commanded(book, place, tmp_path, sheet="Взносы")
    commanded(book, place, tmp_path, sheet="Члены")
    assert positions(members)[0] == ("завуч", "")
    book.sheet.delete_cols(book.columns[CARD])
    with pytest.raises(CommandError, match="Нет столбца с номерами карточек"):
        commanded(book, place, tmp_path)


def test_v_c5_the_command_records_that_it_printed_closed_data_also_in_a_dry_run(tmp_path: Path) -> None:
    place = voi()
    member = place.put()
    book = Book([member], place.chair, DataClass.HEALTH).fill(0, group="I")
    said = commanded(book, place, tmp_path, dry_run=True)
    assert said[1] == "       Группа инвалидности: II → I"
    event = Event.objects.get(action="card.health_opened")
    assert (event.object_id, event.rule) == (str(member.pk), "V-C5")
    assert HealthRecord.objects.get(member=member).disability_group == "II"
