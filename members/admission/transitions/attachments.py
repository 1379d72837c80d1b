"""Scans of applications and cards: stored encrypted outside the web root; opening them is recorded (V-A4, V-C5)."""

from __future__ import annotations

from members.people.models import Member
from registry.access import Actor, require_reading
from registry.enums import Permission
from registry.files import storage
from registry.files.enums import FilePurpose
from registry.organizations.models import Organization
from registry.transitions import Act, change, write_event

from ..models import Application, Attachment
from ..rules.applications import check_open
from ..rules.scans import check_kind, check_not_attached, check_room, check_scan, class_of_scan


def attach(
    *, application_id: int | None = None, member_id: int | None = None, kind: str, data: bytes, by: Actor
) -> Attachment:
    """Store a scan.

    Raises `RuleViolation` (V-A4) for an invalid file, `NotAllowed` for a class the actor may not read.
    """
    check_kind(kind)
    data, content_type, ending = check_scan(data)
    with change(by=by, rule="V-A4", event="attachment.added") as act:
        require_reading(by, class_of_scan(kind))
        application = _application(act, application_id) if application_id else None
        member = _member(act, member_id) if member_id else None
        owner = application or member
        assert owner is not None  # noqa: S101 — one of the two is given
        found = Attachment.objects.filter(application=application, member=member)
        check_room(found)
        check_not_attached(found, kind, data)
        attachment = Attachment(
            application=application, member=member, kind=kind, added_on=act.today, added_by=by.account,
            file=storage.store_file(
                data, purpose=FilePurpose.ATTACHMENT, name=f"{kind}.{ending}", content_type=content_type,
                organization=owner.organization, owner=by.account,
            ),
        )  # fmt: skip
        act.save(attachment)
        act.about(owner, organization=owner.organization, attachment=attachment.pk, kind=kind)
    return attachment


def remove_attachment(attachment_id: int, *, by: Actor) -> None:
    """Delete a scan added by mistake, with its file."""
    with change(by=by, rule="V-A4", event="attachment.removed") as act:
        found = Attachment.objects.visible_to(by).get(pk=attachment_id)
        require_reading(by, class_of_scan(found.kind))
        if found.member_id is not None:
            owner: Application | Member = _member(act, found.member_id)
        else:
            owner = _application(act, found.application_id or 0)
        attachment = act.lock(Attachment.objects.visible_to(by), attachment_id)
        file = attachment.file
        act.about(owner, organization=owner.organization, attachment=attachment.pk, kind=attachment.kind)
        act.delete(attachment)
        storage.delete_file(file)


def note_attachment_opened(attachment: Attachment, *, by: Actor) -> None:
    """Record that the scan was opened (V-C5). Raises `NotAllowed` if the actor may not read its contents."""
    require_reading(by, class_of_scan(attachment.kind))
    owner = attachment.member or attachment.application
    write_event("attachment.opened", by=by, rule="V-C5", about=owner, organization=attachment.file.organization)


def _application(act: Act, pk: int) -> Application:
    application = act.lock(Application.objects.visible_to(act.by), pk)
    act.require(Permission.FILE_APPLICATIONS, application.organization)
    check_open(application)
    return application


def _member(act: Act, pk: int) -> Member:
    member = act.lock(Member.objects.visible_to(act.by), pk)
    act.require(Permission.EDIT_MEMBERS, Organization.objects.select_related("federation").get(members=member))
    return member
