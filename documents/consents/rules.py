"""Rules for marking consents, their scans and their text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from documents.rights.enums import RequestKind
from documents.rights.models import SubjectRequest
from members.admission.rules.scans import Scan
from members.admission.rules.scans import check_scan as check_paper
from members.people.enums import ConsentState, MemberState
from members.people.models import IdentityPaper
from members.people.rules.completeness import lacking_for_consent
from registry.days import day_text
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.text import clean

from .contents import CARRIERS, WAYS
from .enums import Carrier, ConsentPurpose, Way

if TYPE_CHECKING:
    from members.admission.models import Representation
    from members.people.models import Member
    from registry.access import Actor
    from registry.charters.base import Charter
    from registry.organizations.models import Organization

    from .models import Consent, Withdrawal


#: The day the law on personal data came into force; no consent is older.
FIRST_CONSENT = dt.date(2007, 1, 26)
#: Maximum number of pages in a scan; a consent has two.
_MAX_PAGES = 20
#: Number of people named in one refusal.
_MAX_NAMED = 5
#: Maximum number of members of a commission, and maximum length of a member's name with the office.
MAX_COMMISSION, MAX_COMMISSIONER = 7, 150
#: Maximum number of destroyed sheets of one kind, and maximum length of the name of other papers.
MAX_SHEETS, MAX_CARRIER = 10_000, 100

#: Details that the law requires in a written consent (152-ФЗ art. 9 p. 4) and that are part of its wording.
REQUIRED_WORDING = ("title", "purposes", "data", "methods", "method", "actions", "transfer_way", "term", "storage")

#: Key of a required point → its name.
POINTS_OF_TEXT = {
    "purposes": _("purpose of the processing"),
    "data": _("list of the data"),
    "actions": _("actions with the data"),
    "method": _("way of processing"),
    "term": _("term and way of withdrawal"),
}


def check_first_day(valid_from: dt.date, last: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (N-C1) unless the version begins today or later, and not on the first day of another one.

    `last` is the first day of the latest version.
    """
    if valid_from < today or (last is not None and valid_from <= last and valid_from != today):
        message = _("Choose today or a later day that no other version begins on.")
        raise RuleViolation("N-C1", message, field="valid_from")


def check_has_purpose(purpose: str, charter: Charter) -> None:
    """Raise `RuleViolation` (N-C1) unless the federation uses consents for this purpose."""
    if purpose not in charter.consents:
        raise RuleViolation("N-C1", _("The charter has no consent for this purpose."))


def check_acts_for(organization: Organization | None) -> Organization:
    """Return the organisation that issues a wording. Raises `RuleViolation` (N-C1) if the actor has none."""
    if organization is None:
        raise RuleViolation("N-C1", _("Choose the federation's own appointment first."))
    return organization


def check_is_signed(consent: Consent | None, member: Member) -> Consent:
    """Return the consent. Raises `RuleViolation` (U-7) if it is not marked as signed."""
    if consent is None or consent.state != ConsentState.SIGNED:
        raise RuleViolation("U-7", _("%(name)s has no consent that is marked as signed.") % {"name": member.full_name})
    return consent


def check_signature(
    signed_on: dt.date | None, *, birth_date: dt.date | None, today: dt.date, field: str = "signed_on"
) -> dt.date:
    """Return the date on the signed paper. Raises `RuleViolation` if it is missing or impossible (U-7, practice R3)."""
    if signed_on is None:
        raise RuleViolation("U-7", _("Enter the date of the signature as written on the paper."), field=field)
    if signed_on > today:
        raise RuleViolation("U-7", _("The date of the signature is in the future. Check the paper."), field=field)
    if signed_on < FIRST_CONSENT:
        message = _("There were no such consents before %(day)s. Check the date on the paper.")
        raise RuleViolation("U-7", message % {"day": day_text(FIRST_CONSENT)}, field=field)
    if birth_date is not None and signed_on <= birth_date:
        message = _("The date of the signature is before the person's birth. Check the paper.")
        raise RuleViolation("U-7", message, field=field)
    return signed_on


def can_be_marked(member: Member, state: str, *, by: Actor) -> bool:
    """Return whether a member's consent in this state can be marked as signed."""
    return (
        member.state == MemberState.REGISTERED
        and member.organization is not None
        and by.may(Permission.MARK_CONSENTS, member.organization)
        and state != ConsentState.SIGNED
    )


