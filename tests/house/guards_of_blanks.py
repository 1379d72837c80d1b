"""Guards of blanks: each has to refuse the situation it exists for (V-C1, V-C3, V-B5, V-B15)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from documents.tickets.models import Blank, BlankPaper
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions import issuing, stock, writing_off
from members.people.models import Member
from members.people.transitions import cards
from registry.organizations.enums import OrganizationStatus
from registry.organizations.models import Organization
from registry.organizations.transitions import charters

from .acts import Scene
from .acts.base import TODAY
from .acts.blanks_written_off import PEOPLE
from .acts.new import ago
from .guards import Case, Step, at

TOMORROW = -1


def span(first: int, last: int, *, series: str = "", width: int = 7) -> NumberRange:
    return NumberRange(series, first, last, width)


def receiving(s: Scene, at_place: Organization | None = None, **values: Any) -> Step:
    """Receive the blanks № 0000001–0000050 at the organisation that keeps the card, or at another one."""
    place = at_place or s.keeper
    given = {
        "kind": "ticket", "numbers": [span(1, 50)], "number": "17", "made_on": TODAY(), "source": "Типография",
        "by": s.superior if place == s.place.region else s.chair, **values,
    }  # fmt: skip
    return partial(stock.receive_blanks, place.pk, **given)


def handing(s: Scene, receiver: Organization | None = None, **values: Any) -> Step:
    """Hand down ten of the region's blanks."""
    receiving(s, s.place.region)()
    given = {
        "receiver_id": (receiver or s.keeper).pk, "kind": "ticket", "numbers": [span(1, 10)], "made_on": TODAY(),
        "by": s.superior, **values,
    }  # fmt: skip
    return partial(stock.hand_down_blanks, s.place.region.pk, **given)


def confirming(s: Scene, **values: Any) -> Step:
    return partial(stock.confirm_blanks, handing(s)().pk, **{"by": s.chair, **values})


def preparing(s: Scene, members: Sequence[int] | None = None, **values: Any) -> Step:
    ids = [s.put(surname="Безбилетова").pk] if members is None else members
    given = {"kind": "ticket", "members": ids, "made_on": TODAY(), "by": s.chair, **values}
    return partial(issuing.prepare_issue, s.keeper.pk, **given)


def posting(
    s: Scene, meanwhile: Callable[[BlankPaper, Member], Any] = lambda sheet, member: None, **values: Any
) -> Step:
    """Post the issue sheet of one member, after `meanwhile` has changed something about it or them."""
    receiving(s)()
    member = s.put(surname="Безбилетова")
    sheet = preparing(s, [member.pk])()
    meanwhile(sheet, member)
    return partial(issuing.post_issue, sheet.pk, **{"made_on": TODAY(), "by": s.chair, **values})


def writing(s: Scene, **values: Any) -> Step:
    receiving(s)()
    given = {
        "kind": "ticket", "paper_kind": "spoiled", "numbers": [span(1, 2)], "made_on": TODAY(), "note": "залиты",
        "by": s.chair, **values,
    }  # fmt: skip
    return partial(writing_off.write_off_blanks, s.keeper.pk, **given)


def moving(s: Scene, **values: Any) -> Step:
    """Record two spoiled blanks on a paper of another kind."""
    writing(s)()
    given = {
        "paper_kind": "cancellation", "blanks": list(Blank.objects.values_list("pk", flat=True)), "made_on": TODAY(),
        "note": "порча", "by": s.chair, **values,
    }  # fmt: skip
    return partial(writing_off.move_issued, s.keeper.pk, **given)


def destroying(s: Scene, **values: Any) -> partial[BlankPaper]:
    writing(s)()
    given = {
        "kind": "ticket", "blanks": list(Blank.objects.values_list("pk", flat=True)), "made_on": TODAY(),
        "way": "сожжены", "signed_by": PEOPLE, "by": s.chair, **values,
    }  # fmt: skip
    return partial(writing_off.destroy_blanks, s.keeper.pk, **given)


def counting(s: Scene, **values: Any) -> Step:
    receiving(s)()
    given = {
        "kind": "ticket", "counted": [span(1, 50)], "made_on": TODAY(), "note": "", "signed_by": PEOPLE, "by": s.chair,
        **values,
    }  # fmt: skip
    return partial(writing_off.take_stock, s.keeper.pk, **given)


def ended(step: Step, organization: Organization) -> Step:
    Organization.objects.filter(pk=organization.pk).update(status=OrganizationStatus.ENDED, ended_on=TODAY())
    return step


def typed(s: Scene, number: str, *, before: Callable[[Scene], Any] | None = None) -> Step:
    """Enter a ticket number on the card of a member without one."""
    if before is not None:
        before(s)
    member = s.put(surname="Безбилетова")
    return partial(cards.edit_card, member.pk, values={"ticket_number": number}, version=None, by=s.chair)


def issued(s: Scene) -> Member:
    """Return a member with the ticket № 0000001."""
    posting(s)()
    return Member.objects.get(ticket_number="0000001")


