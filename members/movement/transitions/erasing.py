"""Destroying sealed cards and ended applications after their retention; a record remains (V-B14, V-A6)."""

from __future__ import annotations

from django.db.models import Q

from members.admission.models import Application
from members.people.models import Member
from members.people.transitions.destroying import destroy_application, destroy_cards, new_record
from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Organization, on_its_day
from registry.transitions import change

from ..enums import Destroyed
from ..models import DestructionRecord
from ..rules import erasing as rules


def erase(member_id: int, *, by: Actor) -> DestructionRecord:
    """Destroy the card with its history and files; the record states what, when, why and how, without a name.

    Raises `RuleViolation` (V-B14) during retention or an appeal, `NotAllowed`, `Member.DoesNotExist`.
    """
    with change(by=by, rule="V-B14", event="member.erased") as act:
        member = act.lock(Member, member_id)
        organization = _answers_for(member.last_organization_id or 0, by)
        if organization is None:
            raise Member.DoesNotExist
        act.require(Permission.ERASE, organization)
        rules.check_due(member, act.today)
        record = new_record(
            act, organization, member_number=member.pk, ticket_number=member.ticket_number,
            categories=list(rules.CATEGORIES), reason=rules.REASONS[member.state],  # type: ignore[index]
        )  # fmt: skip
        record.counts = destroy_cards(act, [member])
        record.save(force_insert=True)
        act.about(record, organization=organization, **record.counts)
    return record


def erase_application(application_id: int, *, by: Actor) -> DestructionRecord:
    """Destroy a refused or withdrawn application with history, represented people and scans; a record remains.

    Raises `RuleViolation` (V-A6) during retention or an appeal, `NotAllowed`, `Application.DoesNotExist`.
    """
    with change(by=by, rule="V-A6", event="application.erased") as act:
        application = act.lock(Application, application_id)
        organization = _answers_for(application.organization_id, by)
        if organization is None:
            raise Application.DoesNotExist
        act.require(Permission.ERASE, organization)
        rules.check_application_due(application, act.today)
        record = new_record(
            act, organization, subject=Destroyed.APPLICATION, member_number=application.pk,
            categories=list(rules.APPLICATION_CATEGORIES),
            reason=rules.APPLICATION_REASONS[application.state],  # type: ignore[index]
        )  # fmt: skip
        record.counts = destroy_application(application)
        record.save(force_insert=True)
        act.about(record, organization=organization, **record.counts)
    return record


def _answers_for(organization_id: int, by: Actor) -> Organization | None:
    """Return the organisation that destroys the cards: itself, or after its end the keeper of its papers (N-H3)."""
    own = by.organization
    if own is not None and organization_id in rules.places_of(own):
        return own
    return Organization.objects.visible_to(by).filter(pk=organization_id).first()


def forget_records() -> int:
    """Delete destruction records whose retention has ended; return their number."""
    over = on_its_day(lambda day: Q(keep_until__lt=day), "organization__")
    return DestructionRecord.objects.filter(over).delete()[0]
