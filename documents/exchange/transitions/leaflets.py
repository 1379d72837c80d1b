"""Transitions of leaflets sent by e-mail; a leaflet is recorded before it is sent, so nobody gets it twice (U-11)."""

from __future__ import annotations

import uuid

from members.people.models import Member
from registry import states
from registry.access import Actor
from registry.enums import MailFailure, Permission
from registry.organizations.models import Organization
from registry.transitions import change, quietly

from ..enums import MAILED_STATES, LeafletState
from ..models import LeafletMail
from ..queries import consenting
from ..rules import check_can_be_mailed

_LEAFLETS = Actor.system("leaflets")


def start_mail(
    member_id: int, *, by: Actor, job_id: uuid.UUID | None = None, again: bool = False
) -> LeafletMail | None:
    """Record that the leaflet is being sent to the member; return None if they have it already and `again` is False.

    One job never sends it twice, even with `again`. Raises `RuleViolation` (U-11) if the address or the consent to the
    transfer is missing, `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="U-11", event="exchange.leaflet_mailed") as act:
        member = act.lock(Member.objects.visible_to(by).registered(), member_id)
        organization = Organization.objects.select_related("federation").get(members=member)
        act.require(Permission.PRINT, organization)
        check_can_be_mailed(member, consented=consenting(Member.objects.filter(pk=member.pk)).exists())
        earlier = LeafletMail.objects.filter(member=member)
        same_job = job_id is not None and earlier.filter(job=job_id).exists()
        if same_job or (not again and earlier.filter(state__in=MAILED_STATES).exists()):
            act.silent = True
            return None
        mail = LeafletMail.objects.create(member=member, job_id=job_id, sent_by=by.account, sent_at=act.now)
        act.about(member, organization=organization)
    return mail


def finish_mail(mail_id: int, failure: MailFailure | None = None) -> LeafletMail:
    """Record that the mail server has accepted the leaflet, or the reason for the failure."""
    with quietly(_LEAFLETS) as act:
        mail = act.lock(LeafletMail, mail_id)
        to = LeafletState.FAILED if failure else LeafletState.SENT
        states.check(mail, to, "U-11")
        mail.state, mail.failure = to, failure or ""
        mail.save(update_fields=["state", "failure"])
    return mail


def fail_interrupted(job_id: uuid.UUID) -> int:
    """Mark the leaflets of the job that a dead worker was sending as failed; return their number."""
    lost = LeafletMail.objects.filter(job=job_id, state=LeafletState.SENDING)
    return lost.update(state=LeafletState.FAILED, failure=MailFailure.LOST)
