"""A button pressed twice, or by twenty people at once, has one effect, and the others get an explanation (N-D2)."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.consents.transitions.consents import mark_signed
from documents.consents.transitions.withdrawals import block_card, register_withdrawal
from documents.tickets.models import Blank
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions.issuing import prepare_issue
from documents.tickets.transitions.stock import hand_down_blanks, receive_blanks
from dues.ledger.transitions import close_books
from members.lists import batches
from members.movement.models import Transfer
from members.movement.transitions import leaving, transfers
from members.people.models import CardMark, Member, SearchRequest
from members.people.transitions import marks
from members.reconciliation.models import Reconciliation
from members.reconciliation.transitions import reconciliation
from registry import integrity
from registry.access import Actor
from registry.enums import Level, Role
from registry.files.models import StoredFile
from registry.granting.transitions import ask_for_role
from registry.journal.models import Event
from registry.organizations.transitions.renames import ask_rename
from registry.transitions import Act
from tests.documents.ecards.cards_world import cards_world, ids, lines_of, requests_of
from tests.documents.papers.breaches import breach_of
from tests.members import applicants, places, sessions
from tests.members.admission.test_applications import posted
from tests.members.lists.test_batches import sheet
from tests.members.reconciliations import open_year
from tests.registry import trees

from .cast import picture

TODAY = timezone.localdate()
DAY = f"{TODAY:%d.%m.%Y}"
LAST_MONTH = TODAY.replace(day=1) - dt.timedelta(days=1)
#: An address, its form, the sender, and the act that must be in the journal exactly once.
Button = tuple[str, dict[str, Any], Actor, str]


def mark(place: places.Place) -> Button:
    address = reverse("cells:add_mark", args=[place.put().pk])
    return address, {"kind": "trip", "text": "Командировка", "on": DAY}, place.chair, "member.mark_added"


def spoiled(place: places.Place) -> Button:
    receive_blanks(
        place.keeper.pk, kind="ticket", numbers=[NumberRange("Ж", 1, 9, 6)], number="7", made_on=TODAY,
        source="Типография", by=place.chair,
    )  # fmt: skip
    form = {"kind": "ticket", "paper_kind": "spoiled", "numbers": "Ж 000001–000002", "note": "залиты", "made_on": DAY}
    return reverse("documents:write_off_blanks"), form, place.chair, "blanks.written_off"


def entry(_place: places.Place) -> Button:
    school = places.union()
    address = reverse("members:add_entry", args=[school.put().pk, "award"])
    form = {"award_kind": "union", "title": "Грамота", "year": "2024"}
    return address, form, school.chair, "member.entry_added"


def meeting(place: places.Place) -> Button:
    form = {
        "body": sessions.body_of(place.keeper).pk, "held_on": DAY, "starts_at": "15:00", "place": "Тула",
        "format": "in_person",
    }  # fmt: skip
    return reverse("meetings:plan"), form, place.chair, "meeting.planned"


def application(place: places.Place) -> Button:
    return reverse("applications:add"), posted(place), place.chair, "application.filed"


def scan(place: places.Place) -> Button:
    address = reverse("applications:attach", args=[applicants.apply(place).pk])
    return address, {"kind": "application", "file": picture}, place.chair, "attachment.added"


def ward(place: places.Place) -> Button:
    guardian = applicants.apply(place, category="guardian", disability_group="")
    form = {"surname": "Юный", "given_name": "Ян", "no_patronymic": "on", "birth_date": "05.05.2015", "sex": "male"}
    return reverse("applications:add_ward", args=[guardian.pk]), form, place.chair, "representation.added"


def proposal(place: places.Place) -> Button:
    member = place.put(cell=place.cells[0].pk)
    chair = trees.officer(place.cells[0], Role.CHAIR, "Зимин")
    shown = places.signed_in(chair).get(reverse("cells:propose", args=[member.pk])).context["form"].initial
    form = {name: value for name, value in shown.items() if value} | {"workplace": "Почта"}
    return reverse("cells:propose", args=[member.pk]), form, chair, "member.change_proposed"


def signature(place: places.Place) -> Button:
    address = reverse("documents:mark_consent", args=[place.put().pk])
    return address, {"signed_on": DAY, "given": "on"}, place.chair, "consent.signed"


def departure(place: places.Place) -> Button:
    address = reverse("moves:leave", args=[place.put().pk])
    form = {"reason": "departure", "on": DAY, "paper_card": "handed", "destination": "Калуга"}
    return address, form, place.chair, "member.deregistered"


def arrival(place: places.Place) -> Button:
    keeper = trees.again(trees.below(place.region, Level.LOCAL, "Боровская МО ВОИ"))
    member = place.put()
    code = leaving.deregister(member.pk, reason="departure", on=TODAY, paper_card="handed", by=place.chair).code
    form = {"ticket_number": member.ticket_number, "code": code, "on": DAY}
    return reverse("moves:arrive"), form, trees.officer(keeper, Role.CHAIR, "Сомов"), "member.arrived"


def calling_off(place: places.Place) -> Button:
    leaving.deregister(place.put().pk, reason="departure", on=TODAY, paper_card="handed", by=place.chair)
    return reverse("moves:call_off", args=[Transfer.objects.get().pk]), {}, place.chair, "transfer.called_off"


def confirmation(_place: places.Place) -> Button:
    school = places.union()
    other = trees.again(trees.below(school.region, Level.PRIMARY, "ППО школы № 2"))
    asked = transfers.request_departure(school.put().pk, target=other, by=school.chair)
    chair = trees.officer(other, Role.CHAIR, "Сомов")
    return reverse("moves:confirm", args=[asked.pk]), {}, chair, "transfer.confirmed"


def _list(place: places.Place) -> int:
    data = sheet(("Ким Лев Олегович", "01.02.1970", "м", ""), ("Пак Ян Ильич", "01.03.1971", "м", ""))
    batch = batches.upload_list(organization=place.keeper, data=data, name="list.xlsx", by=place.chair)
    batches.set_columns(batch.pk, mapping=batch.mapping, defaults={"category": "disabled"}, by=place.chair)
    batches.accept(batch.pk, by=place.chair)
    return batch.pk


def putting(place: places.Place) -> Button:
    return reverse("imports:apply", args=[_list(place)]), {}, place.chair, "import.applied"


def undoing(place: places.Place) -> Button:
    pk = _list(place)
    batches.apply_batch(pk, by=place.chair)
    return reverse("imports:undo", args=[pk]), {}, place.chair, "import.undone"


def report(place: places.Place) -> Button:
    member = place.put(cell=place.cells[0].pk)
    chair = trees.officer(place.cells[0], Role.CHAIR, "Зимин")
    open_year(TODAY.year, today=TODAY, by=Actor.system("reconciliation"))
    pk = Reconciliation.objects.get().pk
    reconciliation.check(pk, {member.pk: "unchanged"}, by=chair)
    return reverse("cells:report", args=[pk]), {"note": "Всё сошлось"}, chair, "reconciliation.reported"


def rename(place: places.Place) -> Button:
    asked = ask_rename(place.keeper.pk, full_name="Иная МО", short_name="Иная", by=place.chair)
    form = {"decision": "accept", "accept": "yes"}
    return (
        reverse("organizations:rename_decide", args=[asked.pk]),
        form,
        place.region_chair,
        "organization.rename_decided",
    )


def merging(place: places.Place) -> Button:
    other = trees.again(trees.below(place.region, Level.LOCAL, "Боровская МО ВОИ"))
    address = reverse("organizations:merge", args=[other.pk])
    form = {"target": place.keeper.pk, "on": DAY, "confirm": "on"}
    return address, form, place.region_chair, "organization.merged"


def _received(place: places.Place, *, above: bool = False) -> None:
    keeper, by = (place.region, place.region_chair) if above else (place.keeper, place.chair)
    receive_blanks(
        keeper.pk, kind="ticket", numbers=[NumberRange("", 1, 9, 7)], number="7", made_on=TODAY,
        source="Типография", by=by,
    )  # fmt: skip


def receipt(place: places.Place) -> Button:
    form = {"kind": "ticket", "numbers": "0000001–0000009", "number": "7", "made_on": DAY, "source": "Типография"}
    return reverse("documents:receive_blanks"), form, place.region_chair, "blanks.received"


def handing_down(place: places.Place) -> Button:
    _received(place, above=True)
    form = {"kind": "ticket", "receiver": place.keeper.pk, "numbers": "0000001–0000009", "made_on": DAY}
    return reverse("documents:hand_down_blanks"), form, place.region_chair, "blanks.handed_down"


def arrived_blanks(place: places.Place) -> Button:
    _received(place, above=True)
    act = hand_down_blanks(
        place.region.pk, receiver_id=place.keeper.pk, kind="ticket", numbers=[NumberRange("", 1, 9, 7)], made_on=TODAY,
        by=place.region_chair,
    )  # fmt: skip
    form = {"accepted": "0000001–0000008", "made_on": DAY}
    return reverse("documents:confirm_blanks", args=[act.pk]), form, place.chair, "blanks.confirmed"


def sheet_in_preparation(place: places.Place) -> Button:
    form = {"selected": [place.put(ticket_number="").pk]}
    return reverse("documents:issue_blanks") + "?kind=ticket", form, place.chair, "blanks.issue_prepared"


def issue(place: places.Place) -> Button:
    _received(place)
    member = place.put(ticket_number="")
    sheet = prepare_issue(place.keeper.pk, kind="ticket", members=[member.pk], made_on=TODAY, by=place.chair)
    return reverse("documents:post_issue", args=[sheet.pk]), {"made_on": DAY}, place.chair, "blanks.issued"


def stock_taking(place: places.Place) -> Button:
    _received(place)
    form = {"kind": "ticket", "how": "all", "made_on": DAY, "signed_by": "Громов Г. Г.\nШвец Ш. Ш.", "numbers": ""}
    address = reverse("documents:count_blanks")
    shown = places.signed_in(place.chair).post(address, form).context["found"]
    return address, {**form, "agreed": shown.fingerprint}, place.chair, "blanks.counted"


def destruction(place: places.Place) -> Button:
    address, form, _by, _action = spoiled(place)
    places.signed_in(place.chair).post(address, form)
    rows = list(Blank.objects.values_list("pk", flat=True))
    form = {"selected": rows, "made_on": DAY, "way": "сожжены", "signed_by": "Громов Г. Г.\nШвец Ш. Ш."}
    return reverse("documents:destroy_blanks"), form, place.chair, "blanks.destroyed"


def closing(place: places.Place) -> Button:
    return reverse("dues:close_books"), {"until": f"{LAST_MONTH:%d.%m.%Y}"}, place.chair, "dues.books_closed"


def reopening(place: places.Place) -> Button:
    for until in (LAST_MONTH.replace(day=1) - dt.timedelta(days=1), LAST_MONTH):
        close_books(place.keeper.pk, until, by=place.chair)
    form = {"until": f"{LAST_MONTH:%d.%m.%Y}", "reason": "Нашлась ведомость"}
    return reverse("dues:reopen_books"), form, place.chair, "dues.books_reopened"


def order_of_cards(_place: places.Place) -> Button:
    held = cards_world()
    return reverse("documents:submit_cards", args=[held.order("Абрамова").pk]), {}, held.chair, "cards.submitted"


def consolidated(_place: places.Place) -> Button:
    held = cards_world()
    batch = held.gathered("Абрамова")
    return reverse("documents:send_cards", args=[batch.pk]), {}, held.region, "cards.sent"


def parcel_of_cards(_place: places.Place) -> Button:
    held = cards_world()
    form = {"tracking": "RA123456789RU", "sent_on": DAY, "selected": ids(requests_of(held.made("Абрамова")))}
    return reverse("documents:card_parcel"), form, held.region, "cards.dispatched"


def cards_received(_place: places.Place) -> Button:
    held = cards_world()
    parcel = held.packed("Абрамова")
    form = {"selected": lines_of(parcel)}
    return reverse("documents:confirm_cards", args=[parcel.pk]), form, held.region, "cards.received"


def cards_given(_place: places.Place) -> Button:
    held = cards_world()
    form = {"on": DAY, "selected": ids(held.arrived("Абрамова"))}
    return reverse("documents:hand_out_cards"), form, held.chair, "cards.handed_out"


def withdrawal(_place: places.Place) -> Button:
    held = cards_world()
    address = reverse("documents:withdraw_consent", args=[held.member("Абрамова").pk])
    form = {"purposes": ["processing", "transfer"], "received_on": DAY, "channel": "hand"}
    return address, form, held.chair, "consent.withdrawn"


def request_about_data(place: places.Place) -> Button:
    address = reverse("documents:add_request", args=[place.put().pk])
    return address, {"kind": "access", "received_on": DAY, "channel": "hand"}, place.chair, "request.received"


def destruction_of_data(place: places.Place) -> Button:
    member = place.put()
    mark_signed(member.pk, signed_on=TODAY, by_hand=True, by=place.chair)
    given = {"purposes": ["processing"], "received_on": TODAY, "channel": "hand", "by": place.chair}
    blocked = block_card(register_withdrawal(member.pk, **given).pk, by=place.chair)
    return (
        reverse("documents:destroy_data", args=[blocked.pk]),
        {"destroyed_on": DAY},
        place.chair,
        ("member.data_destroyed"),
    )


def grant(place: places.Place) -> Button:
    administrator = trees.officer(place.head, Role.ADMINISTRATOR, "Наладова")
    account = trees.officer(place.keeper, Role.REGISTRAR, "Учётова").account
    assert account is not None
    asked = ask_for_role(
        account.pk, organization_id=place.keeper.pk, role=Role.COLLECTOR, starts_on=TODAY, by=administrator
    )
    return reverse("granting:confirm", args=[asked.pk]), {}, place.chair, "grant.confirmed"


def settled_breach(place: places.Place) -> Button:
    return reverse("breaches:dismiss", args=[breach_of(place).pk]), {}, place.chair, "breach.dismissed"


def more_searches(place: places.Place) -> Button:
    asked = SearchRequest.objects.create(
        account=place.chair.account, organization=place.keeper, wanted=9, asked_at=timezone.now()
    )
    return reverse("members:allow_searches", args=[asked.pk]), {}, place.region_chair, "member.searches_allowed"


BUTTONS: list[Callable[[places.Place], Button]] = [
    mark, entry, meeting, application, scan, ward, proposal, signature, departure, arrival, calling_off, confirmation,
    putting, undoing, report, rename, merging, spoiled, receipt, handing_down, arrived_blanks, sheet_in_preparation,
    issue, stock_taking, destruction, closing, reopening, order_of_cards, consolidated, parcel_of_cards, cards_received,
    cards_given, withdrawal, request_about_data, destruction_of_data, grant, settled_breach, more_searches,
]  # fmt: skip


def form_of(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with a new file object instead of each function that creates one."""
    return {n: SimpleUploadedFile("scan.png", v()) if callable(v) else v for n, v in values.items()}


