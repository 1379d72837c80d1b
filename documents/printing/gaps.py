"""Fields that a paper will leave to be filled by hand, shown before printing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst

from members.people.rules.fields import card_values, class_of, is_empty, label_of
from registry.enums import DataClass

from .core import Batch, Form

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

    def __bool__(self) -> bool:
        return bool(self.card or self.keeper or self.operator)


def gaps_of(form: Form, member: Member, batch: Batch) -> Gaps:
    """Return the empty fields on the form; fields that the charter does not have are ignored."""
    charter, keeper = batch.charter, batch.keeper(member)
    values = card_values(member)
    excused = charter.excused.get(member.category, frozenset())
    # Members without a disability of their own have no health data to give.
    healthy = any(class_of(name) is DataClass.HEALTH for name in excused)
    empty = [
        name
        for name in form.fields
        if name in charter.fields
        and class_of(name) in batch.reads
        and name not in excused
        and not (healthy and class_of(name) is DataClass.HEALTH)
        and all(is_empty(values.get(known)) for known in (name, *charter.stand_ins.get(name, ())))
    ]
    operator = batch.operator(keeper) if keeper else None
    return Gaps(
        card=[capfirst(str(label_of(name, charter))) for name in empty],
        keeper=_empty(keeper, form.keeper_fields),
        operator=_empty(operator, form.operator_fields),
        operator_is=operator,
    )


def _empty(organization: Organization | None, names: tuple[str, ...]) -> list[str]:
    if organization is None:
        return []
    fields = [organization._meta.get_field(name) for name in names if not getattr(organization, name)]
    return [capfirst(str(getattr(field, "verbose_name", field.name))) for field in fields]
