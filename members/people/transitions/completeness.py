"""Recounting completeness when the charter requires other fields than before (U-5a)."""

from __future__ import annotations

import copy
import hashlib
import json

from members.book.models import Registration
from registry.access import Actor
from registry.charters.base import Charter
from registry.journal.models import Event
from registry.organizations.models import Federation
from registry.sizes import CHUNK
from registry.transitions import Act, quietly, write_event

from ..enums import Category
from ..models import Member
from ..rules.completeness import missing_fields
from ..rules.fields import PARTS, values_of
from .registration import count_in

_EVENT = "members.completeness_counted"


def count_completeness(federation: Federation, *, by: Actor) -> int:
    """Correct the stored number of missing fields; return the number of cards changed.

    Reads no card if no rule has changed.
    """
    charter = federation.charter
    asked = _fingerprint(charter)
    latest = Event.objects.filter(action=_EVENT, object_type="federation", object_id=str(federation.pk)).last()
    if latest is not None and latest.facts.get("fields") == asked:
        return 0
    corrected, last = 0, 0
    while chunk := _next(federation, last):
        corrected += _correct(chunk, charter, by)
        last = chunk[-1]
    write_event(_EVENT, by=by, rule="U-5a", about=federation, fields=asked, cards=corrected)
    return corrected


def _fingerprint(charter: Charter) -> str:
    said = [
        charter.fields,
        sorted(charter.required),
        [(category, sorted(charter.excused_of(category))) for category in sorted(Category.values)],
        sorted(charter.stand_ins.items()),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def _next(federation: Federation, last: int) -> list[int]:
    present = Member.objects.present().filter(federation=federation)
    return list(present.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK])


def _correct(ids: list[int], charter: Charter, by: Actor) -> int:
    with quietly(by) as act:
        return _correct_within(act, ids, charter)


def _correct_within(act: Act, ids: list[int], charter: Charter) -> int:
    members = act.lock_many(Member.objects.filter(pk__in=ids).select_related(*PARTS))
    open_ones = Registration.objects.filter(member__in=ids, ended_on__isnull=True).order_by("-pk")
    registrations = {registration.member_id: registration for registration in open_ones}
    before, after = [], []
    for member in members:
        records = {part: getattr(member, part, None) for part in PARTS}
        values = values_of(member, {**records, "registration": registrations.get(member.pk)})
        missing = len(missing_fields(values, charter))
        if missing != member.missing:
            before.append(copy.copy(member))
            member.missing = missing
            after.append(member)
    Member.objects.bulk_update(after, ["missing"])
    count_in(after, less=before)
    return len(after)
