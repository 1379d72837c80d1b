"""Versions of the consent's wording; a version never changes once it is there (K1, N-C1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.access import Actor, require
from registry.enums import Permission
from registry.errors import RuleViolation
from registry.models import Federation
from registry.transitions.base import Act, change

from ..models import ConsentText
from ..rules import check_wording


def text_in_force(act: Act, federation: Federation) -> ConsentText:
    """The wording that is signed today; the charter's own becomes version 1 when the first consent asks for it."""
    found = ConsentText.objects.in_force(federation, act.today)
    if found is not None:
        return found
    # The federation's row is the lock: two first prints at once make one version.
    act.lock(Federation.objects.all(), federation.pk)
    found = ConsentText.objects.in_force(federation, act.today)
    if found is None:
        found = ConsentText(federation=federation, version=1, valid_from=act.today, wording=federation.charter.consent)
        act.save(found)
    return found


def text_signed(
    act: Act, federation: Federation, signed_on: dt.date, printed: ConsentText | None = None
) -> ConsentText:
    """The wording of a paper that was signed on the day: the printed one, unless it is younger than the signature.

    Otherwise the one in force on that day; what is older than every version counts as the first one.
    """
    if printed is not None and printed.valid_from <= signed_on:
        return printed
    today = text_in_force(act, federation)
    known = ConsentText.objects.filter(federation=federation, purpose=today.purpose)
    return ConsentText.objects.in_force(federation, signed_on) or known.order_by("version").first() or today


def issue_text(*, wording: Mapping[str, Any], valid_from: dt.date, by: Actor) -> ConsentText:
    """A new version of the federation's wording, from a day on; what was signed keeps its own version.

    Raises `RuleViolation` for a wording without a point that the law asks for or a day before the last version's.
    """
    with change(by=by, rule="N-C1", event="consent_text.issued") as act:
        require(by, Permission.ADMINISTER)
        organization = by.organization
        if organization is None:
            raise RuleViolation("N-C1", _("Choose the federation's own appointment first."))
        federation = act.lock(Federation.objects.all(), organization.federation_id)
        check_wording(wording, federation.charter)
        last = ConsentText.objects.filter(federation=federation).order_by("-version").first()
        if valid_from < act.today or (last is not None and valid_from <= last.valid_from and valid_from != act.today):
            message = _("Choose today or a later day that no other version begins on.")
            raise RuleViolation("N-C1", message, field="valid_from")
        text = ConsentText(
            federation=federation, version=last.version + 1 if last else 1, valid_from=valid_from, wording=dict(wording)
        )
        act.save(text)
        act.about(text, organization=organization, version=text.version)
    return text
