"""Transition that issues a version of the consent's text; versions never change (K1, N-C1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from registry.access import Actor
from registry.enums import Permission
from registry.organizations.models import Federation
from registry.transitions import change

from .. import book
from ..enums import ConsentPurpose
from ..models import ConsentText
from ..rules import check_acts_for, check_first_day, check_has_purpose, check_wording


def issue_text(
    *, purpose: str = ConsentPurpose.PROCESSING, wording: Mapping[str, Any], valid_from: dt.date, by: Actor
) -> ConsentText:
    """Issue a new version of the federation's text; signed consents keep their version.

    Raises `RuleViolation` for a purpose that the charter does not have, a wording without a required
    point or a date not after the last version's.
    """
    with change(by=by, rule="N-C1", event="consent_text.issued") as act:
        act.require(Permission.ADMINISTER)
        organization = check_acts_for(by.organization)
        federation = act.lock(Federation.objects.all(), organization.federation_id)
        check_has_purpose(purpose, federation.charter)
        check_wording(wording, federation.charter, purpose)
        if valid_from > act.today:
            # Until then the charter's own text is in force, as the previous version.
            book.text_in_force(act, federation, purpose)
        last = ConsentText.objects.latest_of(federation, purpose)
        check_first_day(valid_from, last.valid_from if last is not None else None, act.today)
        text = book.issue_text(act, federation, purpose=purpose, wording=wording, valid_from=valid_from)
        act.about(text, organization=organization, version=text.version, purpose=purpose)
    return text