def written_off_by_keeper(s: Scene) -> Step:
    step, chair = writing(s), s.chair.account
    assert chair is not None
    stock.name_keeper(s.keeper.pk, kind="ticket", account_id=chair.pk, by=s.chair)
    charters.change_charter(
        s.keeper.federation_id, values={"written_off_by_another": True}, by=s.actors["administrator"]
    )
    return step


CASES: dict[str, Case] = {
    # Receipt
    "blanks of a kind that the federation has not": Case("V-C1", at("kind"), lambda s: receiving(s, kind="badge")),
    "blanks received by what has ended": Case("V-C1", "закрыта", lambda s: ended(receiving(s), s.keeper)),
    "no numbers": Case("V-C1", at("numbers"), lambda s: receiving(s, numbers=[])),
    "a million and one blanks": Case("V-C1", "1000000", lambda s: receiving(s, numbers=[span(1, 1_000_001)])),
    "a hundred and one ranges": Case(
        "V-C1", "100", lambda s: receiving(s, numbers=[span(2 * n, 2 * n) for n in range(1, 102)])
    ),
    "ranges that overlap": Case("V-C1", "пересекаются", lambda s: receiving(s, numbers=[span(1, 5), span(5, 9)])),
    "a delivery to come": Case("V-C1", at("made_on"), lambda s: receiving(s, made_on=ago(TOMORROW))),
    "a delivery without its paper": Case("V-C1", at("number"), lambda s: receiving(s, number=" ")),
    "a delivery of nobody": Case("V-C1", at("source"), lambda s: receiving(s, source=" ")),
    "numbers received twice": Case("V-C1", at("numbers"), lambda s: (receiving(s)(), receiving(s))[1]),
    # Handing down
    "blanks for an organisation beside": Case(
        "V-C1", at("receiver"),
        lambda s: (receiving(s)(), partial(
            stock.hand_down_blanks, s.keeper.pk, receiver_id=s.place.cells[0].pk, kind="ticket", numbers=[span(1, 2)],
            made_on=TODAY(), by=s.chair,
        ))[1],
    ),
    "blanks for what has ended": Case("V-C1", at("receiver"), lambda s: ended(handing(s, s.other), s.other)),
    "blanks of a stock without them": Case("V-C1", at("numbers"), lambda s: handing(s, numbers=[span(45, 51)])),
    "an act of handing down to come": Case("V-C1", at("made_on"), lambda s: handing(s, made_on=ago(TOMORROW))),
    "blanks handed down before they came": Case("V-C1", at("made_on"), lambda s: handing(s, made_on=ago(1))),
    "a delivery confirmed": Case(
        "V-C1", "Подтверждают только", lambda s: partial(stock.confirm_blanks, receiving(s)().pk, by=s.chair)
    ),
    "an act confirmed by its giver": Case("V-C1", "которая получает", lambda s: confirming(s, by=s.superior)),
    "an act confirmed before it was made": Case("V-C1", at("made_on"), lambda s: confirming(s, made_on=ago(1))),
    "an act confirmed on a day to come": Case("V-C1", at("made_on"), lambda s: confirming(s, made_on=ago(TOMORROW))),
    "numbers confirmed that were not sent": Case(
        "V-C1", at("numbers"), lambda s: confirming(s, accepted=[span(9, 11)])
    ),
    "an act taken back that was confirmed": Case(
        "V-C1", "не подтвердили",
        lambda s: partial(stock.take_back_blanks, confirming(s)().pk, by=s.superior),
    ),
    "a keeper who does not work there": Case(
        "V-C1", at("keeper"),
        lambda s: partial(
            stock.name_keeper, s.place.region.pk, kind="ticket", account_id=s.chair.account.pk, by=s.superior  # type: ignore[union-attr]
        ),
    ),
    # Issue
    "a sheet of nobody": Case("V-C3", "Отметьте", lambda s: preparing(s, [])),
    "a sheet to come": Case("V-C1", at("made_on"), lambda s: preparing(s, made_on=ago(TOMORROW))),
    "a sheet of somebody who is not registered": Case("V-C3", "уже нет на учёте", lambda s: preparing(s, [0])),
    "a sheet of somebody with a ticket": Case("V-C3", "Не всем", lambda s: preparing(s, [s.member.pk])),
    "a sheet posted for a day to come": Case("V-C1", at("made_on"), lambda s: posting(s, made_on=ago(TOMORROW))),
    "a sheet of a day before the blanks came": Case("V-C1", at("made_on"), lambda s: posting(s, made_on=ago(1))),
    "a sheet posted twice": Case("V-C3", "уже нельзя изменить", lambda s: (step := posting(s))() and step),
    "a delivery posted as a sheet": Case(
        "V-C3", "не ведомость",
        lambda s: partial(issuing.post_issue, receiving(s)().pk, made_on=TODAY(), by=s.chair),
    ),
    "a sheet whose member received a number meanwhile": Case(
        "V-C3", "заново",
        lambda s: posting(s, lambda _sheet, member: Member.objects.filter(pk=member.pk).update(ticket_number="55")),
    ),
    "a sheet without lines": Case(
        "V-C3", "никого нет", lambda s: posting(s, lambda sheet, _member: sheet.lines.all().delete())
    ),
    "a sheet for an empty stock": Case(
        "V-C1", "на складе: 0",
        lambda s: partial(issuing.post_issue, preparing(s)().pk, made_on=TODAY(), by=s.chair),
    ),
    "a number of the stock that stands on a card": Case(
        "V-C1", "записан в чьей-то",
        lambda s: posting(s, lambda _sheet, _m: Member.objects.filter(pk=s.member.pk).update(ticket_number="0000001")),
    ),
    "an opening act without numbers": Case(
        "V-C1", "нет номеров",
        lambda s: (
            Member.objects.update(ticket_number=""),
            partial(issuing.take_over_tickets, s.keeper.pk, made_on=TODAY(), by=s.chair),
        )[1],
    ),
    "an opening act to come": Case(
        "V-C1", at("made_on"),
        lambda s: partial(issuing.take_over_tickets, s.keeper.pk, made_on=ago(TOMORROW), by=s.chair),
    ),
    # Cards
    "a number of the stock typed on a card": Case(
        "N-A1", at("ticket_number"), lambda s: typed(s, "0000007", before=lambda s: receiving(s)())
    ),
    "a number that was written off typed on a card": Case(
        "N-A1", at("ticket_number"), lambda s: typed(s, "0000002", before=lambda s: writing(s)())
    ),
    "another number for a ticket that was issued": Case(
        "V-C1", at("ticket_number"),
        lambda s: partial(cards.edit_card, issued(s).pk, values={"ticket_number": "9"}, version=None, by=s.chair),
    ),
    # Writing off
    "blanks written off as nothing": Case("V-C1", at("paper_kind"), lambda s: writing(s, paper_kind="issue")),
    "blanks written off without saying how": Case("V-C1", at("note"), lambda s: writing(s, note=" ")),
    "a thousand and one blanks written off": Case("V-C1", at("numbers"), lambda s: writing(s, numbers=[span(1, 1001)])),
    "an act of spoiled blanks to come": Case("V-C1", at("made_on"), lambda s: writing(s, made_on=ago(TOMORROW))),
    "blanks written off by their keeper": Case("V-C1", "хранит", written_off_by_keeper),
    "no blanks moved": Case("V-C1", "Отметьте", lambda s: moving(s, blanks=[])),
    "blanks moved by no such paper": Case("V-C1", at("paper_kind"), lambda s: moving(s, paper_kind="spoiled")),
    "blanks returned that nobody received": Case(
        "V-C1", "невозможна: сейчас — «испорчено»", lambda s: moving(s, paper_kind="return")
    ),
    "blanks moved without a reason": Case("V-C1", at("note"), lambda s: moving(s, note="")),
    "blanks moved on a day to come": Case("V-C1", at("made_on"), lambda s: moving(s, made_on=ago(TOMORROW))),
    "blanks moved before they were spoiled": Case("V-C1", at("made_on"), lambda s: moving(s, made_on=ago(1))),
    "a count of nobody": Case("V-B15", at("signed_by"), lambda s: counting(s, signed_by=PEOPLE[:1])),
    "a count that differs without saying how": Case("V-C1", at("note"), lambda s: counting(s, counted=[span(1, 49)])),
    "a count of numbers that never were there": Case(
        "V-C1", at("numbers"), lambda s: counting(s, counted=[span(1, 51)])
    ),
    "a count of other differences than were shown": Case("V-C1", "изменился", lambda s: counting(s, agreed="?")),
    "a count posted twice": Case("V-C1", "уже проведена: акт № 1", lambda s: (step := counting(s))() and step),
    "a count to come": Case("V-C1", at("made_on"), lambda s: counting(s, made_on=ago(TOMORROW))),
    "a destruction of nobody": Case("V-B15", at("signed_by"), lambda s: destroying(s, signed_by=["Громов", " "])),
    "a destruction without saying how": Case("V-C1", at("note"), lambda s: destroying(s, way=" ")),
    "a destruction to come": Case("V-C1", at("made_on"), lambda s: destroying(s, made_on=ago(TOMORROW))),
    "no blanks destroyed": Case("V-C1", "Отметьте", lambda s: destroying(s, blanks=[])),
    "blanks destroyed twice": Case(
        "V-C1", "№ 0000001 такая запись невозможна", lambda s: (step := destroying(s))() and step
    ),
    "a valid ticket destroyed": Case(
        "V-C1", "№ 0000001 такая запись невозможна",
        lambda s: (issued(s), partial(
            writing_off.destroy_blanks, s.keeper.pk, kind="ticket", way="сожжены", signed_by=PEOPLE, made_on=TODAY(),
            blanks=list(Blank.objects.values_list("pk", flat=True)), by=s.chair,
        ))[1],
    ),
}  # fmt: skip
