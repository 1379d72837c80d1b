"""The journal of a scope: filters, chains, downloads; and risky rights for superiors to check (N-H2, N-S1)."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.tickets.models import BlankStock
from members.people.transitions.cards import note_card_opened
from registry import guards
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.enums import Role
from registry.errors import NotAllowed
from registry.journal import rules, views
from registry.journal.actions import ACTIONS, kind_of
from registry.journal.models import Event, JournalChain
from registry.journal.queries import _faults
from registry.journal.transitions import check_chains, record_download
from registry.supervision.queries.grants import Risk, risks_of
from registry.transitions import write_event
from tests.members import places
from tests.members.places import signed_in
from tests.refusals import refused
from tests.registry import trees

pytestmark = [pytest.mark.django_db, pytest.mark.once]
JOURNAL = reverse("organizations:journal")


def shown(actor: Actor, **query: str) -> list[str]:
    answer = signed_in(actor).get(JOURNAL, query)
    assert answer.status_code == 200
    return [row["action"] for row in answer.context["rows"]]


def opened_from_above() -> places.Place:
    place = places.voi()
    note_card_opened(place.put(), by=place.region_chair)
    write_event("session.started", by=place.chair, about=place.chair.account, organization=place.keeper)
    write_event("paper.printed", by=place.chair, organization=place.keeper)
    write_event("members.exported", by=place.region_chair, organization=place.keeper)
    return place


@pytest.mark.both
@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ({"kind": "opened"}, ["Карточка открыта вышестоящей организацией"]),
        ({"kind": "printed"}, ["Бланк напечатан"]),
        ({"kind": "exported"}, ["Список членов выгружен"]),
        ({"kind": "signed_in"}, ["Вход в реестр"]),
        ({"kind": "exported", "person": "непомнящая"}, ["Список членов выгружен"]),
        ({"kind": "exported", "person": "громов"}, []),
        ({"person": "nobody"}, []),
        ({"kind": "strange"}, []),
    ],
)
def test_n_s1_the_journal_says_who_opened_printed_and_took_away(query: dict[str, str], actions: list[str]) -> None:
    place = opened_from_above()
    found = shown(place.chair, **query)
    assert len(found) == len(actions)
    if actions and "who" not in query:
        assert {Event.objects.get(action=key).action for key in _keys(query["kind"])} == _keys(query["kind"])


@pytest.mark.both
def test_n_s1_namesakes_elsewhere_hide_nobody_of_the_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    place = places.voi()
    elsewhere = trees.below(place.head, "regional", "Орловская РО ВОИ")
    for _number in range(2):
        trees.officer(elsewhere, Role.DEPUTY, "Анова")
    here = trees.officer(place.keeper, Role.REGISTRAR, "Анова")
    write_event("paper.printed", by=here, organization=place.keeper)
    monkeypatch.setattr(views, "MAX_NAMED", 1)
    assert len(shown(place.chair, person="анова")) == 1


def _keys(kind: str) -> set[str]:
    return set(Event.objects.values_list("action", flat=True)) & {key for key in ACTIONS if kind_of(key) == kind}


def test_n_s1_kinds_have_the_actions_of_reading_and_taking_away() -> None:
    assert {key: kind_of(key) for key in (
        "card.opened", "card.health_opened", "request.extract_made", "paper.printed", "members.list_printed",
        "members.exported", "overview.exported", "journal.exported", "job.result_fetched", "session.started",
        "session.usual_started", "session.refused", "appointment.chosen", "appointment.ended", "meeting.reopened",
        "member.changed", "reconciliation.opened",
    )} == {
        "card.opened": "opened", "card.health_opened": "opened", "request.extract_made": "opened",
        "paper.printed": "printed", "members.list_printed": "printed", "members.exported": "exported",
        "overview.exported": "exported", "journal.exported": "exported", "job.result_fetched": "exported",
        "session.started": "signed_in", "session.usual_started": "signed_in", "session.refused": "signed_in",
        "appointment.chosen": "signed_in",
        "appointment.ended": "", "meeting.reopened": "", "member.changed": "", "reconciliation.opened": "",
    }  # fmt: skip


def test_n_s1_the_chair_sees_who_opened_cards_of_the_organisation() -> None:
    place = opened_from_above()
    text = signed_in(place.chair).get(JOURNAL, {"kind": "opened"}).content.decode()
    # The organisation of a reader outside of the scope is shown (N-H1).
    assert place.region.short_name in text


@pytest.mark.both
def test_n_s1_the_check_finds_a_changed_event_and_is_recorded_with_its_time() -> None:
    place = opened_from_above()
    client = signed_in(place.region_chair)
    assert "Последняя проверка" not in client.get(JOURNAL).content.decode()
    client.post(reverse("organizations:check_journal"))
    event = Event.objects.get(action="journal.checked")
    assert (event.organization_id, event.facts["faults"], event.facts["chains"] > 1) == (place.region.pk, 0, True)
    assert "Последняя проверка" in client.get(JOURNAL).content.decode()
    guards.lift("registry_event")
    Event.objects.filter(action="card.opened").update(rule="V-B1")
    guards.install()
    assert check_chains(place.region, by=place.region_chair) == 1
    assert check_chains(place.keeper, by=place.region_chair, alone=True) == 1
    assert check_chains(place.cells[0], by=place.region_chair, alone=True) == 0
    text = client.post(reverse("organizations:check_journal"), follow=True).content.decode()
    assert "не сходятся" in text


@pytest.mark.both
def test_n_s1_events_that_come_during_the_check_are_no_fault_unless_their_head_is_left_behind() -> None:
    place = opened_from_above()
    heads = {chain.key: chain for chain in JournalChain.objects.all()}
    # As if the first event of this chain came later.
    del heads[place.cells[1].pk]
    for at in (place.keeper, place.cells[1]):
        write_event("paper.printed", by=place.chair, organization=at)
    assert list(_faults(heads, Event.objects.all())) == []
    JournalChain.objects.filter(key=place.keeper.pk).update(number=heads[place.keeper.pk].number)
    JournalChain.objects.filter(key=place.cells[1].pk).delete()
    head = heads[place.keeper.pk]
    left_behind = f"chain {head.key}: the head says {head.number}, the journal ends at {head.number + 1}"
    assert list(_faults(heads, Event.objects.all())) == [
        left_behind,
        f"chain {place.cells[1].pk}: has events and no head",
    ]
    JournalChain.objects.filter(key=head.key).update(number=head.number + 1)
    head.digest = "0" * 64
    assert list(_faults({head.key: head}, Event.objects.filter(chain=head.key))) == [left_behind]


def test_n_s1_too_many_events_are_not_checked_while_the_page_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    place = opened_from_above()
    length = Event.objects.filter(chain=place.keeper.pk).count()
    monkeypatch.setattr(rules, "MAX_CHECKED", length)
    assert check_chains(place.keeper, by=place.chair, alone=True) == 0
    with refused("N-S1"):
        check_chains(place.keeper, by=place.chair, alone=True)


def test_n_h1_chains_elsewhere_are_neither_checked_nor_downloaded() -> None:
    place = places.voi()
    for step in (lambda: check_chains(place.head, by=place.region_chair),
                 lambda: record_download(place.head, 3, by=place.region_chair)):  # fmt: skip
        with pytest.raises(NotAllowed):
            step()
    other = trees.below(place.head, "regional", "Орловская РО ВОИ")
    client = signed_in(place.region_chair)
    for name in ("check_journal", "download_journal"):
        assert client.post(reverse(f"organizations:{name}") + f"?organization={other.pk}").status_code == 404


@pytest.mark.both
def test_n_s1_the_download_has_the_filtered_rows_and_is_recorded() -> None:
    place = opened_from_above()
    answer = signed_in(place.reviewer).post(reverse("organizations:download_journal") + "?kind=exported")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    (row,) = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
    assert row[-1] == place.keeper.short_name
    (event,) = Event.objects.filter(action="journal.exported")
    assert (event.organization_id, event.facts, event.account_id) == (
        place.keeper.pk, {"rows": 1}, place.reviewer.account.pk,  # type: ignore[union-attr]
    )  # fmt: skip


# Risky rights


def risks(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """Return the people with each risk, and the organisation."""
    found: list[Risk] = risks_of(actor)
    return {str(one.label): [(g.account.surname, g.place.short_name) for g in one.grants] for one in found}


@pytest.fixture
def place() -> places.Place:
    found = places.voi()
    Account.objects.update(last_login=timezone.now())
    return found


@pytest.mark.both
def test_n_h2_sound_rights_are_no_risk(place: places.Place) -> None:
    assert risks(place.region_chair) == {}
    text = signed_in(place.region_chair).get(reverse("supervision:grants")).content.decode()
    assert "Рискованных прав нет" in text


@pytest.mark.parametrize(("days", "risky"), [(89, False), (91, True)])
def test_n_h2_rights_are_unused_after_ninety_days(place: places.Place, days: int, risky: bool) -> None:
    assert place.chair.account is not None
    Account.objects.filter(pk=place.chair.account.pk).update(last_login=timezone.now() - dt.timedelta(days=days))
    found = risks(place.region_chair)
    assert found == ({"Не использовались 90 дней": [("Громов", place.keeper.short_name)]} if risky else {})


@pytest.mark.parametrize(("days", "risky"), [(90, False), (91, True)])
def test_n_h2_who_never_signed_in_counts_from_the_appointment(place: places.Place, days: int, risky: bool) -> None:
    newcomer = trees.officer(place.keeper, Role.DEPUTY, "Новых", since=timezone.localdate() - dt.timedelta(days=days))
    assert newcomer.account is not None
    assert [who for some in risks(place.region_chair).values() for who, _place in some] == (["Новых"] if risky else [])


def test_n_h2_an_appointment_above_ones_own_organisation_is_wide(place: places.Place) -> None:
    assert place.chair.account is not None
    _appoint(place.chair.account, place.region, Role.REGISTRAR)
    wide = {"Слишком широкие назначения": [("Громов", place.region.short_name)]}
    assert risks(place.region_chair) == wide
    # Organisations below the region see nothing of it.
    assert risks(place.chair) == {}
    _appoint(place.chair.account, place.cells[0], Role.REGISTRAR)
    assert risks(place.region_chair) == wide


def test_n_h2_an_administrator_with_another_role_is_wide(place: places.Place) -> None:
    assert place.region_chair.account is not None
    _appoint(place.region_chair.account, place.region, Role.ADMINISTRATOR)
    assert risks(place.region_chair) == {"Слишком широкие назначения": [("Непомнящая", place.region.short_name)]}


@pytest.mark.parametrize(("ago", "risky"), [(0, False), (1, True), (90, True), (91, False)])
def test_n_h2_an_ended_appointment_beside_others_is_shown_for_ninety_days(
    place: places.Place, ago: int, risky: bool
) -> None:
    assert place.chair.account is not None
    ended = _appoint(place.chair.account, place.cells[0], Role.DEPUTY, since=200)
    Appointment.objects.filter(pk=ended.pk).update(ends_on=timezone.localdate() - dt.timedelta(days=ago))
    assert risks(place.region_chair) == (
        {"Закончились, но есть другой доступ": [("Громов", place.cells[0].short_name)]} if risky else {}
    )


def test_v_d6_who_collects_should_not_receive(place: places.Place) -> None:
    assert place.chair.account is not None
    _appoint(place.chair.account, place.cells[0], Role.COLLECTOR)
    label = "Собирает деньги и принимает их"
    assert risks(place.region_chair) == {label: [("Громов", place.cells[0].short_name)]}
    Appointment.objects.filter(account=place.chair.account, role=Role.COLLECTOR).delete()
    trees.officer(place.keeper, Role.COLLECTOR, "Сборова")
    Account.objects.update(last_login=timezone.now())
    assert risks(place.region_chair) == {}


def test_v_c1_who_keeps_blanks_should_not_write_them_off(place: places.Place) -> None:
    BlankStock.objects.create(organization=place.keeper, kind="ticket", keeper=place.chair.account)
    assert risks(place.region_chair) == {}
    write_event("blanks.written_off", by=place.reviewer, organization=place.keeper)
    assert risks(place.region_chair) == {}
    write_event("blanks.written_off", by=place.chair, organization=place.keeper)
    assert risks(place.region_chair) == {"Хранит бланки и списывает их": [("Громов", place.keeper.short_name)]}


def test_n_h2_each_risk_leads_to_where_it_is_mended_and_costs_the_same(place: places.Place) -> None:
    counts = []
    for surname in ("Первых", "Вторых", "Третьих"):
        who = trees.officer(place.keeper, Role.DEPUTY, surname, since=timezone.localdate() - dt.timedelta(days=200))
        client: Client = signed_in(place.region_chair)
        client.get(reverse("supervision:grants"))
        with CaptureQueriesContext(connection) as queries:
            text = client.get(reverse("supervision:grants")).content.decode()
        counts.append(len(queries))
        assert who.account is not None
        assert reverse("accounts:detail", args=[who.account.pk]) in text
    assert len(set(counts)) == 1
    # Reviewers can read it but not change anything.
    assert "/accounts/" not in _main(signed_in(place.reviewer).get(reverse("supervision:grants")).content.decode())


def _main(text: str) -> str:
    return text.partition("<main")[2].partition("</main>")[0]


def _appoint(account: Account, organization: Any, role: str, since: int = 5) -> Appointment:
    return Appointment.objects.create(
        account=account, organization=organization, role=role, starts_on=timezone.localdate() - dt.timedelta(days=since)
    )
