"""The only writer of consents and of the versions of their text (U-6, U-7, N-C1, ADR 8).

Its functions make no decisions: the calling transition checks permissions and rules, and also updates
`Member.consent_state` and the stored figures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from members.people.enums import OPEN_CONSENTS, ConsentState
from registry.days import from_iso
from registry.files import storage
from registry.organizations.models import Federation

from .enums import ConsentPurpose
from .models import Consent, ConsentText, Withdrawal

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.files.models import StoredFile
    from registry.transitions import Act

_SIGNATURE = ["text", "state", "signed_on", "ticked_by", "ticked_at", "scan", "paper"]


def text_of_day(federation: Federation, day: dt.date, purpose: str = ConsentPurpose.PROCESSING) -> ConsentText:
    """Return the text in force on the day, or the unsaved one that has to be issued first.

    The charter's own wording is issued when a consent first needs it, and again after a change of the charter; an
    administrator's wording stays until they issue another.
    """
    own = federation.charter.consent_for(purpose)
    found = ConsentText.objects.in_force(federation, day, purpose)
    last = ConsentText.objects.latest_of(federation, purpose)
    outdated = found is not None and found.of_charter and found == last and found.wording != own
    if found is not None and not outdated:
        return found
    return ConsentText(
        federation=federation, purpose=purpose, version=last.version + 1 if last else 1,
        valid_from=day, wording=own, of_charter=True,
    )  # fmt: skip


def was_signed(paper: Mapping[str, Any], signed_on: dt.date) -> bool:
    """Return whether the kept paper can be the signed one, because it was not printed after the day of the
    signature.
    """
    printed_on = from_iso(paper.get("printed_on"))
    return printed_on is not None and printed_on <= signed_on


def text_in_force(act: Act, federation: Federation, purpose: str = ConsentPurpose.PROCESSING) -> ConsentText:
    """Return the text that is printed today; the charter's own is issued if needed."""
    text = text_of_day(federation, act.today, purpose)
    if text.pk is not None:
        return text
    try:
        with transaction.atomic():
            act.save(text)
    except IntegrityError:
        # Another first print has issued it meanwhile. The federation cannot be locked for this: organisations and cards
        # are locked already, and changes of the tree lock it before them.
        text = text_of_day(federation, act.today, purpose)
        if text.pk is None:
            raise
    return text


def text_signed(
    act: Act, federation: Federation, signed_on: dt.date, purpose: str, printed: ConsentText | None = None
) -> ConsentText:
    """Return the text of a paper signed on the day: the printed one, unless it is newer than the signature.

    Otherwise it is the text in force on that day, or the first version for earlier signatures.
    """
    if printed is not None and printed.valid_from <= signed_on:
        return printed
    today = text_in_force(act, federation, purpose)
    known = ConsentText.objects.filter(federation=federation, purpose=purpose)
    return ConsentText.objects.in_force(federation, signed_on, purpose) or known.order_by("version").first() or today


def issue_text(
    act: Act, federation: Federation, *, purpose: str, wording: Mapping[str, Any], valid_from: dt.date
) -> ConsentText:
    """Add the next version of the text. Raises `IntegrityError` if somebody else adds it at the same time."""
    last = ConsentText.objects.latest_of(federation, purpose)
    text = ConsentText(
        federation=federation, purpose=purpose, version=last.version + 1 if last else 1, valid_from=valid_from,
        wording=dict(wording),
    )  # fmt: skip
    act.save(text)
    return text


def open_consent(act: Act, member: Member, purpose: str = ConsentPurpose.PROCESSING) -> Consent | None:
    """Return the member's printed or signed consent, locked until the end of the change."""
    return next(iter(act.lock_many(Consent.objects.open().filter(member=member, purpose=purpose))), None)


def print_for(
    act: Act,
    members: Collection[Member],
    federation: Federation,
    papers: Mapping[int, Mapping[str, Any]] | None = None,
    purpose: str = ConsentPurpose.PROCESSING,
) -> None:
    """Record that consents in today's wording were printed; none of the members has a signed one.

    `papers` are the values on the sheets besides the wording, by the member's id.
    """
    text, papers = text_in_force(act, federation, purpose), papers or {}
    waiting = _printed(act, members, purpose)
    for consent in waiting.values():
        consent.text, consent.printed_at, consent.paper = text, act.now, dict(papers.get(consent.member_id, {}))
    act.update_many(Consent, list(waiting.values()), ["text", "printed_at", "paper"])
    new = [
        Consent(member=member, purpose=purpose, text=text, printed_at=act.now, paper=dict(papers.get(member.pk, {})))
        for member in members
        if member.pk not in waiting
    ]
    act.create_many(Consent, new)


