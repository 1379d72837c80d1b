"""Destruction of data after a withdrawal of the consent to processing (N-C1, 152-ФЗ art. 21 p. 5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from documents.consents import contents
from documents.consents.models import Consent, Withdrawal
from documents.consents.queries import kept_of
from documents.consents.rules import (
    MAX_SHEETS,
    check_access_answered,
    check_can_be_destroyed,
    check_carriers,
    check_commission,
    check_destroyed_on,
    check_way,
)
from documents.consents.transitions.consents import mark_signed, take_back_tick
from documents.consents.transitions.destroying import destroy_data
from documents.consents.transitions.withdrawals import block_card, note_told, register_withdrawal, release_card
from documents.ecards.models import CardRequest
from documents.exchange.models import OutboxEntry
from documents.papers import destruction, withdrawal_notice
from documents.printing.core import titles
from documents.rights.models import SubjectRequest
from documents.rights.queries.extract import extract_of
from documents.rights.transitions import refuse_request, register_request
from members.admission.models import Application, Attachment, Representation
from members.admission.transitions.attachments import attach
from members.book.models import BookLine, Registration
from members.movement.contents import keyed
from members.movement.models import DestructionRecord
from members.movement.rules.erasing import METHOD
from members.people.enums import MarkKind
from members.people.models import CardEntry, CardMark, HealthRecord, Member
from members.people.transitions.cards import edit_card, put_photo
from members.people.transitions.marks import add_mark
from registry import integrity
from registry.access import Actor
from registry.enums import Role
from registry.errors import NotAllowed
from registry.files.models import StoredFile
from registry.journal.models import Event
from registry.states import allowed
from registry.tasks import Task, tasks_for
from tests.clock import at
from tests.documents import samples
from tests.documents.ecards.cards_world import cards_world
from tests.house.cast import picture
from tests.members import applicants, places, sessions
from tests.members.movement.test_erasing import found_in_tables
from tests.refusals import refused
from tests.registry import trees

# Rules and screens; tests marked `both` send PostgreSQL statements that no other test sends.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = dt.timedelta(days=1)
#: Values of the card that are in no table after the destruction.
SECRETS = {
    "street": "Оружейный проезд", "phone_mobile": "+79105550117", "snils": places.SNILS[0],
    "workplace": "Завод «Штамп»", "birth_place": "Епифань", "profession": "Вышивальщица",
}  # fmt: skip


@pytest.fixture(params=["voi", "education_union"])
def place(request: pytest.FixtureRequest) -> places.Place:
    return places.of(request.param)


def today() -> dt.date:
    return timezone.localdate()


def blocked(place: places.Place, member: Member | None = None) -> Withdrawal:
    """Return a withdrawal of today with a blocked card."""
    member = member or place.put()
    if not member.has_signed_consent:
        mark_signed(member.pk, signed_on=today(), by_hand=True, by=place.chair)
    given: dict[str, Any] = {"purposes": ["processing"], "received_on": today(), "channel": "hand", "by": place.chair}
    return block_card(register_withdrawal(member.pk, **given).pk, by=place.chair)


def destroyed(place: places.Place, withdrawal: Withdrawal, **changed: Any) -> DestructionRecord:
    return destroy_data(withdrawal.pk, **{"destroyed_on": today(), "carriers": {}, "by": place.chair, **changed})


def wrong() -> list[str]:
    return [line for _title, found in integrity.run() for line in found]


def full_card(place: places.Place) -> Member:
    """Return a member with values and rows of every destroyed kind and of some kept ones."""
    offered = place.keeper.charter.fields
    member = place.put(**{name: value for name, value in SECRETS.items() if name in offered})
    put_photo(member.pk, jpeg=picture("JPEG"), by=place.chair)
    former = edit_card(member.pk, values={"city": "Старогород"}, version=None, by=place.chair)
    edit_card(member.pk, values={"city": "Новогород"}, version=former.version, by=place.chair)
    CardEntry.objects.create(member=member, kind="award", title="Тайная награда")
    add_mark(member.pk, kind=MarkKind.OTHER, text="ключ под замком", on=today(), by=place.chair)
    CardMark.objects.create(member=member, kind=MarkKind.NAME, text="Прежняя фамилия: Ежова", made_on=today())
    return member


def test_n_c1_every_model_about_a_member_is_kept_on_a_ground_or_destroyed() -> None:
    assert sorted([*contents.KEPT, *contents.DESTROYED]) == sorted(model._meta.label for model in keyed())
    assert set(contents.KEPT.values()) == set(contents.GROUNDS)
    assert [label for label in contents.EMPTIED if label not in contents.KEPT] == []
    assert contents.CARD_KEEPS - {field.name for field in Member._meta.concrete_fields} == set()
    # Every field of the card can be emptied: it is null or has an empty value.
    emptied = contents.emptied_of_card()
    assert (emptied["street"], emptied["photo"], emptied["hired_on"]) == ("", None, None)
    assert {"surname", "birth_date", "ticket_number", "joined_on"} & emptied.keys() == set()


@pytest.mark.both
def test_n_c1_destroyed_values_are_in_no_table_or_file(
    place: places.Place, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        withdrawal = blocked(place, full_card(place))
    marks = [value for name, value in SECRETS.items() if name in place.keeper.charter.fields]
    marks += ["Старогород", "Новогород"]
    # Control: all values existed before, also in the history.
    assert [mark for mark in marks if not found_in_tables(mark)] == []
    assert StoredFile.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        record = destroyed(place, withdrawal)
    # The data printed on the consent are kept with it, encrypted.
    assert [(mark, found_in_tables(mark)) for mark in marks if found_in_tables(mark)] == []
    assert [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()] == []
    assert (record.counts["files"], record.counts["records"] > 5) == (1, True)
    member = Member.objects.get()
    for name, value in contents.emptied_of_card().items():
        assert (name, getattr(member, name)) == (name, value)
        assert (name, {*member.history.values_list(name, flat=True)}) == (name, {value})
    for label in contents.DESTROYED:
        model: Any = apps.get_model(label)
        tables = [model.objects, *([model.history] if hasattr(model, "history") else [])]
        assert (label, [table.count() for table in tables]) == (label, [0] * len(tables))
    assert "под замком" not in str(list(CardMark.objects.values())) + str(list(CardMark.history.values()))
    assert wrong() == []


@pytest.mark.both
def test_n_c1_book_registration_consent_and_statement_stay(place: places.Place) -> None:
    member = full_card(place)
    before = (member.full_name, member.birth_date, member.ticket_number, member.joined_on)
    withdrawal = blocked(place, member)
    line = BookLine.objects.values().get()
    destroyed(place, withdrawal)
    member = Member.objects.get()
    assert (member.full_name, member.birth_date, member.ticket_number, member.joined_on) == before
    assert (member.blocked_on, member.consent_state, member.state) == (today(), "withdrawn", "on_account")
    assert (BookLine.objects.values().get(), Registration.objects.count()) == (line, 1)
    assert [(one.state, one.withdrawn_on) for one in Consent.objects.all()] == [("withdrawn", today())]
    assert list(CardMark.objects.values_list("kind", flat=True)) == ["name"]
    # Required fields are missing again, and the search does not find the numbers.
    assert (member.missing > 0, places.SNILS[0] in member.search_key) == (True, False)
    assert member.surname.split("-")[0].lower().replace("ё", "е") in member.search_key


@pytest.mark.both
def test_n_c1_only_the_signed_application_of_the_admission_is_kept(
    django_capture_on_commit_callbacks: Any,
) -> None:
    place = places.voi()
    with django_capture_on_commit_callbacks(execute=True):
        application = applicants.apply(place)
        for kind in ("application", "identity"):
            attach(application_id=application.pk, kind=kind, data=picture(), by=place.chair)
        sessions.decided(sessions.admission(place, [application]), place.chair)
        application.refresh_from_db()
        member = application.member
        assert member is not None
        ward = Representation.objects.create(member=member, surname="Яблокова", given_name="Ия")
        withdrawal = blocked(place, member)
    assert any(Application.history.values_list("values", flat=True))
    with django_capture_on_commit_callbacks(execute=True):
        destroyed(place, withdrawal)
    assert list(Attachment.objects.values_list("kind", flat=True)) == ["application"]
    assert set(Attachment.history.values_list("kind", flat=True)) == {"application"}
    assert [path.stem for path in settings.FILES_ROOT.rglob("*") if path.is_file()] == [
        str(Attachment.objects.get().file_id)
    ]
    application.refresh_from_db()
    assert (application.state, application.surname, application.values) == ("admitted", member.surname, {})
    assert [one for one in Application.history.values_list("values", flat=True) if one] == []
    assert Representation.objects.count() == Representation.history.filter(id=ward.pk).count() == 0
    assert [ground.what for ground in kept_of(member)] == [
        "протоколы заседаний и решения", "документы о вступлении", "книга регистрации и записи о постановке на учёт",
        "ведомости и записи об уплате взносов", "согласия и заявления об их отзыве",
    ]  # fmt: skip


def test_n_c1_the_record_has_categories_and_reason_but_no_name(place: places.Place) -> None:
    member = place.put()
    withdrawal = blocked(place, member)
    record = destroyed(place, withdrawal, commission=["Соколова Анна Ильинична, секретарь ", ""])
    withdrawal.refresh_from_db()
    assert withdrawal.destroyed_on == today()
    assert (record.subject, record.number, record.member_number, record.ticket_number) == (
        "data", 1, member.pk, member.ticket_number,
    )  # fmt: skip
    assert record.categories == list(contents.CATEGORIES)
    assert f"от {today():%d.%m.%Y}" in record.reason
    assert record.commission == ["Соколова Анна Ильинична, секретарь"]
    event = Event.objects.get(action="member.data_destroyed")
    assert event.facts == {"withdrawal": withdrawal.pk, "record": record.pk, **record.counts}
    assert member.surname not in str(vars(record)) + str(event.facts)
    (sheet,) = destruction.build_act([record], samples.batch_of(place.keeper))
    assert sheet["who"] == [record.destroyed_by, *record.commission]


@pytest.mark.both
def test_n_c1_only_the_chair_who_keeps_the_card_destroys(place: places.Place) -> None:
    withdrawal = blocked(place)
    with pytest.raises(NotAllowed):
        destroyed(place, withdrawal, by=place.region_chair)
    for role in (Role.DEPUTY, Role.REGISTRAR):
        with pytest.raises(Withdrawal.DoesNotExist):
            destroyed(place, withdrawal, by=trees.officer(place.keeper, role))
    assert DestructionRecord.objects.count() == 0
    assert destroyed(place, withdrawal, by=Actor.system("job")).number == 1


@pytest.mark.both
def test_n_c1_unblocked_released_and_destroyed_cards_are_refused(place: places.Place) -> None:
    member = place.put()
    mark_signed(member.pk, signed_on=today(), by_hand=True, by=place.chair)
    given: dict[str, Any] = {"received_on": today(), "channel": "hand", "by": place.chair}
    withdrawal = register_withdrawal(member.pk, purposes=["processing"], **given)
    with refused("N-C1", match="не заблокирована"):
        destroyed(place, withdrawal)
    block_card(withdrawal.pk, by=place.chair)
    destroyed(place, withdrawal)
    with refused("N-C1", match="уже уничтожены"):
        destroyed(place, withdrawal)
    assert DestructionRecord.objects.count() == 1
    # A new consent unblocks the emptied card.
    release_card(withdrawal.pk, signed_on=today(), by=place.chair)
    with refused("N-C1", match="не заблокирована"):
        destroyed(place, withdrawal)
    member = Member.objects.visible_to(place.chair).get()
    edit_card(member.pk, values={"city": "Новогород"}, version=None, by=place.chair)
    assert wrong() == []
    # The tick was a mistake: data entered meanwhile have to be destroyed too.
    take_back_tick(member.pk, by=place.chair)
    block_card(withdrawal.pk, by=place.chair)
    assert list(Withdrawal.objects.to_destroy()) == [withdrawal]
    assert destroyed(place, withdrawal).number == 2
    assert (Member.objects.get().city, wrong()) == ("", [])


@pytest.mark.both
@pytest.mark.parametrize("days", [None, -1, 1])
def test_n_c1_the_day_is_neither_before_the_blocking_nor_in_the_future(days: int | None) -> None:
    place = places.voi()
    withdrawal = blocked(place)
    day = None if days is None else today() + days * DAY
    with refused("N-C1", field="destroyed_on"):
        destroyed(place, withdrawal, destroyed_on=day)
    with refused("N-C1", field="destroyed_on"):
        check_destroyed_on(day, today(), today())
    assert check_destroyed_on(today(), today(), today()) == today()
    assert (check_destroyed_on(today() - DAY, today() - DAY, today())) == today() - DAY
    assert (DestructionRecord.objects.count(), Member.objects.get().city != "") == (0, True)


def test_n_c1_the_guards_alone() -> None:
    now = timezone.now()
    made: dict[str, Any] = {"stops_processing": True, "blocked_at": now}
    assert allowed(check_can_be_destroyed, Withdrawal(**made))
    for changed in ({"blocked_at": None}, {"ended_on": today()}, {"destroyed_on": today()}):
        with refused("N-C1"):
            check_can_be_destroyed(Withdrawal(**{**made, **changed}))
    assert check_commission([" Ким Л. ", "", "\t"]) == ["Ким Л."]
    assert len(check_commission(["а" * 150] * 7)) == 7
    for names in (["а"] * 8, ["а" * 151]):
        with refused("N-C1", field="commission"):
            check_commission(names)


@pytest.mark.both
@pytest.mark.parametrize(
    ("sheets", "other", "field"),
    [
        ({"questionnaire": -1}, "", "sheets_questionnaire"),
        ({"copies": MAX_SHEETS + 1}, "", "sheets_copies"),
        ({"photographs": 1.5}, "", "sheets_photographs"),
        ({"photographs": True}, "", "sheets_photographs"),
        ({"books": 1}, "", "sheets_books"),
        ({"other": 1}, " ", "other_carrier"),
        ({"other": 0}, "Тетрадь", "other_carrier"),
        ({}, "Тетрадь", "other_carrier"),
        ({"other": 1}, "т" * 101, "other_carrier"),
    ],
)
def test_n_c1_wrong_numbers_of_sheets_are_refused(sheets: dict[str, Any], other: str, field: str) -> None:
    with refused("N-C1", field=field):
        check_carriers(sheets, other)
    place = places.voi()
    withdrawal = blocked(place)
    with refused("N-C1", field=field):
        destroyed(place, withdrawal, carriers=sheets, other_carrier=other, way="burned")
    assert (DestructionRecord.objects.count(), Withdrawal.objects.get().destroyed_on) == (0, None)


@pytest.mark.parametrize(
    ("way", "carriers"),
    [("", {"copies": 1}), ("burned", {}), ("eaten", {"copies": 1})],
    ids=["none", "no papers", "unknown"],
)
def test_n_c1_papers_are_destroyed_in_a_way_of_the_list(way: str, carriers: dict[str, int]) -> None:
    with refused("N-C1", field="way"):
        check_way(way, carriers)
    place = places.voi()
    withdrawal = blocked(place)
    with refused("N-C1", field="way"):
        destroyed(place, withdrawal, carriers=carriers, way=way)
    assert (DestructionRecord.objects.count(), Withdrawal.objects.get().destroyed_on) == (0, None)


def test_n_c1_the_act_says_how_electronic_data_and_how_papers_were_destroyed() -> None:
    place = places.voi()
    given: list[dict[str, Any]] = [
        {"carriers": {"copies": 1}, "way": "shredded"}, {"carriers": {"questionnaire": 2}, "way": "burned"}, {},
        {"carriers": {"copies": 3}, "way": "shredded"},
    ]  # fmt: skip
    records = [
        destroyed(place, blocked(place, member), **one)
        for member, one in zip(trees.members(place.keeper, 4), given, strict=True)
    ]
    assert check_way("pulped", {"copies": 1}) == "измельчение вручную и сдача в макулатуру"
    batch = samples.batch_of(place.keeper)

    def said(found: list[DestructionRecord]) -> str:
        method: str = destruction.build_act(found, batch)[0]["method"]
        return method

    assert said(records[2:3]) == METHOD
    assert said(records) == f"{METHOD}; бумажных носителей: измельчение в шредере, сожжение"
    # What was destroyed by an earlier version is printed as it was recorded.
    assert said([DestructionRecord(
        organization=place.keeper, number=9, destroyed_at=timezone.now(), keep_until=today(), method="удаление",
    )]) == "удаление"  # fmt: skip


@pytest.mark.both
def test_n_c1_the_act_has_the_papers_with_their_sheets() -> None:
    sheets = {"questionnaire": MAX_SHEETS, "copies": 0, "photographs": None, "other": 1}
    assert check_carriers(sheets, " Рабочая  тетрадь ") == [
        {"kind": "анкета", "sheets": 10_000}, {"kind": "Рабочая тетрадь", "sheets": 1},
    ]  # fmt: skip
    assert check_carriers({"other": 1}, "т" * 100) == [{"kind": "т" * 100, "sheets": 1}]
    assert check_carriers({}) == []
    place = places.voi()
    records = [
        destroyed(place, blocked(place, member), carriers=carriers, way="shredded" if carriers else "")
        for member, carriers in zip(
            trees.members(place.keeper, 3), ({"questionnaire": 2, "copies": 3}, {"copies": 4}, {}), strict=True
        )
    ]
    assert records[0].carriers == [{"kind": "анкета", "sheets": 2}, {"kind": "копии документов", "sheets": 3}]
    batch = samples.batch_of(place.keeper)

    def said(found: list[DestructionRecord]) -> tuple[str, bool]:
        values = destruction.build_act(found, batch)[0]
        return values["carriers"], values["by_hand"]

    assert said(records) == ("бумага: анкета – 2 л.; копии документов – 7 л.", False)
    assert said(records[2:]) == ("нет", False)
    # Cards destroyed after their retention period: their papers are filled in by hand.
    unasked = DestructionRecord(organization=place.keeper, number=9, destroyed_at=timezone.now(), keep_until=today())
    assert said([unasked]) == ("", True)
    assert said([*records[1:2], unasked]) == ("бумага: копии документов – 4 л.", True)


@pytest.mark.both
def test_v_c5_an_open_request_for_access_is_answered_before_the_destruction(place: places.Place) -> None:
    withdrawal = blocked(place)
    given: dict[str, Any] = {"received_on": today(), "channel": "hand", "by": place.chair}
    member = withdrawal.member_id
    register_request(member, kind="correction", details="Имя", **given)
    assert allowed(check_access_answered, withdrawal)
    asked = register_request(member, kind="access", **given)
    browser, page = places.signed_in(place.chair), reverse("documents:destroy_data", args=[withdrawal.pk])
    term = f"обращение № {asked.number}, ответить до {asked.answer_by:%d.%m.%Y}"
    with refused("V-C5", match=term):
        destroyed(place, withdrawal)
    shown = browser.get(page)
    content = shown.content.decode()
    assert (shown.context["asked"], "Уничтожить безвозвратно" in content) == (asked, False)
    assert (term in content, reverse("documents:request", args=[asked.pk]) in content) == (True, True)
    typed = {"destroyed_on": f"{today():%d.%m.%Y}"}
    assert (browser.post(page, typed).status_code, DestructionRecord.objects.count()) == (200, 0)
    statement = browser.get(reverse("documents:withdrawal", args=[withdrawal.pk]))
    assert (statement.context["asked"], statement.context["may_destroy"]) == (asked, True)
    # A request for another organisation does not wait for the keeper of the card.
    SubjectRequest.objects.filter(pk=asked.pk).update(organization=place.region)
    assert allowed(check_access_answered, withdrawal)
    SubjectRequest.objects.filter(pk=asked.pk).update(organization=place.keeper)
    refuse_request(asked.pk, settled_on=today(), channel="hand", reason="Повтор", by=place.chair)
    assert browser.get(page).context["asked"] is None
    destroyed(place, withdrawal)


@pytest.mark.both
def test_n_c1_the_database_refuses_data_destroyed_on_a_card_that_is_not_blocked() -> None:
    withdrawal = blocked(places.voi())
    with pytest.raises(IntegrityError), transaction.atomic():
        Withdrawal.objects.filter(pk=withdrawal.pk).update(destroyed_on=today(), blocked_at=None)


def task(place: places.Place) -> list[Task]:
    return [one for one in tasks_for(place.chair) if one.text.startswith("Уничтожить данные")]


def test_n_c1_the_destruction_is_a_task_of_thirty_days_that_it_closes() -> None:
    place = places.voi()
    with at("2040-04-02"):
        member = place.put()
        mark_signed(member.pk, signed_on=today(), by_hand=True, by=place.chair)
        found = register_withdrawal(
            member.pk, purposes=["processing"], received_on=today(), channel="hand", by=place.chair
        )
        assert task(place) == []
        block_card(found.pk, by=place.chair)
        page = reverse("documents:withdrawal", args=[found.pk])
        assert [(one.due, one.action_url, one.tone) for one in task(place)] == [(dt.date(2040, 5, 2), page, "info")]
    for day, term, tone in (("2040-05-01", "1 день", "warn"), ("2040-05-02", "сегодня", "bad")):
        with at(day):
            assert [(one.term, one.tone) for one in task(place)] == [(term, tone)]
    with at("2040-05-03"):
        assert [(one.term, one.tone) for one in task(place)] == [("просрочено на 1 день", "bad")]
        destroyed(place, found)
        assert task(place) == []


@pytest.mark.both
def test_n_c1_no_destroyed_data_are_sent_to_the_programme_or_the_producer(
    django_capture_on_commit_callbacks: Any,
) -> None:
    held = cards_world()
    member = held.member("Абрамова")
    held.gathered("Абрамова")
    given: dict[str, Any] = {"received_on": today(), "channel": "hand", "by": held.chair}
    withdrawal = register_withdrawal(member.pk, purposes=["processing", "transfer"], **given)
    block_card(withdrawal.pk, by=held.chair)
    with django_capture_on_commit_callbacks(execute=True):
        destroy_data(withdrawal.pk, destroyed_on=today(), carriers={}, by=held.chair)
    request = CardRequest.objects.get(member=member)
    assert (request.state, request.batch, request.photo) == ("cancelled", None, None)
    assert [(one.is_revoked, one.digest) for one in OutboxEntry.objects.filter(member=member)] in ([], [(True, "")])
    assert wrong() == []


def test_n_c1_a_value_that_came_back_is_found() -> None:
    place = places.voi()
    withdrawal = blocked(place)
    pk = withdrawal.member_id
    destroyed(place, withdrawal)
    for damage in (
        lambda: Member.objects.filter(pk=pk).update(city="Тула"),
        lambda: Member.history.filter(id=pk).update(hired_on=today()),
    ):
        with transaction.atomic():
            damage()
            assert wrong() == [f"member {pk}: member has what was to be destroyed"]
            transaction.set_rollback(True)
    HealthRecord.objects.create(member_id=pk, disability_group="2")
    assert wrong() == [f"member {pk}: healthrecord has what was to be destroyed"]


@pytest.mark.both
def test_n_c1_the_notice_lists_kept_data_and_the_day_of_the_destruction(place: places.Place) -> None:
    withdrawal = blocked(place)
    batch = samples.batch_of(place.keeper)

    def said() -> str:
        return samples.text_of(withdrawal_notice.render_notice(Withdrawal.objects.get(), batch))

    (addressee,) = [one["addressee"] for one in withdrawal_notice.build(withdrawal, batch)]
    assert addressee not in ("", withdrawal.member.full_name)
    before = said()
    assert f"будут уничтожены не позднее {withdrawal.destroy_by:%d.%m.%Y}" in before
    assert ("книга регистрации" in before, "протоколы" in before, "обращения" in before) == (True, False, False)
    destroyed(place, withdrawal)
    after = said()
    assert withdrawal_notice.build(Withdrawal.objects.get(), batch)[0]["addressee"] == addressee
    assert (f"уничтожены {today():%d.%m.%Y}" in after, "будут уничтожены" in after) == (True, False)


def test_n_c1_the_extract_shows_the_remaining_data(place: places.Place) -> None:
    withdrawal = blocked(place, full_card(place))
    destroyed(place, withdrawal)
    card = Member.objects.select_related("unit", "organization__federation").get()
    extract = extract_of(card, timezone.now(), place.keeper.charter, titles(), limit=500)
    keys = {section.key for section in extract.sections if section.records}
    assert keys & set(contents.DESTROYED) == set()
    assert {"members.Member", "members.BookLine", "documents.Consent", "documents.Withdrawal"} <= keys
    assert ("Новогород" in str(extract.sections), "Старогород" in str(extract.sections)) == (False, False)


def test_n_c1_the_page_lists_destroyed_and_kept_data_and_prints_the_act() -> None:
    place = places.union()
    withdrawal = blocked(place)
    client = places.signed_in(place.chair)
    page = reverse("documents:withdrawal", args=[withdrawal.pk])
    step = reverse("documents:destroy_data", args=[withdrawal.pk])
    assert step in client.get(page).content.decode()
    assert places.signed_in(place.region_chair).get(step).status_code == 403
    shown = client.get(step)
    text = shown.content.decode()
    assert [line for line in contents.CATEGORIES if line not in text] == []
    assert ("Отменить это будет нельзя" in text, "Сначала напечатайте" in text) == (True, True)
    assert (len(shown.context["stays"]), "книга регистрации" in text) == (len(kept_of(withdrawal.member)), True)
    assert Member.objects.get().sex != ""
    note_told(withdrawal.pk, told_on=today(), by=place.chair)
    assert "Сначала напечатайте" not in client.get(step).content.decode()
    assert client.post(step, {"destroyed_on": f"{today() + DAY:%d.%m.%Y}"}).status_code == 200
    form = {"destroyed_on": f"{today():%d.%m.%Y}", "commission": "Соколова Анна Ильинична, секретарь"}
    answer = client.post(step, form)
    assert (answer.status_code, answer["Location"]) == (302, page)
    record = DestructionRecord.objects.get()
    after = client.get(page).content.decode()
    act = reverse("moves:destruction_record", args=[record.pk])
    assert (step in after, act in after, "данные уничтожены" in after) == (False, True, True)
    printed = samples.text_of(client.post(act).content)
    assert ("отзыв согласия" in printed, "Соколова" in printed, withdrawal.member.surname in printed) == (
        True, True, False,
    )  # fmt: skip
    again = client.post(step, form)
    assert (again.status_code, again["Location"], DestructionRecord.objects.count()) == (302, page, 1)


@pytest.mark.both
def test_n_c1_a_notice_that_was_given_is_printed_again_as_of_its_day() -> None:
    place = places.voi()
    withdrawal = blocked(place)
    destroyed(place, withdrawal)
    withdrawal = Withdrawal.objects.get()
    day = dt.timedelta(days=1)

    def said(told_on: dt.date | None) -> list[str]:
        withdrawal.told_on = told_on
        lines: list[str] = withdrawal_notice.build(withdrawal, samples.batch_of(place.keeper))[0]["lines"]
        return lines

    assert said(None) == said(today()) == ["blocked", "destroyed"]
    withdrawal.destroyed_on = today() + day
    assert said(today()) == ["blocked", "to_destroy"]
    assert said(today() + day) == ["blocked", "destroyed"]
    assert said(today() - day) == ["to_block", "to_destroy"]
