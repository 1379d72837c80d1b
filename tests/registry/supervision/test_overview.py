"""The overview: figures of organisations below, sums that agree on every level, and the lists behind them (N-S1)."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import defaultdict
from decimal import Decimal
from typing import Any
from unittest import mock

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.printing.models import PrintRecord
from documents.tickets.models import BlankStock
from dues.ledger.models import LedgerEntry
from dues.ledger.transitions import charge_new_year
from dues.payments.transitions import record_payment
from members.book.models import BookLine
from members.movement.enums import PaperCard
from members.movement.transitions.leaving import deregister
from members.movement.transitions.transfers import confirm, request_departure
from members.people.enums import MemberState
from members.people.filters import MemberFilter
from members.people.models import Member
from registry.access import Actor
from registry.accounts.models import Account, Appointment
from registry.accounts.transitions.sessions import signed_in
from registry.days import day_text
from registry.enums import Level, Role
from registry.errors import NotAllowed
from registry.journal.models import Event
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from registry.supervision import jobs
from registry.supervision.columns import Column, topics_for, with_derived
from registry.supervision.jobs import note_new_day, recount_all, recount_some
from registry.supervision.models import ChangedOrganization, OverviewFigures
from registry.supervision.queries import overview as queries
from registry.supervision.queries.overview import overview_of, own_figures
from registry.supervision.transitions import record_download, store_figures
from registry.supervision.views.overview import people_url
from registry.tasks import tasks_for
from tests.clock import at
from tests.documents.pdfs import text_of
from tests.members import places
from tests.registry import trees
from tests.worlds import world

YEAR = timezone.localdate().year


@world
def staffed() -> places.Place:
    """Create people in an organisation, in its cell and in a second region, with dues; one of them has left."""
    place = places.voi()
    first, *others = [
        place.put(snils="", ticket_number=ticket, surname=surname, joined_on=dt.date(YEAR - 3, 2, 1))
        for ticket, surname in (("", "Абрамова"), ("0200001", "Белова"), ("0200002", "Власова"))
    ]
    Member.objects.filter(pk=others[0].pk).update(phone_mobile="")
    cell = place.cells[0]
    place.put(snils="", ticket_number="0200003", surname="Громова", cell=cell)
    charge_new_year(place.keeper.pk, YEAR, by=place.chair)
    record_payment(
        first.pk, fee="annual", year=YEAR, amount=Decimal("20.50"), made_on=timezone.localdate(), paper="Ведомость",
        key="one", by=place.chair,
    )  # fmt: skip
    deregister(
        others[1].pk, reason="death", on=timezone.localdate(), paper="свидетельство", paper_card=PaperCard.TAKEN,
        by=place.chair,
    )  # fmt: skip
    trees.below(place.head, Level.REGIONAL, "Орловская РО ВОИ")
    return place


def counted_by_hand(place: Organization) -> dict[str, Any]:
    """Count the figures of a subtree row by row, without the product's queries."""
    units = [one for one in Organization.objects.all() if one.path.startswith(place.path)]
    ids = {one.pk for one in units}
    found: dict[str, Any] = defaultdict(int)
    found["organizations"] = len([one for one in units if one.status != OrganizationStatus.ENDED])
    for member in Member.objects.filter(state=MemberState.REGISTERED, blocked_on=None):
        if member.unit_id in ids:
            found["members"] += 1
            found["incomplete"] += member.missing > 0
            found["without_ticket"] += not member.ticket_number
            account = member.dues
            if account.unpaid_since is not None and account.unpaid_since < timezone.localdate():
                found["debtors"] += 1
                found["owed"] += account.unpaid
    for line in BookLine.objects.all():
        if line.unit_id in ids and line.reason != "undone":
            found["came"] += line.entered_on.year == YEAR
            found["left"] += line.left_on is not None and line.left_on.year == YEAR
    for entry in LedgerEntry.objects.filter(reversed_by=None):
        if entry.organization_id in ids and entry.made_on.year == YEAR and entry.kind in {"charge", "payment"}:
            found["charged" if entry.kind == "charge" else "paid"] += entry.amount
    for stock in BlankStock.objects.filter(kind="ticket"):
        found["tickets_in_stock"] += stock.in_stock if stock.organization_id in ids else 0
    return found