def press(button: Button, times: int, threads: int) -> Counter[int]:
    address, values, by, _action = button
    cookies = places.signed_in(by).cookies
    clients = [Client() for _ in range(times)]

    def one_after_another(own: list[Client]) -> list[int]:
        try:
            return [once(client) for client in own]
        finally:
            if threads > 1:
                connection.close()

    def once(client: Any) -> int:
        client.raise_request_exception = False
        client.cookies = cookies.copy()
        return client.post(address, form_of(values)).status_code

    if threads == 1:
        return Counter(one_after_another(clients))
    with ThreadPoolExecutor(threads) as pool:
        return Counter(chain.from_iterable(pool.map(one_after_another, (clients[n::threads] for n in range(threads)))))


# Without a second thread, PostgreSQL gets the same statements as in the next test.
@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("make", BUTTONS, ids=lambda make: make.__name__)
def test_n_d2_the_same_form_sent_twice_has_one_effect(make: Callable[[places.Place], Button]) -> None:
    button = make(places.voi())
    codes = press(button, 2, 1)
    assert (Event.objects.filter(action=button[3]).count(), set(codes) <= {200, 302, 404, 409}) == (1, True)


#: On SQLite, any transaction waits for another one, so two buttons are enough.
AT_ONCE = BUTTONS if connection.vendor == "postgresql" else [mark, putting]


