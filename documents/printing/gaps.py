"""Fields that a paper leaves to be filled in by hand, shown before printing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from members.people.rules.fields import card_values, class_of, is_empty, told_alone

from .core import Batch, Form, fits_of, word_for
from .declension import sex_of

if TYPE_CHECKING:
    from members.people.models import Member
    from registry.organizations.models import Organization


@dataclass(frozen=True)
class Gaps:
    """Labels of the empty fields: of the card, of the organisation that keeps it, of the operator."""

    card: list[str]
    keeper: list[str]
    operator: list[str]
    operator_is: Any = None
    #: Returns the notes; it lays out the sheet, so it is called only if they are shown.
    tell: Callable[[], Sequence[str]] = tuple

    @cached_property
    def notes(self) -> Sequence[str]:
        """Sentences about values that will not be printed as they should be."""
        return self.tell()

    def __bool__(self) -> bool:
        return bool(self.card or self.keeper or self.operator or self.notes)


def gaps_of(form: Form, member: Member, batch: Batch) -> Gaps:
    """Return the empty fields on the form; fields that the charter does not have are ignored."""
    charter, keeper = batch.charter, batch.keeper(member)
    values = card_values(member)
    excused = charter.excused_of(member.category)
    empty = [
        name
        for name in form.fields
        if name in charter.fields
        and class_of(name) in batch.reads
        and name not in excused
        and all(is_empty(values.get(known)) for known in (name, *charter.stand_ins.get(name, ())))
    ]
    operator = batch.operator(keeper) if keeper else None
    return Gaps(
        card=[capfirst(str(told_alone(name, charter))) for name in empty],
        keeper=_empty(keeper, form.keeper_fields),
        operator=_empty(operator, form.operator_fields),
        operator_is=operator,
        tell=lambda: [*_undeclined(keeper, form), *_tight(form, member, batch)],
    )


def _empty(organization: Organization | None, names: tuple[str, ...]) -> list[str]:
    if organization is None:
        return []
    fields = [
        organization._meta.get_field(name) for name in names if not getattr(organization, name) and name != "chair_sex"
    ]
    return [capfirst(str(getattr(field, "verbose_name", field.name))) for field in fields]


def _undeclined(organization: Organization | None, form: Form) -> list[str]:
    """Return a sentence about a chair whose name is declined on the paper but whose sex was not entered."""
    declines = any("chair_dative" in tab.fields for tab in organization.charter.passport) if organization else False
    if organization is None or not declines or "chair_sex" not in form.keeper_fields:
        return []
    chair = organization.chair_name
    if not chair or organization.chair_dative or sex_of(chair, organization.chair_sex):
        return []
    message = _("The sex of the chair is not in the passport, so the name is printed as it is: %(name)s.")
    return [message % {"name": chair}]


def _tight(form: Form, member: Member, batch: Batch) -> list[str]:
    """Return sentences about values printed in small letters or continued below the form."""
    fits = fits_of(form, form.build(member, batch), batch)
    small = _("In small letters, because there is little room: %(fields)s. Shorten it if you can.")
    cut = _("Too long for its place, so printed in full on a page that follows: %(fields)s. Shorten it if you can.")
    return [
        sentence % {"fields": ", ".join(dict.fromkeys(word_for(path, batch.charter) or text for path, text in found))}
        for sentence, found in ((small, fits.small), (cut, fits.cut))
        if found
    ]