NAMES = (
    "organizations", "members", "incomplete", "without_ticket", "debtors", "owed", "came", "left", "charged", "paid",
    "tickets_in_stock",
)  # fmt: skip


def shown(sums: dict[str, Any]) -> dict[str, Any]:
    return {name: sums.get(name, 0) for name in NAMES}


@pytest.mark.django_db
@pytest.mark.parametrize("stored", [False, True])
def test_n_s1_figures_equal_a_count_by_hand_at_each_level(stored: bool) -> None:
    place = staffed()
    if stored:
        recount_all()
        assert ChangedOrganization.objects.count() == 0
    for spot, actor in (
        (place.head, officer(place.head)),
        (place.region, place.region_chair),
        (place.keeper, place.chair),
    ):
        found = overview_of(spot, actor)
        assert shown(found.total) == shown(counted_by_hand(spot))
        assert {row.organization.pk: shown(row.sums) for row in found.rows if not row.own_only} == {
            one.pk: shown(counted_by_hand(one)) for one in Organization.objects.filter(parent=spot)
        }
        assert found.waiting == 0
    assert shown(counted_by_hand(place.head))["paid"] == Decimal("20.50")


def officer(organization: Organization) -> Actor:
    return trees.officer(organization, Role.CHAIR, "Верхова")


@pytest.mark.django_db
def test_n_s1_a_change_is_shown_at_once_and_counted_again_later() -> None:
    place = staffed()
    recount_all()
    before = overview_of(place.region, place.region_chair).total["members"]
    place.put(snils="", ticket_number="0200009", surname="Дятлова", cell=place.cells[1])
    found = overview_of(place.region, place.region_chair)
    assert (found.total["members"], found.total["came"]) == (before + 1, counted_by_hand(place.region)["came"])
    assert set(ChangedOrganization.objects.values_list("organization", flat=True)) == {place.keeper.pk}
    assert (recount_some(), recount_some()) == (True, False)
    assert OverviewFigures.objects.get(pk=place.cells[1].pk).came == 1


@pytest.mark.django_db
def test_n_s1_too_many_changed_organisations_are_shown_as_last_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    place = staffed()
    recount_all()
    place.put(snils="", ticket_number="0200009", surname="Дятлова")
    # The keeper and its two cells.
    for most, waiting, late in ((3, 0, 0), (2, 1, 1)):
        monkeypatch.setattr(queries, "MAX_LIVE", most)
        found = overview_of(place.region, place.region_chair)
        assert (found.waiting, found.total["came"]) == (waiting, counted_by_hand(place.region)["came"] - late)


@pytest.mark.django_db
def test_n_s1_figures_of_last_year_are_not_those_of_this_one() -> None:
    place = staffed()
    recount_all()
    OverviewFigures.objects.update(counted_on=dt.date(YEAR - 1, 12, 31))
    total = overview_of(place.region, place.region_chair).total
    assert {name: total[name] for name in queries.OF_YEAR} == dict.fromkeys(queries.OF_YEAR, 0)
    assert total["debtors"] == counted_by_hand(place.region)["debtors"]
    place.put(snils="", ticket_number="0200009", surname="Дятлова")
    # An organisation that has changed is counted for this year.
    assert overview_of(place.region, place.region_chair).total["came"] == counted_by_hand(place.region)["came"]


@pytest.mark.django_db
def test_n_s1_every_figure_of_people_is_as_long_as_the_list_behind_it() -> None:
    place = staffed()
    checked = 0
    for actor, spot in (
        (officer(place.head), place.region),
        (place.region_chair, place.keeper),
        (place.chair, place.keeper),
    ):
        for row in overview_of(spot, actor).rows:
            if row.own_only:
                continue
            for column in people_columns(actor, spot):
                url = people_url(column, row.organization, actor)
                assert (column.key, found_by(url, actor)) == (column.key, column.value(with_derived(row.sums)))
                checked += 1
    assert checked > 10