@pytest.mark.usefixtures("several_connections")
@pytest.mark.parametrize("make", AT_ONCE, ids=lambda make: make.__name__)
def test_n_d2_twenty_simultaneous_posts_have_one_effect(make: Callable[[places.Place], Button]) -> None:
    button = make(places.voi())
    codes = press(button, 20, 10)
    wrong = {title: found for title, found in integrity.run() if found}
    assert (Event.objects.filter(action=button[3]).count(), wrong) == (1, {})
    assert set(codes) <= {200, 302, 404, 409}


@pytest.mark.usefixtures("several_connections")
@pytest.mark.postgresql
def test_n_d2_without_the_lock_of_the_card_two_would_write_a_mark_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    button = mark(places.voi())
    two = threading.Barrier(2, timeout=30)
    note = marks.note

    def together(*args: Any, **values: Any) -> CardMark:
        # After the check, only the lock prevents a second effect.
        with suppress(threading.BrokenBarrierError):
            two.wait()
        return note(*args, **values)

    monkeypatch.setattr(Act, "lock", lambda _act, queryset, pk, **_version: queryset.get(pk=pk))
    monkeypatch.setattr(marks, "note", together)
    press(button, 2, 2)
    assert CardMark.objects.count() == 2
    assert (Member.objects.count(), StoredFile.objects.count()) == (1, 0)
