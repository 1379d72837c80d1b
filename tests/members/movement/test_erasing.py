"""Destroying the contents of a sealed card: V-B14, practice 7.4."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone
from PIL import Image

from documents.consents.transitions.consents import mark_signed
from members.admission.transitions.representations import add_representation
from members.book.enums import EndReason
from members.book.models import BookLine
from members.lists import batches
from members.lists.models import ImportRow
from members.meetings.enums import AppealState, ItemKind, ItemState
from members.meetings.models import AgendaItem, Appeal
from members.movement.enums import PaperCard
from members.movement.models import DestructionRecord
from members.movement.rules.erasing import due_for_erasing
from members.movement.transitions.erasing import erase
from members.movement.transitions.leaving import deregister
from members.movement.transitions.organizations import merge_organizations
from members.people.enums import MarkKind
from members.people.models import Member
from members.people.transitions.cards import edit_card, put_photo
from members.people.transitions.destroying import KEPT, traces
from members.people.transitions.marks import add_mark
from registry import integrity
from registry.drafts.models import Draft
from registry.drafts.transitions import save_draft
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.files.models import StoredFile
from registry.jobs.models import Job
from registry.jobs.queue import start_job
from tests.members.places import Place, union, voi
from tests.refusals import refused
from tests.registry import trees

# Rules and screens: on PostgreSQL only the tests marked `both` run, whose statements no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = timezone.localdate()
MARKS = ("Константинопольская", "Яблокова", "0104512", "11223344595", "+79105550117", "Тульская улица", "под замком")


@pytest.fixture
def place() -> Place:
    return voi()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (450, 600), "white").save(out, "JPEG")
    return out.getvalue()


def offered_again(place: Place, member: Member) -> None:
    """Upload a list with the member's former name, which waits at the organisation."""
    book = openpyxl.Workbook()
    for row in (
        ("ФИО", "Дата рождения"),
        ("Константинопольская " + member.given_name, member.birth_date),
        ("Ким Лев", "01.02.1970"),
    ):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    batch = batches.upload_list(organization=place.keeper, data=out.getvalue(), name="list.xlsx", by=place.chair)
    batches.set_columns(batch.pk, mapping=batch.mapping, defaults={}, by=place.chair)


def sealed(place: Place) -> Member:
    """Return a member with records of every kind who has been dead for longer than the retention period."""
    member = place.put(street="Тульская улица", cell=place.cells[0].pk, category="guardian", disability_group="")
    edit_card(member.pk, values={"surname": "Яблокова"}, version=None, by=place.chair)
    put_photo(member.pk, jpeg=picture(), by=place.chair)
    mark_signed(member.pk, signed_on=TODAY, scan=picture(), by_hand=True, by=place.chair)
    add_mark(member.pk, kind=MarkKind.OTHER, text="ключ под замком", on=TODAY, by=place.chair)
    offered_again(place, member)
    ward = add_representation(
        member_id=member.pk, by=place.chair,
        values={"surname": "Яблокова", "given_name": "Ия", "birth_date": dt.date(2015, 5, 5), "sex": "female"},
    )  # fmt: skip
    for key in (f"members-edit-{member.pk}-general", f"ward-edit-{ward.pk}", f"ward-add-member_id-{member.pk}"):
        save_draft(place.chair.account, key, {"surname": ["Яблокова"]})
    deregister(
        member.pk, reason=EndReason.DEATH, on=TODAY, paper="свидетельство", paper_card=PaperCard.TAKEN, by=place.chair
    )
    Member.objects.filter(pk=member.pk).update(erase_after=TODAY)
    member.refresh_from_db()
    return member


def found_in_tables(text: str) -> list[str]:
    """Return the tables that contain the text in any column."""
    tables = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(text in str(value) for row in cursor.fetchall() for value in row):
                tables.append(table)
    return tables


@pytest.mark.both
def test_v_b14_erasing_leaves_no_trace_of_the_person(place: Place, django_capture_on_commit_callbacks: Any) -> None:
    other = place.put(surname="Сомова", snils="", ticket_number="77", phone_mobile="+79991112233")
    # Files are stored and deleted when the transaction is committed.
    with django_capture_on_commit_callbacks(execute=True):
        member = sealed(place)
    assert [bool(found_in_tables(mark)) for mark in MARKS[:2]] == [True, True]
    files = list(StoredFile.objects.values_list("pk", flat=True))
    assert len(files) == 2
    # The sealing deleted her row of the list and its file; another person's row still waits.
    assert [row.person["surname"] for row in ImportRow.objects.all()] == ["Ким"]
    # Drafts of forms were deleted too.
    assert Draft.objects.count() == 0
    with django_capture_on_commit_callbacks(execute=True):
        record = erase(member.pk, by=place.chair)
    # The record names the ticket, not the person.
    assert [(mark, found_in_tables(mark)) for mark in MARKS] == [
        (mark, ["members_destructionrecord"] if mark == "0104512" else []) for mark in MARKS
    ]
    assert [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()] == []
    assert (record.number, record.member_number, record.counts["files"]) == (1, member.pk, 2)
    assert Draft.objects.count() == 0
    line = BookLine.objects.exclude(member=other).get()
    assert (line.number, line.member, line.left_on, line.full_name) == (1, None, TODAY, "сведения уничтожены")
    for model, name in traces(Member):
        if getattr(model, "instance_type", model) not in KEPT:
            assert (model, list(model._default_manager.filter(**{name: member.pk}))) == (model, [])
    assert list(Member.objects.all()) == [other]
    assert {title: wrong for title, wrong in integrity.run() if wrong} == {}