def people_columns(actor: Actor, spot: Organization) -> list[Column]:
    topics = topics_for(actor, spot.charter)
    return [c for topic in topics for c in topic.columns if c.people or c.key == "members"]


def found_by(url: str, actor: Actor) -> int:
    query = dict(word.split("=") for word in url.partition("?")[2].split("&") if word)
    listing = MemberFilter(query, actor=actor)
    assert listing.form.is_valid()
    return listing.qs.count()


@pytest.mark.django_db
@pytest.mark.parametrize("stored", [False, True])
def test_n_s1_the_organisations_behind_a_figure_add_up_to_it(stored: bool) -> None:
    place = staffed()
    if stored:
        recount_all()
    for spot, actor in ((place.head, officer(place.head)), (place.keeper, place.chair)):
        total = with_derived(overview_of(spot, actor).total)
        for topic in topics_for(actor, spot.charter):
            for column in topic.columns:
                own = own_figures(spot, actor, column.parts)
                added = sum((column.value(with_derived(sums)) for sums in own.values()), Decimal(0))
                assert (column.key, added) == (column.key, column.value(total))
    # Superiors see cells as part of the organisation that keeps their cards.
    assert set(own_figures(place.region, place.region_chair, ["members"])) == {place.keeper.pk}
    assert own_figures(place.keeper, place.chair, ["members"])[place.cells[0].pk]["members"] == 1


@pytest.mark.django_db
def test_n_s1_a_later_count_is_not_overwritten_by_an_earlier_note() -> None:
    """A change during the count adds a new note, which remains afterwards."""
    place = staffed()
    recount_all()
    place.put(snils="", ticket_number="0200009", surname="Дятлова")
    notes = list(ChangedOrganization.objects.values_list("pk", flat=True))
    place.put(snils="", ticket_number="0200010", surname="Ежова")
    store_figures([place.keeper], notes, {place.keeper.pk: 4})
    left = set(ChangedOrganization.objects.values_list("pk", flat=True))
    assert left and not left & set(notes)
    assert OverviewFigures.objects.get(pk=place.keeper.pk).tasks_overdue == 4


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["2040-01-31", "2041-01-01", "2043-07-01"])
def test_n_s1_the_overdue_tasks_of_many_chairs_are_those_that_each_of_them_sees(day: str) -> None:
    place = staffed()
    chairs = {
        one.pk: trees.officer(one, Role.CHAIR, f"Петров{n}")
        for n, one in enumerate((place.head, *place.cells, *Organization.objects.filter(parent=place.head)))
        if not Appointment.objects.filter(organization=one, role=Role.CHAIR).exists()
    } | {place.keeper.pk: place.chair, place.region.pk: place.region_chair}
    with at(day):
        today = timezone.localdate()
        seen = {
            pk: sum(1 for task in tasks_for(actor) if task.due is not None and task.due < today)
            for pk, actor in chairs.items()
        }
        assert jobs.overdue_tasks([*chairs, 0]) == seen
    assert seen[place.keeper.pk] > 0


@pytest.mark.django_db
def test_n_s1_notes_about_cells_that_were_counted_with_their_keeper_are_done() -> None:
    place = staffed()
    recount_all()
    ChangedOrganization.objects.note([place.keeper.pk, *(cell.pk for cell in place.cells)])
    ChangedOrganization.objects.note([place.head.pk])
    with mock.patch.object(jobs, "MAX_NOTES", 1):
        recount_some()
    assert list(ChangedOrganization.objects.values_list("organization", flat=True)) == [place.head.pk]