def check_scan(data: bytes) -> Scan:
    """Return the scan ready to be stored. Raises `RuleViolation` unless the file is a PDF or a picture (U-6)."""
    try:
        return check_paper(data, _MAX_PAGES)
    except RuleViolation as refusal:
        raise RuleViolation("U-6", refusal.message, field="scan") from refusal


def uncovered_fields(wording: Mapping[str, Any], charter: Charter) -> list[str]:
    """Return the fields of the card that no category of the consent covers; there must be none (K2)."""
    covered = {
        name for part in ("data", "other_data") for category in wording.get(part, ()) for name in category["fields"]
    }
    kept = [*charter.fields, "photo", *(f"entry:{entry.key}" for entry in charter.entries)]
    return [name for name in kept if name not in covered]


def distributes(wording: Mapping[str, Any], purpose: str = ConsentPurpose.PROCESSING) -> bool:
    """Return whether a wording for another purpose allows distribution (152-ФЗ art. 10.1).

    The law requires a separate consent for that. The form approved in 2020 allows distribution; administrators can
    choose it and get a warning.
    """
    return purpose != ConsentPurpose.PUBLICATION and "распростран" in wording["actions"].lower()


def lacking(member: Member) -> list[str]:
    """Return the details of the person that the law requires in a consent and the card lacks (152-ФЗ art. 9 p. 4): the
    identity paper with number, date and issuing office, and the address.
    """
    paper = getattr(member, "identity", None)
    values = {**vars(paper if paper is not None else IdentityPaper()), **vars(member)}
    return [str(label) for label in lacking_for_consent(values).values()]


@dataclass(frozen=True)
class Lack:
    """A detail required by law that is missing in a consent, and where it is entered."""

    point: Any
    #: `card`, `passport` of the operator, `charter`, or `text`.
    place: str


def points_lacking(
    member: Member, wording: Mapping[str, Any], data: Sequence[str], operator: Organization | None, charter: Charter
) -> list[Lack]:
    """Return the details missing in a consent (152-ФЗ art. 9 p. 4, practice 7.1).

    `data` are the categories of data on the sheet. The signature is given by hand. If there is no representative or
    processor, the sheet says «нет».
    """
    found = [Lack(label, "card") for label in lacking(member)]
    if operator is None or not operator.full_name:
        found.append(Lack(_("name of the operator"), "passport"))
    if operator is None or not (operator.legal_address or operator.postal_address):
        found.append(Lack(_("address of the operator"), "passport"))
    if wording.get("resource_is_named") and operator is not None and not operator.page():
        found.append(Lack(_("web page on which the data are published"), "passport"))
    if wording.get("recipients_are_third_parties"):
        for recipient in charter.recipients:
            if not (recipient.name and recipient.address):
                label = _("name and address: %(who)s") % {"who": recipient.title}
                found.append(Lack(label, "charter"))
    said = {**wording, "data": data}
    found += [Lack(label, "text") for name, label in POINTS_OF_TEXT.items() if not said.get(name)]
    if bool(wording.get("processor")) != bool(wording.get("processor_address")):
        found.append(Lack(_("name and address of the processor"), "text"))
    return found


def points_of_representative(representative: Member, mandate: Representation) -> list[Lack]:
    """Return the details of the representative missing in a consent (152-ФЗ art. 9 p. 4 (2)).

    These are the identity paper, the address, and the number and day of the mandate.
    """
    label = _("%(point)s of the representative")
    found = [Lack(label % {"point": point}, "card") for point in lacking(representative)]
    if not (mandate.mandate_kind and mandate.mandate_number and mandate.mandate_issued_on):
        found.append(Lack(_("paper of the mandate with number and date"), "card"))
    return found


def hindering(lacks: Iterable[Lack], *, by_hand: bool) -> list[Lack]:
    """Return the missing details that prevent printing a consent.

    With `by_hand`, details of the card for which the sheet has empty lines may be missing.
    """
    return [lack for lack in lacks if not (by_hand and lack.place == "card")]


def check_points(lacks: Collection[Lack]) -> None:
    """Raise `RuleViolation` (V-C5) if the consent lacks details required by law."""
    if lacks:
        message = _("The consent is not printed because points required by law are missing. %(points)s.")
        raise RuleViolation("V-C5", message % {"points": "; ".join(str(lack.point) for lack in lacks)})


