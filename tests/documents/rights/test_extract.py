"""The extract: its contents, recipients and readers of the data (152-ФЗ art. 14)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.translation import override

from documents.consents.models import Consent
from documents.consents.transitions.consents import mark_signed, note_scan_opened
from documents.consents.transitions.withdrawals import register_withdrawal
from documents.printing.core import titles
from documents.printing.transitions import record_list_print, record_prints
from documents.rights import contents
from documents.rights.models import SubjectRequest
from documents.rights.queries import receipts
from documents.rights.queries.extract import Extract, extract_of, label_in_words, rows_about
from documents.rights.queries.files import as_file
from documents.rights.transitions import register_request
from members.admission.enums import CopyKind
from members.admission.models import Application, Representation
from members.book.enums import EndReason, RegistrationReason
from members.book.models import BookLine, Registration
from members.movement.contents import keyed
from members.people.models import CardEntry, Member
from members.people.rules.fields import PARTS
from members.people.transitions.cards import edit_card, note_class_opened
from members.people.transitions.exports import record_day, record_export
from registry import charters
from registry.enums import DataClass
from registry.idsets import packed
from registry.organizations.models import Organization
from registry.remarks.transitions import answer_remark, make_remark, make_remarks
from registry.transitions import write_event
from tests.house.cast import picture
from tests.members import places
from tests.registry import trees

SECRET = "Тайнова"


@pytest.fixture(params=["voi", "education_union"])
def place(request: pytest.FixtureRequest, db: None) -> places.Place:
    return places.of(request.param)


def made(place: places.Place, member: Member, limit: int = 500) -> Extract:
    card = Member.objects.select_related("unit", "organization__federation").get(pk=member.pk)
    return extract_of(card, timezone.now(), place.keeper.charter, titles(), limit=limit)


def values(extract: Extract, label: str) -> list[dict[str, str]]:
    sections = [section for section in extract.sections if section.key == label]
    return [{value.key: value.text for value in record} for section in sections for record in section.records]


def test_v_c5_the_extract_holds_the_card_with_its_closed_parts(place: places.Place) -> None:
    member = place.put(surname=SECRET, paper_kind="passport", paper_number="123456", phone_mobile="+79105550117")
    for entry in place.keeper.charter.entries:
        CardEntry.objects.create(member=member, kind=entry.key, title=f"Запись {entry.key}")
    extract = made(place, member)
    (card,) = values(extract, "members.Member")
    assert (card["surname"], card["phone_mobile"]) == (SECRET, "+7 910 555-01-17")
    assert card["organization"] == place.keeper.full_name
    assert values(extract, "members.IdentityPaper")[0]["paper_number"] == "123456"
    assert [one["title"] for one in values(extract, "members.CardEntry")] == [
        f"Запись {entry.key}" for entry in reversed(place.keeper.charter.entries)
    ]
    assert {"search_key", "sort_key", "version"} & card.keys() == set()
    assert len(values(extract, "members.BookLine")) == len(values(extract, "members.Registration")) == 1


def test_v_c5_the_extract_has_no_data_of_other_members(place: places.Place) -> None:
    place.put(surname="Чужова", snils="", ticket_number="", birth_date=dt.date(1971, 1, 1))
    extract = made(place, place.put(surname=SECRET, snils="", ticket_number=""))
    assert "Чужова" not in str(extract.sections)


def test_v_c5_the_extract_has_the_remarks_on_the_card_and_those_on_many(place: places.Place) -> None:
    member = place.put(surname=SECRET)
    other = place.put(surname="Чужова", snils="", ticket_number="", birth_date=dt.date(1971, 1, 1))
    given: dict[str, Any] = {"term": timezone.localdate(), "by": place.region_chair}
    remark = make_remark("card", member.pk, text="Уточните образование.", **given)
    answer_remark(remark.pk, text="Уточнено.", by=place.chair)
    make_remarks([member.pk, other.pk], text="Проверьте телефоны.", **given)
    make_remark("card", other.pk, text="О другом человеке.", **given)
    extract = made(place, member)
    rows = values(extract, "registry.Remark")
    assert [(row["text"], row["organization"]) for row in rows] == [
        ("Проверьте телефоны.", place.keeper.full_name), ("Уточните образование.", place.keeper.full_name),
    ]  # fmt: skip
    assert {row["made_on"] for row in rows} == {f"{timezone.localdate():%d.%m.%Y}"}
    assert [row.get("text", "") for row in values(extract, "registry.RemarkStep")] == ["Уточнено.", ""]


def test_v_c5_every_label_and_title_is_plain_russian(place: places.Place) -> None:
    charter = place.keeper.charter
    with override("ru"):
        labels = {
            f"{model._meta.label}.{column.name}": label_in_words(column, charter)
            for model in keyed()
            for column in contents.shown(model)
        }
    assert [key for key, label in labels.items() if not re.search("[а-яё№]", label.lower())] == []
    assert labels["documents.SubjectRequest.person_name"] == "фамилия, имя, отчество"
    sections = made(place, place.put(surname=SECRET)).sections
    assert [section.title for section in sections if section.key == "members.Member"] == ["Учётная карточка"]


def test_v_c5_copies_and_times_are_in_words(place: places.Place) -> None:
    member = place.put(surname=SECRET)
    Application.objects.create(
        member=member, federation=place.keeper.federation, organization=place.keeper,
        surname=SECRET, given_name="Анна", category="member", filed_on=dt.date(2020, 3, 2),
        copies=["identity"], pickup_at=dt.time(15, 0),
    )  # fmt: skip
    (told,) = values(made(place, member), "members.Application")
    assert told["pickup_at"] == "15:00"
    with override("ru"):
        assert told["copies"] == str(CopyKind("identity").label)


def test_v_c5_recipients_and_readers_of_the_data_are_listed(place: places.Place) -> None:
    member = place.put(paper_kind="passport", paper_number="123456")
    mark_signed(member.pk, signed_on=timezone.localdate(), scan=picture(), by_hand=True, by=place.chair)
    record_prints("member_card", [member.pk], data_classes=[DataClass.GENERAL], by=place.chair)
    record_export([member.pk], classes=[DataClass.GENERAL], columns=["age"], by=place.chair)
    record_export([member.pk + 1], classes=[DataClass.GENERAL], columns=["age"], by=place.chair)
    note_class_opened(member, DataClass.IDENTITY, by=place.region_chair)
    note_scan_opened(Consent.objects.get(), by=place.chair)
    extract = made(place, member)
    assert [one.what for one in extract.receipts] == ["Выгрузка списка в файл", "Печать: Учётная карточка"]
    assert extract.unnamed_exports == 0
    titles = ["Скан согласия открыт", "Открыт документ, удостоверяющий личность"]
    assert [one.what for one in extract.openings] == titles
    chair = place.chair.account
    assert chair is not None
    assert extract.openings[0].who.startswith(chair.full_name)
    assert "председатель" in extract.openings[0].who


def test_v_c5_every_list_that_held_the_person_is_named_however_long(place: places.Place) -> None:
    member, other = place.put(), place.put(snils="", ticket_number="", surname="Чужова")
    keeper, region, today = place.keeper, place.region, timezone.localdate()
    many = {"classes": [DataClass.GENERAL], "columns": ["age"]}
    record_export([*range(10_000, 11_999), member.pk], **many, by=place.region_chair)
    record_export(range(10_000, 12_000), **many, by=place.region_chair)
    for lines in (member, other):
        found = list(BookLine.objects.filter(member=lines).values_list("pk", flat=True))
        record_day(keeper, today, lines=found, by=place.chair)
        record_list_print(region, ["age"], members=[lines.pk], code="", by=place.region_chair)
    # Events of an organisation at the same level, where the member was never registered, are not searched.
    write_event("members.exported", by=place.chair, organization=beside(place), count=1, people=packed([member.pk]))
    # Former versions recorded up to 200 people by their ids, and only the number for larger lists.
    for facts in ({"members": [other.pk, member.pk]}, {"members": [other.pk]}, {}):
        write_event("members.exported", by=place.chair, organization=keeper, count=2, **facts)
    extract = made(place, member)
    assert [(one.what, one.who.rpartition(", ")[2]) for one in extract.receipts] == [
        ("Выгрузка списка в файл", keeper.short_name),
        ("Печать списка", region.short_name),
        ("Выгрузка списка состоящих на учёте на день в файл", keeper.short_name),
        ("Выгрузка списка в файл", region.short_name),
    ]
    assert extract.unnamed_exports == 1
    few = made(place, member, limit=3)
    assert ([one.what for one in few.receipts], few.receipts_left) == ([one.what for one in extract.receipts[:3]], 1)


def test_v_c5_lists_of_former_organisations_are_named(place: places.Place) -> None:
    member, former = place.put(), beside(place)
    write_event("members.exported", by=place.chair, organization=former, count=1, people=packed([member.pk]))
    assert made(place, member).receipts == []
    Registration.objects.create(
        member=member, organization=former, started_on=dt.date(2019, 1, 1), ended_on=dt.date(2020, 1, 1),
        start_reason=RegistrationReason.EXISTING, end_reason=EndReason.DEPARTURE,
    )  # fmt: skip
    assert [one.what for one in made(place, member).receipts] == ["Выгрузка списка в файл"]


def test_v_c5_lists_beyond_the_bound_are_counted(place: places.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    member = place.put()
    for _time in range(3):
        record_export([member.pk], classes=[], columns=["age"], by=place.chair)
    for most, found in ((2, (2, 1)), (3, (3, 0)), (4, (3, 0))):
        monkeypatch.setattr(receipts, "MAX_LISTS", most)
        extract = made(place, member)
        assert (len(extract.receipts), extract.unnamed_exports) == found


def beside(place: places.Place) -> Organization:
    """Return an organisation that is neither above the place nor below it."""
    return trees.below(place.region, place.keeper.level)


def test_v_c5_long_lists_are_bounded_with_the_number_of_omitted_rows(place: places.Place) -> None:
    member = place.put()
    for _time in range(3):
        record_prints("member_card", [member.pk], data_classes=[DataClass.GENERAL], by=place.chair)
        note_class_opened(member, DataClass.IDENTITY, by=place.chair)
    for number in range(3):
        register_request(
            member.pk, kind="correction", details=f"№ {number}", received_on=timezone.localdate(), channel="hand",
            by=place.chair,
        )  # fmt: skip
    extract = made(place, member, limit=2)
    (section,) = [one for one in extract.sections if one.key == "documents.SubjectRequest"]
    assert [value.text for record in section.records for value in record if value.key == "details"] == ["№ 2", "№ 1"]
    assert section.left_off == 1
    assert (len(extract.receipts), extract.receipts_left) == (2, 1)
    assert (len(extract.openings), extract.openings_left) == (2, 1)


def test_v_c5_the_file_has_stable_keys(place: places.Place) -> None:
    member = place.put(surname=SECRET)
    found = register_request(member.pk, kind="access", received_on=timezone.localdate(), channel="hand", by=place.chair)
    data = as_file(SubjectRequest.objects.get(pk=found.pk), made(place, member))
    assert list(data) == [
        "format", "version", "made_at", "request", "operator", "person", "data", "received_by", "received_by_left_off",
        "exports_without_names", "opened_by", "opened_by_left_off",
    ]  # fmt: skip
    assert (data["format"], data["version"]) == ("registry.person-extract", 1)
    assert data["request"] == {"number": 1, "received_on": timezone.localdate().isoformat()}
    (card,) = [one for one in data["data"] if one["record"] == "members.Member"]
    assert card["rows"][0]["surname"] == {"label": "фамилия", "value": SECRET}
    assert card["left_off"] == 0


@pytest.mark.django_db
def test_v_c5_every_model_that_leads_to_a_person_is_searched() -> None:
    nobody = Member(pk=0)
    assert {model: rows_about(model, nobody).count() for model in keyed()} == dict.fromkeys(keyed(), 0)


# The categories of the consent


def covered() -> set[str]:
    """Return the fields of the card that the consents of all charters list."""
    wordings = [charter.consent for charter in map(charters.get, charters.keys())]
    return {
        name
        for wording in wordings
        for part in ("data", "other_data")
        for category in wording[part]
        for name in category["fields"]
    }


def test_v_c5_every_stored_column_of_a_person_belongs_to_a_category_of_the_consent() -> None:
    assert contents.undeclared(covered()) == []
    assert contents.uncovered(covered()) == []


def test_v_c5_what_is_declared_exists_and_is_declared_once() -> None:
    tables = [contents.ACTS, contents.TECHNICAL, {k: " ".join(v.values()) for k, v in contents.COVERED.items()}]
    names: dict[str, list[str]] = {}
    for table in tables:
        for label, columns in table.items():
            names.setdefault(label, []).extend(columns.split())
    there = {model._meta.label: {field.name for field in contents.columns_of(model)} for model in keyed()}
    assert [f"{label}.{name}" for label, found in names.items() for name in found if name not in there[label]] == []
    assert [label for label, found in names.items() if len(found) != len(set(found))] == []
    own = {field.name for model in (Member, *PARTS.values()) for field in contents.columns_of(model)}
    twice = own & covered() & set(names["members.Member"])
    assert twice == set()


def test_v_c5_each_charter_lists_the_categories_of_its_stored_data() -> None:
    """A category may be missing in a charter's list only if its card does not have the field."""
    for charter in map(charters.get, charters.keys()):
        own = {n for part in ("data", "other_data") for one in charter.consent[part] for n in one["fields"]}
        kept = {*charter.fields, "photo"}
        assert (charter.key, set(contents.uncovered(own)) & kept) == (charter.key, set())