@pytest.mark.both
def test_v_b14_copies_of_books_are_deleted_with_the_people_in_them(
    place: Place, run_jobs: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        member = sealed(place)
    other = place.put(surname="Сомова", snils="", ticket_number="77", phone_mobile="+79991112233")
    of_her, of_another = BookLine.objects.get(member=member), BookLine.objects.get(member=other)
    day = {"place": place.keeper.pk, "day": TODAY.isoformat(), "units": True}
    copies = {
        start_job(kind, params, by=place.chair).pk: goes
        for kind, params, goes in [
            ("documents.print_book", {"unit": of_her.unit_id}, True),
            ("documents.print_book", {"unit": of_another.unit_id}, False),
            *[
                (kind, {**day, "lines": [line.pk]}, line == of_her)
                for kind in ("documents.print_day", "members.export_day")
                for line in (of_her, of_another)
            ],
        ]
    }
    run_jobs()
    waits = start_job("documents.print_book", {"unit": of_her.unit_id}, by=place.region_chair)
    assert Job.objects.filter(pk__in=copies, result__isnull=False).count() == len(copies)
    with django_capture_on_commit_callbacks(execute=True):
        erase(member.pk, by=place.chair)
    left = Job.objects.filter(pk__in=copies, result__isnull=False).values_list("pk", flat=True)
    assert {pk: pk not in left for pk in copies} == copies
    waits.refresh_from_db()
    assert waits.cancel_asked


def test_v_b14_acts_of_the_organisation_stay_and_name_nobody(place: Place) -> None:
    member = place.put()
    item = AgendaItem.objects.create(
        organization=place.keeper, kind=ItemKind.EXCLUSION, state=ItemState.WAITING, title="Яблокова", member=member,
        filed_on=TODAY, spoken="Яблокова: виновата",
    )  # fmt: skip
    deregister(
        member.pk, reason=EndReason.DEATH, on=TODAY, paper="свидетельство", paper_card=PaperCard.TAKEN, by=place.chair
    )
    Member.objects.update(erase_after=TODAY)
    erase(member.pk, by=place.chair)
    item.refresh_from_db()
    gone = "сведения уничтожены"
    assert (item.member, item.title, item.spoken, item.state) == (None, gone, gone, ItemState.DROPPED)
    assert {(h.title, h.spoken) for h in item.history.all()} == {(gone, gone)}


def test_v_b14_neither_a_running_term_nor_an_open_appeal_lets_a_card_be_destroyed(place: Place) -> None:
    member = sealed(place)
    Member.objects.update(erase_after=TODAY + dt.timedelta(1))
    with refused("V-B14", match="ещё не истёк"):
        erase(member.pk, by=place.chair)
    Member.objects.update(erase_after=TODAY)
    item = AgendaItem.objects.create(
        organization=place.keeper, kind=ItemKind.EXCLUSION, title="?", member=member, filed_on=TODAY
    )
    values: dict[str, Any] = {"received_on": TODAY, "term_on": TODAY, "person_name": "?"}
    Appeal.objects.create(organization=place.region, against=item, member=member, state=AppealState.RECEIVED, **values)
    assert list(due_for_erasing(place.keeper, TODAY)) == []
    with refused("V-B14", match="решения по жалобе"):
        erase(member.pk, by=place.chair)
    assert DestructionRecord.objects.count() == 0


def test_v_b14_only_leading_roles_of_the_organisation_that_kept_the_card_destroy_it(place: Place) -> None:
    member = sealed(place)
    registrar = trees.officer(place.keeper, Role.REGISTRAR, "Осадчая")
    for actor in (registrar, place.reviewer, place.region_chair):
        with pytest.raises(NotAllowed):
            erase(member.pk, by=actor)
    with pytest.raises(Member.DoesNotExist):
        erase(member.pk, by=union().chair)
    assert Member.objects.filter(pk=member.pk).exists()


def test_n_h3_after_a_merger_the_successor_destroys(place: Place) -> None:
    member = place.put()
    deregister(
        member.pk, reason=EndReason.DEATH, on=TODAY, paper="свидетельство", paper_card=PaperCard.TAKEN, by=place.chair
    )
    Member.objects.filter(pk=member.pk).update(erase_after=TODAY)
    target = trees.below(place.region, Level.LOCAL, "Приокская МО ВОИ")
    merge_organizations(place.keeper.pk, target.pk, on=TODAY, by=place.region_chair)
    target, chair = trees.again(target), trees.officer(target, Role.CHAIR, "Сомов")
    assert (list(due_for_erasing(target, TODAY)), list(due_for_erasing(place.region, TODAY))) == ([member], [])
    for stranger in (trees.officer(target, Role.REGISTRAR, "Осадчая"), union().chair):
        with pytest.raises((NotAllowed, Member.DoesNotExist)):
            erase(member.pk, by=stranger)
    record = erase(member.pk, by=chair)
    assert (record.organization, record.number, record.member_number) == (target, 1, member.pk)


@pytest.mark.both
def test_a_card_of_a_registered_member_or_in_transit_is_never_destroyed(place: Place) -> None:
    member = place.put()
    with pytest.raises(Member.DoesNotExist):
        erase(member.pk, by=place.chair)
    deregister(member.pk, reason=EndReason.DEPARTURE, on=TODAY, paper_card=PaperCard.HANDED, by=place.chair)
    with refused("V-B14", match="ещё не истёк"):
        erase(member.pk, by=place.chair)


def test_every_model_that_refers_to_a_member_is_covered() -> None:
    reached = {
        model._meta.label for model in apps.get_models() for f in model._meta.fields if f.related_model is Member
    }
    assert {model._meta.label for model, _name in traces(Member)} == reached