def check_complete(members: Collection[Member], *, by_hand: bool) -> None:
    """Raise `RuleViolation` (V-C5) if a card lacks details required in a consent, unless they were written by hand."""
    without = [(member, points) for member in members if (points := lacking(member))]
    if not without or by_hand:
        return
    named = "; ".join(f"{member.full_name}: {', '.join(points)}" for member, points in without[:_MAX_NAMED])
    message = _(
        "The law requires these in a consent, and the card lacks them. %(missing)s. "
        "Complete the card, or confirm that they are written on the signed paper by hand."
    )
    more = f"; … (+{len(without) - _MAX_NAMED})" if len(without) > _MAX_NAMED else ""
    raise RuleViolation("V-C5", message % {"missing": named + more}, field="by_hand")


def check_wording(wording: Mapping[str, Any], charter: Charter, purpose: str = ConsentPurpose.PROCESSING) -> None:
    """Raise `RuleViolation` if the wording lacks a detail required by law (V-C5, 152-ФЗ art. 9 p. 4, practice 7.1)."""
    for name in REQUIRED_WORDING:
        if not wording.get(name):
            raise RuleViolation("V-C5", _("The consent lacks an item that the law requires."), field=name)
    if wording["method"] not in wording["methods"]:
        raise RuleViolation("V-C5", _("Choose how the data are processed."), field="method")
    for name, other in (("processor_address", "processor"), ("processor", "processor_address")):
        if wording.get(other) and not wording.get(name):
            raise RuleViolation("V-C5", _("Write both the name and the address, or neither."), field=name)
    # Consents for other purposes cover only a part of the data.
    missing = uncovered_fields(wording, charter) if purpose == ConsentPurpose.PROCESSING else []
    if missing:
        message = _("The list of data does not cover these fields of the card: %(fields)s.") % {
            "fields": ", ".join(missing)
        }
        raise RuleViolation("V-C5", message, field="data")


def check_withdrawal(
    purposes: Collection[str], open_purposes: Collection[str], received_on: dt.date | None, today: dt.date
) -> dt.date:
    """Return the day on which a statement of withdrawal was received.

    Raises `RuleViolation` (N-C1) unless each purpose has a consent that is printed or signed, and the day is given and
    not in the future.
    """
    if not purposes:
        raise RuleViolation("N-C1", _("Tick the consents that the statement withdraws."), field="purposes")
    if set(purposes) - set(open_purposes):
        raise RuleViolation(
            "N-C1", _("There is no consent for this purpose that could be withdrawn."), field="purposes"
        )
    if received_on is None or received_on > today or received_on < FIRST_CONSENT:
        message = _("Enter the day on which the statement was received: not before %(first)s and not in the future.")
        raise RuleViolation("N-C1", message % {"first": day_text(FIRST_CONSENT)}, field="received_on")
    return received_on


def check_can_be_blocked(withdrawal: Withdrawal) -> None:
    """Raise `RuleViolation` (N-C1) unless the consent to the processing was withdrawn and the card is not blocked."""
    if not withdrawal.stops_processing:
        raise RuleViolation("N-C1", _("The consent to the processing was not withdrawn: the card is not blocked."))
    if withdrawal.blocked_at is not None or withdrawal.ended_on is not None:
        raise RuleViolation("N-C1", _("The card is blocked already, or a new consent was signed."))


def check_can_be_told(withdrawal: Withdrawal, told_on: dt.date | None, today: dt.date) -> dt.date:
    """Return the day on which the person was notified.

    Raises `RuleViolation` (N-C1) for a second notice, or a wrong day.
    """
    if withdrawal.told_on is not None:
        raise RuleViolation("N-C1", _("The notice is recorded already."))
    if told_on is None or not withdrawal.received_on <= told_on <= today:
        message = _("Enter the day of the notice: not before the statement was received, and not in the future.")
        raise RuleViolation("N-C1", message, field="told_on")
    return told_on


def check_can_be_destroyed(withdrawal: Withdrawal) -> None:
    """Raise `RuleViolation` (N-C1) unless the card is blocked because of this statement and still has its data."""
    check_can_be_released(withdrawal)
    if withdrawal.destroyed_on is not None:
        raise RuleViolation("N-C1", _("The data without another ground are destroyed already."))


def check_destroyed_on(destroyed_on: dt.date | None, blocked_on: dt.date | None, today: dt.date) -> dt.date:
    """Return the day of the destruction.

    Raises `RuleViolation` (N-C1) if the day is missing, before the card was blocked or in the future.
    """
    if destroyed_on is None or destroyed_on > today or (blocked_on is not None and destroyed_on < blocked_on):
        message = _("Enter the day of the destruction: not before the card was blocked, and not in the future.")
        raise RuleViolation("N-C1", message, field="destroyed_on")
    return destroyed_on


