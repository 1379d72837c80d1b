"""Transition that issues a version of a form's clauses; versions never change (U-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from registry.access import Actor
from registry.enums import Permission
from registry.errors import NotAllowed
from registry.organizations.models import Federation
from registry.transitions import change

from . import rules
from .models import FormText
from .queries import clauses_on


def issue_form_text(form: str, *, clauses: Mapping[str, str], valid_from: dt.date, by: Actor) -> FormText:
    """Issue a new version of the clauses of the federation's form, which is printed from its first day (U-6).

    Papers signed earlier keep their text when printed again. Raises `RuleViolation` for a form without clauses,
    for clauses that cannot be printed or have not changed, and for a day before tomorrow; `NotAllowed`.
    """
    with change(by=by, rule="U-6", event="form_text.issued") as act:
        act.require(Permission.ADMINISTER)
        if by.organization is None:
            raise NotAllowed
        federation = act.lock(Federation.objects.all(), by.organization.federation_id)
        charter = federation.charter
        rules.check_form_has_clauses(form, charter)
        rules.check_clauses(clauses, form, charter)
        versions = list(FormText.objects.of_form(federation, form))
        last = versions[0] if versions else None
        rules.check_first_day(valid_from, last.valid_from if last else None, act.today)
        rules.check_changes_something(clauses, clauses_on(valid_from, versions, form, charter))
        text = FormText(
            federation=federation, form=form, version=last.version + 1 if last else 1, valid_from=valid_from,
            clauses=dict(clauses),
        )  # fmt: skip
        act.save(text)
        act.about(text, organization=by.organization, form=form, version=text.version)
    return text