@pytest.mark.django_db
def test_n_s1_the_sign_in_of_a_chair_is_counted_and_that_of_a_reviewer_changes_nothing() -> None:
    place = staffed()
    Account.objects.update(last_login=timezone.now() - dt.timedelta(days=60))
    recount_all()
    assert OverviewFigures.objects.get(pk=place.keeper.pk).chair_away == 1
    assert ChangedOrganization.objects.count() == 0
    for actor, noted in ((place.reviewer, []), (place.chair, [place.keeper.pk])):
        Account.objects.filter(pk=actor.account.pk if actor.account else 0).update(last_login=timezone.now())
        signed_in(by=actor)
        assert list(ChangedOrganization.objects.values_list("organization", flat=True)) == noted
    while recount_some():
        pass
    assert OverviewFigures.objects.get(pk=place.keeper.pk).chair_away == 0


@pytest.mark.django_db
def test_n_s1_a_new_day_counts_the_working_organisations_of_its_zone() -> None:
    place = staffed()
    ChangedOrganization.objects.all().delete()
    note_new_day(timezone.localdate(), "")
    zone = Organization.objects.working().filter(zone="").values_list("pk", flat=True)
    noted = ChangedOrganization.objects.values_list("organization", flat=True)
    assert sorted(noted) == sorted(zone)
    ChangedOrganization.objects.all().delete()
    Organization.objects.filter(pk=place.keeper.pk).update(
        status=OrganizationStatus.ENDED, ended_on=timezone.localdate()
    )
    note_new_day(timezone.localdate())
    assert place.keeper.pk not in set(ChangedOrganization.objects.values_list("organization", flat=True))


def page(actor: Actor, name: str, *args: Any, query: str = "") -> str:
    client = Client()
    assert actor.account is not None
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(reverse(f"supervision:{name}", args=args) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def names_in(text: str) -> list[str]:
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.sub("<[^>]*>", "", cell).strip() for cell in re.findall(r'<th scope="row">(.*?)</th>', body, re.DOTALL)]


@pytest.mark.django_db
def test_n_s1_the_page_is_sorted_by_any_figure() -> None:
    place = staffed()
    head = officer(place.head)
    by_name = ["Орловская РО ВОИ", "Тульская РО ВОИ"]
    for query, names in (
        ("", by_name), ("?sort=-members", by_name[::-1]), ("?sort=members", by_name), ("?sort=nothing", by_name),
        ("?topic=dues&sort=-paid", by_name[::-1]), ("?topic=unknown&sort=paid", by_name),
    ):  # fmt: skip
        assert names_in(page(head, "overview", place.head.pk, query=query))[-2:] == names


@pytest.mark.django_db
def test_n_s1_the_list_behind_a_figure_names_its_sum() -> None:
    place = staffed()
    text = page(place.region_chair, "behind", place.region.pk, "paid")
    assert names_in(text) == ["Заречная МО ВОИ"]
    assert "20,50" in re.sub("<[^>]*>", "", text.partition("<h1")[2].partition("</h1>")[0])


def posted(actor: Actor, name: str, place: Organization, query: str = "") -> Any:
    client = Client()
    assert actor.account is not None
    client.force_login(actor.account, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse(f"supervision:{name}", args=[place.pk]) + query)
    assert answer.status_code == 200
    return answer


@pytest.mark.django_db
def test_n_s1_the_workbook_has_the_figures_of_the_screen_and_its_download_is_recorded() -> None:
    place = staffed()
    answer = posted(place.region_chair, "download", place.region, "?topic=dues")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    by_hand = shown(counted_by_hand(place.keeper))
    kept = [float(by_hand[name]) for name in ("charged", "paid", "owed", "debtors")]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["Заречная МО ВОИ", *kept],
        ["Итог", *kept],
    ]
    (event,) = Event.objects.filter(action="overview.exported")
    assert (event.organization_id, event.facts) == (place.region.pk, {"topic": "dues"})


@pytest.mark.django_db
def test_n_s1_the_paper_has_the_figures_of_the_screen_and_its_print_is_recorded() -> None:
    place = staffed()
    said = text_of(posted(place.region_chair, "print", place.region, "?topic=dues").content)
    assert "Обзор: взносы" in said
    assert "1 Заречная МО ВОИ 200,00 20,50 129,50 3 Итог 200,00 20,50 129,50 3" in said
    assert "Организаций: 4" in said
    (record,) = PrintRecord.objects.filter(form="screen_list")
    assert (record.organization_id, record.about_id) == (place.region.pk, place.region.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["download", "print"])