def check_commission(names: Collection[str]) -> list[str]:
    """Return the names of the commission. Raises `RuleViolation` (N-C1) for too many or too long names."""
    found = [clean(name).strip() for name in names if name.strip()]
    if len(found) > MAX_COMMISSION or any(len(name) > MAX_COMMISSIONER for name in found):
        message = _("Name at most %(people)d people, each in one line of at most %(length)d characters.")
        values = {"people": MAX_COMMISSION, "length": MAX_COMMISSIONER}
        raise RuleViolation("N-C1", message % values, field="commission")
    return found


def check_carriers(sheets: Mapping[str, int | None], other: str = "") -> list[dict[str, Any]]:
    """Return the destroyed papers for the act: kind and number of sheets, without kinds that have none.

    `sheets` are the numbers by `Carrier`, `other` is the name of the other papers. Raises `RuleViolation` (N-C1) for an
    unknown kind, a number that is not whole or out of bounds, other papers without a name, and a name without sheets.
    """
    found, name = [], " ".join(clean(other).split())
    for kind, number in sheets.items():
        whole = number is None or (isinstance(number, int) and not isinstance(number, bool))
        if kind not in Carrier.values or not whole or not 0 <= (number or 0) <= MAX_SHEETS:
            message = _("Enter the number of sheets: a whole number up to %(most)s.")
            raise RuleViolation("N-C1", message % {"most": MAX_SHEETS}, field=f"sheets_{kind}")
        if number:
            found.append({"kind": CARRIERS.get(kind, name), "sheets": number})
    if bool(name) != bool(sheets.get(Carrier.OTHER)) or len(name) > MAX_CARRIER:
        message = _("Name the other papers and enter their sheets, or leave both empty; at most %(length)d characters.")
        raise RuleViolation("N-C1", message % {"length": MAX_CARRIER}, field="other_carrier")
    return found


def check_way(way: str, carriers: Collection[Any]) -> str:
    """Return the way in which the papers were destroyed, for the act; empty if there were none.

    Raises `RuleViolation` (N-C1) for an unknown way, for papers without a way, and for a way without papers.
    """
    if way and way not in Way.values:
        raise RuleViolation("N-C1", _("Choose how the papers were destroyed."), field="way")
    if bool(way) != bool(carriers):
        message = _("Choose how the papers were destroyed and enter their sheets, or leave both empty.")
        raise RuleViolation("N-C1", message, field="way")
    return WAYS[way] if way else ""


def check_access_answered(withdrawal: Withdrawal) -> None:
    """Raise `RuleViolation` (V-C5) while the person waits for access to the data, which no longer exist after the
    destruction.

    The right to an answer lasts as long as the data are processed, which includes storing them (152-ФЗ art. 14, 20).
    """
    asked = access_asked(withdrawal)
    if asked is not None:
        message = _(
            "The person asks for access to their data: request № %(number)s, to be answered by %(day)s. Answer it "
            "first: after the destruction the extract no longer has these data."
        )
        raise RuleViolation("V-C5", message % {"number": asked.number, "day": day_text(asked.answer_by)})


def access_asked(withdrawal: Withdrawal) -> SubjectRequest | None:
    """Return the first request for access that the keeper of the card has to answer, or None."""
    member = withdrawal.member
    asked = SubjectRequest.objects.open().filter(
        member=member, organization=member.organization_id, kind=RequestKind.ACCESS
    )
    return asked.order_by("answer_by", "pk").first()


def check_can_be_released(withdrawal: Withdrawal) -> None:
    """Raise `RuleViolation` (N-C1) unless the card is blocked because of this statement."""
    if withdrawal.blocked_at is None or withdrawal.ended_on is not None:
        raise RuleViolation("N-C1", _("The card is not blocked."))


def check_can_sign_again(withdrawal: Withdrawal) -> None:
    """Raise `RuleViolation` (N-C1) unless the card is blocked by this statement and the person is still a member."""
    check_can_be_released(withdrawal)
    if withdrawal.member.organization_id is None:
        raise RuleViolation("N-C1", _("The membership has ended: nothing is signed for a closed card."))


def check_signed_again(signed_on: dt.date, withdrawn_on: dt.date | None, *, field: str = "signed_on") -> None:
    """Raise `RuleViolation` (N-C1) if the new consent is older than the statement that withdrew the previous one."""
    if withdrawn_on is not None and signed_on < withdrawn_on:
        raise RuleViolation("N-C1", _("The new consent is older than its withdrawal. Check the date."), field=field)