def sign(
    act: Act,
    members: Collection[Member],
    days: Mapping[int, dt.date],
    federation: Federation,
    *,
    purpose: str = ConsentPurpose.PROCESSING,
    scans: Mapping[int, StoredFile] | None = None,
    papers: Mapping[int, Mapping[str, Any]] | None = None,
) -> list[Consent]:
    """Record signatures; their dates, scans and papers printed for applicants are given by the member's id.

    Printed consents become signed. Members without a printed consent get a new one, with the text in force on that
    day. None of the members may have a signed consent.
    """
    scans, papers = scans or {}, papers or {}
    waiting = _printed(act, members, purpose)
    for member in members:
        if member.pk not in waiting and (paper := papers.get(member.pk)):
            # Printed for an applicant, who had no consent on record yet.
            text = ConsentText.objects.get(federation=federation, purpose=purpose, version=paper["version"])
            waiting[member.pk] = Consent(member=member, purpose=purpose, text=text, paper=dict(paper))
    printed = ConsentText.objects.in_bulk({consent.text_id for consent in waiting.values()})
    consents = [waiting.get(member.pk) or Consent(member=member, purpose=purpose) for member in members]
    texts: dict[tuple[dt.date, int | None], ConsentText] = {}
    for consent in consents:
        day = days[consent.member_id]
        key = (day, consent.text_id)
        if key not in texts:
            texts[key] = text_signed(act, federation, day, purpose, printed.get(consent.text_id))
        if consent.text_id != texts[key].pk or not was_signed(consent.paper, day):
            consent.paper = {}
        consent.text = texts[key]
        consent.state, consent.signed_on = ConsentState.SIGNED, day
        consent.ticked_by, consent.ticked_at = act.by.account, act.now
        consent.scan = scans.get(consent.member_id, consent.scan)
    act.update_many(Consent, [consent for consent in consents if consent.pk is not None], _SIGNATURE)
    act.create_many(Consent, [consent for consent in consents if consent.pk is None])
    return consents


def take_back_signature(act: Act, consent: Consent) -> None:
    """Reset the consent to «printed» and delete the scan."""
    consent.state, consent.signed_on, consent.ticked_by, consent.ticked_at = ConsentState.PRINTED, None, None, None
    scan, consent.scan = consent.scan, None
    act.save(consent)
    if scan is not None:
        storage.delete_file(scan)


def keep_scan(act: Act, consent: Consent, scan: StoredFile) -> None:
    """Store the scan of the signed paper; an earlier one is deleted."""
    earlier, consent.scan = consent.scan, scan
    act.save(consent)
    if earlier is not None:
        storage.delete_file(earlier)


def withdraw(act: Act, member: Member, purposes: Collection[str], day: dt.date) -> list[Consent]:
    """End the member's open consents for these purposes; the only place where a consent is withdrawn."""
    found = act.lock_many(Consent.objects.open().filter(member=member, purpose__in=purposes))
    for consent in found:
        consent.state, consent.withdrawn_on = ConsentState.WITHDRAWN, day
    act.update_many(Consent, found, ["state", "withdrawn_on"])
    return found


def end_withdrawals(act: Act, days: Mapping[int, dt.date]) -> None:
    """Record in the withdrawals on which day a new consent to processing ended them; `days` are by member id."""
    for withdrawal in act.lock_many(Withdrawal.objects.stopping().filter(member__in=days)):
        withdrawal.ended_on = days[withdrawal.member_id]
        act.save(withdrawal)


def resume_withdrawal(act: Act, member: Member, day: dt.date) -> None:
    """Undo `end_withdrawals` if the consent of that day was a mistake; the card then has to be blocked."""
    ended = Withdrawal.objects.filter(member=member, stops_processing=True, ended_on=day)
    for withdrawal in act.lock_many(ended):
        # Data entered after the destruction have to be destroyed too.
        withdrawal.ended_on = withdrawal.blocked_at = withdrawal.destroyed_on = None
        act.save(withdrawal)


def expire(act: Act, members: Iterable[Member]) -> set[int]:
    """Expire the members' consents, because they name another operator.

    Return the ids of members who had one to the processing.
    """
    found = list(Consent.objects.open().filter(member__in=members))
    for consent in found:
        consent.state = ConsentState.EXPIRED
        consent.ticked_at = consent.ticked_at if consent.signed_on else None
    act.update_many(Consent, found, ["state", "ticked_at"])
    return {consent.member_id for consent in found if consent.purpose == ConsentPurpose.PROCESSING}


def restore(act: Act, member: Member, *, as_before: dt.datetime) -> str | None:
    """Restore consents that expired after that time. Return the state of the one to the processing, or None."""
    state = None
    for consent in Consent.objects.filter(member=member, state=ConsentState.EXPIRED):
        before = consent.history.filter(history_date__lt=as_before).order_by("-history_date").first()
        if before is not None and before.state in OPEN_CONSENTS:
            consent.state, consent.ticked_at = before.state, before.ticked_at
            act.save(consent)
            state = before.state if consent.purpose == ConsentPurpose.PROCESSING else state
    return state


def delete_of(act: Act, members: Collection[Member]) -> None:
    """Delete the consents of members who were never admitted."""
    for consent in Consent.objects.filter(member__in=members):
        act.delete(consent)


def _printed(act: Act, members: Iterable[Member], purpose: str) -> dict[int, Consent]:
    """Return the members' unsigned consents by the member's id, locked."""
    unsigned = Consent.objects.filter(purpose=purpose, state=ConsentState.PRINTED)
    found = act.lock_many(unsigned.filter(member__in=list(members)))
    return {consent.member_id: consent for consent in found}