def test_n_s1_a_reviewer_reads_and_takes_nothing_away(step: str) -> None:
    place = staffed()
    client = Client()
    assert place.reviewer.account is not None
    client.force_login(place.reviewer.account, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse(f"supervision:{step}", args=[place.keeper.pk])).status_code == 403
    assert client.get(reverse("supervision:overview", args=[place.keeper.pk])).status_code == 200


@pytest.mark.django_db
def test_n_h1_a_download_outside_the_scope_is_refused() -> None:
    place = staffed()
    with pytest.raises(NotAllowed):
        record_download(place.head, "people", by=place.region_chair)
    with pytest.raises(NotAllowed):
        record_download(place.keeper, "people", by=place.reviewer)


@pytest.mark.django_db
def test_n_s1_many_notes_about_an_organisation_are_one_count(monkeypatch: pytest.MonkeyPatch) -> None:
    place = staffed()
    recount_all()
    ChangedOrganization.objects.note([place.keeper.pk])
    ChangedOrganization.objects.note([place.keeper.pk])
    monkeypatch.setattr(jobs, "MAX_NOTES", 1)
    assert (recount_some(), ChangedOrganization.objects.count(), recount_some()) == (True, 0, False)


@pytest.mark.django_db
def test_n_s1_the_work_of_chairs_tells_absence_from_vacancy() -> None:
    place = staffed()
    moment = timezone.now() - dt.timedelta(days=45)
    assert place.chair.account is not None
    for last_login, said, away in ((None, "ни разу", 1), (moment, day_text(timezone.localdate(moment)), 1),
                                   (timezone.now(), day_text(timezone.localdate()), 0)):  # fmt: skip
        Account.objects.filter(pk=place.chair.account.pk).update(last_login=last_login)
        text = page(place.region_chair, "overview", place.region.pk, query="?topic=work")
        body = text.partition("<tbody>")[2].partition("</tbody>")[0]
        assert said in body
        assert overview_of(place.region, place.region_chair).total["chair_away"] == away
    Appointment.objects.filter(account=place.chair.account).delete()
    assert "нет председателя" in page(place.region_chair, "overview", place.region.pk, query="?topic=work")


@pytest.mark.django_db
def test_n_s1_a_transfer_changes_the_figures_of_both_organisations() -> None:
    place = staffed()
    other = trees.below(place.region, Level.LOCAL, "Новая МО ВОИ")
    mover = place.put(snils="", ticket_number="0200030", surname="Жукова")
    recount_all()
    asked = request_departure(mover.pk, target=other, by=place.chair)
    confirm(asked.pk, by=officer(other))
    sums = {row.organization.pk: shown(row.sums) for row in overview_of(place.region, place.region_chair).rows}
    assert {pk: sums[pk] for pk in (place.keeper.pk, other.pk)} == {
        one.pk: shown(counted_by_hand(one)) for one in (place.keeper, other)
    }
    assert sums[other.pk]["members"] == 1


@pytest.mark.django_db
def test_n_s1_figures_of_a_past_year_are_not_behind_those_of_this_one() -> None:
    place = staffed()
    recount_all()
    OverviewFigures.objects.update(counted_on=dt.date(2001, 12, 31), came=0, debtors=0)
    OverviewFigures.objects.filter(pk=place.keeper.pk).update(came=5, debtors=3)
    actor = officer(place.head)
    assert own_figures(place.head, actor, ["came"]) == {}
    assert own_figures(place.head, actor, ["debtors"]) == {place.keeper.pk: {"debtors": 3}}
    OverviewFigures.objects.filter(pk=place.keeper.pk).update(counted_on=place.keeper.today)
    assert own_figures(place.head, actor, ["came"]) == {place.keeper.pk: {"came": 5}}
