"""Blanks for the demonstration: received, handed down, issued, void; some in transit, a sheet to post (V-C3)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from documents.papers import calibration_sheet
from documents.printing.transitions import record_other_print, save_printer
from documents.tickets.enums import PaperKind, Place
from documents.tickets.models import Blank
from documents.tickets.queries.issuing import waiting
from documents.tickets.queries.writing_off import void_of
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions.issuing import post_issue, prepare_issue, take_over_tickets
from documents.tickets.transitions.stock import confirm_blanks, hand_down_blanks, name_keeper, receive_blanks
from documents.tickets.transitions.writing_off import destroy_blanks, move_issued, write_off_blanks
from members.meetings.enums import ItemKind
from members.meetings.queries import usual_title
from members.meetings.transitions import decisions
from registry.organizations.models import Organization

from ..access import Actor
from ..enums import Role
from .board import Board
from .people import People
from .tree import Tree

#: Members on the sheet that is posted, and on the one that is not.
ISSUED, PREPARED = 6, 4
#: Days after which the demonstration confirms blanks that were passed on.
DAYS_ON_THE_WAY = 3


def supply(tree: Tree, people: People, by: Actor) -> None:
    """Pass blanks from the top down to members of the first two organisations that keep cards."""
    if "ticket" not in tree.head.charter.blanks:
        return
    way = _Way(people.today, by)
    # Early enough that stock-taking and the act of destruction at the year-end are overdue.
    way.receive(tree.head, "ticket", _tickets(1, 5000), ago=500)
    way.receive(tree.head, "card", NumberRange("К", 1, 2000, 6), ago=500)
    first, second = tree.locals[:2]
    for number, region in enumerate(tree.regions[:3]):
        # One region has not confirmed in time; the other's act is new.
        given = _tickets(1 + 1000 * number, 1000 + 1000 * number)
        way.hand_down(tree.head, region, given, ago=(180, 21, 3)[number], confirmed=number == 0)
    for keeper, numbers in ((first, _tickets(4001, 4100)), (second, _tickets(4101, 4200))):
        take_over_tickets(keeper.pk, made_on=way.day(490), by=by)
        way.hand_down(tree.head, keeper, numbers, ago=480, confirmed=True)
    way.hand_down(tree.head, first, _tickets(4201, 4250), ago=4)
    way.hand_down(tree.head, first, NumberRange("К", 1, 100, 6), ago=480, confirmed=True, kind="card")
    way.spoil(first, _tickets(4099, 4100), ago=400)
    way.lose(first, ago=40)
    # The other organisation destroyed what it had spoiled.
    way.spoil(second, _tickets(4198, 4200), ago=400)
    way.destroy(second, people, ago=330)
    way.calibrate(first)
    below = next(keeper for keeper in tree.locals if keeper.path.startswith(tree.regions[0].path))
    way.hand_down(tree.regions[0], below, _tickets(1, 100), ago=0)
    way.decide(first, people)
    way.issue(first)


def name_keepers(tree: Tree, by: Actor) -> None:
    """Make the registrar of the first organisation the keeper of its tickets, once the accounts exist."""
    keeper = tree.locals[0]
    registrar = keeper.appointments.current().get(role=Role.REGISTRAR)
    name_keeper(keeper.pk, kind="ticket", account_id=registrar.account_id, by=by)


def _tickets(first: int, last: int) -> NumberRange:
    return NumberRange("АБ", first, last, 6)


class _Way:
    """Actions on blanks, each dated a given number of days ago."""

    def __init__(self, today: dt.date, by: Actor) -> None:
        self.today, self.by = today, by

    def day(self, ago: int) -> dt.date:
        return self.today - dt.timedelta(days=ago)

    def receive(self, organization: Organization, kind: str, numbers: NumberRange, *, ago: int) -> None:
        receive_blanks(
            organization.pk, kind=kind, numbers=[numbers], number="214", made_on=self.day(ago),
            source="Типография «Оттиск»", by=self.by,
        )  # fmt: skip

    def hand_down(
        self,
        giver: Organization,
        receiver: Organization,
        numbers: NumberRange,
        *,
        ago: int,
        confirmed: bool = False,
        kind: str = "ticket",
    ) -> None:
        act = hand_down_blanks(
            giver.pk, receiver_id=receiver.pk, kind=kind, numbers=[numbers], made_on=self.day(ago), by=self.by
        )
        if confirmed:
            confirm_blanks(act.pk, made_on=self.day(max(ago - DAYS_ON_THE_WAY, 0)), by=self.by)

    def spoil(self, keeper: Organization, numbers: NumberRange, *, ago: int) -> None:
        """Write off blanks that are then to be destroyed."""
        write_off_blanks(
            keeper.pk, kind="ticket", paper_kind=PaperKind.SPOILED, numbers=[numbers], made_on=self.day(ago),
            note="Испорчены при заполнении", by=self.by,
        )  # fmt: skip

    def destroy(self, keeper: Organization, people: People, *, ago: int) -> None:
        """Destroy the void tickets by an act; three members of the board are the commission."""
        seats = Board(keeper, people, self.by).seats[:3]
        duties = ("председатель комиссии", "член комиссии", "член комиссии")
        destroy_blanks(
            keeper.pk, kind="ticket", blanks=list(void_of(keeper).values_list("pk", flat=True)),
            made_on=self.day(ago), way="Разрезаны на части",
            signed_by=[f"{duty} {seat.full_name}" for duty, seat in zip(duties, seats, strict=True)], by=self.by,
        )  # fmt: skip

    def calibrate(self, keeper: Organization) -> None:
        """Save the shifts of the printer for bought tickets, and print its test sheet."""
        shifts = {"front_x": Decimal("1.5"), "front_y": Decimal("-0.5"), "back_x": Decimal("1.0"), "back_y": Decimal(0)}
        printer = save_printer(keeper.pk, name="Принтер в приёмной", shifts=shifts, by=self.by)
        record_other_print(calibration_sheet.SHEET.code, printer, organization=keeper, code="", by=self.by, rule="V-B2")

    def lose(self, keeper: Organization, *, ago: int) -> None:
        """Record that a member lost a ticket, without a decision about a duplicate."""
        blank = Blank.objects.filter(organization=keeper, state=Place.ISSUED).order_by("pk").first()
        if blank is not None:
            move_issued(
                keeper.pk, paper_kind=PaperKind.LOST, blanks=[blank.pk], made_on=self.day(ago),
                note="Утрачен при переезде", by=self.by,
            )  # fmt: skip

    def decide(self, keeper: Organization, people: People) -> None:
        """Let the body decide on a new ticket for a damaged one; it is not issued yet."""
        with_ticket = keeper.members.registered().exclude(ticket_number="").exclude(agenda_items__isnull=False)
        member = with_ticket.order_by("-pk")[0]
        item = decisions.put_forward(
            organization=keeper, kind=ItemKind.DUPLICATE, member=member, ticket_reason="damaged",
            title=usual_title(ItemKind.DUPLICATE, member, tail=keeper.charter.wording["member"].partition(" ")[2]),
            statement_on=self.day(16), filed_on=self.day(16), by=self.by,
        )  # fmt: skip
        Board(keeper, people, self.by).through([item], held_on=self.day(11), number="27")

    def issue(self, keeper: Organization) -> None:
        """Post a sheet of some members without a ticket, and prepare one for others."""
        first = waiting(keeper, self.by, "ticket").filter(ticket_number="").order_by("sort_key", "pk")
        ids = list(first.values_list("pk", flat=True)[: ISSUED + PREPARED])
        for members, posted in ((ids[:ISSUED], True), (ids[ISSUED:], False)):
            if members:
                sheet = prepare_issue(keeper.pk, kind="ticket", members=members, made_on=self.today, by=self.by)
                if posted:
                    post_issue(sheet.pk, made_on=self.today, by=self.by)
