"""A consent is signed by hand and marked by the chair with the date on the paper (U-6, U-7, N-C1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from members.enums import ConsentState
from members.models import Member
from registry import storage
from registry.access import Actor, require
from registry.enums import FilePurpose, Permission
from registry.errors import RuleViolation
from registry.models import Organization
from registry.transitions.base import Act, change, write_event, write_events

from ..models import Consent, ConsentText
from ..rules import check_move, check_on_account, check_scan, check_signature
from .states import set_state
from .texts import text_signed


def mark_signed(member_id: int, *, signed_on: dt.date | None, scan: bytes | None = None, by: Actor) -> Consent:
    """Set the tick «consent given»: the paper is signed and kept by the organisation (U-7).

    The version of the text is the printed one; of a paper that the registry did not print, or printed only after the
    signature, the one in force on the day of the signature. Raises `RuleViolation` without a true date, for a consent that is signed already, for a file that is no scan;
    `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="U-7", event="consent.signed") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = _keeper(member, by)
        day = check_signature(signed_on, birth_date=member.birth_date, today=act.today)
        consent = _in_force(member)
        check_move(consent.state if consent else ConsentState.PRINTED, ConsentState.SIGNED)
        consent = consent or Consent(member=member)
        consent.text = text_signed(act, organization.federation, day, consent.text if consent.pk else None)
        _sign(act, consent, day)
        if scan is not None:
            _keep_scan(consent, scan, organization, by)
        act.save(consent)
        set_state(act, [member], ConsentState.SIGNED)
        act.about(member, organization=organization, consent=consent.pk, version=consent.text.version)
    return consent


@transaction.atomic
def mark_many_signed(dates: Mapping[int, dt.date | None], *, by: Actor) -> int:
    """Set the tick for many at once, each with the date on his paper; answers how many were marked.

    Those marked already stay as they are. Raises `RuleViolation` for the first wrong date: then nobody is marked.
    """
    found = Member.objects.visible_to(by).on_account().filter(pk__in=dates).exclude(consent_state=ConsentState.SIGNED)
    chosen = list(found.values_list("pk", flat=True))
    locked = Member.objects.select_for_update().filter(pk__in=chosen).order_by("pk")
    members = sorted(locked, key=lambda member: (member.organization_id or 0, member.pk))
    for _keeper_id, group in groupby(members, key=lambda member: member.organization_id):
        _mark_group(list(group), dates, by)
    return len(members)


def _mark_group(members: list[Member], dates: Mapping[int, dt.date | None], by: Actor) -> None:
    with change(by=by, rule="U-7", event="consent.signed") as act:
        organization = _keeper(members[0], by)
        days = {
            member.pk: check_signature(
                dates[member.pk], birth_date=member.birth_date, today=act.today, field=f"date_{member.pk}"
            )
            for member in members
        }
        printed = Consent.objects.select_for_update().filter(member__in=members, state=ConsentState.PRINTED)
        waiting = {consent.member_id: consent for consent in printed}
        known = ConsentText.objects.in_bulk({consent.text_id for consent in waiting.values()})
        new = [Consent(member=member) for member in members if member.pk not in waiting]
        texts: dict[tuple[dt.date, int | None], ConsentText] = {}
        for consent in [*waiting.values(), *new]:
            day = days[consent.member_id]
            key = (day, consent.text_id)
            if key not in texts:
                texts[key] = text_signed(act, organization.federation, day, known.get(consent.text_id))
            consent.text = texts[key]
            _sign(act, consent, day)
        act.update_many(Consent, list(waiting.values()), ["text", "state", "signed_on", "ticked_by", "ticked_at"])
        act.create_many(Consent, new)
        set_state(act, members, ConsentState.SIGNED)
        write_events("consent.signed", by=by, about=members, organization=organization, rule="U-7")
        # Each card has its own event.
        act.silent = True


def take_back_tick(member_id: int, *, by: Actor) -> Consent:
    """The tick was set by mistake: the consent waits for its signature again; the history keeps both acts (K12)."""
    with change(by=by, rule="U-7", event="consent.tick_taken_back") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = _keeper(member, by)
        consent = _signed(member)
        check_move(consent.state, ConsentState.PRINTED)
        consent.state, consent.signed_on, consent.ticked_by, consent.ticked_at = ConsentState.PRINTED, None, None, None
        if consent.scan is not None:
            storage.drop(consent.scan)
            consent.scan = None
        act.save(consent)
        set_state(act, [member], ConsentState.PRINTED)
        act.about(member, organization=organization, consent=consent.pk)
    return consent


def put_scan(member_id: int, *, scan: bytes, by: Actor) -> Consent:
    """Keep the scan of the signed paper beside the tick; an earlier scan goes."""
    with change(by=by, rule="U-6", event="consent.scan_put") as act:
        member = act.lock(Member.objects.visible_to(by), member_id)
        organization = _keeper(member, by)
        consent = _signed(member)
        _keep_scan(consent, scan, organization, by)
        act.save(consent)
        act.about(member, organization=organization, consent=consent.pk)
    return consent


def note_scan_opened(consent: Consent, *, by: Actor) -> None:
    """Somebody looked at the scan: it shows the identity paper (V-C5)."""
    write_event(
        "consent.scan_opened", by=by, rule="V-C5", about=consent.member, organization=consent.member.organization
    )


def _keeper(member: Member, by: Actor) -> Organization:
    check_on_account(member)
    organization = Organization.objects.select_related("federation").get(members=member)
    require(by, Permission.MARK_CONSENTS, organization)
    return organization


def _in_force(member: Member) -> Consent | None:
    states = [ConsentState.PRINTED, ConsentState.SIGNED]
    return Consent.objects.select_for_update().filter(member=member, state__in=states).first()


def _signed(member: Member) -> Consent:
    consent = _in_force(member)
    if consent is None or consent.state != ConsentState.SIGNED:
        raise RuleViolation("U-7", _("%(name)s has no consent that is marked as signed.") % {"name": member.full_name})
    return consent


def _sign(act: Act, consent: Consent, signed_on: dt.date) -> None:
    consent.state, consent.signed_on = ConsentState.SIGNED, signed_on
    consent.ticked_by, consent.ticked_at = act.by.account, act.now


def _keep_scan(consent: Consent, scan: bytes, organization: Organization, by: Actor) -> None:
    scan, content_type, ending = check_scan(scan)
    earlier = consent.scan
    consent.scan = storage.keep(
        scan, purpose=FilePurpose.CONSENT_SCAN, name=f"consent.{ending}", content_type=content_type,
        organization=organization, owner=by.account,
    )  # fmt: skip
    if earlier is not None:
        storage.drop(earlier)
