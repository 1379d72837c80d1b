"""Rules of the clauses of forms (U-6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from registry.charters.base import Charter
from registry.errors import RuleViolation

from .contents import BETWEEN, facts_of, is_about_a_person, parts, placeholders_of

#: Maximum length of a clause: two thirds of a page at most.
MAX_CLAUSE = 1500
#: Allowed numbers of variants of a word that depends on the sex.
_VARIANTS = (2, 3)
_MAX_VARIANT = 60


def check_form_has_clauses(form: str, charter: Charter) -> None:
    """Raise `RuleViolation` (U-6) unless the text of the form can be changed in the federation."""
    if not charter.clauses_of(form):
        raise RuleViolation("U-6", _("The text of this form cannot be changed."))


def check_clauses(clauses: Mapping[str, str], form: str, charter: Charter) -> None:
    """Raise `RuleViolation` (U-6) unless all clauses of the form, and no others, are given with printable texts."""
    own = charter.clauses_of(form)
    if clauses.keys() != own.keys():
        raise RuleViolation("U-6", _("These are not the clauses of the form."))
    for name, text in clauses.items():
        _check_clause(name, text, form, facts_of(own[name]["text"]))


def _check_clause(name: str, text: str, form: str, facts: Mapping[str, str]) -> None:
    if not text.strip():
        raise RuleViolation("U-6", _("A clause cannot be empty."), field=name)
    if len(text) > MAX_CLAUSE:
        message = _("The clause is too long: %(most)s characters at most.") % {"most": MAX_CLAUSE}
        raise RuleViolation("U-6", message, field=name)
    for part, in_braces in parts(text):
        if in_braces and part not in facts and not _is_known(part, form):
            message = _("There is no placeholder «{%(name)s}». Choose one from the list, or remove the braces.")
            raise RuleViolation("U-6", message % {"name": part}, field=name)
        if not in_braces and ("{" in part or "}" in part):
            raise RuleViolation("U-6", _("An opening or a closing brace is missing."), field=name)
    if lost := facts.keys() - facts_of(text).keys():
        message = _("Keep the placeholder «{%(name)s}»: the paper has to state this.")
        raise RuleViolation("U-6", message % {"name": next(fact for fact in facts if fact in lost)}, field=name)


def _is_known(placeholder: str, form: str) -> bool:
    variants = placeholder.split(BETWEEN)
    if len(variants) == 1:
        return placeholder in placeholders_of(form)
    fits = len(variants) in _VARIANTS and all(0 < len(word) <= _MAX_VARIANT for word in variants)
    return fits and is_about_a_person(form)


def check_changes_something(clauses: Mapping[str, str], present: Mapping[str, str]) -> None:
    """Raise `RuleViolation` (U-6) if the new version has the same text as the former one."""
    if dict(clauses) == dict(present):
        raise RuleViolation("U-6", _("Nothing was changed: this is the present text."))


def check_first_day(valid_from: dt.date, last: dt.date | None, today: dt.date) -> None:
    """Raise `RuleViolation` (U-6) unless the version begins tomorrow or later, and not before the latest one.

    Papers signed or sent today before the change must print the same when printed again. `last` is the first day of the
    latest version.
    """
    if valid_from <= today or (last is not None and valid_from < last):
        message = _("Choose tomorrow or a later day, not before the first day of the latest version.")
        raise RuleViolation("U-6", message, field="valid_from")
