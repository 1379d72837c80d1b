"""Blanks: receipt, handing down, issue sheets, numbers of cards (V-C1, V-C3)."""

from __future__ import annotations

from typing import Any

from documents.tickets.models import BlankPaper, BlankStock
from documents.tickets.ranges import NumberRange
from documents.tickets.transitions import issuing, stock
from members.people.models import Member
from registry.access import Actor
from registry.organizations.models import Organization

from .base import KEPT, PLACE, SOCIETY, TODAY, Asked, Scene, Table

NUMBERS = [NumberRange("", 1, 50, 7)]


def _received(s: Scene, at: Organization, by: Actor) -> None:
    stock.receive_blanks(at.pk, **_delivery(), by=by)


def _delivery() -> dict[str, Any]:
    return {"kind": "ticket", "numbers": NUMBERS, "number": "17", "made_on": TODAY(), "source": "Типография"}


def _handed(s: Scene) -> BlankPaper:
    _received(s, s.place.region, s.superior)
    return stock.hand_down_blanks(
        s.place.region.pk, receiver_id=s.keeper.pk, kind="ticket", numbers=NUMBERS, made_on=TODAY(), by=s.superior
    )


def _waiting(s: Scene, surname: str = "Безбилетова") -> Member:
    return s.put(surname=surname)


def sheet(s: Scene, surname: str = "Безбилетова") -> BlankPaper:
    """Prepare an issue sheet of one member, with blanks in stock."""
    if not BlankStock.objects.filter(organization=s.keeper).exists():
        _received(s, s.keeper, s.chair)
    members = [_waiting(s, surname).pk]
    return issuing.prepare_issue(s.keeper.pk, kind="ticket", members=members, made_on=TODAY(), by=s.chair)


TABLE: Table = {
    stock.receive_blanks: Asked(
        PLACE, "Federation BlankStock", lambda s: {"organization_id": s.keeper.pk, **_delivery()}, SOCIETY
    ),
    stock.hand_down_blanks: Asked(
        "00000 0 ++- -- 000 +",
        "BlankStock",
        lambda s: (
            (_received(s, s.place.region, s.superior) or {})
            | {
                "organization_id": s.place.region.pk,
                "receiver_id": s.keeper.pk,
                "kind": "ticket",
                "numbers": NUMBERS,
                "made_on": TODAY(),
            }
        ),
        SOCIETY,
    ),
    stock.confirm_blanks: Asked(
        "+++0! 0 !!! !0 000 +", "BlankPaper BlankStock", lambda s: {"paper_id": _handed(s).pk}, SOCIETY
    ),
    stock.take_back_blanks: Asked(
        "---0- 0 ++- -0 000 +", "BlankPaper BlankStock", lambda s: {"paper_id": _handed(s).pk}, SOCIETY
    ),
    stock.name_keeper: Asked(
        PLACE,
        "BlankStock",
        lambda s: {"organization_id": s.keeper.pk, "kind": "ticket", "account_id": s.chair.account.pk},  # type: ignore[union-attr]
        SOCIETY,
    ),
    issuing.prepare_issue: Asked(
        PLACE,
        "Organization",
        lambda s: {"organization_id": s.keeper.pk, "kind": "ticket", "members": [_waiting(s).pk], "made_on": TODAY()},
        SOCIETY,
    ),
    issuing.drop_issue: Asked(KEPT, "BlankPaper", lambda s: {"paper_id": sheet(s).pk}, SOCIETY),
    issuing.post_issue: Asked(
        KEPT, "Member BlankPaper BlankStock Blank", lambda s: {"paper_id": sheet(s).pk, "made_on": TODAY()}, SOCIETY
    ),
    issuing.take_over_tickets: Asked(
        PLACE, "Federation Member BlankStock", lambda s: {"organization_id": s.keeper.pk, "made_on": TODAY()}, SOCIETY
    ),
}