def test_v_c5_a_new_column_is_found_unless_it_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: a column of the card, one of another record, and a field of the card that is in no list."""
    for label in ("members.Member", "members.Registration", "members.IdentityPaper"):
        model = apps.get_model(label)
        field: Any = models.CharField(max_length=5)
        field.set_attributes_from_name("blood_group")
        field.model = model
        columns = contents.columns_of

        def with_one(asked: Any, model: Any = model, field: Any = field, columns: Any = columns) -> list[Any]:
            return [*columns(asked), *([field] if asked is model else [])]

        with monkeypatch.context() as patched:
            patched.setattr(contents, "columns_of", with_one)
            assert contents.undeclared(covered()) == [f"{label}.blood_group"]
    assert "members.Member.workplace" in contents.undeclared(covered() - {"workplace"})


def test_v_c5_a_change_of_the_card_is_in_the_next_extract(place: places.Place) -> None:
    member = place.put()
    edit_card(member.pk, values={"city": "Тайноград"}, version=None, by=place.chair)
    assert values(made(place, member), "members.Member")[0]["city"] == "Тайноград"


def test_n_c1_withdrawn_purposes_and_stored_answers_are_in_words(place: places.Place) -> None:
    member = place.put()
    mark_signed(member.pk, signed_on=timezone.localdate(), by_hand=True, by=place.chair)
    register_withdrawal(
        member.pk, purposes=["processing"], received_on=timezone.localdate(), channel="post", by=place.chair
    )
    answers = {"city": "Тула", "needs": ["housing"], "birth_date": {"date": "1970-02-01"}}
    ward = Representation.objects.create(member=member, surname="Ромашкин", given_name="Тимофей", answers=answers)
    extract = made(place, member)
    assert values(extract, "documents.Withdrawal")[0]["purposes"] == "обработка персональных данных"
    assert values(extract, "documents.Withdrawal")[0]["channel"] == "по почте"
    (told,) = values(extract, "members.Representation")
    assert (told["surname"], "Тула" in told["answers"], "01.02.1970" in told["answers"]) == (ward.surname, True, True)
